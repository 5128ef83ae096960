from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, SUGGEST, install, order, say, told, view
from troth.actors import of_customer, of_job
from troth.app import App
from troth.cases.erasure import Erasure
from troth.gate.use import Use


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
    assert app.ring.count(customer) == 1
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
    assert app.ring.count(customer) == 0


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


@pytest.mark.parametrize("step", ["consent.forget", "gate.settle", "identity.leave", "ring.destroy", "finish"])
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
    assert again.ring.count(customer) == 1
    assert again.gate.decide(SUGGEST, other, now=NOW).allowed.keys() == {"orders", "page_views"}
    again.close()
