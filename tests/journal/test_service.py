"""What must never be undone is outside the main database before the main database has it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, SUGGEST, install, order, say
from troth.app import App
from troth.consent.model import Status
from troth.db.engine import Database
from troth.errors import UnavailableError
from troth.journal import store
from troth.journal.model import EVERYBODY, Entry, What
from troth.stops.model import Kind


def entries(app: App) -> list[Entry]:
    with app._databases[1].reading() as keys:
        return store.since(keys, 0)


def test_a_no_is_in_it_and_a_yes_is_not(app: App) -> None:
    customer = say(app, "c1", ORDERS, "yes")
    assert entries(app) == []
    say(app, "c1", ORDERS, "no")
    (entry,) = entries(app)
    assert (entry.what, entry.customer, entry.at) == (What.REFUSED, customer, NOW)
    assert (entry.detail["purpose"], entry.detail["data"]) == ("suggestions", "orders")
    assert app._journal.place() == app._journal.newest() == entry.seq


def test_nothing_in_it_names_a_customer_but_by_number(app: App) -> None:
    app.gate.collect(IMPORT, [order("somebody", "p1")], NOW)
    customer = say(app, "somebody", ORDERS, "no")
    app.stops.put(Kind.CHILD, customer=customer, by="desk", why="case 17", now=NOW)
    app.erasure.erase(customer, now=NOW)
    with app._databases[1].reading() as keys:
        rows = [tuple(row) for row in keys.execute(select(store.journal))]
    assert rows
    assert "somebody" not in str(rows)


def test_of_who_is_erased_only_that_stays(app: App) -> None:
    customer, other = say(app, "c1", ORDERS, "no"), say(app, "c2", ORDERS, "no")
    app.stops.put(Kind.CHILD, customer=customer, by="desk", why="case 17", now=NOW)
    app.erasure.erase(customer, now=NOW + timedelta(hours=1))
    left = entries(app)
    assert [(one.what, one.customer) for one in left] == [(What.REFUSED, other), (What.ERASED, customer)]
    assert set(left[1].detail) == {"hashes", "until"}


class _Killed(BaseException):
    """Stands for kill -9: no handler in the code catches it."""


def test_killed_between_the_journal_and_the_commit_the_next_start_hears_the_no(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = install(tmp_path / "home")
    app.gate.collect(IMPORT, [order("c1", "p1")], NOW)
    say(app, "c1", PAGE_VIEWS, "yes")
    customer = say(app, "c1", ORDERS, "yes")

    def die(*_: object) -> None:
        raise _Killed

    with monkeypatch.context() as patch:
        patch.setattr(store, "reach", die)
        with pytest.raises(_Killed):
            say(app, "c1", ORDERS, "no")
    assert app.gate.decide(SUGGEST, customer, now=NOW).allowed.keys() == {"orders", "page_views"}
    app.close()
    again = install(tmp_path / "home")
    assert again.replayed.done == {What.REFUSED: 1}
    assert again.consent.standing(customer)[ORDERS].status is Status.WITHDRAWN
    assert again.gate.decide(SUGGEST, customer, now=NOW).allowed.keys() == {"page_views"}
    again.close()


def test_where_the_journal_cannot_be_written_the_no_is_not_acknowledged(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = say(app, "c1", ORDERS, "yes")

    def full(*_: object) -> None:
        raise UnavailableError("disk_full", "The disk is full; nothing was changed.")

    with monkeypatch.context() as patch:
        patch.setattr(store, "add", full)
        with pytest.raises(UnavailableError):
            say(app, "c1", ORDERS, "no")
    assert app.consent.standing(customer)[ORDERS].status is Status.GIVEN
    assert entries(app) == []


def test_a_second_process_that_starts_meanwhile_does_nothing_twice(tmp_path: Path) -> None:
    app = install(tmp_path / "home")
    say(app, "c1", ORDERS, "no")
    other = install(tmp_path / "home")
    assert other.replayed.done == {}
    say(other, "c1", PAGE_VIEWS, "no")
    third = install(tmp_path / "home")
    assert third.replayed.done == {}
    assert [one.seq for one in entries(third)] == [1, 2]
    for one in (app, other, third):
        one.close()


def _put_back(database: Database, table: str, values: dict[str, object]) -> None:
    from sqlalchemy import MetaData, Table, update

    with database.writing() as connection:
        rows = Table(table, MetaData(), autoload_with=connection)
        connection.execute(update(rows).values(values))


def test_data_that_is_further_than_the_journal_is_not_opened(tmp_path: Path) -> None:
    app = install(tmp_path / "home")
    say(app, "c1", ORDERS, "no")
    _put_back(app._databases[0], "journal_position", {"seq": 2})
    app.close()
    with pytest.raises(UnavailableError) as caught:
        install(tmp_path / "home")
    assert caught.value.code == "keys_older"


def test_data_of_another_installation_is_not_opened(tmp_path: Path) -> None:
    app = install(tmp_path / "home")
    _put_back(app._databases[0], "journal_position", {"installation": "another"})
    app.close()
    with pytest.raises(UnavailableError) as caught:
        install(tmp_path / "home")
    assert caught.value.code == "other_installation"


def test_an_entry_of_a_newer_troth_is_not_passed_over(tmp_path: Path) -> None:
    app = install(tmp_path / "home")
    say(app, "c1", ORDERS, "no")
    _put_back(app._databases[1], "journal", {"what": "something new"})
    _put_back(app._databases[0], "journal_position", {"seq": 0})
    app.close()
    with pytest.raises(UnavailableError) as caught:
        install(tmp_path / "home")
    assert caught.value.code == "journal_newer"


def test_what_no_copy_may_be_old_enough_for_is_let_go(tmp_path: Path) -> None:
    app = install(tmp_path / "home")
    say(app, "c1", ORDERS, "no")
    app.clock.at = NOW + timedelta(days=30)  # type: ignore[attr-defined]  # a clock of tests
    say(app, "c2", ORDERS, "no")
    now = NOW + timedelta(days=40)
    assert app._journal.trim(before=now - timedelta(days=35), now=now) == 1
    left = entries(app)
    assert [one.what for one in left] == [What.REFUSED, What.TRIMMED]
    assert left[1].detail == {"to": 1}
    assert app._journal.trim(before=now - timedelta(days=35), now=now) == 0
    app.close()
    for reached, is_opened in ((1, True), (0, False)):
        with_older = install(tmp_path / "home")
        _put_back(with_older._databases[0], "journal_position", {"seq": reached})
        with_older.close()
        if is_opened:
            again = install(tmp_path / "home")
            assert again.replayed.done == {What.REFUSED: 1}
            again.close()
        else:
            with pytest.raises(UnavailableError) as caught:
                install(tmp_path / "home")
            assert caught.value.code == "data_too_old"


def test_trimming_lets_go_of_nothing_young_behind_something_old(app: App) -> None:
    with app._databases[0].writing() as connection:
        days = (50, 10, 60)
        made = [Entry(What.STAFF, EVERYBODY, NOW - timedelta(days=one), {"day": one}) for one in days]
        app._journal.write(connection, made)
    assert app._journal.trim(before=NOW - timedelta(days=35), now=NOW) == 1
    assert [one.detail.get("day") for one in entries(app)][:2] == [10, 60]


def test_a_detail_is_json_in_one_spelling(app: App) -> None:
    with app._databases[0].writing() as connection:
        app._journal.write(connection, [Entry(What.STAFF, EVERYBODY, NOW, {"b": 1, "a": [True, None, "é"]})])
    with app._databases[1].reading() as keys:
        (text,) = keys.execute(select(store.journal.c.detail)).scalars()
    assert text == '{"a":[true,null,"é"],"b":1}'
    assert json.loads(text) == {"b": 1, "a": [True, None, "é"]}
