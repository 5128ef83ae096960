"""Deleting part of what is kept: what goes, what stays and why, and that it stays so."""

from datetime import timedelta
from pathlib import Path

import pytest

from installations import (
    IMPORT,
    NOW,
    ORDERS,
    PAGE_VIEWS,
    SUGGEST,
    install,
    order,
    promise_after,
    say,
    told,
    view,
)
from troth.actors import of_customer, of_job
from troth.app import App
from troth.cases.merging import Id
from troth.catalogue.model import Product
from troth.errors import InputError, NotAllowedError, NotFoundError
from troth.gate.removal import Wanted
from troth.gate.use import Arrived, Item, Use
from troth.journal.model import What
from troth.promise.model import Clause
from troth.stops.model import Kind

BOOKS = Use(of_job("books", "tax"), "tax", frozenset({"orders"}))
SERVICE = Use(of_job("shop", "service"), "service", frozenset({"orders", "email"}))
NEWSLETTER = Clause("newsletter", "email")
LAW = "UK Companies Act 2006 s388, until 2032-11-12"
VIEWS, ALL_ORDERS = Wanted(kind="page_views"), Wanted(kind="orders")


def full(app: App, who: str = "c1") -> int:
    """Make a customer with two orders, an address and two pages looked at, who said yes to all of it."""
    app.gate.collect(IMPORT, [order(who, "p1"), order(who, "p2"), told(who, email=f"{who}@example.com")], NOW)
    customer = say(app, who, ORDERS, "yes")
    say(app, who, PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view(who, "p1"), view(who, "p2", at=NOW - timedelta(hours=2))], NOW)
    return customer


def own(app: App, customer: int, kind: str) -> tuple[Item, ...]:
    """Return what the customer's own page shows of a kind."""
    return app.gate.read(Use(of_customer(customer), "rights", frozenset({kind})), customer, now=NOW).items[kind]


def handles(app: App, customer: int, kind: str) -> list[str]:
    return [one.handle for one in app.gate.deleting.listed(customer, kind=kind)]


def keys(app: App, customer: int) -> set[str]:
    """Return the kinds of the customer's keys."""
    return {kind for number, kind in app._ring._store.of_kinds([*app.promise.data, "identity"]) if number == customer}


def test_all_of_a_kind_goes_with_its_key(app: App) -> None:
    customer = full(app)
    done = app.deleting.delete(VIEWS, customer, now=NOW)
    assert done.gone == {"page_views": 2}
    assert done.loses == (PAGE_VIEWS,)
    assert (done.locked, done.besides, done.laws) == ({}, {}, {})
    assert done.keys_destroyed == 1
    assert done.is_final
    assert own(app, customer, "page_views") == ()
    assert keys(app, customer) == {"orders", "email", "identity"}
    assert len(app.gate.read(SUGGEST, customer, now=NOW).items["orders"]) == 2


def test_one_item_goes_and_the_rest_stays_in_use(app: App) -> None:
    customer = full(app)
    newest = handles(app, customer, "page_views")[0]
    done = app.deleting.delete(Wanted(handle=newest), customer, now=NOW)
    assert (done.gone, done.loses, done.is_final) == ({"page_views": 1}, (), False)
    assert [item.values["product_id"] for item in own(app, customer, "page_views")] == ["p2"]
    assert "page_views" in keys(app, customer)


def test_what_a_law_demands_stays_locked_and_is_told_with_its_end(app: App) -> None:
    customer = full(app)
    say(app, "c1", NEWSLETTER, "yes")
    done = app.deleting.delete(ALL_ORDERS, customer, now=NOW)
    assert done.locked == {"orders": 2}
    assert done.laws == {"orders": LAW}
    assert done.gone == {}
    assert done.besides == {}, "the letters still need the address"
    assert done.loses == (Clause("service", "email"), Clause("service", "orders"), ORDERS)
    assert app.gate.read(SUGGEST, customer, now=NOW).items["orders"] == ()
    assert app.gate.read(SERVICE, customer, now=NOW).items == {}
    assert [item.is_locked for item in app.gate.read(BOOKS, customer, now=NOW).items["orders"]] == [True, True]
    assert [len(items["orders"]) for _, items in app.gate.read_many(BOOKS, now=NOW)] == [2]
    assert [item.is_locked for item in own(app, customer, "orders")] == [True, True], "the customer still sees it"
    assert "orders" in keys(app, customer)


def test_a_single_order_is_locked_and_the_other_serves_on(app: App) -> None:
    customer = full(app)
    done = app.deleting.delete(Wanted(handle=handles(app, customer, "orders")[0]), customer, now=NOW)
    assert (done.locked, done.loses, done.laws) == ({"orders": 1}, (), {"orders": LAW})
    assert len(app.gate.read(SERVICE, customer, now=NOW).items["orders"]) == 1
    assert len(app.gate.read(BOOKS, customer, now=NOW).items["orders"]) == 2
    assert sorted(item.is_locked for item in own(app, customer, "orders")) == [False, True]


