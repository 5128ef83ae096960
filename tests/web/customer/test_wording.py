from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from installations import GARDEN, NOW
from troth.gate.use import Item, Value
from troth.promise.read import read_promise
from troth.web.customer import wording

LONDON = ZoneInfo("Europe/London")
PROMISE = read_promise(GARDEN)
ORDERS = PROMISE.data["orders"]


def _line(product: str, *, event: str = "Order Completed", order: str = "o1") -> Item:
    return Item(NOW, event, {"order_id": order, "products.product_id": product})


def _priced(quantity: int | None) -> Item:
    return Item(NOW, "Order Completed", {"products.price": "2.50", "currency": "GBP", "products.quantity": quantity})


def test_a_moment_is_told_in_the_companys_time_zone() -> None:
    assert wording.moment(datetime(2026, 7, 1, 23, 30, tzinfo=UTC), LONDON) == "2 July 2026 at 00:30"


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 things"), (1, "1 thing"), (2, "2 things"), (1204, "1,204 things")]
)
def test_a_number_carries_its_word(number: int, said: str) -> None:
    assert wording.counted(number, "thing", "things") == said


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("2.5", "GBP", "£2.50"),
        (1234.5, "EUR", "€1,234.50"),
        (3, "SEK", "3.00 SEK"),
        ("3", "", "3.00"),
        ("a lot", "GBP", ""),
        (None, "GBP", ""),
        (float("nan"), "GBP", ""),
    ],
)
def test_money_is_never_shown_as_another_money(amount: Value, currency: str, said: str) -> None:
    assert wording.money(amount, currency) == said


def test_things_are_counted_in_their_orders_and_returns_apart() -> None:
    items = [_line("p1"), _line("p2"), _line("p3", order="o2"), _line("p1", event="Order Refunded")]
    assert wording.value(ORDERS, items, {}) == "3 things in 2 orders, 1 returned"


def test_a_return_is_named_as_one() -> None:
    assert wording.what(_line("p1", event="Order Refunded"), {"p1": "Pot"}) == "Returned: Pot"


def test_a_product_without_a_name_is_told_by_its_code() -> None:
    assert wording.what(_line("p9"), {}) == "p9"


def test_how_many_and_how_dear_are_told_only_where_they_are_known() -> None:
    assert wording.rest(_line("p1")) == ""
    assert wording.rest(_priced(None)) == "£2.50"
    assert wording.rest(_priced(1)) == "£2.50"
    assert wording.rest(_priced(3)) == "3 × £2.50"


def test_before_there_is_anything_the_page_says_how_it_would_come() -> None:
    assert wording.how(ORDERS, [], "en") == "It would come to us like this: “Noted each time you order.”"
    assert wording.how(ORDERS, [_line("p1")], "en") == "Noted each time you order."


@pytest.mark.parametrize(
    ("words", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_a_list_is_read_aloud(words: list[str], said: str) -> None:
    assert wording.listed(words) == said
