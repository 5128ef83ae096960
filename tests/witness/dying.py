"""A witness that is asked what stands on its input, and dies where a test says. Run as a process of its own.

Its calls of the system are found by wrapping the whole of `os` (and the lock): none is named by hand. Whatever it
signs it prints at once: that has left the house.
"""

import fcntl
import json
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from killing import die
from troth.clock import FixedClock
from troth.keys.witness import WitnessSigner
from troth.ledger.note import Line
from troth.witness.model import RefusedError
from troth.witness.service import Witness
from witness.growing import AT, ONE, OTHER

# What only looks, or belongs to Python itself and not to the work.
_ONLY_LOOKS = {
    *("fspath", "fsencode", "fsdecode", "getpid", "kill", "getenv", "get_terminal_size", "strerror", "urandom"),
    *("stat", "lstat", "fstat", "scandir", "listdir", "read", "access", "cpu_count", "getcwd"),
}


class Calls:
    """Counts the calls of the system, tells them, and dies at one of them.

    Args:
        fatal: the how-manieth call kills, from 0; −1 for none.
        when: ``before``, ``half`` (of a write, its first half) or ``after``.
    """

    def __init__(self, fatal: int, when: str) -> None:
        self._fatal = fatal
        self._when = when
        self.made: list[str] = []

    def wrap(self, owner: ModuleType | type, name: str) -> None:
        really: Callable[..., Any] = getattr(owner, name)

        def counted(*arguments: Any, **named: Any) -> Any:
            is_fatal = len(self.made) == self._fatal
            self.made.append(name)
            if is_fatal and self._when == "before":
                die()
            if is_fatal and self._when == "half" and name == "write":
                really(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
                die()
            result = really(*arguments, **named)
            if is_fatal:
                die()
            return result

        setattr(owner, name, counted)


def main() -> None:
    home, fatal, when = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    asks = json.loads(sys.argv[4])
    clock = FixedClock(AT)
    witness = Witness(home, clock)
    calls = Calls(fatal, when)
    for name, one in list(vars(os).items()):
        if callable(one) and not isinstance(one, type) and not name.startswith("_") and name not in _ONLY_LOOKS:
            calls.wrap(os, name)
    calls.wrap(fcntl, "flock")
    calls.wrap(WitnessSigner, "sign")
    for log, old, size, second in asks:
        clock.at = AT + timedelta(seconds=second)
        try:
            told: Line | RefusedError = witness.add_checkpoint({"one": ONE, "other": OTHER}[log].request(old, size))
        except RefusedError as refused:
            told = refused
        is_signed = isinstance(told, Line)
        size_told = 0 if isinstance(told, Line) else told.size
        sys.stdout.write(json.dumps([log, size, str(told) if is_signed else "", size_told]) + "\n")
        sys.stdout.flush()
    sys.stderr.write(json.dumps(calls.made))


if __name__ == "__main__":
    main()
