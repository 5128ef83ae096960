"""Filling a database with the rows of a backup."""

from troth.backup.finding import Found
from troth.backup.model import What, damaged
from troth.backup.parts import Progress, fetched
from troth.backup.place import Place
from troth.db.copying import drop_everything, form_of, number_after, put_rows
from troth.db.engine import Connection
from troth.db.migrate import Steps, bring_to

STEPS: dict[What, Steps] = {"main": Steps.MAIN, "keys": Steps.KEYS}


def load(
    connection: Connection,
    what: What,
    place: Place,
    found: Found,
    progress: Progress,
    *,
    but: frozenset[str] = frozenset(),
) -> None:
    """Fill an empty or emptied database with a backup, at its own step, and bring it to ours.

    Args:
        connection: an open `writing`.
        what: ``main`` or ``keys``.
        place: where the backup lies.
        found: which.
        progress: told how far it is.
        but: tables that stay empty.

    Raises:
        UnavailableError: what is in it does not fit the form that its manifest names.
    """
    manifest, done = found.manifest, 0
    drop_everything(connection)
    bring_to(connection, STEPS[what], manifest.step)
    if form_of(connection) != {rows.table: frozenset(rows.columns) for rows in manifest.tables}:
        raise damaged(found.name, "its list of tables")
    for rows in manifest.tables:
        for part in () if rows.table in but else rows.parts:
            put_rows(connection, rows.table, rows.columns, fetched(place, found.name, part))
            done += part.size
            progress(f"restore {what}", done, manifest.size)
    number_after(connection, {rows.table: rows.last_number for rows in manifest.tables if rows.last_number})
    bring_to(connection, STEPS[what], "head")
