from datetime import timedelta
from pathlib import Path

import pytest

from installations import GARDEN, IMPORT, NOW, ORDERS, PAGE_VIEWS, SUGGEST, WEB, install, order, say, told, view
from recommend.shops import checkerboard, engine_of, product
from troth.actors import of_customer, of_job
from troth.app import App
from troth.db import outbox
from troth.errors import InputError, NotAllowedError, NotFoundError
from troth.gate.use import Use
from troth.promise.model import Clause
from troth.recommend.ladder import Rung
from troth.stops.model import EVERYBODY, Kind

LATER = NOW + timedelta(hours=1)
MUCH_LATER = NOW + timedelta(days=200)


def _customer(app: App) -> int:
    """Return a customer who bought something, looked at something, and lets both be used."""
    number = say(app, "c1", PAGE_VIEWS, "yes")
    say(app, "c1", ORDERS, "yes")
    app.gate.collect(IMPORT, [order("c1", "p1"), view("c1", "p2")], NOW)
    return number


def _why(app: App, customer: int, purpose: str, data: str) -> str:
    use = Use(of_job("test", purpose), purpose, frozenset({data}))
    refused = app.gate.read(use, customer, now=LATER).verdict.refused
    assert {who for who, _ in app.gate.read_many(use, now=LATER)} == (set() if refused else {customer})
    return refused[data].code.word if refused else "allowed"


def _own(app: App, customer: int) -> dict[str, int]:
    use = Use(of_customer(customer), "rights", frozenset(app.promise.data))
    return {kind: len(items) for kind, items in app.gate.read(use, customer, now=LATER).items.items() if items}


def _removals(app: App) -> list[tuple[int, str, bool]]:
    with app._databases[0].reading() as connection:
        return [(one.customer, one.what, one.removal) for one in outbox.since(connection, 0)]


def test_a_restriction_stops_all_but_the_law_and_deletes_nothing(app: App) -> None:
    customer = _customer(app)
    stopped = app.stopping.put(Kind.RESTRICTION, customer=customer, by="privacy desk", why="case 12", now=NOW)
    assert stopped.deleted == {}
    assert _why(app, customer, "suggestions", "orders") == "restricted"
    assert _why(app, customer, "tax", "orders") == "allowed"
    app.gate.settle(customer, now=MUCH_LATER)
    assert app.gate.overdue(now=MUCH_LATER) == []
    assert _own(app, customer) == {"orders": 1, "page_views": 1}
    lifted = app.stopping.lift(Kind.RESTRICTION, customer=customer, by="privacy desk", now=MUCH_LATER)
    assert lifted.deleted == {"page_views": 1}
    assert _why(app, customer, "suggestions", "orders") == "allowed"


def test_a_childs_items_that_only_personalised_are_deleted(app: App) -> None:
    customer = _customer(app)
    assert app.stopping.put(Kind.CHILD, customer=customer, by="declared age", now=NOW).deleted == {"page_views": 1}
    assert _why(app, customer, "suggestions", "orders") == "child"
    assert _why(app, customer, "service", "orders") == "allowed"
    app.stopping.lift(Kind.CHILD, customer=customer, by="staff", why="was a typing error", now=NOW)
    assert _why(app, customer, "suggestions", "orders") == "allowed"


@pytest.mark.parametrize(("kind", "target"), [(Kind.CHILD, ""), (Kind.RESTRICTION, ""), (Kind.PAUSE, "suggestions")])
def test_who_is_stopped_is_not_judged_by_the_present_visit_either(app: App, kind: Kind, target: str) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    customer = app.identity.obtain("newcomer", now=NOW)
    seen = [product(3)]
    assert suggestions.suggest(WEB, customer, most=3, now=NOW, session=seen).rung is Rung.SESSION
    app.stopping.put(kind, customer=EVERYBODY if target else customer, target=target, by="staff", now=NOW)
    suggestions.refresh(now=NOW)
    expected = Rung.CATALOGUE if target else Rung.BEST_SELLERS
    assert suggestions.suggest(WEB, customer, most=3, now=NOW, session=seen).rung is expected


