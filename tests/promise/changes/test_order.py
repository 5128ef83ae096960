"""What can be longer is taken as longer: the orders against the calendar itself."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from troth.promise.changes.order import Order, compared, compared_limits, forbids, kept_shorter, rarer, shorter
from troth.promise.model import AtMost, Keep, Never, Period, Unit

DAYS, WEEKS, MONTHS, YEARS = Unit
UTC_ZONE = ZoneInfo("UTC")
STARTS = [datetime(1999, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(4 * 366 + 1)]

periods = st.builds(Period, st.integers(1, 40), st.sampled_from(Unit))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (Period(1, YEARS), Period(12, MONTHS), Order.SAME),
        (Period(2, WEEKS), Period(14, DAYS), Order.SAME),
        (Period(6, YEARS), Period(8, YEARS), Order.WIDER),
        (Period(6, YEARS), Period(71, MONTHS), Order.NARROWER),
        (Period(1, MONTHS), Period(28, DAYS), Order.NARROWER),
        (Period(1, MONTHS), Period(30, DAYS), Order.OTHER),  # longer in February
        (Period(30, DAYS), Period(1, MONTHS), Order.OTHER),  # longer in March
        (Period(31, DAYS), Period(1, MONTHS), Order.NARROWER),
        (Period(1, YEARS), Period(365, DAYS), Order.NARROWER),
        (Period(365, DAYS), Period(1, YEARS), Order.WIDER),
        (Period(2, MONTHS), Period(59, DAYS), Order.NARROWER),
        (Period(2, MONTHS), Period(60, DAYS), Order.OTHER),
        (Period(400, YEARS), Period(146_097, DAYS), Order.SAME),
        (Period(401, YEARS), Period(146_462, DAYS), Order.NARROWER),
    ],
)
def test_periods_compare_as_on_the_calendar(old: Period, new: Period, expected: Order) -> None:
    assert compared(old, new, shorter) is expected
    assert compared(new, old, shorter) is expected.turned


@settings(deadline=None)
@given(periods, periods)
def test_what_is_shorter_never_ends_later(one: Period, other: Period) -> None:
    if shorter(one, other):
        assert all(one.after(start, UTC_ZONE) <= other.after(start, UTC_ZONE) for start in STARTS[::7])


@settings(deadline=None, max_examples=40)
@given(
    st.builds(Period, st.integers(1, 40), st.sampled_from([MONTHS, YEARS])),
    st.builds(Period, st.integers(20, 1300), st.just(DAYS)),
)
def test_what_is_not_shorter_can_end_later(months: Period, days: Period) -> None:
    # Over 400 years, so that the years without a leap day are met too; each month, from its first day.
    starts = [datetime(year, month, 1, tzinfo=UTC) for year in range(1970, 2370) for month in range(1, 13)]
    for one, other in ((months, days), (days, months)):
        later = any(one.after(start, UTC_ZONE) > other.after(start, UTC_ZONE) for start in starts)
        assert shorter(one, other) is not later


@given(periods, periods, periods)
def test_shorter_than_shorter_is_shorter(one: Period, two: Period, three: Period) -> None:
    if shorter(one, two) and shorter(two, three):
        assert shorter(one, three)


ONE, TWO = Period(1, YEARS), Period(2, YEARS)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (Keep(ONE), Keep(TWO), Order.WIDER),
        (Keep(ONE, "orders"), Keep(TWO, "orders"), Order.WIDER),
        (Keep(ONE), Keep(ONE, "change"), Order.WIDER),
        (Keep(ONE), Keep(ONE, "email"), Order.WIDER),  # the last of its own kind is never before the item
        (Keep(ONE), Keep(ONE, "orders"), Order.OTHER),  # the last order may be before the item
        (Keep(TWO), Keep(ONE, "change"), Order.OTHER),
        (Keep(ONE, "orders"), Keep(ONE, "visits"), Order.OTHER),
        (None, Keep(ONE), Order.NARROWER),
        (Keep(ONE), None, Order.WIDER),
        (None, None, Order.SAME),
    ],
)
def test_keeps_compare_by_when_they_begin_and_how_long_they_are(
    old: Keep | None, new: Keep | None, expected: Order
) -> None:
    def within(one: Keep, other: Keep) -> bool:
        return kept_shorter(one, other, own="email")

    assert compared_limits(old, new, within) is expected
    assert compared_limits(new, old, within) is expected.turned


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (AtMost(1, WEEKS), AtMost(2, WEEKS), Order.WIDER),
        (AtMost(1, WEEKS), AtMost(1, MONTHS), Order.NARROWER),
        (AtMost(1, WEEKS), AtMost(4, MONTHS), Order.OTHER),  # all four may come in one week
        (AtMost(1, WEEKS), None, Order.WIDER),
    ],
)
def test_rarer_is_never_more_at_a_time(old: AtMost, new: AtMost | None, expected: Order) -> None:
    assert compared_limits(old, new, rarer) is expected
    assert compared_limits(new, old, rarer) is expected.turned


@pytest.mark.parametrize(
    ("never", "other", "expected"),
    [
        (Never(act="sell"), Never(act="sell", data="user.financial"), True),
        (Never(act="sell", data="user.financial"), Never(act="sell"), False),
        (Never(data="user"), Never(data="user.financial", purpose="suggestions"), True),
        (Never(data="user.fin"), Never(data="user.financial"), False),
        (Never(purpose="marketing"), Never(purpose="marketing.advertising"), True),
        (Never(recipient="parcelo"), Never(recipient="brightmail"), False),
    ],
)
def test_a_line_forbids_what_lies_below_it(never: Never, other: Never, *, expected: bool) -> None:
    assert forbids(never, other) is expected
