"""An independent rebuild, against which the served model is checked: does it hold exactly those who agree now?

It shares nothing with the code that counts, subtracts, solves and updates (`gram`, `solve`, `live`, `learn`): pairs
are counted one by one in plain Python, the digest is written from docs/formats/statistic.md, and the inverse is a
general one. What it does share is reading: the gate, and `holdings`, which says what "bought" means.

It is meant to run in a process of its own, so that nothing the server has in memory can help it.
"""

import hashlib
import json
import struct
import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from troth.actors import of_job
from troth.db import outbox
from troth.db.engine import Database
from troth.errors import NotFoundError, UnavailableError
from troth.gate.gate import Gate
from troth.gate.use import Use
from troth.recommend import store
from troth.recommend.holdings import bought, kinds_of
from troth.recommend.served import Served, decode

TOLERANCE = 1e-8
"""The largest difference of a weight that is rounding. What one customer changes is some million times larger."""


@dataclass(frozen=True, slots=True)
class Verification:
    """How the served model compares with the rebuild.

    Attributes:
        customers: how many customers the rebuild counted.
        products: how many products the model knows.
        served: the digest that is stored beside the served model, in hex.
        rebuilt: the digest of the rebuild, in hex.
        difference: the largest difference between a served weight and its rebuilt one, or by which a weight that was
            left out should not have been.
        popularity_equal: whether the served best-seller counts are the rebuilt ones.
    """

    customers: int
    products: int
    served: str
    rebuilt: str
    difference: float
    popularity_equal: bool

    @property
    def holds(self) -> bool:
        """Whether the served model is the one of exactly those customers who agree now."""
        return self.served == self.rebuilt and self.difference < TOLERANCE and self.popularity_equal


def verify(database: Database, gate: Gate, *, purpose: str, now: datetime) -> Verification:
    """Rebuild the model of `purpose` from what the gate lets out at `now`, and compare.

    Raises:
        NotFoundError: there is no model yet.
        UnavailableError: changes wait that the model has not taken in yet, or it was replaced meanwhile; refresh it
            and check again.
    """
    with database.reading() as connection:
        before = store.header(connection, purpose)
        if before is None:
            raise NotFoundError("no_model", "There is no model yet.", "Start the server, which makes it.")
        served = decode(store.body(connection, purpose))
        if outbox.newest(connection) != before.seq:
            raise _behind()
    rows = held_rows(gate, served.epoch.items, purpose=purpose, now=now)
    with database.reading() as connection:
        if outbox.newest(connection) != before.seq or store.header(connection, purpose) != before:
            raise _behind()
    counts = count_pairs(rows, len(served.epoch.items))
    return Verification(
        customers=len(rows),
        products=len(served.epoch.items),
        served=before.digest.hex(),
        rebuilt=digest_of(counts, served.epoch.items),
        difference=largest_difference(served, counts),
        popularity_equal=_popularity(counts, len(served.epoch.items), served.epoch.support)
        == served.popularity.tolist(),
    )


def _behind() -> UnavailableError:
    return UnavailableError(
        "model_behind",
        "Something changed that the model has not taken in yet, so there is nothing to compare.",
        "Try again in a moment; a running server brings the model up to date.",
    )


def held_rows(gate: Gate, products: Sequence[str], *, purpose: str, now: datetime) -> list[list[int]]:
    """Return the places of the products of each customer who lets us use them, ascending; the empty ones left out."""
    kinds = kinds_of(gate.promise, purpose).bought
    if not kinds:
        return []
    place = {product: number for number, product in enumerate(products)}
    rows = []
    for _, items in gate.read_many(Use(of_job("verify", purpose), purpose, kinds), now=now):
        own = bought(item for kind in items.values() for item in kind)
        rows.append(sorted(place[product] for product in own if product in place))
    return [row for row in rows if row]


def count_pairs(rows: Iterable[Sequence[int]], size: int) -> "array[int]":
    """Return the upper triangle, row by row, of how many rows hold both of two items. Rows are ascending."""
    counts = array("q", bytes(8 * (size * (size + 1) // 2)))
    # The entry (i, j), i ≤ j, stands at start[i] + j.
    start = [i * size - i * (i + 1) // 2 for i in range(size)]
    for row in rows:
        for first, item in enumerate(row):
            begin = start[item]
            for other in row[first:]:
                counts[begin + other] += 1
    return counts


def digest_of(counts: "array[int]", products: Sequence[str]) -> str:
    """Return the digest of docs/formats/statistic.md, in hex."""
    little = array("q", counts)
    if sys.byteorder == "big":
        little.byteswap()
    listed = json.dumps(list(products), ensure_ascii=False, separators=(",", ":")).encode()
    head = b"troth-statistic/1\n" + struct.pack("<Q", len(products)) + hashlib.sha256(listed).digest()
    return hashlib.sha256(head + little.tobytes()).hexdigest()


def largest_difference(served: Served, counts: "array[int]") -> float:
    """Return by how much the served weights are wrong at most, as `Verification.difference` says.

    A column keeps the largest weights. Where two are equal up to rounding either may stay, so a weight that was left
    out is wrong only by what it is larger than the smallest that stayed.
    """
    epoch, size = served.epoch, len(served.epoch.items)
    if size == 0:
        return 0.0
    statistic = np.zeros((size, size))
    statistic[np.triu_indices(size)] = counts
    statistic = np.maximum(statistic, statistic.T)
    holders = np.maximum(np.diagonal(statistic), 1.0)
    inverse = np.linalg.inv(statistic + epoch.ridge * np.identity(size))
    kept = _columns(served)
    largest = 0.0
    for column in range(size):
        right = -inverse[:, column] / inverse[column, column] / holders**epoch.damping
        right[column] = 0.0
        right[statistic[:, column] < epoch.support] = 0.0
        items, values = kept[column]
        if len(items) > epoch.keep:
            return float("inf")
        wrong = np.abs(values - right[items]).max(initial=0.0)
        right[items] = 0.0
        smallest = np.abs(values).min() if len(items) == epoch.keep else 0.0
        largest = max(largest, float(wrong), float(np.abs(right).max() - smallest))
    return largest


def _columns(served: Served) -> list[tuple[NDArray[np.intp], NDArray[np.float64]]]:
    """Return the served weights column by column: for each item the items that speak for it, and their weights."""
    kept = served.weights
    givers = np.repeat(np.arange(kept.size), np.diff(kept.starts))
    order = np.argsort(kept.columns, kind="stable")
    ends = np.cumsum(np.bincount(kept.columns, minlength=kept.size))[:-1]
    return list(zip(np.split(givers[order], ends), np.split(kept.values[order], ends), strict=True))


def _popularity(counts: "array[int]", size: int, support: int) -> list[int]:
    diagonal = (counts[item * size - item * (item - 1) // 2] for item in range(size))
    return [holders if holders >= support else 0 for holders in diagonal]
