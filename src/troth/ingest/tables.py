"""A file of lines and columns, whatever its format.

Laws of opening a file:

1. What the file is, is read from its first bytes, never from its name.
2. The whole file is read once before its first line is handed out. So a truncated or damaged file, and one whose
   encoding changes half-way, is known before anything is written.
3. Memory is bounded by one batch or one line, whatever the size of the file.
4. A line that can't be read is handed out as `Rejected`, never repaired by guessing and never left out. Only empty
   lines of a CSV are passed over: there is nothing on them.
"""

import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from troth.errors import InputError
from troth.ingest.reasons import Rejected, Row

_GZIP = b"\x1f\x8b"
_PARQUET = b"PAR1"
_OTHERS = {
    b"PK\x03\x04": "a spreadsheet or zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"%PDF": "a PDF",
    b"SQLite f": "an SQLite database",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"\xff\xfe": "a file in UTF-16",
    b"\xfe\xff": "a file in UTF-16",
    b"ORC": "an ORC file",
    b"Obj\x01": "an Avro file",
}


class Table(Protocol):
    """An opened file.

    Attributes:
        header: the names of its columns, in order.
        form: what it is, in words, e.g. ``CSV (gzip)``.
        encoding: ``UTF-8``, ``Windows-1252`` or ``Latin-1``; empty for Parquet.
        delimiter: what stands between cells; empty for Parquet.
        lines: how many lines to expect, for a progress bar; exact for Parquet, a little high for CSV when cells
            hold line breaks.
    """

    @property
    def header(self) -> tuple[str, ...]: ...  # noqa: D102 - told above
    @property
    def form(self) -> str: ...  # noqa: D102
    @property
    def encoding(self) -> str: ...  # noqa: D102
    @property
    def delimiter(self) -> str: ...  # noqa: D102
    @property
    def lines(self) -> int: ...  # noqa: D102

    def rows(self) -> Iterator[Row | Rejected]:
        """Yield the lines from the first on. May be called again."""
        ...


def open_table(path: Path) -> Table:
    """Open a CSV, TSV (each also gzipped) or Parquet file.

    Raises:
        InputError: `file_missing`, `file_unreadable`, `file_not_regular`, `file_empty`, `file_binary`,
            `file_truncated`, `file_damaged`, `header_only`, `columns_repeated`.
    """
    # pyarrow costs 0.1 s to load; whoever imports a CSV doesn't wait for it.
    if _first_bytes(path).startswith(_PARQUET):
        from troth.ingest.parquet import ParquetTable

        table: Table = ParquetTable.open(path)
    else:
        from troth.ingest.delimited import DelimitedTable

        table = DelimitedTable.open(path, gzipped=_first_bytes(path).startswith(_GZIP))
    _refuse_repeated(table.header)
    return table


def _first_bytes(path: Path) -> bytes:
    try:
        # A pipe or device can't be read twice, and may never end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError("file_not_regular", "That is a folder or a device, not a file.", "Name one file.")
        with path.open("rb") as file:
            head = file.read(8)
    except FileNotFoundError:
        raise InputError("file_missing", "There is no file of that name.", "Check the path.") from None
    except (OSError, ValueError) as error:
        raise InputError("file_unreadable", "The file can't be opened.", "Check its name and permissions.") from error
    if not head:
        raise InputError("file_empty", "The file is empty.", "Export your orders again.")
    for magic, name in _OTHERS.items():
        if head.startswith(magic):
            raise InputError("file_binary", f"This is {name}.", "Save it as CSV in UTF-8, or as Parquet.")
    if path.suffix.lower() in {".parquet", ".pq"} and not head.startswith(_PARQUET):
        raise InputError("file_damaged", "The file is named Parquet and does not begin like one.", "Export it again.")
    return head


def _refuse_repeated(header: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in header:
        if name and name in seen:
            raise InputError(
                "columns_repeated",
                f"Two columns are called “{name[:80]}”.",
                "Rename one of them, so that it is clear which is meant.",
            )
        seen.add(name)
