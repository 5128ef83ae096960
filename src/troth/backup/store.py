"""The table of backups that were made. Nothing of a customer is in it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Table, func, insert, select
from sqlalchemy.types import Text as SqlText

from troth.clock import from_micros, to_micros
from troth.db.tables import MAIN, Number

backups = Table(
    "backups",
    MAIN,
    Column("seq", Number, primary_key=True, autoincrement=True),
    Column("at", Number, nullable=False),
    Column("what", SqlText, nullable=False),
    Column("name", SqlText, nullable=False),
    Column("place", SqlText, nullable=False),
    Column("size", Number, nullable=False),
    Column("epoch", Number, nullable=False),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made and verified.

    Attributes:
        at: when it was begun; what it holds is as of then or a little later.
        what: ``main`` or ``keys``.
        name: its name in its place.
        place: where, as it was named.
        size: bytes.
        epoch: the epoch of the keys at that time.
    """

    at: datetime
    what: str
    name: str
    place: str
    size: int
    epoch: int


def note(connection: Connection, made: Made) -> None:
    """Note a backup that was made."""
    row = {
        "at": to_micros(made.at),
        "what": made.what,
        "name": made.name,
        "place": made.place,
        "size": made.size,
        "epoch": made.epoch,
    }
    connection.execute(insert(backups), row)


def newest(connection: Connection) -> dict[str, Made]:
    """Return ``main`` and ``keys`` → the newest backup of it, where one was made."""
    last = select(func.max(backups.c.seq)).group_by(backups.c.what)
    rows = connection.execute(select(backups).where(backups.c.seq.in_(last)))
    return {row.what: Made(from_micros(row.at), row.what, row.name, row.place, row.size, row.epoch) for row in rows}
