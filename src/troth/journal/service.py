"""The journal: what must never be undone, written outside the main database before the main database commits it.

What it is for: a copy of the main database that is put back, however it was made, is older than what happened since.
In it who was erased is still here, and who said no still says yes. The journal lies with the keys, of which always
the newest are used, and what is missing in the older data is done again before anybody can read.

Laws:

1. An entry is written while the main database's writers' queue is held, as the last step of the act, and is on the
   disk before the act commits. The act's own transaction notes how far the journal has come. Killed in between, the
   entry is there and the act is not: the next start does it again, as if the data were older. So a refusal may be
   heard that was never acknowledged, and none that was acknowledged is lost.
2. Who waits for the writers' queue of the main database sees either both or none of the two notes. So what is after
   the place that is noted in the data, and only that, is missing in it.
3. Data that is further than the journal has the wrong keys, and data that is older than the journal reaches can't be
   made true any more. Neither is opened.
4. Of a customer who is erased only that stays: their number, when, and the keyed hashes by which an old file would
   bring them back.
5. A yes is not in it. Whoever said yes after the copy was made is asked again.
"""

from collections.abc import Sequence
from datetime import datetime

from troth.db.engine import Connection, Database
from troth.errors import UnavailableError
from troth.journal import store
from troth.journal.model import EVERYBODY, Entry, What


class Journal:
    """Writes the journal and tells what of it is missing in the data.

    Args:
        database: the main database.
        keys: the key database.
    """

    room = "journal"

    def __init__(self, database: Database, keys: Database) -> None:
        self._database = database
        self._keys = keys

    def open(self, ours: str) -> None:
        """Check that data and keys belong together, and note in new data which journal is its own.

        Args:
            ours: the name of this installation, made with its keys.

        Raises:
            UnavailableError: they don't, or the one is too old for the other. Nothing was changed.
        """
        with self._database.writing() as connection:
            placed = store.place(connection)
            if placed is None:
                store.begin(connection, ours)
                placed = (ours, 0)
            must_reach(self._keys, ours=ours, theirs=placed[0], place=placed[1])

    def write(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Write `entries` durably, as the last step inside the act's own `writing` of the main database.

        Args:
            connection: that `writing`.
            entries: in the order in which they happened. Empty is fine.
        """
        if not entries:
            return
        gone = [entry.customer for entry in entries if entry.what is What.ERASED]
        with self._keys.writing() as keys:
            if gone:
                store.drop_of_customers(keys, gone, but=What.ERASED)
            reached = store.add(keys, entries)
        # Killed here, the journal is ahead of the data, and the next start does these entries again.
        store.reach(connection, reached)

    def missing(self, connection: Connection) -> list[Entry]:
        """Return what is in the journal and not in the data, oldest first, inside a `writing` of the main database.

        Raises:
            UnavailableError: a newer Troth wrote something that this one does not understand.
        """
        placed = store.place(connection)
        with self._keys.reading() as keys:
            try:
                return store.since(keys, placed[1] if placed else 0)
            except ValueError:
                raise UnavailableError(
                    "journal_newer",
                    "The journal of refusals was written by a newer Troth.",
                    "Install that version or a later one.",
                ) from None

    def reached(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Note inside a `writing` of the main database that `entries`, all that were missing, are done."""
        if entries:
            store.reach(connection, entries[-1].seq)

    def told(self, *whats: What) -> list[Entry]:
        """Return all entries of some sorts, oldest first."""
        with self._keys.reading() as keys:
            return store.of_sorts(keys, whats)

    def put_again(self, entries: Sequence[Entry]) -> None:
        """Write the details of entries anew, each in its own place; when it returns, the old ones are gone.

        To be called inside a `writing` of the main database.
        """
        if entries:
            with self._keys.writing() as keys:
                store.put_again(keys, entries)
            self._keys.empty_log()

    def holds_words_in_clear(self) -> bool:
        """Return whether words of the staff may stand in clear, here or in the main database."""
        with self._database.reading() as connection:
            return store.is_in_clear(connection)

    def holds_no_words_in_clear(self, connection: Connection) -> None:
        """Note inside a `writing` of the main database that none do any more."""
        store.is_sealed(connection)

    def place(self) -> int:
        """Return how far the journal has come in the data."""
        with self._database.reading() as connection:
            placed = store.place(connection)
        return placed[1] if placed else 0

    def newest(self) -> int:
        """Return the place of the newest entry."""
        with self._keys.reading() as keys:
            return store.newest(keys)

    def trim(self, *, before: datetime, now: datetime) -> int:
        """Let go what is older than `before`, since no copy of the data may be that old; return how many entries.

        From then on such a copy is not opened any more.
        """
        with self._database.writing() as connection:
            with self._keys.reading() as keys:
                last = store.last_before(keys, before)
                placed = store.place(connection)
            if placed is None or placed[1] < last or last == 0:
                return 0
            with self._keys.writing() as keys:
                gone = store.drop_up_to(keys, last)
                reached = store.add(keys, [Entry(What.TRIMMED, EVERYBODY, now, {"to": last})])
            store.reach(connection, reached)
        return gone


def must_reach(keys: Database, *, ours: str, theirs: str, place: int) -> None:
    """Check that data and keys belong together, and that the journal tells all that is missing in the data.

    Args:
        keys: the key database.
        ours: the name of the installation with these keys.
        theirs: the name that stands in the data.
        place: how far the data has come in the journal.

    Raises:
        UnavailableError: they don't, or it does not.
    """
    with keys.reading() as connection:
        newest = store.newest(connection)
        trimmed = store.newest_of(connection, What.TRIMMED)
    if theirs != ours:
        raise UnavailableError(
            "other_installation",
            "This data and these keys are of two different installations; nothing was changed.",
            "Put the data back beside its own keys, or the keys beside their own data.",
        )
    if place > newest:
        raise UnavailableError(
            "keys_older",
            "The key database is older than the data: who was erased since could come back. Nothing was changed.",
            "Put back the newest key database. If it is lost, restore both: troth restore",
        )
    if trimmed is not None and place < _trimmed_to(trimmed):
        raise UnavailableError(
            "data_too_old",
            "This copy of the data is older than the promise lets copies be; what was refused since is not known any "
            "more. Nothing was changed.",
            "Restore a newer backup.",
        )


def _trimmed_to(entry: Entry) -> int:
    to = entry.detail["to"]
    assert isinstance(to, int)
    return to
