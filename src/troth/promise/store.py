"""The table of promises that were in force. Nothing of a customer is in it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Table, delete, insert, select
from sqlalchemy.types import Text as SqlText

from troth.clock import from_micros, to_micros
from troth.db.tables import MAIN, Number

promises = Table(
    "promises",
    MAIN,
    Column("seq", Number, primary_key=True, autoincrement=True),
    Column("number", Number, nullable=False),
    Column("fingerprint", SqlText, nullable=False),
    Column("text", nullable=False),
    Column("recorded", Number, nullable=False),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One text, as it was recorded: `text` are the bytes of the file, `fingerprint` their SHA-256 in hex."""

    number: int
    fingerprint: str
    text: bytes
    recorded: datetime


def record(connection: Connection, row: Row) -> None:
    """Add a text."""
    values = {
        "number": row.number,
        "fingerprint": row.fingerprint,
        "text": row.text,
        "recorded": to_micros(row.recorded),
    }
    connection.execute(insert(promises), values)


def all_rows(connection: Connection) -> list[Row]:
    """Return every text, in the order recorded."""
    columns = (promises.c.number, promises.c.fingerprint, promises.c.text, promises.c.recorded)
    rows = connection.execute(select(*columns).order_by(promises.c.seq))
    return [Row(number, fingerprint, bytes(text), from_micros(at)) for number, fingerprint, text, at in rows]


def drop_all(connection: Connection) -> None:
    """Delete every text."""
    connection.execute(delete(promises))
