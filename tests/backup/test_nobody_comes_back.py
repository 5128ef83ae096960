"""An older copy of the data is put back: what was ended since stays ended."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from backup.restores import back_up, lose, restore
from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, SUGGEST, WEB, install, order, say, told, view
from troth.actors import of_job
from troth.app import App
from troth.backup.place import FolderPlace
from troth.cases.merging import Id
from troth.consent.model import Status
from troth.errors import KeyNeededError, NotAllowedError
from troth.gate.use import Arrived, Use
from troth.journal.model import What
from troth.stops.model import Kind


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def place(tmp_path: Path) -> FolderPlace:
    return FolderPlace(tmp_path / "backups")


def full(app: App, who: str) -> int:
    app.gate.collect(IMPORT, [order(who, "p1"), told(who, email=f"{who}@example.com")], NOW)
    say(app, who, ORDERS, "yes")
    customer = say(app, who, PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view(who, "p2")], NOW)
    return customer


def after_the_backup(home: Path, place: FolderPlace) -> App:
    """Return an installation with c1 and c2 in it, backed up."""
    app = install(home)
    full(app, "c1")
    full(app, "c2")
    app.suggestions.fit(now=NOW)
    back_up(app, place)
    return app


def test_what_was_backed_up_is_all_there_again(home: Path, place: FolderPlace) -> None:
    app = after_the_backup(home, place)
    before = app.gate.read(SUGGEST, app.identity.get("c1"), now=NOW)
    app.close()
    lose(home, "main")
    plan, app = restore(home, place)
    assert plan.keys is None
    assert app.gate.read(SUGGEST, app.identity.get("c1"), now=NOW) == before
    assert app.replayed.done == {}
    assert app.gate.collect(IMPORT, [order("c1", "p1")], NOW)[0].arrived is Arrived.KNOWN
    app.suggestions.refresh(now=NOW)
    assert app.verify_model().holds
    app.close()


def test_both_databases_lost_come_back_from_their_two_places(home: Path, tmp_path: Path) -> None:
    data, keys = FolderPlace(tmp_path / "data"), FolderPlace(tmp_path / "keys")
    app = install(home)
    full(app, "c1")
    back_up(app, data, keys_place=keys)
    app.close()
    lose(home, "main")
    lose(home, "keys")
    plan, app = restore(home, data, keys_place=keys)
    assert plan.keys is not None
    assert app.gate.read(SUGGEST, app.identity.get("c1"), now=NOW).items.keys() == {"orders", "page_views"}
    app.close()


def test_who_was_erased_after_the_backup_stays_erased(home: Path, place: FolderPlace) -> None:
    app = after_the_backup(home, place)
    customer = app.identity.get("c1")
    done = app.erasure.erase(customer, now=NOW + timedelta(hours=1))
    app.close()
    _, app = restore(home, place, replace=True)
    assert app.replayed.done == {What.ERASED: 1}
    assert app.identity.find("c1") is None
    assert set(app.gate.spans(customer)) == set(done.kept) == {"orders"}
    assert app.consent.describe(customer).counts == {"choices": 0}
    assert app._ring.count(customer) == 1
    books = Use(of_job("books", "tax"), "tax", frozenset({"orders"}))
    assert len(app.gate.read(books, customer, now=NOW).items["orders"]) == 1
    assert app.gate.collect(IMPORT, [order("c1", "p9", order_id="o9")], NOW)[0].code == "erased"
    assert app.gate.decide(SUGGEST, app.identity.get("c2"), now=NOW).allowed.keys() == {"orders", "page_views"}
    app.suggestions.refresh(now=NOW)
    assert app.verify_model().holds
    app.close()


def test_who_came_and_was_erased_after_the_backup_is_not_brought_in_by_an_old_file(
    home: Path, place: FolderPlace
) -> None:
    app = after_the_backup(home, place)
    app.erasure.erase(full(app, "late"), now=NOW)
    app.close()
    _, app = restore(home, place, replace=True)
    assert app.identity.find("late") is None
    assert app.gate.collect(IMPORT, [order("late", "p1")], NOW)[0].code == "erased"
    app.close()


def test_an_erasure_that_was_begun_and_not_finished_is_finished_on_the_older_data(
    home: Path, place: FolderPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = after_the_backup(home, place)
    customer = app.identity.get("c1")
    with monkeypatch.context() as patch:
        patch.setattr(type(app.erasure), "_finish", lambda *_: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception, match="killed"):
            app.erasure.erase(customer, now=NOW)
    app.close()
    _, app = restore(home, place, replace=True)
    assert app.identity.find("c1") is None
    assert app._ring.count(customer) == 1
    app.close()


def test_a_no_after_the_backup_holds(home: Path, place: FolderPlace) -> None:
    app = after_the_backup(home, place)
    customer = say(app, "c1", ORDERS, "no")
    app.close()
    _, app = restore(home, place, replace=True)
    assert app.replayed.done == {What.REFUSED: 1}
    assert app.consent.standing(customer)[ORDERS].status is Status.WITHDRAWN
    assert app.consent.history(customer)[0].words == app.consent.words(ORDERS)
    assert app.gate.decide(SUGGEST, customer, now=NOW).allowed.keys() == {"page_views"}
    assert ORDERS not in app.suggestions.suggest(WEB, customer, most=3, now=NOW).used
    app.suggestions.refresh(now=NOW)
    assert app.verify_model().holds
    app.close()


def test_a_yes_after_the_no_and_the_backup_is_asked_for_again(home: Path, place: FolderPlace) -> None:
    app = after_the_backup(home, place)
    say(app, "c1", ORDERS, "no")
    customer = say(app, "c1", ORDERS, "yes")
    app.close()
    _, app = restore(home, place, replace=True)
    assert app.consent.standing(customer)[ORDERS].status is Status.WITHDRAWN
    app.close()


def test_a_yes_before_the_backup_is_not_undone_by_an_older_no(home: Path, place: FolderPlace) -> None:
    app = install(home)
    say(app, "c1", ORDERS, "no")
    customer = say(app, "c1", ORDERS, "yes")
    back_up(app, place)
    app.close()
    _, app = restore(home, place, replace=True)
    assert app.replayed.done == {}
    assert app.consent.standing(customer)[ORDERS].status is Status.GIVEN
    app.close()


@pytest.mark.parametrize(
    ("kind", "target"), [(Kind.RESTRICTION, ""), (Kind.CHILD, ""), (Kind.HOLD, ""), (Kind.OBJECTION, "suggestions")]
)
def test_a_stop_of_a_customer_after_the_backup_stands(
    home: Path, place: FolderPlace, kind: Kind, target: str
) -> None:
    app = after_the_backup(home, place)
    customer = app.identity.get("c1")
    put = app.stops.put(kind, customer=customer, target=target, by="case 17", why="asked", now=NOW)
    app.close()
    _, app = restore(home, place, replace=True)
    assert app.stops.standing(customer) == [put]
    app.close()


def test_a_stop_for_everybody_after_the_backup_stands_and_one_that_was_lifted_does_not(
    home: Path, place: FolderPlace
) -> None:
    app = after_the_backup(home, place)
    app.stops.put(Kind.PAUSE, target="newsletter", by="Tom", now=NOW)
    app.stops.lift(Kind.PAUSE, target="newsletter", by="Tom", now=NOW)
    app.stops.put(Kind.PAUSE, target="suggestions", by="Tom", now=NOW)
    app.close()
    _, app = restore(home, place, replace=True)
    assert [(stop.kind, stop.target) for stop in app.stops.standing()] == [(Kind.PAUSE, "suggestions")]
    app.close()


def test_a_hold_that_was_lifted_before_the_erasure_does_not_stop_it(home: Path, place: FolderPlace) -> None:
    app = install(home)
    customer = full(app, "c1")
    app.stops.put(Kind.HOLD, customer=customer, by="case 17", now=NOW)
    back_up(app, place)
    app.stops.lift(Kind.HOLD, customer=customer, by="case 17", now=NOW)
    app.erasure.erase(customer, now=NOW)
    app.close()
    _, app = restore(home, place, replace=True)
    assert app.identity.find("c1") is None
    assert set(app.gate.spans(customer)) == {"orders"}
    app.close()


def test_links_and_their_ends_are_made_again(home: Path, place: FolderPlace) -> None:
    app = after_the_backup(home, place)
    full(app, "c3")
    back_up(app, place, now=NOW + timedelta(seconds=1))
    app.merging.link(Id("c1"), Id("c2"), by="desk", now=NOW, two_accounts=True)
    app.merging.link(Id("c2"), Id("c3"), by="desk", now=NOW, two_accounts=True)
    app.merging.unlink(Id("c1"), Id("c2"), by="desk", now=NOW)
    app.close()
    _, app = restore(home, place, replace=True)
    with app._databases[0].reading() as connection:
        numbers = app.identity.people.numbers(connection, app.identity.get("c2"))
        alone = app.identity.people.numbers(connection, app.identity.get("c1"))
    assert set(numbers) == {app.identity.get("c2"), app.identity.get("c3")}
    assert alone == (app.identity.get("c1"),)
    app.close()


def test_a_no_under_an_id_that_is_not_in_the_backup_holds_for_the_person(home: Path, place: FolderPlace) -> None:
    app = after_the_backup(home, place)
    full(app, "phone")
    app.merging.link(Id("c1"), Id("phone"), by="desk", now=NOW, two_accounts=True)
    say(app, "phone", ORDERS, "no")
    customer = app.identity.get("c1")
    assert app.gate.decide(SUGGEST, customer, now=NOW).allowed.keys() == {"page_views"}
    app.close()
    _, app = restore(home, place, replace=True)
    assert app.identity.find("phone") is None
    assert app.gate.decide(SUGGEST, customer, now=NOW).allowed.keys() == {"page_views"}
    assert app.gate.decide(SUGGEST, app.identity.get("c2"), now=NOW).allowed.keys() == {"orders", "page_views"}
    app.close()


def test_a_revoked_key_and_somebody_who_left_stay_out(home: Path, place: FolderPlace) -> None:
    app = install(home)
    token, other = (app.access.create(name, frozenset({"suggestions"}), now=NOW) for name in ("shop", "till"))
    app.staff.add("ana", "support", by="Tom", now=NOW)
    back_up(app, place)
    app.access.revoke("shop", now=NOW)
    app.staff.leave("ana", by="Tom", now=NOW)
    app.close()
    _, app = restore(home, place, replace=True)
    with pytest.raises(KeyNeededError):
        app.access.check(token)
    assert app.access.check(other).name == "till"
    with pytest.raises(NotAllowedError, match="left"):
        app.staff.actor("ana")
    app.close()


def test_a_number_is_not_given_again(home: Path, place: FolderPlace) -> None:
    app = after_the_backup(home, place)
    late = full(app, "late")
    app.close()
    _, app = restore(home, place, replace=True)
    assert app.identity.find("late") is None
    assert app.identity.obtain("new", now=NOW) > late
    app.close()


def test_it_does_not_matter_who_put_the_older_data_back(home: Path, place: FolderPlace) -> None:
    app = after_the_backup(home, place)
    app.close()
    database, _ = _files(home)
    old = database.read_bytes()
    app = install(home)
    app.erasure.erase(app.identity.get("c1"), now=NOW)
    say(app, "c2", ORDERS, "no")
    app.close()
    for log in database.parent.glob("troth.db-*"):
        log.unlink()
    database.write_bytes(old)
    app = install(home)
    assert app.replayed.done == {What.ERASED: 1, What.REFUSED: 1}
    assert app.identity.find("c1") is None
    assert app.gate.decide(SUGGEST, app.identity.get("c2"), now=NOW).allowed.keys() == {"page_views"}
    app.close()
    app = install(home)
    assert app.replayed.done == {}
    app.close()


test_it_does_not_matter_who_put_the_older_data_back = pytest.mark.sqlite(
    test_it_does_not_matter_who_put_the_older_data_back
)


def _files(home: Path) -> tuple[Path, Path]:
    return home / "data" / "troth.db", home / "keys" / "keys.db"


def test_the_model_of_the_backup_is_thrown_away_when_anything_was_refused_since(
    home: Path, place: FolderPlace
) -> None:
    app = after_the_backup(home, place)
    say(app, "c1", ORDERS, "no")
    app.close()
    _, app = restore(home, place, replace=True)
    with app._databases[0].reading() as connection:
        counts = [text(f"SELECT count(*) FROM {table}") for table in ("models", "contributions")]  # noqa: S608 - of a test
        found = [connection.execute(count).scalar() for count in counts]
    assert found == [0, 0]
    app.close()
