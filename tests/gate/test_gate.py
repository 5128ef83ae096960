from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installations import GARDEN, IMPORT, NOW, ORDERS, PAGE_VIEWS, SUGGEST, WEB, install, order, say, told, view
from troth.actors import of_customer
from troth.app import App
from troth.errors import InputError, NotAllowedError
from troth.gate.use import Arrival, Arrived, Outcome, Use


def _one(app: App, arrival: Arrival) -> Outcome:
    return app.gate.collect(IMPORT, [arrival], NOW)[0]


def _own(app: App, customer: int, *kinds: str) -> dict[str, int]:
    use = Use(of_customer(customer), "rights", frozenset(kinds))
    return {kind: len(items) for kind, items in app.gate.read(use, customer, now=NOW).items.items()}


def test_an_order_makes_the_customer_and_is_read_back_whole(app: App) -> None:
    outcome = _one(app, order("c1", "p1"))
    assert (outcome.arrived, outcome.dropped) == (Arrived.TAKEN, ("ip",))
    customer = app.identity.get("c1")
    use = Use(of_customer(customer), "rights", frozenset({"orders"}))
    (item,) = app.gate.read(use, customer, now=NOW).items["orders"]
    assert item.event == "Order Completed"
    assert item.at == NOW - timedelta(days=10)
    assert item.values == {
        "order_id": "o1",
        "products.product_id": "p1",
        "products.quantity": 1,
        "products.price": "2.50",
        "currency": "GBP",
    }


@pytest.mark.parametrize(
    ("arrival", "code"),
    [
        (view("c1", "p1"), "no_choice"),
        (replace(order("c1", "p1"), event="Cart Viewed"), "event_undeclared"),
        (replace(order("c1", "p1"), properties={"ip": "192.0.2.1"}), "nothing_declared"),
        (order("c1", "p1", at=NOW + timedelta(days=2)), "in_the_future"),
        (order("c1", "p1", at=NOW - timedelta(days=6 * 366)), "past_keep"),
        (told("c1", email="c1@example.com"), "no_relationship"),
        (told("c1", shoe_size="43"), "event_undeclared"),
    ],
    ids=[
        "a page view without a yes",
        "an event no data carries",
        "only properties nobody named",
        "dated in the future",
        "older than the promise keeps",
        "an address without an order",
        "a trait nobody named",
    ],
)
def test_what_is_not_promised_is_not_kept_and_makes_no_customer(app: App, arrival: Arrival, code: str) -> None:
    outcome = _one(app, arrival)
    assert (outcome.arrived, outcome.code) == (Arrived.REFUSED, code)
    assert outcome.says
    assert app.identity.find("c1") is None


def test_a_page_view_is_kept_after_a_yes_and_deleted_after_a_no(app: App) -> None:
    customer = say(app, "c1", PAGE_VIEWS, "yes")
    assert _one(app, view("c1", "p1")).arrived is Arrived.TAKEN
    assert _own(app, customer, "page_views") == {"page_views": 1}
    words = app.consent.words(PAGE_VIEWS)
    from troth.consent.model import Answer

    chosen = app.choosing.choose(customer, [(PAGE_VIEWS, Answer.NO, words.digest)], via="page", now=NOW)
    assert chosen.deleted == {"page_views": 1}
    assert _own(app, customer, "page_views") == {"page_views": 0}
    assert _one(app, view("c1", "p2")).code == "withdrawn"


def test_a_no_to_suggestions_leaves_the_orders_that_the_books_need(app: App) -> None:
    _one(app, order("c1", "p1"))
    customer = say(app, "c1", ORDERS, "no")
    assert _own(app, customer, "orders") == {"orders": 1}


def test_the_same_arrivals_again_change_nothing(app: App) -> None:
    lines = [order("c1", f"p{n}") for n in range(5)]
    assert [one.arrived for one in app.gate.collect(IMPORT, lines, NOW)] == [Arrived.TAKEN] * 5
    assert [one.arrived for one in app.gate.collect(IMPORT, lines, NOW)] == [Arrived.KNOWN] * 5
    assert [one.arrived for one in app.gate.collect(IMPORT, lines + lines, NOW)] == [Arrived.KNOWN] * 10
    assert _own(app, app.identity.get("c1"), "orders") == {"orders": 5}