def test_when_the_laws_time_is_over_what_was_locked_goes(app: App) -> None:
    customer = full(app)
    app.deleting.delete(ALL_ORDERS, customer, now=NOW)
    later = NOW + timedelta(days=6 * 366)
    assert customer in app.gate.overdue(now=later)
    gone = app.gate.settle(customer, now=later, by_clock=True)
    assert gone["orders"] == 2
    assert app.gate.overdue(now=later) == []


def test_what_nothing_needs_any_more_goes_by_itself_and_is_told(app: App) -> None:
    customer = full(app)
    plan = app.deleting.plan(ALL_ORDERS, customer, now=NOW)
    done = app.deleting.delete(ALL_ORDERS, customer, now=NOW)
    assert done.besides == plan.besides == {"email": 1}
    assert "email" not in keys(app, customer)
    assert own(app, customer, "email") == ()


def test_without_a_law_an_order_goes_also_while_the_contract_runs(tmp_path: Path) -> None:
    promise = promise_after(
        tmp_path, ("law: UK Companies Act 2006 s388\n    data: [orders]", "law: L1\n    data: [email]")
    )
    app = install(tmp_path / "home", promise=promise)
    customer = full(app)
    done = app.deleting.delete(ALL_ORDERS, customer, now=NOW)
    assert done.gone == {"orders": 2}
    assert Clause("service", "orders") in done.loses
    assert own(app, customer, "orders") == ()
    app.close()


@pytest.mark.parametrize(
    ("clause", "gone", "held"),
    [
        (PAGE_VIEWS, {"page_views": 2}, ()),
        (ORDERS, {}, ("service", "tax")),
        (Clause("service", "email"), {"email": 1}, ()),
    ],
)
def test_of_one_clauses_worth_goes_what_no_other_purpose_needs(
    app: App, clause: Clause, gone: dict[str, int], held: tuple[str, ...]
) -> None:
    customer = full(app)
    done = app.deleting.delete(Wanted(clause=clause), customer, now=NOW)
    assert (done.gone, done.held, done.locked) == (gone, held, {})


def test_the_same_file_does_not_bring_it_back_and_something_new_does_with_a_new_key(app: App) -> None:
    customer = full(app)
    before = app._ring._store.find_one(customer, "page_views")
    app.deleting.delete(VIEWS, customer, now=NOW)
    old = [view("c1", "p1"), view("c1", "p9", at=NOW - timedelta(hours=3))]
    assert [one.code for one in app.gate.collect(IMPORT, old, NOW)] == ["deleted", "deleted"]
    fresh = view("c1", "p1", at=NOW + timedelta(minutes=1))
    assert app.gate.collect(IMPORT, [fresh], NOW)[0].arrived is Arrived.TAKEN
    assert [item.values["product_id"] for item in own(app, customer, "page_views")] == ["p1"]
    after = app._ring._store.find_one(customer, "page_views")
    assert before is not None
    assert after is not None
    assert before[1] != after[1]


def test_a_single_item_does_not_come_back_and_its_neighbours_may(app: App) -> None:
    customer = full(app)
    app.deleting.delete(Wanted(handle=handles(app, customer, "page_views")[0]), customer, now=NOW)
    again = [view("c1", "p1"), view("c1", "p7", at=NOW - timedelta(hours=1))]
    assert [one.arrived for one in app.gate.collect(IMPORT, again, NOW)] == [Arrived.REFUSED, Arrived.TAKEN]


def test_an_order_that_is_locked_is_not_brought_in_beside_itself(app: App) -> None:
    customer = full(app)
    app.deleting.delete(Wanted(handle=handles(app, customer, "orders")[0]), customer, now=NOW)
    outcomes = app.gate.collect(IMPORT, [order("c1", "p1"), order("c1", "p2")], NOW)
    assert sorted(one.arrived for one in outcomes) == [Arrived.KNOWN, Arrived.REFUSED]
    assert len(own(app, customer, "orders")) == 2


def test_an_address_told_again_later_is_a_fresh_act(app: App) -> None:
    customer = full(app)
    app.deleting.delete(Wanted(handle=handles(app, customer, "email")[0]), customer, now=NOW)
    older = told("c1", email="older@example.com", at=NOW - timedelta(days=2))
    assert app.gate.collect(IMPORT, [older], NOW)[0].code == "deleted"
    newer = told("c1", email="newer@example.com", at=NOW)
    assert app.gate.collect(IMPORT, [newer], NOW)[0].arrived is Arrived.TAKEN


