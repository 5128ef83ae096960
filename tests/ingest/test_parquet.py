from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from troth.ingest.reasons import Cell, Rejected
from troth.ingest.tables import open_table


def cells_of(folder: Path, column: "pa.Array[Any]") -> list[Cell]:
    path = folder / "column.parquet"
    pq.write_table(pa.table({"cell": column}), path, version="2.6")
    return [row[1][0] for row in open_table(path).rows() if not isinstance(row, Rejected)]


@pytest.mark.parametrize(
    ("what", "column", "cells"),
    [
        ("text", pa.array(["a", None, "a"]), ["a", None, "a"]),
        ("categories", pa.array(["a", None, "b"]).dictionary_encode(), ["a", None, "b"]),
        ("whole numbers", pa.array([1, None, -3]), [1, None, -3]),
        ("fractions", pa.array([2.55, None]), [2.55, None]),
        ("decimals", pa.array([Decimal("2.50")]), [Decimal("2.50")]),
        ("days", pa.array([date(2010, 12, 1)]), [date(2010, 12, 1)]),
        (
            "times to the nanosecond",
            pa.array([1_291_191_960_000_000_999], pa.timestamp("ns")),
            [datetime(2010, 12, 1, 8, 26)],  # noqa: DTZ001 - Parquet has times without a zone
        ),
        (
            "times with a zone",
            pa.array([1_291_191_960], pa.timestamp("s", "UTC")),
            [datetime(2010, 12, 1, 8, 26, tzinfo=UTC)],
        ),
        ("bytes", pa.array([b"85123A"]), [b"85123A"]),
        ("only nothing", pa.array([None, None]), [None, None]),
        ("a list", pa.array([[1, 2], None]), ["[1, 2]", "None"]),
        (
            "a time after the year 9999",
            pa.array([2**60, 0], pa.timestamp("us")),
            ["<value out of range: 1152921504606846976>", "1970-01-01 00:00:00.000000"],
        ),
    ],
)
def test_a_column_of_any_type_gives_plain_values(
    tmp_path: Path, what: str, column: "pa.Array[Any]", cells: list[Cell]
) -> None:
    assert (what, cells_of(tmp_path, column)) == (what, cells)


def test_a_category_column_with_few_index_bits_and_a_missing_value_is_read(tmp_path: Path) -> None:
    words = [f"w{number}" for number in range(127)]
    column = pa.DictionaryArray.from_arrays(pa.array([*range(127), None], pa.int8()), words)
    assert cells_of(tmp_path, column) == [*words, None]


def test_lines_are_numbered_from_1_across_batches(tmp_path: Path) -> None:
    path = tmp_path / "long.parquet"
    pq.write_table(pa.table({"n": list(range(1, 40_001))}), path, row_group_size=7_000)
    table = open_table(path)
    assert table.lines == 40_000
    assert all(row[0] == row[1][0] for row in table.rows() if not isinstance(row, Rejected))
