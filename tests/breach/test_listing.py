"""The list of whom it is about."""

import csv
import errno
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from troth.breach.listing import HEADER, Listing
from troth.breach.model import Lot
from troth.errors import InputError, UnavailableError

DAY = 86_400_000_000


def ids(numbers: Sequence[int]) -> Mapping[int, str]:
    return {number: f"c{number}" for number in numbers if number != 13}


def listing(path: Path, *apart_from: Path) -> Listing:
    return Listing(path, ids, apart_from=apart_from)


def test_each_customer_and_kind_is_a_line_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "whom.csv"
    with listing(file) as write:
        for number in range(1, 1203):
            looks = frozenset({("sam", "service"), ("ida", "service")})
            write(number, [Lot("orders", "orders", 2, 0, DAY), Lot("email", "email", 1, None, None, None, looks)])
        assert not file.exists(), "it gets its name when it is whole"
    with file.open(encoding="utf-8", newline="") as opened:
        lines = list(csv.reader(opened))
    assert lines[0] == list(HEADER)
    assert lines[1] == ["c1", "orders", "2", "1970-01-01", "1970-01-02", "", ""]
    assert lines[2] == ["c1", "email", "1", "", "", "ida sam", "service"]
    assert lines[25] == ["", "orders", "2", "1970-01-01", "1970-01-02", "", ""]
    assert len(lines) == 1 + 2 * 1202
    assert write.lines == 2 * 1202
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_what_a_spreadsheet_would_reckon_stands_as_text(tmp_path: Path) -> None:
    file = tmp_path / "whom.csv"
    with Listing(file, lambda _: {1: "=1+1", 2: "@x", 3: "a,b"}, apart_from=()) as write:
        for number in (1, 2, 3):
            write(number, [Lot("orders", "orders", 1, 0, 0)])
    first = [line.split(",orders")[0] for line in file.read_text().splitlines()[1:]]
    assert first == ["'=1+1", "'@x", '"a,b"']


def test_it_lies_in_no_folder_of_data_keys_or_backups_and_replaces_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "deeper").mkdir(parents=True)
    (tmp_path / "link").symlink_to(data)
    for inside in (data / "whom.csv", data / "deeper" / "whom.csv", tmp_path / "link" / "whom.csv"):
        with pytest.raises(InputError) as refused:
            listing(inside, data)
        assert refused.value.code == "breach_list_place"
    there, link = tmp_path / "there.csv", tmp_path / "dangling.csv"
    there.write_text("mine")
    link.symlink_to(tmp_path / "elsewhere.csv")
    for taken in (there, link):
        with pytest.raises(InputError) as refused, listing(taken):
            pass
        assert refused.value.code == "breach_list_there"
    assert there.read_text() == "mine"
    with pytest.raises(InputError) as refused, listing(tmp_path / "nowhere" / "whom.csv"):
        pass
    assert refused.value.code == "breach_list_unwritable"


def test_what_came_to_lie_there_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "whom.csv"
    with pytest.raises(InputError), listing(file):
        file.write_text("mine")
    assert file.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [file]


def test_broken_off_nothing_is_left(tmp_path: Path) -> None:
    def interrupted(_numbers: Sequence[int]) -> Mapping[int, str]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Listing(tmp_path / "whom.csv", interrupted, apart_from=()) as write:
        write(1, [Lot("orders", "orders", 1, 0, 0)])
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UnavailableError) as told, listing(tmp_path / "whom.csv"):
        pass
    assert told.value.code == "disk_full"
    assert list(tmp_path.iterdir()) == []
