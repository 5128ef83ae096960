"""Step 9 of a verdict, as far as dates decide: whether those outside the house are bound today."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from troth.gate.reasons import Code
from troth.gate.retention import FOREVER
from troth.promise.model import Recipient


def bound_outside(outside: Iterable[Recipient], zone: ZoneInfo, now: datetime) -> datetime | Code:
    """Return until when all of `outside` are bound, or what is missing."""
    until = FOREVER
    for one in outside:
        end = _bound(one, zone, now)
        if isinstance(end, Code):
            return end
        until = min(until, end)
    return until


def _bound(one: Recipient, zone: ZoneInfo, now: datetime) -> datetime | Code:
    """A contract valid today, a check whose next is not overdue, a declared country. Days are the company's."""
    today = now.astimezone(zone).date()
    contract, checked = one.contract, one.checked
    if contract is None or today < contract.signed or (contract.until is not None and today > contract.until):
        return Code.NO_CONTRACT
    if checked is None or today < checked.on:
        return Code.CHECK_OVERDUE
    due = checked.every.after(datetime.combine(checked.on, time.min, zone), zone).date()
    if today > due:
        return Code.CHECK_OVERDUE
    if not one.country:
        return Code.COUNTRY_MISSING
    return _end_of(min(due, contract.until or date.max), zone)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    if day == date.max:
        return FOREVER
    return datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)
