import os
import stat
from pathlib import Path

import pytest

from backup.contract import PlaceContract
from troth.backup.choosing import place_named
from troth.backup.place import FolderPlace, Place
from troth.errors import InputError, UnavailableError


class TestFolder(PlaceContract):
    @pytest.fixture
    def place(self, tmp_path: Path) -> Place:
        return FolderPlace(tmp_path / "far" / "backups")


def test_only_its_owner_may_read_what_is_put_into_a_folder(tmp_path: Path) -> None:
    FolderPlace(tmp_path / "backups").put("troth-main-1/a", b"text")
    for path in (tmp_path / "backups" / "troth-main-1", tmp_path / "backups" / "troth-main-1" / "a"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_what_was_broken_off_is_no_file_and_is_in_nobodys_way(tmp_path: Path) -> None:
    place = FolderPlace(tmp_path)
    (tmp_path / "troth-main-1").mkdir()
    (tmp_path / "troth-main-1" / "a.part").write_bytes(b"ha")
    assert place.names() == []
    place.put("troth-main-1/a", b"half")
    assert place.names() == ["troth-main-1/a"]
    assert [file.name for file in (tmp_path / "troth-main-1").iterdir()] == ["a"]


def test_a_place_that_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UnavailableError, match="can't be written"):
        FolderPlace(tmp_path / "file").put("troth-main-1/a", b"text")


def test_a_full_disk_is_told_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    place = FolderPlace(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(UnavailableError) as caught:
            place.put("troth-main-1/a", b"text")
    assert caught.value.code == "backup_place_full"
    assert place.names() == []


@pytest.mark.parametrize("words", ["", "  ", "ftp://example.com/x", "s3://"])
def test_other_places_are_not_understood(words: str) -> None:
    with pytest.raises(InputError):
        place_named(words)


def test_a_folder_is_named_as_it_is(tmp_path: Path) -> None:
    assert place_named(str(tmp_path)).words == str(tmp_path)
