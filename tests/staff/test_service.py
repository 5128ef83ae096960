from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agencies import promise_with_agency
from installations import GARDEN, NOW, install
from troth.actors import Actor, ActorKind
from troth.app import App
from troth.errors import InputError, NotAllowedError, NotFoundError
from troth.staff.model import Act, end_of

YEAR_END = date(2026, 12, 31)


@pytest.fixture
def inside(tmp_path: Path) -> App:
    """A shop with an agency whose people work inside as support."""
    return install(tmp_path / "inside", promise=promise_with_agency(tmp_path))


def test_who_was_added_asks_the_gate_with_role_and_training(app: App) -> None:
    app.staff.add("sam", "support", trained_until=YEAR_END, by="Isa Moor", now=NOW)
    until = datetime(2027, 1, 1, tzinfo=UTC)
    assert app.staff.actor("sam") == Actor(ActorKind.PERSON, "sam", role="support", trained_until=until)


def test_training_ends_at_the_companys_midnight_and_not_in_utc() -> None:
    from zoneinfo import ZoneInfo

    summer = date(2026, 7, 1)
    assert end_of(summer, ZoneInfo("Europe/London")) == datetime(2026, 7, 1, 23, tzinfo=UTC)
    assert end_of(summer, ZoneInfo("Pacific/Auckland")) == datetime(2026, 7, 1, 12, tzinfo=UTC)
    # A day whose midnight does not exist, since the clock went from 24:00 to 1:00.
    assert end_of(date(2018, 11, 3), ZoneInfo("America/Sao_Paulo")) == datetime(2018, 11, 4, 3, tzinfo=UTC)


def test_an_agencys_person_is_bound_to_the_agency(inside: App) -> None:
    inside.staff.add("bea", "support", agency="brightmail", trained_until=YEAR_END, by="Isa", now=NOW)
    assert inside.staff.actor("bea").recipient == "brightmail"
    inside.close()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"role": "boss"}, "support, marketer"),
        ({"role": "marketer", "agency": "brightmail"}, "as marketer: nobody"),
        ({"role": "support", "agency": "parcelo"}, "as support: brightmail"),
        ({"name": "Sam Smith"}, "small letters"),
        ({"name": ""}, "small letters"),
        ({"name": "sam\n"}, "small letters"),
        ({"name": "s" * 64}, "small letters"),
        ({"trained_until": date(2206, 1, 1)}, "five years"),
        ({"trained_until": date.max}, "five years"),
        ({"by": " "}, "who records it"),
        ({"by": "x" * 201}, "who records it"),
        ({"by": "Isa\nMoor"}, "who records it"),
    ],
)
def test_what_can_not_be_is_refused_and_nothing_is_recorded(inside: App, given: dict[str, object], says: str) -> None:
    asked = {"name": "sam", "role": "support", "by": "Isa"} | given
    with pytest.raises(InputError, match=says):
        inside.staff.add(now=NOW, **asked)  # type: ignore[arg-type] # a row of the table
    assert inside.staff.all() == []
    inside.close()


def test_a_name_is_one_persons_also_after_they_left(app: App) -> None:
    app.staff.add("sam", "support", by="Isa", now=NOW)
    with pytest.raises(InputError, match="was used already"):
        app.staff.add("sam", "support", by="Isa", now=NOW)
    app.staff.leave("sam", by="Isa", now=NOW)
    with pytest.raises(InputError, match="left on 2026-11-22"):
        app.staff.add("sam", "marketer", by="Isa", now=NOW)
    assert [line.act for line in app.staff.history("sam")] == [Act.ADDED, Act.LEFT]


def test_who_left_is_no_actor_and_can_not_be_trained_changed_or_leave_again(app: App) -> None:
    app.staff.add("sam", "support", trained_until=YEAR_END, by="Isa", now=NOW)
    left = app.staff.leave("sam", by="Isa", now=NOW + timedelta(days=1))
    assert left.left == NOW + timedelta(days=1)
    with pytest.raises(NotAllowedError, match="left on 2026-11-23"):
        app.staff.actor("sam")
    with pytest.raises(NotAllowedError):
        app.staff.train("sam", YEAR_END, by="Isa", now=NOW)
    with pytest.raises(NotAllowedError):
        app.staff.change("sam", "marketer", by="Isa", now=NOW)
    with pytest.raises(NotAllowedError):
        app.staff.leave("sam", by="Isa", now=NOW)
    assert app.staff.all() == [left]


@pytest.mark.parametrize("name", ["nobody", "", "\x00", "\ud800", "sam'; DROP TABLE staff; --"])
def test_a_name_that_nobody_has_is_no_actor(app: App, name: str) -> None:
    with pytest.raises(NotFoundError):
        app.staff.actor(name)
    with pytest.raises(NotFoundError):
        app.staff.history(name)


def test_training_can_be_given_lengthened_and_ended_and_every_day_of_it_is_kept(app: App) -> None:
    app.staff.add("sam", "support", by="Isa", now=NOW)
    assert app.staff.actor("sam").trained_until is None
    days = [YEAR_END, date(2027, 6, 30), date(2026, 11, 1)]
    for day in days:
        app.staff.train("sam", day, by="Isa", now=NOW)
    assert app.staff.actor("sam").trained_until == datetime(2026, 11, 2, tzinfo=UTC)
    assert [line.trained_until for line in app.staff.history("sam")] == [None, *days]


def test_a_new_role_starts_without_training_unless_it_asks_for_no_other(tmp_path: Path) -> None:
    promise = tmp_path / "promise.yaml"
    text = GARDEN.read_text("utf-8")
    both = "marketer: {may: {suggestions: aggregate}, training: [privacy-basics, fair-personalisation]}"
    assert text.count("marketer: {may: {suggestions: aggregate}, training: [privacy-basics]}") == 1
    text = text.replace("marketer: {may: {suggestions: aggregate}, training: [privacy-basics]}", both)
    promise.write_text(text, encoding="utf-8")
    app = install(tmp_path / "home", promise=promise)
    app.staff.add("sam", "support", trained_until=YEAR_END, by="Isa", now=NOW)
    assert app.staff.change("sam", "marketer", by="Isa", now=NOW).trained_until is None
    app.staff.train("sam", YEAR_END, by="Isa", now=NOW)
    assert app.staff.change("sam", "support", by="Isa", now=NOW).trained_until == YEAR_END
    with pytest.raises(InputError):
        app.staff.change("sam", "boss", by="Isa", now=NOW)
    assert app.staff.actor("sam").role == "support"
    app.close()


def test_everybody_is_listed_by_name_with_their_days(app: App) -> None:
    app.staff.add("zoe", "marketer", by="Isa", now=NOW)
    app.staff.add("ana", "support", trained_until=YEAR_END, by="Isa", now=NOW + timedelta(hours=1))
    app.staff.train("zoe", YEAR_END, by="Isa", now=NOW + timedelta(hours=2))
    listed = [(one.name, one.role, one.trained_until, one.since, one.left) for one in app.staff.all()]
    assert listed == [
        ("ana", "support", YEAR_END, NOW + timedelta(hours=1), None),
        ("zoe", "marketer", YEAR_END, NOW, None),
    ]


def test_the_record_outlives_the_process(tmp_path: Path) -> None:
    app = install(tmp_path / "home")
    app.staff.add("sam", "support", trained_until=YEAR_END, by="Isa", now=NOW)
    before = app.staff.history("sam")
    app.close()
    again = install(tmp_path / "home")
    assert again.staff.history("sam") == before
    again.close()
