"""Proofs about the tree: that a leaf is in it, and that it only grew (RFC 6962, 2.1.1 and 2.1.2).

Those who check follow RFC 9162, 2.1.3.2 and 2.1.4.2. They take values from anybody: whatever is handed in, the answer
is yes or no, never an exception.
"""

from collections.abc import Sequence

from troth.ledger.spelling import HASH_BYTES
from troth.ledger.tree import Nodes, node_hash, span_root


def inclusion_proof(nodes: Nodes, index: int, size: int) -> tuple[bytes, ...]:
    """Return the hashes that lead from leaf `index` to the root of the first `size` leaves, leaf's sibling first.

    Raises:
        ValueError: there is no leaf `index` among the first `size`.
    """
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    # Up to level `inner` the path has siblings on both sides; above it, it runs along the right edge of the tree.
    inner = (index ^ (size - 1)).bit_length()
    node = nodes.node
    path = [node(level, (index >> level) ^ 1) for level in range(inner - 1)]
    if inner:
        top = inner - 1
        sibling = (index >> top) ^ 1
        begin = sibling << top
        path.append(node(top, sibling) if begin + (1 << top) <= size else span_root(nodes, begin, size))
    at, level = index >> inner, inner
    while at:
        if at & 1:
            path.append(node(level, at - 1))
        at >>= 1
        level += 1
    return tuple(path)


def consistency_proof(nodes: Nodes, old: int, size: int) -> tuple[bytes, ...]:
    """Return the hashes that show that the first `old` leaves are the beginning of the first `size`.

    Raises:
        ValueError: not 1 ≤ `old` ≤ `size`. From the empty tree there is nothing to prove: every tree begins with it.
    """
    if not 1 <= old <= size:
        raise ValueError("no proof between trees of these sizes")
    path: list[bytes] = []
    begin, end = 0, size
    known = (
        True  # whether the root of the old leaves below is one that the asker has: only while it is the whole tree
    )
    while old < end:
        half = 1 << (end - begin - 1).bit_length() - 1
        if old <= begin + half:
            path.append(span_root(nodes, begin + half, end))
            end = begin + half
        else:
            path.append(span_root(nodes, begin, begin + half))
            begin += half
            known = False
    if not known:
        path.append(span_root(nodes, begin, end))
    path.reverse()
    return tuple(path)


def includes(root: bytes, size: int, index: int, leaf: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` leads from the leaf hash `leaf` at `index` to the `root` of a tree of `size` leaves."""
    if not 0 <= index < size or not _are_hashes(root, leaf, *path):
        return False
    inner = (index ^ (size - 1)).bit_length()
    if len(path) != inner + (index >> inner).bit_count():
        return False
    found = leaf
    for level, sibling in enumerate(path):
        # Above `inner` the path is on the right edge, and all that is beside it lies to the left.
        is_left = level < inner and not index >> level & 1
        found = node_hash(found, sibling) if is_left else node_hash(sibling, found)
    return found == root


def is_consistent(old_root: bytes, old: int, root: bytes, size: int, path: Sequence[bytes]) -> bool:
    """Whether `path` shows that the tree of `old` leaves is the beginning of the tree of `size` leaves.

    From size 0 nothing is ever shown: the answer is no.
    """
    if not 1 <= old <= size:
        return False
    if old == size:
        return not path and old_root == root
    if not _are_hashes(old_root, root, *path):
        return False
    # Where the old tree is a whole part of the new one, its root is the first hash and need not be sent.
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    return bool(hashes) and _roots(old, size, hashes) == (old_root, root)


def _roots(old: int, size: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the roots of both trees that `hashes` lead to; None when they are too few or too many."""
    at, last = old - 1, size - 1
    while at & 1:
        at >>= 1
        last >>= 1
    was = now = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            was, now = node_hash(sibling, was), node_hash(sibling, now)
            while at and not at & 1:
                at >>= 1
                last >>= 1
        else:
            now = node_hash(now, sibling)
        at >>= 1
        last >>= 1
    return (was, now) if last == 0 else None


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
