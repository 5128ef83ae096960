"""Erasing a customer, through every room that keeps something of them.

Laws, in order; killed anywhere, the same steps are done again from the journal and end in the same state:

1. Lock and note. In one transaction the customer is restricted, the erasure is written to the journal, and the outbox
   tells of a removal. From its commit on the gate lets nothing out but what a law demands, and no page may be shown
   from a model that still holds the customer's part for longer than the engine's grace. Whoever is linked to the
   customer is the same person: all their numbers are locked and noted in that transaction, and their links forgotten.
   From then on each is erased alone. The journal outside the main database is told right before that commit, so that
   an older copy of the data, put back later, does not bring them back.
2. The model's part is subtracted.
3. Choices go. Then who it was is forgotten: only a keyed hash stays, so that an old file can't bring the customer
   back. Nothing that was here comes back, also not what was dated ahead of our clock.
4. Items go. What a law demands stays, locked, and is named with its end. This comes after 3, since an import that
   crosses the erasure may bring something in as long as the customer can be found.
5. The keys are destroyed, but those of what the law demands. After this the rows in old copies are noise.
6. It is noted as done.

=============================================  ======================================================================
Killed                                         then
=============================================  ======================================================================
before the journal is written                  nothing happened
after that, before 1 is committed              the next start locks and notes again, from the journal, and goes on
anywhere from 1 to 6                           they are locked; the next start, or the clock, does 2 to 6 again
between two ids of one person                  as above, for each id that is not noted as done
=============================================  ======================================================================

Rows that went may stand in the log of the main database for some time after they are gone from the tables. The clock
empties it (`scrub`), and so does whoever closes it last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from troth.cases import store
from troth.db import outbox, spent
from troth.db.engine import Connection, Database
from troth.errors import UnavailableError
from troth.gate.gate import Gate
from troth.identity.service import Identity
from troth.journal.model import Entry as Journalled
from troth.journal.service import Journal
from troth.keeper import Keeper, KeeperReport
from troth.keys.ring import KeyRing
from troth.ledger.log import Ledger, Written
from troth.ledger.model import Entry, Kind


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did, room by room, and what stays by law (kind of data → law and end).

    `noted`: the entries that say so, one for each number of the person, as the company signed them.
    """

    reports: tuple[KeeperReport, ...]
    kept: dict[str, str]
    keys_destroyed: int
    noted: tuple[Written, ...] = ()


