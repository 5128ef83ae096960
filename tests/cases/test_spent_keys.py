"""With the last of a kind goes its key: after a no, a stop, the clock; and what is there opens at every moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, SUGGEST, install, order, promise_after, say, told, view
from troth.actors import of_customer, of_job
from troth.app import App
from troth.cases.merging import Id
from troth.catalogue.model import Product
from troth.db import spent
from troth.db.engine import Connection
from troth.gate.removal import Wanted
from troth.gate.use import Item, Use
from troth.jobs.retention import delete_what_is_over
from troth.journal.model import What
from troth.keys.ring import KeyGoneError
from troth.stops.model import Kind
from troth.vault.model import Locked
from troth.vault.store import Vault

LATER = NOW + timedelta(days=91)
VIEWS = Use(of_job("fit", "suggestions"), "suggestions", frozenset({"orders", "page_views"}))


def keys(app: App, customer: int) -> set[str]:
    """Return the kinds of all keys of a customer."""
    with app._databases[1].reading() as connection:
        from sqlalchemy import select

        from troth.keys.store import customer_keys

        wanted = select(customer_keys.c.kind).where(customer_keys.c.customer == customer)
        return set(connection.execute(wanted).scalars())


def own(app: App, customer: int) -> dict[str, tuple[Item, ...]]:
    """Return what the customer's own page shows, by kind."""
    use = Use(of_customer(customer), "rights", frozenset(app.promise.data))
    return {kind: items for kind, items in app.gate.read(use, customer, now=NOW).items.items() if items}


def full(app: App, who: str = "c1") -> int:
    app.gate.collect(IMPORT, [order(who, "p1"), told(who, email=f"{who}@example.com")], NOW)
    customer = say(app, who, ORDERS, "yes")
    say(app, who, PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view(who, "p1"), view(who, "p2", at=NOW - timedelta(hours=2))], NOW)
    return customer


def waiting(app: App) -> list[int]:
    with app._databases[0].reading() as connection:
        return spent.customers(connection)


def test_a_no_takes_the_key_along_and_a_later_yes_gets_another(app: App) -> None:
    customer, other = full(app), full(app, "c2")
    before = app._ring._store.find_one(customer, "page_views")
    say(app, "c1", PAGE_VIEWS, "no")
    assert keys(app, customer) == {"orders", "email", "identity", "room:ledger"}
    assert waiting(app) == []
    say(app, "c1", PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view("c1", "p3")], NOW)
    assert len(own(app, customer)["page_views"]) == 1
    assert app._ring._store.find_one(customer, "page_views") not in {None, before}
    assert len(own(app, other)["page_views"]) == 2


def test_a_no_to_what_others_need_leaves_the_key(app: App) -> None:
    customer = full(app)
    say(app, "c1", ORDERS, "no")
    assert "orders" in keys(app, customer)
    assert len(own(app, customer)["orders"]) == 1


def test_the_models_part_goes_with_its_key_after_a_no(app: App) -> None:
    app.catalogue.put([Product("p1", "One")])
    customer, other = full(app), full(app, "c2")
    app.suggestions.fit(now=NOW)
    (part,) = keys(app, customer) - {"orders", "email", "identity", "page_views", "room:ledger"}
    say(app, "c1", ORDERS, "no")
    assert part in keys(app, customer), "the model still holds it"
    app.suggestions.refresh(now=NOW)
    delete_what_is_over(app.gate, app.spent_keys, now=NOW)
    assert part not in keys(app, customer)
    assert part in keys(app, other)
    say(app, "c1", ORDERS, "yes")
    app.suggestions.refresh(now=NOW)
    assert app.verify_model().holds
    say(app, "c1", ORDERS, "no")
    app.suggestions.fit(now=NOW)
    assert app.spent_keys.resume() == 1, "a model made anew without them is noted as well"


def test_a_part_that_is_made_again_before_its_key_went_keeps_it(app: App) -> None:
    app.catalogue.put([Product("p1", "One")])
    customer = full(app)
    app.suggestions.fit(now=NOW)
    before = keys(app, customer)
    say(app, "c1", ORDERS, "no")
    app.suggestions.refresh(now=NOW)
    say(app, "c1", ORDERS, "yes")
    app.suggestions.refresh(now=NOW)
    assert app.spent_keys.resume() == 0
    assert keys(app, customer) == before
    assert app.verify_model().holds


def test_the_clock_takes_the_key_along(app: App) -> None:
    numbers = [full(app, f"c{number}") for number in range(3)]
    app.gate.collect(IMPORT, [view("c0", "p5", at=NOW)], NOW)
    almost = NOW - timedelta(hours=1) + timedelta(days=90)
    delete_what_is_over(app.gate, app.spent_keys, now=almost)
    assert ["page_views" in keys(app, number) for number in numbers] == [True, False, False]
    delete_what_is_over(app.gate, app.spent_keys, now=LATER)
    assert ["page_views" in keys(app, number) for number in numbers] == [False, False, False]