def test_a_handle_is_long_and_names_nothing_of_anybody_else(app: App) -> None:
    one, other = full(app), full(app, "c2")
    mine, theirs = handles(app, one, "orders"), handles(app, other, "orders")
    assert len({*mine, *theirs}) == 4
    assert {len(handle) for handle in mine} == {22}
    for handle in (*theirs, "", mine[0][:-1], mine[0] + "A", "../../etc"):
        error = InputError if not handle else NotFoundError
        with pytest.raises(error):
            app.deleting.delete(Wanted(handle=handle), one, now=NOW)
    assert len(own(app, other, "orders")) == 2
    assert len(own(app, one, "orders")) == 2


def test_a_page_and_a_list_name_an_item_alike(app: App) -> None:
    customer = full(app)
    named = {app.gate.deleting.handle(customer, "orders", one.at, one.mark) for one in own(app, customer, "orders")}
    assert named == set(handles(app, customer, "orders"))


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(kind="orders", clause=ORDERS),
        Wanted(kind="horoscope"),
        Wanted(clause=Clause("horoscope", "orders")),
    ],
)
def test_what_names_nothing_or_two_things_is_refused(app: App, wanted: Wanted) -> None:
    customer = full(app)
    with pytest.raises(InputError):
        app.deleting.plan(wanted, customer, now=NOW)
    with pytest.raises(InputError):
        app.deleting.delete(wanted, customer, now=NOW)


def test_a_legal_hold_refuses_and_a_restriction_only_keeps_what_was_not_asked_for(app: App) -> None:
    customer = full(app)
    app.stopping.put(Kind.HOLD, customer=customer, by="court", now=NOW)
    with pytest.raises(NotAllowedError, match="legal hold"):
        app.deleting.delete(VIEWS, customer, now=NOW)
    assert len(own(app, customer, "page_views")) == 2
    app.stopping.lift(Kind.HOLD, customer=customer, by="court", now=NOW)
    app.stopping.put(Kind.RESTRICTION, customer=customer, by="case 1", now=NOW)
    done = app.deleting.delete(ALL_ORDERS, customer, now=NOW)
    assert (done.locked, done.besides) == ({"orders": 2}, {})
    assert len(own(app, customer, "email")) == 1


def test_who_left_has_nothing_to_delete(app: App) -> None:
    customer = full(app)
    app.erasure.erase(customer, now=NOW)
    with pytest.raises(NotFoundError):
        app.deleting.delete(ALL_ORDERS, customer, now=NOW)


def test_to_delete_nothing_changes_nothing(app: App) -> None:
    customer = say(app, "c1", PAGE_VIEWS, "yes")
    assert not app.deleting.delete(VIEWS, customer, now=NOW).changes
    full(app)
    app.deleting.delete(ALL_ORDERS, customer, now=NOW)
    again = app.deleting.delete(ALL_ORDERS, customer, now=NOW)
    assert not again.changes
    assert again.laws == {"orders": LAW}, "why it stays is told every time"


def test_of_linked_people_all_ids_are_meant(app: App) -> None:
    numbers = [full(app, who) for who in ("c1", "c2")]
    app.merging.link(Id("c1"), Id("c2"), by="test", now=NOW, two_accounts=True)
    done = app.deleting.delete(VIEWS, numbers[1], now=NOW)
    assert (done.gone, done.keys_destroyed, done.is_final) == ({"page_views": 4}, 2, True)
    again = [view(who, "p5", at=NOW - timedelta(hours=5)) for who in ("c1", "c2")]
    assert [one.code for one in app.gate.collect(IMPORT, again, NOW)] == ["deleted", "deleted"]
    (named, *_) = handles(app, numbers[0], "orders")
    assert len(own(app, numbers[0], "orders")) == 2, "what is kept under both ids is shown once"
    assert app.deleting.delete(Wanted(handle=named), numbers[0], now=NOW).locked == {"orders": 2}
    assert sorted(item.is_locked for item in own(app, numbers[1], "orders")) == [False, True]


def test_the_model_follows_and_its_own_key_goes_when_nothing_is_left_in_it(app: App) -> None:
    app.catalogue.put([Product(one, one) for one in ("p1", "p2", "p3")])
    others = [full(app, who) for who in ("c2", "c3", "c4")]
    customer = full(app)
    app.suggestions.fit(now=NOW)
    made = {kind for kind in _all_keys(app, customer) if "suggestions" in kind}
    assert len(made) == 1
    app.deleting.delete(ALL_ORDERS, customer, now=NOW)
    assert made <= _all_keys(app, customer), "until the model is without it"
    app.suggestions.refresh(now=NOW)
    assert app.verify_model().holds
    assert app.spent_keys.resume() == 1
    assert not made & _all_keys(app, customer)
    assert app.spent_keys.resume() == 0
    assert all(made <= _all_keys(app, other) for other in others)
    app.gate.collect(IMPORT, [order("c1", "p3", at=NOW + timedelta(minutes=1), order_id="new")], NOW)
    app.suggestions.refresh(now=NOW)
    assert app.verify_model().holds
    assert made <= _all_keys(app, customer)


