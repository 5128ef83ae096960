"""Ending a process as if the power went, at a place that a test names."""

import os
import signal
from collections.abc import Callable
from typing import Any


def die() -> None:
    """End at once: nothing is written, closed or undone."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(step: tuple[object, str], when: str, count: int) -> None:
    """See to it that this process dies.

    Args:
        step: what has the call (a class, a module), and the call's name.
        when: ``before`` or ``after`` the call.
        count: the how-manieth call it is, from 1.
    """
    owner, attribute = step
    really: Callable[..., Any] = getattr(owner, attribute)
    calls = 0

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == count and when == "before":
            die()
        result = really(*arguments, **named)
        if calls == count and when == "after":
            die()
        return result

    setattr(owner, attribute, counted)
