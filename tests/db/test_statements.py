from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, delete, func, insert, select, update

from troth.db.engine import Database, sqlite_url
from troth.db.statements import Listed, Prepared, insert_new, upsert
from troth.errors import UnavailableError

_TABLES = MetaData()
THINGS = Table(
    "things", _TABLES, Column("key", Integer, primary_key=True), Column("word", Text), Column("number", Integer)
)
BY_WORD = Prepared(
    select(THINGS.c.key, THINGS.c.number).where(THINGS.c.word == bindparam("word")).order_by(THINGS.c.key)
)

ADD = Prepared(insert(THINGS).inline(), columns=("key", "word", "number"))
RENAME = Prepared(update(THINGS).where(THINGS.c.word == bindparam("of")).values(word=bindparam("to")))
DROP = Prepared(delete(THINGS).where(THINGS.c.key == bindparam("this")))
ALL = Prepared(select(THINGS.c.key).order_by(THINGS.c.key))
LISTED = Listed(
    select(THINGS.c.number, THINGS.c.key).where(THINGS.c.word == bindparam("word")).order_by(THINGS.c.key),
    THINGS.c.number,
)
COUNTED = Listed(select(func.count()).select_from(THINGS), THINGS.c.key)
DROP_LISTED = Listed(delete(THINGS), THINGS.c.key)


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


def test_a_prepared_change_tells_how_many_rows_it_met(database: Database) -> None:
    with database.writing() as connection:
        assert ADD.run(connection) == 0
        assert ADD.run(connection, *({"key": key, "word": "a", "number": key % 2} for key in range(6))) == 6
        assert RENAME.run(connection, {"of": "a", "to": "b"}) == 6
        assert DROP.run(connection, {"this": 1}, {"this": 1}, {"this": 99}) == 1
    with database.reading() as connection:
        assert [key for _, key in LISTED.rows(connection, [0], {"word": "b"})] == [0, 2, 4]


def test_a_prepared_change_that_fails_is_told_without_values_and_nothing_of_its_writing_happened(
    database: Database,
) -> None:
    row = {"key": 1, "word": "c0001@example.com", "number": 1}
    with pytest.raises(UnavailableError) as failed, database.writing() as connection:
        ADD.run(connection, row, row)
    assert "example.com" not in str(failed.value)
    with database.reading() as connection:
        assert ALL.rows(connection, {}) == []


@pytest.mark.parametrize("asked", [0, 1, 2, 9, 10, 11, 100, 499, 500, 501, 1203])
def test_a_list_of_any_length_finds_and_drops_what_is_in_it_once(database: Database, asked: int) -> None:
    with database.writing() as connection:
        ADD.run(connection, *({"key": key, "word": "a", "number": key // 2} for key in range(3000)))
        listed = range(asked)
        assert sum(row[0] for row in COUNTED.rows(connection, listed)) == asked
        found = list(LISTED.rows(connection, listed, {"word": "a"}))
        assert found == [(number, key) for number in listed for key in (2 * number, 2 * number + 1)]
        assert list(LISTED.rows(connection, listed, {"word": "b"})) == []
        assert DROP_LISTED.run(connection, listed) == asked
        assert [row[0] for row in ALL.rows(connection, {})] == list(range(asked, 3000))


def test_pages_give_every_row_once_and_may_be_left_early(database: Database) -> None:
    with database.writing() as connection:
        ADD.run(connection, *({"key": key, "word": "a", "number": 0} for key in range(12_000)))
    with database.reading() as connection:
        pages = list(ALL.pages(connection, {}))
        assert [key for page in pages for (key,) in page] == list(range(12_000))
        assert len(pages) == 3
        early = ALL.pages(connection, {})
        assert next(early)[0] == (0,)
        early.close()
        assert [key for _, key in LISTED.rows(connection, [0], {"word": "a"})] == list(range(12_000))
