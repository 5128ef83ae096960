"""From the company's own id to our number, and back only under the customer's key.

Laws:

1. An outside id is looked up by its keyed hash. The id itself is kept only sealed, under the customer's own key.
2. A number is never used twice.
3. Whoever was erased does not come back by an import: what is dated before the erasure is refused. Something dated
   after it is a fresh act, and starts a new customer.
4. Identifiers without the key that hashed them are never taken for an empty house: everybody would be a stranger, and
   who was erased could come back.
5. The same text is another identifier under another kind: the kind is hashed with it.
6. Each identifier gets a number of its own, also the browser of somebody we know. What is one person is told by links
   between numbers (`people`), which can be undone; what was put under one number could never be told apart again.
"""

from collections.abc import Sequence
from datetime import datetime

from troth.canonical import keyed_hash
from troth.db import outbox
from troth.db.engine import Connection, Database
from troth.errors import NotFoundError, UnavailableError
from troth.identity import store
from troth.identity.journalled import erased, gone_of
from troth.identity.model import IdKind
from troth.identity.naming import normalised
from troth.identity.people import People
from troth.journal.model import Entry
from troth.journal.service import Journal
from troth.keeper import KeeperReport
from troth.keys.ring import KeyRing

_KIND = "identity"
INDEX_KEY = "identity-index"
"""The installation's own key that hashes outside ids. Where it is known, there was data."""


