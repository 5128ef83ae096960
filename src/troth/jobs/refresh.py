"""The loop that keeps the suggestion model true while a server runs.

Laws:

1. It only ever makes the model newer. That nobody is served from a model that should have forgotten is not its task:
   serving looks that up itself, so a loop that died is seen as shelves without suggestions, never as a broken word.
2. A failure is told once and tried again, with longer and longer pauses up to a minute.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Protocol

import structlog

from troth.clock import Clock

EVERY = 0.25
"""Seconds between two looks at the outbox. A removal must be out of the model within two seconds."""

PATIENCE = timedelta(seconds=10)
"""How long a purchase or a yes may wait to enter the model, so that a busy shop does not solve it all the time."""

FIT_AFTER = timedelta(hours=1)
FIT_EVERY = timedelta(hours=24)
"""How long after the start, and then how often, a new epoch begins; also what has passed its keep goes then."""

EXPIRE_EVERY = timedelta(hours=1)
"""How often what the clock ends is deleted."""

LOOK_FOR_PRODUCTS_EVERY = timedelta(minutes=1)
"""How often new products are looked for. They too begin a new epoch, since the item list of one is frozen."""

_LONGEST_PAUSE = 60.0

_log = structlog.get_logger()


class Model(Protocol):
    """What is kept up to date: `troth.recommend.service.Suggestions`."""

    def fit(self, *, now: datetime) -> object:
        """Begin a new epoch."""
        ...

    def outgrown(self) -> bool:
        """Return whether the shop sells something that the model does not know."""
        ...

    def warm(self) -> None:
        """Make ready to forget fast."""
        ...

    def refresh(self, *, now: datetime, patience: timedelta) -> object:
        """Take in what happened since, a removal at once; make the first model when there is none."""
        ...


class Refresher:
    """Runs in a thread of its own until `stop`.

    Args:
        model: what is kept up to date.
        clock: tells the time.
        every: seconds between two looks.
        expire: deletes what the clock ends; called at the start and then once an hour.
    """

    def __init__(
        self,
        model: Model,
        clock: Clock,
        *,
        every: float = EVERY,
        expire: Callable[[datetime], object] = lambda _now: None,
    ) -> None:
        self._model = model
        self._expire = expire
        self._clock = clock
        self._every = every
        self._ending = Event()
        self._expire_due = clock.now()
        self._fit_due = clock.now() + FIT_AFTER
        self._look_due = clock.now() + LOOK_FOR_PRODUCTS_EVERY
        self._thread = Thread(target=self._run, name="refresh", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round that is running; returns when it has ended."""
        self._ending.set()
        self._thread.join()

    def once(self) -> None:
        """Do one round.

        Raises:
            TrothError: the round failed; the next may do better.
        """
        now = self._clock.now()
        fit = now >= self._fit_due
        if now >= self._expire_due:
            # At the start too: a new promise may have ended what the old one kept.
            self._expire(now)
            self._expire_due = now + EXPIRE_EVERY
        if now >= self._look_due:
            self._look_due = now + LOOK_FOR_PRODUCTS_EVERY
            fit = fit or self._model.outgrown()
        if fit:
            self._model.fit(now=now)
            self._fit_due = now + FIT_EVERY
        else:
            self._model.refresh(now=now, patience=PATIENCE)

    def _run(self) -> None:
        pause, warm = self._every, False
        while not self._ending.wait(pause):
            try:
                self.once()
                if not warm:
                    self._model.warm()
                    warm = True
            except Exception as error:  # noqa: BLE001 - a loop that dies in silence would leave the catalogue for good
                if pause == self._every:
                    # By class and code only: a message of a library could quote values.
                    _log.error("refresh_failed", code=getattr(error, "code", type(error).__name__))
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                pause = self._every
