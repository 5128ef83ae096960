import threading
from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import text

from troth.db.engine import Database, sqlite_url
from troth.db.migrate import Steps, upgrade
from troth.errors import InputError, UnavailableError


def _database(folder: Path) -> Database:
    database = Database(sqlite_url(folder / "troth.db"))
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
    return database


def test_a_writing_that_raises_leaves_nothing(tmp_path: Path) -> None:
    database = _database(tmp_path)
    with pytest.raises(RuntimeError), database.writing() as connection:  # noqa: PT012 - the block is the subject
        connection.execute(text("INSERT INTO t VALUES (1)"))
        raise RuntimeError
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar() == 0


def test_a_reading_sees_one_moment(tmp_path: Path) -> None:
    database = _database(tmp_path)
    with database.reading() as snapshot:
        assert snapshot.execute(text("SELECT count(*) FROM t")).scalar() == 0
        with database.writing() as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))
        assert snapshot.execute(text("SELECT count(*) FROM t")).scalar() == 0
    with database.reading() as later:
        assert later.execute(text("SELECT count(*) FROM t")).scalar() == 1


def test_writers_wait_for_each_other_and_lose_nothing(tmp_path: Path) -> None:
    database = _database(tmp_path)

    def add() -> None:
        for _ in range(20):
            with database.writing() as connection:
                seen = connection.execute(text("SELECT coalesce(max(x), 0) FROM t")).scalar() or 0
                connection.execute(text("INSERT INTO t VALUES (:x)"), {"x": seen + 1})

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert connection.execute(text("SELECT max(x), count(*) FROM t")).one() == (80, 80)


def test_what_is_deleted_is_overwritten_and_a_commit_is_on_the_disk(tmp_path: Path) -> None:
    with _database(tmp_path).reading() as connection:
        assert connection.execute(text("PRAGMA secure_delete")).scalar() == 1
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2


@pytest.mark.parametrize("url", ["", "nonsense", "mysql+nothing://x", "sqlite//"])
def test_a_url_that_cannot_be_understood_is_told(url: str) -> None:
    with pytest.raises(InputError, match="database URL"):
        Database(url)


@pytest.mark.parametrize(
    "content", [b"not a database at all, only words" * 100, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "troth.db"
    file.write_bytes(content)
    with pytest.raises(UnavailableError, match="damaged"):
        upgrade(Database(sqlite_url(file)), Steps.MAIN)
    assert file.read_bytes() == content


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="can't be reached"):
        upgrade(Database(sqlite_url(tmp_path / "none" / "troth.db")), Steps.MAIN)


def test_the_error_never_quotes_a_value(tmp_path: Path) -> None:
    database = _database(tmp_path)
    with pytest.raises(UnavailableError) as failed, database.reading() as connection:
        connection.execute(text("SELECT secret FROM t WHERE x = :x"), {"x": "c0001@example.com"})
    assert "example.com" not in str(failed.value)
    assert "secret" not in str(failed.value)


def test_a_reading_inside_a_reading_sees_the_same_moment_and_another_thread_does_not_share_it(tmp_path: Path) -> None:
    database = _database(tmp_path)
    seen: list[int] = []

    def count() -> None:
        with database.reading() as connection:
            seen.append(connection.execute(text("SELECT count(*) FROM t")).scalar() or 0)

    with database.reading() as snapshot:
        assert snapshot.execute(text("SELECT count(*) FROM t")).scalar() == 0
        with database.writing() as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))
        count()
        other = threading.Thread(target=count)
        other.start()
        other.join()
        with database.apart():
            count()
        count()
    count()
    assert seen == [0, 1, 1, 0, 1]


def test_a_reading_alone_is_seen_by_nobody_else_in_the_thread_and_may_end_in_another(tmp_path: Path) -> None:
    database = _database(tmp_path)

    def rows() -> Generator[int, None, None]:
        with database.reading_alone() as connection:
            yield connection.execute(text("SELECT count(*) FROM t")).scalar() or 0
            yield connection.execute(text("SELECT count(*) FROM t")).scalar() or 0

    open_still = rows()
    assert next(open_still) == 0
    with database.writing() as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))
    with database.reading() as now:
        assert now.execute(text("SELECT count(*) FROM t")).scalar() == 1
        assert next(open_still) == 0
        other = threading.Thread(target=open_still.close)
        other.start()
        other.join()
        with database.reading() as inner:
            assert inner is now
    with database.reading() as later:
        assert later.execute(text("SELECT count(*) FROM t")).scalar() == 1


def test_an_emptied_log_holds_nothing_also_while_another_has_the_file_open(tmp_path: Path) -> None:
    database, other = _database(tmp_path), Database(sqlite_url(tmp_path / "troth.db"))
    with other.reading() as connection:
        connection.execute(text("SELECT count(*) FROM t")).scalar()
    assert (tmp_path / "troth.db-wal").stat().st_size > 0
    database.empty_log()
    assert (tmp_path / "troth.db-wal").stat().st_size == 0
    with database.writing() as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))


def test_connections_are_used_again_and_none_is_lost_when_a_block_raises(tmp_path: Path) -> None:
    database = _database(tmp_path)
    for _ in range(100):
        with pytest.raises(RuntimeError), database.writing() as connection:  # noqa: PT012 - the block is the subject
            connection.execute(text("INSERT INTO t VALUES (1)"))
            raise RuntimeError
        with database.reading() as connection, database.reading_alone() as other:
            assert connection is not other
            assert connection.execute(text("SELECT count(*) FROM t")).scalar() == 0
    with database.writing():
        pass


def test_what_somebody_sets_for_a_statement_of_theirs_does_not_stay_on_the_connection(tmp_path: Path) -> None:
    database = _database(tmp_path)
    with database.reading() as connection:
        connection.execution_options(yield_per=1).execute(text("SELECT 1")).all()
    with database.reading() as connection:
        assert "yield_per" not in connection.get_execution_options()
