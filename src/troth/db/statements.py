"""Statements that SQLite and PostgreSQL share in meaning and spell in two dialects."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Select, Table
from sqlalchemy.dialects import postgresql, sqlite

from troth.db.engine import in_words


def insert_new(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    """Insert those of `rows` whose key is not there yet; return how many were.

    Args:
        connection: an open `writing`.
        table: where to.
        rows: column → value as the driver takes it, all with the same columns. Empty is fine.
    """
    if not rows:
        return 0
    text, order = _spelled(connection.dialect, table, tuple(rows[0]))
    # Handed to the driver as they are: SQLAlchemy's own way costs more per row than SQLite's insert does.
    if order is None:
        return max(connection.exec_driver_sql(text, rows).rowcount, 0)
    return max(connection.exec_driver_sql(text, [tuple(map(row.__getitem__, order)) for row in rows]).rowcount, 0)


@lru_cache(maxsize=64)
def _spelled(dialect: Dialect, table: Table, columns: tuple[str, ...]) -> tuple[str, tuple[str, ...] | None]:
    """Return the insert as text, and the order of its values where the driver takes them by place."""
    statement = _insert_of(dialect.name)(table).on_conflict_do_nothing()
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    order = getattr(compiled, "positiontup", None)
    return str(compiled), None if order is None else tuple(order)


def upsert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert `rows`; where the key is there already, replace the other columns.

    Args:
        connection: an open `writing`.
        table: where to.
        rows: column → value, all with the same columns. Empty is fine.
    """
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    statement = _insert_of(connection.dialect.name)(table)
    rest = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest), rows)


def _insert_of(dialect: str) -> Any:  # noqa: ANN401 - the two inserts share no class
    return cast("Any", postgresql if dialect == "postgresql" else sqlite).insert


class Prepared:
    """A select that is spelled once and handed to the driver as it is.

    For the few statements asked at every call: SQLAlchemy's own way costs several times what the database does.

    Args:
        statement: a select whose values are all `bindparam`s.
    """

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._spelled: dict[str, tuple[str, tuple[str, ...] | None]] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return all rows, each as a tuple in the order of the columns, as the driver gives them.

        Args:
            connection: an open `reading` or `writing`.
            values: name of the `bindparam` → value as the driver takes it.

        Raises:
            UnavailableError: the driver failed; in our words, without its text.
        """
        name = connection.dialect.name
        if name not in self._spelled:
            compiled = self._statement.compile(dialect=connection.dialect)
            order = getattr(compiled, "positiontup", None)
            self._spelled[name] = (str(compiled), None if order is None else tuple(order))
        text, order = self._spelled[name]
        cursor = connection.connection.cursor()
        try:
            cursor.execute(text, values if order is None else tuple(values[key] for key in order))
            return cast("list[tuple[Any, ...]]", cursor.fetchall())
        except connection.dialect.loaded_dbapi.Error as error:
            raise in_words(error) from None
        finally:
            cursor.close()

    def first(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        rows = self.rows(connection, values)
        return rows[0] if rows else None
