"""Destroying the keys of customers who stay: of each kind of which nothing is kept any more.

What deletes the last of a kind may be the customer's wish, a no, a stop or the clock; `troth.db.spent` has it noted
by then. Laws:

1. A key is destroyed in a `writing` of the main database in which it was seen that nothing is sealed with it. Who
   brings something in waits for that, and finds no key: the next item gets a new one.
2. Killed before the key is gone, the next start or the clock destroys it. Killed after that, they find no key and
   take it off the list.
3. What a law demands keeps its key. The model's part of somebody keeps its own until it is taken out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from troth.db import spent
from troth.db.engine import Connection, Database
from troth.gate.gate import Gate
from troth.keys.ring import KeyRing

_AT_ONCE = 200
"""Customers whose keys go in one transaction: some 20 ms, so that nobody who writes waits long."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What a room keeps of a customer that is made of other kinds, under a key of its own.

    Attributes:
        key: the kind of that key.
        holds: (connection, customer) → whether there is any of it now.
    """

    key: str
    holds: Callable[[Connection, int], bool]


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What was destroyed: the (customer, kind) of which nothing is kept, and how many of them had a key."""

    pairs: frozenset[tuple[int, str]] = frozenset()
    keys: int = 0


class SpentKeys:
    """Destroys keys that have nothing left to open.

    Args:
        database: the main database.
        gate: knows of what there are items.
        ring: for the keys.
        derived: what is made of items, and where.
    """

    def __init__(self, database: Database, *, gate: Gate, ring: KeyRing, derived: Derived) -> None:
        self._database = database
        self._gate = gate
        self._ring = ring
        self._derived = derived

    def destroy(self, numbers: Sequence[int]) -> Destroyed:
        """Destroy those keys of `numbers` that wait for it and have nothing left to open. Durable on return."""
        with self._database.reading() as connection:
            if not spent.of_customers(connection, numbers):
                return Destroyed()
        with self._database.writing() as connection:
            waiting = spent.of_customers(connection, numbers)
            idle = waiting - self._living(connection, numbers)
            gone = self._ring.destroy_each(idle) if idle else 0
            spent.strike(connection, waiting)
        return Destroyed(frozenset(idle), gone)

    def resume(self) -> int:
        """Destroy all keys that wait for it and have nothing left to open; return how many there were."""
        with self._database.reading() as connection:
            waiting = spent.customers(connection)
        starts = range(0, len(waiting), _AT_ONCE)
        return sum(self.destroy(waiting[start : start + _AT_ONCE]).keys for start in starts)

    def _living(self, connection: Connection, numbers: Sequence[int]) -> set[tuple[int, str]]:
        """Return the (customer, kind) of the keys of `numbers` with which something is sealed, still or again."""
        derived = {(number, self._derived.key) for number in numbers if self._derived.holds(connection, number)}
        return self._gate.deleting.sealed(connection, numbers) | derived
