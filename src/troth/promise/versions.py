"""Which promises were in force, and which is.

Laws:

1. A promise is recorded, with its text, before anything is done under it. What was recorded stays on record: an
   earlier yes is held to the promise it was given to.
2. A promise that would use something that was never promised (`compare.unpromised`) is not taken.
3. A promise whose day has not come is recorded and waits; the one before it stays in force.
4. While nobody is a customer yet, a promise may be written anew under the same number: it was given to nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile

from troth.canonical import sha256
from troth.db.engine import Database
from troth.errors import InputError
from troth.promise import store
from troth.promise.compare import compare, unpromised
from troth.promise.errors import PromiseError
from troth.promise.model import Promise
from troth.promise.read import recall_promise
from troth.promise.store import Row


@dataclass(frozen=True, slots=True)
class Given:
    """What is promised at one moment, and was before.

    Attributes:
        promise: the one in force; the newest, when none is yet.
        history: those before it, oldest first.
        recorded: number → when it was first on record.
        coming: one that waits for its day.
    """

    promise: Promise
    history: tuple[Promise, ...] = ()
    recorded: Mapping[int, datetime] = field(default_factory=dict)
    coming: Promise | None = None


class Versions:
    """Keeps the promises on record.

    Args:
        database: the main database.
    """

    room = "promise"

    def __init__(self, database: Database) -> None:
        self._database = database

    def admit(self, promise: Promise, text: bytes, *, now: datetime, nobody: bool) -> Given:
        """Record `promise` unless it is on record already; return what is promised now.

        Args:
            promise: read from `text`.
            text: the bytes of its file.
            now: the moment.
            nobody: whether nobody is a customer yet.

        Raises:
            InputError: the file is older than what is on record, or was changed while it was read.
            PromiseError: it would use something that was never promised; it carries every finding.
        """
        if sha256(text).hex() != promise.fingerprint:
            raise InputError("promise_changed", "The promise was changed while it was read.", "Try again.")
        with self._database.writing() as connection:
            rows = store.all_rows(connection)
            if rows and rows[-1].fingerprint != promise.fingerprint:
                if nobody:
                    store.drop_all(connection)
                    rows = []
                else:
                    _must_follow(_recalled(rows[-1]), promise)
            if not rows or rows[-1].fingerprint != promise.fingerprint:
                row = Row(promise.version.number, promise.fingerprint, text, now)
                store.record(connection, row)
                rows.append(row)
        return _given(rows, promise, now)

    def on_record(self) -> list[Row]:
        """Return every promise that was put on record, as it was recorded, oldest first."""
        with self._database.reading() as connection:
            return store.all_rows(connection)

    def newest(self) -> Promise | None:
        """Return the newest promise on record; None when there is none."""
        with self._database.reading() as connection:
            rows = store.all_rows(connection)
        return _recalled(rows[-1]) if rows else None


def _must_follow(before: Promise, promise: Promise) -> None:
    number, given = promise.version.number, before.version.number
    if number < given:
        raise InputError(
            "promise_older",
            f"This promise has the number {number}; number {given} was given already.",
            "Open the newer file, or take it back by a promise with a higher number.",
        )
    found = unpromised(before, promise, compare(before, promise))
    if found:
        raise PromiseError(found)


def _given(rows: Sequence[Row], newest: Promise, now: datetime) -> Given:
    recorded: dict[int, datetime] = {}
    texts: dict[int, Row] = {}
    for row in rows:
        recorded.setdefault(row.number, row.recorded)
        texts[row.number] = row
    promises = [_recalled(row) for row in list(texts.values())[:-1]] + [newest]
    begun = list(takewhile(lambda one: _has_begun(one, now), promises)) or [newest]
    coming = newest if begun[-1] is not newest else None
    return Given(begun[-1], tuple(begun[:-1]), recorded, coming)


def _has_begun(promise: Promise, now: datetime) -> bool:
    return now.astimezone(promise.company.time_zone).date() >= promise.version.since


def _recalled(row: Row) -> Promise:
    return recall_promise(row.text, name=f"promise version {row.number}")
