from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.errors import InputError
from troth.ingest.reasons import Cell, Reason, UnfitError
from troth.ingest.times import DateOrder, find_date_order, read_time, refuse_future

LONDON = ZoneInfo("Europe/London")
DAY, MONTH = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST


@pytest.mark.parametrize(
    ("cell", "order", "utc"),
    [
        ("2010-12-01 08:26:00", None, "2010-12-01T08:26:00"),
        ("2010-12-01T08:26", None, "2010-12-01T08:26:00"),
        (" 2010-12-01 8:26 ", None, "2010-12-01T08:26:00"),
        ("2010/12/1", None, "2010-12-01T00:00:00"),
        ("2010-12-01 08:26:00.123456", None, "2010-12-01T08:26:00"),
        ("2010-12-01T08:26:00Z", None, "2010-12-01T08:26:00"),
        ("2010-12-01 08:26:00 UTC", None, "2010-12-01T08:26:00"),
        ("2010-12-01 08:26:00 -0500", None, "2010-12-01T13:26:00"),
        ("2010-12-01T08:26:00+05:30", None, "2010-12-01T02:56:00"),
        ("1/12/2010 8:26", DAY, "2010-12-01T08:26:00"),
        ("12/1/2010 8:26", MONTH, "2010-12-01T08:26:00"),
        ("12/1/10 8:26", MONTH, "2010-12-01T08:26:00"),
        ("1.12.2010 08:26:59", DAY, "2010-12-01T08:26:59"),
        ("01-12-2010", DAY, "2010-12-01T00:00:00"),
        ("1/12/99", DAY, "1999-12-01T00:00:00"),
        ("12/1/2010 8:26 PM", MONTH, "2010-12-01T20:26:00"),
        ("12/1/2010 12:05 a.m.", MONTH, "2010-12-01T00:05:00"),
        ("12/1/2010, 12:05 pm", MONTH, "2010-12-01T12:05:00"),
        (datetime(2010, 7, 1, 8, 26), None, "2010-07-01T07:26:00"),  # noqa: DTZ001 - Parquet has such times
        (datetime(2010, 7, 1, 8, 26, tzinfo=timezone(timedelta(hours=2))), None, "2010-07-01T06:26:00"),
        (date(2010, 12, 1), None, "2010-12-01T00:00:00"),
        ("2010-07-01", None, "2010-06-30T23:00:00"),
    ],
)
def test_a_time_is_read_however_exports_write_it(cell: Cell, order: DateOrder | None, utc: str) -> None:
    moment = read_time(cell, LONDON, order).replace(microsecond=0)
    assert moment == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert moment.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("what", "cell", "utc"),
    [
        ("winter", "2011-01-15 12:00", "2011-01-15T12:00:00"),
        ("summer", "2011-07-15 12:00", "2011-07-15T11:00:00"),
        ("skipped when clocks went forward", "2011-03-27 01:30", "2011-03-27T01:30:00"),
        ("twice when clocks went back: the first", "2011-10-30 01:30", "2011-10-30T00:30:00"),
    ],
)
def test_a_time_without_a_zone_is_the_companys(what: str, cell: str, utc: str) -> None:
    moment = read_time(cell, LONDON, None)
    assert (what, moment) == (what, datetime.fromisoformat(utc).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    "cell",
    [
        None, "", "yesterday", "2010-13-01", "2010-02-30", "2010-12-01 25:00", "0001-01-01", "1969-12-31", "40513.35",
        "1291192000", "1101121200000", "20101201", "2010-W48-3x", "13/13/2010", "31/2/2010", "1/12/2010 13:00 PM",
        40513.35, 1291192000, True, b"2010-12-01", "9" * 5_000, "2010-12-01T08:26:00+99:00",
        "9999-12-31T23:59:59-12:00", "٢٠١٠-١٢-٠١", "2010-12-01 08:26 next",
        datetime.min.replace(tzinfo=timezone(timedelta(hours=9))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-9))),
    ],
)  # fmt: skip
def test_what_is_no_time_is_unfit(cell: Cell) -> None:
    with pytest.raises(UnfitError) as caught:
        read_time(cell, LONDON, DateOrder.DAY_FIRST)
    assert caught.value.reason is Reason.BAD_TIME


def test_a_date_whose_order_was_not_decided_is_not_guessed() -> None:
    with pytest.raises(UnfitError):
        read_time("1/12/2010", LONDON, None)


def test_what_is_over_a_day_ahead_is_unfit() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    refuse_future(now + timedelta(hours=24), now)
    with pytest.raises(UnfitError) as caught:
        refuse_future(now + timedelta(hours=25), now)
    assert caught.value.reason is Reason.FUTURE_TIME


@pytest.mark.parametrize(
    ("what", "cells", "order"),
    [
        ("a thirteenth can only be a day", ["1/12/2010", "13/12/2010"], DAY),
        ("a second part of thirteen can only be a day", ["12/1/2010 8:26", "12/13/2010 8:26"], MONTH),
        ("found late in the file", ["1/2/2010"] * 30_000 + ["31/1/2010"], DAY),
        ("times with the year first need no order", ["2010-12-01"] * 3, None),
        ("Parquet needs no order", [datetime(2010, 12, 1, tzinfo=UTC)], None),
        ("no times at all", ["", None, "x"], None),
        ("an impossible date decides nothing", ["13/13/2010", "31/1/2010"], DAY),
        ("far below, other dates change nothing any more", ["2010-12-01"] * 10_000 + ["1/2/2010"], None),
    ],
)
def test_the_order_of_day_and_month_is_decided_by_the_file(
    what: str, cells: list[Cell], order: DateOrder | None
) -> None:
    assert (what, find_date_order(cells)) == (what, order)


@pytest.mark.parametrize(
    ("cells", "code"),
    [(["1/2/2010", "12/12/2010"], "dates_unclear"), (["13/1/2010", "1/13/2010"], "dates_mixed")],
)
def test_dates_that_can_not_be_decided_are_asked_for(cells: list[Cell], code: str) -> None:
    with pytest.raises(InputError, match="--dates day-first") as caught:
        find_date_order(cells)
    assert caught.value.code == code


@given(st.datetimes(datetime(1980, 1, 1), datetime(2068, 12, 31)), st.sampled_from(DateOrder))  # noqa: DTZ001
def test_a_time_written_either_way_round_is_the_same_moment(moment: datetime, order: DateOrder) -> None:
    moment = moment.replace(microsecond=0, fold=0)
    parts = ("%d/%m" if order is DAY else "%m/%d") + "/%Y %H:%M:%S"
    assert read_time(moment.strftime(parts), LONDON, order) == read_time(moment.isoformat(), LONDON, None)


@given(st.text(max_size=30) | st.from_regex(r"[0-9:/. TZ+-]{1,25}"))
def test_any_text_is_a_time_or_unfit(text: str) -> None:
    try:
        assert read_time(text, LONDON, DateOrder.MONTH_FIRST).year >= 1970
    except UnfitError:
        return
