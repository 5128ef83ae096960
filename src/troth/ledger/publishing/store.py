"""The tables of what is published: tiles, the tree's head and its checkpoint, the map of heads.

They lie in the main database, so that they change in the transactions of which they tell and a backup has them all.
One small table lies in the key database: which size and root were put on record for being signed. Of keys always the
newest are put back, so older data beside them is seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, Column, Connection, Table, Text, bindparam, delete, func, select, update

from troth.db.statements import Prepared, upsert
from troth.db.tables import KEYS, MAIN, Bytes, Number
from troth.ledger.heads import Head, Part
from troth.ledger.spelling import HASH_BYTES
from troth.ledger.tiles import Tile

ledger_tiles = Table(
    "ledger_tiles",
    MAIN,
    Column("log", Number, primary_key=True),
    Column("level", Number, primary_key=True),
    Column("tile", Number, primary_key=True),
    Column("hashes", Bytes, nullable=False),
)

ledger_trees = Table(
    "ledger_trees",
    MAIN,
    Column("log", Number, primary_key=True, autoincrement=False),
    Column("size", Number, nullable=False),
    Column("root", Bytes, nullable=False),
    Column("heads", Number, nullable=False),
    Column("signed", Number, nullable=False),
    Column("checkpoint", Text, nullable=False),
)

ledger_heads = Table(
    "ledger_heads",
    MAIN,
    Column("place", Bytes, primary_key=True),
    Column("part", Number, nullable=False, index=True),
    Column("commitment", Bytes, nullable=False),
    sqlite_with_rowid=False,
)

ledger_parts = Table(
    "ledger_parts",
    MAIN,
    Column("part", Number, primary_key=True, autoincrement=False),
    Column("hash", Bytes, nullable=False),
    Column("streams", Number, nullable=False),
)

RECORDED = "ledger_recorded"

ledger_recorded = Table(
    RECORDED,
    KEYS,
    Column("log", Number, primary_key=True, autoincrement=False),
    Column("size", Number, nullable=False),
    Column("root", Bytes, nullable=False),
)


@dataclass(frozen=True, slots=True)
class TreeHead:
    """How far a log's tree has grown, and what of it is signed.

    Attributes:
        log: the number of the log.
        size: leaves that are in the tiles.
        root: 32 bytes, of that size.
        heads: the number, in the company's sequence, of the entry that tells the map's root; 0 before the first.
        signed: the size that the checkpoint speaks of; 0 before the first.
        checkpoint: the signed note; empty before the first.
    """

    log: int
    size: int
    root: bytes
    heads: int = 0
    signed: int = 0
    checkpoint: str = ""


_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was put on record to be signed: number of the log, size, root.

    After a restore of the keys that is not known any more: more may have been signed than the copy tells.
    """

    log: int
    size: int
    root: bytes

    @property
    def is_known(self) -> bool:
        """Whether it is known what was last signed."""
        return self.size != _UNKNOWN


_WHICH: BindParameter[int] = bindparam("which")
_TREE = Prepared(select(ledger_trees).where(ledger_trees.c.log == _WHICH))
_TILE = Prepared(
    select(ledger_tiles.c.hashes).where(
        ledger_tiles.c.log == _WHICH,
        ledger_tiles.c.level == bindparam("at_level"),
        ledger_tiles.c.tile == bindparam("at_index"),
    )
)
_OF_PART = Prepared(
    select(ledger_heads.c.place, ledger_heads.c.commitment)
    .where(ledger_heads.c.part == bindparam("which_part"))
    .order_by(ledger_heads.c.place)
)
_PARTS = Prepared(select(ledger_parts))
_TILES = Prepared(select(ledger_tiles).order_by(ledger_tiles.c.log, ledger_tiles.c.level, ledger_tiles.c.tile))
_HEADS = Prepared(
    select(ledger_heads.c.part, ledger_heads.c.place, ledger_heads.c.commitment).order_by(ledger_heads.c.place)
)
_HEAD_AT = Prepared(select(ledger_heads.c.commitment).where(ledger_heads.c.place == bindparam("there")))
_RECORDED = Prepared(
    select(ledger_recorded).where(ledger_recorded.c.log == select(func.max(ledger_recorded.c.log)).scalar_subquery())
)


def tree(connection: Connection, log: int) -> TreeHead | None:
    """Return how far the tree of `log` has grown; None before the first leaf was put in a tile."""
    row = _TREE.first(connection, {"which": log})
    return None if row is None else TreeHead(row[0], row[1], bytes(row[2]), *row[3:])


