"""A process that changes the epoch or renews the master key, and is killed: ``dying.py HOME ACT PLACE``.

A place is ``name:when`` or ``name:when:count``: before or after the count-th call of one of the steps below.
"""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import literal_column

from installations import NOW
from keys.tables import open_store
from killing import arm
from troth.db.engine import Database
from troth.db.statements import Prepared
from troth.keys.epochs import store as tables
from troth.keys.epochs.change import Epochs
from troth.keys.epochs.store import EpochStore
from troth.keys.file import FileKeyProvider

STEPS: dict[str, tuple[type[Any], str]] = {
    "begin": (EpochStore, "begin_epoch"),
    "replace": (EpochStore, "replace_epoch"),
    "renew": (FileKeyProvider, "renew"),
    "wrap": (FileKeyProvider, "wrap"),
    "put the file": (Path, "replace"),
    "second name": (Path, "hardlink_to"),
    "clear": (FileKeyProvider, "_clear"),
    "rewrap": (EpochStore, "rewrap_customers"),
    "rewrap named": (EpochStore, "rewrap_named"),
    "destroy": (EpochStore, "destroy_epochs"),
    "write anew": (Database, "write_anew"),
    "empty the log": (Database, "empty_log"),
    "retire": (FileKeyProvider, "retire"),
    "note retired": (EpochStore, "retire_masters"),
    "settle": (EpochStore, "settle"),
}


def main() -> None:
    """Do it."""
    home, act, place = sys.argv[1:]
    name, when, *count = place.split(":")
    # Small transactions, so that there are some to die between.
    tables._NEXT = Prepared(tables._NEXT._statement.limit(literal_column("5")))
    epochs = Epochs(open_store(Path(home)), FileKeyProvider(Path(home) / "master.key"), renews_master=True)
    arm(STEPS[name], when, int(count[0]) if count else 1)
    getattr(epochs, act)(now=NOW + timedelta(days=30))


if __name__ == "__main__":
    main()