def _all_keys(app: App, customer: int) -> set[str]:
    from sqlalchemy import select

    from troth.keys.store import customer_keys

    with app._databases[1].reading() as connection:
        wanted = select(customer_keys.c.kind).where(customer_keys.c.customer == customer)
        return set(connection.execute(wanted).scalars())


def test_to_erase_after_deleting_leaves_the_laws_part_and_no_note(app: App) -> None:
    customer = full(app)
    app.deleting.delete(Wanted(handle=handles(app, customer, "orders")[0]), customer, now=NOW)
    plan = app.erasure.describe(customer, now=NOW)
    counts = {(report.room, what): count for report in plan.reports for what, count in report.counts.items()}
    assert counts["vault", "orders"] == 2
    assert counts["cases", "deletions"] == 1
    done = app.erasure.erase(customer, now=NOW)
    assert done.kept == {"orders": LAW}
    assert app.deleting.describe(customer).counts == {}
    assert len(app.gate.read(BOOKS, customer, now=NOW).items["orders"]) == 2
    assert _all_keys(app, customer) == {"orders"}


def test_a_new_promise_without_the_law_lets_go_what_was_locked(tmp_path: Path) -> None:
    app = install(tmp_path / "home")
    customer = full(app)
    app.deleting.delete(ALL_ORDERS, customer, now=NOW)
    app.close()
    promise = promise_after(
        tmp_path, ("law: UK Companies Act 2006 s388\n    data: [orders]", "law: L1\n    data: [email]")
    )
    app = install(tmp_path / "home", promise=promise)
    assert app.gate.overdue(now=NOW) == [customer]
    assert app.gate.settle(customer, now=NOW) == {"orders": 2}
    app.close()


@pytest.mark.sqlite
def test_an_older_copy_of_the_data_beside_the_newest_keys_holds_no_more_than_today(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "home" / "data" / "troth.db"
    app = install(home)
    numbers = [full(app, who) for who in ("c1", "c2", "c3")]
    app.close()
    copied = file.read_bytes()
    app = install(home)
    app.deleting.delete(ALL_ORDERS, numbers[0], now=NOW)
    app.deleting.delete(VIEWS, numbers[0], now=NOW)
    app.deleting.delete(Wanted(handle=handles(app, numbers[1], "page_views")[0]), numbers[1], now=NOW)
    shown = [{kind: own(app, number, kind) for kind in app.promise.data} for number in numbers]
    sealed = [_all_keys(app, number) for number in numbers]
    app.close()

    file.write_bytes(copied)
    app = install(home)
    assert app.replayed.done == {What.DELETED: 3}
    assert [{kind: own(app, number, kind) for kind in app.promise.data} for number in numbers] == shown
    assert [_all_keys(app, number) for number in numbers] == sealed
    again = [view("c1", "p1"), view("c1", "p2", at=NOW - timedelta(hours=2)), view("c2", "p1"), view("c3", "p1")]
    assert [one.code for one in app.gate.collect(IMPORT, again, NOW)] == ["deleted", "deleted", "deleted", ""]
    app.close()


@pytest.mark.sqlite
def test_in_an_older_copy_linked_people_lose_what_was_deleted_and_nothing_else(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "home" / "data" / "troth.db"
    app = install(home)
    numbers = [full(app, who) for who in ("c1", "c2")]
    app.gate.collect(IMPORT, [order("c2", "p3", order_id="other")], NOW)
    app.merging.link(Id("c1"), Id("c2"), by="test", now=NOW, two_accounts=True)
    app.close()
    copied = file.read_bytes()
    app = install(home)
    (single,) = [one for one in own(app, numbers[0], "orders") if one.values["products.product_id"] == "p3"]
    handle = app.gate.deleting.handle(numbers[0], "orders", single.at, single.mark)
    app.deleting.delete(Wanted(handle=handle), numbers[0], now=NOW)
    shown = {kind: own(app, numbers[0], kind) for kind in app.promise.data}
    app.close()

    file.write_bytes(copied)
    app = install(home)
    assert {kind: own(app, numbers[0], kind) for kind in app.promise.data} == shown
    assert [one.is_locked for one in shown["orders"]].count(True) == 1
    assert len(shown["email"]) == 1, "told alike under both ids, it is shown once"
    app.close()
