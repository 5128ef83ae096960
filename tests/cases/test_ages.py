"""A declared age protects, never unlocks, and is kept nowhere."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from installations import GARDEN, IMPORT, NOW, PAGE_VIEWS, SUGGEST, install, order, say, view
from troth.app import App
from troth.cases.ages import BY, OLDEST, WHY, Declared
from troth.errors import InputError
from troth.stops.model import Kind

CHILD, ADULT = 14, 16


def _refused(app: App, customer: str) -> set[str]:
    verdict = app.gate.decide(SUGGEST, app.identity.get(customer), now=NOW)
    return {refusal.code.word for refusal in verdict.refused.values()}


def test_a_child_is_flagged_and_what_nothing_else_needs_is_deleted(app: App) -> None:
    say(app, "c1", PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [order("c1", "p1"), view("c1", "p1")], NOW)
    assert app.ages.declare("c1", CHILD, now=NOW) == Declared(is_child=True, put=True, deleted={"page_views": 1})
    assert _refused(app, "c1") == {"child"}
    [stop] = app.stops.history(app.identity.get("c1"))
    assert (stop.kind, stop.by, stop.why) == (Kind.CHILD, BY, WHY)


@pytest.mark.parametrize(("years", "child"), [(0, True), (15, True), (16, False), (17, False), (OLDEST, False)])
def test_the_promise_says_who_is_a_child(app: App, years: int, *, child: bool) -> None:
    say(app, "c1", PAGE_VIEWS, "yes")
    assert app.ages.declare("c1", years, now=NOW).is_child is child


def test_another_promise_has_another_age(tmp_path: Path) -> None:
    promise = tmp_path / "promise.yaml"
    promise.write_text(GARDEN.read_text().replace("under: 16", "under: 13"))
    app = install(tmp_path / "home", promise=promise)
    assert not app.ages.declare("c1", CHILD, now=NOW).is_child
    app.close()


def test_an_older_age_typed_later_lifts_nothing(app: App) -> None:
    app.ages.declare("c1", CHILD, now=NOW)
    assert app.ages.declare("c1", 30, now=NOW) == Declared(is_child=True, put=False, deleted={})
    assert _refused(app, "c1") == {"child"}


def test_a_flag_of_the_staff_is_not_lifted_by_an_age_either(app: App) -> None:
    number = say(app, "c1", PAGE_VIEWS, "yes")
    app.stopping.put(Kind.CHILD, customer=number, by="desk", now=NOW)
    assert app.ages.declare("c1", ADULT, now=NOW).is_child


def test_a_person_lifts_the_flag_and_an_adult_stays_one(app: App) -> None:
    app.ages.declare("c1", CHILD, now=NOW)
    app.stopping.lift(Kind.CHILD, customer=app.identity.get("c1"), by="desk", why="case 12", now=NOW)
    assert app.ages.declare("c1", ADULT, now=NOW) == Declared(is_child=False, put=False, deleted={})


def test_declaring_twice_records_once(app: App) -> None:
    app.ages.declare("c1", CHILD, now=NOW)
    assert app.ages.declare("c1", CHILD - 1, now=NOW) == Declared(is_child=True, put=False, deleted={})
    assert len(app.stops.history(app.identity.get("c1"))) == 1


def test_a_child_nobody_knew_is_known_from_now_on_and_an_adult_is_not(app: App) -> None:
    app.ages.declare("grown", ADULT, now=NOW)
    assert app.identity.find("grown") is None
    app.ages.declare("young", CHILD, now=NOW)
    assert _refused(app, "young") == {"child"}


@pytest.mark.parametrize("years", [-1, OLDEST + 1, 10**9])
def test_what_is_no_age_is_refused_and_makes_nobody(app: App, years: int) -> None:
    with pytest.raises(InputError):
        app.ages.declare("c1", years, now=NOW)
    assert app.identity.find("c1") is None


@pytest.mark.parametrize(
    ("born", "years"),
    [(date(2010, 11, 22), 16), (date(2010, 11, 23), 15), (date(2026, 11, 22), 0), (date(1950, 1, 1), 76)],
)
def test_years_are_counted_from_birthday_to_birthday(app: App, born: date, years: int) -> None:
    assert app.ages.years_since(born, now=NOW) == years


@pytest.mark.parametrize(
    ("today", "years"),
    [(datetime(2027, 2, 28, 12, tzinfo=UTC), 14), (datetime(2027, 3, 1, 12, tzinfo=UTC), 15)],
)
def test_who_was_born_on_a_leap_day_is_older_from_march_on(app: App, today: datetime, years: int) -> None:
    assert app.ages.years_since(date(2012, 2, 29), now=today) == years


def test_a_birth_that_lies_ahead_is_refused(app: App) -> None:
    with pytest.raises(InputError):
        app.ages.years_since(date(2026, 11, 23), now=NOW)


def test_nothing_of_the_age_is_kept(app: App) -> None:
    app.ages.declare("c1", 13, now=NOW)
    with app._databases[0].reading() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM stops").all()
    assert len(rows) == 1
    assert not {13, "13"} & {*rows[0]}
