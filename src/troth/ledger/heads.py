r"""The map of heads: for every stream, which entry is its last. Its root is itself an entry of the log.

Laws:

1. Each stream has one place in the map, given by its name alone. So under one root it has one head, or none, and
   which of the two can be proven.
2. A proof for one stream tells nothing about any other: a place is the hash of a name that is random, and what stands
   there is a hash of that name, the number and the head.
3. The root follows from what is in the map, not from the order in which it came there.

The map is a binary tree over 256-bit places, first bit highest. A part without streams hashes to 32 zero bytes; a
part with one stream hashes as that stream's leaf, however high it stands; any other as the pair of its halves:

    leaf  = SHA-256(0x02 ‖ place ‖ commitment)        place      = SHA-256("troth-stream/1\n" ‖ stream)
    pair  = SHA-256(0x03 ‖ left ‖ right)              commitment = SHA-256("troth-head/1\n" ‖ stream ‖ number ‖ head)

`number` is 8 bytes, big-endian; `head` is the leaf hash of the stream's last entry. The first bytes differ from those
of the log's own tree, so nothing in the one passes for something in the other.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from operator import attrgetter

from troth.ledger.spelling import HASH_BYTES

EMPTY = bytes(HASH_BYTES)
"""The hash of a part of the map, or of a whole map, without streams."""

BITS = 8 * HASH_BYTES

_LEAF = b"\x02"
_PAIR = b"\x03"
_STREAM = b"troth-stream/1\n"
_HEAD = b"troth-head/1\n"
_NUMBER_BYTES = 8
_place = attrgetter("place")


@dataclass(frozen=True, slots=True)
class Head:
    """One stream in the map.

    Attributes:
        place: 32 bytes, where it stands.
        commitment: 32 bytes, to its number and head.
    """

    place: bytes
    commitment: bytes

    @property
    def hash(self) -> bytes:
        """The hash of its leaf."""
        return sha256(_LEAF + self.place + self.commitment).digest()


@dataclass(frozen=True, slots=True)
class Part:
    """What a part of the map comes to.

    Attributes:
        hash: 32 bytes.
        streams: how many are in it.
    """

    hash: bytes = EMPTY
    streams: int = 0


@dataclass(frozen=True, slots=True)
class MapProof:
    """The way from a stream's place to the root.

    Attributes:
        path: the hashes beside it, deepest first.
        other: where another stream stands on the way to an empty place, that one; None otherwise.
    """

    path: tuple[bytes, ...]
    other: Head | None = None


def head_of(stream: bytes, number: int, last: bytes) -> Head:
    """Return what stands in the map for a stream.

    Args:
        stream: its 32 bytes.
        number: of its last entry, from 1.
        last: the leaf hash of that entry.
    """
    commitment = sha256(_HEAD + stream + number.to_bytes(_NUMBER_BYTES, "big") + last).digest()
    return Head(place_of(stream), commitment)


def place_of(stream: bytes) -> bytes:
    """Return where a stream stands in the map."""
    return sha256(_STREAM + stream).digest()


def part_of(heads: Sequence[Head], depth: int = 0) -> Part:
    """Return what `heads` come to: all those whose places share their first `depth` bits, in order of place."""
    if not heads:
        return Part()
    if len(heads) == 1:
        return Part(heads[0].hash, 1)
    at = _middle(heads, depth)
    return joined(part_of(heads[:at], depth + 1), part_of(heads[at:], depth + 1))


def joined(left: Part, right: Part) -> Part:
    """Return what two halves come to. So a large map can be kept as the parts it is made of."""
    streams = left.streams + right.streams
    if streams <= 1:
        return left if left.streams else right
    return Part(sha256(_PAIR + left.hash + right.hash).digest(), streams)


def whole(parts: Sequence[Part]) -> Part:
    """Return what all parts of a map come to: 2**n of them, by the first n bits of their places."""
    while len(parts) > 1:
        parts = [joined(*pair) for pair in zip(parts[::2], parts[1::2], strict=True)]
    return parts[0]


def prove_in(parts: Sequence[Part], read: Callable[[int], Sequence[Head]], place: bytes) -> MapProof:
    """Return the proof of what stands at `place` in a map that is kept in parts.

    Args:
        parts: 2**n of them, by the first n bits of their places.
        read: returns what is in the part with this index, in order of place. Asked for one part at most.
        place: 32 bytes.
    """
    path: list[bytes] = []
    depth, begin, end = 0, 0, len(parts)
    # Where one stream is left it stands there, however many parts there are below.
    while end - begin > 1 and sum(part.streams for part in parts[begin:end]) > 1:
        middle = (begin + end) // 2
        if _bit(place, depth):
            path.append(whole(parts[begin:middle]).hash)
            begin = middle
        else:
            path.append(whole(parts[middle:end]).hash)
            end = middle
        depth += 1
    filled = [index for index in range(begin, end) if parts[index].streams]
    below = prove(read(filled[0]) if filled else [], place, depth)
    return MapProof((*below.path, *reversed(path)), below.other)


def prove(heads: Sequence[Head], place: bytes, depth: int = 0) -> MapProof:
    """Return the proof of what stands at `place`, or that nothing does.

    Args:
        heads: the whole map, in order of place; or all of it that shares the first `depth` bits of `place`.
        place: 32 bytes.
        depth: where the proof is to end, counted from the root.
    """
    path: list[bytes] = []
    while len(heads) > 1:
        at = _middle(heads, depth)
        is_right = _bit(place, depth)
        here, beside = (heads[at:], heads[:at]) if is_right else (heads[:at], heads[at:])
        path.append(part_of(beside, depth + 1).hash)
        heads, depth = here, depth + 1
    other = heads[0] if heads and heads[0].place != place else None
    return MapProof(tuple(reversed(path)), other)


def shows(root: bytes, head: Head, proof: MapProof) -> bool:
    """Whether `proof` shows that `head` stands at its place in the map with this root."""
    return proof.other is None and _leads(root, head.place, head.hash, proof.path)


def shows_nothing(root: bytes, place: bytes, proof: MapProof) -> bool:
    """Whether `proof` shows that nothing stands at `place` in the map with this root."""
    other = proof.other
    if other is None:
        return _leads(root, place, EMPTY, proof.path)
    # The other one must stand on the very way to this place, as deep as the path goes.
    depth = len(proof.path)
    shared = depth <= BITS and all(_bit(other.place, at) == _bit(place, at) for at in range(depth))
    return shared and other.place != place and _leads(root, other.place, other.hash, proof.path)


def _leads(root: bytes, place: bytes, found: bytes, path: Sequence[bytes]) -> bool:
    if len(path) > BITS or any(len(one) != HASH_BYTES for one in (root, place, *path)):
        return False
    for depth, beside in zip(range(len(path) - 1, -1, -1), path, strict=True):
        pair = beside + found if _bit(place, depth) else found + beside
        found = sha256(_PAIR + pair).digest()
    return found == root


def _middle(heads: Sequence[Head], depth: int) -> int:
    """Return how many of `heads` have bit `depth` zero."""
    first = heads[0].place
    bits = int.from_bytes(first, "big") >> BITS - depth << 1 | 1
    return bisect_left(heads, (bits << BITS - depth - 1).to_bytes(HASH_BYTES, "big"), key=_place)


def _bit(place: bytes, depth: int) -> int:
    return place[depth >> 3] >> (7 - (depth & 7)) & 1