def test_an_objection_takes_the_key_along_and_a_hold_keeps_it(tmp_path: Path) -> None:
    app = install(tmp_path)
    customer, held = full(app), full(app, "c2")
    app.stopping.put(Kind.HOLD, customer=held, by="case 1", now=NOW)
    for number in (customer, held):
        app.stopping.put(Kind.OBJECTION, customer=number, target="suggestions", by="case 2", now=NOW)
    assert "page_views" not in keys(app, customer)
    assert "page_views" in keys(app, held)
    app.stopping.lift(Kind.HOLD, customer=held, by="case 1", now=NOW)
    assert "page_views" not in keys(app, held)
    app.close()


def test_of_linked_people_the_keys_of_all_go(app: App) -> None:
    numbers = [full(app, who) for who in ("c1", "c2")]
    app.merging.link(Id("c1"), Id("c2"), by="test", now=NOW, two_accounts=True)
    say(app, "c2", PAGE_VIEWS, "no")
    assert all("page_views" not in keys(app, number) for number in numbers)


def test_what_the_law_kept_of_somebody_erased_takes_its_key_along_at_its_end(app: App) -> None:
    customer = full(app)
    app.erasure.erase(customer, now=NOW)
    assert keys(app, customer) == {"orders"}
    assert waiting(app) == []
    before = app._journal.newest()
    delete_what_is_over(app.gate, app.spent_keys, now=NOW.replace(year=2032))
    assert keys(app, customer) == set()
    assert app._journal.newest() == before, "of who was erased the journal tells that alone"