def test_an_objection_to_letters_holds_until_a_later_yes(app: App) -> None:
    customer = _customer(app)
    news = Clause("newsletter", "email")
    app.gate.collect(IMPORT, [told("c1", email="c1@example.com")], NOW)
    say(app, "c1", news, "yes")
    app.stopping.put(Kind.OBJECTION, customer=customer, target="newsletter", by="customer", now=NOW)
    assert _why(app, customer, "newsletter", "email") == "objected"
    words = app.consent.words(news)
    from troth.consent.model import Answer

    app.choosing.choose(customer, [(news, Answer.YES, words.digest)], via="page", now=NOW + timedelta(minutes=1))
    assert _why(app, customer, "newsletter", "email") == "allowed"
    app.stopping.put(Kind.OBJECTION, customer=customer, target="newsletter", by="customer", now=LATER)
    assert _why(app, customer, "newsletter", "email") == "objected"


def test_a_pause_stops_a_purpose_for_everybody_and_deletes_nothing(app: App) -> None:
    customer = _customer(app)
    app.stopping.put(Kind.PAUSE, target="suggestions", by="breaker", why="6 complaints per 10000", now=NOW)
    assert _why(app, customer, "suggestions", "orders") == "paused"
    assert app.gate.collect(IMPORT, [view("c2", "p1"), view("c1", "p3")], NOW)[1].code == "paused"
    assert app.gate.settle(customer, now=NOW) == {}
    assert app.gate.overdue(now=NOW) == []
    app.stopping.lift(Kind.PAUSE, target="suggestions", by="Ana Reyes", now=NOW)
    assert _why(app, customer, "suggestions", "page_views") == "allowed"


def test_a_pause_takes_everybody_out_of_the_model_and_its_end_brings_them_back(app: App) -> None:
    _customer(app)
    app.catalogue.put([])
    app.suggestions.fit(now=NOW)
    for act in (app.stopping.put, app.stopping.lift):
        act(Kind.PAUSE, target="suggestions", by="breaker", now=NOW)
        app.suggestions.refresh(now=NOW)
        assert app.verify_model().holds


def test_nothing_is_deleted_while_a_legal_hold_stands(app: App) -> None:
    customer = _customer(app)
    app.gate.collect(IMPORT, [told("c1", at=NOW - timedelta(days=2), email="old@example.com")], NOW)
    app.stopping.put(Kind.HOLD, customer=customer, by="counsel", why="case 7", now=NOW)
    say(app, "c1", PAGE_VIEWS, "no")
    app.gate.collect(IMPORT, [told("c1", email="new@example.com")], NOW)
    assert app.gate.overdue(now=MUCH_LATER) == []
    assert app.gate.settle(customer, now=MUCH_LATER, by_clock=True) == {}
    assert _own(app, customer) == {"orders": 1, "page_views": 1, "email": 2}
    with pytest.raises(NotAllowedError, match="legal hold"):
        app.erasure.erase(customer, now=NOW)
    assert _why(app, customer, "suggestions", "orders") == "allowed"
    assert app.stopping.lift(Kind.HOLD, customer=customer, by="counsel", now=LATER).deleted == {"page_views": 1}
    app.erasure.erase(customer, now=LATER)
    assert app.identity.find("c1") is None


def test_who_is_being_erased_can_be_stopped_no_more(app: App) -> None:
    customer = _customer(app)
    app.stopping.put(Kind.CHILD, customer=customer, by="staff", now=NOW)
    app.erasure.erase(customer, now=NOW)
    assert app.stops.history(customer) == []
    assert app.stops.describe(customer).counts == {}
    for act in (app.stops.put, app.stops.lift):
        with pytest.raises((NotFoundError, InputError)):
            act(Kind.HOLD, customer=customer, by="counsel", now=NOW)


def test_a_signal_is_recorded_once(app: App) -> None:
    customer = _customer(app)
    first = app.stops.put(Kind.OPT_OUT, customer=customer, by="signal", now=NOW)
    assert app.stops.put(Kind.OPT_OUT, customer=customer, by="signal", now=LATER) == first
    assert app.stops.history(customer) == [first]


def test_the_outbox_tells_of_what_ends_a_use_and_of_nothing_else(app: App) -> None:
    customer, other = _customer(app), say(app, "c2", ORDERS, "no")
    before = len(_removals(app))
    for kind in (Kind.RESTRICTION, Kind.CHILD, Kind.OPT_OUT, Kind.HOLD):
        app.stops.put(kind, customer=customer, by="staff", now=NOW)
    app.stops.lift(Kind.CHILD, customer=customer, by="staff", now=NOW)
    app.stops.put(Kind.PAUSE, target="tax", by="staff", now=NOW)
    assert _removals(app)[before:] == [
        (customer, "restriction put", True),
        (customer, "child put", True),
        (customer, "opt-out put", True),
        (customer, "child lifted", False),
        (customer, "pause put", True),
        (other, "pause put", True),
    ]


