"""How good suggestions are on real orders, beside the best free peers, and what a fit costs.

The fixed split of UCI Online Retail (Liang et al. 2018, strong generalisation): fit on 3,260 customers, tune on 407
validation customers only, test once on 407 others. Peers are `implicit`'s ALS and item-kNN, tuned on the same
validation customers, in the same run, on the same machine, with one BLAS thread.

A difference is a finding only when the paired bootstrap interval over the test customers leaves out 0.
"""

import os
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from troth.recommend.evaluate import ndcg, paired_interval, ranking, recall
from troth.recommend.gram import Gram, Row
from troth.recommend.serve import scores, spread
from troth.recommend.solve import invert, weights

SPLIT = Path(__file__).parents[2] / "shared" / "data" / "online_retail_split"
COMMAND = "make bench ONLY=quality"
SUPPORT = 3
_BOOTSTRAP_SEED = 98765

Scorer = Callable[[Row], NDArray[np.float64]]
"""From a customer's given items to a score for every item."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the split: for each customer the given items and, for the held-out ones, those to guess."""

    given: list[Row]
    targets: list[Row]


@dataclass(frozen=True, slots=True)
class Tried:
    """One model with one choice of settings, fitted: how it scores and what the fit cost."""

    name: str
    settings: str
    score: Scorer
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A model's measures on some customers, one figure each."""

    recall20: list[float]
    ndcg100: list[float]


def measure(scale: str) -> list[dict[str, Any]]:
    """Return the three figures of this table; an empty list, said by name, when the data set is missing.

    Args:
        scale: ``small`` tries few settings of each model, ``full`` more; the test customers see only the best.
    """
    if not SPLIT.is_dir():
        print(f"quality: left out, the data set is missing: {SPLIT}")
        return []
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        raise SystemExit("CPU seconds are compared with one BLAS thread: run `make bench`, which sets it.")
    train = _rows("train")
    items = 1 + max(int(row[-1]) for row in train)
    validation = Part(_rows("validation_fold_in"), _rows("validation_target"))
    test = Part(_rows("test_fold_in"), _rows("test_target"))
    ours = _best_of(_ours(train, items, scale), validation)
    peers = [_best_of(family(train, items, scale), validation) for family in (_als, _item_knn)]
    measured = {tried.name: _measures(tried.score, test) for tried in (ours, *peers)}
    for tried in (ours, *peers):
        figures = measured[tried.name]
        print(
            f"{tried.name:9} {tried.settings:58} NDCG@100 {np.mean(figures.ndcg100):.4f}"
            f"  Recall@20 {np.mean(figures.recall20):.4f}  fit {tried.cpu_s:.2f} s CPU"
        )
    fastest = min(peers, key=lambda peer: peer.cpu_s)
    return [
        _quality("quality.online_retail.ndcg100", "NDCG@100", {name: m.ndcg100 for name, m in measured.items()}),
        _quality("quality.online_retail.recall20", "Recall@20", {name: m.recall20 for name, m in measured.items()}),
        _row("fit.online_retail.cpu_s", "s CPU", ours.cpu_s, fastest.cpu_s, fastest.name),
    ]


def _rows(name: str) -> list[Row]:
    from pyarrow import parquet

    table = parquet.read_table(SPLIT / f"{name}.parquet", columns=["user_idx", "item_idx"])
    users, items = table["user_idx"].to_numpy(), table["item_idx"].to_numpy()
    order = np.lexsort((items, users))
    starts = np.flatnonzero(np.diff(users[order])) + 1
    return np.split(items[order].astype(np.int32), starts)


def _sparse(rows: list[Row], items: int) -> csr_matrix:
    starts = np.cumsum([0, *(len(row) for row in rows)])
    ones = np.ones(starts[-1], dtype=np.float32)
    return csr_matrix((ones, np.concatenate(rows), starts), shape=(len(rows), items))


def _measures(score: Scorer, part: Part) -> Measured:
    ranked = [ranking(score(given), given, 100) for given in part.given]
    return Measured(
        recall20=[recall(row, target, 20) for row, target in zip(ranked, part.targets, strict=True)],
        ndcg100=[ndcg(row, target) for row, target in zip(ranked, part.targets, strict=True)],
    )


def _best_of(family: Iterator[Tried], validation: Part) -> Tried:
    """Return the settings with the best NDCG@100 on the validation customers; of equal ones the first."""
    return max(family, key=lambda tried: float(np.mean(_measures(tried.score, validation).ndcg100)))


