"""What the vault holds, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

Value = str | int | float | bool | None
"""What one property of an item may hold."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing kept of a customer, opened.

    Attributes:
        at: when it happened.
        event: the event that carried it, or ``identify`` for a trait.
        values: property → value, only those the promise names.
        mark: 16 bytes that name the item within its customer, kind and time; nothing can be read from them.
    """

    at: datetime
    event: str
    values: Mapping[str, Value] = field(repr=False)
    mark: bytes = b""


@dataclass(frozen=True, slots=True)
class Kept:
    """An item on its way into the vault, with whose it is and of which kind."""

    customer: int
    kind: str
    item: Item


Locked = tuple[int, bytes, bytes]
"""A row as it lies in the vault: microseconds since 1970, its mark, and what can't be read without the key."""


@dataclass(frozen=True, slots=True)
class Span:
    """The items of one customer and kind: when the first and the last happened, and how many there are."""

    first: datetime
    last: datetime
    count: int
