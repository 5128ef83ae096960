"""The known answers of the invented shop: who grows what, and which products belong to it.

A recommender never sees this. Tests and readers do: a suggestion is *right* when it belongs to what the customer
grows, and the share that would be right by chance is stated beside it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

EVERYONE = "everyone"
"""The grower of products that belong to every kind of gardener: pots, gloves, compost."""

GROWERS: Mapping[str, str] = {
    "herbs": "Grows herbs on a balcony",
    "vegetables": "Digs an allotment",
    "roses": "Grows roses",
    "houseplants": "Keeps houseplants",
    "wildlife": "Has a pond, feeds birds",
    "lawn": "Looks after a lawn",
    "chillies": "Raises chillies under glass",
    "bulbs": "Plants bulbs",
}
"""Kind of gardener → the same in words, as the shop front shows it."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Who grows what.

    Attributes:
        grows: customer → kind of gardener, a key of `GROWERS`.
        belongs: kind of gardener → the products that belong to it alone. What is for everyone belongs to none.
        products: how many products the shop has.
    """

    grows: Mapping[str, str]
    belongs: Mapping[str, frozenset[str]]
    products: int

    def share_right(self, customer: str, suggested: Collection[str]) -> float:
        """Return which share (0 to 1) of `suggested` belongs to what the customer grows.

        Raises:
            ValueError: nothing was suggested; the share of nothing is not a number.
        """
        if not suggested:
            msg = "no suggestions to judge"
            raise ValueError(msg)
        mine = self.belongs[self.grows[customer]]
        return sum(product in mine for product in suggested) / len(suggested)

    def chance(self, customer: str) -> float:
        """Return the share that would be right if products were drawn from a hat."""
        return len(self.belongs[self.grows[customer]]) / self.products
