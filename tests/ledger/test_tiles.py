"""Where tiles lie, and a log of others read from its files."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.ledger.checkpoint import open_checkpoint
from troth.ledger.note import open_note, read_key
from troth.ledger.proof import consistency_proof, includes, inclusion_proof, is_consistent
from troth.ledger.spelling import SpellingError
from troth.ledger.tiles import Edge, Tile, TileNodes, edge_tiles, tile_at, tiles_of
from troth.ledger.tree import Tree, leaf_hash, tree_root

SHARED = Path(__file__).parents[3] / "shared" / "vectors" / "c2sp" / "tessera"


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(0, 0), "tile/0/000"),
        (Tile(1, 999), "tile/1/999"),
        (Tile(1, 1000), "tile/1/x001/000"),
        (Tile(2, 5, 1), "tile/2/005.p/1"),
        (Tile(63, 1000000, 255), "tile/63/x001/x000/000.p/255"),
    ],
)
def test_a_tile_lies_where_the_specification_says(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert tile_at(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/999",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/../000",
        "tile/0/000\n",
        "tile/0/٠٠٠",
        "tile/entries/000",
    ],
)
def test_no_other_path_names_a_tile(path: str) -> None:
    with pytest.raises(SpellingError):
        tile_at(path)


@given(st.integers(0, 63), st.integers(0, 2**40), st.integers(1, 256))
def test_every_tile_has_one_path(level: int, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert tile_at(tile.path) == tile


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, []),
        (1, [Tile(0, 0, 1)]),
        (256, [Tile(0, 0), Tile(1, 0, 1)]),
        (257, [Tile(0, 0), Tile(0, 1, 1), Tile(1, 0, 1)]),
        (70_000, [*(Tile(0, n) for n in range(273)), Tile(0, 273, 112), Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)]),
    ],
)
def test_a_tree_has_these_tiles(size: int, expected: list[Tile]) -> None:
    assert list(tiles_of(size)) == expected
    assert list(edge_tiles(size)) == [tile for tile in expected if tile.width < 256]


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_tile_of_another_width_is_refused(size: int) -> None:
    with pytest.raises(SpellingError, match=r"tile/0/000\.p/1"):
        Edge(1, lambda _: bytes(size))
    with pytest.raises(SpellingError, match=r"tile/0/000\.p/1"):
        TileNodes(1, lambda _: bytes(size)).node(0, 0)


def test_proofs_from_tiles_are_those_from_memory() -> None:
    leaves = [leaf_hash(b"%d" % number) for number in range(70_000)]
    edge, tree = Edge(), Tree(leaves)
    held = {tile.path: data for tile, data in edge.extend(leaves)} | {t.path: data for t, data in edge.partial()}
    assert list(held) == [tile.path for tile, _ in Edge().extend(leaves)] + [t.path for t in edge_tiles(70_000)]
    nodes = TileNodes(70_000, lambda tile: held[tile.path])
    assert tree_root(nodes, 70_000) == tree.root() == edge.root()
    for size in (70_000, 69_999, 65_537, 65_536, 65_535, 257, 256):
        for index in {0, 1, 255, size // 2, size - 1}:
            assert inclusion_proof(nodes, index, size) == inclusion_proof(tree, index, size)
            assert consistency_proof(nodes, index + 1, size) == consistency_proof(tree, index + 1, size)


def _entries(bundle: bytes) -> list[bytes]:
    found = []
    while bundle:
        size = int.from_bytes(bundle[:2], "big")
        found.append(bundle[2 : 2 + size])
        bundle = bundle[2 + size :]
    return found


@pytest.mark.shared
def test_a_log_written_by_tessera_is_read_and_every_proof_in_it_holds() -> None:
    if not SHARED.is_dir():
        pytest.skip("missing: vectors/c2sp/tessera, a log written by others")
    key = read_key((SHARED / "log.vkey").read_text("utf-8").strip())
    entries = _entries((SHARED / "log/tile/entries/000.p/15").read_bytes())
    leaves = [leaf_hash(entry) for entry in entries]
    assert len(leaves) == 15
    roots = {}
    for size in range(16):
        head, note = open_checkpoint((SHARED / f"log/checkpoint.{size}").read_text("utf-8"))
        assert open_note(note, [key]).signed == {key}
        edge = Edge()
        edge.extend(leaves[:size])
        assert (head.origin, head.size, head.root) == (key.name, size, edge.root())
        assert {tile.path: data for tile, data in edge.partial()} == (
            {f"tile/0/000.p/{size}": (SHARED / f"log/tile/0/000.p/{size}").read_bytes()} if size else {}
        )
        roots[size] = head.root
    for size in range(1, 16):
        nodes = TileNodes(size, lambda tile: (SHARED / "log" / tile.path).read_bytes())
        for at in range(size):
            assert includes(roots[size], size, at, leaves[at], inclusion_proof(nodes, at, size))
            assert is_consistent(roots[at + 1], at + 1, roots[size], size, consistency_proof(nodes, at + 1, size))
