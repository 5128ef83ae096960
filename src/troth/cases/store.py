"""Tables of erasures under way and done, and of keys that wait to be destroyed; by number only."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, Connection, Table, bindparam, delete, select, update
from sqlalchemy.types import Text as SqlText

from troth.clock import from_micros, to_micros
from troth.db.statements import Prepared, insert_new
from troth.db.tables import MAIN, Number

erasures = Table(
    "erasures",
    MAIN,
    Column("customer", Number, primary_key=True),
    Column("asked", Number, nullable=False),
    Column("done", Number, nullable=True),
)

keys_to_destroy = Table(
    "keys_to_destroy",
    MAIN,
    Column("customer", Number, primary_key=True),
    Column("kind", SqlText, primary_key=True),
    sqlite_with_rowid=False,
)

_FINISH = Prepared(update(erasures).where(erasures.c.customer == bindparam("of")).values(done=bindparam("at")))
_SPARE_CUSTOMER = Prepared(delete(keys_to_destroy).where(keys_to_destroy.c.customer == bindparam("customer")))


def begin(connection: Connection, customer: int, asked: datetime) -> None:
    """Record that an erasure was asked for, unless it is recorded already."""
    insert_new(connection, erasures, [{"customer": customer, "asked": to_micros(asked), "done": None}])


def finish(connection: Connection, customer: int, done: datetime) -> None:
    """Record that it is done."""
    _FINISH.run(connection, {"of": customer, "at": to_micros(done)})


def unfinished(connection: Connection) -> list[tuple[int, datetime]]:
    """Return (customer, asked) of the erasures that were begun and not finished."""
    rows = connection.execute(select(erasures).where(erasures.c.done.is_(None)).order_by(erasures.c.customer))
    return [(row.customer, from_micros(row.asked)) for row in rows]


def doom(connection: Connection, keys: Iterable[tuple[int, str]]) -> None:
    """Note that the key of each (customer, kind) is to be destroyed once nothing is sealed with it any more."""
    rows = [{"customer": customer, "kind": kind} for customer, kind in sorted(set(keys))]
    insert_new(connection, keys_to_destroy, rows)


def doomed(connection: Connection) -> list[tuple[int, str]]:
    """Return (customer, kind) of the keys that wait to be destroyed."""
    rows = connection.execute(select(keys_to_destroy).order_by(*keys_to_destroy.primary_key.columns))
    return [(row.customer, row.kind) for row in rows]


def spare(connection: Connection, keys: Iterable[tuple[int, str]]) -> None:
    """Forget that these keys are to be destroyed: they were, or something is sealed with them again."""
    of_customer, of_kind = keys_to_destroy.c.customer, keys_to_destroy.c.kind
    for customer, kind in keys:
        connection.execute(delete(keys_to_destroy).where(of_customer == customer, of_kind == kind))


def spare_customer(connection: Connection, customer: int) -> None:
    """As `spare`, for all keys of one customer."""
    _SPARE_CUSTOMER.run(connection, {"customer": customer})
