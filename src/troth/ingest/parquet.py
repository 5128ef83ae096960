"""Parquet as `tables.Table`, batch by batch. The only file that knows pyarrow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from troth.errors import InputError
from troth.ingest.reasons import Cell, Rejected, Row

if TYPE_CHECKING:
    from pyarrow import Array

_BATCH = 16_384


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """An opened Parquet file; see `tables.Table`. Made by `open` only."""

    path: Path
    header: tuple[str, ...]
    lines: int
    form: str = "Parquet"
    encoding: str = ""
    delimiter: str = ""

    @classmethod
    def open(cls, path: Path) -> "ParquetTable":
        """Read the file once to its end, so that damage is known before anything is written.

        Raises:
            InputError: as `tables.open_table`.
        """
        try:
            with pq.ParquetFile(path) as file:
                header = tuple(file.schema_arrow.names)
                lines = sum(batch.num_rows for batch in file.iter_batches(_BATCH, use_threads=False))
        except (pa.ArrowException, OSError, ValueError, NotImplementedError) as error:
            raise InputError(
                "file_damaged", "The Parquet file is cut short or damaged.", "Copy or export it again."
            ) from error
        if not lines:
            raise InputError("header_only", "The file has columns and no lines.", "Export your orders again.")
        return cls(path, header, lines)

    def rows(self) -> Iterator[Row | Rejected]:
        """Yield the rows, numbered from 1.

        Raises:
            InputError: `file_changed` when the file is no longer what it was when it was opened.
        """
        line = 0
        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(_BATCH, use_threads=False):
                    for cells in zip(*(_cells(column) for column in batch.columns), strict=True):
                        line += 1
                        yield line, cells
        except (pa.ArrowException, OSError) as error:
            raise InputError(
                "file_changed", "The file changed while it was read.", "Run the import again; nothing is taken twice."
            ) from error


def _cells(column: "Array[Any]") -> Sequence[Cell]:
    """Return one column of a batch as Python values; each distinct value is made once."""
    kind = column.type
    if pa.types.is_nested(kind):
        return [str(value) for value in column.to_pylist()]
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        # Python's datetime ends at microseconds; what lies below is cut, not rounded, so that no time moves forward.
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    encoded = column if pa.types.is_dictionary(kind) else column.dictionary_encode()
    coded = cast("pa.DictionaryArray[Any, Any]", encoded)
    values: list[Cell] = [*_values(coded.dictionary), None]
    missing = len(values) - 1
    indices = cast("list[int]", coded.indices.cast(pa.int64()).fill_null(missing).to_pylist())
    return [values[index] for index in indices]


def _values(distinct: "Array[Any]") -> Sequence[Cell]:
    try:
        return distinct.to_pylist()
    except (ValueError, OverflowError):
        # A time beyond the year 9999 becomes words, text that is no UTF-8 becomes bytes: each costs only its line.
        text = pa.types.is_string(distinct.type) or pa.types.is_large_string(distinct.type)
        return distinct.cast(pa.binary() if text else pa.string()).to_pylist()
