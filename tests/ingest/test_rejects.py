import csv
import stat
from pathlib import Path

import pytest

from troth.errors import InputError
from troth.ingest.reasons import Reason, Rejected
from troth.ingest.rejects import Rejects, rejects_path

HEADER = ("customer", "order")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text("customer,order\n1,2\n", encoding="utf-8")
    return path


def lines_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_each_line_stands_there_with_its_number_code_reason_and_cells(source: Path) -> None:
    path = rejects_path(source)
    with Rejects(path, source, header=HEADER) as rejects:
        rejects.add(Rejected(4, Reason.NO_CUSTOMER, ["", 'two "quoted"\nlines']))
        rejects.add(Rejected(5, Reason.RAGGED, [None, b"caf\xe9", 1.5]))
        rejects.add_refused(9, "past_keep", "Kept no longer.")
    assert rejects.written == path
    assert lines_of(path) == [
        ["line", "code", "reason", "customer", "order"],
        ["4", "no_customer", Reason.NO_CUSTOMER.words, "", 'two "quoted"\nlines'],
        ["5", "ragged", Reason.RAGGED.words, "", "caf\\xe9", "1.5"],
        ["9", "past_keep", "Kept no longer."],
    ]


def test_only_its_owner_can_read_it_even_where_one_lay_before(source: Path) -> None:
    path = rejects_path(source)
    part = path.with_name(path.name + ".part")
    part.write_text("left by a killed import", encoding="utf-8")
    part.chmod(0o644)
    with Rejects(path, source, header=HEADER) as rejects:
        assert stat.S_IMODE(part.stat().st_mode) == 0o600
        rejects.add(Rejected(4, Reason.NO_CUSTOMER, ["", "2"]))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "killed" not in path.read_text(encoding="utf-8")


def test_beside_a_file_that_lies_where_nothing_can_be_written_it_goes_to_the_present_folder(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The kernel answers root that everything can be written, so the answer is given here.
    monkeypatch.setattr("os.access", lambda path, _mode: path != source.parent)
    assert rejects_path(source) == Path("orders.csv.rejected.csv")


def test_nothing_rejected_leaves_no_file(source: Path) -> None:
    with Rejects(rejects_path(source), source, header=HEADER) as rejects:
        pass
    assert rejects.written is None
    assert list(source.parent.iterdir()) == [source]


def test_an_import_that_fails_leaves_what_was_there(source: Path) -> None:
    path = rejects_path(source)
    path.write_text("of an earlier import", encoding="utf-8")

    def fail() -> None:
        with Rejects(path, source, header=HEADER) as rejects:
            rejects.add(Rejected(4, Reason.NO_CUSTOMER, ["", "2"]))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_text(encoding="utf-8") == "of an earlier import"
    assert sorted(source.parent.iterdir()) == [source, path]


@pytest.mark.parametrize("name", ["no/such/folder.csv", "."], ids=["no such folder", "a folder"])
def test_a_place_that_can_not_be_written_is_told(source: Path, name: str) -> None:
    with pytest.raises(InputError) as caught, Rejects(source.parent / name, source, header=HEADER):
        pass
    assert caught.value.code == "rejects_unwritable"


def test_the_file_itself_is_never_overwritten(source: Path) -> None:
    with pytest.raises(InputError) as caught:
        Rejects(source, source, header=HEADER)
    assert caught.value.code == "rejects_is_input"


def test_a_link_laid_in_its_place_is_not_followed(source: Path) -> None:
    path = rejects_path(source)
    elsewhere = source.parent / "elsewhere"
    path.with_name(path.name + ".part").symlink_to(elsewhere)
    with pytest.raises(InputError) as caught, Rejects(path, source, header=HEADER):
        pass
    assert caught.value.code == "rejects_unwritable"
    assert not elsewhere.exists()
