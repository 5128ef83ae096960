"""Streams of everybody, brought together customer by customer, so that a million of them need no room."""

from collections.abc import Iterable, Iterator
from heapq import merge
from typing import Generic, TypeVar

from troth.breach.model import Lot

Row = TypeVar("Row", bound=tuple[int, *tuple[object, ...]])


def by_customer(streams: Iterable[Iterator[tuple[int, Lot]]]) -> Iterator[tuple[int, list[Lot]]]:
    """Yield each customer of `streams`, each in the order of numbers, with all of their lots.

    No two streams have lots of one name: of one customer they are put in order by their names.
    """
    whose, lots = 0, list[Lot]()
    for customer, lot in merge(*streams):
        if customer != whose:
            if lots:
                yield whose, lots
            whose, lots = customer, []
        lots.append(lot)
    if lots:
        yield whose, lots


class Beside(Generic[Row]):
    """A stream in the order of customers' numbers, read beside another.

    Args:
        rows: the stream; each row begins with a customer's number.
    """

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def of(self, customer: int) -> list[Row]:
        """Return the rows of `customer`; what is before them is passed over. Numbers are asked for in order."""
        found: list[Row] = []
        row = self._next
        while row is not None and row[0] <= customer:
            if row[0] == customer:
                found.append(row)
            row = next(self._rows, None)
        self._next = row
        return found