def test_what_stands_and_what_was_is_shown_with_who_and_why(app: App) -> None:
    app.stops.put(Kind.PAUSE, target="newsletter", by=" Ana Reyes ", why=" too many letters ", now=NOW)
    (stop,) = app.stops.standing()
    assert (stop.customer, stop.target, stop.at, stop.by) == (EVERYBODY, "newsletter", NOW, "Ana Reyes")
    assert stop.why == "too many letters"
    app.stops.lift(Kind.PAUSE, target="newsletter", by="Ana Reyes", now=LATER)
    assert app.stops.standing() == []
    assert [one.act.value for one in app.stops.history()] == ["put", "lifted"]


@pytest.mark.parametrize(
    ("kind", "of_customer_", "target", "code"),
    [
        (Kind.CHILD, False, "", "stop_whose"),
        (Kind.PAUSE, True, "tax", "stop_whose"),
        (Kind.CHILD, True, "tax", "stop_of_what"),
        (Kind.PAUSE, False, "", "stop_of_what"),
        (Kind.PAUSE, False, "unknown", "purpose_unknown"),
        (Kind.CUT_OFF, False, "unknown", "recipient_unknown"),
        (Kind.OBJECTION, True, "service", "objection_without_effect"),
        (Kind.OBJECTION, True, "tax", "objection_without_effect"),
    ],
)
def test_a_stop_that_can_not_be_is_refused(
    app: App, kind: Kind, *, of_customer_: bool, target: str, code: str
) -> None:
    customer = _customer(app) if of_customer_ else EVERYBODY
    with pytest.raises(InputError) as refused:
        app.stops.put(kind, customer=customer, target=target, by="staff", now=NOW)
    assert refused.value.code == code
    assert app.stops.history(customer) == []


@pytest.mark.parametrize(("by", "why"), [("", "x"), (" ", "x"), ("x" * 201, "x"), ("x", "x" * 201)])
def test_who_and_why_are_a_few_words(app: App, by: str, why: str) -> None:
    with pytest.raises(InputError, match="few words"):
        app.stops.put(Kind.PAUSE, target="tax", by=by, why=why, now=NOW)


def test_what_does_not_stand_can_not_be_lifted(app: App) -> None:
    with pytest.raises(InputError, match="no such stop"):
        app.stops.lift(Kind.PAUSE, target="tax", by="staff", now=NOW)


def test_a_cut_off_recipient_is_recorded(tmp_path: Path) -> None:
    promise = tmp_path / "promise.yaml"
    recipient = (
        "recipients:\n  parcelo:\n    title: Parcelo\n    role: processor\n    country: GB\n"
        "    for: {service: [orders]}\n    contract: {signed: 2026-02-01, until: 2027-02-01, reference: DPA-17}\n"
        "    checked: {on: 2026-09-01, every: 12 months, evidence: docs/soc2.pdf}\n"
    )
    promise.write_text(GARDEN.read_text().replace("recipients: {}\n", recipient))
    app = install(tmp_path / "home", promise=promise)
    customer = _customer(app)
    from troth.gate.use import Act

    send = Use(of_job("ship", "service"), "service", frozenset({"orders"}), Act.DISCLOSE, recipient="parcelo")
    assert set(app.gate.read(send, customer, now=NOW).items) == {"orders"}
    app.stopping.put(Kind.CUT_OFF, target="parcelo", by="Isa Moor", why="leak", now=NOW)
    assert app.gate.read(send, customer, now=NOW).verdict.refused["orders"].code.word == "cut_off"
    app.close()


def test_a_comparison_is_read_of_many_and_never_of_one(app: App) -> None:
    customer = _customer(app)
    app.gate.collect(IMPORT, [order("c2", "p1")], NOW)
    say(app, "c2", ORDERS, "yes")
    job = of_job("balance", "measure")
    use = Use(job, "measure", SUGGEST.data, compared=frozenset({ORDERS, PAGE_VIEWS}))
    assert [who for who, _ in app.gate.read_many(use, now=NOW)] == [customer]
    one = app.gate.read(use, customer, now=NOW)
    assert one.items == {}
    assert {refusal.code.word for refusal in one.verdict.refused.values()} == {"aggregate_only"}
