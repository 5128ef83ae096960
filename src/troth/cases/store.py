"""The table of erasures under way and done; by number only."""

from datetime import datetime

from sqlalchemy import Column, Connection, Table, bindparam, select, update

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

_FINISH = Prepared(update(erasures).where(erasures.c.customer == bindparam("of")).values(done=bindparam("at")))


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
