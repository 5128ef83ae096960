"""The model in memory while it is kept up to date, and the values around it."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import numpy as np

from troth.recommend.gram import Epoch, Gram, Row, as_row
from troth.recommend.solve import Matrix, Route, update
from troth.recommend.store import Header

NOTHING: Row = np.zeros(0, dtype=np.int32)
"""The row of somebody who has nothing, or lets nothing be used."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """The settings of new epochs; their meaning is in `Epoch`. Tuned on validation customers in bench/quality.py."""

    ridge: float = 100.0
    keep: int = 50
    support: int = 3
    damping: float = 0.2


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a fit or a refresh did.

    Attributes:
        epoch: the model's epoch.
        seq: the last row of the outbox that is in the model.
        changed: how many customers' parts changed.
        route: how the inverse was brought up to date.
    """

    epoch: int
    seq: int
    changed: int
    route: Route


@dataclass(slots=True)
class Live:
    """The statistic, its inverse and the rows in it.

    Attributes:
        header: the stored model it belongs to; None while a first one is being made.
        epoch: what is frozen.
        gram: the statistic.
        inverse: P of the statistic.
        rows: customer → row, only those that are not empty.
        index: product id → item index.
        missing: customers whose stored part can't be opened any more; it goes with the next model written.
        route: how the inverse was last brought up to date.
    """

    header: Header | None
    epoch: Epoch
    gram: Gram
    inverse: Matrix
    rows: dict[int, Row]
    index: Mapping[str, int]
    missing: set[int] = field(default_factory=set)
    route: Route = Route.UNCHANGED

    def apply(self, new: Mapping[int, Row]) -> None:
        """Bring the customers of `new` from the row they have in the model to the one they have now."""
        removed = [self.rows[customer] for customer in new if customer in self.rows]
        added = [row for row in new.values() if row.size]
        self.gram.subtract(removed)
        self.gram.add(added)
        self.inverse, self.route = update(
            self.inverse, self.gram.counts, ridge=self.epoch.ridge, added=added, removed=removed
        )
        for customer, row in new.items():
            if row.size:
                self.rows[customer] = row
            else:
                self.rows.pop(customer, None)


def row_of(products: AbstractSet[str], index: Mapping[str, int]) -> Row:
    """Return the row of who has `products`; a product that the epoch does not know is left out."""
    return as_row((index[product] for product in products if product in index), size=len(index))


def bound_to_epoch(epoch: int) -> bytes:
    """Return what a sealed part is bound to, so that a part of one epoch never opens as one of another."""
    return b"epoch %d" % epoch


def kind_of_key(purpose: str) -> str:
    """Return the kind of key that seals customers' parts of the model of `purpose`."""
    return f"model:{purpose}"
