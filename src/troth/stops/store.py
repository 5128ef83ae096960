"""The table of stops, put and lifted. Rows are only added; an erasure takes away those of its customer."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Index, Table, bindparam, delete, func, insert, select
from sqlalchemy.types import Text as SqlText

from troth.clock import from_micros, to_micros
from troth.db.statements import Listed, Prepared, Row
from troth.db.tables import MAIN, Number
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
    sqlite_autoincrement=True,
)
Index("ix_stops_customer", stops.c.customer, stops.c.seq)

_COLUMNS = (stops.c.customer, stops.c.kind, stops.c.target, stops.c.act, stops.c.at, stops.c.by, stops.c.why)
# Asked at every read: the customer's and everybody's in one go.
_SEEN = Prepared(
    select(*_COLUMNS)
    .where(stops.c.customer.in_([bindparam("customer"), bindparam("everybody")]))
    .order_by(stops.c.seq)
)
_OF_CUSTOMERS = Listed(select(*_COLUMNS).order_by(stops.c.seq), stops.c.customer)
_EVERYTHING = Prepared(select(*_COLUMNS).order_by(stops.c.seq))
_RECORD = Prepared(insert(stops).inline(), columns=[column.name for column in _COLUMNS])
_DROP = Prepared(delete(stops).where(stops.c.customer == bindparam("customer")))


def record(connection: Connection, new: Iterable[Stop]) -> None:
    """Add rows, in the order given."""
    rows = [
        {
            "customer": stop.customer,
            "kind": stop.kind.value,
            "target": stop.target,
            "act": stop.act.value,
            "at": to_micros(stop.at),
            "by": stop.by,
            "why": stop.why,
        }
        for stop in new
    ]
    _RECORD.run(connection, *rows)


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
    customer, kind, target, act, at, by, why = row
    return Stop(Kind(kind), customer, target, Act(act), from_micros(at), by, why)
