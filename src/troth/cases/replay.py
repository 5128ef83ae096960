"""What the journal knows and the data does not, done again before anybody can read.

The data is older than the journal where a copy of it was put back, by us or by anybody, or where a process was killed
between writing the journal and committing the act. Both are mended here, at every start.

Laws:

1. All that is missing is done in one transaction of the main database, in the order in which it happened, together
   with the note of how far the data has come. Killed in it, nothing is done, and the next start does it.
2. An erasure is locked and noted there; `Erasure.resume`, which follows at every start, does the rest.
3. Who came after the copy was made is not in the data; nothing can be done to them there. If the journal tells that
   they are one person with somebody who is in the data, what they refused is refused for that number instead: the
   person said it. Who is erased is kept from coming back by an old file, in the data or not.
4. The model is thrown away: it may hold somebody who is gone by now. The next fit makes it anew from those who agree.
5. A number that was given once is not given again, also where its row is not in the data.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from troth.access.service import Access
from troth.cases.deleting import Deleting
from troth.cases.erasure import Erasure
from troth.consent.service import Consent
from troth.db.engine import Connection, Database
from troth.identity.journalled import link_of
from troth.identity.model import Act, persons
from troth.identity.service import Identity
from troth.journal.model import EVERYBODY, Entry, What
from troth.journal.service import Journal
from troth.keys.ring import KeyRing
from troth.staff.service import Staff
from troth.stops.service import Stops


@dataclass(frozen=True, slots=True)
class Replayed:
    """How much was done again: what → how many times; and how many entries were about people who are not here."""

    done: Mapping[What, int] = field(default_factory=dict)
    absent: int = 0


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms that write the journal and can do again what they wrote."""

    identity: Identity
    consent: Consent
    stops: Stops
    staff: Staff
    access: Access
    erasure: Erasure
    deleting: Deleting


class Replay:
    """Brings older data to where the journal is.

    Args:
        database: the main database.
        journal: knows what is missing.
        rooms: do it again.
        ring: knows which numbers were given.
        forget_model: deletes the model and everybody's part of it, inside a `writing`.
    """

    def __init__(
        self,
        database: Database,
        *,
        journal: Journal,
        rooms: Rooms,
        ring: KeyRing,
        forget_model: Callable[[Connection], object],
    ) -> None:
        self._database = database
        self._journal = journal
        self._rooms = rooms
        self._ring = ring
        self._forget_model = forget_model

    def catch_up(self) -> Replayed:
        """Do again what is missing; return what was done. Durable when it returns; mostly nothing is.

        Raises:
            UnavailableError: a newer Troth wrote something that this one does not understand; nothing was changed.
        """
        with self._database.writing() as connection:
            missing = self._journal.missing(connection)
            given = max([self._ring.highest(), *(number for entry in missing for number in _named(entry))])
            self._rooms.identity.give_no_number_up_to(connection, given)
            if not missing:
                return Replayed()
            here = self._rooms.identity.here_in(connection, sorted({n for entry in missing for n in _named(entry)}))
            stands_for = _stand_ins(missing, here.keys())
            done: Counter[What] = Counter()
            for entry in missing:
                done[entry.what] += self._redo(connection, entry, stands_for)
            self._forget_model(connection)
            self._journal.reached(connection, missing)
        absent = sum(entry.customer not in here for entry in missing if entry.customer != EVERYBODY)
        return Replayed({what: many for what, many in done.items() if many}, absent)

    def _redo(self, connection: Connection, entry: Entry, stands_for: Mapping[int, Sequence[int]]) -> int:
        """Do one entry again; return how often it was done, once for each number that it is done for."""
        rooms = self._rooms
        match entry.what:
            case What.REFUSED | What.STOPPED:
                redo = rooms.consent.redo if entry.what is What.REFUSED else rooms.stops.redo
                whose = self._still_here(connection, entry, stands_for)
                for number in whose:
                    redo(connection, entry, number)
                return len(whose)
            case What.LINKED:
                return self._link(connection, entry)
            case What.DELETED:
                if not self._still_here(connection, entry, {}):
                    return 0
                rooms.deleting.redo(connection, entry)
            case What.ERASED:
                rooms.erasure.redo(connection, entry)
            case What.KEY_REVOKED:
                rooms.access.redo(connection, entry)
            case What.STAFF:
                rooms.staff.redo(connection, entry)
            case What.TRIMMED:
                return 0
        return 1

    def _still_here(self, connection: Connection, entry: Entry, stands_for: Mapping[int, Sequence[int]]) -> list[int]:
        """Return the numbers for which something said under one number is recorded; none that is leaving."""
        if entry.customer == EVERYBODY:
            return [EVERYBODY]
        locked = self._rooms.identity.here_in(connection, stands_for.get(entry.customer, [entry.customer]))
        return [number for number, is_leaving in locked.items() if not is_leaving]

    def _link(self, connection: Connection, entry: Entry) -> int:
        link = link_of(entry)
        locked = self._rooms.identity.here_in(connection, [link.one, link.other])
        if len(locked) < len((link.one, link.other)) or any(locked.values()):
            return 0
        self._rooms.identity.redo_link(connection, entry, after=self._rooms.consent.newest(connection))
        return 1


def _named(entry: Entry) -> tuple[int, ...]:
    """Return the numbers of customers that an entry names."""
    if entry.what is not What.LINKED:
        return (entry.customer,)
    link = link_of(entry)
    return link.one, link.other


def _stand_ins(missing: Sequence[Entry], here: Collection[int]) -> dict[int, list[int]]:
    """Return number of somebody who is not here → the numbers of the same person that are here, at least one.

    Links that ended meanwhile count too: a no too many is asked about again, a no too few is a broken word.
    """
    linked = [link for entry in missing if entry.what is What.LINKED if (link := link_of(entry)).act is Act.LINKED]
    numbers = sorted({number for link in linked for number in (link.one, link.other)})
    found: dict[int, list[int]] = {}
    for person in persons(numbers, linked):
        there = sorted(person & set(here))
        if there:
            found |= dict.fromkeys(person - set(here), there)
    return found
