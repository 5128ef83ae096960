"""Whom one can shop as: a few customers of the invented shop, told by what they do."""

from collections import Counter
from dataclasses import dataclass

from troth.demo.shop import Shop
from troth.demo.truth import GROWERS

_WANTED = (
    ("herbs", True),
    ("vegetables", True),
    ("houseplants", None),
    ("roses", False),
    ("wildlife", True),
    ("chillies", False),
)
_ENOUGH_LINES = 9
"""About so many things bought: enough to go by, few enough that the reasons for a suggestion can be read."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to shop as.

    Attributes:
        customer: the id; empty for a new visitor.
        grows: what they do in their garden, in words.
    """

    customer: str
    grows: str


NEW = Person("", "Somebody new")


def people(shop: Shop) -> tuple[Person, ...]:
    """Return a handful of customers, so that yes, no and no answer can all be tried, and a new visitor.

    Nobody here agreed to the use of pages they look at, so that one no is enough to see the shelf change. A kind that
    a very small shop does not have is left out.
    """
    lines = Counter(line.customer for line in shop.lines)
    answers = {
        said.customer: said.yes for said in shop.said if (said.purpose, said.data) == ("suggestions", "orders")
    }
    watched = {said.customer for said in shop.said if said.data == "page_views" and said.yes}
    found: list[Person] = []
    for kind, yes in _WANTED:
        fitting = [
            customer
            for customer, grows in shop.truth.grows.items()
            if grows == kind and answers.get(customer) is yes and customer not in watched
        ]
        if fitting:
            found.append(Person(min(fitting, key=lambda one: abs(lines[one] - _ENOUGH_LINES)), GROWERS[kind]))
    return (*found, NEW)
