"""The record of the people who work here. Lines are only added."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, Index, Table, insert, select
from sqlalchemy.types import Text as SqlText

from troth.clock import from_micros, to_micros
from troth.db.tables import MAIN, Number
from troth.staff.model import Act, Line

staff = Table(
    "staff",
    MAIN,
    Column("seq", Number, primary_key=True, autoincrement=True),
    Column("name", SqlText, nullable=False),
    Column("act", SqlText, nullable=False),
    Column("role", SqlText, nullable=False),
    Column("agency", SqlText, nullable=False),
    Column("trained_until", SqlText, nullable=True),
    Column("at", Number, nullable=False),
    Column("by", SqlText, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_staff_name", staff.c.name, staff.c.seq)


def record(connection: Connection, line: Line) -> None:
    """Add a line."""
    row = {
        "name": line.name,
        "act": line.act.value,
        "role": line.role,
        "agency": line.agency,
        "trained_until": None if line.trained_until is None else line.trained_until.isoformat(),
        "at": to_micros(line.at),
        "by": line.by,
    }
    connection.execute(insert(staff), [row])


def lines_of(connection: Connection, name: str) -> list[Line]:
    """Return the lines of one person, oldest first."""
    return [_line(row) for row in connection.execute(select(staff).where(staff.c.name == name).order_by(staff.c.seq))]


def everything(connection: Connection) -> dict[str, list[Line]]:
    """Return name → lines, oldest first, by name."""
    found: dict[str, list[Line]] = {}
    for row in connection.execute(select(staff).order_by(staff.c.seq)):
        found.setdefault(row.name, []).append(_line(row))
    return dict(sorted(found.items()))


def _line(row: Sequence[Any]) -> Line:
    _, name, act, role, agency, trained_until, at, by = row
    until = None if trained_until is None else date.fromisoformat(trained_until)
    return Line(name, Act(act), role, agency, until, from_micros(at), by)
