"""Statements that SQLite and PostgreSQL share in meaning and spell in two dialects."""

from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite


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
