import os
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from troth.backup.putting import put_in_place, ready_beside
from troth.db.engine import Database, sqlite_url
from troth.errors import UnavailableError


def database(file: Path, says: str) -> Path:
    with closing(Database(sqlite_url(file))) as opened:
        with opened.writing() as connection:
            connection.execute(text("CREATE TABLE said (what TEXT)"))
            connection.execute(text("INSERT INTO said VALUES (:says)"), {"says": says})
        opened.must_be_alone()
    return file


def said(file: Path) -> str:
    with closing(Database(sqlite_url(file))) as opened, opened.reading() as connection:
        return str(connection.execute(text("SELECT what FROM said")).scalar_one())


def test_the_new_takes_the_place_and_the_old_keeps_another_name(tmp_path: Path) -> None:
    file = database(tmp_path / "troth.db", "old")
    part = ready_beside(file)
    (kept,) = put_in_place(database(part, "new"), file, kept="kept.db")
    assert (said(file), said(kept)) == ("new", "old")
    assert not part.exists()


def test_where_there_is_no_old_nothing_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "data" / "troth.db"
    part = ready_beside(file)
    assert put_in_place(database(part, "new"), file, kept="kept.db") == []
    assert said(file) == "new"


def test_who_opens_the_old_while_the_new_is_made_ready_keeps_it_in_its_place(tmp_path: Path) -> None:
    file = database(tmp_path / "troth.db", "old")
    part = database(ready_beside(file), "new")
    with closing(Database(sqlite_url(file))) as somebody:
        with somebody.reading() as connection:
            connection.execute(text("SELECT 1 FROM said"))
        with pytest.raises(UnavailableError, match="Stop troth serve"):
            put_in_place(part, file, kept="kept.db")
    assert said(file) == "old"


def test_what_a_crash_left_is_cleared_and_no_log_of_a_damaged_file_stays_beside_the_new(tmp_path: Path) -> None:
    file = tmp_path / "troth.db"
    file.write_bytes(b"no database")
    (tmp_path / "troth.db-wal").write_bytes(b"its log")
    (tmp_path / "troth.db.part").write_bytes(b"left")
    part = database(ready_beside(file), "new")
    kept = put_in_place(part, file, kept="kept.db")
    assert said(file) == "new"
    assert kept[0].read_bytes() == b"no database"
    # SQLite itself clears a log that is none; whatever it leaves is kept with the old file.
    assert all(one.name.startswith("kept.db") for one in kept)


def test_a_name_that_is_taken_is_not_taken_again(tmp_path: Path) -> None:
    file = database(tmp_path / "troth.db", "old")
    (tmp_path / "kept.db").write_bytes(b"an older one")
    (kept,) = put_in_place(database(ready_beside(file), "new"), file, kept="kept.db")
    assert kept.name == "kept.db-2"
    assert (tmp_path / "kept.db").read_bytes() == b"an older one"


@pytest.mark.skipif(os.geteuid() == 0, reason="who may do everything is refused nothing")
def test_a_folder_that_cannot_be_written_is_told_and_the_old_stays(tmp_path: Path) -> None:
    file = database(tmp_path / "troth.db", "old")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(UnavailableError):
            ready_beside(file)
    finally:
        tmp_path.chmod(0o700)
    assert said(file) == "old"
