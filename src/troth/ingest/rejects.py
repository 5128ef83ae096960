"""The file of lines that did not come in.

Laws:

1. It holds a copy of what the person already has, so it is readable by its owner only (mode 0600).
2. It is written beside its name and renamed when it is whole; a killed import leaves only a `.part`, which the next
   import of the same file writes anew.
3. Nothing rejected: no file.
4. A line that the promise refused is named by its number and not copied: what may not be kept is not kept here.
"""

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from troth.errors import InputError, UnavailableError
from troth.ingest.reasons import Cell, Rejected

_OWNER_ONLY = 0o600


def rejects_path(source: Path) -> Path:
    """Return where the rejected lines of `source` go by default, e.g. ``orders.csv.rejected.csv``.

    Beside `source`, or in the present folder where nothing can be written beside it.
    """
    name = source.name + ".rejected.csv"
    return source.with_name(name) if os.access(source.parent, os.W_OK) else Path(name)


class Rejects:
    """Writes the rejects file; a context manager.

    Args:
        path: its final name.
        source: the file being imported, which it must not overwrite.
        header: the columns of that file.

    Raises:
        InputError: `rejects_unwritable` when there is no such folder or it can't be written to; `rejects_is_input`.
        UnavailableError: `disk_full` when it can't be written to its end.
    """

    def __init__(self, path: Path, source: Path, *, header: Sequence[str]) -> None:
        if path.exists() and path.samefile(source):
            raise InputError("rejects_is_input", "The rejected lines would overwrite the file itself.", _ELSEWHERE)
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._header = header
        self._lines = 0
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        # O_NOFOLLOW: a link laid in a shared folder must not lead customers' lines elsewhere.
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        try:
            if self._path.is_dir():
                raise IsADirectoryError
            handle = os.open(self._part, flags, _OWNER_ONLY)
            os.fchmod(handle, _OWNER_ONLY)
        except OSError as error:
            raise InputError(
                "rejects_unwritable", "The rejected lines can't be written there.", _ELSEWHERE
            ) from error
        self._file = os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(["line", "code", "reason", *self._header])
        return self

    def add(self, rejected: Rejected) -> None:
        """Write one line that could not be used."""
        cells = [
            cell.decode("utf-8", "backslashreplace") if isinstance(cell, bytes) else cell for cell in rejected.cells
        ]
        self._write([rejected.line, rejected.reason.value, rejected.reason.words, *cells])

    def add_refused(self, line: int, code: str, words: str) -> None:
        """Name one line that the promise refused."""
        self._write([line, code, words])

    def _write(self, row: Sequence[Cell]) -> None:
        try:
            self._writer.writerow(row)
        except OSError as error:
            raise UnavailableError("disk_full", "The rejected lines can't be written.", _MAKE_ROOM) from error
        self._lines += 1

    @property
    def written(self) -> Path | None:
        """Where the file is, once the import is over; None when nothing was rejected."""
        return self._path if self._lines else None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._file is not None
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            if kind is None and self._lines:
                self._part.replace(self._path)
        except OSError as full:
            raise UnavailableError("disk_full", "The rejected lines can't be written.", _MAKE_ROOM) from full
        finally:
            self._file.close()
            self._part.unlink(missing_ok=True)


_ELSEWHERE = "Name another file: --rejects FILE"
_MAKE_ROOM = "Make room and run the import again; nothing is taken twice."
