"""Erasing somebody of several ids: all of them, once, and also when killed half-way."""

from datetime import timedelta
from pathlib import Path

import pytest

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, SUGGEST, install, order, say, view
from troth.actors import of_job
from troth.app import App
from troth.cases.erasure import Erasure
from troth.cases.merging import Id
from troth.errors import NotAllowedError
from troth.gate.use import Use
from troth.identity.model import IdKind
from troth.stops.model import Kind

IDS = ("c1", "c2", "c3")


def person(app: App) -> list[int]:
    """Make one person of three ids: two with orders, one with page views only; and somebody else."""
    orders = [order(who, "p1", order_id=who, at=NOW - timedelta(days=days)) for who, days in (("c1", 9), ("c2", 400))]
    app.gate.collect(IMPORT, [*orders, order("c9", "p9")], NOW)
    numbers = [say(app, who, PAGE_VIEWS, "yes") for who in IDS]
    say(app, "c9", ORDERS, "yes")
    app.gate.collect(IMPORT, [view(who, "p2") for who in IDS], NOW)
    app.merging.link(Id("c2"), Id("c1"), by="test", now=NOW, two_accounts=True)
    app.merging.link(Id("c2"), Id("c3"), by="test", now=NOW, two_accounts=True)
    return numbers


def nothing_is_left(app: App, numbers: list[int]) -> None:
    """Check that of the person only what the law keeps is here, under numbers that nothing joins."""
    assert [app.identity.find(who) for who in IDS] == [None, None, None]
    assert [set(app.gate.spans(number)) for number in numbers] == [{"orders"}, {"orders"}, set()]
    assert [app._ring.count(number) for number in numbers] == [1, 1, 0]
    assert [app.identity.people.history(number) for number in numbers] == [[], [], []]
    assert [app.consent.describe(number).counts for number in numbers] == [{"choices": 0}] * 3
    with app._databases[0].reading() as connection:
        assert {seen.person for seen in app.identity.people.remarkable(connection).values()} == {None}
        assert app.identity.restricted_in(connection) == set(numbers[:2]), "the number without a remainder is gone"
    books = Use(of_job("books", "tax"), "tax", frozenset({"orders"}))
    assert [len(items["orders"]) for _, items in app.gate.read_many(books, now=NOW)] == [1, 1, 1]
    assert app.gate.decide(SUGGEST, app.identity.get("c9"), now=NOW).allowed.keys() == {"orders"}
    late = [order(who, "p3", at=NOW - timedelta(hours=1), order_id="late") for who in IDS]
    assert [one.code for one in app.gate.collect(IMPORT, late, NOW)] == ["erased"] * 3


@pytest.mark.parametrize("asked", [0, 1, 2])
def test_whichever_id_asks_all_of_them_are_erased(app: App, asked: int) -> None:
    numbers = person(app)
    done = app.erasure.erase(numbers[asked], now=NOW)
    assert done.kept == {"orders": "UK Companies Act 2006 s388, until 2032-11-13"}, "the later of the two ends"
    counts = {(report.room, what): count for report in done.reports for what, count in report.counts.items()}
    assert counts["identity", "identifiers"] == 3
    assert counts["consent", "choices"] == 3
    assert counts["vault", "page_views"] == 3
    assert len({report.room for report in done.reports}) == len(done.reports)
    nothing_is_left(app, numbers)


def test_what_it_will_do_is_told_for_the_whole_person(app: App) -> None:
    numbers = person(app)
    plan = app.erasure.describe(numbers[2], now=NOW)
    counts = {(report.room, what): count for report in plan.reports for what, count in report.counts.items()}
    assert counts["vault", "orders"] == 2
    assert counts["vault", "page_views"] == 3
    assert counts["identity", "identifiers"] == 3
    assert counts["identity", "links"] == 4, "each link is known at both its ends"
    assert plan.kept == {"orders": "UK Companies Act 2006 s388, until 2032-11-13"}
    assert plan.keys_destroyed == sum(app._ring.count(number) for number in numbers)


def test_a_hold_on_any_id_keeps_them_all(app: App) -> None:
    numbers = person(app)
    app.stopping.put(Kind.HOLD, customer=numbers[2], by="court", now=NOW)
    with pytest.raises(NotAllowedError, match="legal hold"):
        app.erasure.erase(numbers[0], now=NOW)
    assert len(app.merging.ties(Id("c1"))) == 2
    assert app.gate.decide(SUGGEST, numbers[1], now=NOW).allowed.keys() == {"page_views"}


class _Killed(BaseException):
    """Stands for kill -9: no handler in the code catches it."""


@pytest.mark.parametrize("turn", [1, 2, 3])
@pytest.mark.parametrize("step", ["consent.forget", "gate.settle", "identity.leave", "_ring.destroy", "finish"])
def test_killed_before_any_step_of_any_id_the_next_start_finishes_all(
    tmp_path: Path, step: str, turn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = install(tmp_path / "home")
    numbers = person(app)
    room, _, verb = step.partition(".")
    target = type(getattr(app, room)) if verb else Erasure.erase.__globals__["store"]
    real, calls = getattr(target, verb or room), []

    def die(*arguments: object, **named: object) -> object:
        calls.append(1)
        if len(calls) == turn:
            raise _Killed
        return real(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(target, verb or room, die)
        with pytest.raises(_Killed):
            app.erasure.erase(numbers[1], now=NOW)
    for number in numbers:
        assert app.gate.decide(SUGGEST, number, now=NOW).allowed == {}
    app.close()
    again = install(tmp_path / "home")
    nothing_is_left(again, numbers)
    again.close()


def test_each_kind_of_id_is_kept_from_coming_back_and_a_fresh_act_begins_anew(app: App) -> None:
    from troth.consent.model import Answer

    words = app.consent.words(PAGE_VIEWS)
    browser = ("b-1", IdKind.ANONYMOUS)
    for text, kind in (("c1", IdKind.CUSTOMER), browser):
        app.choosing.choose_for(text, [(PAGE_VIEWS, Answer.YES, words.digest)], via="page", now=NOW, kind=kind)
    app.merging.link(Id("c1"), Id(*browser), by="test", now=NOW)
    app.erasure.erase(app.identity.get("c1"), now=NOW)
    assert app.identity.find(*browser) is None
    with app._databases[0].reading() as connection:
        assert app.identity.lookup(connection, ["c1"])[1].keys() == {"c1"}
    later = NOW + timedelta(days=1)
    app.choosing.choose_for("b-1", [(PAGE_VIEWS, Answer.NO, words.digest)], via="page", now=later, kind=browser[1])
    number = app.identity.get(*browser)
    assert app.merging.ties(Id(*browser)) == []
    assert app.consent.standing(number)[PAGE_VIEWS].status.value == "refused"
