from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, select

from troth.db.engine import Database, sqlite_url
from troth.db.statements import Prepared, insert_new, upsert
from troth.errors import UnavailableError

_TABLES = MetaData()
THINGS = Table(
    "things", _TABLES, Column("key", Integer, primary_key=True), Column("word", Text), Column("number", Integer)
)
BY_WORD = Prepared(
    select(THINGS.c.key, THINGS.c.number).where(THINGS.c.word == bindparam("word")).order_by(THINGS.c.key)
)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    opened = Database(sqlite_url(tmp_path / "things.db"))
    with opened.writing() as connection:
        _TABLES.create_all(connection)
    return opened


def test_new_rows_go_in_and_known_ones_stay_as_they_are(database: Database) -> None:
    with database.writing() as connection:
        assert insert_new(connection, THINGS, []) == 0
        assert insert_new(connection, THINGS, [{"key": 1, "word": "a", "number": 1}]) == 1
        # The order in which a row names its columns does not matter.
        assert (
            insert_new(
                connection, THINGS, [{"number": 9, "key": 1, "word": "z"}, {"number": 2, "key": 2, "word": "b"}]
            )
            == 1
        )
        assert insert_new(connection, THINGS, [{"key": 3, "word": None, "number": None}]) == 1
    with database.reading() as connection:
        rows = connection.execute(select(THINGS).order_by(THINGS.c.key)).all()
    assert [tuple(row) for row in rows] == [(1, "a", 1), (2, "b", 2), (3, None, None)]


def test_an_upsert_replaces_the_rest_of_a_row(database: Database) -> None:
    with database.writing() as connection:
        upsert(connection, THINGS, [])
        upsert(connection, THINGS, [{"key": 1, "word": "a", "number": 1}])
        upsert(connection, THINGS, [{"key": 1, "word": "b", "number": 2}, {"key": 2, "word": "c", "number": 3}])
        assert BY_WORD.first(connection, {"word": "a"}) is None
        assert BY_WORD.rows(connection, {"word": "b"}) == [(1, 2)]


def test_a_prepared_select_gives_rows_in_order_and_never_mixes_text_into_the_statement(database: Database) -> None:
    hostile = "x' OR '1'='1"
    with database.writing() as connection:
        upsert(connection, THINGS, [{"key": key, "word": hostile, "number": key * 10} for key in (2, 1)])
        assert BY_WORD.rows(connection, {"word": hostile}) == [(1, 10), (2, 20)]
        assert BY_WORD.rows(connection, {"word": "x"}) == []


def test_a_prepared_select_that_fails_is_told_without_values(tmp_path: Path) -> None:
    empty = Database(sqlite_url(tmp_path / "empty.db"))
    with pytest.raises(UnavailableError) as failed, empty.reading() as connection:
        BY_WORD.rows(connection, {"word": "c0001@example.com"})
    assert "example.com" not in str(failed.value)
