"""The outbox: rows written in an act's own transaction, that tell later rooms what happened to whom.

Laws:

1. A row is written in the same transaction as the act. There is no act without its row and no row without its act.
2. A reader keeps the number of the last row it has taken in, in its own transaction. Killed anywhere, it reads again
   from that number; so what it does with a row must be idempotent.
3. A row says only which customer changed and whether something of them was *removed* (a no, an erasure): what is true
   now is asked of the gate, never read from the row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Column, Connection, Index, Table, bindparam, delete, func, insert, select
from sqlalchemy.types import Text as SqlText

from troth.clock import from_micros, to_micros
from troth.db.statements import Prepared
from troth.db.tables import MAIN, Number

outbox = Table(
    "outbox",
    MAIN,
    Column("seq", Number, primary_key=True, autoincrement=True),
    Column("at", Number, nullable=False),
    Column("customer", Number, nullable=False),
    Column("what", SqlText, nullable=False),
    Column("removal", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_outbox_removal", outbox.c.removal, outbox.c.seq)

_TELL = Prepared(insert(outbox).inline(), columns=("at", "customer", "what", "removal"))
_FIRST_REMOVAL = Prepared(
    select(outbox.c.at)
    .where(outbox.c.removal.is_(True), outbox.c.seq > bindparam("after"))
    .order_by(outbox.c.seq)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Happened:
    """One row: customer `customer` changed at `at`; `removal` when something of them may no longer be used."""

    seq: int
    at: datetime
    customer: int
    what: str
    removal: bool


def tell(connection: Connection, customers: Iterable[int], what: str, *, removal: bool, at: datetime) -> None:
    """Write one row for each of `customers` into the transaction of the act.

    Args:
        connection: the act's own open `writing`.
        customers: the customers it touched.
        what: one word for people who read the table: ``collected``, ``chose``, ``forgotten``.
        removal: whether something of them may no longer be used.
        at: when.
    """
    rows = [{"at": to_micros(at), "customer": one, "what": what, "removal": removal} for one in customers]
    _TELL.run(connection, *rows)


def since(connection: Connection, seq: int) -> Sequence[Happened]:
    """Return the rows after number `seq`, oldest first."""
    rows = connection.execute(select(outbox).where(outbox.c.seq > seq).order_by(outbox.c.seq))
    return [Happened(row.seq, from_micros(row.at), row.customer, row.what, row.removal) for row in rows]


def newest(connection: Connection) -> int:
    """Return the number of the newest row, 0 when there was none yet."""
    return connection.execute(select(func.max(outbox.c.seq))).scalar() or 0


def oldest_removal_since(connection: Connection, seq: int) -> datetime | None:
    """Return when the first removal after number `seq` happened; None when there is none."""
    row = _FIRST_REMOVAL.first(connection, {"after": seq})
    return None if row is None else from_micros(row[0])


def clear(connection: Connection, up_to: int) -> None:
    """Delete the rows up to number `up_to` that every reader has taken in; the newest row stays.

    The newest stays so that numbers go on from it on every database.
    """
    connection.execute(delete(outbox).where(outbox.c.seq <= up_to, outbox.c.seq < newest(connection)))
