"""A process that makes or restores a backup, and is killed: ``dying.py HOME PLACE ACT STEP WHEN COUNT``.

STEP is one of those below; WHEN is ``before`` or ``after`` the COUNT-th call of it.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from backup.restores import back_up, restorer
from installations import install
from troth.backup import making, restoring, store
from troth.backup.place import FolderPlace
from troth.cases.replay import Replay
from troth.db.engine import Database
from troth.journal import store as journal_store

STEPS: dict[str, tuple[Any, str]] = {
    "snapshot": (making, "snapshot"),
    "put": (FolderPlace, "put"),
    "name the file": (Path, "replace"),
    "check": (making, "must_be_whole"),
    "note": (store, "note"),
    "make ready": (restoring, "ready_beside"),
    "load": (restoring.Restore, "_load"),
    "stand alone": (Database, "must_be_alone"),
    "second name": (Path, "hardlink_to"),
    "put in place": (restoring, "put_in_place"),
    "catch up": (Replay, "catch_up"),
    "reach": (journal_store, "reach"),
}


def die() -> None:
    """End as if the power went."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(name: str, when: str, count: int) -> None:
    """See to it that this process dies at the place."""
    owner, attribute = STEPS[name]
    really: Callable[..., Any] = getattr(owner, attribute)
    calls = 0

    def step(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == count and when == "before":
            die()
        result = really(*arguments, **named)
        if calls == count and when == "after":
            die()
        return result

    setattr(owner, attribute, step)


def main() -> None:
    """Do it."""
    home, place, act, name, when, count = sys.argv[1:]
    if act == "backup":
        app = install(Path(home))
        arm(name, when, int(count))
        back_up(app, FolderPlace(Path(place)))
        return
    arm(name, when, int(count))
    work = restorer(Path(home), FolderPlace(Path(place)))
    work.carry_out(work.plan(), replace=True)
    install(Path(home)).close()


if __name__ == "__main__":
    main()
