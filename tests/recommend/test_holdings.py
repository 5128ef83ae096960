import pytest

from installations import GARDEN, NOW
from troth.gate.use import Item, Value
from troth.promise.read import read_promise
from troth.recommend.holdings import bought, kinds_of, looked_at


def line(event: str, product: Value, quantity: Value = 1) -> Item:
    return Item(NOW, event, {"products.product_id": product, "products.quantity": quantity})


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("Order Completed", 2)], {"a"}),
        ([("Order Completed", 2), ("Order Refunded", 1)], {"a"}),
        ([("Order Completed", 2), ("Order Refunded", 2)], set()),
        ([("Order Refunded", 2)], set()),
        ([("Order Completed", "1.5"), ("Order Refunded", "1.4")], {"a"}),
        ([("Order Completed", 0.1), ("Order Completed", 0.2), ("Order Refunded", 0.3)], set()),
        ([("Order Completed", None)], {"a"}),
        ([("Order Completed", "many")], {"a"}),
        ([("Order Completed", "NaN")], {"a"}),
        ([("Order Completed", "1e999999999"), ("Order Completed", "-1e999999999"), ("Order Refunded", 1)], {"a"}),
        ([("Order Completed", True)], {"a"}),
        ([("Order Completed", 0)], set()),
        ([("Product Viewed", 1)], set()),
        ([], set()),
    ],
)
def test_bought_is_what_was_not_brought_back(lines: list[tuple[str, Value]], expected: set[str]) -> None:
    assert bought(line(event, "a", quantity) for event, quantity in lines) == expected


def test_a_line_without_a_product_is_nothing() -> None:
    assert bought([line("Order Completed", None), line("Order Completed", 7)]) == frozenset()


def test_looked_at_is_the_pages() -> None:
    pages = [Item(NOW, "Product Viewed", {"product_id": one}) for one in ("a", "b", None)]
    assert looked_at([*pages, line("Order Completed", "c")]) == {"a", "b"}


def test_a_purpose_uses_the_kinds_that_carry_orders_and_page_views() -> None:
    promise = read_promise(GARDEN)
    kinds = kinds_of(promise, "suggestions")
    assert kinds.bought == frozenset({"orders"})
    assert kinds.seen == frozenset({"page_views"})
    assert kinds_of(promise, "newsletter").all == frozenset()
    assert kinds_of(promise, "no such purpose").all == frozenset()
