"""How long an item may be kept, as pure arithmetic on the promise's calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from troth.promise.model import Data, Keep, Period, Unit
from troth.vault.model import Span

_SHORTEST = {Unit.DAYS: 1.0, Unit.WEEKS: 7.0, Unit.MONTHS: 28.0, Unit.YEARS: 365.0}
_LONGEST = {Unit.DAYS: 1.0, Unit.WEEKS: 7.0, Unit.MONTHS: 31.0, Unit.YEARS: 366.0}
_CLOCK_CHANGE = timedelta(days=1)
_FOREVER = datetime.max.replace(tzinfo=UTC)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Horizon:
    """Tells for items of one kind and customer, at one moment, which are past their keep.

    Most items are far from the border, so the calendar is asked only for those close to it: what happened after
    `kept_after` is surely kept and what happened before `gone_before` surely not, whatever months and leap years lie
    between.
    """

    period: Period | None
    zone: ZoneInfo
    now: datetime
    gone_before: datetime
    kept_after: datetime

    def is_past(self, at: datetime) -> bool:
        """Return whether an item that happened at `at` is past its keep."""
        if at > self.kept_after:
            return False
        if at < self.gone_before or self.period is None:
            return True
        return self.period.after(at, self.zone) <= self.now


def horizon(data: Data, spans: Mapping[str, Span], zone: ZoneInfo, *, now: datetime) -> Horizon:
    """Return the horizon of the kind `data` for a customer with these `spans`.

    Without a keep nothing is past it: then only the end of the last purpose ends the item. With ``after last X`` all
    items share the end of X; when there is no X, the period runs from each item's own time.
    """
    keep = data.keep
    if keep is None:
        return Horizon(None, zone, now, gone_before=_LONG_AGO, kept_after=_LONG_AGO)
    anchor = spans.get(keep.after)
    if anchor is not None:
        everything = keep.period.after(anchor.last, zone) <= now
        border = _FOREVER if everything else _LONG_AGO
        return Horizon(None, zone, now, gone_before=border, kept_after=border)
    return Horizon(
        keep.period,
        zone,
        now,
        gone_before=_back(now, keep.period, _LONGEST, -_CLOCK_CHANGE),
        kept_after=_back(now, keep.period, _SHORTEST, _CLOCK_CHANGE),
    )


def ends(keep: Keep, spans: Mapping[str, Span], zone: ZoneInfo, *, otherwise: datetime) -> datetime:
    """Return when `keep` ends for a customer: after the last of its anchor, or of `otherwise` without one."""
    anchor = spans.get(keep.after)
    return keep.period.after(otherwise if anchor is None else anchor.last, zone)


def _back(now: datetime, period: Period, days: Mapping[Unit, float], slack: timedelta) -> datetime:
    try:
        return now - timedelta(days=period.count * days[period.unit]) + slack
    except OverflowError:
        return _LONG_AGO
