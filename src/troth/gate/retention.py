"""How long an item may be kept, as pure arithmetic on the promise's calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from troth.promise.model import Keep, Period, Unit
from troth.vault.model import Span

_SHORTEST = {Unit.DAYS: 1.0, Unit.WEEKS: 7.0, Unit.MONTHS: 28.0, Unit.YEARS: 365.0}
_LONGEST = {Unit.DAYS: 1.0, Unit.WEEKS: 7.0, Unit.MONTHS: 31.0, Unit.YEARS: 366.0}
_CLOCK_CHANGE = timedelta(days=1)
FOREVER = datetime.max.replace(tzinfo=UTC)
"""The end of what nothing ends."""
LONG_AGO = datetime.min.replace(tzinfo=UTC)
"""The beginning of what nothing begins."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long items are kept that happened before `before`; None: until their last purpose ends."""

    keep: Keep | None
    before: datetime = FOREVER


class Border(Protocol):
    """Tells for items of one kind and customer, at one moment, which may be used no more.

    What happened after `kept_after` is surely within; what happened up to it has to be asked for with `is_past`.
    """

    @property
    def kept_after(self) -> datetime:
        """The moment after which everything is within."""
        ...

    def is_past(self, at: datetime) -> bool:
        """Return whether an item that happened at `at` is past its keep."""
        ...


@dataclass(frozen=True, slots=True)
class Horizon:
    """One keep, at one moment.

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


@dataclass(frozen=True, slots=True)
class Horizons:
    """Several keeps, each for what happened before some moment; and nothing from before `since`."""

    since: datetime
    parts: tuple[tuple[datetime, Horizon], ...]

    @property
    def kept_after(self) -> datetime:
        """The moment after which everything is within."""
        return max([self.since, *(min(before, one.kept_after) for before, one in self.parts)])

    def is_past(self, at: datetime) -> bool:
        """Return whether an item that happened at `at` is past one of the keeps that hold for it."""
        return at < self.since or any(at < before and one.is_past(at) for before, one in self.parts)


def border(
    limits: Sequence[Limit], spans: Mapping[str, Span], zone: ZoneInfo, *, now: datetime, since: datetime = LONG_AGO
) -> Border:
    """Return which items of a kind may be used at `now`.

    Args:
        limits: every keep that holds; an item must be within all of those that speak of it.
        spans: kind → what is kept of the customer.
        zone: the company's time zone.
        now: the moment.
        since: what happened before it may not be used at all.
    """
    if len(limits) == 1 and limits[0].before == FOREVER and since == LONG_AGO:
        return horizon(limits[0].keep, spans, zone, now=now)
    return Horizons(since, tuple((one.before, horizon(one.keep, spans, zone, now=now)) for one in limits))


def horizon(keep: Keep | None, spans: Mapping[str, Span], zone: ZoneInfo, *, now: datetime) -> Horizon:
    """Return the horizon of what is kept for `keep`, for a customer with these `spans`.

    Without a keep nothing is past it: then only the end of the last purpose ends the item. With ``after last X`` all
    items share the end of X; when there is no X, the period runs from each item's own time.
    """
    if keep is None:
        return Horizon(None, zone, now, gone_before=LONG_AGO, kept_after=LONG_AGO)
    anchor = spans.get(keep.after)
    if anchor is not None:
        everything = keep.period.after(anchor.last, zone) <= now
        edge = FOREVER if everything else LONG_AGO
        return Horizon(None, zone, now, gone_before=edge, kept_after=edge)
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
        return LONG_AGO
