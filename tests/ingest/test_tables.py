import gzip
import os
import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from troth.errors import InputError
from troth.ingest.tables import open_table

LINES = "customer,order\n" + "17850,536365\n" * 50
_NOISE = random.Random(4).randbytes(5_000)  # noqa: S311 - a fixed piece of junk, no secret


def parquet_bytes(folder: Path) -> bytes:
    path = folder / "whole.parquet"
    pq.write_table(pa.table({"customer": list(range(3_000)), "order": ["a"] * 3_000}), path)
    return path.read_bytes()


def with_bad_page(folder: Path) -> bytes:
    content = bytearray(parquet_bytes(folder))
    content[100:400] = bytes(300)
    return bytes(content)


@pytest.mark.parametrize(
    ("what", "name", "make", "code"),
    [
        ("an empty file", "a.csv", lambda _: b"", "file_empty"),
        ("a gzip of nothing", "a.csv.gz", lambda _: gzip.compress(b""), "file_empty"),
        ("only a byte order mark", "a.csv", lambda _: b"\xef\xbb\xbf", "file_empty"),
        ("only line breaks", "a.csv", lambda _: b"\n\n\n", "file_empty"),
        ("only a header", "a.csv", lambda _: b"customer,order\n", "header_only"),
        ("a header and empty lines", "a.csv", lambda _: b"customer,order\n\n\n", "header_only"),
        ("a column name twice", "a.csv", lambda _: b"a,b,a\n1,2,3\n", "columns_repeated"),
        ("a broken header", "a.csv", lambda _: b'"a,b\n1,2\n', "header_unreadable"),
        ("noise", "a.csv", lambda _: _NOISE, "file_binary"),
        ("noise in gzip", "a.csv.gz", lambda _: gzip.compress(_NOISE), "file_binary"),
        ("a million zeros", "a.csv", lambda _: bytes(1_000_000), "file_binary"),
        ("a workbook", "a.xlsx", lambda _: b"PK\x03\x04" + _NOISE, "file_binary"),
        ("a workbook called CSV", "a.csv", lambda _: b"PK\x03\x04" + _NOISE, "file_binary"),
        ("UTF-16", "a.csv", lambda _: LINES.encode("utf-16"), "file_binary"),
        ("a gzip cut short", "a.csv.gz", lambda _: gzip.compress(LINES.encode())[:-12], "file_truncated"),
        (
            "a gzip with a wrong checksum",
            "a.csv.gz",
            lambda _: gzip.compress(LINES.encode())[:-8] + bytes(8),
            "file_damaged",
        ),
        ("two bytes that begin a gzip", "a.csv.gz", lambda _: b"\x1f\x8b", "file_truncated"),
        ("a Parquet cut short", "a.parquet", lambda f: parquet_bytes(f)[:-20], "file_damaged"),
        ("half a Parquet", "a.parquet", lambda f: parquet_bytes(f)[: len(parquet_bytes(f)) // 2], "file_damaged"),
        ("a Parquet with a damaged page", "a.parquet", with_bad_page, "file_damaged"),
        ("four bytes that begin a Parquet", "a.csv", lambda _: b"PAR1", "file_damaged"),
        ("a Parquet in gzip", "a.parquet.gz", lambda f: gzip.compress(parquet_bytes(f)), "file_binary"),
        ("text called Parquet", "a.parquet", lambda _: LINES.encode(), "file_damaged"),
    ],
)
def test_what_is_no_table_is_told_plainly(
    tmp_path: Path, what: str, name: str, make: Callable[[Path], bytes], code: str
) -> None:
    path = tmp_path / name
    path.write_bytes(make(tmp_path))
    with pytest.raises(InputError) as caught:
        open_table(path)
    assert (what, caught.value.code) == (what, code)
    assert caught.value.message
    assert caught.value.mend


def test_a_parquet_without_rows_is_told(tmp_path: Path) -> None:
    path = tmp_path / "none.parquet"
    pq.write_table(pa.table({"customer": pa.array([], pa.string())}), path)
    with pytest.raises(InputError) as caught:
        open_table(path)
    assert caught.value.code == "header_only"


def test_a_parquet_with_a_column_name_twice_is_told(tmp_path: Path) -> None:
    path = tmp_path / "twice.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["customer", "customer"]), path)
    with pytest.raises(InputError) as caught:
        open_table(path)
    assert caught.value.code == "columns_repeated"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("none.csv", "file_missing"),
        ("", "file_not_regular"),
        ("a\0b", "file_unreadable"),
        ("n" * 300, "file_unreadable"),
    ],
    ids=["missing", "a folder", "no possible name", "a name too long"],
)
def test_what_is_no_file_is_told_plainly(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        open_table(tmp_path / name)
    assert caught.value.code == code


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError) as caught:
        open_table(tmp_path / "pipe")
    assert caught.value.code == "file_not_regular"


junk = st.one_of(
    st.binary(max_size=400),
    st.text('ab,;"\n\r\t|\0é', max_size=200).map(str.encode),
    st.binary(max_size=200).map(gzip.compress),
    st.binary(max_size=200).map(b"\x1f\x8b\x08\x00".__add__),
    st.binary(max_size=200).map(b"PAR1".__add__),
    st.binary(max_size=200).map(lambda middle: b"PAR1" + middle + len(middle).to_bytes(4, "little") + b"PAR1"),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=junk)
def test_any_bytes_are_a_table_or_a_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "junk"
    path.write_bytes(content)
    try:
        table = open_table(path)
    except InputError:
        return
    width = len(table.header)
    for row in table.rows():
        assert not isinstance(row, tuple) or len(row[1]) == width


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_parquet_with_any_flipped_bytes_is_a_table_or_a_clear_error(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(parquet_bytes(tmp_path))
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[at] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "flipped.parquet"
    path.write_bytes(content)
    try:
        for _row in open_table(path).rows():
            pass
    except InputError:
        return
