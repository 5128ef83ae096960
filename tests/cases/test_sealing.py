"""Who stopped or linked somebody, and why, is sealed; also what an earlier Troth left in clear."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from cases.dying import OF_SEALING
from cases.residue import rows_of
from cases.test_killed import Dying, _dying
from installations import NOW, PAGE_VIEWS, install, say
from troth.app import App
from troth.cases.merging import Id
from troth.identity.journalled import link_of, sealed_of
from troth.identity.people import _place
from troth.identity.store import links_of
from troth.journal.model import What
from troth.stops.model import EVERYBODY, Kind, Stop

BY, WHY = "zq desk 4411", "zq reason 4412"


def fill(app: App) -> dict[str, int]:
    """Make four customers: two linked, one of them parted again from a third; stops on all, and on nobody."""
    numbers = {who: say(app, who, PAGE_VIEWS, "yes") for who in ("c1", "c2", "c3", "c4")}
    app.merging.link(Id("c1"), Id("c2"), by=BY, why=WHY, now=NOW, two_accounts=True)
    app.merging.link(Id("c1"), Id("c3"), by=BY, why=WHY, now=NOW, two_accounts=True)
    app.merging.unlink(Id("c1"), Id("c3"), by=BY, why=WHY, now=NOW)
    for number in numbers.values():
        app.stopping.put(Kind.OBJECTION, customer=number, target="newsletter", by=BY, why=WHY, now=NOW)
    app.stopping.lift(Kind.OBJECTION, customer=numbers["c4"], target="newsletter", by=BY, why=WHY, now=NOW)
    app.stopping.put(Kind.PAUSE, target="newsletter", by="Tom", why="new sender", now=NOW)
    return numbers


def told(app: App, numbers: dict[str, int]) -> list[object]:
    """Return all that is told of links and stops, with the words."""
    stops = [app.stops.history(number) for number in (EVERYBODY, *numbers.values())]
    ties = [[tie.link for tie in app.merging.ties(Id(who))] for who in numbers]
    return [stops, ties, [app.merging.ended(Id(who)) for who in numbers]]


def words_in_rows(app: App) -> list[str]:
    """Return which of the words can be read in a row of either database."""
    rows = rows_of(app)
    return [one for one in (BY, WHY) if one.encode() in rows]


def put_in_clear(app: App, numbers: dict[str, int]) -> None:
    """Write every row and every entry of the journal as an earlier Troth did."""
    with app._databases[0].writing() as connection:
        for table in ("stops", "links"):
            clear = f"UPDATE {table} SET by = :by, why = :why, sealed = NULL"  # noqa: S608 - our own two tables
            wanted = clear + (" WHERE customer <> 0" if table == "stops" else "")
            connection.execute(text(wanted), {"by": BY, "why": WHY})
        connection.execute(text("UPDATE journal_position SET in_clear = true"))
    with app._databases[1].writing() as connection:
        chosen = "SELECT seq, customer, detail FROM journal WHERE what IN ('stopped', 'linked') AND customer <> 0"
        for seq, _, detail in connection.execute(text(chosen)).all():
            said = json.loads(detail)
            del said["sealed"]
            again = {"detail": json.dumps(said | {"by": BY, "why": WHY}), "seq": seq}
            connection.execute(text("UPDATE journal SET detail = :detail WHERE seq = :seq"), again)
        # The keys that seal such words were not there yet either.
        connection.execute(text("DELETE FROM customer_keys WHERE kind LIKE 'room:%'"))
    assert numbers


def test_the_words_are_told_and_stand_nowhere_in_clear(app: App) -> None:
    numbers = fill(app)
    stops, ties, ended = told(app, numbers)
    assert isinstance(stops, list)
    assert [(one.by, one.why) for of_one in stops for one in of_one] == [("Tom", "new sender"), *[(BY, WHY)] * 5]
    assert [(one.by, one.why) for of_one in ties for one in of_one] == [(BY, WHY)] * 2  # type: ignore[attr-defined]  # lists of links
    assert [(one.by, one.why) for of_one in ended for one in of_one] == [(BY, WHY)] * 2  # type: ignore[attr-defined]  # lists of links
    assert words_in_rows(app) == []
    assert b"new sender" in rows_of(app), "what is stopped for everybody is about nobody in particular"


def test_a_verdict_needs_no_key_of_them(app: App) -> None:
    number = fill(app)["c4"]
    app._ring.destroy_each([(number, "room:stops")])
    app.stopping.put(Kind.RESTRICTION, customer=number, by=BY, now=NOW)
    app._ring.destroy_each([(number, "room:stops")])
    with app._databases[0].reading() as connection:
        assert app.stops.seen_by(connection, number)[0].restricted
    assert app.stops.history(number) == [
        Stop(one.kind, number, one.target, one.act, NOW) for one in app.stops.history(number)
    ], "that something was stopped is told; who and why nobody can"


def test_when_one_of_two_leaves_the_words_on_their_link_open_in_no_copy(app: App) -> None:
    numbers = fill(app)
    app.merging.unlink(Id("c1"), Id("c2"), by=BY, why=WHY, now=NOW)
    with app._databases[0].reading() as connection:
        copied = app._journal.told(What.LINKED)
        assert [one.by for one in app.identity.people.told(connection, links_of(connection, numbers["c2"]))] == [
            BY,
            BY,
        ]
        rows = links_of(connection, numbers["c2"])
    app.erasure.erase(numbers["c2"], now=NOW)
    remarks = app.identity.people._remarks
    opened = [
        remarks.open((link.one, link.other), sealed, bound_to=_place(link))
        for entry in copied
        if (sealed := sealed_of(entry)) is not None
        for link in [link_of(entry)]
    ]
    assert [one.by for one in opened].count(BY) == 2, "those of c1 and c3, who stay"
    assert len(opened) == 4
    assert len(rows) == 2
    assert [len(app.merging.ended(Id(who))) for who in ("c1", "c3")] == [1, 1]
    assert words_in_rows(app) == []


@pytest.mark.sqlite
def test_the_words_hold_after_an_older_copy_of_the_data_was_put_back(tmp_path: Path) -> None:
    file = tmp_path / "data" / "troth.db"
    app = install(tmp_path)
    numbers = {who: say(app, who, PAGE_VIEWS, "yes") for who in ("c1", "c2", "c3", "c4")}
    app.close()
    copied = file.read_bytes()
    app = install(tmp_path)
    fill(app)
    stops, _, _ = told(app, numbers)
    app.close()
    file.write_bytes(copied)
    app = install(tmp_path)
    assert told(app, numbers)[0] == stops
    assert [tie.link.why for tie in app.merging.ties(Id("c2"))] == [WHY]
    assert [link.by for link in app.merging.ended(Id("c3"))] == [BY]
    assert words_in_rows(app) == []
    app.close()


@pytest.mark.sqlite
def test_what_is_redone_for_another_number_of_the_person_is_sealed_under_that_one(tmp_path: Path) -> None:
    file = tmp_path / "data" / "troth.db"
    app = install(tmp_path)
    first = say(app, "c1", PAGE_VIEWS, "yes")
    app.close()
    copied = file.read_bytes()
    app = install(tmp_path)
    second = say(app, "c2", PAGE_VIEWS, "yes")
    app.merging.link(Id("c1"), Id("c2"), by=BY, why=WHY, now=NOW, two_accounts=True)
    app.stopping.put(Kind.OBJECTION, customer=second, target="newsletter", by=BY, why=WHY, now=NOW)
    app.close()
    file.write_bytes(copied)
    app = install(tmp_path)
    assert [(one.by, one.why) for one in app.stops.history(first)] == [(BY, WHY)]
    app._ring.destroy(second)
    assert [(one.by, one.why) for one in app.stops.history(first)] == [(BY, WHY)]
    app.close()


def test_what_stands_in_clear_is_sealed_when_the_installation_is_opened(tmp_path: Path) -> None:
    app = install(tmp_path)
    numbers = fill(app)
    before = told(app, numbers)
    put_in_clear(app, numbers)
    assert words_in_rows(app) == [BY, WHY], "so that this test can fail"
    assert told(app, numbers) == before, "it can be read until then"
    app.close()
    app = install(tmp_path)
    assert words_in_rows(app) == []
    assert told(app, numbers) == before
    app.close()
    app = install(tmp_path)
    assert not app._journal.holds_words_in_clear()
    app.close()


def test_of_whom_has_left_the_words_are_dropped_and_no_key_is_made(tmp_path: Path) -> None:
    app = install(tmp_path)
    numbers = fill(app)
    app.merging.unlink(Id("c1"), Id("c2"), by=BY, why=WHY, now=NOW)
    app.erasure.erase(numbers["c2"], now=NOW)
    put_in_clear(app, numbers)
    app.close()
    app = install(tmp_path)
    assert words_in_rows(app) == []
    assert app._ring.count(numbers["c2"]) == 0
    assert [one.by for one in app.stops.history(numbers["c1"])] == [BY]
    app.close()


@pytest.mark.slow
@pytest.mark.parametrize("place", [f"{name}:{when}:1" for name in OF_SEALING for when in ("before", "after")])
def test_killed_while_it_is_sealed_the_next_start_goes_on_and_no_word_is_lost(tmp_path: Path, place: str) -> None:
    app = install(tmp_path)
    numbers = fill(app)
    before = told(app, numbers)
    put_in_clear(app, numbers)
    app.close()
    with _dying() as process:
        _kill(process, tmp_path, place)
    app = install(tmp_path)
    assert told(app, numbers) == before
    assert words_in_rows(app) == []
    app.close()


def _kill(process: Dying, home: Path, place: str) -> None:
    process.kill(home, "seal", place)
