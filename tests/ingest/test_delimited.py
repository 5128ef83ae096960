import gzip
import time
from pathlib import Path

import pytest

from troth.errors import InputError
from troth.ingest.reasons import Reason, Rejected, Row
from troth.ingest.tables import Table, open_table

HEADER = "customer,order,title\n"


def written(folder: Path, content: str | bytes, *, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def opened(folder: Path, content: str | bytes, *, name: str = "orders.csv") -> Table:
    return open_table(written(folder, content, name=name))


def good(table: Table) -> list[Row]:
    return [row for row in table.rows() if not isinstance(row, Rejected)]


def rejected(table: Table) -> list[tuple[int, Reason]]:
    return [(row.line, row.reason) for row in table.rows() if isinstance(row, Rejected)]


def test_each_line_comes_with_its_number_and_its_raw_cells(tmp_path: Path) -> None:
    table = opened(tmp_path, HEADER + "1,A, spade \n2,B,\n")
    assert table.header == ("customer", "order", "title")
    assert good(table) == [(2, ["1", "A", " spade "]), (3, ["2", "B", ""])]


@pytest.mark.parametrize(
    ("what", "content", "encoding", "title"),
    [
        ("plain letters", b"c,o,t\n1,A,spade\n", "UTF-8", "spade"),
        ("UTF-8", "c,o,t\n1,A,Café\n".encode(), "UTF-8", "Café"),
        ("UTF-8 with a byte order mark", "c,o,t\n1,A,Café\n".encode("utf-8-sig"), "UTF-8", "Café"),
        ("Windows-1252", "c,o,t\n1,A,Café “£5”\n".encode("cp1252"), "Windows-1252", "Café “£5”"),
        ("Latin-1 with a byte that Windows leaves undefined", b"c,o,t\n1,A,Caf\xe9\x81\n", "Latin-1", "Café\x81"),
        ("UTF-8 that breaks off within a letter", b"c,o,t\n1,A,Caf\xc3", "Windows-1252", "CafÃ"),
    ],
)
def test_the_encoding_is_decided_once_for_the_file(
    tmp_path: Path, what: str, content: bytes, encoding: str, title: str
) -> None:
    table = opened(tmp_path, content)
    assert (what, table.encoding) == (what, encoding)
    assert table.header[0] == "c"
    assert good(table)[0][1][2] == title


def test_one_byte_at_the_very_end_decides_the_encoding_of_the_whole_file(tmp_path: Path) -> None:
    table = opened(tmp_path, b"c,o,t\n" + "1,A,Café\n".encode("cp1252") + b"1,A,x\n" * 400_000 + b"1,A,\xe9")
    assert table.encoding == "Windows-1252"


@pytest.mark.parametrize(
    ("delimiter", "form"),
    [(",", "CSV"), (";", "CSV"), ("\t", "TSV"), ("|", "CSV")],
    ids=["comma", "semicolon", "tab", "bar"],
)
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str, form: str) -> None:
    lines = [["customer", "order", "title"], ["1", "A", '"Pots, pans; and | lids"'], ["2", "B", "x"]]
    table = opened(tmp_path, "\n".join(delimiter.join(line) for line in lines))
    assert (table.delimiter, table.form) == (delimiter, form)
    assert good(table)[0][1] == ["1", "A", "Pots, pans; and | lids"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["Unix", "Windows", "old Mac"])
def test_line_ends_of_every_kind_are_read(tmp_path: Path, end: str) -> None:
    table = opened(tmp_path, end.join(["c,o,t", "1,A,x", "2,B,y", ""]))
    assert good(table) == [(2, ["1", "A", "x"]), (3, ["2", "B", "y"])]


def test_a_cell_may_hold_line_breaks_and_numbers_stay_those_of_the_file(tmp_path: Path) -> None:
    table = opened(tmp_path, HEADER + '1,A,"two\nlines"\n2,B,x\n')
    assert good(table) == [(2, ["1", "A", "two\nlines"]), (4, ["2", "B", "x"])]


def test_empty_lines_are_passed_over(tmp_path: Path) -> None:
    assert good(opened(tmp_path, HEADER + "\n1,A,x\n\n\n2,B,y\n\n")) == [(3, ["1", "A", "x"]), (6, ["2", "B", "y"])]


