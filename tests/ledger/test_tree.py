"""The tree against the definition of RFC 6962, and its three keepers against each other."""

from functools import partial
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.ledger.tiles import Edge, Tile, TileNodes, tiles_of
from troth.ledger.tree import EMPTY_ROOT, Tree, leaf_hash, node_hash, span_root

# The leaves and roots that the reference implementation of Certificate Transparency is tested with.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def hashes(count: int) -> list[bytes]:
    return [leaf_hash(b"%d" % number) for number in range(count)]


def _tile(held: dict[str, bytes], tile: Tile) -> bytes:
    return held[tile.path]


def defined(leaf_hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, as it stands there."""
    if not leaf_hashes:
        return sha256(b"").digest()
    if len(leaf_hashes) == 1:
        return leaf_hashes[0]
    half = 1
    while half * 2 < len(leaf_hashes):
        half *= 2
    return node_hash(defined(leaf_hashes[:half]), defined(leaf_hashes[half:]))


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_published_roots_come_out(size: int) -> None:
    tree = Tree(leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES)
    assert tree.root(size).hex() == ROOTS[size]


def test_every_tree_up_to_300_has_the_root_of_the_definition() -> None:
    leaves, tree, edge = hashes(300), Tree(), Edge()
    for size, one in enumerate(leaves):
        expected = defined(leaves[:size])
        assert tree.root() == edge.root() == expected
        assert tree.append(one) == size
        edge.extend([one])
    bulk = Tree(leaves)
    for size in range(301):
        assert tree.root(size) == bulk.root(size) == defined(leaves[:size])


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert Tree().root() == Edge().root() == EMPTY_ROOT


def test_a_leaf_never_passes_for_a_node() -> None:
    left, right = hashes(2)
    assert leaf_hash(left + right) != node_hash(left, right)


@given(st.lists(st.integers(0, 700), min_size=1, max_size=6))
def test_however_it_grows_it_is_the_same_tree(steps: list[int]) -> None:
    size = sum(steps)
    leaves, tree, edge = hashes(size), Tree(), Edge()
    tiles: dict[str, bytes] = {}
    at = 0
    for step in steps:
        tree.extend(leaves[at : at + step])
        tiles |= {tile.path: data for tile, data in edge.extend(leaves[at : at + step])}
        at += step
        tiles |= {tile.path: data for tile, data in edge.partial()}
        # Whoever goes on from what lies on the disk goes on with the same tree.
        edge = Edge(at, partial(_tile, tiles))
    once = Edge()
    assert once.extend(leaves) == [(tile, tiles[tile.path]) for tile, _ in Edge().extend(leaves)]
    assert tree.root() == edge.root() == once.root() == Tree(leaves).root()
    nodes = TileNodes(size, partial(_tile, tiles), remembered=2)
    assert {tile.path for tile in tiles_of(size)} <= tiles.keys()
    for level in range(size.bit_length()):
        for index in range(0, size >> level, max(1, (size >> level) // 7)):
            assert nodes.node(level, index) == tree.node(level, index)
    if size:
        assert span_root(nodes, 0, size) == tree.root()


@pytest.mark.parametrize(("level", "index"), [(0, 5), (1, 2), (2, 1), (3, 0)])
def test_a_node_that_is_not_complete_is_not_told(level: int, index: int) -> None:
    tree, edge = Tree(hashes(5)), Edge()
    edge.extend(hashes(5))
    held = {tile.path: data for tile, data in edge.partial()}
    for nodes in (tree, TileNodes(5, lambda tile: held[tile.path])):
        with pytest.raises(IndexError):
            nodes.node(level, index)
