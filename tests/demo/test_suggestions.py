"""The planted structure comes out again: suggestions hit what a customer grows, far above chance."""

from collections.abc import Iterator

import pytest

from installations import NOW
from troth.actors import of_job
from troth.cli.demo import Opened, prepare
from troth.clock import FixedClock
from troth.demo import shop
from troth.recommend.ladder import Rung

pytestmark = pytest.mark.slow
CUSTOMERS = 400
SHOP = shop.build(now=NOW, customers=CUSTOMERS)
ACTOR = of_job("pages", "suggestions")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    folder = tmp_path_factory.mktemp("demo")
    made = prepare(folder, customers=CUSTOMERS, seed=7, say=lambda _: None, clock=FixedClock(NOW))
    yield made
    made.close()


def _suggested(opened: Opened, customer: str) -> tuple[Rung, list[str]]:
    number = opened.app.identity.get(customer)
    answer = opened.app.suggestions.suggest(ACTOR, number, most=10, now=NOW)
    return answer.rung, [one.product for one in answer.items]


def test_those_who_said_yes_are_shown_what_belongs_to_their_garden(opened: Opened) -> None:
    bought = {
        customer: {line.product for line in SHOP.lines if line.customer == customer} for customer in SHOP.truth.grows
    }
    shares, chances = [], []
    for customer in SHOP.truth.grows:
        if SHOP.answer(customer, "orders") is not True or len(bought[customer]) < 4:
            continue
        rung, products = _suggested(opened, customer)
        assert rung is Rung.PERSONAL
        assert not bought[customer] & set(products)
        shares.append(SHOP.truth.share_right(customer, products))
        chances.append(SHOP.truth.chance(customer))
    assert len(shares) > 100
    # Chance is 0.11; a perfect reader of the planted structure could still not reach 1 on this little.
    assert sum(chances) / len(chances) == pytest.approx(0.11)
    assert sum(shares) / len(shares) > 0.6


def test_those_who_did_not_say_yes_are_shown_the_same_best_sellers(opened: Opened) -> None:
    silent = [
        customer
        for customer in SHOP.truth.grows
        if SHOP.answer(customer, "orders") is not True and SHOP.answer(customer, "page_views") is not True
    ]
    shown = [_suggested(opened, customer) for customer in silent[:20]]
    assert {rung for rung, _ in shown} == {Rung.BEST_SELLERS}
    assert len({tuple(products) for _, products in shown}) == 1
