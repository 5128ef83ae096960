from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.clock import SystemClock, from_micros, to_micros


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_survives_its_micros_exactly(at: datetime) -> None:
    assert from_micros(to_micros(at)) == at


def test_the_zone_does_not_matter_only_the_moment() -> None:
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert to_micros(at) == to_micros(at.astimezone(timezone(timedelta(hours=5, minutes=45))))


def test_a_time_without_a_zone_is_a_guess_and_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_micros(datetime(2026, 11, 22, 12))  # noqa: DTZ001 - the point of the test


def test_the_machines_clock_tells_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
