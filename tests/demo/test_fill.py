from pathlib import Path

import pytest

from installations import NOW, install
from stories import looks_of
from troth.actors import of_customer
from troth.app import App
from troth.demo import shop
from troth.demo.fill import MARKETER, SIGNALLING, SUPPORT, bought, fill
from troth.demo.people import people
from troth.gate.use import Use
from troth.ledger.looks import Look
from troth.promise.model import Clause

EXAMPLE = Path(shop.__file__).parent.parent / "promise" / "example.yaml"
SHOP = shop.build(now=NOW, customers=40)


@pytest.fixture
def filled(tmp_path: Path) -> App:
    opened = install(tmp_path / "home", promise=EXAMPLE)
    fill(opened, SHOP, say=lambda _: None)
    return opened


def _own(app: App, customer: str, kind: str) -> int:
    number = app.identity.get(customer)
    return len(app.gate.read(Use(of_customer(number), "rights", frozenset({kind})), number, now=NOW).items[kind])


def test_everything_invented_comes_through_the_gate_and_is_kept(filled: App) -> None:
    for customer in SHOP.truth.grows:
        assert _own(filled, customer, "orders") == sum(line.customer == customer for line in SHOP.lines)
        assert _own(filled, customer, "page_views") == sum(one.customer == customer for one in SHOP.views)
    filled.close()


def test_every_answer_stands_as_it_was_given(filled: App) -> None:
    for said in SHOP.said:
        standing = filled.consent.standing(filled.identity.get(said.customer))
        assert (standing[Clause(said.purpose, said.data)].latest.answer == "yes") is said.yes
    filled.close()


def _looks(app: App, customer: str) -> list[Look]:
    return [one.what for one in looks_of(app, app.identity.get(customer))]


def test_support_looked_with_a_reason_and_a_marketer_was_refused(filled: App) -> None:
    shown = {person.customer for person in people(SHOP)} - {""}
    assert shown
    for customer in shown:
        refused, seen = _looks(filled, customer)
        assert (refused.name, tuple(refused.allowed), refused.refused) == (MARKETER, (), {"orders": "aggregate_only"})
        assert (seen.name, seen.role, sorted(seen.allowed)) == (SUPPORT, "support", ["email", "orders"])
        order = seen.reason.removeprefix("Question about order ")
        assert any(line.order == order for line in SHOP.lines if line.customer == customer)
    assert {one.name for one in filled.staff.all()} == {SUPPORT, MARKETER}
    filled.close()


def test_nobody_looked_at_those_one_cannot_shop_as(filled: App) -> None:
    others = SHOP.truth.grows.keys() - {person.customer for person in people(SHOP)}
    assert not any(_looks(filled, customer) for customer in others)
    filled.close()


def test_one_browser_asks_not_to_sell_or_share_and_their_yes_stands_all_the_same(filled: App) -> None:
    noted = {
        person.customer
        for person in people(SHOP)[:-1]
        if filled.signals.noted(filled.identity.get(person.customer)) is not None
    }
    assert {SHOP.truth.grows[customer] for customer in noted} == {SIGNALLING}
    assert [SHOP.answer(customer, "orders") for customer in noted] == [True]
    filled.close()


def test_each_arrival_has_an_identity_of_its_own() -> None:
    arrivals = [one for one in bought(SHOP) if one.event == "Order Completed"]
    assert len({one.identity for one in arrivals}) == len(arrivals)


def test_an_invention_that_breaks_the_promise_is_not_passed_over(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace("keep: 6 years", "keep: 30 days")
    narrow = tmp_path / "narrow.yaml"
    narrow.write_text(text, encoding="utf-8")
    opened = install(tmp_path / "home", promise=narrow)
    with pytest.raises(RuntimeError, match="past_keep"):
        fill(opened, SHOP, say=lambda _: None)
    opened.close()
