from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installations import NOW
from troth.gate.retention import horizon
from troth.promise.model import Data, Keep, Period, Source, Text, Unit
from troth.vault.model import Span

LONDON = ZoneInfo("Europe/London")
_TITLE = Text({"en": "Things"})


def _data(keep: Keep | None) -> Data:
    return Data("things", _TITLE, Source.OBSERVED, _TITLE, "user.behavior", 2, keep=keep)


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2026-01-31T12:00", Period(1, Unit.MONTHS), "2026-02-28T12:00"),
        ("2024-01-31T12:00", Period(1, Unit.MONTHS), "2024-02-29T12:00"),
        ("2024-02-29T12:00", Period(1, Unit.YEARS), "2025-02-28T12:00"),
        ("2024-02-29T12:00", Period(4, Unit.YEARS), "2028-02-29T12:00"),
        ("2026-11-30T12:00", Period(3, Unit.MONTHS), "2027-02-28T12:00"),
        ("2026-10-25T00:30", Period(1, Unit.DAYS), "2026-10-26T01:30"),
        ("2026-03-28T12:00", Period(1, Unit.DAYS), "2026-03-29T11:00"),
        ("2026-12-31T12:00", Period(2, Unit.WEEKS), "2027-01-14T12:00"),
    ],
    ids=[
        "a month end clips",
        "to a leap day",
        "a leap day clips",
        "a leap day returns",
        "across a year",
        "the hour goes back",
        "the hour goes forward",
        "weeks",
    ],
)
def test_a_period_follows_the_calendar_of_the_company(start: str, period: Period, end: str) -> None:
    begin = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert period.after(begin, LONDON) == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_a_period_beyond_the_calendar_ends_at_its_last_moment() -> None:
    assert Period(9000, Unit.YEARS).after(NOW, LONDON).year == 9999


_periods = st.builds(Period, st.integers(1, 400), st.sampled_from(Unit))


@given(_periods, st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)), st.floats(-40, 40))  # noqa: DTZ001 - bounds; the zone is added
def test_the_shortcut_says_what_the_calendar_says(period: Period, now: datetime, days: float) -> None:
    past = horizon(Keep(period), {}, LONDON, now=now)
    try:
        at = now - timedelta(
            days=period.count * {"days": 1, "weeks": 7, "months": 30.4, "years": 365.2}[period.unit] + days
        )
    except OverflowError:
        return
    assert past.is_past(at) == (period.after(at, LONDON) <= now)


def test_without_a_keep_nothing_is_past_it() -> None:
    assert not horizon(None, {}, LONDON, now=NOW).is_past(NOW - timedelta(days=40_000))


def test_after_the_last_order_all_items_share_one_end() -> None:
    data = _data(Keep(Period(2, Unit.YEARS), after="orders"))
    recent = {"orders": Span(NOW - timedelta(days=4000), NOW - timedelta(days=700), 2)}
    assert not horizon(data.keep, recent, LONDON, now=NOW).is_past(NOW - timedelta(days=4000))
    old = {"orders": Span(NOW - timedelta(days=4000), NOW - timedelta(days=800), 2)}
    assert horizon(data.keep, old, LONDON, now=NOW).is_past(NOW - timedelta(days=1))


def test_without_the_anchor_the_period_runs_from_the_item() -> None:
    data = _data(Keep(Period(2, Unit.YEARS), after="orders"))
    assert horizon(data.keep, {}, LONDON, now=NOW).is_past(NOW - timedelta(days=731))
    assert not horizon(data.keep, {}, LONDON, now=NOW).is_past(NOW - timedelta(days=700))
