"""The protocol of every room that keeps something of a customer.

Erasing crosses rooms without imports: `app` hands the list of Keepers to `cases/erasure`. A test asserts that
every room with a `store.py` is on that list or says why it keeps nothing of a customer, so a new room cannot
forget to forget.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KeeperReport:
    """What one room did or holds, in counts and words; never in values.

    Attributes:
        room: the room's name, e.g. ``vault``.
        counts: what → how many, e.g. ``{"orders": 14}``.
        kept: what stays → why, in words, e.g. ``{"orders": "UK Companies Act 2006 s388, until 2032-11-22"}``.
    """

    room: str
    counts: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)


class Keeper(Protocol):
    """A room that keeps something of a customer.

    Every call is idempotent: after a crash the same call is made again and ends in the same state.
    `customer` is the installation's own number of the customer (identity/), never an outside id.
    """

    room: str

    def describe(self, customer: int) -> KeeperReport:
        """Count what this room holds of the customer."""
        ...

    def forget(self, customer: int, *, now: datetime) -> KeeperReport:
        """Remove all of it but what a legal obligation names. Durable when it returns."""
        ...
