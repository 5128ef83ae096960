"""Machine use: the first of a clause on a day is in the ledger before the answer, the counts follow."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from time import sleep

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, SUGGEST, WEB, install, order, say, view
from stories import entries_of
from troth.actors import of_customer, of_job
from troth.app import App
from troth.canonical import JSON
from troth.errors import TrothError, UnavailableError
from troth.gate.use import Use
from troth.ledger.model import Kind

DAY = timedelta(days=1)
NAMES = count()


@pytest.fixture
def customer(app: App) -> int:
    app.gate.collect(IMPORT, [order("c1", "p1")], NOW)
    say(app, "c1", ORDERS, "yes")
    say(app, "c1", PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view("c1", "p2")], NOW)
    return app.identity.get("c1")


def uses(app: App, customer: int) -> list[dict[str, JSON]]:
    return [dict(one.body) for one in entries_of(app, customer, Kind.MACHINE_USE)]


def test_the_first_use_of_a_day_is_noted_once_with_who_and_what_for(app: App, customer: int) -> None:
    for _ in range(3):
        assert app.gate.read(SUGGEST, customer, now=NOW).items["orders"]
    first: dict[str, JSON] = {"actor": "service", "by": "web", "purpose": "suggestions"}
    assert uses(app, customer) == [first | {"data": ["orders", "page_views"], "day": "2026-11-22"}]
    app.gate.read(SUGGEST, customer, now=NOW + DAY)
    assert uses(app, customer)[1] == first | {"data": ["orders", "page_views"], "day": "2026-11-23"}


def test_another_process_notes_nothing_twice(app: App, customer: int) -> None:
    app.gate.read(SUGGEST, customer, now=NOW)
    other = install(app.settings.home)
    other.gate.read(SUGGEST, customer, now=NOW)
    other.gate.read(replace(SUGGEST, data=frozenset({"orders"})), customer, now=NOW)
    other.close()
    assert len(uses(app, customer)) == 1


def test_a_clause_under_which_nothing_lies_was_not_used(app: App) -> None:
    customer = say(app, "c2", ORDERS, "yes")
    app.gate.read(SUGGEST, customer, now=NOW)
    assert uses(app, customer) == []
    app.gate.collect(IMPORT, [order("c2", "p1")], NOW)
    app.gate.read(SUGGEST, customer, now=NOW)
    assert [one["data"] for one in uses(app, customer)] == [["orders"]]


def test_a_refused_use_and_the_customers_own_are_none(app: App, customer: int) -> None:
    app.gate.read(Use(of_customer(customer), "rights", frozenset({"orders"})), customer, now=NOW)
    say(app, "c1", ORDERS, "no")
    say(app, "c1", PAGE_VIEWS, "no")
    app.gate.read(SUGGEST, customer, now=NOW)
    app.gate.decide(SUGGEST, customer, now=NOW)
    assert uses(app, customer) == []


def test_the_day_is_the_companys(app: App, customer: int) -> None:
    summer = datetime(2027, 7, 1, 23, 30, tzinfo=UTC)
    app.gate.read(SUGGEST, customer, now=summer)
    assert uses(app, customer)[0]["day"] == "2027-07-02"


def test_a_job_that_reads_many_notes_each(app: App, customer: int) -> None:
    app.gate.collect(IMPORT, [order("c2", "p1"), order("c3", "p1")], NOW)
    other = say(app, "c2", ORDERS, "yes")
    fit = Use(of_job("fit", "suggestions"), "suggestions", frozenset({"orders"}))
    assert {number for number, _ in app.gate.read_many(fit, now=NOW)} == {customer, other}
    assert [one["by"] for number in (customer, other) for one in uses(app, number)] == ["fit", "fit"]
    assert uses(app, app.identity.get("c3")) == []


def test_it_is_on_the_disk_before_the_answer_and_where_it_can_not_be_nothing_is_answered(
    app: App, customer: int
) -> None:
    with app._databases[0].writing() as connection:
        connection.execute(text("ALTER TABLE ledger_leaves RENAME TO elsewhere"))
    with pytest.raises(UnavailableError):
        app.gate.read(SUGGEST, customer, now=NOW)
    fit = Use(of_job("fit", "suggestions"), "suggestions", frozenset({"orders"}))
    with pytest.raises(UnavailableError):
        next(app.gate.read_many(fit, now=NOW))
    with app._databases[0].writing() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO ledger_leaves"))
    assert app.gate.read(SUGGEST, customer, now=NOW).items["orders"]
    assert len(uses(app, customer)) == 1


def test_counts_follow_and_are_told_when_the_day_is_over(app: App, customer: int) -> None:
    for _ in range(5):
        app.gate.read(SUGGEST, customer, now=NOW)
    app.gate.read(replace(SUGGEST, data=frozenset({"orders"})), customer, now=NOW)
    app.count()
    assert app.gate.uses.tell_days(now=NOW) == 0
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    assert app.gate.uses.tell_days(now=midnight + timedelta(minutes=59)) == 0
    later = midnight + timedelta(minutes=61)
    assert app.gate.uses.tell_days(now=later) == 1
    assert app.gate.uses.tell_days(now=later) == 0
    times: dict[str, JSON] = {"orders": 6, "page_views": 5}
    assert uses(app, customer)[1] == {"day": "2026-11-22", "purpose": "suggestions", "times": times}


def test_a_single_use_needs_no_count(app: App, customer: int) -> None:
    app.gate.read(SUGGEST, customer, now=NOW)
    app.count()
    assert app.gate.uses.tell_days(now=NOW + 2 * DAY) == 0
    assert len(uses(app, customer)) == 1


def test_counts_that_can_not_be_added_now_are_added_later(app: App, customer: int) -> None:
    for _ in range(2):
        app.gate.read(SUGGEST, customer, now=NOW)
    with app._databases[0].writing() as connection:
        connection.execute(text("ALTER TABLE ledger_noted RENAME TO elsewhere"))
    with pytest.raises(UnavailableError):
        app.count()
    with app._databases[0].writing() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO ledger_noted"))
    app.count()
    app.gate.uses.tell_days(now=NOW + 2 * DAY)
    assert uses(app, customer)[1]["times"] == {"orders": 2, "page_views": 2}


def test_of_somebody_who_left_nothing_is_noted_and_no_key_is_made(app: App, customer: int) -> None:
    app.gate.read(SUGGEST, customer, now=NOW)
    app.erasure.erase(customer, now=NOW)
    keys = app._ring.count(customer)
    app.count()
    app.gate.uses.tell_days(now=NOW + 2 * DAY)
    assert app._ring.count(customer) == keys
    assert entries_of(app, customer) == ()


def test_using_and_erasing_at_once_leaves_no_entry_and_no_key(app: App, customer: int) -> None:
    stop, found = threading.Event(), list[str]()

    def use() -> None:
        day = 0
        while not stop.is_set():
            try:
                # Another day each time, so that each has something to note.
                app.gate.read(SUGGEST, customer, now=NOW + day * DAY)
                day += 1
                found.append("read")
            except TrothError as error:
                found.append(error.code)

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    while len(found) < 3:
        sleep(0.01)
    app.erasure.erase(customer, now=NOW)
    stop.set()
    for thread in threads:
        thread.join()
    assert entries_of(app, customer) == ()
    assert app._ring.count(customer) == 1  # what the law keeps
    assert set(found) <= {"read", "key_gone"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = install(tmp_path_factory.mktemp("uses") / "home")
    yield app
    app.close()


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_for_every_day_and_clause_there_is_exactly_one_first_entry_and_the_right_count(
    shop: App, data: st.DataObject
) -> None:
    name = f"c{next(NAMES)}"
    shop.gate.collect(IMPORT, [order(name, "p1")], NOW)
    say(shop, name, ORDERS, "yes")
    say(shop, name, PAGE_VIEWS, "yes")
    shop.gate.collect(IMPORT, [view(name, "p2")], NOW)
    customer = shop.identity.get(name)
    kinds = st.sampled_from([frozenset({"orders"}), frozenset({"page_views"}), frozenset({"orders", "page_views"})])
    times: dict[tuple[str, str], int] = {}
    drawn = data.draw(st.lists(st.tuples(st.integers(0, 3), kinds), max_size=12))
    for day, asked in sorted(drawn, key=lambda one: one[0]):
        shop.gate.read(Use(WEB, "suggestions", asked), customer, now=NOW + day * DAY)
        for kind in asked:
            key = (NOW + day * DAY).date().isoformat(), kind
            times[key] = times.get(key, 0) + 1
    shop.count()
    shop.gate.uses.tell_days(now=NOW + 9 * DAY)
    told = uses(shop, customer)
    firsts = [(one["day"], kind) for one in told for kind in one.get("data", [])]  # type: ignore[union-attr] # a list
    assert sorted(firsts) == sorted(times)
    counts = {(one["day"], kind): n for one in told for kind, n in one.get("times", {}).items()}  # type: ignore[union-attr] # a mapping
    assert counts == {key: n for key, n in times.items() if n > 1}
