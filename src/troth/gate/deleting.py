"""Deleting part of what is kept of a customer, because they ask for it. What goes and what stays: `removal`.

Laws:

1. What is deleted, what is locked and the note that it must not come back are one transaction of the caller's, with
   the row that tells the outbox; nothing is opened for it.
2. A handle names one item of one customer. It is a keyed hash: it can't be guessed, tells nothing, and names nothing
   of anybody else.
3. A legal hold forbids it, whoever of the linked it stands on. All numbers of a person are one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from troth.clock import from_micros, to_micros
from troth.db import outbox
from troth.db.engine import Connection, Database
from troth.errors import InputError, NotFoundError
from troth.gate.known import Known
from troth.gate.marking import Marking
from troth.gate.removal import Removal, Wanted, all_of, pairs_of, removal, until_of, used_only_by
from troth.gate.state import State
from troth.gate.terms import Terms
from troth.identity.service import Identity
from troth.stops.service import Stops
from troth.vault.model import Row, is_restricted, named
from troth.vault.store import Vault

_WHOLE_KIND = b""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Listed:
    """One item, named without opening it: kind, when, handle, and whether it is kept for a law alone."""

    kind: str
    at: datetime
    handle: str
    is_locked: bool


@dataclass(frozen=True, slots=True)
class Barred:
    """What may not come back under one number: kind → until when, and keyed hashes of single items.

    Attributes:
        number: whose.
        kinds: kind → nothing of it up to then.
        items: kind → hashes.
        emptied: kind → when the last of it happened. Of these only that they went is told, not that they may not
            come back.
    """

    number: int
    kinds: Mapping[str, datetime]
    items: Mapping[str, Sequence[bytes]]
    emptied: Mapping[str, datetime]


class Deleting:
    """Deletes single items, all of a kind, or what one clause used.

    Args:
        database: the main database.
        terms: the promise in force, with those before it.
        known: what verdicts are made from.
        identity: who is who.
        stops: says what may not be deleted.
        vault: where the items are.
        marking: names items by keyed hash.
    """

    def __init__(
        self,
        database: Database,
        terms: Terms,
        *,
        known: Known,
        identity: Identity,
        stops: Stops,
        vault: Vault,
        marking: Marking,
    ) -> None:
        self._database = database
        self._terms = terms
        self._known = known
        self._people = identity.people
        self._stops = stops
        self._vault = vault
        self._marking = marking

    def handle(self, customer: int, kind: str, at: datetime, mark: bytes) -> str:
        """Return the handle by which `customer` can name one item of theirs.

        Args:
            customer: the number whose page it is for.
            kind: its kind.
            at: when it happened.
            mark: its mark.
        """
        return self._marking.handle(customer, kind, to_micros(at), mark)

    def listed(self, customer: int, *, kind: str = "") -> list[Listed]:
        """Return what is kept of a customer, newest first, each with its handle; nothing is opened.

        Args:
            customer: the number.
            kind: only this kind; empty: every kind.
        """
        with self._database.reading() as connection:
            rows = self._vault.every_row(connection, self._people.numbers(connection, customer))
        found = {
            Listed(
                named(of_kind),
                from_micros(at),
                self._marking.handle(customer, named(of_kind), at, mark),
                is_restricted(of_kind),
            )
            for _, of_kind, at, mark in rows
            if kind in {"", named(of_kind)}
        }
        return sorted(found, key=lambda one: (one.at, one.kind, one.handle), reverse=True)

    def planned(self, wanted: Wanted, customer: int, *, now: datetime) -> Removal:
        """Return what `delete_in` would do, without doing it.

        Raises:
            InputError: it names no kind or clause of the promise, or not one thing.
            NotFoundError: there is no such item of theirs.
        """
        with self._database.reading() as connection:
            numbers = self._people.numbers(connection, customer)
            return self._removal(connection, wanted, customer, numbers, now)[1]

    def delete_in(
        self, connection: Connection, wanted: Wanted, customer: int, *, now: datetime
    ) -> tuple[Removal, list[Barred]]:
        """Delete inside an open `writing`; return what went and stayed, and what may not come back by number.

        Raises:
            InputError: as for `planned`.
            NotFoundError: as for `planned`.
            NotAllowedError: a legal hold stands; nothing was changed.
        """
        numbers = self._people.numbers(connection, customer)
        for number in numbers:
            self._stops.must_be_free_to_delete(connection, number)
        asked, found = self._removal(connection, wanted, customer, numbers, now)
        if not found.changes:
            return found, []
        barred = [self._barred(number, wanted, asked, found, now=now) for number in numbers]
        self._apply(connection, found, barred)
        outbox.tell(connection, numbers, "deleted", removal=True, at=now)
        return found, barred

    def redo_in(self, connection: Connection, barred: Barred, *, now: datetime) -> Removal:
        """Delete again, inside an open `writing`, what the journal tells was deleted; the data may be older.

        What the law demands is asked again, by today's promise.
        """
        number = barred.number
        # What went with its key can't be kept for anything, also where the law of today would demand it.
        self._vault.drop_closed(connection, number, {*barred.kinds, *barred.emptied})
        state, rows = self._state(connection, number, self._people.numbers(connection, number))
        until = {**barred.emptied, **barred.kinds}
        asked = {
            row
            for row in rows
            if row[0] == number
            if from_micros(row[2]) <= until.get(named(row[1]), _NEVER)
            or self._marking.deleted(named(row[1]), row[2], row[3]) in barred.items.get(named(row[1]), ())
        }
        found = removal(asked, rows, self._terms, state, now)
        self._apply(connection, found, [barred])
        outbox.tell(connection, [number], "deleted", removal=True, at=now)
        return found

    def sealed(self, connection: Connection, numbers: Sequence[int]) -> set[tuple[int, str]]:
        """Return (customer, kind) of all of which something is kept under `numbers`, inside an open transaction."""
        spans = self._vault.spans(connection, numbers)
        return {(number, named(kind)) for number, kinds in spans.items() for kind in kinds}

    def count(self, connection: Connection, customer: int) -> int:
        """Return how many notes there are of what was deleted of one number before."""
        found = self._vault.deleted_of(connection, [customer]).get(customer)
        return 0 if found is None else len(found.kinds) + len(found.marks)

    def forget_in(self, connection: Connection, customer: int) -> int:
        """Forget inside an open `writing` what was deleted of one number before; return how many notes went."""
        return self._vault.drop_deleted(connection, customer)

    def _state(self, connection: Connection, customer: int, numbers: Sequence[int]) -> tuple[State, frozenset[Row]]:
        state = self._known.states(connection, [customer])[customer]
        return state, frozenset(self._vault.every_row(connection, numbers))

    def _removal(
        self, connection: Connection, wanted: Wanted, customer: int, numbers: Sequence[int], now: datetime
    ) -> tuple[frozenset[Row], Removal]:
        """Return what is asked for, and what becomes of it."""
        state, rows = self._state(connection, customer, numbers)
        must_name_one(wanted, self._terms)
        holders: tuple[str, ...] = ()
        if wanted.clause is not None:
            asked, holders = used_only_by(wanted.clause, rows, self._terms, state, now)
        elif wanted.kind:
            asked = all_of(wanted.kind, rows)
        else:
            asked = frozenset(row for row in rows if self._is_named(row, customer, wanted.handle))
            if not asked:
                raise NotFoundError(
                    "item_unknown",
                    "There is no such thing here, or it is gone already. Nothing was changed.",
                    "Load the page again.",
                )
        return asked, replace(removal(asked, rows, self._terms, state, now), held=holders)

    def _is_named(self, row: Row, customer: int, handle: str) -> bool:
        # One customer's handles, compared with what that customer sent: the time it takes tells them nothing new.
        return self._marking.handle(customer, named(row[1]), row[2], row[3]) == handle

    def _barred(self, number: int, wanted: Wanted, asked: Iterable[Row], found: Removal, *, now: datetime) -> Barred:
        whole: dict[str, datetime] = {}
        items: dict[str, list[bytes]] = {}
        gone = {*found.gone, *found.locked}
        of_kind: dict[str, list[Row]] = {}
        for row in asked:
            if row in gone:
                of_kind.setdefault(named(row[1]), []).append(row)
        for kind, rows in of_kind.items():
            data = self._terms.promise.data.get(kind)
            if wanted.kind or (wanted.clause is not None and not found.held):
                whole[kind] = from_micros(until_of(rows, now))
            elif data is not None and data.traits and not data.events:
                # A trait has no other mark than that of its kind: what was told up to then is gone, whenever it was.
                whole[kind] = from_micros(max(row[2] for row in rows))
            else:
                items[kind] = sorted({self._marking.deleted(kind, row[2], row[3]) for row in rows})
        emptied = {kind: last for kind, last in found.emptied.items() if kind not in whole}
        return Barred(number, whole, items, emptied)

    def _apply(self, connection: Connection, found: Removal, barred: Iterable[Barred]) -> None:
        self._vault.drop_items(connection, [*found.gone, *found.besides])
        self._vault.restrict_items(connection, found.locked)
        self._vault.note_spent(connection, pairs_of([*found.gone, *found.besides]))
        for one in barred:
            before = self._vault.deleted_of(connection, [one.number]).get(one.number)
            kinds = {} if before is None else before.kinds
            whole = [
                (one.number, kind, _WHOLE_KIND, to_micros(max(until, kinds.get(kind, until))))
                for kind, until in one.kinds.items()
            ]
            single = [(one.number, kind, mark, 0) for kind, marks in one.items.items() for mark in marks]
            self._vault.note_deleted(connection, [*whole, *single])


def emptied_of(pairs: Iterable[tuple[int, str]], last: Mapping[str, datetime]) -> list[Barred]:
    """Return what the journal is told of each number of which the last of a kind went; nothing is barred by it.

    Args:
        pairs: the (customer, kind) of which nothing is left.
        last: kind → when the last of it happened.
    """
    kinds: dict[int, dict[str, datetime]] = {}
    for number, kind in sorted(pairs):
        kinds.setdefault(number, {})[kind] = last[kind]
    return [Barred(number, {}, {}, emptied) for number, emptied in kinds.items()]


def must_name_one(wanted: Wanted, terms: Terms) -> None:
    """Check that `wanted` names one thing that the promise knows.

    Raises:
        InputError: it does not.
    """
    if sum([bool(wanted.kind), wanted.clause is not None, bool(wanted.handle)]) != 1:
        raise InputError(
            "delete_what", "One thing is deleted at once.", "Name a kind of data, a clause, or one item."
        )
    if wanted.kind and wanted.kind not in terms.promise.data:
        known = ", ".join(terms.promise.data)
        raise InputError("data_unknown", "The promise has no such kind of data.", f"It has: {known}.")
    if wanted.clause is not None and wanted.clause not in terms.promise.clauses:
        named_clauses = ", ".join(str(clause) for clause in terms.promise.clauses)
        raise InputError("clause_unknown", "The promise has no such clause.", f"It has: {named_clauses}.")
