"""Statements that SQLite and PostgreSQL share in meaning and spell in two dialects."""

from bisect import bisect_left
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from itertools import count, repeat
from typing import Any, cast

from sqlalchemy import Column, Connection, Delete, Dialect, Insert, Select, Table, Update, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from troth.db.dialects import driver_of
from troth.db.failures import in_words

Row = tuple[Any, ...]
Values = Mapping[str, Any]
Statement = Select[Any] | Insert | Update | Delete
_Spelled = tuple[str, tuple[str, ...] | None]
"""A statement as text, and the order of its values where the driver takes them by place and not by name."""

_LENGTHS = (1, 10, 100, 500)
"""For how many listed values a statement is spelled: few spellings, so that the databases remember them all."""

_NAMES = tuple(f"listed_{at}" for at in range(_LENGTHS[-1]))

_PAGE = 5_000
"""Rows fetched at once where many are read."""

_pages = count()


def insert_new(connection: Connection, table: Table, rows: Sequence[Values]) -> int:
    """Insert those of `rows` whose key is not there yet; return how many were.

    Args:
        connection: an open `writing`.
        table: where to.
        rows: column → value as the driver takes it, all with the same columns. Empty is fine.

    Raises:
        UnavailableError: the driver failed.
    """
    if not rows:
        return 0
    return max(_run(connection, _insert(connection.dialect, table, tuple(rows[0]), replacing=False), rows), 0)


