"""The list of whom it is about, in a file for its owner alone.

Laws:

1. It holds customers' ids, so it is made for its owner alone (mode 0600), replaces nothing, and lies in no folder of
   data, keys or backups.
2. It is written beside its name and gets it when it is whole. Broken off, nothing is left of it.
3. Ids are opened some hundreds at a time, and kept nowhere else. Of whom the id is gone, a line stands without one.
"""

import csv
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from troth.breach.model import Lot
from troth.errors import InputError, UnavailableError

HEADER = ("customer", "kind", "items", "first", "last", "by", "for")
_AT_ONCE = 500
_OWNER_ONLY = 0o600
_DAY = 86_400_000_000
_FIRST_DAY = date(1970, 1, 1).toordinal()
_ELSEWHERE = "Name a new file elsewhere: --list FILE"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would reckon instead of show (OWASP: CSV injection)."""


class Listing:
    """Writes the list; a context manager, and the sink of an answer.

    Args:
        path: its name; nothing may be there yet.
        ids: numbers → the company's ids of them, for those whose id is still kept.
        apart_from: folders it may not lie in.

    Raises:
        InputError: something is there already, it lies where it may not, or it can't be written there.
        UnavailableError: the disk is full.
    """

    def __init__(
        self, path: Path, ids: Callable[[Sequence[int]], Mapping[int, str]], *, apart_from: Iterable[Path]
    ) -> None:
        where = path.absolute().parent.resolve()
        if any(where.is_relative_to(folder.resolve()) for folder in apart_from):
            raise InputError(
                "breach_list_place",
                "The list may not lie in a folder of data, keys or backups: a backup would take it along.",
                _ELSEWHERE,
            )
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._ids = ids
        self._waiting: list[tuple[int, Sequence[Lot]]] = []
        self._file: IO[str] | None = None
        self.lines = 0

    def __enter__(self) -> Self:
        if self._path.exists() or self._path.is_symlink():
            raise _there()
        try:
            # O_NOFOLLOW, O_EXCL: a link laid in a shared folder must not lead customers' ids elsewhere.
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            handle = os.open(self._part, flags, _OWNER_ONLY)
        except FileExistsError:
            raise _there() from None
        except OSError as error:
            raise InputError(
                "breach_list_unwritable", f"The list can't be written there ({error.strerror}).", _ELSEWHERE
            ) from None
        self._file = os.fdopen(handle, "w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(HEADER)
        return self

    def __call__(self, customer: int, lots: Sequence[Lot]) -> None:
        """Add a customer."""
        self._waiting.append((customer, lots))
        if len(self._waiting) >= _AT_ONCE:
            self._write()

    def _write(self) -> None:
        ids = self._ids([customer for customer, _ in self._waiting])
        rows = [
            (_shown(ids.get(customer, "")), lot.name, lot.items, _day(lot.first), _day(lot.last), *_who(lot))
            for customer, lots in self._waiting
            for lot in lots
        ]
        self._waiting.clear()
        try:
            self._writer.writerows(rows)
        except OSError as error:
            raise _full() from error
        self.lines += len(rows)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._file is not None
        try:
            if kind is None:
                self._write()
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
                os.link(self._part, self._path)  # fails where something came to lie there meanwhile
        except FileExistsError:
            raise _there() from None
        except OSError as full:
            raise _full() from full
        finally:
            self._file.close()
            self._part.unlink(missing_ok=True)


def _shown(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA) else text


def _day(micros: int | None) -> str:
    return "" if micros is None else _spelled(micros // _DAY)


@lru_cache(maxsize=4096)
def _spelled(day: int) -> str:
    return date.fromordinal(_FIRST_DAY + day).isoformat()


def _who(lot: Lot) -> tuple[str, str]:
    if not lot.looks:
        return "", ""
    names, purposes = ({one[at] for one in lot.looks} for at in (0, 1))
    return " ".join(sorted(names)), " ".join(sorted(purposes))


def _there() -> InputError:
    return InputError("breach_list_there", "There is a file of this name already.", _ELSEWHERE)


def _full() -> UnavailableError:
    return UnavailableError("disk_full", "The list can't be written.", "Make room, and run the command again.")
