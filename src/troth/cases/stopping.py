"""A stop, from the record to the last row it ends.

Laws:

1. The stop is durable first: every read that begins after it obeys it.
2. Then what is kept of the customer for no purpose any more is deleted, unless a hold or a restriction preserves it.
   A crash in between leaves rows that nothing may read; the clock deletes them.
3. What is stopped for everybody deletes nothing: it is meant to be lifted.
"""

from dataclasses import dataclass
from datetime import datetime

from troth.cases.settling import Settling
from troth.stops.model import EVERYBODY, Kind, Stop
from troth.stops.service import Stops


@dataclass(frozen=True, slots=True)
class Stopped:
    """What was recorded, and what was deleted because of it (kind of data → how many items)."""

    stop: Stop
    deleted: dict[str, int]


class Stopping:
    """Puts and lifts stops, and acts on them.

    Args:
        stops: where they are recorded.
        settling: deletes what no purpose holds for.
    """

    def __init__(self, stops: Stops, settling: Settling) -> None:
        self._stops = stops
        self._settling = settling

    def put(
        self, kind: Kind, *, customer: int = EVERYBODY, target: str = "", by: str, why: str = "", now: datetime
    ) -> Stopped:
        """Put a stop and delete what it ends; see `Stops.put`."""
        stop = self._stops.put(kind, customer=customer, target=target, by=by, why=why, now=now)
        return self._settled(stop, now)

    def lift(
        self, kind: Kind, *, customer: int = EVERYBODY, target: str = "", by: str, why: str = "", now: datetime
    ) -> Stopped:
        """Lift a stop and delete what it had preserved beyond its time; see `Stops.lift`."""
        stop = self._stops.lift(kind, customer=customer, target=target, by=by, why=why, now=now)
        return self._settled(stop, now)

    def _settled(self, stop: Stop, now: datetime) -> Stopped:
        return Stopped(stop, {} if stop.customer == EVERYBODY else self._settling.settle(stop.customer, now=now))
