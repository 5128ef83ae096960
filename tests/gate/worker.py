"""One worker process of an installation, as a server would have several: it does what it is told on stdin.

Each line in is one act as JSON, with the microsecond of its moment after `NOW`; each line out is what came of it,
and is written only when the act is done. Started as ``python worker.py '{"home": …}'`` with the settings.
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from threading import Event, Thread
from typing import Any

from installations import NOW, SUGGEST, WEB
from troth.app import App, build
from troth.clock import FixedClock
from troth.consent.model import Answer
from troth.promise.model import Clause
from troth.settings import Settings
from troth.stops.model import EVERYBODY, Kind


def main() -> None:
    """Serve until stdin ends."""
    app = build(Settings(**json.loads(sys.argv[1])), clock=FixedClock(NOW))
    looking = Looking(app)
    frozen = ExitStack()  # a moment that every later read of this worker would see: what must never happen
    acts: dict[str, Callable[..., object]] = {
        "choose": choose,
        "stop": stop,
        "look": look,
        "suggest": suggest,
        "begin": lambda _, **told: looking.begin(**told),
        "end": lambda _, **__: looking.end(),
        "freeze": lambda app: frozen.enter_context(app._databases[0].reading()) and None,
    }
    _tell("ready")
    for line in sys.stdin:
        told = json.loads(line)
        _tell(acts[told.pop("act")](app, **told))
    frozen.close()
    app.close()


def choose(app: App, *, customer: int, data: str, answer: str, micros: int) -> list[int]:
    """Record a choice; return when it was begun and when it was durable."""
    clause = Clause("suggestions", data)
    shown, now = app.consent.words(clause).digest, NOW + timedelta(microseconds=micros)
    begun = time.monotonic_ns()
    app.consent.choose(customer, clause, Answer(answer), shown=shown, via="api", now=now)
    return [begun, time.monotonic_ns()]


def stop(app: App, *, kind: str, customer: int = EVERYBODY, target: str = "", put: bool, micros: int) -> None:
    """Put or lift a stop."""
    act = app.stops.put if put else app.stops.lift
    act(Kind(kind), customer=customer, target=target, by="test", now=NOW + timedelta(microseconds=micros))


def look(app: App, *, customer: int, micros: int) -> dict[str, int]:
    """Return kind of data → how many items a read for suggestions lets out, of the kinds it allows."""
    answer = app.gate.read(SUGGEST, customer, now=NOW + timedelta(microseconds=micros))
    if answer.items.keys() != answer.verdict.allowed.keys():
        raise SystemExit("the items are not those of the verdict")
    return {kind: len(items) for kind, items in answer.items.items()}


def suggest(app: App, *, customer: int, micros: int) -> list[str]:
    """Return the kinds of data that suggestions used."""
    now = NOW + timedelta(microseconds=micros)
    return [clause.data for clause in app.suggestions.suggest(WEB, customer, most=3, now=now).used]


class Looking:
    """Reads in a thread without a pause, and stamps each read with its begin and its end."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._ending = Event()
        self._seen: list[tuple[int, int, bool]] = []
        self._thread: Thread | None = None

    def begin(self, *, customer: int, data: str, micros: int) -> None:
        """Begin to read."""

        def run() -> None:
            while not self._ending.is_set():
                begun = time.monotonic_ns()
                allowed = look(self._app, customer=customer, micros=micros)
                self._seen.append((begun, time.monotonic_ns(), data in allowed))

        self._ending.clear()
        self._seen = []
        self._thread = Thread(target=run)
        self._thread.start()

    def end(self) -> list[tuple[int, int, bool]]:
        """End; return (begin, end, whether the kind was let out) of each read."""
        assert self._thread is not None
        self._ending.set()
        self._thread.join()
        return self._seen


def _tell(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
