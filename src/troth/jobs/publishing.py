"""The loop that signs what the ledger holds, while a server runs.

Laws:

1. What is noted is signed within about a second: receipts can be had then. That anything is noted is not its task.
2. A failure is told once, by its code, and tried again with longer and longer pauses up to a minute. Until then
   nothing is lost: what is committed and not signed is what the next round finds.
"""

from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Protocol

import structlog

from troth.clock import Clock

EVERY_S = 1.0
"""Seconds between two looks for something to sign."""

COUNT_EVERY = timedelta(seconds=5)
"""How often the counts of use are added to the record."""

TIDY_EVERY = timedelta(hours=1)
"""How often days that are over are told, and entries past their keep deleted."""

_LONGEST_PAUSE_S = 60.0

_log = structlog.get_logger()


class Evidence(Protocol):
    """What is to be done: `troth.app.App` has it."""

    def publish(self, *, now: datetime) -> None:
        """Sign what is not signed yet."""
        ...

    def count(self) -> None:
        """Add the counts of use to the record."""
        ...

    def tidy(self, *, now: datetime) -> None:
        """Tell days that are over, note what the company did, delete what is past its keep."""
        ...


class PublishingLoop:
    """Runs in a thread of its own until `stop`.

    Args:
        evidence: does the work.
        clock: tells the time.
        every: seconds between two looks.
    """

    def __init__(self, evidence: Evidence, clock: Clock, *, every: float = EVERY_S) -> None:
        self._evidence = evidence
        self._clock = clock
        self._every = every
        self._ending = Event()
        self._count_due = clock.now() + COUNT_EVERY
        self._tidy_due = clock.now()
        self._thread = Thread(target=self._run, name="publishing", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round that is running, with what was counted added and everything signed.

        Raises:
            TrothError: that failed; the next start does it, but for some seconds of counts.
        """
        self._ending.set()
        self._thread.join()
        self._evidence.count()
        self._evidence.publish(now=self._clock.now())

    def once(self) -> None:
        """Do one round.

        Raises:
            TrothError: the round failed; the next may do better.
        """
        now = self._clock.now()
        if now >= self._count_due:
            self._evidence.count()
            self._count_due = now + COUNT_EVERY
        if now >= self._tidy_due:
            self._evidence.tidy(now=now)
            self._tidy_due = now + TIDY_EVERY
        self._evidence.publish(now=now)

    def _run(self) -> None:
        pause = self._every
        while not self._ending.wait(pause):
            try:
                self.once()
            except Exception as error:  # noqa: BLE001 - a loop that dies in silence would leave the log unsigned for good
                if pause == self._every:
                    # By class and code only: a message of a library could quote values.
                    _log.error("publishing_failed", code=getattr(error, "code", type(error).__name__))
                pause = min(pause * 2, _LONGEST_PAUSE_S)
            else:
                pause = self._every