class Identity:
    """Finds and makes customers.

    Args:
        database: the main database.
        ring: the key ring.
        journal: where links are kept outside the main database.

    Raises:
        UnavailableError: there are identifiers, and the key that hashed them is gone.
    """

    room = "identity"

    def __init__(self, database: Database, ring: KeyRing, journal: Journal) -> None:
        self._database = database
        self._ring = ring
        self.people = People(database, journal, ring)
        if not ring.knows(INDEX_KEY):
            with database.reading() as connection:
                if store.has_hashes(connection):
                    raise UnavailableError(
                        "keys_lost",
                        "The data is here but the keys that belong to it are not; the data was not changed.",
                        "Put back the key database of this installation from its backup.",
                    )
        self._hashing = ring.named(INDEX_KEY)

    @property
    def installation(self) -> str:
        """The name of this installation: whoever has other keys has another. It tells nothing."""
        return _name_of_installation(self._hashing)

    def is_empty(self) -> bool:
        """Return whether nobody is here and nobody was erased."""
        with self._database.reading() as connection:
            return not store.has_hashes(connection)

    def hashed(self, outside_id: str, kind: IdKind = IdKind.CUSTOMER) -> bytes:
        """Return the keyed hash of an identifier, spelled as `normalised` spells it.

        Raises:
            InputError: it is no identifier of this kind.
        """
        return keyed_hash(self._hashing, kind.value.encode(), normalised(outside_id, kind).encode())

    def find(self, outside_id: str, kind: IdKind = IdKind.CUSTOMER) -> int | None:
        """Return the number of the customer with this identifier; None when there is none."""
        with self._database.reading() as connection:
            return self.find_in(connection, outside_id, kind)

    def find_in(self, connection: Connection, outside_id: str, kind: IdKind = IdKind.CUSTOMER) -> int | None:
        """As `find`, inside an open transaction."""
        return store.find_one(connection, self.hashed(outside_id, kind))

    def get(self, outside_id: str, kind: IdKind = IdKind.CUSTOMER) -> int:
        """As `find`.

        Raises:
            NotFoundError: there is no such customer.
        """
        number = self.find(outside_id, kind)
        if number is None:
            raise NotFoundError("customer_unknown", "There is no customer with this id.", "Check the id.")
        return number

    def add_in(
        self,
        connection: Connection,
        outside_ids: Sequence[str],
        *,
        since: datetime,
        kind: IdKind = IdKind.CUSTOMER,
    ) -> dict[str, int]:
        """Make customers inside an open `writing`; return id → number. None of the ids may be known already."""
        if not outside_ids:
            return {}
        numbers = {one: store.add(connection, self.hashed(one, kind), kind, since=since) for one in outside_ids}
        self._ring.ensure((number, _KIND) for number in numbers.values())
        for one, number in numbers.items():
            sealed = self._ring.seal(number, _KIND, normalised(one, kind).encode(), bound_to=b"id")
            store.keep_sealed_id(connection, number, sealed)
        return numbers

    def obtain(self, outside_id: str, *, now: datetime, kind: IdKind = IdKind.CUSTOMER) -> int:
        """Return the number of the customer with this identifier, made now when there is none."""
        with self._database.writing() as connection:
            return self.obtain_in(connection, outside_id, now=now, kind=kind)

    def obtain_in(self, connection: Connection, outside_id: str, *, now: datetime, kind: IdKind) -> int:
        """As `obtain`, inside an open `writing`."""
        number = self.find_in(connection, outside_id, kind)
        return self.add_in(connection, [outside_id], since=now, kind=kind)[outside_id] if number is None else number

    def restricted_in(self, connection: Connection) -> frozenset[int]:
        """Return everybody of whom only what a law demands is kept."""
        return frozenset(number for number, seen in store.remarkable(connection, None).items() if seen.restricted)

    def everybody(self, connection: Connection) -> list[int]:
        """Return the numbers of all customers who are here and not restricted, inside an open transaction."""
        return store.all_unrestricted(connection)

    def restrict(self, connection: Connection, customer: int) -> None:
        """Lock a customer inside an open `writing`: from its commit on, only what a law demands may be done."""
        store.restrict(connection, customer)

    def must_be_here(self, connection: Connection, customers: Sequence[int]) -> None:
        """Check inside an open transaction that every one of `customers` is here and unrestricted.

        Raises:
            NotFoundError: one of them has left.
        """
        wanted = list(dict.fromkeys(customers))
        if store.count_unrestricted(connection, wanted) != len(wanted):
            raise NotFoundError("customer_gone", "This customer has left; nothing was recorded.")

    def outside_id(self, customer: int) -> str | None:
        """Return what the company calls the customer; None after an erasure."""
        with self._database.reading() as connection:
            sealed = store.sealed_id(connection, customer)
        return None if sealed is None else self._ring.open(customer, _KIND, sealed, bound_to=b"id").decode()

    def outside_ids(self, customers: Sequence[int]) -> dict[int, str]:
        """Return number → what the company calls them, for those of some hundreds `customers` who did not leave."""
        with self._database.reading() as connection:
            sealed = store.sealed_ids(connection, customers)
        self._ring.fetch((number, _KIND) for number in sealed)
        found = {}
        for number, one in sealed.items():
            found[number] = self._ring.open(number, _KIND, one, bound_to=b"id").decode()
        return found

    def lookup(
        self, connection: Connection, outside_ids: Sequence[str], *, kind: IdKind = IdKind.CUSTOMER
    ) -> tuple[dict[str, int], dict[str, store.Suppression]]:
        """Return id → number and id → suppression for those of `outside_ids` that have one.

        Raises:
            InputError: one of the ids is not an id.
        """
        hashes = {one: self.hashed(one, kind) for one in outside_ids}
        known = store.find(connection, list(hashes.values()))
        gone = store.suppressed(connection, list(hashes.values()))
        return (
            {one: known[hashed] for one, hashed in hashes.items() if hashed in known},
            {one: gone[hashed] for one, hashed in hashes.items() if hashed in gone},
        )

    def describe(self, customer: int) -> KeeperReport:
        """Count the customer's identifiers, and what is recorded of their links."""
        with self._database.reading() as connection:
            links = len(store.links_of(connection, customer))
            counts = {"identifiers": len(store.hashes_of(connection, customer))}
        return KeeperReport(self.room, counts | ({"links": links} if links else {}))

    def erased_in(self, connection: Connection, customer: int, *, until: datetime, at: datetime) -> Entry:
        """Return what the journal must keep of an erasure: whom no old file may bring back.

        Args:
            connection: an open transaction.
            customer: the number.
            until: nothing dated up to this moment comes back.
            at: when the erasure was asked for.
        """
        return erased(customer, store.hashes_of(connection, customer), until=until, at=at)

    def redo(self, connection: Connection, entry: Entry, *, is_here: bool) -> None:
        """Keep out again, inside an open `writing`, whom an entry of the journal names."""
        gone = gone_of(entry)
        store.suppress(connection, gone.hashes, gone.until, entry.customer if is_here else None)

    def redo_link(self, connection: Connection, entry: Entry, *, after: int) -> None:
        """Link or part two numbers again, as the journal tells; see `People.redo`."""
        whose = self.people.redo(connection, entry, after=after)
        outbox.tell(connection, whose, "linked", removal=True, at=entry.at)

    def here_in(self, connection: Connection, customers: Sequence[int]) -> dict[int, bool]:
        """Return number → whether it is restricted, for those of `customers` that there are."""
        return store.restricted_of(connection, customers)

    def give_no_number_up_to(self, connection: Connection, number: int) -> None:
        """See to it, inside an open `writing`, that new customers get numbers above `number`."""
        store.start_after(connection, number)

    def leave(self, customer: int, *, until: datetime) -> KeeperReport:
        """Forget who the customer is, and remember (by keyed hash only) that they must not come back by import.

        The number stays, restricted. From here on nothing more can be brought in under it.

        Args:
            customer: the number.
            until: nothing dated up to this moment comes back.
        """
        with self._database.writing() as connection:
            store.suppress(connection, store.hashes_of(connection, customer), until, customer)
            gone = store.drop_identifiers(connection, customer)
        return KeeperReport(self.room, {"identifiers": gone})

    def drop_number(self, customer: int) -> None:
        """Delete the number of somebody who left and under which no law keeps anything."""
        with self._database.writing() as connection:
            store.drop_number(connection, customer)


def installation_of(ring: KeyRing) -> str:
    """Return the name of the installation that has these keys, in which there was data."""
    return _name_of_installation(ring.named(INDEX_KEY))


def _name_of_installation(hashing: bytes) -> str:
    return keyed_hash(hashing, b"installation").hex()
