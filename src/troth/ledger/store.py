"""The table of entries. In clear stand whose it is, its place in their sequence, and when; the rest is sealed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Connection, Table, bindparam, delete, func, insert, select

from troth.clock import to_micros
from troth.db.statements import Prepared
from troth.db.tables import MAIN, Number

ledger = Table(
    "ledger",
    MAIN,
    Column("customer", Number, primary_key=True),
    Column("number", Number, primary_key=True),
    Column("at", Number, nullable=False),
    Column("sealed", nullable=False),
    sqlite_with_rowid=False,
)

_OF_CUSTOMER = ledger.c.customer == bindparam("customer")
_LAST_NUMBER = Prepared(select(func.max(ledger.c.number)).where(_OF_CUSTOMER))
_ADD = Prepared(insert(ledger).inline(), columns=("customer", "number", "at", "sealed"))
_DROP = Prepared(delete(ledger).where(_OF_CUSTOMER))


def last_number(connection: Connection, customer: int) -> int:
    """Return the number of the customer's last entry; 0 when there is none."""
    ((number,),) = _LAST_NUMBER.rows(connection, {"customer": customer})
    return number or 0


def add(connection: Connection, rows: Sequence[tuple[int, int, datetime, bytes]]) -> None:
    """Insert rows (customer, number, when, sealed), at least one. None may be there already."""
    _ADD.run(
        connection,
        *(
            {"customer": customer, "number": number, "at": to_micros(at), "sealed": sealed}
            for customer, number, at, sealed in rows
        ),
    )


def rows(connection: Connection, customer: int) -> list[tuple[int, bytes]]:
    """Return (number, sealed) of every entry of a customer, in order."""
    columns = select(ledger.c.number, ledger.c.sealed).where(ledger.c.customer == customer)
    return [(row.number, row.sealed) for row in connection.execute(columns.order_by(ledger.c.number))]


def count(connection: Connection, customer: int) -> int:
    """Return how many entries a customer has."""
    statement = select(func.count()).select_from(ledger).where(ledger.c.customer == customer)
    return connection.execute(statement).scalar() or 0


def drop(connection: Connection, customer: int) -> int:
    """Delete the entries of a customer; return how many went."""
    return _DROP.run(connection, {"customer": customer})
