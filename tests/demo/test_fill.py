from pathlib import Path

import pytest

from installations import NOW, install
from troth.actors import of_customer
from troth.app import App
from troth.demo import shop
from troth.demo.fill import bought, fill
from troth.gate.use import Use
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