class Erasure:
    """Erases, and finishes what a crash left half done.

    Args:
        database: the main database.
        gate: for the items.
        identity: for who it was.
        ring: for the keys.
        journal: where it is kept outside the main database that somebody was erased.
        ledger: where it is noted; who is erased gets the receipt, which nobody else can have afterwards.
        keepers: the other rooms that keep something of a customer, the model's first.
    """

    def __init__(
        self,
        database: Database,
        *,
        gate: Gate,
        identity: Identity,
        ring: KeyRing,
        journal: Journal,
        ledger: Ledger,
        keepers: Sequence[Keeper],
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._gate = gate
        self._identity = identity
        self._ring = ring
        self._journal = journal
        self._keepers = tuple(keepers)

    def describe(self, customer: int, *, now: datetime) -> Erased:
        """Return what `erase` would do, without doing it."""
        with self._database.reading() as connection:
            numbers = self._identity.people.numbers(connection, customer)
        reports = [keeper.describe(number) for keeper in self._keepers for number in numbers]
        counts = {kind: span.count for kind, span in self._gate.spans(customer).items()}
        reports += [KeeperReport("vault", counts), *(self._identity.describe(number) for number in numbers)]
        keys = sum(self._ring.count(number) for number in numbers)
        return Erased(_by_room(reports), self._gate.kept_by_law(customer, now=now), keys)

    def erase(self, customer: int, *, now: datetime) -> Erased:
        """Erase everything of the customer as a person but what a law demands. Durable when it returns.

        Raises:
            NotAllowedError: a legal hold stands on one of their numbers; nothing was changed.
        """
        with self._database.writing() as connection:
            numbers = self._identity.people.numbers(connection, customer)
            # The last entry of each. Its key goes with the others, so it is read by whoever is told now, or never.
            here = self._identity.here_in(connection, numbers)
            said = [Entry(one, Kind.ERASED, now, {"what": "all"}) for one, is_going in here.items() if not is_going]
            noted = self._ledger.append_in(connection, said)
            for number in numbers:
                self._gate.must_be_free_to_delete(connection, number)
                self._identity.restrict(connection, number)
                store.begin(connection, number, now)
            self._identity.people.dissolve(connection, numbers)
            outbox.tell(connection, numbers, "erased", removal=True, at=now)
            # Read outside this transaction, which has changed no item; nobody else writes meanwhile.
            until = max((now, *(span.last for span in self._gate.spans(customer).values())))
            self._journal.write(
                connection, [self._identity.erased_in(connection, one, until=until, at=now) for one in numbers]
            )
        # Here all are locked and the journal knows: `resume` brings whatever is missing below.
        done = [self._finish(number, now) for number in numbers]
        # Of a law that keeps something under two numbers, the later end is told: the same words, ending in a day.
        kept = {kind: max(one.kept.get(kind, "") for one in done) for one in done for kind in one.kept}
        reports = [report for one in done for report in one.reports]
        return Erased(_by_room(reports), kept, sum(one.keys_destroyed for one in done), tuple(noted))

    def resume(self, *, now: datetime) -> int:
        """Finish the erasures that a crash left half done; return how many."""
        with self._database.reading() as connection:
            left = store.unfinished(connection)
        for customer, asked in left:
            self._finish(customer, min(asked, now))
        return len(left)

    def scrub(self) -> bool:
        """Empty the log of the main database; return False, and nothing is lost, when somebody is reading it."""
        try:
            self._database.empty_log()
        except UnavailableError as error:
            if error.code != "database_busy":
                raise
            return False
        return True

    def redo(self, connection: Connection, entry: Journalled) -> None:
        """Lock and note again, inside an open `writing`, whom the journal tells to be erased; `resume` does the rest.

        Whoever is not in the data came after it was copied. That they must not come back is noted all the same.
        """
        customer = entry.customer
        is_here = bool(self._identity.here_in(connection, [customer]))
        self._identity.redo(connection, entry, is_here=is_here)
        if is_here:
            self._identity.restrict(connection, customer)
            store.begin(connection, customer, entry.at)
            self._identity.people.dissolve(connection, self._identity.people.numbers(connection, customer))
            outbox.tell(connection, [customer], "erased", removal=True, at=entry.at)

    def _finish(self, customer: int, now: datetime) -> Erased:
        reports = [keeper.forget(customer, now=now) for keeper in self._keepers]
        # Everything above is gone from tables; a crash here leaves locked rows, and `resume` goes on.
        latest = max((span.last for span in self._gate.spans(customer).values()), default=now)
        left = self._identity.leave(customer, until=max(now, latest))
        deleted = self._gate.settle(customer, now=now)
        # Only now does nothing come in any more: what the law keeps can be told, and its keys spared.
        kept = self._gate.kept_by_law(customer, now=now)
        reports += [KeeperReport("vault", deleted, kept), left]
        destroyed = self._ring.destroy(customer, keep=kept)
        if not kept:
            self._identity.drop_number(customer)
        # The rows are gone and so are the keys that copies of them would need.
        with self._database.writing() as connection:
            spent.strike_customer(connection, customer)
            store.finish(connection, customer, now)
        return Erased(tuple(reports), kept, destroyed)


def _by_room(reports: Iterable[KeeperReport]) -> tuple[KeeperReport, ...]:
    """Return one report for each room, in the order of their first; the numbers of one person are added up."""
    rooms: dict[str, KeeperReport] = {}
    for report in reports:
        held = rooms.get(report.room, KeeperReport(report.room))
        counts = {
            what: held.counts.get(what, 0) + report.counts.get(what, 0) for what in [*held.counts, *report.counts]
        }
        rooms[report.room] = KeeperReport(report.room, counts, {**held.kept, **report.kept})
    return tuple(rooms.values())
