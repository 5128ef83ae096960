"""Times as shop exports write them, read without guessing.

`1/12/2010` is 1 December in Leeds and 12 January in Boston. Which one a file means is decided once for the file, from
its own lines: a first part above 12 can only be a day, a second part above 12 too. Where no line decides it, the
person is asked.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from troth.errors import InputError
from troth.ingest.reasons import Cell, Reason, UnfitError

_LOOK_AT_LEAST = 10_000
_EARLIEST_YEAR = 1970
_LAST_MONTH = 12
_NOON = 12
_CENTURY = 2000
_YEAR_DIGITS = 2
# POSIX strptime %y: 69 to 99 are 1969 to 1999.
_FIRST_YEAR_OF_1900S = 69

_CLOCK = r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp])?(?:[.]?[Mm][.]?)?)?"
_YEAR_LAST = re.compile(
    r"(\d{1,2})(?:/(\d{1,2})/|\.(\d{1,2})\.|-(\d{1,2})-(?=\d{4}))(\d{4}|\d{2})" + _CLOCK, re.ASCII
)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _CLOCK, re.ASCII)
_SPACE_BEFORE_OFFSET = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}$)", re.ASCII)
_UTC = re.compile(r"\s*(?:UTC|GMT)$")


class DateOrder(StrEnum):
    """What the first part of a date such as 1/12/2010 is."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


def find_date_order(cells: Iterable[Cell]) -> DateOrder | None:
    """Decide from a file's times what comes first; None when none of them is written with the year last.

    Looks at the first 10,000 lines, and further only while they leave it open.

    Raises:
        InputError: `dates_unclear` when no line decides it, `dates_mixed` when lines contradict each other.
    """
    seen = False
    found: set[DateOrder] = set()
    for count, cell in enumerate(cells):
        if count >= _LOOK_AT_LEAST and (found or not seen):
            break
        match = _YEAR_LAST.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if match is None:
            continue
        seen = True
        first, second = int(match[1]), int(match[2] or match[3] or match[4])
        if first > _LAST_MONTH >= second:
            found.add(DateOrder.DAY_FIRST)
        elif second > _LAST_MONTH >= first:
            found.add(DateOrder.MONTH_FIRST)
    if not seen:
        return None
    if not found:
        raise InputError(
            "dates_unclear",
            "No date in the file shows whether 1/2/2010 is the 1st of February or the 2nd of January.",
            "Say it: --dates day-first or --dates month-first.",
        )
    if len(found) > 1:
        raise InputError(
            "dates_mixed",
            "Some dates have the day first and some the month.",
            "Export the file again with dates like 2010-12-01, or say which to take: --dates day-first.",
        )
    return found.pop()


def read_time(cell: Cell, zone: ZoneInfo, order: DateOrder | None) -> datetime:
    """Return the moment in UTC.

    A time without an offset is in `zone`. When clocks go forward and the time was skipped, the offset before the gap
    counts; when they go back and it happened twice, the first one (RFC 5545, 3.3.5). A date alone is its midnight.

    Raises:
        UnfitError: `bad_time`: missing, not readable, before 1970, or a date whose order was not decided.
    """
    try:
        local = _local(cell, order)
        # `fold` stays 0, which is the rule above for both cases (PEP 495).
        moment = (local if local.tzinfo is not None else local.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnfitError(Reason.BAD_TIME) from None
    if moment.year < _EARLIEST_YEAR:
        raise UnfitError(Reason.BAD_TIME)
    return moment


def refuse_future(moment: datetime, now: datetime) -> None:
    """Refuse what is more than a day ahead; a day, because exports are made in other time zones.

    Raises:
        UnfitError: `future_time`.
    """
    if moment > now + timedelta(days=1):
        raise UnfitError(Reason.FUTURE_TIME)


def _local(cell: Cell, order: DateOrder | None) -> datetime:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if not isinstance(cell, str):
        raise UnfitError(Reason.BAD_TIME)
    text = cell.strip()
    if match := _YEAR_FIRST.fullmatch(text):
        return _at(int(match[1]), int(match[2]), int(match[3]), match.groups()[3:])
    if match := _YEAR_LAST.fullmatch(text):
        if order is None:
            raise UnfitError(Reason.BAD_TIME)
        first, second = int(match[1]), int(match[2] or match[3] or match[4])
        day, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
        return _at(_full_year(match[5]), month, day, match.groups()[5:])
    if text[4:5] != "-":
        raise UnfitError(Reason.BAD_TIME)
    return datetime.fromisoformat(_SPACE_BEFORE_OFFSET.sub("", _UTC.sub("+00:00", text)))


def _at(year: int, month: int, day: int, clock: tuple[str | None, ...]) -> datetime:
    hour, minute, second, half = clock
    hours = int(hour or 0)
    if half is not None:
        if not 1 <= hours <= _NOON:
            raise UnfitError(Reason.BAD_TIME)
        hours = hours % _NOON + (_NOON if half in "Pp" else 0)
    return datetime(year, month, day, hours, int(minute or 0), int(second or 0))  # noqa: DTZ001 - the caller's zone


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) > _YEAR_DIGITS:
        return year
    return year + (_CENTURY if year < _FIRST_YEAR_OF_1900S else _CENTURY - 100)
