"""A browser's opt-out signal, from the call that carried it to the record.

Laws:

1. The signal comes with every call; the first is recorded as a stop, the others change nothing (`troth.stops`).
2. It was said before the call that brought it: the browser sends it whatever the page asks. So an answer that comes
   with the same call comes after it, and a yes given in spite of the signal counts.
3. Somebody we do not know has no record. For them the signal holds for the call it came with.
4. What nothing but sharing needed is deleted, as after any stop.
"""

from datetime import datetime, timedelta

from troth.cases.stopping import Stopping
from troth.errors import NotFoundError
from troth.stops.model import Kind
from troth.stops.service import Stops

BY, WHY = "browser", "Sec-GPC: 1"
"""Who put the stop, and why, as it stands in the record."""

_BEFORE = timedelta(microseconds=1)
"""The smallest time there is here: the signal comes before what else the call brings."""


class Signals:
    """Notes opt-out signals.

    Args:
        stops: shows what stands.
        stopping: puts the stop.
    """

    def __init__(self, stops: Stops, stopping: Stopping) -> None:
        self._stops = stops
        self._stopping = stopping

    def note(self, customer: int, *, now: datetime) -> None:
        """Record that a call of the customer at `now` carried the signal, unless a signal stands already."""
        if self.noted(customer) is not None:
            return
        try:
            self._stopping.put(Kind.OPT_OUT, customer=customer, by=BY, why=WHY, now=now - _BEFORE)
        except NotFoundError:
            # They left, or are leaving: nothing of them is shared any more, and nothing is recorded either.
            return

    def noted(self, customer: int) -> datetime | None:
        """Return when the signal that stands for the customer, or a linked one, came; None when none does."""
        signal = self._stops.signal(customer)
        return None if signal is None else signal.at
