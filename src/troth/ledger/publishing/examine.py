"""Whether what is published holds together: tiles, root and checkpoint, the map of heads, what is on record."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from troth.db.engine import Connection
from troth.ledger import store as entries
from troth.ledger.checkpoint import Checkpoint, open_checkpoint
from troth.ledger.heads import Part, part_of, whole
from troth.ledger.leaf import Statement
from troth.ledger.note import VerifierKey, open_note
from troth.ledger.publishing import store
from troth.ledger.publishing.publisher import PARTS_BITS, all_parts, part_at
from troth.ledger.publishing.store import Recorded, TreeHead
from troth.ledger.spelling import HASH_BYTES, SpellingError, to_base64
from troth.ledger.store import Log
from troth.ledger.tiles import FULL, Edge
from troth.ledger.tree import EMPTY_ROOT, Tree

_ALL = 2**62


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with the ledger.

    Attributes:
        code: a stable machine word in snake_case.
        said: what is wrong, in words.
        log: the number of the log; 0 where none is meant.
        index: of the leaf; None where no single one is meant.
    """

    code: str
    said: str
    log: int = 0
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Leaves:
    """The hashes of a log's leaves as they stand in its tiles, and those that are in no tile yet.

    Attributes:
        size: how many leaves the log is said to have.
        hashes: one after the other; shorter than `size` where some are not there.
    """

    size: int
    hashes: bytes

    def at(self, index: int) -> bytes | None:
        """Return the hash at `index`; None when none is there."""
        found = self.hashes[index * HASH_BYTES : (index + 1) * HASH_BYTES] if index >= 0 else b""
        return found if len(found) == HASH_BYTES else None

    def places(self, wanted: set[bytes]) -> dict[bytes, int]:
        """Return the index of those of `wanted` that are there."""
        return {found: at for at in range(len(self.hashes) // HASH_BYTES) if (found := self.at(at)) in wanted}


def tiles_of_logs(connection: Connection) -> dict[int, dict[tuple[int, int], bytes]]:
    """Return the number of each log → (level, index) → the hashes of that tile."""
    found: dict[int, dict[tuple[int, int], bytes]] = {}
    for log, level, at, hashes in store.tiles(connection):
        found.setdefault(log, {})[level, at] = hashes
    return found


def look_at_tree(
    log: Log, head: TreeHead | None, tiles: Mapping[tuple[int, int], bytes], keys: Sequence[VerifierKey]
) -> Generator[Finding, None, bytes]:
    """Yield what is wrong with a log's tiles, its root and its checkpoint; return the hashes in its lowest tiles."""
    head = head or TreeHead(log.number, 0, EMPTY_ROOT)
    below = [tiles.get((0, at), b"") for at in range(-(-head.size // FULL))]
    hashes = b"".join(below)
    if len(hashes) != head.size * HASH_BYTES:
        yield Finding("tile", "A piece of the tree is missing, or has another length than it should.", log.number)
    edge = Edge()
    full = edge.extend([hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)])
    wanted = {(tile.level, tile.index): data for tile, data in [*full, *edge.partial()]}
    for level, at in sorted(wanted.keys() | tiles.keys()):
        if wanted.get((level, at)) != tiles.get((level, at)):
            said = f"The piece {at} of level {level} of the tree does not follow from the one below."
            yield Finding("tile", said, log.number)
    if edge.root() != head.root:
        yield Finding("root", "The root of the tree is not what its leaves come to.", log.number)
    yield from _look_at_checkpoint(log, head, hashes, keys)
    return hashes


def _look_at_checkpoint(log: Log, head: TreeHead, hashes: bytes, keys: Sequence[VerifierKey]) -> Iterator[Finding]:
    if not head.signed and not head.checkpoint:
        return
    root = _root(hashes, head.signed)
    try:
        said, note = open_checkpoint(head.checkpoint)
        opened = open_note(note, [key for key in keys if key.name == log.origin])
    except SpellingError:
        yield Finding("checkpoint", "The checkpoint can’t be read, or its signature does not hold.", log.number)
        return
    if said != Checkpoint(log.origin, head.signed, root):
        yield Finding("checkpoint", "The checkpoint is of another tree than the one here.", log.number)
    if not opened.signed or any(line.name == log.origin for line in opened.unknown):
        yield Finding("checkpoint", "The checkpoint is not signed by the log’s own keys.", log.number)


def look_at_leaves(connection: Connection, log: Log, tiled: int) -> Generator[Finding, None, bytes]:
    """Yield what is wrong with the leaves of the newest log that are in no tile yet; return their hashes."""
    found = entries.leaves(connection, -_ALL, 2 * _ALL - 1)
    if [index for index, _ in found] != list(range(tiled, log.size)):
        yield Finding("leaf", "The leaves that wait for their tile are not those between tree and log.", log.number)
    if any(len(hashed) != HASH_BYTES for _, hashed in found):
        yield Finding("leaf", "The hash of a leaf has another length than it should.", log.number)
    return b"".join(hashed for _, hashed in found)


def look_at_map(connection: Connection, head: TreeHead | None, told: Mapping[int, Statement]) -> Iterator[Finding]:
    """Yield what is wrong with the map of heads.

    Args:
        connection: an open reading.
        head: of the newest log's tree.
        told: number of the company's entry in that log → what it tells of the map.
    """
    parts: dict[int, Part] = {}
    for at, group in groupby(store.heads(connection), key=lambda one: part_at(one[1].place)):
        heads = list(group)
        if any(part != at or len(one.place) != len(one.commitment) for part, one in heads):
            yield Finding("map", "A sequence stands in the wrong part of the map.")
        parts[at] = part_of([one for _, one in heads], PARTS_BITS)
    if parts != store.parts(connection):
        yield Finding("map", "A part of the map is not what its sequences come to.")
    number = 0 if head is None else head.heads
    said = told.get(number)
    stands = whole(all_parts(connection))
    if said is not None and (said.body.get("root"), said.body.get("streams")) != (
        to_base64(stands.hash),
        stands.streams,
    ):
        yield Finding("map", "The map is not the one that the log tells of.")
    if not number and parts:
        yield Finding("map", "There is a map, and nothing that tells of it.")


def look_at_record(
    logs: Sequence[Log],
    trees: Mapping[int, tuple[TreeHead, bytes]],
    records: Sequence[Recorded],
    begun: Mapping[int, Statement],
) -> Iterator[Finding]:
    """Yield where what was put on record to be signed is not what is here.

    Args:
        logs: every log, oldest first.
        trees: number of a log → its tree's head, and the hashes of its leaves.
        records: from the key database.
        begun: number of a log → its first entry.
    """
    newest = logs[-1].number
    by_log = {one.log: one for one in records}
    told = {str(one.body["before"]): one.body for one in begun.values() if "size" in one.body}
    names = {f"{logs[0].origin}/{one.log}" if one.log > 1 else logs[0].origin: one for one in records}
    for name, body in told.items():
        one = names.get(name)
        if one is None or (body["size"], body["root"]) != (one.size, to_base64(one.root)):
            yield Finding("record", f"What was last signed in {name} is not what the next log tells.")
    for log, (head, _) in trees.items():
        one = by_log.get(log)
        if one is not None and not one.is_known:
            continue  # the keys were older once; the next log says that it follows
        if head.signed and (one is None or one.size < head.signed):
            yield Finding("record", "More is signed than was put on record before.", log)
    for name, one in names.items():
        if name in told or not one.is_known:
            continue
        at_hand, hashes = trees.get(one.log, (None, b""))
        if one.log > newest or at_hand is None or not 1 <= one.size <= at_hand.size:
            yield Finding("record", "The data is older than what its ledger has signed.", one.log)
        elif _root(hashes, one.size) != one.root:
            yield Finding("record", "What was put on record is not the beginning of the tree.", one.log)


def _root(hashes: bytes, size: int) -> bytes:
    """Return the root of the first `size` leaves, of which fewer may be there."""
    some = hashes[: size * HASH_BYTES]
    return Tree([some[at : at + HASH_BYTES] for at in range(0, len(some), HASH_BYTES)]).root()
