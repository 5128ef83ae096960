"""Small worlds whose right answers can be seen by eye."""

from collections.abc import Iterable

import numpy as np
from hypothesis import strategies as st

from troth.recommend.gram import Epoch, Gram, Row, as_row
from troth.recommend.solve import Matrix, Weights


def rows_of(size: int, *groups: Iterable[int]) -> list[Row]:
    return [as_row(group, size=size) for group in groups]


def checkerboard(size: int = 12, customers: int = 60) -> list[Row]:
    """Return customers of two kinds: some have only even items, the others only odd ones; each lacks some."""
    rows = []
    for number in range(customers):
        colour = list(range(number % 2, size, 2))
        without = {number // 2 % len(colour), number // 3 % len(colour)}
        rows.append(as_row((item for place, item in enumerate(colour) if place not in without), size=size))
    return rows


def gram_of(rows: Iterable[Row], size: int) -> Gram:
    gram = Gram(size)
    gram.add(rows)
    return gram


def epoch_of(size: int, *, ridge: float = 1.0, keep: int = 50, support: int = 0) -> Epoch:
    return Epoch(1, tuple(f"product {place:04d}" for place in range(size)), ridge, keep, support)


def dense(weights: Weights) -> Matrix:
    table = np.zeros((weights.size, weights.size))
    table[np.repeat(np.arange(weights.size), np.diff(weights.starts)), weights.columns] = weights.values
    return table


def shops(most_items: int = 12, most_customers: int = 14) -> st.SearchStrategy[tuple[int, list[Row]]]:
    """Return any small shop: its number of items, and its customers as rows (empty ones too)."""
    return st.integers(1, most_items).flatmap(
        lambda size: st.tuples(
            st.just(size),
            st.lists(
                st.sets(st.integers(0, size - 1)).map(lambda items: as_row(items, size=size)), max_size=most_customers
            ),
        )
    )
