"""`examine` sees every change in every table of the ledger, and nothing in a ledger that is whole."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, delete, insert, select, update
from sqlalchemy.types import Integer

from installations import NOW
from ledger.publishing.histories import CUSTOMERS, KEPT, History, Step, history, steps
from troth.app import App
from troth.db.dialects import begin
from troth.db.engine import Database
from troth.db.tables import KEYS, MAIN
from troth.ledger.examine import Finding, examine
from troth.ledger.model import Entry, Kind

NOT_EVIDENCE = {"ledger_noted"}
"""What this program remembers so as not to note it twice; no proof rests on it."""


def _wrong(app: App, *, kept_from: Any = NOW - timedelta(days=365)) -> list[Finding]:
    return list(examine(*app._databases, app.ledger, kept_from=kept_from))


@pytest.mark.slow
@settings(max_examples=25)
@given(done=steps())
def test_whatever_is_done_a_ledger_that_is_whole_has_no_finding(
    tmp_path_factory: pytest.TempPathFactory, done: Sequence[Step]
) -> None:
    with history(tmp_path_factory.mktemp("home")) as made:
        made.go(done)
        assert _wrong(made.app, kept_from=made.now - KEPT) == []
        made.publish()
        assert _wrong(made.app, kept_from=made.now - KEPT) == []


def test_it_tells_how_far_it_has_come(app: App) -> None:
    made = History(app.settings.home, app)
    for _ in range(5):
        made.write([Entry(one, Kind.READ, NOW) for one in range(1, 501)])
    told: list[tuple[int, int]] = []
    found = examine(*app._databases, app.ledger, kept_from=NOW, told=lambda done, of: told.append((done, of)))
    assert list(found) == []
    assert told == [(1000, 2502), (2000, 2502), (2502, 2502)]


def _installation(made: History, *, loses: bool) -> None:
    """Let everything happen that leaves rows: keys change, some leave, tiles fill, some is not published yet."""
    made.write([Entry(one, Kind.READ, made.now) for one in (*CUSTOMERS, *range(10, 40)) for _ in range(8)])
    made.publish()
    made.now += timedelta(minutes=1)
    made.change()
    made.erase(5)
    made.now += timedelta(minutes=1)
    if loses:
        made.publish()
        made.lose()
    made.write([Entry(one, Kind.READ, made.now) for one in (1, 2, 3, 4, 12) for _ in range(3)])
    made.publish()
    made.write([Entry(one, Kind.READ, made.now) for one in (2, 3, 4, 50) for _ in range(2)])


Harm = tuple[str, Callable[[Connection], object]]


def _tables(metadata: MetaData) -> list[Table]:
    return [
        table
        for name, table in sorted(metadata.tables.items())
        if name.startswith("ledger_") and name not in NOT_EVIDENCE
    ]


def _this(table: Table, row: Any) -> Any:
    conditions = [column == getattr(row, column.name) for column in table.primary_key]
    return conditions[0] if len(conditions) == 1 else conditions[0] & _all(conditions[1:])


def _all(conditions: list[Any]) -> Any:
    together = conditions[0]
    for one in conditions[1:]:
        together &= one
    return together


def _flipped(column: Column[Any], value: Any, at: float) -> Any:
    """Return `value` with one bit of it changed, somewhere."""
    if isinstance(column.type, Integer):
        return value ^ 1 << int(at * 12)
    data = bytearray(value.encode() if isinstance(value, str) else value)
    if not data:
        return "x" if isinstance(value, str) else b"x"
    data[int(at * (len(data) - 1))] ^= 1
    return data.decode("utf-8", "replace") if isinstance(value, str) else bytes(data)


def _flip(table: Table, row: Any, column: Column[Any], at: float) -> Callable[[Connection], object]:
    def harm(connection: Connection) -> None:
        changed = _flipped(column, getattr(row, column.name), at)
        connection.execute(update(table).where(_this(table, row)).values({column.name: changed}))

    return harm


def _swap(table: Table, row: Any, other: Any, column: Column[Any]) -> Callable[[Connection], object]:
    def harm(connection: Connection) -> None:
        for one, from_other in ((row, other), (other, row)):
            value = getattr(from_other, column.name)
            connection.execute(update(table).where(_this(table, one)).values({column.name: value}))

    return harm


def _remove(table: Table, row: Any) -> Callable[[Connection], object]:
    return lambda connection: connection.execute(delete(table).where(_this(table, row)))


def _double(table: Table, row: Any) -> Callable[[Connection], object]:
    """Put a copy of a row beside it, under another key."""

    def harm(connection: Connection) -> None:
        last = list(table.primary_key)[-1]
        key = getattr(row, last.name)
        copy = dict(row._mapping)
        copy[last.name] = bytes(len(key)) if isinstance(last.type, LargeBinary) else key + 5000
        connection.execute(insert(table).values(copy))

    return harm


def _harms(table: Table, rows: Sequence[Any]) -> Iterator[Harm]:
    """Yield every kind of harm to a few of the rows: first, middle, last."""
    places = sorted({0, len(rows) // 2, len(rows) - 1})
    for place in places:
        row, name = rows[place], f"{table.name} row {place} of {len(rows)}"
        yield f"{name} deleted", _remove(table, row)
        yield f"{name} doubled", _double(table, row)
        for column in table.columns:
            for at in (0.0, 0.5, 1.0):
                is_free = not column.primary_key or all(
                    any(getattr(one, key.name) != wanted for key, wanted in _key_after(table, row, column, at))
                    for one in rows
                )
                if is_free:
                    yield f"{name}: {column.name} flipped at {at}", _flip(table, row, column, at)
            other = rows[(place + 1) % len(rows)]
            if not column.primary_key and getattr(row, column.name) != getattr(other, column.name):
                yield f"{name}: {column.name} swapped with the next", _swap(table, row, other, column)


def _key_after(table: Table, row: Any, column: Column[Any], at: float) -> list[tuple[Column[Any], Any]]:
    return [
        (key, _flipped(key, getattr(row, key.name), at) if key is column else getattr(row, key.name))
        for key in table.primary_key
    ]


def _is_seen(app: App, database: Database, harm: Callable[[Connection], object]) -> bool:
    """Whether there is a finding while `harm` is done; it is undone again."""
    with ExitStack() as stack:
        connection = stack.enter_context(database._engine.connect())
        stack.callback(connection.begin().rollback)
        begin(connection, is_writing=True)
        harm(connection)
        # Seen from inside the transaction, which never ends well.
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for way in ("reading", "reading_alone"):
            patch.setattr(database, way, partial(nullcontext, connection))
        return next(iter(_wrong(app)), None) is not None


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("loses", [False, True])
def test_every_change_in_every_table_is_found(app: App, *, loses: bool) -> None:
    made = History(app.settings.home, app)
    _installation(made, loses=loses)
    assert _wrong(app) == []
    unseen, count, tables = [], 0, set()
    for database, metadata in zip(app._databases, (MAIN, KEYS), strict=True):
        for table in _tables(metadata):
            with database.reading() as connection:
                rows = connection.execute(select(table).order_by(*table.primary_key)).all()
            assert rows, f"{table.name} is empty, so nothing can be planted in it"
            tables.add(table.name)
            for name, harm in _harms(table, rows):
                count += 1
                if not _is_seen(app, database, harm):
                    unseen.append(name)
    assert count > 300
    assert "\n".join(unseen) == ""
    assert _wrong(app) == []
