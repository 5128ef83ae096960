"""Tables whose rows number themselves: which number was given last, and going on after another.

A number is never used twice, also where the row that had the highest is gone: SQLite keeps the last one in a table of
its own, PostgreSQL in a sequence. A copy of the rows alone does not carry it along.
"""

from sqlalchemy import Connection, column, insert, inspect, select, table, text, update

_SQLITE = table("sqlite_sequence", column("name"), column("seq"))


def all_last_given(connection: Connection) -> dict[str, int]:
    """Return table → the last number that was given, for all whose rows number themselves and gave one."""
    if connection.dialect.name == "sqlite":
        if not inspect(connection).has_table("sqlite_sequence"):
            return {}
        return {name: seq for name, seq in connection.execute(select(_SQLITE.c.name, _SQLITE.c.seq)) if seq}
    last = {name: last_given(connection, name) for name in inspect(connection).get_table_names()}
    return {name: number for name, number in last.items() if number}


def last_given(connection: Connection, rows: str) -> int:
    """Return the last number given in the table `rows`; 0 when none was, or they do not number themselves."""
    if connection.dialect.name == "sqlite":
        return connection.execute(select(_SQLITE.c.seq).where(_SQLITE.c.name == rows)).scalar() or 0
    sequence = _sequence(connection, rows)
    if sequence is None:
        return 0
    # The name comes from the database itself, quoted by it.
    is_used, last = connection.execute(text(f"SELECT is_called, last_value FROM {sequence}")).one()  # noqa: S608 - see above
    return int(last) if is_used else 0


def give_after(connection: Connection, rows: str, number: int) -> None:
    """See to it, inside an open `writing`, that the next row of the table `rows` gets the number after `number`.

    Args:
        connection: an open `writing`.
        rows: a table whose rows number themselves.
        number: from 1.
    """
    if connection.dialect.name == "sqlite":
        moved = update(_SQLITE).where(_SQLITE.c.name == rows).values(seq=number)
        if not connection.execute(moved).rowcount:
            connection.execute(insert(_SQLITE), {"name": rows, "seq": number})
        return
    setting = text("SELECT setval(CAST(:sequence AS regclass), :number)")
    connection.execute(setting, {"sequence": _sequence(connection, rows), "number": number})


def _sequence(connection: Connection, rows: str) -> str | None:
    """Return the name of the sequence that numbers the rows of a table, on PostgreSQL; None when none does."""
    keys = inspect(connection).get_pk_constraint(rows)["constrained_columns"]
    if len(keys) != 1:
        return None
    found = text("SELECT pg_get_serial_sequence(:rows, :numbered)")
    name: str | None = connection.execute(found, {"rows": rows, "numbered": keys[0]}).scalar()
    return name
