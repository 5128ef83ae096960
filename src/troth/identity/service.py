"""From the company's own id to our number, and back only under the customer's key.

Laws:

1. An outside id is looked up by its keyed hash. The id itself is kept only sealed, under the customer's own key.
2. A number is never used twice.
3. Whoever was erased does not come back by an import: what is dated before the erasure is refused. Something dated
   after it is a fresh act, and starts a new customer.
4. Identifiers without the key that hashed them are never taken for an empty house: everybody would be a stranger, and
   who was erased could come back.
"""

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from troth.canonical import keyed_hash
from troth.db.engine import Connection, Database
from troth.errors import InputError, NotFoundError, UnavailableError
from troth.identity import store
from troth.keeper import KeeperReport
from troth.keys.ring import KeyRing

LONGEST_ID_BYTES = 255
_KIND = "identity"
INDEX_KEY = "identity-index"
"""The installation's own key that hashes outside ids. Where it is known, there was data."""


class Identity:
    """Finds and makes customers.

    Args:
        database: the main database.
        ring: the key ring.

    Raises:
        UnavailableError: there are identifiers, and the key that hashed them is gone.
    """

    room = "identity"

    def __init__(self, database: Database, ring: KeyRing) -> None:
        self._database = database
        self._ring = ring
        if not ring.knows(INDEX_KEY):
            with database.reading() as connection:
                if store.has_hashes(connection):
                    raise UnavailableError(
                        "keys_lost",
                        "The data is here but the keys that belong to it are not; the data was not changed.",
                        "Put back the key database of this installation from its backup.",
                    )
        self._hashing = ring.named(INDEX_KEY)

    def hashed(self, outside_id: str) -> bytes:
        """Return the keyed hash of an outside id, after Unicode NFC and trimming.

        Raises:
            InputError: empty, longer than 255 bytes, or with control characters.
        """
        return keyed_hash(self._hashing, b"customer", normalised(outside_id).encode())

    def find(self, outside_id: str) -> int | None:
        """Return the number of the customer the company calls `outside_id`; None when there is none."""
        with self._database.reading() as connection:
            return self.find_in(connection, outside_id)

    def find_in(self, connection: Connection, outside_id: str) -> int | None:
        """As `find`, inside an open transaction."""
        return store.find_one(connection, self.hashed(outside_id))

    def get(self, outside_id: str) -> int:
        """As `find`.

        Raises:
            NotFoundError: there is no such customer.
        """
        number = self.find(outside_id)
        if number is None:
            raise NotFoundError("customer_unknown", "There is no customer with this id.", "Check the id.")
        return number

    def add_in(self, connection: Connection, outside_ids: Sequence[str], *, since: datetime) -> dict[str, int]:
        """Make customers inside an open `writing`; return id → number. None of the ids may be known already."""
        numbers = {one: store.add(connection, self.hashed(one), since) for one in outside_ids}
        self._ring.ensure((number, _KIND) for number in numbers.values())
        for one, number in numbers.items():
            sealed = self._ring.seal(number, _KIND, normalised(one).encode(), bound_to=b"id")
            store.keep_sealed_id(connection, number, sealed)
        return numbers

    def obtain(self, outside_id: str, *, now: datetime) -> int:
        """Return the number of the customer called `outside_id`, made now when there is none."""
        with self._database.writing() as connection:
            number = self.find_in(connection, outside_id)
            return self.add_in(connection, [outside_id], since=now)[outside_id] if number is None else number

    def restricted_in(self, connection: Connection, customers: Sequence[int] | None = None) -> frozenset[int]:
        """Return those of `customers` (of all, when None) of whom only what a law demands is kept."""
        return store.all_restricted(connection) if customers is None else store.restricted(connection, customers)

    def everybody(self, connection: Connection) -> list[int]:
        """Return the numbers of all customers who are here and not restricted, inside an open transaction."""
        return store.all_unrestricted(connection)

    def is_restricted(self, connection: Connection, customer: int) -> bool:
        """Return whether only what a law demands may be done with the customer's data."""
        return store.is_restricted(connection, customer)

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

    def lookup(
        self, connection: Connection, outside_ids: Sequence[str]
    ) -> tuple[dict[str, int], dict[str, store.Suppression]]:
        """Return id → number and id → suppression for those of `outside_ids` that have one.

        Raises:
            InputError: one of the ids is not an id.
        """
        hashes = {one: self.hashed(one) for one in outside_ids}
        known = store.find(connection, list(hashes.values()))
        gone = store.suppressed(connection, list(hashes.values()))
        return (
            {one: known[hashed] for one, hashed in hashes.items() if hashed in known},
            {one: gone[hashed] for one, hashed in hashes.items() if hashed in gone},
        )

    def describe(self, customer: int) -> KeeperReport:
        """Count the customer's identifiers."""
        with self._database.reading() as connection:
            return KeeperReport(self.room, {"identifiers": len(store.hashes_of(connection, customer))})

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


def normalised(outside_id: str) -> str:
    """Return the one spelling of an outside id.

    Raises:
        InputError: empty, longer than 255 bytes, or with control characters.
    """
    one = unicodedata.normalize("NFC", outside_id).strip()
    if not one:
        raise InputError("customer_id_empty", "The customer's id is empty.", "Give the id your shop uses.")
    try:
        size = len(one.encode())
    except UnicodeEncodeError:
        raise InputError("customer_id_unreadable", "The customer's id is not valid text.", "Send UTF-8.") from None
    if size > LONGEST_ID_BYTES:
        raise InputError(
            "customer_id_long",
            f"The customer's id has {size} bytes; at most {LONGEST_ID_BYTES} are taken.",
            "Give the short id your shop uses, not a record.",
        )
    if any(unicodedata.category(char) == "Cc" for char in one):
        raise InputError("customer_id_control", "The customer's id has control characters.", "Take them out.")
    return one
