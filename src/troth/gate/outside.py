"""Step 9 of a verdict: who outside the house is involved, and what binds them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from troth.gate.reasons import Code
from troth.gate.state import FOREVER
from troth.gate.use import Act
from troth.promise.model import Clause, Promise, Recipient


def bound_outside(
    clause: Clause, promise: Promise, now: datetime, *, act: Act, recipient: str, agency: str
) -> datetime | Code:
    """Step 9: until when everybody outside who is involved is bound, or what is missing."""
    if act is Act.DISCLOSE and not recipient:
        return Code.RECIPIENT_UNKNOWN
    until = FOREVER
    for name in filter(None, (agency, recipient)):
        one = promise.recipients.get(name)
        if one is None:
            return Code.RECIPIENT_UNKNOWN
        if name == recipient and clause.data not in one.receives.get(clause.purpose, ()):
            return Code.RECIPIENT_MAY_NOT
        end = _bound(one, promise.company.time_zone, now)
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
