"""What a customer has, read off the items that the gate lets out. Pure.

A product is *bought* when more of it was bought than was brought back. Events are named as in the field's e-commerce
vocabulary (Segment, "E-Commerce Events"), which is also what the promise names.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from troth.gate.use import Item, Value
from troth.promise.model import Promise

COMPLETED = "Order Completed"
REFUNDED = "Order Refunded"
VIEWED = "Product Viewed"

_BOUGHT_PRODUCT = "products.product_id"
_QUANTITY = "products.quantity"
_ORDERS = frozenset({COMPLETED, REFUNDED})
_VIEWED_PRODUCT = "product_id"
_MOST_DIGITS = 20
"""No shop sells more at once. One line with 1e999999999 would otherwise stop every fit, for everybody."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """Which kinds of data a purpose may read for suggestions.

    Attributes:
        bought: kinds that carry orders; the model is fitted on these.
        seen: kinds that carry page views; they join only when a customer is served.
    """

    bought: frozenset[str]
    seen: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Both together."""
        return self.bought | self.seen


def kinds_of(promise: Promise, purpose: str) -> Kinds:
    """Return the kinds of data that `purpose` names and that carry orders or page views; none when there is none."""
    declared = promise.purposes.get(purpose)
    kinds = [promise.data[key] for key in declared.data] if declared is not None else []
    return Kinds(
        bought=frozenset(kind.key for kind in kinds if _ORDERS & kind.events.keys()),
        seen=frozenset(kind.key for kind in kinds if VIEWED in kind.events),
    )


def bought(items: Iterable[Item]) -> frozenset[str]:
    """Return the ids of products of which more was bought than brought back. A line without a quantity is one."""
    net: defaultdict[str, int | Decimal] = defaultdict(int)
    for item in items:
        values = item.values
        product = values.get(_BOUGHT_PRODUCT)
        if isinstance(product, str) and item.event in _ORDERS:
            quantity = _number(values.get(_QUANTITY))
            net[product] += quantity if item.event == COMPLETED else -quantity
    return frozenset(product for product, quantity in net.items() if quantity > 0)


def looked_at(items: Iterable[Item]) -> frozenset[str]:
    """Return the ids of products whose page was looked at."""
    pages = (item.values.get(_VIEWED_PRODUCT) for item in items if item.event == VIEWED)
    return frozenset(page for page in pages if isinstance(page, str))


def _number(value: Value) -> int | Decimal:
    """Return a quantity, exact; 1 where there is none or it is no finite number of a size that a sum can hold."""
    if value is None or isinstance(value, bool):
        return 1
    if isinstance(value, int):
        return value
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return 1
    return number if number.is_finite() and number.adjusted() <= _MOST_DIGITS else 1
