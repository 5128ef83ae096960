"""Why an item is suggested: the parts of its score, each from one own item.

The explanation is the model, not a story told afterwards: a score is a sum over own items, and these are its terms.
What is shown and "other things" add up to the score to the last bit, because every weight is a multiple of one
quantum (see `troth.recommend.solve`).
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from troth.recommend.serve import Spread

MOST_SHOWN = 3
"""More reasons than this are not read."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one own item adds to a score.

    Attributes:
        item: the own item's index.
        value: its term, above 0 where it is shown.
    """

    item: int
    value: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score taken apart.

    Attributes:
        score: the whole.
        parts: the largest terms above 0 that may be shown, largest first; the smaller item index wins a tie.
        other: the sum of every term that is not shown: small, below 0, or of an item that may not be named.
            It is below 0 when what speaks against the item outweighs the small terms for it.
    """

    score: float
    parts: tuple[Part, ...]
    other: float


def explain(
    given: Spread, item: int, *, hidden: AbstractSet[int] = frozenset(), most: int = MOST_SHOWN
) -> Explanation:
    """Return why `item` has the score that `given` gives it, with at most `most` parts shown.

    Args:
        given: the weights of the customer's own items.
        item: the suggested item's index.
        hidden: own items that may not be named as a reason, e.g. of a sensitive category.
        most: how many parts are shown at most.
    """
    places = np.flatnonzero(given.columns == item)
    terms = list(zip(given.values[places].tolist(), given.givers[places].tolist(), strict=True))
    nameable = sorted((-value, giver) for value, giver in terms if value > 0.0 and giver not in hidden)
    parts = tuple(Part(giver, -negative) for negative, giver in nameable[:most])
    score = sum(value for value, _ in terms)
    return Explanation(score=score, parts=parts, other=score - sum(part.value for part in parts))
