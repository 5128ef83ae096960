"""Counts over the tables of every room, read and never written: what does not fit together is seen only from above.

The tables are named here by their words and not taken from the rooms: it must be possible to look also where a room
can't be opened.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, column, exists, func, select, table

from troth.clock import from_micros

_CUSTOMERS = table("customers", column("number"), column("sealed_id"))
_ERASURES = table("erasures", column("customer"), column("asked"), column("done"))
_KEYS = table("customer_keys", column("customer"), column("kind"))
_ENTRIES = table("ledger_entries", column("customer"), column("log"), column("number"))
_OUTBOX = table("outbox", column("seq"), column("at"), column("removal"))
_MODELS = table("models", column("seq"))
_PLACE = table("journal_position", column("seq"))
_JOURNAL = table("journal", column("seq"))
_OF_CUSTOMERS = (
    *("items", "identifiers", "choices", "stops", "contributions"),
    *("ledger_entries", "ledger_streams", "ledger_noted"),
    *("deleted", "keys_to_destroy"),
)
_WITH_TIMES = ("choices", "stops", "ledger_entries", "outbox", "backups")
_EVERYBODY = 0


def without_customer(connection: Connection) -> dict[str, int]:
    """Return table → how many rows are of a customer that there is not, for those that have any."""
    found: dict[str, int] = {}
    for name in _OF_CUSTOMERS:
        rows = table(name, column("customer"))
        here = exists().where(_CUSTOMERS.c.number == rows.c.customer)
        wanted = select(func.count()).select_from(rows).where(rows.c.customer != _EVERYBODY, ~here)
        count = connection.execute(wanted).scalar() or 0
        if count:
            found[name] = count
    return found


def unfinished_erasures(connection: Connection) -> int:
    """Return how many erasures were begun and not finished."""
    wanted = select(func.count()).select_from(_ERASURES).where(_ERASURES.c.done.is_(None))
    return connection.execute(wanted).scalar() or 0


def ledgers_with_gaps(connection: Connection) -> int:
    """Return of how many customers a note is missing between the first and the last; nothing is opened."""
    # The first may be gone by its age.
    first, last = func.min(_ENTRIES.c.number), func.max(_ENTRIES.c.number)
    wanted = select(_ENTRIES.c.customer).group_by(_ENTRIES.c.customer, _ENTRIES.c.log)
    gaps = wanted.having(func.count() != last - first + 1).subquery()
    return connection.execute(select(func.count()).select_from(gaps)).scalar() or 0


def newest_time(connection: Connection) -> datetime | None:
    """Return when the newest thing on record happened; None when there is none."""
    newest = [
        connection.execute(select(func.max(column("at"))).select_from(table(name))).scalar() for name in _WITH_TIMES
    ]
    times = [at for at in newest if at is not None]
    return from_micros(max(times)) if times else None


def oldest_removal(connection: Connection) -> datetime | None:
    """Return when the oldest removal happened that a model has not taken in; None when none waits."""
    taken_in = select(func.min(_MODELS.c.seq)).scalar_subquery()
    wanted = select(func.min(_OUTBOX.c.at)).where(_OUTBOX.c.removal.is_(True), _OUTBOX.c.seq > taken_in)
    at = connection.execute(wanted).scalar()
    return None if at is None else from_micros(at)


def journal_reached(connection: Connection) -> int:
    """Return how far the data has come in the journal."""
    return connection.execute(select(_PLACE.c.seq)).scalar() or 0


def journal_newest(connection: Connection) -> int:
    """Return the place of the newest entry, in the key database."""
    return connection.execute(select(func.max(_JOURNAL.c.seq))).scalar() or 0


def unmatched(main: Connection, keys: Connection) -> tuple[int, int]:
    """Return how many have keys and are no customers here, and how many are and have lost the key of their id."""
    strangers = keyless = 0
    here = _numbers(main, select(_CUSTOMERS.c.number, _CUSTOMERS.c.sealed_id.is_not(None)).order_by("number"))
    keyed = _numbers(
        keys,
        select(_KEYS.c.customer, func.count().filter(_KEYS.c.kind == "identity"))
        .group_by(_KEYS.c.customer)
        .order_by(_KEYS.c.customer),
    )
    # Both run through in the order of their numbers, so that a million customers need no room.
    one, other = next(here, None), next(keyed, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0] < other[0]):
            keyless += bool(one and one[1])
            one = next(here, None)
        elif one is None or other[0] < one[0]:
            strangers += 1
            other = next(keyed, None)
        else:
            keyless += bool(one[1]) and not other[1]
            one, other = next(here, None), next(keyed, None)
    return strangers, keyless


def _numbers(connection: Connection, statement: Select[Any]) -> Iterator[tuple[int, Any]]:
    with connection.execution_options(yield_per=10_000).execute(statement) as rows:
        yield from ((number, about) for number, about in rows)
