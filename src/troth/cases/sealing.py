"""Words of the staff about customers that an earlier Troth kept in clear: sealed when the installation is opened.

Laws:

1. A row and its sealed words are changed in one transaction: at every moment the words can be read from one place,
   and killed anywhere, the next start goes on. Only when nothing is left in clear is that noted, so an older copy of
   the data that is put back is gone through again.
2. Of whom is leaving, or is not here, the words are dropped and not sealed: no key is made for them any more.
"""

from troth.db.engine import Database
from troth.identity.service import Identity
from troth.journal.model import EVERYBODY, Entry, What
from troth.journal.service import Journal
from troth.stops.service import Stops


class Sealing:
    """Seals what an earlier Troth kept in clear.

    Args:
        database: the main database.
        identity: has the links, and knows who is here.
        stops: has the stops.
        journal: has both once more.
    """

    def __init__(self, database: Database, *, identity: Identity, stops: Stops, journal: Journal) -> None:
        self._database = database
        self._identity = identity
        self._stops = stops
        self._journal = journal

    def catch_up(self) -> bool:
        """Seal whatever stands in clear; return False, having looked at one row, when nothing can. Durable."""
        if not self._journal.holds_words_in_clear():
            return False
        while self._stops.seal_some() or self._identity.people.seal_some():
            pass
        with self._database.writing() as connection:
            told = [entry for entry in self._journal.told(What.STOPPED, What.LINKED) if entry.customer != EVERYBODY]
            numbers = sorted({number for entry in told for number in self._identity.people.named(entry)})
            here = {one for one, is_leaving in self._identity.here_in(connection, numbers).items() if not is_leaving}
            sealed = [self._sealed(entry, here) for entry in told]
            self._journal.put_again([new for old, new in zip(told, sealed, strict=True) if new != old])
            self._journal.holds_no_words_in_clear(connection)
        return True

    def _sealed(self, entry: Entry, here: set[int]) -> Entry:
        is_here = here.issuperset(self._identity.people.named(entry))
        room = self._stops if entry.what is What.STOPPED else self._identity.people
        return room.sealed_entry(entry, is_here=is_here)