def trees(connection: Connection) -> dict[int, TreeHead]:
    """Return the number of each log → how far its tree has grown."""
    rows = connection.execute(select(ledger_trees).order_by(ledger_trees.c.log))
    return {row[0]: TreeHead(row[0], row[1], bytes(row[2]), *row[3:]) for row in rows}


def tiles(connection: Connection) -> Iterator[tuple[int, int, int, bytes]]:
    """Yield every tile: its log, level and index, and its hashes; in this order."""
    for page in _TILES.pages(connection, {}):
        for log, level, at, hashes in page:
            yield log, level, at, bytes(hashes)


def heads(connection: Connection) -> Iterator[tuple[int, Head]]:
    """Yield all that stands in the map, in order of place, each with the part it is said to be in."""
    for page in _HEADS.pages(connection, {}):
        for part, place, commitment in page:
            yield part, Head(bytes(place), bytes(commitment))


def head_at(connection: Connection, place: bytes) -> bytes | None:
    """Return the commitment that stands at a place of the map; None when nothing does."""
    row = _HEAD_AT.first(connection, {"there": place})
    return None if row is None else bytes(row[0])


def put_tree(connection: Connection, head: TreeHead) -> None:
    """Record how far a tree has grown."""
    row = {
        "log": head.log,
        "size": head.size,
        "root": head.root,
        "heads": head.heads,
        "signed": head.signed,
        "checkpoint": head.checkpoint,
    }
    upsert(connection, ledger_trees, [row])


def sign(connection: Connection, log: int, size: int, checkpoint: str) -> int:
    """Record the signed note of `size`, unless one of a larger size is there; return how many rows were changed."""
    smaller = update(ledger_trees).where(ledger_trees.c.log == log, ledger_trees.c.signed <= size)
    return connection.execute(smaller.values(signed=size, checkpoint=checkpoint)).rowcount


def tile(connection: Connection, log: int, wanted: Tile) -> bytes | None:
    """Return the hashes of a tile of any width that was once reached; None when it is not there, or less full.

    A tile grows at its end only. So what lies there begins with every narrower tile of the same place.
    """
    row = _TILE.first(connection, {"which": log, "at_level": wanted.level, "at_index": wanted.index})
    length = wanted.width * HASH_BYTES
    return None if row is None or len(row[0]) < length else bytes(row[0][:length])


def put_tiles(connection: Connection, log: int, tiles: Sequence[tuple[Tile, bytes]]) -> None:
    """Record tiles; a wider one takes the place of a narrower."""
    rows = [{"log": log, "level": one.level, "tile": one.index, "hashes": hashes} for one, hashes in tiles]
    upsert(connection, ledger_tiles, rows)


def put_heads(connection: Connection, heads: Sequence[tuple[int, Head]]) -> None:
    """Record heads, each with the part of the map it stands in."""
    rows = [{"place": head.place, "part": part, "commitment": head.commitment} for part, head in heads]
    upsert(connection, ledger_heads, rows)


def heads_of(connection: Connection, part: int) -> list[Head]:
    """Return what stands in a part of the map, in order of place."""
    return [Head(bytes(place), bytes(said)) for place, said in _OF_PART.rows(connection, {"which_part": part})]


def parts(connection: Connection) -> dict[int, Part]:
    """Return what each part of the map comes to; those without streams are absent."""
    return {part: Part(bytes(found), streams) for part, found, streams in _PARTS.rows(connection, {})}


def put_parts(connection: Connection, changed: Sequence[tuple[int, Part]]) -> None:
    """Record what parts of the map come to."""
    upsert(connection, ledger_parts, [{"part": at, "hash": one.hash, "streams": one.streams} for at, one in changed])


def drop_map(connection: Connection) -> None:
    """Delete the map of heads, for a log that begins."""
    connection.execute(delete(ledger_heads))
    connection.execute(delete(ledger_parts))


def recorded(keys: Connection) -> Recorded | None:
    """Return what was last put on record; None before the first."""
    row = _RECORDED.first(keys, {})
    return None if row is None else Recorded(row[0], row[1], bytes(row[2]))


def records(keys: Connection) -> list[Recorded]:
    """Return what was last put on record of each log, oldest log first."""
    rows = keys.execute(select(ledger_recorded).order_by(ledger_recorded.c.log))
    return [Recorded(log, size, bytes(root)) for log, size, root in rows]


def lose_track(keys: Connection) -> None:
    """Put on record, in keys that are older than what was signed, that the last of it is not known."""
    newest = recorded(keys)
    record(keys, Recorded(1 if newest is None else newest.log, _UNKNOWN, b""))


def record(keys: Connection, new: Recorded) -> None:
    """Put a size and root on record."""
    upsert(keys, ledger_recorded, [{"log": new.log, "size": new.size, "root": new.root}])
