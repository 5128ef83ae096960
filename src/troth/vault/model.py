"""What the vault holds, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct, structs

Value = str | int | float | bool | None
"""What one property of an item may hold."""


class Item(Struct, frozen=True):
    """One thing kept of a customer, opened.

    A `Struct` and no dataclass: every row of every read becomes one, and making it costs a tenth.

    Attributes:
        at: when it happened.
        event: the event that carried it, or ``identify`` for a trait.
        values: property → value, only those the promise names.
        mark: 16 bytes that name the item within its customer, kind and time; nothing can be read from them.
        is_locked: whether the customer asked to delete it, and it is kept for a law alone.
    """

    at: datetime
    event: str
    values: Mapping[str, Value]
    mark: bytes = b""
    is_locked: bool = False

    def having(self, values: Mapping[str, Value]) -> "Item":
        """Return this item with other values."""
        return structs.replace(self, values=values)

    def __repr__(self) -> str:
        """Tell everything but the values."""
        return f"Item(at={self.at!r}, event={self.event!r}, mark={self.mark!r}, is_locked={self.is_locked})"


@dataclass(frozen=True, slots=True)
class Kept:
    """An item on its way into the vault, with whose it is and of which kind."""

    customer: int
    kind: str
    item: Item


Locked = tuple[int, bytes, bytes]
"""A row as it lies in the vault: microseconds since 1970, its mark, and what can't be read without the key."""


Row = tuple[int, str, int, bytes]
"""What names an item in the vault: customer, kind, microseconds since 1970, mark."""

_RESTRICTED = "/law"
"""Ends the kind of items that are kept for a law alone. No kind of a promise has a slash in its name."""


def restricted(kind: str) -> str:
    """Return under which kind those items of `kind` lie that are kept for a law alone."""
    return kind + _RESTRICTED


def is_restricted(kind: str) -> bool:
    """Tell whether items of `kind` are kept for a law alone."""
    return kind.endswith(_RESTRICTED)


def named(kind: str) -> str:
    """Return what the promise calls `kind`."""
    return kind.removesuffix(_RESTRICTED)


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a customer had deleted, and what no old file may bring back.

    Attributes:
        kinds: kind → nothing of it that happened up to then comes back.
        marks: keyed hashes of single items.
    """

    kinds: Mapping[str, datetime] = field(default_factory=dict)
    marks: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class Span:
    """The items of one customer and kind: when the first and the last happened, and how many there are."""

    first: datetime
    last: datetime
    count: int
