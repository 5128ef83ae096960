"""All rows of a database, out and in, the same on SQLite and PostgreSQL.

Read from the database's own description of its tables and not from the rooms': a copy holds what is there, also at a
step that this version has since left behind.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, MetaData, Table, select, text

from troth.db.engine import Database
from troth.db.numbering import all_last_given, give_after
from troth.db.statements import insert_new

Value = bool | int | str | bytes | None

_ITS_OWN = "alembic_version"
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of a database, open to be read.

    Attributes:
        step: the last step that brought it to its form; empty in a database that was never made.
        tables: their names, in order.
        last_numbers: table → the last number it gave, for those that number their rows and gave one.
    """

    step: str
    tables: tuple[str, ...]
    last_numbers: Mapping[str, int]
    _connection: Connection
    _metadata: MetaData

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the names of a table's columns, in order."""
        return tuple(str(column.name) for column in self._metadata.tables[table].columns)

    def rows(self, table: str) -> Iterator[Sequence[Value]]:
        """Yield a table's rows in the order of their keys, each in the order of the columns."""
        rows = self._metadata.tables[table]
        statement = select(rows).order_by(*rows.primary_key.columns)
        with self._connection.execution_options(yield_per=_AT_ONCE).execute(statement) as found:
            for row in found:
                yield tuple(row)


@contextmanager
def snapshot(database: Database) -> Iterator[Snapshot]:
    """Open one moment of `database`. Who writes meanwhile does not wait and is not seen."""
    with database.reading_alone() as connection:
        metadata = _reflected(connection)
        yield Snapshot(
            step_of(connection),
            tuple(sorted(str(table) for table in metadata.tables if table != _ITS_OWN)),
            all_last_given(connection),
            connection,
            metadata,
        )


def step_of(connection: Connection) -> str:
    """Return the last step that brought a database to its form; empty when none did."""
    metadata = _reflected(connection)
    if _ITS_OWN not in metadata.tables:
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def form_of(connection: Connection) -> dict[str, frozenset[str]]:
    """Return table → the names of its columns, of every table."""
    tables = _reflected(connection).tables
    return {
        str(name): frozenset(str(column.name) for column in table.columns)
        for name, table in tables.items()
        if name != _ITS_OWN
    }


def has_rows(connection: Connection, *, but: frozenset[str] = frozenset()) -> bool:
    """Return whether any table holds a row, apart from those in `but`."""
    tables = (table for name, table in _reflected(connection).tables.items() if name not in {_ITS_OWN, *but})
    return any(connection.execute(select(table).limit(1)).first() is not None for table in tables)


def drop_everything(connection: Connection) -> None:
    """Drop every table, inside an open `writing`."""
    _reflected(connection).drop_all(connection)


def put_rows(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Insert `rows`, each in the order of `columns`, into a table that is there and has these columns.

    Args:
        connection: an open `writing`.
        table: its name.
        columns: their names.
        rows: values as `Snapshot.rows` gives them.

    Raises:
        ValueError: a row of the same key is there already.
    """
    into = Table(table, MetaData(), autoload_with=connection)
    named = [into.columns[column].name for column in columns]
    for start in range(0, len(rows), _AT_ONCE):
        some: list[dict[str, Any]] = [dict(zip(named, row, strict=True)) for row in rows[start : start + _AT_ONCE]]
        if insert_new(connection, into, some) != len(some):
            raise ValueError("two rows with the same key")


def number_after(connection: Connection, last_numbers: Mapping[str, int]) -> None:
    """Let each table go on after the last number it gave, inside an open `writing`."""
    for table, number in last_numbers.items():
        give_after(connection, table, number)


def _reflected(connection: Connection) -> MetaData:
    metadata = MetaData()
    metadata.reflect(connection)
    return metadata
