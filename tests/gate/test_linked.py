"""Two numbers that are one person, at the gate."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, SUGGEST, install, order, say, told, view
from stories import looks_of
from troth.actors import of_customer, of_job
from troth.app import App
from troth.cases.merging import Id
from troth.db import outbox
from troth.gate.use import Use
from troth.stops.model import Kind

DAY = timedelta(days=1)


def link(app: App, one: str, other: str) -> None:
    app.merging.link(Id(one), Id(other), by="test", now=app.clock.now(), two_accounts=True)


def unlink(app: App, one: str, other: str) -> None:
    app.merging.unlink(Id(one), Id(other), by="test", now=app.clock.now())


def own(app: App, customer: int, *kinds: str, asker: int | None = None) -> dict[str, int]:
    use = Use(of_customer(customer if asker is None else asker), "rights", frozenset(kinds))
    return {kind: len(items) for kind, items in app.gate.read(use, customer, now=NOW).items.items()}


def products(app: App, customer: int) -> set[object]:
    items = app.gate.read(SUGGEST, customer, now=NOW).items.get("orders", ())
    return {item.values["products.product_id"] for item in items}


def test_what_either_bought_is_read_of_both_and_opened_with_its_own_keys(app: App) -> None:
    app.gate.collect(IMPORT, [order("c1", "p1", at=NOW - 2 * DAY), order("c2", "p2", at=NOW - DAY)], NOW)
    one, two = say(app, "c1", ORDERS, "yes"), app.identity.get("c2")
    keys = [app._ring.count(number) for number in (one, two)]
    link(app, "c1", "c2")
    assert products(app, one) == products(app, two) == {"p1", "p2"}
    items = app.gate.read(SUGGEST, two, now=NOW).items["orders"]
    assert [item.at for item in items] == [NOW - 2 * DAY, NOW - DAY]
    # Each has one more, for who linked them and why; and the second for what is noted of them, as the first had.
    assert [app._ring.count(number) for number in (one, two)] == [keys[0] + 1, keys[1] + 2]


def test_a_no_on_one_side_ends_the_use_of_both_and_an_unlink_gives_both_back(app: App) -> None:
    app.gate.collect(IMPORT, [order("c1", "p1"), order("c2", "p2")], NOW)
    one, two = say(app, "c1", ORDERS, "yes"), say(app, "c2", ORDERS, "no")
    link(app, "c1", "c2")
    for number in (one, two):
        assert app.gate.decide(SUGGEST, number, now=NOW).refused["orders"].code.word == "refused"
        assert app.gate.read(SUGGEST, number, now=NOW).items == {}
    unlink(app, "c1", "c2")
    assert products(app, one) == {"p1"}
    assert app.gate.decide(SUGGEST, two, now=NOW).refused["orders"].code.word == "refused"


def test_a_yes_after_the_link_counts_for_both_under_whichever_id_it_is_said(app: App) -> None:
    app.gate.collect(IMPORT, [order("c1", "p1"), order("c2", "p2")], NOW)
    one, _ = say(app, "c1", ORDERS, "yes"), say(app, "c2", ORDERS, "no")
    link(app, "c1", "c2")
    say(app, "c2", ORDERS, "yes")
    assert products(app, one) == {"p1", "p2"}


def test_what_the_no_of_the_other_ends_is_deleted_under_both(app: App) -> None:
    for who in ("c1", "c2"):
        say(app, who, PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view("c1", "p1"), view("c2", "p2")], NOW)
    link(app, "c1", "c2")
    words = app.consent.words(PAGE_VIEWS)
    from troth.consent.model import Answer

    chosen = app.choosing.choose(app.identity.get("c1"), [(PAGE_VIEWS, Answer.NO, words.digest)], via="page", now=NOW)
    assert chosen.deleted == {"page_views": 2}
    assert [dict(app.gate.spans(app.identity.get(who))) for who in ("c1", "c2")] == [{}, {}]


def test_an_order_on_one_side_is_a_relationship_of_the_person(app: App) -> None:
    app.gate.collect(IMPORT, [order("c1", "p1")], NOW)
    app.identity.obtain("c2", now=NOW)
    mail = told("c2", email="c2@example.com")
    assert app.gate.collect(IMPORT, [mail], NOW)[0].code == "no_relationship"
    link(app, "c1", "c2")
    assert app.gate.collect(IMPORT, [mail], NOW)[0].arrived.value == "taken"
    unlink(app, "c1", "c2")
    assert dict(app.gate.spans(app.identity.get("c2"))) == {}, "nothing holds for it any more"


def test_the_same_order_under_two_ids_counts_once(app: App) -> None:
    app.gate.collect(IMPORT, [order("c1", "p1"), order("c2", "p1"), order("c2", "p2", order_id="o2")], NOW)
    one = say(app, "c1", ORDERS, "yes")
    link(app, "c1", "c2")
    assert own(app, one, "orders") == {"orders": 2}
    unlink(app, "c1", "c2")
    assert own(app, app.identity.get("c2"), "orders") == {"orders": 2}


def test_a_customer_sees_what_is_kept_under_their_linked_ids_and_nobody_elses(app: App) -> None:
    app.gate.collect(IMPORT, [order(who, f"p{who}", order_id=who) for who in ("c1", "c2", "c3")], NOW)
    one, two, three = (app.identity.get(who) for who in ("c1", "c2", "c3"))
    assert own(app, two, "orders", asker=one) == {}
    link(app, "c1", "c2")
    assert own(app, two, "orders", asker=one) == own(app, one, "orders") == {"orders": 2}
    assert own(app, three, "orders", asker=one) == own(app, one, "orders", asker=three) == {}
    unlink(app, "c1", "c2")
    assert own(app, two, "orders", asker=one) == {}


@pytest.mark.parametrize(
    ("kind", "word"), [(Kind.RESTRICTION, "restricted"), (Kind.CHILD, "child")], ids=["a restriction", "a child"]
)
def test_a_stop_of_one_holds_for_the_person_and_leaves_with_the_link(app: App, kind: Kind, word: str) -> None:
    app.gate.collect(IMPORT, [order("c1", "p1"), order("c2", "p2")], NOW)
    one, two = say(app, "c1", ORDERS, "yes"), say(app, "c2", ORDERS, "yes")
    app.stopping.put(kind, customer=two, by="test", now=NOW)
    link(app, "c1", "c2")
    assert app.gate.decide(SUGGEST, one, now=NOW).refused["orders"].code.word == word
    unlink(app, "c1", "c2")
    assert products(app, one) == {"p1"}
    assert app.gate.decide(SUGGEST, two, now=NOW).refused["orders"].code.word == word


def test_a_hold_on_one_keeps_what_a_no_of_the_other_would_delete(app: App) -> None:
    for who in ("c1", "c2"):
        say(app, who, PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view("c1", "p1"), view("c2", "p2")], NOW)
    app.stopping.put(Kind.HOLD, customer=app.identity.get("c2"), by="court", now=NOW)
    link(app, "c1", "c2")
    one = say(app, "c1", PAGE_VIEWS, "no")
    assert app.gate.spans(one)["page_views"].count == 2
    assert app.gate.overdue(now=NOW) == []


def test_the_outbox_tells_of_every_number_of_the_person(app: App) -> None:
    app.gate.collect(IMPORT, [order("c1", "p1"), order("c2", "p2")], NOW)
    link(app, "c1", "c2")
    numbers = {app.identity.get("c1"), app.identity.get("c2")}
    for act in (
        lambda: say(app, "c1", ORDERS, "no"),
        lambda: app.gate.collect(IMPORT, [order("c2", "p3", order_id="o3")], NOW),
        lambda: app.stopping.put(Kind.CHILD, customer=min(numbers), by="test", now=NOW),
    ):
        with app._databases[0].reading() as connection:
            before = outbox.newest(connection)
        act()
        with app._databases[0].reading() as connection:
            happened = outbox.since(connection, before)
        assert {one.customer for one in happened} == numbers


def test_who_works_here_is_noted_on_the_page_of_every_id_they_looked_into(app: App) -> None:
    from troth.actors import Actor, ActorKind

    app.gate.collect(IMPORT, [order("c1", "p1"), order("c2", "p2")], NOW)
    link(app, "c1", "c2")
    sam = Actor(ActorKind.PERSON, "sam", role="support", trained_until=NOW + DAY)
    use = Use(sam, "service", frozenset({"orders"}), reason="case 7")
    one, two = app.identity.get("c1"), app.identity.get("c2")
    assert len(app.gate.read(use, one, now=NOW).items["orders"]) == 2
    assert [len(looks_of(app, number)) for number in (one, two)] == [1, 1]


ACTS = ("yes", "no", "view", "order", "link", "unlink", "signal", "settle")


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(ACTS), st.integers(0, 3)), max_size=25))
def test_reading_one_and_reading_many_agree_whatever_is_linked(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[int, str, int]]
) -> None:
    app = install(tmp_path_factory.mktemp("home"))
    people = app.identity.people
    for who in range(4):
        app.identity.obtain(f"c{who}", now=NOW)
    for index, (who, act, other) in enumerate(acts):
        _act(app, f"c{who}", act, f"c{other}", NOW - timedelta(minutes=index))
    many = dict(app.gate.read_many(SUGGEST, now=NOW))
    seen: set[int] = set()
    for who in range(4):
        customer = app.identity.get(f"c{who}")
        with app._databases[0].reading() as connection:
            numbers = people.numbers(connection, customer)
        one = app.gate.read(SUGGEST, customer, now=NOW)
        assert one.verdict == app.gate.decide(SUGGEST, customer, now=NOW)
        assert many.get(min(numbers), {}) == (one.items if any(one.items.values()) else {})
        assert app.gate.heads([customer]) == ({customer: min(numbers)} if len(numbers) > 1 else {})
        seen.add(min(numbers))
    assert many.keys() <= seen
    assert app.gate.overdue(now=NOW) == []
    app.close()


def _act(app: App, who: str, act: str, other: str, at: object) -> None:
    from datetime import datetime

    from troth.errors import InputError

    assert isinstance(at, datetime)
    match act:
        case "view":
            app.gate.collect(IMPORT, [view(who, "p1", at=at)], NOW)
        case "order":
            app.gate.collect(IMPORT, [order(who, "p1", at=at)], NOW)
        case "signal":
            app.stopping.put(Kind.OPT_OUT, customer=app.identity.get(who), by="browser", now=NOW)
        case "settle":
            app.gate.settle(app.identity.get(who), now=NOW)
        case "link" | "unlink":
            try:
                (link if act == "link" else unlink)(app, who, other)
            except InputError:
                return  # the same one twice, or no such link
        case answer:
            say(app, who, PAGE_VIEWS, answer)


def test_a_job_counts_a_person_once(app: App) -> None:
    app.gate.collect(IMPORT, [order(f"c{n}", f"p{n}", order_id=f"o{n}") for n in range(4)], NOW)
    for n in range(4):
        say(app, f"c{n}", ORDERS, "yes")
    link(app, "c1", "c3")
    fit = Use(of_job("fit", "suggestions"), "suggestions", frozenset({"orders"}))
    counted = {who: len(items["orders"]) for who, items in app.gate.read_many(fit, now=NOW)}
    expected = {app.identity.get("c0"): 1, app.identity.get("c1"): 2, app.identity.get("c2"): 1}
    assert counted == expected
