"""The loop that ends the epoch of the keys when its time is over.

Laws:

1. It runs in a thread of its own: a change takes seconds for a million keys, and a key server that does not answer
   must hold up neither the forgetting nor the serving.
2. A failure is told once, by its code, and tried again an hour later. Until then the old epoch stays: late, and
   nothing lost.
3. Where a place for a copy of the keys is named, the old epoch is destroyed when the copy is there and not before.
   Where none is, the epoch ends all the same, and the log says that nothing was copied.
4. Asked to stop, it stops between two transactions. What is left to do is done at the next start.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread

import structlog

from troth.clock import Clock
from troth.keys.epochs.change import Changed, Epochs

LOOK_EVERY_S = 3600.0
"""Seconds between two looks."""

_log = structlog.get_logger()


class _StoppedError(Exception):
    """The server ends."""


def end_when_due(
    epochs: Epochs,
    *,
    lasts: timedelta | None,
    now: datetime,
    progress: Callable[[int, int], object] = lambda _done, _all: None,
) -> Changed | None:
    """End the epoch when it is older than it may become, or finish a change that was begun.

    Args:
        epochs: ends it.
        lasts: how long an epoch lasts; None: only what was begun is finished.
        now: the moment.
        progress: told how far it is; may raise to stop.

    Returns:
        What was done; None when nothing was due.
    """
    if not epochs.is_due(now=now, lasts=lasts):
        return None
    return epochs.end(now=now, progress=progress)


class EpochChanger:
    """Runs in a thread of its own until `stop`.

    Args:
        epochs: ends them.
        clock: tells the time.
        lasts: how long an epoch lasts; None: until it is ended by hand.
        every: seconds between two looks.
    """

    def __init__(self, epochs: Epochs, clock: Clock, *, lasts: timedelta | None, every: float = LOOK_EVERY_S) -> None:
        self._epochs = epochs
        self._clock = clock
        self._lasts = lasts
        self._every = every
        self._ending = Event()
        self._thread = Thread(target=self._run, name="epoch", daemon=True)

    def start(self) -> None:
        """Begin; the first look is at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the transaction that is running; returns when it has ended."""
        self._ending.set()
        self._thread.join()

    def once(self) -> Changed | None:
        """Look once.

        Raises:
            TrothError: the change failed; the next look may do better.
        """
        return end_when_due(self._epochs, lasts=self._lasts, now=self._clock.now(), progress=self._go_on)

    def _go_on(self, _done: int, _all: int) -> None:
        if self._ending.is_set():
            raise _StoppedError

    def _run(self) -> None:
        told = ""
        while True:
            try:
                changed = self.once()
                told = ""
                if changed is not None:
                    _log.info("epoch_ended", epoch=changed.epoch, keys=changed.rewrapped, copied=changed.copied)
            except _StoppedError:
                return
            except Exception as error:  # noqa: BLE001 - a loop that dies in silence would end no epoch any more
                code = getattr(error, "code", type(error).__name__)
                if code != told:
                    # By class and code only: a message of a library could quote values.
                    _log.error("epoch_failed", code=code)
                told = code
            if self._ending.wait(self._every):
                return
