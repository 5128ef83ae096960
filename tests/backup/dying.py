"""A process that makes or restores a backup, and is killed: ``dying.py HOME PLACE ACT STEP WHEN COUNT``.

STEP is one of those below; WHEN is ``before`` or ``after`` the COUNT-th call of it.
"""

import sys
from pathlib import Path
from typing import Any

from backup.restores import back_up, restorer
from installations import install
from killing import arm
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
    "load": (restoring, "load"),
    "stand alone": (Database, "must_be_alone"),
    "second name": (Path, "hardlink_to"),
    "put in place": (restoring, "put_in_place"),
    "catch up": (Replay, "catch_up"),
    "reach": (journal_store, "reach"),
}


def main() -> None:
    """Do it."""
    home, place, act, name, when, count = sys.argv[1:]
    if act == "backup":
        app = install(Path(home))
        arm(STEPS[name], when, int(count))
        back_up(app, FolderPlace(Path(place)))
        return
    arm(STEPS[name], when, int(count))
    work = restorer(Path(home), FolderPlace(Path(place)))
    work.carry_out(work.plan(), replace=True)
    install(Path(home)).close()


if __name__ == "__main__":
    main()
