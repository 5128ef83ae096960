"""All rows out and in, on both kinds of database, with the numbers that were given."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from db.earlier import rows_of
from installations import url
from troth.db.copying import drop_everything, form_of, has_rows, number_after, put_rows, snapshot, step_of
from troth.db.engine import Database, sqlite_url
from troth.db.migrate import Steps, bring_to
from troth.db.numbering import all_last_given, give_after, last_given


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(_new(tmp_path / "one")) as opened:
        yield opened


def _new(folder: Path) -> Database:
    folder.mkdir()
    database = Database(url(folder, "main") or sqlite_url(folder / "main.db"))
    with database.writing() as connection:
        bring_to(connection, Steps.MAIN, "head")
    return database


def _fill(database: Database) -> None:
    with database.writing() as connection:
        for number in range(3):
            row = {"n": number, "odd": number == 1}
            connection.execute(text("INSERT INTO customers (since, restricted) VALUES (:n, :odd)"), row)
        connection.execute(text("DELETE FROM customers WHERE number = 3"))
        put_rows(
            connection,
            "items",
            ("customer", "kind", "at", "mark", "sealed"),
            [(1, "é\n", -(2**60), b"\x00\xff", b""), (2, "", 2**60, b"", bytes(range(256)))],
        )


def test_what_is_copied_is_the_same_in_the_other(database: Database, tmp_path: Path) -> None:
    _fill(database)
    with closing(_new(tmp_path / "other")) as other:
        with snapshot(database) as seen, other.writing() as connection:
            for table in seen.tables:
                put_rows(connection, table, seen.columns(table), list(seen.rows(table)))
            number_after(connection, seen.last_numbers)
            assert seen.step == step_of(connection)
        assert rows_of(other) == rows_of(database)
        with other.writing() as connection:
            # Number 3 was given once, though its row is gone.
            assert last_given(connection, "customers") == 3
            made = connection.execute(
                text("INSERT INTO customers (since, restricted) VALUES (0, :no) RETURNING number"), {"no": False}
            )
            assert made.scalar_one() == 4


def test_a_snapshot_sees_one_moment(database: Database) -> None:
    _fill(database)
    with snapshot(database) as seen:
        before = list(seen.rows("items"))
        with database.writing() as connection:
            connection.execute(text("DELETE FROM items"))
        assert list(seen.rows("items")) == before
        assert len(before) == 2


def test_two_rows_of_one_key_are_not_taken(database: Database) -> None:
    columns = ("customer", "kind", "at", "mark", "sealed")
    with pytest.raises(ValueError, match="same key"), database.writing() as connection:
        put_rows(connection, "items", columns, [(1, "a", 0, b"", b"1"), (1, "a", 0, b"", b"2")])
    assert rows_of(database)["items"] == []


def test_numbers_go_on_where_they_are_told(database: Database) -> None:
    with database.writing() as connection:
        assert all_last_given(connection) == {}
        give_after(connection, "customers", 41)
        give_after(connection, "customers", 50)
        assert all_last_given(connection) == {"customers": 50}


def test_what_is_dropped_is_gone_and_can_be_made_anew(database: Database) -> None:
    _fill(database)
    with database.writing() as connection:
        assert has_rows(connection)
        assert not has_rows(connection, but=frozenset({"customers", "items"}))
        drop_everything(connection)
        assert form_of(connection) == {}
        assert step_of(connection) == ""
        bring_to(connection, Steps.MAIN, "head")
        assert not has_rows(connection)
        assert last_given(connection, "customers") == 0