def test_a_line_with_too_few_or_too_many_cells_is_rejected_and_never_padded(tmp_path: Path) -> None:
    table = opened(tmp_path, HEADER + "1,A\n2,B,y\n3,C,z,!\n")
    assert rejected(table) == [(2, Reason.RAGGED), (4, Reason.RAGGED)]
    assert good(table) == [(3, ["2", "B", "y"])]


def test_a_nul_byte_costs_its_own_line_only(tmp_path: Path) -> None:
    table = opened(tmp_path, HEADER + "1,A,x\n2,B,\0y\n3,C,z\n" + "4,D,x\n" * 20)
    assert rejected(table) == [(3, Reason.NUL_BYTE)]
    assert len(good(table)) == 22


@pytest.mark.parametrize(
    ("what", "broken"),
    [("never closed", '2,B,"6 inch pot\n'), ("closed too early", '2,B,"6" pot"\n')],
)
def test_a_stray_quotation_mark_costs_its_own_line_only(tmp_path: Path, what: str, broken: str) -> None:
    table = opened(tmp_path, HEADER + "1,A,x\n" + broken + "3,C,z\n4,D,z\n" * 3)
    assert (what, rejected(table)) == (what, [(3, Reason.BROKEN_QUOTE)])
    assert [line for line, _cells in good(table)] == [2, 4, 5, 6, 7, 8, 9]


def test_an_inch_mark_inside_a_plain_cell_is_kept(tmp_path: Path) -> None:
    assert good(opened(tmp_path, HEADER + '1,A,pot 6"\n'))[0][1][2] == 'pot 6"'


@pytest.mark.parametrize("quoted", ["", '"'], ids=["plain", "quoted"])
@pytest.mark.parametrize("length", [200_000, 10_000_000])
def test_a_huge_cell_costs_its_own_line_only(tmp_path: Path, length: int, quoted: str) -> None:
    table = opened(tmp_path, HEADER + f"1,A,{quoted}{'x' * length}{quoted}\n2,B,y\n")
    assert rejected(table) == [(2, Reason.FIELD_TOO_LONG)]
    assert good(table) == [(3, ["2", "B", "y"])]
    shown = next(row for row in table.rows() if isinstance(row, Rejected)).cells
    assert sum(len(str(cell)) for cell in shown) <= 1_000


def test_a_huge_line_of_short_cells_is_not_cut_into_a_shorter_one(tmp_path: Path) -> None:
    wide = ",".join(["abcdefg"] * 200_000)
    table = opened(tmp_path, HEADER + wide + "\n2,B,y\n")
    assert rejected(table) == [(2, Reason.FIELD_TOO_LONG)]
    assert good(table) == [(3, ["2", "B", "y"])]


@pytest.mark.parametrize(
    "line", ['1,A,"x"y\n', '1,A,"x\n', '"1,A,""x\n'], ids=["closed too early", "never closed", "doubled"]
)
def test_a_file_full_of_stray_quotation_marks_is_read_in_a_moment(tmp_path: Path, line: str) -> None:
    table = opened(tmp_path, HEADER + line * 100_000)
    start = time.process_time()
    assert len(rejected(table)) >= 50_000
    assert time.process_time() - start < 10


def test_a_gzipped_file_is_the_same_file(tmp_path: Path) -> None:
    content = HEADER + "1,A,x\n2,B,y\n"
    table = opened(tmp_path, gzip.compress(content.encode()), name="orders.data")
    assert table.form == "CSV (gzip)"
    assert good(table) == good(opened(tmp_path, content))


def test_a_file_can_be_read_twice(tmp_path: Path) -> None:
    table = opened(tmp_path, HEADER + "1,A,x\n")
    assert list(table.rows()) == list(table.rows())


def test_a_file_that_shrinks_to_other_bytes_between_passes_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress((HEADER + "1,A,x\n" * 9).encode()), name="orders.csv.gz")
    table = open_table(path)
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(InputError) as caught:
        list(table.rows())
    assert caught.value.code == "file_changed"


def test_the_number_of_lines_is_known_for_the_progress_bar(tmp_path: Path) -> None:
    assert opened(tmp_path, HEADER + "1,A,x\n2,B,y").lines == 2
    assert opened(tmp_path, HEADER + "1,A,x\n2,B,y\n").lines == 2
