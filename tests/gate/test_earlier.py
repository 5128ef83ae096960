from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.setting import ALL, PROMISE, SUPPORT, TODAY, asking, said
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
from troth.app import App
from troth.gate.decide import State, Terms, decide
from troth.gate.use import Arrived, Use
from troth.promise.changes.change import Change, Direction, Kind
from troth.promise.changes.effect import Effect, effect
from troth.promise.model import Basis, Keep, Period, Promise, Unit
from troth.vault.model import Span

LATER = NOW + timedelta(days=200)
KEEP_LONGER = ("keep: 90 days", "keep: 3 years")
KEEP_ORDERS_LONGER = ("keep: 6 years", "keep: 9 years")
NOTE_MORE = ("events: {Product Viewed: [product_id]}", "events: {Product Viewed: [product_id, referrer]}")
SERVE = Use(ALL, "service", frozenset({"orders", "email"}))


@pytest.fixture
def first(tmp_path: Path) -> Iterator[App]:
    app = install(tmp_path / "home")
    yield app
    app.close()


def viewed(app: App, customer: str, *products: str, days: int) -> None:
    at = app.clock.now() - timedelta(days=days)
    for outcome in app.gate.collect(IMPORT, [view(customer, one, at=at) for one in products], app.clock.now()):
        assert outcome.arrived is Arrived.TAKEN


def seen(app: App, customer: int) -> set[object]:
    answer = app.gate.read(SUGGEST, customer, now=app.clock.now())
    return {item.values["product_id"] for item in answer.items.get("page_views", ())}


def test_a_longer_keep_is_not_for_those_who_said_yes_to_the_shorter_one(first: App, tmp_path: Path) -> None:
    before, after = say(first, "c1", PAGE_VIEWS, "yes"), say(first, "c2", PAGE_VIEWS, "yes")
    viewed(first, "c1", "fork", days=0)
    viewed(first, "c2", "fork", days=0)
    first.close()
    second = install(tmp_path / "home", promise=promise_after(tmp_path, KEEP_LONGER), now=LATER)
    say(second, "c2", PAGE_VIEWS, "yes")
    assert (seen(second, before), seen(second, after)) == (set(), {"fork"})
    assert second.gate.overdue(now=LATER) == [before]
    assert second.gate.settle(before, now=LATER, by_clock=True) == {"page_views": 1}
    assert second.gate.overdue(now=LATER) == []
    second.close()


def test_a_shorter_keep_is_for_everybody_at_once(first: App, tmp_path: Path) -> None:
    customer = say(first, "c1", PAGE_VIEWS, "yes")
    viewed(first, "c1", "fork", days=40)
    assert seen(first, customer) == {"fork"}
    first.close()
    second = install(tmp_path / "home", promise=promise_after(tmp_path, ("keep: 90 days", "keep: 30 days")))
    assert seen(second, customer) == set()
    assert second.gate.overdue(now=NOW) == [customer]
    second.close()


def test_what_is_newly_noted_is_neither_kept_nor_read_under_an_earlier_yes(first: App, tmp_path: Path) -> None:
    before, after = say(first, "c1", PAGE_VIEWS, "yes"), say(first, "c2", PAGE_VIEWS, "yes")
    first.close()
    second = install(tmp_path / "home", promise=promise_after(tmp_path, NOTE_MORE))
    say(second, "c2", PAGE_VIEWS, "yes")
    arrivals = [
        replace(view(who, "fork"), properties={"product_id": "fork", "referrer": "x"}) for who in ("c1", "c2")
    ]
    assert {one.arrived for one in second.gate.collect(IMPORT, arrivals, NOW)} == {Arrived.TAKEN}
    noted = [second.gate.read(SUGGEST, who, now=NOW).items["page_views"][0].values for who in (before, after)]
    assert [sorted(values) for values in noted] == [["product_id"], ["product_id", "referrer"]]
    second.close()


def test_only_new_properties_of_an_earlier_yes_are_not_kept_at_all(first: App, tmp_path: Path) -> None:
    say(first, "c1", PAGE_VIEWS, "yes")
    first.close()
    second = install(tmp_path / "home", promise=promise_after(tmp_path, NOTE_MORE))
    [outcome] = second.gate.collect(IMPORT, [replace(view("c1", "fork"), properties={"referrer": "x"})], NOW)
    assert (outcome.arrived, outcome.code) == (Arrived.REFUSED, "widened")
    second.close()


def test_where_nobody_is_asked_a_longer_keep_is_for_what_comes_after_it(first: App, tmp_path: Path) -> None:
    first.gate.collect(IMPORT, [order("c1", "old", at=NOW - timedelta(days=1))], NOW)
    customer = first.identity.get("c1")
    first.close()
    file = promise_after(tmp_path, KEEP_ORDERS_LONGER, ("lasts: 2 years after last orders", "lasts: 40 years"))
    much_later = NOW + timedelta(days=2400)
    second = install(tmp_path / "home", promise=file)
    second.gate.collect(IMPORT, [order("c1", "new", at=NOW + timedelta(minutes=1), order_id="o2")], NOW)
    items = second.gate.read(SERVE, customer, now=much_later).items["orders"]
    assert {item.values["products.product_id"] for item in items} == {"new"}
    second.close()


