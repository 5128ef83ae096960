"""Which of two values lets the company do less. Pure arithmetic on values of the model.

Every order here is a partial one, and the laws follow from that: a value equals itself, the answer turns round when
old and new are swapped, and narrower than narrower is narrower. Where neither value lies within the other the answer
is OTHER, which counts as widened: what *can* be longer is taken as longer.
"""

from collections.abc import Callable
from enum import Enum
from functools import cache
from itertools import accumulate
from typing import TypeVar

from troth.promise.model import AtMost, Keep, Never, Period, Unit
from troth.promise.taxonomy import lies_below

_Value = TypeVar("_Value")

_MONTHS_A_CYCLE = 4800
_DAYS_A_CYCLE = 146_097
"""The Gregorian calendar repeats after 400 years."""

_UNITS = tuple(Unit)
"""From the shortest to the longest."""


class Order(Enum):
    """How the new value stands to the old one."""

    SAME = "same"
    NARROWER = "narrower"
    WIDER = "wider"
    OTHER = "other"

    @property
    def turned(self) -> "Order":
        """The order of what grows as this shrinks."""
        return {Order.NARROWER: Order.WIDER, Order.WIDER: Order.NARROWER}.get(self, self)


def compared(old: _Value, new: _Value, within: Callable[[_Value, _Value], bool]) -> Order:
    """Return how `new` stands to `old`, where ``within(a, b)`` tells whether a allows nothing that b does not."""
    less, more = within(new, old), within(old, new)
    if less:
        return Order.SAME if more else Order.NARROWER
    return Order.WIDER if more else Order.OTHER


def compared_limits(old: _Value | None, new: _Value | None, within: Callable[[_Value, _Value], bool]) -> Order:
    """Return how two limits compare where None is no limit."""
    return compared(old, new, lambda one, other: other is None or (one is not None and within(one, other)))


def shorter(one: Period, other: Period) -> bool:
    """Tell whether `one` is never longer than `other`, whatever the day it starts on.

    Months and years compare exactly with each other, days and weeks too. A number of days is within a number of
    months when it is within the shortest such months: 28 days within 1 month, and 30 days not.
    """
    in_months = _in_months(one), _in_months(other)
    if in_months[0] is not None and in_months[1] is not None:
        return in_months[0] <= in_months[1]
    return _days(one)[1] <= _days(other)[0]


def kept_shorter(one: Keep, other: Keep, *, own: str = "") -> bool:
    """Tell whether `one` ends no later than `other` for every item of the kind `own`.

    What counts from the last change of an item, or from the last item of its own kind, ends no earlier than what
    counts from the item itself. Two other beginnings can't be compared.
    """
    begins_earlier = one.after == other.after or (one.after == "" and other.after in {"change", own} - {""})
    return begins_earlier and shorter(one.period, other.period)


def rarer(one: AtMost, other: AtMost) -> bool:
    """Tell whether `one` never allows more than `other`: no more at a time, and in no shorter a time."""
    return one.count <= other.count and _UNITS.index(one.per) >= _UNITS.index(other.per)


def forbids(never: Never, other: Never) -> bool:
    """Tell whether `never` forbids everything that `other` forbids, by what stands in the two alone."""
    return (
        never.act in {"", other.act}
        and (never.data in {"", other.data} or lies_below(other.data, never.data))
        and (never.purpose in {"", other.purpose} or lies_below(other.purpose, never.purpose))
        and never.recipient in {"", other.recipient}
    )


def _in_months(period: Period) -> int | None:
    if period.unit is Unit.MONTHS:
        return period.count
    return period.count * 12 if period.unit is Unit.YEARS else None


def _days(period: Period) -> tuple[int, int]:
    """Return the fewest and the most days that `period` can have."""
    months = _in_months(period)
    if months is None:
        days = period.count * (7 if period.unit is Unit.WEEKS else 1)
        return days, days
    cycles, rest = divmod(months, _MONTHS_A_CYCLE)
    fewest, most = _days_of_months(rest)
    return cycles * _DAYS_A_CYCLE + fewest, cycles * _DAYS_A_CYCLE + most


@cache
def _days_of_months(months: int) -> tuple[int, int]:
    """Return the fewest and the most days of `months` whole months one after another; at most 4800 of them.

    A start late in a month whose end clips to a shorter one has as many days as the months that begin one later, so
    whole months say it all.
    """
    sums = _sums()
    lengths = [sums[start + months] - sums[start] for start in range(_MONTHS_A_CYCLE)]
    return min(lengths), max(lengths)


@cache
def _sums() -> tuple[int, ...]:
    """Return the days before each month of two cycles of the calendar."""
    from calendar import monthrange

    days = (monthrange(2000 + month // 12 % 400, month % 12 + 1)[1] for month in range(2 * _MONTHS_A_CYCLE))
    return tuple(accumulate(days, initial=0))
