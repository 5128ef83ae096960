"""The only place that asks what time it is.

A workflow asks once and hands `now` down; rules take it as a value. All times are timezone-aware UTC.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Tells the time, in UTC, timezone-aware."""

    def now(self) -> datetime:
        """Return the present moment."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, cut to whole microseconds."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands until it is set; for the demo's invented year and for tests."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the moment this clock was set to."""
        return self.at


def to_micros(at: datetime) -> int:
    """Return microseconds since 1970 (UTC), exact. The form in which every table keeps a time.

    Raises:
        ValueError: `at` has no time zone; a naive time is a guess.
    """
    if at.tzinfo is None:
        msg = "a time without a time zone"
        raise ValueError(msg)
    delta = at - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def from_micros(micros: int) -> datetime:
    """Return the UTC time of `micros` microseconds since 1970; the inverse of `to_micros`."""
    # By place, days and seconds first: spelled out by name it takes half as long again, for every row of a read.
    return _EPOCH + timedelta(0, 0, micros)
