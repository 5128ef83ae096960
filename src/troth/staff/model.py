"""People who work here, as values: a record of what was said of them, and what follows from it.

What a role may do is in the promise. Who has the role, and trained until when, is here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Act(StrEnum):
    """What a line of the record says."""

    ADDED = "added"
    CHANGED = "changed"
    TRAINED = "trained"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the record: how things stand with a person from `at` on.

    Attributes:
        name: the short name the person has here, for good.
        act: what happened.
        role: the role of the promise.
        agency: the recipient of the promise that they work for; empty for the company's own people.
        trained_until: the last day on which their training holds; None: not trained for this role.
        at: when it was recorded.
        by: who recorded it.
    """

    name: str
    act: Act
    role: str
    agency: str
    trained_until: date | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here, or did: the newest line, since when, and since when no more (None: still here)."""

    name: str
    role: str
    agency: str
    trained_until: date | None
    since: datetime
    left: datetime | None = None


def fold(lines: Sequence[Line]) -> Person:
    """Return the person whose lines these are, at least one, oldest first."""
    newest = lines[-1]
    left = newest.at if newest.act is Act.LEFT else None
    return Person(newest.name, newest.role, newest.agency, newest.trained_until, lines[0].at, left)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment after `day` in `zone`, in UTC: what holds until that day ends there."""
    return datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)