def test_a_promise_dated_back_does_not_reach_back(first: App, tmp_path: Path) -> None:
    first.gate.collect(IMPORT, [order("c1", "old", at=NOW - timedelta(days=5))], NOW)
    customer = first.identity.get("c1")
    first.close()
    file = promise_after(tmp_path, KEEP_ORDERS_LONGER, since="2026-11-01")
    second = install(tmp_path / "home", promise=file)
    [grant] = [second.gate.decide(Use(ALL, "service", frozenset({"orders"})), customer, now=NOW).allowed["orders"]]
    assert [limit.before for limit in grant.limits][1:] == [NOW], "it was not on record before"
    second.close()


def test_a_role_that_sees_more_sees_it_of_what_comes_after(first: App, tmp_path: Path) -> None:
    say(first, "c1", ORDERS, "yes")
    first.gate.collect(IMPORT, [order("c1", "fork"), told("c1", email="a@example.com")], NOW)
    customer = first.identity.get("c1")
    first.close()
    file = promise_after(tmp_path, ("support: {may: {service: [email, orders]}", "support: {may: {service: [email]}"))
    second = install(tmp_path / "home", promise=file)
    second.close()
    third = install(tmp_path / "home", promise=promise_after(tmp_path, number=3, since="2026-11-23"), now=LATER)
    look = Use(SUPPORT, "service", frozenset({"orders", "email"}), reason="return LF-2041")
    look = replace(look, actor=replace(SUPPORT, trained_until=LATER + timedelta(days=1)))
    third.gate.collect(IMPORT, [order("c1", "spade", at=LATER, order_id="o2")], LATER)
    answer = third.gate.read(look, customer, now=LATER)
    assert {item.values["products.product_id"] for item in answer.items["orders"]} == {"spade"}
    assert len(answer.items["email"]) == 1
    third.close()


def test_every_kind_of_change_has_an_effect_and_only_those_of_another_thing_end_it() -> None:
    paths = {Kind.WORDS: "data.orders.title", Kind.TERMS: "purposes.tax.law"}
    effects = {
        kind: effect(Change(kind, Direction.WIDENED, paths.get(kind, "x.y"), None, (ORDERS,), "")) for kind in Kind
    }
    assert {kind for kind, one in effects.items() if one is Effect.ENDS} == {
        Kind.BASIS,
        Kind.LANGUAGES,
        Kind.SOURCE,
        Kind.USE,
    }


@pytest.mark.parametrize(
    ("path", "kind", "expected"),
    [
        ("purposes.suggestions.data.orders.question", Kind.WORDS, Effect.ENDS),
        ("purposes.suggestions.title", Kind.WORDS, Effect.NOTHING),
        ("recipients.parcelo.title", Kind.WORDS, Effect.RECIPIENT),
        ("purposes.service.starts", Kind.TERMS, Effect.ENDS),
        ("purposes.tax.law", Kind.TERMS, Effect.NOTHING),
    ],
)
def test_words_that_ask_end_it_and_words_that_tell_do_not(path: str, kind: Kind, expected: Effect) -> None:
    assert effect(Change(kind, Direction.WIDENED, path, None, (ORDERS,), "")) is expected


_keeps = st.builds(lambda count, unit: Keep(Period(count, unit)), st.integers(1, 40), st.sampled_from(Unit))


@given(st.lists(_keeps, min_size=1, max_size=4), st.integers(0, 4000), st.booleans())
def test_no_earlier_promise_ever_gives_more(keeps: list[Keep], days: int, asked: bool) -> None:  # noqa: FBT001 - drawn
    """Whatever came before, what is let out under today's terms is let out by today's promise alone."""
    history = [_kept(keep, number) for number, keep in enumerate(keeps)]
    today = _kept(Keep(Period(400, Unit.DAYS)), len(keeps))
    at = NOW - timedelta(days=days)
    state = State(said(ORDERS, promise=0), {"orders": Span(at, at, 1)})
    use = asking("suggestions" if asked else "fraud", "orders")
    alone = State(said(ORDERS, promise=len(keeps)), state.spans)
    remembering = decide(use, Terms.of(today, history), state, NOW).allowed["orders"]
    plain = decide(use, Terms.of(today), alone, NOW).allowed["orders"]
    assert set(plain.limits) <= set(remembering.limits)
    assert remembering.since <= NOW


def _kept(keep: Keep, number: int) -> Promise:
    version = replace(PROMISE.version, number=number, since=TODAY - timedelta(days=1000 - number))
    kind = replace(PROMISE.data["orders"], keep=keep)
    return replace(PROMISE, version=version, data={**PROMISE.data, "orders": kind})


def test_what_became_a_legitimate_interest_is_for_what_comes_after() -> None:
    asked = replace(PROMISE.purposes["letters"], basis=Basis.CONSENT)
    before = replace(PROMISE, purposes={**PROMISE.purposes, "letters": asked})
    today = replace(PROMISE, version=replace(PROMISE.version, number=2, since=TODAY))
    terms = Terms.of(today, [before])
    grant = decide(asking("letters", "orders"), terms, State(), NOW).allowed["orders"]
    assert grant.since == terms.begins
