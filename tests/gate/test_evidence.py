import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import sleep

import pytest
from sqlalchemy import text

from agencies import promise_with_agency
from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, install, order, say, told, view
from stories import entries_of, looks_of
from troth.actors import Actor, ActorKind, of_customer, of_job, of_service
from troth.app import App
from troth.cases.erasure import Erasure
from troth.errors import InputError, NotAllowedError, NotFoundError, TrothError, UnavailableError
from troth.gate.gate import Answer
from troth.gate.use import Act, Use
from troth.keeper import KeeperReport
from troth.ledger.model import Kind, Story

YEAR_END = date(2026, 12, 31)
LOOK = frozenset({"email", "orders"})


@pytest.fixture
def customer(app: App) -> int:
    app.staff.add("sam", "support", trained_until=YEAR_END, by="Isa", now=NOW)
    app.staff.add("max", "marketer", trained_until=YEAR_END, by="Isa", now=NOW)
    return _customer(app)


def _customer(app: App) -> int:
    app.gate.collect(IMPORT, [order("c1", "p1"), told("c1", email="c1@example.com")], NOW)
    say(app, "c1", ORDERS, "yes")
    say(app, "c1", PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view("c1", "p2")], NOW)
    return app.identity.get("c1")


def _use(app: App, name: str = "sam", *, purpose: str = "service", reason: str = "case 12") -> Use:
    return Use(app.staff.actor(name), purpose, LOOK, reason=reason)


def _codes(answer: Answer) -> dict[str, str]:
    return {kind: refusal.code.word for kind, refusal in answer.verdict.refused.items()}


def test_what_a_person_reads_is_noted_with_who_why_and_what(app: App, customer: int) -> None:
    use = replace(_use(app, reason="  parcel lost, case 12 "), data=LOOK | {"page_views"})
    answer = app.gate.read(use, customer, now=NOW)
    assert {kind: len(items) for kind, items in answer.items.items()} == {"email": 1, "orders": 1}
    (entry,) = looks_of(app, customer)
    assert (entry.kind, entry.at, entry.what.actor) == (Kind.READ, NOW, ActorKind.PERSON)
    assert (entry.what.name, entry.what.role, entry.what.agency) == ("sam", "support", "")
    assert (entry.what.purpose, entry.what.reason) == ("service", "parcel lost, case 12")
    assert entry.what.allowed == ("email", "orders")
    assert entry.what.refused == {"page_views": "role_may_not"}


def test_a_marketer_with_aggregate_sees_no_person_and_the_attempt_is_noted(app: App, customer: int) -> None:
    use = replace(_use(app, "max", purpose="suggestions"), data=frozenset({"orders", "page_views"}))
    answer = app.gate.read(use, customer, now=NOW)
    assert answer.items == {}
    (entry,) = looks_of(app, customer)
    assert entry.what.name == "max"
    assert entry.what.allowed == ()
    assert entry.what.refused == dict.fromkeys(("orders", "page_views"), "aggregate_only")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": ""}, "reason_missing"),
        ({"reason": "   "}, "reason_missing"),
        ({"purpose": "suggestions"}, "role_may_not"),
        ({"purpose": "rights"}, "role_may_not"),
        ({"purpose": "evidence"}, "role_may_not"),
        ({"purpose": "gossip"}, "role_may_not"),
    ],
)
def test_a_refusal_is_noted_and_nothing_is_let_out(
    app: App, customer: int, change: dict[str, str], code: str
) -> None:
    answer = app.gate.read(replace(_use(app), **change), customer, now=NOW)  # type: ignore[arg-type] # all are text
    assert answer.items == {}
    assert answer.verdict.allowed == {}
    (entry,) = looks_of(app, customer)
    assert entry.what.refused == _codes(answer)
    assert entry.what.refused == dict.fromkeys(LOOK, code)


@pytest.mark.parametrize(
    "reason", ["one\ntwo", "x" * 201, "x" * 10_000, "\x1b]0;title\x07", "turned \u202e", "\ud800", "a\u2028b"]
)
def test_a_reason_that_is_no_line_of_text_reads_nothing(app: App, customer: int, reason: str) -> None:
    with pytest.raises(InputError, match="nothing was read"):
        app.gate.read(_use(app, reason=reason), customer, now=NOW)
    assert looks_of(app, customer) == ()


def test_names_that_are_none_are_refused_and_noted_short(app: App, customer: int) -> None:
    wild = "\x1b[2J\ud800" + "y" * 9_000
    use = Use(Actor(ActorKind.PERSON, wild, role=wild), wild, frozenset({wild}), reason="case 12")
    assert app.gate.read(use, customer, now=NOW).items == {}
    (entry,) = looks_of(app, customer)
    assert {len(name) for name in (entry.what.name, entry.what.role, entry.what.purpose, *entry.what.refused)} == {64}


def test_training_ends_with_its_last_day_at_the_company(app: App, customer: int) -> None:
    app.staff.train("sam", date(2026, 11, 22), by="Isa", now=NOW)
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    before = app.gate.read(_use(app), customer, now=midnight - timedelta(microseconds=1))
    assert set(before.items) == LOOK
    assert before.verdict.until == midnight
    assert set(_codes(app.gate.read(_use(app), customer, now=midnight)).values()) == {"training_lapsed"}
    assert [entry.what.allowed for entry in looks_of(app, customer)] == [("email", "orders"), ()]


