"""The tree as files that never change: the layout of c2sp.org/tlog-tiles.

A tile is up to 256 hashes of one level. Each hash of tile level L + 1 is the root of a full tile of level L. A full
tile never changes; a tile that is not full yet is *partial* and is written under its width.

The layout also knows bundles of entries. Troth writes none: only hashes are public (docs/formats/ledger.md).
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from troth.ledger.spelling import HASH_BYTES, SpellingError
from troth.ledger.tree import EMPTY_ROOT, node_hash, parents

HEIGHT = 8
FULL = 1 << HEIGHT
"""Hashes in a full tile: 256."""

_DEEPEST = 63
_PATH = re.compile(r"tile/(0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One tile: its level from 0, its index in the level, and its width: how many hashes it has, 1 to 256."""

    level: int
    index: int
    width: int = FULL

    @property
    def path(self) -> str:
        """Where it lies, without a slash in front, e.g. ``tile/0/x001/x234/067.p/12``."""
        digits = f"{self.index:03}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        return f"tile/{self.level}/{name}" + ("" if self.width == FULL else f".p/{self.width}")


def tile_at(path: str) -> Tile:
    """Return the tile that lies at `path`.

    Raises:
        SpellingError: no tile has this path.
    """
    found = _PATH.fullmatch(path)
    if found is not None:
        level, index, width = found.groups()
        tile = Tile(int(level), int(index.replace("x", "").replace("/", "")), int(width or FULL))
        if tile.path == path and tile.level <= _DEEPEST and tile.width <= FULL:
            return tile
    raise SpellingError("This is not the path of a tile.")


def tiles_of(size: int) -> Iterator[Tile]:
    """Yield the tiles of a tree of `size` leaves: level by level, the full ones and then the partial one."""
    level = 0
    while size:
        full, width = divmod(size, FULL)
        yield from (Tile(level, index) for index in range(full))
        if width:
            yield Tile(level, full, width)
        size, level = full, level + 1


def edge_tiles(size: int) -> Iterator[Tile]:
    """Yield the partial tiles of a tree of `size` leaves: what `Edge` is read from."""
    level = 0
    while size:
        size, width = divmod(size, FULL)
        if width:
            yield Tile(level, size, width)
        level += 1


class Edge:
    """The right edge of a tree: all that is needed to let it grow.

    Args:
        size: how many leaves the tree has.
        read: returns the bytes of a tile; asked for `edge_tiles(size)` only.

    Raises:
        SpellingError: a tile has another width than its name says.
    """

    def __init__(self, size: int = 0, read: Callable[[Tile], bytes] | None = None) -> None:
        self.size = size
        self._levels: list[bytearray] = []
        for tile in edge_tiles(size):
            assert read is not None, "an edge of an empty tree needs no tiles, any other does"
            self._widen(tile.level)
            self._levels[tile.level] += _sized(tile, read(tile))

    def extend(self, leaf_hashes: Sequence[bytes]) -> list[tuple[Tile, bytes]]:
        """Add leaf hashes, in order; return the tiles that became full, in an order in which each may be written."""
        full: list[tuple[Tile, bytes]] = []
        new, level, before = b"".join(leaf_hashes), 0, self.size
        self.size += len(leaf_hashes)
        whole = FULL * HASH_BYTES
        while new:
            self._widen(level)
            held = self._levels[level]
            held += new
            index, above = before // FULL, []
            ready = len(held) // whole * whole
            for at in range(0, ready, whole):
                data = bytes(held[at : at + whole])
                full.append((Tile(level, index + at // whole), data))
                above.append(_root_of_tile(data))
            del held[:ready]
            new, level, before = b"".join(above), level + 1, index
        return full

    def partial(self) -> list[tuple[Tile, bytes]]:
        """Return the partial tiles of this size."""
        return [(tile, bytes(self._levels[tile.level])) for tile in edge_tiles(self.size)]

    def root(self) -> bytes:
        """Return the root of the tree."""
        root = b""
        for held in self._levels:
            # What is right of these hashes is already in `root`; each row is halved until one hash is left.
            row = bytes(held)
            for _ in range(HEIGHT):
                if len(row) // HASH_BYTES % 2:
                    row, last = row[:-HASH_BYTES], row[-HASH_BYTES:]
                    root = node_hash(last, root) if root else last
                row = parents(row)
        return root or EMPTY_ROOT

    def _widen(self, level: int) -> None:
        while len(self._levels) <= level:
            self._levels.append(bytearray())


class TileNodes:
    """The complete nodes of a tree, read from its tiles.

    Args:
        size: how many leaves the tree has.
        read: returns the bytes of a tile; asked only for tiles of this size, as `tiles_of` names them.
        remembered: how many tiles are kept opened in memory; 16 kB each.

    Raises:
        SpellingError: on a look, when a tile has another width than its name says.
    """

    def __init__(self, size: int, read: Callable[[Tile], bytes], *, remembered: int = 1024) -> None:
        self._size = size
        self._read = read
        self._remembered = remembered
        self._open: OrderedDict[tuple[int, int], list[bytes]] = OrderedDict()

    def node(self, level: int, index: int) -> bytes:
        """Return the 32-byte hash of a complete node.

        Raises:
            IndexError: it is not complete in a tree of this size.
        """
        if (index + 1) << level > self._size:
            raise IndexError(index)
        tile_level, height = divmod(level, HEIGHT)
        inside = FULL >> height
        row = self._opened(tile_level, index // inside)[height]
        at = index % inside * HASH_BYTES
        return row[at : at + HASH_BYTES]

    def _opened(self, level: int, index: int) -> list[bytes]:
        """Return the rows of a tile: its hashes, the nodes above them, and so on."""
        rows = self._open.get((level, index))
        if rows is None:
            tile = Tile(level, index, min(FULL, (self._size >> HEIGHT * level) - index * FULL))
            rows = [_sized(tile, self._read(tile))]
            for _ in range(HEIGHT - 1):
                below = rows[-1]
                rows.append(parents(below[: len(below) // (2 * HASH_BYTES) * 2 * HASH_BYTES]))
            self._open[level, index] = rows
            if len(self._open) > self._remembered:
                self._open.popitem(last=False)
        else:
            self._open.move_to_end((level, index))
        return rows


def _root_of_tile(data: bytes) -> bytes:
    while len(data) > HASH_BYTES:
        data = parents(data)
    return data


def _sized(tile: Tile, data: bytes) -> bytes:
    if len(data) != tile.width * HASH_BYTES:
        raise SpellingError(f"The tile {tile.path} has {len(data)} bytes, not {tile.width * HASH_BYTES}.")
    return data
