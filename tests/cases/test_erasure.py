from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, SUGGEST, install, order, say, told, view
from troth.actors import of_customer, of_job
from troth.app import App
from troth.cases.erasure import Erasure
from troth.gate.use import Arrived, Use
from troth.keeper import KeeperReport


def _full(app: App, who: str) -> int:
    app.gate.collect(IMPORT, [order(who, "p1"), told(who, email=f"{who}@example.com")], NOW)
    say(app, who, ORDERS, "yes")
    customer = say(app, who, PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view(who, "p2")], NOW)
    return customer


def test_everything_goes_but_what_the_law_demands(app: App) -> None:
    customer = _full(app, "c1")
    done = app.erasure.erase(customer, now=NOW)
    assert done.kept == {"orders": "UK Companies Act 2006 s388, until 2032-11-12"}
    assert app.identity.find("c1") is None
    assert app.identity.outside_id(customer) is None
    assert set(app.gate.spans(customer)) == {"orders"}
    assert app.consent.describe(customer).counts == {"choices": 0}
    assert app._ring.count(customer) == 1
    assert app.gate.decide(SUGGEST, customer, now=NOW).allowed == {}
    books = Use(of_job("books", "tax"), "tax", frozenset({"orders"}))
    assert len(app.gate.read(books, customer, now=NOW).items["orders"]) == 1


def test_when_the_laws_time_is_over_the_rest_goes_too(app: App) -> None:
    customer = _full(app, "c1")
    app.erasure.erase(customer, now=NOW)
    assert app.gate.settle(customer, now=NOW + timedelta(days=6 * 366)) == {"orders": 1}


def test_a_customer_of_whom_no_law_demands_anything_leaves_no_row(app: App) -> None:
    customer = say(app, "c1", PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view("c1", "p2")], NOW)
    done = app.erasure.erase(customer, now=NOW)
    assert done.kept == {}
    assert app.gate.spans(customer) == {}
    assert app._ring.count(customer) == 0


def test_the_others_keep_everything(app: App) -> None:
    gone, stays = _full(app, "c1"), _full(app, "c2")
    before = app.gate.read(Use(of_customer(stays), "rights", frozenset(app.promise.data)), stays, now=NOW).items
    app.erasure.erase(gone, now=NOW)
    after = app.gate.read(Use(of_customer(stays), "rights", frozenset(app.promise.data)), stays, now=NOW).items
    assert before == after
    assert app.gate.decide(SUGGEST, stays, now=NOW).allowed.keys() == {"orders", "page_views"}


def test_erasing_twice_is_erasing_once(app: App) -> None:
    customer = _full(app, "c1")
    first = app.erasure.erase(customer, now=NOW)
    again = app.erasure.erase(customer, now=NOW + timedelta(hours=1))
    assert again.kept == first.kept
    assert again.keys_destroyed == 0


def test_what_it_will_do_is_told_before_it_is_done(app: App) -> None:
    customer = _full(app, "c1")
    plan = app.erasure.describe(customer, now=NOW)
    counts = {(report.room, what): count for report in plan.reports for what, count in report.counts.items()}
    assert counts["vault", "orders"] == counts["vault", "email"] == counts["vault", "page_views"] == 1
    assert counts["consent", "choices"] == 2
    assert set(plan.kept) == {"orders"}
    assert app.identity.find("c1") == customer


class _Killed(BaseException):
    """Stands for kill -9: no handler in the code catches it."""


def _dies_before(target: object, name: str) -> Callable[[pytest.MonkeyPatch], None]:
    def die(*_: object, **__: object) -> None:
        raise _Killed

    return lambda patch: patch.setattr(target, name, die)


@pytest.mark.parametrize("step", ["consent.forget", "gate.settle", "identity.leave", "_ring.destroy", "finish"])
def test_killed_before_any_step_the_next_start_finishes_it(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = install(tmp_path / "home")
    customer, other = _full(app, "c1"), _full(app, "c2")
    room, _, verb = step.partition(".")
    with monkeypatch.context() as patch:
        if verb:
            _dies_before(type(getattr(app, room)), verb)(patch)
        else:
            _dies_before(Erasure.erase.__globals__["store"], "finish")(patch)
        with pytest.raises(_Killed):
            app.erasure.erase(customer, now=NOW)
    # Already now nothing of it may be used, whatever is still there.
    assert app.gate.decide(SUGGEST, customer, now=NOW).allowed == {}
    app.close()

    again = install(tmp_path / "home")
    assert again.identity.find("c1") is None
    assert set(again.gate.spans(customer)) == {"orders"}
    assert again.consent.describe(customer).counts == {"choices": 0}
    assert again._ring.count(customer) == 1
    assert again.gate.decide(SUGGEST, other, now=NOW).allowed.keys() == {"orders", "page_views"}
    again.close()


class _BringsIn:
    """A room during whose turn an import brings something of the customer in."""

    room = "late"

    def __init__(self, app: App) -> None:
        self._app = app

    def describe(self, customer: int) -> KeeperReport:
        return KeeperReport(self.room, {"customer": customer})

    def forget(self, customer: int, *, now: datetime) -> KeeperReport:
        arrivals = [order("c1", "p9", order_id="late"), view("c1", "p9")]
        taken = [one.arrived for one in self._app.gate.collect(IMPORT, arrivals, now)]
        assert taken == [Arrived.TAKEN, Arrived.REFUSED]
        return KeeperReport(self.room, {"customer": customer})


def test_an_import_that_crosses_an_erasure_leaves_nothing_without_its_key_or_its_number(app: App) -> None:
    customer = say(app, "c1", PAGE_VIEWS, "yes")
    keepers = (_BringsIn(app), *app.keepers)
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
    assert set(done.kept) == {"orders"}
    books = Use(of_job("books", "tax"), "tax", frozenset({"orders"}))
    assert [who for who, _ in app.gate.read_many(books, now=NOW)] == [customer]
    assert app.gate.collect(IMPORT, [order("c1", "p9", order_id="late")], NOW)[0].code == "erased"


def test_what_was_dated_ahead_of_our_clock_does_not_bring_the_erased_back(app: App) -> None:
    ahead = order("c1", "p1", at=NOW + timedelta(hours=5))
    assert app.gate.collect(IMPORT, [ahead], NOW)[0].arrived is Arrived.TAKEN
    app.erasure.erase(app.identity.get("c1"), now=NOW)
    assert app.gate.collect(IMPORT, [ahead], NOW)[0].code == "erased"
    assert app.identity.find("c1") is None


def test_killed_before_the_number_goes_the_next_start_lets_it_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = install(tmp_path / "home")
    customer = say(app, "c1", PAGE_VIEWS, "yes")
    with monkeypatch.context() as patch:
        _dies_before(type(app.identity), "drop_number")(patch)
        with pytest.raises(_Killed):
            app.erasure.erase(customer, now=NOW)
    app.close()
    again = install(tmp_path / "home")
    with again._databases[0].reading() as connection:
        assert again.identity.restricted_in(connection) == frozenset()
    assert again.erasure.resume(now=NOW) == 0
    again.close()
