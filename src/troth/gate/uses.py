"""What programs and jobs use, told to the ledger: per customer, clause and day.

Laws:

1. The first use of a clause of a customer on a day is in the ledger, on the disk, before the answer goes out. Where
   it can't be noted, nothing is answered.
2. How often a clause was used follows: counted in memory, added to the record every few seconds, and told by an entry
   of its own when the day is over, for those used more than once. A crash loses some seconds of counts, never a first
   use.
3. Only what was let out counts: a clause that was allowed and under which nothing lay was not used.
4. Of somebody who left, or is leaving, nothing can be noted, because their keys are gone or going.
5. The day is the company's.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock

from troth.canonical import JSON
from troth.db.engine import Connection, Database
from troth.gate.use import Use
from troth.identity.service import Identity
from troth.ledger.log import Ledger
from troth.ledger.model import Entry, Kind
from troth.promise.model import Promise

_REMEMBERED = 200_000
"""Uses of today that this process knows to be noted; beyond them the record is asked."""

_GRACE = timedelta(hours=1)
"""How long after midnight a day is told: by then every process has added its counts."""

_AT_ONCE = 500
"""Customers whose day is told in one transaction."""

_NAME = "use:"


@dataclass(frozen=True, slots=True, order=True)
class Used:
    """One clause of one customer, used on one day."""

    customer: int
    day: str
    purpose: str
    kind: str

    @property
    def name(self) -> str:
        """What names it among all that is noted of the customer."""
        return f"{_NAME}{self.day}:{self.purpose}:{self.kind}"


class Uses:
    """Notes machine use.

    Args:
        database: the main database.
        ledger: where it is noted.
        identity: knows who is here.
        promise: which has the purposes, and the company's time zone.
    """

    def __init__(self, database: Database, ledger: Ledger, identity: Identity, promise: Promise) -> None:
        self._database = database
        self._ledger = ledger
        self._identity = identity
        self._promise = promise
        self._lock = Lock()
        self._noted: set[Used] = set()
        self._times: Counter[Used] = Counter()

    def note(self, use: Use, given: Mapping[int, Collection[str]], now: datetime) -> None:
        """Note that `use` was made of customers, before its answer goes out. Returns when what is new is durable.

        Args:
            use: by a program or a job. A reserved purpose has no clause, and is not noted.
            given: customer's number → the kinds of data of which something was let out.
            now: the moment.

        Raises:
            UnavailableError: it can't be noted.
        """
        if use.purpose not in self._promise.purposes:
            return
        day = self._day(now).isoformat()
        used = [Used(customer, day, use.purpose, kind) for customer, kinds in given.items() for kind in sorted(kinds)]
        with self._lock:
            self._times.update(used)
            new = [one for one in used if one not in self._noted]
        if not new:
            return
        with self._database.writing() as connection:
            here = self._here(connection, dict.fromkeys(one.customer for one in new))
            self._note_in(connection, use, [one for one in new if one.customer in here], now)
        with self._lock:
            if len(self._noted) > _REMEMBERED:
                self._noted.clear()
            self._noted.update(new)

    def count(self) -> None:
        """Add to the record how often was used what was counted since the last call."""
        with self._lock:
            times, self._times = self._times, Counter()
        if not times:
            return
        try:
            with self._database.writing() as connection:
                self._ledger.count_in(connection, [(one.customer, one.name, n) for one, n in times.items()])
        except BaseException:
            with self._lock:
                self._times.update(times)
            raise

    def tell_days(self, *, now: datetime) -> int:
        """Tell by an entry how often each clause was used on the days that are over; return how many entries."""
        today = self._day(now - _GRACE).isoformat()
        told = 0
        while True:
            with self._database.writing() as connection:
                counts = self._ledger.counted_in(connection, _NAME, before=f"{_NAME}{today}", most=_AT_ONCE)
                if not counts:
                    return told
                here = self._here(connection, counts)
                entries = [
                    entry
                    for customer, times in counts.items()
                    if customer in here
                    for entry in _told(customer, times, now)
                ]
                self._ledger.append_in(connection, entries)
                self._ledger.forget_counts_in(connection, {one: list(times) for one, times in counts.items()})
            told += len(entries)

    def _note_in(self, connection: Connection, use: Use, used: Sequence[Used], now: datetime) -> None:
        first: defaultdict[int, list[Used]] = defaultdict(list)
        for one in used:
            if self._ledger.is_first_in(connection, one.customer, one.name, now):
                first[one.customer].append(one)
        entries = []
        for customer, clauses in first.items():
            body: dict[str, JSON] = {
                "actor": use.actor.kind.value,
                "by": use.actor.name,
                "data": [one.kind for one in clauses],
                "day": clauses[0].day,
                "purpose": use.purpose,
            }
            entries.append(Entry(customer, Kind.MACHINE_USE, now, body))
        self._ledger.append_in(connection, entries)

    def _here(self, connection: Connection, customers: Iterable[int]) -> set[int]:
        found = self._identity.here_in(connection, list(customers))
        return {customer for customer, is_leaving in found.items() if not is_leaving}

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._promise.company.time_zone).date()


def _told(customer: int, times: Mapping[str, int], now: datetime) -> Iterable[Entry]:
    """Yield an entry for each day and purpose of which a clause was used more than once."""
    days: defaultdict[tuple[str, str], dict[str, JSON]] = defaultdict(dict)
    for name, count in sorted(times.items()):
        _, day, purpose, kind = name.split(":", 3)
        if count > 1:
            days[day, purpose][kind] = count
    for (day, purpose), counts in days.items():
        yield Entry(customer, Kind.MACHINE_USE, now, {"day": day, "purpose": purpose, "times": counts})