def test_a_key_under_which_something_was_sealed_again_is_kept(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = full(app)
    kept = app._ring._store.find_one(customer, "page_views")
    # What another worker may do between the no and the destroying of the key.
    really = type(app.spent_keys).destroy

    def meanwhile(self: object, numbers: list[int]) -> object:
        monkeypatch.undo()
        say(app, "c1", PAGE_VIEWS, "yes")
        app.gate.collect(IMPORT, [view("c1", "p9")], NOW)
        return really(self, numbers)  # type: ignore[arg-type]  # as it is called

    monkeypatch.setattr(type(app.spent_keys), "destroy", meanwhile)
    say(app, "c1", PAGE_VIEWS, "no")
    assert waiting(app) == []
    assert app._ring._store.find_one(customer, "page_views") == kept
    assert [item.values["product_id"] for item in own(app, customer)["page_views"]] == ["p9"]


def test_what_is_brought_in_while_a_key_is_destroyed_waits_and_gets_a_new_one(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Thread

    customer, really, others = full(app), app._ring.destroy_each, list[Thread]()

    def slowly(pairs: set[tuple[int, str]]) -> int:
        # Here the look was made. Another thread brings something in: it must not come before the key is gone.
        newer = view("c1", "p9", at=NOW + timedelta(minutes=30))
        bring = Thread(target=lambda: app.gate.collect(IMPORT, [newer], NOW + timedelta(hours=1)))
        others.append(bring)
        bring.start()
        bring.join(0.2)
        assert bring.is_alive(), "it waits for this transaction"
        return really(pairs)

    monkeypatch.setattr(app._ring, "destroy_each", slowly)
    app.deleting.delete(Wanted(kind="page_views"), customer, now=NOW)
    others[0].join()
    assert [item.values["product_id"] for item in own(app, customer)["page_views"]] == ["p9"]


@contextmanager
def _once_before_opening(app: App, monkeypatch: pytest.MonkeyPatch, who: str) -> Iterator[None]:
    """While the block runs: once, between somebody's snapshot and the opening, they say no."""
    really = Vault.open

    def late(self: Vault, customer: int, kind: str, rows: list[Locked], *, is_locked: bool = False) -> object:
        if kind == "page_views" and customer == app.identity.get(who):
            monkeypatch.setattr(Vault, "open", really)
            say(app, who, PAGE_VIEWS, "no")
        return really(self, customer, kind, rows, is_locked=is_locked)

    monkeypatch.setattr(Vault, "open", late)
    yield
    monkeypatch.setattr(Vault, "open", really)


def test_a_read_that_comes_too_late_for_the_key_sees_what_is_there_now(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = full(app)
    with _once_before_opening(app, monkeypatch, "c1"):
        answer = app.gate.read(SUGGEST, customer, now=NOW)
    assert {kind: len(items) for kind, items in answer.items.items()} == {"orders": 1}


def test_reading_everybody_does_not_fail_for_one_whose_key_went(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [full(app, f"c{number}") for number in range(3)]
    with _once_before_opening(app, monkeypatch, "c1"):
        found = {
            who: {kind: len(few) for kind, few in items.items()} for who, items in app.gate.read_many(VIEWS, now=NOW)
        }
    everything = {"orders": 1, "page_views": 2}
    assert found == {numbers[0]: everything, numbers[1]: {"orders": 1}, numbers[2]: everything}


def test_a_key_that_is_lost_for_good_is_still_told(app: App) -> None:
    customer = full(app)
    app._ring.destroy_each([(customer, "page_views")])
    with pytest.raises(KeyGoneError):
        app.gate.read(SUGGEST, customer, now=NOW)


@pytest.mark.sqlite
def test_rows_of_an_older_copy_whose_key_is_gone_go_and_nothing_fails(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "home" / "data" / "troth.db"
    app = install(home)
    numbers = [full(app, who) for who in ("c1", "c2", "c3")]
    app.close()
    copied = file.read_bytes()
    app = install(home)
    say(app, "c1", PAGE_VIEWS, "no")
    say(app, "c2", PAGE_VIEWS, "no")
    # Who said yes again has a new key. In the copy their rows lie under the old one.
    say(app, "c2", PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view("c2", "p7")], NOW)
    app.close()
    file.write_bytes(copied)
    app = install(home)
    assert app.replayed.done == {What.REFUSED: 2, What.DELETED: 2}
    for number, views in zip(numbers, (0, 0, 2), strict=True):
        assert len(own(app, number).get("page_views", ())) == views
        assert "page_views" in app.gate.read(SUGGEST, number, now=NOW).items or not views
    assert [who for who, _ in app.gate.read_many(VIEWS, now=NOW)] == numbers
    app.close()


@pytest.mark.sqlite
def test_of_an_older_copy_nothing_without_a_key_is_kept_for_a_law_that_came_since(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "home" / "data" / "troth.db"
    app = install(home)
    customer = full(app)
    app.close()
    copied = file.read_bytes()
    app = install(home)
    say(app, "c1", PAGE_VIEWS, "no")
    app.close()
    file.write_bytes(copied)
    since = "law: UK Companies Act 2006 s388\n    data: [orders"
    app = install(home, promise=promise_after(tmp_path, (f"{since}]", f"{since}, page_views]")))
    assert "page_views" not in own(app, customer)
    app.close()


def test_a_note_of_a_key_that_another_process_destroyed_is_struck_off(app: App) -> None:
    def noted(connection: Connection) -> None:
        spent.note(connection, [(customer, "page_views"), (customer, "newsletters")])

    customer = full(app)
    with app._databases[0].writing() as connection:
        noted(connection)
    assert app.spent_keys.resume() == 0
    assert waiting(app) == []
    assert len(own(app, customer)["page_views"]) == 2


class Lives(RuleBasedStateMachine):
    """Two people say yes and no, are brought things, delete, and time passes, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.app = install(Path(self.folder.name))
        self.asked = {who: full(self.app, who) for who in ("c1", "c2")}
        self.brought = 0
        self.linked = False

    who = st.sampled_from(["c1", "c2"])

    @rule(who=who, answer=st.sampled_from(["yes", "no"]), clause=st.sampled_from([ORDERS, PAGE_VIEWS]))
    def say(self, who: str, answer: str, clause: object) -> None:
        say(self.app, who, clause, answer)  # type: ignore[arg-type]  # one of the two

    @rule(who=who)
    def look(self, who: str) -> None:
        self.brought += 1
        at = NOW + timedelta(seconds=self.brought)
        self.app.gate.collect(IMPORT, [view(who, f"p{self.brought}", at=at)], NOW + timedelta(hours=1))

    @rule(who=who, kind=st.sampled_from(["page_views", "email"]))
    def delete(self, who: str, kind: str) -> None:
        self.app.deleting.delete(Wanted(kind=kind), self.asked[who], now=NOW)

    @rule()
    def clock(self) -> None:
        delete_what_is_over(self.app.gate, self.app.spent_keys, now=NOW)

    @precondition(lambda self: not self.linked)
    @rule()
    def link(self) -> None:
        self.app.merging.link(Id("c1"), Id("c2"), by="test", now=NOW, two_accounts=True)
        self.linked = True

    @precondition(lambda self: self.linked)
    @rule()
    def unlink(self) -> None:
        self.app.merging.unlink(Id("c1"), Id("c2"), by="test", now=NOW)
        self.linked = False

    @rule()
    def start_again(self) -> None:
        self.app.close()
        self.app = install(Path(self.folder.name))

    @invariant()
    def what_is_there_opens_and_there_is_a_key_for_nothing_else(self) -> None:
        for number in self.asked.values():
            own(self.app, number)
            with self.app._databases[0].reading() as connection:
                sealed = {kind for _, kind in self.app.gate.deleting.sealed(connection, [number])}
            of_data = {kind for kind in keys(self.app, number) if not kind.startswith("room:")}
            assert of_data == sealed | {"identity"}

    def teardown(self) -> None:
        self.app.close()
        self.folder.cleanup()


TestLives = pytest.mark.slow(pytest.mark.sqlite(Lives.TestCase))
TestLives.settings = settings(
    max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
