"""How good suggestions are, by the field's measures, and how sure we can be of a difference.

Recall@k and NDCG@100 with the truncated normalisers of Liang et al. 2018 (arXiv:1802.05814, section 4.2), for
held-out customers: part of their items is given, the rest is to be guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from troth.recommend.gram import Row

_BLOCK = 1000


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the two ends of its bootstrap interval."""

    mean: float
    low: float
    high: float


def ranking(score: NDArray[np.float64], given: Row, most: int) -> Row:
    """Return the `most` best items by score, without those `given`; the smaller index wins a tie.

    Unlike `serve.best`, items with a score of 0 or less follow at the end: a measure needs a whole list.
    """
    masked = score.astype(np.float64, copy=True)
    masked[given] = -np.inf
    order = np.argsort(-masked, kind="stable")
    return order[: min(most, len(order) - len(given))].astype(np.int32)


def recall(ranked: Row, targets: Row, most: int) -> float:
    """Return Recall@`most`: the share of the first places that hit, of as many as could.

    |first `most` of ranked ∩ targets| / min(`most`, |targets|); from 0 to 1.

    Raises:
        ValueError: there is nothing to guess, or no place to guess it in.
    """
    if len(targets) == 0 or most < 1:
        raise ValueError("recall needs at least one target and one place")
    return int(np.isin(ranked[:most], targets).sum()) / min(most, len(targets))


def ndcg(ranked: Row, targets: Row, most: int = 100) -> float:
    """Return NDCG@`most`: hits, weighted by 1 / log2(place + 1), of what the best order would have; from 0 to 1.

    Raises:
        ValueError: there is nothing to guess, or no place to guess it in.
    """
    if len(targets) == 0 or most < 1:
        raise ValueError("NDCG needs at least one target and one place")
    discount = 1.0 / np.log2(np.arange(2, most + 2))
    hits = np.isin(ranked[:most], targets)
    return float(discount[: len(hits)][hits].sum() / discount[: min(most, len(targets))].sum())


def paired_interval(
    first: Sequence[float], second: Sequence[float], *, rng: np.random.Generator, draws: int = 10_000
) -> Interval:
    """Return the mean of first − second over customers, with its 95 % percentile bootstrap interval.

    Customers are drawn with replacement (Efron and Tibshirani 1993, chapter 13). An interval that holds 0 is no
    finding. The caller brings the seeded generator, so the figure can be repeated.

    Raises:
        ValueError: the two don't measure the same customers, or there are none.
    """
    if len(first) != len(second) or len(first) == 0:
        raise ValueError("a paired difference needs the same customers, at least one, on both sides")
    differences = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    means = np.concatenate(
        [
            rng.choice(differences, size=(min(_BLOCK, draws - done), len(differences))).mean(axis=1)
            for done in range(0, draws, _BLOCK)
        ]
    )
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(differences.mean()), float(low), float(high))