def upsert(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert `rows`; where the key is there already, replace the other columns.

    The arguments and errors are those of `insert_new`.
    """
    if rows:
        _run(connection, _insert(connection.dialect, table, tuple(rows[0]), replacing=True), rows)


@lru_cache(maxsize=128)
def _insert(dialect: Dialect, table: Table, columns: tuple[str, ...], *, replacing: bool) -> _Spelled:
    statement = cast("Any", postgresql if dialect.name == "postgresql" else sqlite).insert(table)
    if replacing:
        keys = [column.name for column in table.primary_key]
        rest = {name: statement.excluded[name] for name in columns if name not in keys}
        statement = statement.on_conflict_do_update(index_elements=keys, set_=rest)
    else:
        statement = statement.on_conflict_do_nothing()
    return _spelled(statement.inline(), dialect, columns)


class Prepared:
    """A statement that is spelled once and handed to the driver as it is.

    For those that every call asks: SQLAlchemy's own way costs several times what the database does.

    Args:
        statement: whose values are all `bindparam`s. An insert that returns nothing is made `inline`, so that
            PostgreSQL is not asked for the new key.
        columns: the columns that an insert is given; nothing for other statements.
    """

    def __init__(self, statement: Statement, columns: Sequence[str] | None = None) -> None:
        self._statement: Any = statement
        self._columns = None if columns is None else tuple(columns)
        self._texts: dict[str, _Spelled] = {}

    def rows(self, connection: Connection, values: Values) -> list[Row]:
        """Return all rows, each as a tuple in the order of the columns, as the driver gives them.

        Args:
            connection: an open `reading` or `writing`.
            values: name of the `bindparam` → value as the driver takes it.

        Raises:
            UnavailableError: the driver failed; in our words, without its text.
        """
        text, order = self._text(connection)
        try:
            return cast("list[Row]", driver_of(connection).execute(text, _placed(values, order)).fetchall())
        except connection.dialect.loaded_dbapi.Error as error:
            raise in_words(error) from None

    def first(self, connection: Connection, values: Values) -> Row | None:
        """Return the first row, or None."""
        rows = self.rows(connection, values)
        return rows[0] if rows else None

    def pages(self, connection: Connection, values: Values) -> Generator[list[Row], None, None]:
        """Yield all rows, some thousands at a time, for more of them than should be in memory at once."""
        text, order = self._text(connection)
        # On PostgreSQL they wait in a cursor of the server, which needs a name of its own.
        name = {} if connection.dialect.name == "sqlite" else {"name": f"page_{next(_pages)}"}
        try:
            with closing(driver_of(connection).cursor(**name)) as cursor:
                cursor.execute(text, _placed(values, order))
                while page := cursor.fetchmany(_PAGE):
                    yield page
        except connection.dialect.loaded_dbapi.Error as error:
            raise in_words(error) from None

    def run(self, connection: Connection, *rows: Values) -> int:
        """Execute an insert, update or delete once for each of `rows`; return how many rows of the table it met."""
        return _run(connection, self._text(connection), rows) if rows else 0

    def _text(self, connection: Connection) -> _Spelled:
        dialect = connection.dialect
        found = self._texts.get(dialect.name)
        if found is None:
            found = self._texts[dialect.name] = _spelled(self._statement, dialect, self._columns)
        return found


class Listed:
    """A statement about the rows whose `column` is in a list, spelled once for each of a few lengths.

    A shorter list is filled up with its last value, a longer one is asked in parts. So the rows of one value are
    together and in the order that the statement asks for; those of two values may not be.

    Args:
        statement: a select, update or delete whose other values are all `bindparam`s.
        column: the column that is in the list.
    """

    def __init__(self, statement: Select[Any] | Update | Delete, column: Column[Any]) -> None:
        self._statement = statement
        self._column = column
        self._by_length: dict[int, Prepared] = {}

    def rows(self, connection: Connection, listed: Sequence[Any], values: Values | None = None) -> Iterator[Row]:
        """Yield the rows for the values `listed`; as `Prepared.rows`."""
        for prepared, bound in self._parts(listed, values):
            yield from prepared.rows(connection, bound)

    def pages(self, connection: Connection, listed: Sequence[Any]) -> Generator[list[Row], None, None]:
        """Yield the rows for the values `listed`, so few that they are asked in one part; as `Prepared.pages`."""
        for prepared, bound in self._parts(listed, None):
            yield from prepared.pages(connection, bound)

    def run(self, connection: Connection, listed: Sequence[Any], values: Values | None = None) -> int:
        """Execute the statement for the values `listed`; return how many rows of the table it met."""
        return sum(prepared.run(connection, bound) for prepared, bound in self._parts(listed, values))

    def _parts(self, listed: Sequence[Any], values: Values | None) -> Iterator[tuple[Prepared, Values]]:
        for start in range(0, len(listed), _LENGTHS[-1]):
            part = listed[start : start + _LENGTHS[-1]]
            length = _LENGTHS[bisect_left(_LENGTHS, len(part))]
            full = part if length == len(part) else [*part, *repeat(part[-1], length - len(part))]
            bound = dict(zip(_NAMES, full, strict=False))
            yield self._of_length(length), {**values, **bound} if values else bound

    def _of_length(self, length: int) -> Prepared:
        # Made when it is first asked for: a command that asks little should not wait for all of them.
        known = self._by_length.get(length)
        if known is None:
            listed: list[Any] = [bindparam(name) for name in _NAMES[:length]]
            known = self._by_length[length] = Prepared(self._statement.where(self._column.in_(listed)))
        return known


def _spelled(statement: Any, dialect: Dialect, columns: Sequence[str] | None) -> _Spelled:  # noqa: ANN401 - any of four
    compiled = statement.compile(dialect=dialect, column_keys=None if columns is None else list(columns))
    order = getattr(compiled, "positiontup", None)
    return str(compiled), None if order is None else tuple(order)


def _placed(values: Values, order: tuple[str, ...] | None) -> Values | tuple[Any, ...]:
    return values if order is None else tuple([values[key] for key in order])


def _run(connection: Connection, spelled: _Spelled, rows: Sequence[Values]) -> int:
    text, order = spelled
    try:
        if len(rows) == 1:
            return cast("int", driver_of(connection).execute(text, _placed(rows[0], order)).rowcount)
        with closing(driver_of(connection).cursor()) as cursor:
            cursor.executemany(text, [_placed(row, order) for row in rows])
            return cast("int", cursor.rowcount)
    except connection.dialect.loaded_dbapi.Error as error:
        raise in_words(error) from None