def _ours(train: list[Row], items: int, scale: str) -> Iterator[Tried]:
    ridges = (50.0, 100.0, 200.0) if scale == "small" else (20.0, 50.0, 100.0, 200.0, 400.0)
    keeps = (50, 100) if scale == "small" else (20, 35, 50, 70, 100, 200)
    dampings = (0.0, 0.1, 0.2, 0.3) if scale == "small" else (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
    for ridge in ridges:
        start = time.process_time()
        gram = Gram(items)
        gram.add(train)
        inverse = invert(gram.counts, ridge)
        shared = time.process_time() - start
        for keep, damping in product(keeps, dampings):
            start = time.process_time()
            model = weights(inverse, gram.counts, keep=keep, support=SUPPORT, damping=damping)
            cpu_s = shared + time.process_time() - start
            yield Tried(
                "troth",
                f"ridge {ridge:g}, damping {damping:g}, {keep} weights a column, support {SUPPORT}",
                lambda given, model=model: scores(spread(model, given)),  # type: ignore[misc]  # bound per turn
                cpu_s,
            )


def _als(train: list[Row], items: int, scale: str) -> Iterator[Tried]:
    from implicit.cpu.als import AlternatingLeastSquares

    alphas = (1.0, 2.0, 4.0) if scale == "small" else (0.5, 1.0, 2.0, 4.0, 8.0)
    penalties = (1.0, 2.0, 5.0) if scale == "small" else (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
    matrix = _sparse(train, items)
    for alpha, penalty in product(alphas, penalties):
        model = AlternatingLeastSquares(
            factors=128, alpha=alpha, regularization=penalty, iterations=12, num_threads=1, random_state=0
        )
        start = time.process_time()
        model.fit(matrix, show_progress=False)
        cpu_s = time.process_time() - start

        def score(given: Row, model: Any = model) -> NDArray[np.float64]:  # noqa: ANN401 - the peer ships no types
            factors = model.recalculate_user(np.zeros(1, dtype=np.int32), _sparse([given], items))
            return np.asarray(model.item_factors @ factors.reshape(-1), dtype=np.float64)

        yield Tried(
            "ALS", f"implicit, 128 factors, alpha {alpha:g}, regularisation {penalty:g}, 12 iterations", score, cpu_s
        )


def _item_knn(train: list[Row], items: int, scale: str) -> Iterator[Tried]:
    from implicit.nearest_neighbours import CosineRecommender

    matrix = _sparse(train, items)
    for neighbours in (5, 10, 20, 50) if scale == "small" else (2, 3, 5, 7, 10, 20, 35, 50, 100, 200):
        model = CosineRecommender(K=neighbours, num_threads=1)
        start = time.process_time()
        with warnings.catch_warnings(action="ignore"):
            # The peer warns about a matrix that it converts itself, whatever it is handed.
            model.fit(matrix, show_progress=False)
        cpu_s = time.process_time() - start

        def score(given: Row, model: Any = model) -> NDArray[np.float64]:  # noqa: ANN401 - the peer ships no types
            product_row = _sparse([given], items) @ model.similarity
            return np.asarray(product_row.toarray().reshape(-1), dtype=np.float64)

        yield Tried("item-kNN", f"implicit, cosine, {neighbours} neighbours", score, cpu_s)


def _quality(name: str, unit: str, figures: dict[str, list[float]]) -> dict[str, Any]:
    ours = figures["troth"]
    peers = {peer: values for peer, values in figures.items() if peer != "troth"}
    best = max(peers, key=lambda peer: float(np.mean(peers[peer])))
    interval = paired_interval(ours, peers[best], rng=np.random.default_rng(_BOOTSTRAP_SEED))
    print(f"{unit}: {interval.mean:+.4f} to {best}, 95 % paired interval {interval.low:+.4f} to {interval.high:+.4f}")
    row = _row(name, unit, float(np.mean(ours)), float(np.mean(peers[best])), best)
    return row | {"interval": [round(interval.low, 5), round(interval.high, 5)]}


def _row(name: str, unit: str, value: float, best: float, best_name: str) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 5),
        "unit": unit,
        "best_peer": round(best, 5),
        "best_peer_name": best_name,
        "ratio": round(value / best, 4),
        "command": COMMAND,
    }
