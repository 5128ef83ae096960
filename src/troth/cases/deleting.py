"""Deleting part of what is kept of a customer: one item, all of a kind, or what one clause used.

Laws, in order; killed anywhere, the same state is reached at the next start:

1. Delete and note. In one transaction what was asked for goes, what a law demands is locked, what nothing needs any
   more goes too, it is noted that none of it may come back by an old file, the outbox tells of a removal, and it is
   noted which keys have nothing left to open. The journal outside the main database is told right before the commit.
2. The model follows, as after a no: no page is made from one that still holds what went for longer than the engine's
   grace.
3. The keys that have nothing left to open are destroyed (`spent`). If something new of that kind came in meanwhile,
   its key lives on; else the next item gets a new one.

=============================================  ======================================================================
Killed                                         then
=============================================  ======================================================================
before the journal is written                  nothing happened
after that, before 1 is committed              the next start does it again from the journal
after 1, before a key is destroyed             it is gone; the next start, or the clock, destroys the key
after the key is destroyed, before 3 commits   the next start finds no key, and takes it off the list
=============================================  ======================================================================

The key of the model's part is noted when the part is taken out, and goes with the next round of the clock.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from troth.canonical import JSON
from troth.cases.spent import SpentKeys
from troth.db import spent
from troth.db.engine import Connection, Database
from troth.gate.gate import Gate
from troth.gate.journalled import barred_of, entry_of
from troth.gate.removal import Removal, Wanted, by_kind, pairs_of
from troth.identity.service import Identity
from troth.journal.model import Entry
from troth.journal.service import Journal
from troth.keeper import KeeperReport
from troth.ledger.log import Ledger
from troth.ledger.model import Entry as Noted
from troth.ledger.model import Kind
from troth.promise.model import Clause


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a deletion did, or would do, in counts and words; never in values.

    Attributes:
        gone: kind → how many of those asked for went.
        locked: kind → how many of those asked for stay for a law alone, from now on.
        besides: kind → how many went because nothing needs them any more.
        laws: kind → by which law something asked for stays, and until when.
        held: the purposes for which something asked for stays; only of one clause's worth.
        loses: the clauses that have nothing left to use, or hold no more.
        keys_destroyed: how many keys; in a plan, how many would be.
        is_final: whether a key was destroyed for every kind of which something went, so that copies made before can
            be opened no longer than an epoch lasts. Else they can until they are deleted.
    """

    gone: Mapping[str, int] = field(default_factory=dict)
    locked: Mapping[str, int] = field(default_factory=dict)
    besides: Mapping[str, int] = field(default_factory=dict)
    laws: Mapping[str, str] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    loses: tuple[Clause, ...] = ()
    keys_destroyed: int = 0
    is_final: bool = False

    @property
    def changes(self) -> bool:
        """Whether anything went or was locked."""
        return bool(self.gone or self.locked or self.besides)


class Deleting:
    """Deletes part of what is kept of a customer, and keeps the notes that hold it so.

    Args:
        database: the main database.
        gate: for the items.
        identity: for who is who.
        keys: destroys keys.
        journal: where it is kept outside the main database what was deleted.
        ledger: where it is noted.
    """

    room = "cases"

    def __init__(
        self,
        database: Database,
        *,
        gate: Gate,
        identity: Identity,
        keys: SpentKeys,
        journal: Journal,
        ledger: Ledger,
    ) -> None:
        self._database = database
        self._gate = gate
        self._identity = identity
        self._keys = keys
        self._journal = journal
        self._ledger = ledger

    def plan(self, wanted: Wanted, customer: int, *, now: datetime) -> Deleted:
        """Return what `delete` would do, without doing it.

        Raises:
            InputError: it names nothing that the promise knows, or more than one thing.
            NotFoundError: there is no such item of theirs.
        """
        found = self._gate.deleting.planned(wanted, customer, now=now)
        went = pairs_of([*found.gone, *found.besides])
        idle = {pair for pair in went if pair[1] in found.emptied}
        return _told(found, idle, keys_destroyed=len(idle))

    def delete(self, wanted: Wanted, customer: int, *, now: datetime) -> Deleted:
        """Delete it. Durable when it returns.

        Args:
            wanted: what.
            customer: the customer's number; whoever is linked to them is the same person.
            now: the moment.

        Raises:
            InputError: it names nothing that the promise knows, or more than one thing.
            NotFoundError: there is no such item of theirs, or they left.
            NotAllowedError: a legal hold stands; nothing was changed.
        """
        with self._database.writing() as connection:
            self._identity.must_be_here(connection, [customer])
            numbers = self._identity.people.numbers(connection, customer)
            found, barred = self._gate.deleting.delete_in(connection, wanted, customer, now=now)
            if found.gone or found.locked or found.besides:
                counts: dict[str, JSON] = {**by_kind([*found.gone, *found.locked, *found.besides])}
                said = [Noted(one, Kind.ERASED, now, {"items": counts, "what": "part"}) for one in numbers]
                self._ledger.append_in(connection, said)
            self._journal.write(connection, [entry_of(one, at=now) for one in barred])
        # Here it is gone and the journal knows; only keys that open nothing any more may be left.
        destroyed = self._keys.destroy(numbers)
        return _told(found, destroyed.pairs, keys_destroyed=destroyed.keys)

    def redo(self, connection: Connection, entry: Entry) -> None:
        """Delete again, inside an open `writing`, what the journal tells; `SpentKeys.resume` does the rest."""
        self._gate.deleting.redo_in(connection, barred_of(entry), now=entry.at)

    def describe(self, customer: int) -> KeeperReport:
        """Count the notes of what was deleted before."""
        with self._database.reading() as connection:
            return self._report(self._gate.deleting.count(connection, customer))

    def forget(self, customer: int, *, now: datetime) -> KeeperReport:  # noqa: ARG002 - the Keeper's form
        """Delete those notes, and what waits to be destroyed: who leaves takes every key along."""
        with self._database.writing() as connection:
            spent.strike_customer(connection, customer)
            return self._report(self._gate.deleting.forget_in(connection, customer))

    def _report(self, notes: int) -> KeeperReport:
        return KeeperReport(self.room, {"deletions": notes} if notes else {})


def _told(found: Removal, idle: Collection[tuple[int, str]], *, keys_destroyed: int) -> Deleted:
    went = pairs_of([*found.gone, *found.besides])
    return Deleted(
        gone=by_kind(found.gone),
        locked=by_kind(found.locked),
        besides=by_kind(found.besides),
        laws=found.laws,
        held=found.held,
        loses=found.loses,
        keys_destroyed=keys_destroyed,
        is_final=bool(went) and went <= set(idle),
    )