def test_twins_in_one_batch_are_stored_once(app: App) -> None:
    assert [one.arrived for one in app.gate.collect(IMPORT, [order("c1", "p1")] * 2, NOW)] == [
        Arrived.TAKEN,
        Arrived.KNOWN,
    ]


def test_the_verdict_on_a_batch_does_not_depend_on_the_order_of_its_lines(app: App, tmp_path: Path) -> None:
    lines = [told("c1", email="c1@example.com"), order("c1", "p1"), order("c1", "p2", at=NOW - timedelta(days=900))]
    forwards = app.gate.collect(IMPORT, lines, NOW)
    other = install(tmp_path / "other")
    backwards = other.gate.collect(IMPORT, lines[::-1], NOW)
    other.close()
    assert forwards == backwards[::-1]
    assert all(one.arrived is Arrived.TAKEN for one in forwards)


def test_a_newer_address_replaces_the_older_and_an_older_does_not_return(app: App) -> None:
    _one(app, order("c1", "p1"))
    _one(app, told("c1", at=NOW - timedelta(days=3), email="old@example.com"))
    _one(app, told("c1", at=NOW - timedelta(days=1), email="new@example.com"))
    assert _one(app, told("c1", at=NOW - timedelta(days=2), email="late@example.com")).arrived is Arrived.KNOWN
    customer = app.identity.get("c1")
    use = Use(of_customer(customer), "rights", frozenset({"email"}))
    (item,) = app.gate.read(use, customer, now=NOW).items["email"]
    assert item.values == {"email": "new@example.com"}


def test_items_past_their_keep_are_not_let_out_and_settling_deletes_them(app: App) -> None:
    customer = say(app, "c1", PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view("c1", "p1", at=NOW - timedelta(days=day)) for day in (10, 80)], NOW)
    later = NOW + timedelta(days=20)
    read = app.gate.read(SUGGEST, customer, now=later).items
    assert [item.at for item in read["page_views"]] == [NOW - timedelta(days=10)]
    assert app.gate.settle(customer, now=later) == {"page_views": 1}
    assert app.gate.settle(customer, now=later) == {}


def test_reading_many_opens_only_those_who_said_yes(app: App) -> None:
    app.gate.collect(IMPORT, [order(f"c{n}", "p1") for n in range(6)], NOW)
    yes = {say(app, f"c{n}", ORDERS, "yes") for n in (1, 3, 5)}
    say(app, "c2", ORDERS, "no")
    found = dict(app.gate.read_many(SUGGEST, now=NOW))
    assert set(found) == yes
    assert all(set(items) == {"orders"} and len(items["orders"]) == 1 for items in found.values())


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["yes", "no", "view", "order"])), max_size=25))
def test_reading_one_and_reading_many_always_agree(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[int, str]]
) -> None:
    app = install(tmp_path_factory.mktemp("home"))
    for index, (who, act) in enumerate(acts):
        at = NOW - timedelta(minutes=index)
        if act == "view":
            _one(app, view(f"c{who}", "p1", at=at))
        elif act == "order":
            _one(app, order(f"c{who}", "p1", at=at))
        else:
            say(app, f"c{who}", PAGE_VIEWS, act)
    many = dict(app.gate.read_many(SUGGEST, now=NOW))
    for who in range(4):
        customer = app.identity.find(f"c{who}")
        if customer is not None:
            one = app.gate.read(SUGGEST, customer, now=NOW).items
            assert many.get(customer, {}) == (one if any(one.values()) else {})
    app.close()


def test_who_may_not_bring_data_in_is_refused(app: App) -> None:
    with pytest.raises(NotAllowedError, match="collect"):
        app.gate.collect(WEB, [order("c1", "p1")], NOW)


def test_one_wrong_id_refuses_the_batch_and_nothing_is_half_written(app: App) -> None:
    with pytest.raises(InputError):
        app.gate.collect(IMPORT, [order("c1", "p1"), order("x" * 10_000, "p1")], NOW)
    assert app.identity.find("c1") is None


