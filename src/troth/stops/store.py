"""The table of stops, put and lifted. Rows are only added; an erasure takes away those of its customer.

Who and why are sealed under the customer's key. They stand in clear in a stop that is about everybody, and where an
earlier Troth wrote them, until `cases.sealing` has sealed them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.types import Text as SqlText

from troth.clock import from_micros, to_micros
from troth.db.statements import Listed, Prepared, Row
from troth.db.tables import MAIN, Bytes, Number
from troth.stops.model import EVERYBODY, Act, Kind, Stop

stops = Table(
    "stops",
    MAIN,
    Column("seq", Number, primary_key=True, autoincrement=True),
    Column("customer", Number, nullable=False),
    Column("kind", SqlText, nullable=False),
    Column("target", SqlText, nullable=False),
    Column("act", SqlText, nullable=False),
    Column("at", Number, nullable=False),
    Column("by", SqlText, nullable=False),
    Column("why", SqlText, nullable=False),
    Column("sealed", Bytes, nullable=True),
    sqlite_autoincrement=True,
)
Index("ix_stops_customer", stops.c.customer, stops.c.seq)

_COLUMNS = (stops.c.customer, stops.c.kind, stops.c.target, stops.c.act, stops.c.at)
# Asked at every read: the customer's and everybody's in one go.
_SEEN = Prepared(
    select(*_COLUMNS)
    .where(stops.c.customer.in_([bindparam("customer"), bindparam("everybody")]))
    .order_by(stops.c.seq)
)
_OF_CUSTOMERS = Listed(select(*_COLUMNS).order_by(stops.c.seq), stops.c.customer)
_EVERYTHING = Prepared(select(*_COLUMNS).order_by(stops.c.seq))
_WORDS = (stops.c.by, stops.c.why, stops.c.sealed)
_TOLD = Prepared(select(*_COLUMNS, *_WORDS).where(stops.c.customer == bindparam("customer")).order_by(stops.c.seq))
_IN_CLEAR = Prepared(
    select(stops.c.seq, *_COLUMNS, stops.c.by, stops.c.why)
    .where(
        stops.c.customer != bindparam("everybody"),
        or_(stops.c.by != bindparam("nothing"), stops.c.why != bindparam("nothing")),
    )
    .order_by(stops.c.seq)
    .limit(bindparam("most"))
    .offset(literal_column("0"))  # else SQLite is asked for an offset that is handed in
)
_SEAL = Prepared(
    update(stops)
    .where(stops.c.seq == bindparam("place"))
    .values(by=bindparam("nothing"), why=bindparam("nothing"), sealed=bindparam("words"))
)
_RECORD = Prepared(insert(stops).inline(), columns=[column.name for column in (*_COLUMNS, *_WORDS)])
_DROP = Prepared(delete(stops).where(stops.c.customer == bindparam("customer")))


def record(connection: Connection, stop: Stop, sealed: bytes | None) -> None:
    """Add a row.

    Args:
        connection: an open `writing`.
        stop: the stop.
        sealed: who and why; None of a stop that is about everybody, or where nobody can tell any more.
    """
    is_common = stop.customer == EVERYBODY
    row = {
        "customer": stop.customer,
        "kind": stop.kind.value,
        "target": stop.target,
        "act": stop.act.value,
        "at": to_micros(stop.at),
        "by": stop.by if is_common else "",
        "why": stop.why if is_common else "",
        "sealed": sealed,
    }
    _RECORD.run(connection, row)


def told_of(connection: Connection, customer: int) -> list[tuple[Stop, bytes | None]]:
    """Return the rows of one customer, or about everybody, in the order recorded; each with who and why, sealed."""
    rows = _TOLD.rows(connection, {"customer": customer})
    return [(replace(_stop(row[:-3]), by=row[-3], why=row[-2]), row[-1]) for row in rows]


def in_clear(connection: Connection, most: int) -> list[tuple[int, Stop]]:
    """Return at most `most` rows about customers whose who or why stands in clear, each with its place."""
    rows = _IN_CLEAR.rows(connection, {"most": most, "everybody": EVERYBODY, "nothing": ""})
    return [(row[0], replace(_stop(row[1:-2]), by=row[-2], why=row[-1])) for row in rows]


def put_sealed(connection: Connection, words: Iterable[tuple[int, bytes | None]]) -> None:
    """Put sealed words (None: none) in the place of those in clear, for rows named by their place."""
    _SEAL.run(connection, *({"place": place, "words": sealed, "nothing": ""} for place, sealed in words))


def seen_by(connection: Connection, customer: int) -> list[Stop]:
    """Return the rows of one customer and those about everybody, in the order recorded."""
    return [_stop(row) for row in _SEEN.rows(connection, {"customer": customer, "everybody": EVERYBODY})]


def of_customers(connection: Connection, numbers: Sequence[int]) -> dict[int, list[Stop]]:
    """Return number → rows in the order recorded, for those of `numbers` that have any."""
    return _by_customer(_OF_CUSTOMERS.rows(connection, numbers))


def everything(connection: Connection) -> dict[int, list[Stop]]:
    """Return customer (or `EVERYBODY`) → rows in the order recorded."""
    return _by_customer(_EVERYTHING.rows(connection, {}))


def count(connection: Connection, customer: int) -> int:
    """Return how many rows there are of a customer."""
    return connection.execute(select(func.count()).where(stops.c.customer == customer)).scalar() or 0


def drop(connection: Connection, customer: int) -> int:
    """Delete the rows of a customer; return how many went."""
    return _DROP.run(connection, {"customer": customer})


def _by_customer(rows: Iterable[Row]) -> dict[int, list[Stop]]:
    found: dict[int, list[Stop]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(_stop(row))
    return found


def _stop(row: Sequence[Any]) -> Stop:
    customer, kind, target, act, at = row
    return Stop(Kind(kind), customer, target, Act(act), from_micros(at))
