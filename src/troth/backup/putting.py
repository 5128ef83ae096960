"""A new SQLite file takes the place of an old one, whole or not at all.

Laws:

1. The log beside the old file goes first: another file's log beside the new one would damage it.
2. The old file gets a second name before the new one takes its first. So at every moment there is a whole file of
   that name, and the old one is not lost.
"""

import errno
from itertools import chain, count
from pathlib import Path

from troth.backup.place import PART, make_durable
from troth.db.engine import Database, sqlite_url
from troth.errors import UnavailableError

_LOGS = ("-wal", "-shm", "-journal")


def ready_beside(file: Path) -> Path:
    """Return where to make the new file: beside the old, with nothing there that a crash left.

    Raises:
        UnavailableError: somebody has the old one open, or the folder can't be used.
    """
    part = file.with_name(file.name + PART)
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in (part.name, *(part.name + log for log in _LOGS)):
            part.with_name(name).unlink(missing_ok=True)
    except OSError as error:
        raise _unusable(error) from None
    _must_be_free(file)
    return part


def put_in_place(part: Path, file: Path, *, kept: str) -> list[Path]:
    """Let the file `part` take the place of `file`; return the names under which the old is kept.

    Args:
        part: made by `ready_beside`, whole and closed.
        file: the old one; need not be there.
        kept: the name the old one keeps.

    Raises:
        UnavailableError: somebody has the old one open, or it can't be done. The old is in its place.
    """
    _must_be_free(file)
    names: list[Path] = []
    try:
        # Beside a file that is whole there is no log any more. What lies beside a damaged one goes with it.
        kept = _free_name(file, kept)
        for log in _LOGS:
            beside = file.with_name(file.name + log)
            if beside.exists():
                names.append(beside.replace(file.with_name(kept + log)))
        if file.exists():
            names.insert(0, file.with_name(kept))
            names[0].hardlink_to(file)
        part.replace(file)
        make_durable(file.parent)
    except OSError as error:
        raise _unusable(error) from None
    return names


def _free_name(file: Path, wanted: str) -> str:
    """Return `wanted`, or that with a number where a restore that was broken off has used it."""
    taken = {one.name for one in file.parent.iterdir()}
    numbered = (f"{wanted}-{number}" for number in count(2))
    return next(name for name in chain([wanted], numbered) if name not in taken)


def _must_be_free(file: Path) -> None:
    """Check that nobody has `file` open; let a damaged one pass."""
    if not file.exists():
        return
    database = Database(sqlite_url(file))
    try:
        database.must_be_alone()
    except UnavailableError as error:
        if error.code != "database_damaged":
            raise
    finally:
        database.close()


def _unusable(error: OSError) -> UnavailableError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return UnavailableError("disk_full", "The disk is full; nothing was changed.", "Make room and try again.")
    return UnavailableError(
        "folder_unusable",
        f"The folder of the installation can't be changed ({error.strerror}); the old data is in its place.",
        "Look whether this user may write there.",
    )
