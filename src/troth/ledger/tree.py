"""The Merkle tree of the log: SHA-256 as in RFC 6962, section 2.1.

Laws:

1. A leaf and an inner node are hashed with different first bytes (0x00, 0x01), so neither passes for the other.
2. A node is *complete* when every leaf below it is there. Complete nodes never change again. All roots, also those of
   earlier sizes, and all proofs are made from complete nodes alone.
3. Node `index` of `level` spans the leaves index × 2**level to (index + 1) × 2**level − 1. Level 0: the leaf hashes.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Protocol

from troth.ledger.spelling import HASH_BYTES

EMPTY_ROOT = sha256(b"").digest()
"""The root of the tree without leaves."""

_LEAF = b"\x00"
_NODE = b"\x01"


class Nodes(Protocol):
    """Something that knows the complete nodes of a tree: a `Tree` in memory, or tiles on a disk."""

    def node(self, level: int, index: int) -> bytes:
        """Return the 32-byte hash of a complete node."""
        ...


def leaf_hash(leaf: bytes) -> bytes:
    """Return the 32-byte hash of a leaf."""
    return sha256(_LEAF + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of the node above two nodes."""
    return sha256(_NODE + left + right).digest()


def parents(hashes: bytes | bytearray) -> bytes:
    """Return the hashes above `hashes`, an even number of nodes of one level, one after the other."""
    pair = 2 * HASH_BYTES
    return b"".join([sha256(_NODE + hashes[at : at + pair]).digest() for at in range(0, len(hashes), pair)])


def span_root(nodes: Nodes, begin: int, end: int) -> bytes:
    """Return the root over the leaves `begin` to `end` − 1, at least one.

    `begin` must be a multiple of the smallest power of two that is at least `end` − `begin`; every span that RFC 6962
    speaks of begins so.
    """
    roots = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        roots.append(nodes.node(level, begin >> level))
        begin += 1 << level
    root = roots.pop()
    while roots:
        root = node_hash(roots.pop(), root)
    return root


def tree_root(nodes: Nodes, size: int) -> bytes:
    """Return the root of the first `size` leaves (RFC 6962, section 2.1)."""
    return span_root(nodes, 0, size) if size else EMPTY_ROOT


class Tree:
    """A tree in memory, 64 bytes a leaf. It only grows."""

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels = [bytearray()]
        self.extend(leaf_hashes)

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0]) // HASH_BYTES

    def append(self, hashed: bytes) -> int:
        """Add one leaf hash; return its index."""
        index = at = self.size
        level = 0
        self._levels[0] += hashed
        while at & 1:
            hashed = node_hash(self.node(level, at - 1), hashed)
            at >>= 1
            level += 1
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += hashed
        return index

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Add leaf hashes, in order; faster than one by one."""
        self._levels[0] += b"".join(leaf_hashes)
        pair = 2 * HASH_BYTES
        level = 0
        while len(self._levels[level]) >= pair:
            if level + 1 == len(self._levels):
                self._levels.append(bytearray())
            below, above = self._levels[level], self._levels[level + 1]
            above += parents(below[2 * len(above) : len(below) // pair * pair])
            level += 1

    def node(self, level: int, index: int) -> bytes:
        """Return the 32-byte hash of a complete node.

        Raises:
            IndexError: it is not complete yet.
        """
        at = index * HASH_BYTES
        found = bytes(self._levels[level][at : at + HASH_BYTES])
        if len(found) != HASH_BYTES:
            raise IndexError(index)
        return found

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first `size` leaves; of all when not said."""
        return tree_root(self, self.size if size is None else size)
