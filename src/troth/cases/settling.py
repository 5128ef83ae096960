"""Deleting what no purpose holds for any more, with the keys of which nothing is left.

Laws:

1. First the rows go, with the journal's note of it (`Gate.settle`). Then the keys (`SpentKeys`). Killed in between,
   the next start or the clock ends it.
"""

from datetime import datetime

from troth.cases.spent import SpentKeys
from troth.db.engine import Database
from troth.gate.gate import Gate
from troth.identity.service import Identity


class Settling:
    """Settles customers.

    Args:
        database: the main database.
        gate: deletes what no purpose holds for.
        identity: who is who.
        keys: destroys keys.
    """

    def __init__(self, database: Database, *, gate: Gate, identity: Identity, keys: SpentKeys) -> None:
        self._database = database
        self._gate = gate
        self._identity = identity
        self._keys = keys

    def settle(self, customer: int, *, now: datetime) -> dict[str, int]:
        """Settle a customer after a no, a stop or a link; return kind of data → how many items went.

        All numbers of the person are settled. Durable on return.
        """
        gone = self._gate.settle(customer, now=now)
        if gone:
            with self._database.reading() as connection:
                numbers = self._identity.people.numbers(connection, customer)
            self._keys.destroy(numbers)
        return gone
