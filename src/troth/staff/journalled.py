"""A line of the record as the journal spells it, and back."""

from datetime import date

import msgspec

from troth.journal.model import EVERYBODY, Entry, What
from troth.staff.model import Act, Line


class _Line(msgspec.Struct):
    name: str
    act: Act
    role: str
    agency: str
    trained_until: date | None
    by: str


def entry_of(line: Line) -> Entry:
    """Return the entry that tells of a line."""
    detail = {
        "name": line.name,
        "act": line.act.value,
        "role": line.role,
        "agency": line.agency,
        "trained_until": None if line.trained_until is None else line.trained_until.isoformat(),
        "by": line.by,
    }
    return Entry(What.STAFF, EVERYBODY, line.at, detail)


def line_of(entry: Entry) -> Line:
    """Return the line that an entry tells of."""
    said = msgspec.convert(entry.detail, _Line)
    return Line(said.name, said.act, said.role, said.agency, said.trained_until, entry.at, said.by)
