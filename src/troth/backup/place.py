"""Where backups lie: a folder here, or another store that puts and gets whole files by name.

Laws, the same for every place (`tests/backup/contract.py`):

1. `put` puts a whole file, durably, or none. What was begun and broken off is never taken for a file.
2. A file that is there is never replaced: every backup has a name of its own.
"""

import errno
import os
from pathlib import Path
from typing import Protocol

from troth.errors import NotFoundError, UnavailableError

PART = ".part"
"""How the name of a file ends while it is written."""


class Place(Protocol):
    """Keeps files by name. Names are made of letters, digits, dots and dashes, and one slash."""

    @property
    def words(self) -> str:
        """What to call it before people; nothing secret."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """Put a file.

        Raises:
            UnavailableError: it can't be put there now. Then it is not there.
        """
        ...

    def get(self, name: str) -> bytes:
        """Return a file.

        Raises:
            NotFoundError: there is none.
            UnavailableError: it can't be read now.
        """
        ...

    def names(self) -> list[str]:
        """Return the names of all files there, in order; none when there is no such place yet."""
        ...

    def remove(self, name: str) -> None:
        """Delete a file; do nothing when there is none."""
        ...


class FolderPlace:
    """A folder that this machine can write to.

    Args:
        folder: made at the first `put`, for its owner alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def words(self) -> str:
        """The folder as it was named."""
        return str(self._folder)

    def put(self, name: str, data: bytes) -> None:
        """Write beside, make durable, then give it its name."""
        path = self._folder / name
        part = path.with_name(path.name + PART)
        try:
            is_new = not self._folder.exists()
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            part.unlink(missing_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if path.exists():
                part.unlink()
                raise taken(self.words)
            part.replace(path)
            for folder in (path.parent, self._folder, *([self._folder.absolute().parent] if is_new else [])):
                make_durable(folder)
        except OSError as error:
            raise _unusable(error, "written") from None

    def get(self, name: str) -> bytes:
        """Read the file whole."""
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            raise NotFoundError("backup_part_missing", f"There is no {name} there.") from None
        except OSError as error:
            raise _unusable(error, "read") from None

    def names(self) -> list[str]:
        """Look two folders deep, where backups lie."""
        try:
            found = self._folder.glob("*/*")
            return sorted(
                path.relative_to(self._folder).as_posix() for path in found if path.is_file() and path.suffix != PART
            )
        except OSError as error:
            raise _unusable(error, "read") from None

    def remove(self, name: str) -> None:
        """Delete the file, and the backup's folder when it was the last."""
        path = self._folder / name
        try:
            path.unlink(missing_ok=True)
            if path.parent != self._folder and path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()
        except OSError as error:
            raise _unusable(error, "changed") from None


def make_durable(folder: Path) -> None:
    """Make sure that what was put into a folder, and its name, are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def taken(words: str) -> UnavailableError:
    """Return the error that a backup of this very second lies there already."""
    return UnavailableError(
        "backup_taken", f"Another backup of this very second is in {words}; it was left alone.", "Try again."
    )


def _unusable(error: OSError, what: str) -> UnavailableError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return UnavailableError(
            "backup_place_full",
            "The place for backups is full. What was begun there is not taken for a backup.",
            "Make room, or name another place.",
        )
    return UnavailableError(
        "backup_place",
        f"The place for backups can't be {what} ({error.strerror}).",
        "Look whether it is there and whether this user may use it.",
    )