def test_an_agencys_person_sees_nothing_once_the_contract_is_over(tmp_path: Path) -> None:
    app = install(tmp_path / "home", promise=promise_with_agency(tmp_path))
    customer = _customer(app)
    app.staff.add("bea", "support", agency="brightmail", trained_until=date(2028, 1, 1), by="Isa", now=NOW)
    assert set(app.gate.read(_use(app, "bea"), customer, now=NOW).items) == LOOK
    after = app.gate.read(_use(app, "bea"), customer, now=datetime(2027, 1, 1, tzinfo=UTC))
    assert after.items == {}
    assert set(_codes(after).values()) == {"no_contract"}
    assert {entry.what.agency for entry in looks_of(app, customer)} == {"brightmail"}
    assert [bool(entry.what.allowed) for entry in looks_of(app, customer)] == [True, False]
    app.close()


def test_what_is_handed_out_is_noted_whoever_asks(app: App, customer: int) -> None:
    use = Use(of_service("export", "service"), "service", LOOK, act=Act.DISCLOSE, recipient="parcelo")
    assert app.gate.read(use, customer, now=NOW).items == {}
    (entry,) = looks_of(app, customer)
    assert (entry.kind, entry.what.actor) == (Kind.DISCLOSED, ActorKind.SERVICE)
    assert (entry.what.recipient, entry.what.refused["orders"]) == ("parcelo", "recipient_unknown")


@pytest.mark.parametrize("act", list(Act))
def test_nobody_reads_many_or_hands_out_many_in_one_go(app: App, customer: int, act: Act) -> None:
    person = Use(app.staff.actor("sam"), "service", LOOK, reason="all of them", act=act)
    with pytest.raises(NotAllowedError, match="one customer at a time"):
        next(app.gate.read_many(person, now=NOW))
    if act is Act.DISCLOSE:
        job = Use(of_job("export", "service"), "service", LOOK, act=act, recipient="parcelo")
        with pytest.raises(NotAllowedError):
            next(app.gate.read_many(job, now=NOW))
    assert looks_of(app, customer) == ()


def test_the_customers_own_look_leaves_no_entry_and_waits_for_no_writer(app: App, customer: int) -> None:
    before = entries_of(app, customer)
    own = Use(of_customer(customer), "rights", LOOK)
    with app._databases[0].writing():
        assert app.gate.read(own, customer, now=NOW).items.keys() == LOOK
    assert entries_of(app, customer) == before


def test_where_it_can_not_be_noted_nothing_is_let_out(app: App, customer: int) -> None:
    app.gate.read(_use(app), customer, now=NOW)
    with app._databases[0].writing() as connection:
        connection.execute(text("DROP TABLE ledger_leaves"))
    with pytest.raises(UnavailableError):
        app.gate.read(_use(app), customer, now=NOW)


def test_a_look_that_waits_for_an_erasure_sees_nothing(app: App, customer: int) -> None:
    """The look is asked for first; the lock of the erasure is on the disk first."""
    found: list[object] = []

    def look() -> None:
        try:
            found.append(app.gate.read(_use(app), customer, now=NOW))
        except TrothError as error:
            found.append(error.code)

    thread = threading.Thread(target=look)
    with app._databases[0].writing() as connection:
        thread.start()
        sleep(0.3)
        app.identity.restrict(connection, customer)
    thread.join()
    assert found == ["customer_gone"]
    assert looks_of(app, customer) == ()


class _Looks:
    """A room at whose turn in an erasure somebody looks."""

    room = "looks"

    def __init__(self, look: Callable[[], object]) -> None:
        self._look = look

    def describe(self, customer: int) -> KeeperReport:
        return KeeperReport(self.room, {"customer": customer})

    def forget(self, customer: int, *, now: datetime) -> KeeperReport:
        with pytest.raises(NotFoundError):
            self._look()
        return KeeperReport(self.room, {"looked at": int(now == NOW) and customer})


@pytest.mark.parametrize("last", [False, True])
def test_a_look_amid_an_erasure_leaves_no_entry_and_no_key(app: App, customer: int, *, last: bool) -> None:
    app.gate.read(_use(app), customer, now=NOW)
    assert len(looks_of(app, customer)) == 1
    looks = _Looks(lambda: app.gate.read(_use(app), customer, now=NOW))
    keepers = (*app.keepers, looks) if last else (looks, *app.keepers)
    erasure = Erasure(
        app._databases[0],
        gate=app.gate,
        identity=app.identity,
        ring=app._ring,
        journal=app._journal,
        ledger=app.ledger,
        keepers=keepers,
    )
    done = erasure.erase(customer, now=NOW)
    assert {"ledger": {"entries": 6}}.items() <= {report.room: report.counts for report in done.reports}.items()
    assert set(done.kept) == {"orders"}
    assert app._ring.count(customer) == 1
    assert app.ledger.of_customer(customer) == Story()
    with pytest.raises(NotFoundError):
        app.gate.read(_use(app), customer, now=NOW)


def test_looking_and_erasing_at_once_end_without_a_trace(app: App, customer: int) -> None:
    seen: list[str] = []

    def look() -> None:
        while True:
            try:
                seen.extend(app.gate.read(_use(app), customer, now=NOW).items)
            except TrothError as error:
                seen.append(error.code)
                return

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    while not seen:
        sleep(0.01)
    app.erasure.erase(customer, now=NOW)
    for thread in threads:
        thread.join()
    assert set(seen) <= {"email", "orders", "customer_gone", "key_gone"}
    assert app.ledger.of_customer(customer) == Story()
    assert app._ring.count(customer) == 1


def test_somebody_nobody_knows_can_not_be_looked_at(app: App, customer: int) -> None:
    for number in (0, -1, customer + 1):
        with pytest.raises(NotFoundError):
            app.gate.read(_use(app), number, now=NOW)
        assert app._ring.count(number) == 0
