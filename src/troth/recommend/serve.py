"""Scores for one customer, and the best of them, in well under a millisecond.

A score is the sum of the weights that the customer's own items give: s = xB (Steck 2019, arXiv:1905.03375). The sum
is exact (see `troth.recommend.solve`), so the same items give the same bits on every machine and in any order.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from troth.recommend.gram import Row
from troth.recommend.solve import Weights


@dataclass(frozen=True, slots=True)
class Spread:
    """Every weight that some own items give, side by side.

    Attributes:
        size: the number of items, d.
        own: the items it is made from.
        givers: for each weight, the own item that gives it.
        columns: for each weight, the item it speaks for.
        values: the weights.
    """

    size: int
    own: Row
    givers: NDArray[np.int32]
    columns: NDArray[np.int32]
    values: NDArray[np.float64]


def spread(weights: Weights, own: Row) -> Spread:
    """Return the weights of the rows of `own`.

    Raises:
        IndexError: an own item is not in the item list.
    """
    first = weights.starts[own]
    lengths = weights.starts[own + 1] - first
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    places = np.arange(total) + np.repeat(first - ends + lengths, lengths)
    return Spread(weights.size, own, np.repeat(own, lengths), weights.columns[places], weights.values[places])


def scores(given: Spread) -> NDArray[np.float64]:
    """Return the score of each of the d items; own items get one too."""
    return np.asarray(np.bincount(given.columns, weights=given.values, minlength=given.size), dtype=np.float64)


def best(score: NDArray[np.float64], most: int, *, without: Row) -> Row:
    """Return at most `most` items with a score above 0, best first, none of `without`; the smaller index wins a tie.

    Fewer come back when fewer have a score above 0: nothing is suggested for want of a reason.
    """
    open_score = score.copy()
    open_score[without] = 0.0
    candidates = np.flatnonzero(open_score > 0.0)
    if len(candidates) > most:
        bar = np.partition(open_score[candidates], len(candidates) - most)[len(candidates) - most]
        candidates = candidates[open_score[candidates] >= bar]
    order = np.argsort(-open_score[candidates], kind="stable")
    return candidates[order[:most]].astype(np.int32)