@pytest.mark.sqlite
def test_nothing_of_a_customer_stands_in_clear_on_the_disk(app: App, tmp_path: Path) -> None:
    lines = [
        order("customer-seven", "rare-orchid", order_id="invoice-4711"),
        told("customer-seven", email="z@example.com"),
    ]
    app.gate.collect(IMPORT, lines, NOW)
    customer = say(app, "customer-seven", ORDERS, "yes")
    assert _own(app, customer, "orders", "email") == {"orders": 1, "email": 1}
    app.close()
    for file in (tmp_path / "home").rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for secret in (b"customer-seven", b"rare-orchid", b"invoice-4711", b"z@example.com"):
                assert secret not in content, file.name


def test_two_spellings_of_one_id_in_a_batch_are_one_customer(app: App) -> None:
    lines = [order("zo\u00eb", "p1"), order(" zoe\u0308", "p2", order_id="o2"), order("zoe\u0308", "p1")]
    taken = [one.arrived for one in app.gate.collect(IMPORT, lines, NOW)]
    assert taken == [Arrived.TAKEN, Arrived.TAKEN, Arrived.KNOWN]
    assert _own(app, app.identity.get("zo\u00eb"), "orders") == {"orders": 2}


def test_at_a_clipped_month_end_each_item_goes_at_its_own_end(tmp_path: Path) -> None:
    promise = tmp_path / "promise.yaml"
    text = GARDEN.read_text("utf-8")
    assert "keep: 90 days" in text
    promise.write_text(text.replace("keep: 90 days", "keep: 1 month"), encoding="utf-8")
    then = datetime(2027, 1, 31, 23, tzinfo=UTC)
    app = install(tmp_path / "home", promise=promise, now=then)
    customer = say(app, "c1", PAGE_VIEWS, "yes")
    # A month after the first is 23:00 on 28 February; a month after the second, later one, is 01:00 that day.
    late, early, last = (datetime(2027, 1, day, hour, tzinfo=UTC) for day, hour in ((29, 23), (31, 1), (31, 22)))
    app.gate.collect(IMPORT, [view("c1", f"p{at.day}{at.hour}", at=at) for at in (late, early, last)], then)
    noon = datetime(2027, 2, 28, 12, tzinfo=UTC)
    assert [item.at for item in app.gate.read(SUGGEST, customer, now=noon).items["page_views"]] == [late, last]
    app.close()


def test_a_newer_trait_replaces_the_older_trait_and_no_event_of_the_same_kind(tmp_path: Path) -> None:
    promise = tmp_path / "promise.yaml"
    text = GARDEN.read_text("utf-8")
    both = "    traits: [email]\n    events: {Email Opened: [letter]}\n"
    assert text.count("    traits: [email]\n") == 1
    promise.write_text(text.replace("    traits: [email]\n", both), encoding="utf-8")
    app = install(tmp_path / "home", promise=promise)
    opened = Arrival("c1", "Email Opened", NOW - timedelta(days=2), {"letter": "n1"}, ("n1",))
    app.gate.collect(IMPORT, [order("c1", "p1"), opened], NOW)
    old, new = (told("c1", at=NOW - timedelta(days=days), email=f"{days}@example.com") for days in (3, 1))
    assert [_one(app, one).arrived for one in (old, new, old)] == [Arrived.TAKEN, Arrived.TAKEN, Arrived.KNOWN]
    customer = app.identity.get("c1")
    use = Use(of_customer(customer), "rights", frozenset({"email"}))
    items = app.gate.read(use, customer, now=NOW).items["email"]
    assert [item.values for item in items] == [{"letter": "n1"}, {"email": "1@example.com"}]
    app.close()


def test_a_no_is_seen_also_while_this_thread_reads_many(app: App) -> None:
    for who in ("c1", "c2"):
        _one(app, order(who, "p1"))
        say(app, who, ORDERS, "yes")
    use = Use(WEB, "suggestions", frozenset({"orders"}))
    many = app.gate.read_many(use, now=NOW)
    next(many)
    customer = say(app, "c2", ORDERS, "no")
    assert app.gate.read(use, customer, now=NOW).items == {}
