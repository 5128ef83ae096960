"""The model as it is served: what is written to one row, and read back by every process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray

from troth.recommend.gram import Epoch, Gram, Row
from troth.recommend.solve import Matrix, Weights, weights


class _Body(msgspec.Struct, frozen=True, kw_only=True):
    """The row's bytes: whole numbers and doubles little-endian.

    A row written before models named their promise has no version and no terms: it is read as made under a promise
    that nobody has any more, so nothing is served from it and the next refresh begins a new epoch.
    """

    number: int
    items: list[str]
    ridge: float
    keep: int
    support: int
    damping: float
    version: int = 0
    terms: str = ""
    popularity: bytes
    starts: bytes
    columns: bytes
    values: bytes


@dataclass(frozen=True)
class Served:
    """Weights and best sellers of one epoch. Holds no row of any customer.

    Attributes:
        epoch: what is frozen.
        weights: see `troth.recommend.solve`.
        popularity: how many customers have each item, 0 where fewer than the epoch's support.
    """

    epoch: Epoch
    weights: Weights = field(repr=False)
    popularity: NDArray[np.int32] = field(repr=False)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Product id → item index."""
        return {product: place for place, product in enumerate(self.epoch.items)}

    @cached_property
    def best_sellers(self) -> Row:
        """The items that enough customers have, most first; the smaller index wins a tie."""
        order = np.argsort(-self.popularity, kind="stable")
        return order[self.popularity[order] > 0].astype(np.int32)


def serve_from(epoch: Epoch, gram: Gram, inverse: Matrix) -> Served:
    """Return what is served of a statistic and its inverse."""
    popularity = gram.popularity
    popularity[popularity < epoch.support] = 0
    kept = weights(inverse, gram.counts, keep=epoch.keep, support=epoch.support, damping=epoch.damping)
    return Served(epoch, kept, popularity)


def encode(served: Served) -> bytes:
    """Return the bytes of a model's row."""
    epoch, kept = served.epoch, served.weights
    body = _Body(
        number=epoch.number,
        items=list(epoch.items),
        ridge=epoch.ridge,
        keep=epoch.keep,
        support=epoch.support,
        damping=epoch.damping,
        version=epoch.version,
        terms=epoch.terms,
        popularity=served.popularity.astype("<i4").tobytes(),
        starts=kept.starts.astype("<i8").tobytes(),
        columns=kept.columns.astype("<i4").tobytes(),
        values=kept.values.astype("<f8").tobytes(),
    )
    return msgspec.msgpack.encode(body)


def decode(row: bytes) -> Served:
    """Return the model of a row that `encode` made.

    Raises:
        ValueError: the bytes are damaged.
    """
    body = msgspec.msgpack.decode(row, type=_Body)
    epoch = Epoch(
        number=body.number,
        items=tuple(body.items),
        ridge=body.ridge,
        keep=body.keep,
        support=body.support,
        damping=body.damping,
        version=body.version,
        terms=body.terms,
    )
    kept = Weights(
        starts=np.frombuffer(body.starts, dtype="<i8").astype(np.int64),
        columns=np.frombuffer(body.columns, dtype="<i4").astype(np.int32),
        values=np.frombuffer(body.values, dtype="<f8").astype(np.float64),
    )
    return Served(epoch, kept, np.frombuffer(body.popularity, dtype="<i4").astype(np.int32))
