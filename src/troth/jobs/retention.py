"""What the clock ends: items past their keep, and items whose last purpose is over.

Reads refuse them from the first moment on; this deletes them. Each customer is settled in a transaction of their own,
so that a stop in the middle loses nothing and holds nobody up. The keys of which nothing is left go when all are
settled.
"""

from datetime import datetime

from troth.cases.spent import SpentKeys
from troth.gate.gate import Gate


def delete_what_is_over(gate: Gate, keys: SpentKeys, *, now: datetime) -> dict[str, int]:
    """Delete what is kept for no purpose any more; return kind of data → how many items went.

    Args:
        gate: knows what is over, and deletes it.
        keys: destroys the keys that have nothing left to open.
        now: the moment.
    """
    total: dict[str, int] = {}
    for customer in gate.overdue(now=now):
        for kind, count in gate.settle(customer, now=now, by_clock=True).items():
            total[kind] = total.get(kind, 0) + count
    keys.resume()
    return total
