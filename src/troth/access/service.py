"""Making, checking and revoking bearer keys.

A revoked key fails at the next call: nothing is cached. It stays revoked also after an older copy of the data was put
back: the journal has its hash.
"""

import re
from datetime import datetime

from troth.access import store
from troth.actors import Actor, of_service
from troth.canonical import sha256
from troth.db.engine import Connection, Database
from troth.errors import InputError, KeyNeededError, NotFoundError
from troth.journal.model import EVERYBODY, Entry, What
from troth.journal.service import Journal
from troth.keys.sealing import new_token
from troth.promise.model import Promise

COLLECT = "collect"
CHOICES = "choices"
DELETE = "delete"
EXPLAIN = "explain"
LINK = "link"
"""What a key may do beside reading for a purpose: bring in, record what is said, delete, ask why, say who is one."""

_PREFIX = "troth_"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Access:
    """Keys of programs.

    Args:
        database: the main database.
        promise: the promise, which says what purposes there are.
        journal: where revoked keys are kept outside the main database.
    """

    room = "access"

    def __init__(self, database: Database, promise: Promise, journal: Journal) -> None:
        self._database = database
        self._promise = promise
        self._journal = journal

    def create(self, name: str, may: frozenset[str], *, now: datetime) -> str:
        """Make a key called `name` for the purposes in `may`; return it. It is shown once and never kept.

        Raises:
            InputError: the name is taken or is not a name, or a purpose is unknown.
        """
        if not _NAME.fullmatch(name):
            raise InputError(
                "key_name", "A key's name is made of small letters, digits and dashes.", "For example: webshop"
            )
        known = frozenset(self._promise.purposes) | {COLLECT, CHOICES, DELETE, EXPLAIN, LINK}
        unknown = sorted(may - known)
        if unknown or not may:
            raise InputError(
                "key_purpose",
                f"No such purpose: {', '.join(unknown)}." if unknown else "A key needs at least one purpose.",
                f"There are: {', '.join(sorted(known))}.",
            )
        token = _PREFIX + new_token()
        with self._database.writing() as connection:
            if not store.add(connection, name, sha256(token.encode()), may=may, since=now):
                raise InputError("key_taken", "There is a key of this name already.", "Revoke it or choose another.")
        return token

    def check(self, token: str) -> Actor:
        """Return who holds `token`.

        Raises:
            KeyNeededError: nobody does.
        """
        with self._database.reading() as connection:
            found = store.find(connection, sha256(token.encode("utf-8", "surrogateescape")))
        if found is None:
            raise KeyNeededError("key_unknown", "This key is not known here.", "Make one: troth key create NAME")
        name, may = found
        return of_service(name, *may)

    def all_keys(self) -> list[tuple[str, frozenset[str], datetime]]:
        """Return every key's name, purposes and since when, by name."""
        with self._database.reading() as connection:
            return store.all_keys(connection)

    def revoke(self, name: str, *, now: datetime) -> None:
        """Delete the key called `name`.

        Raises:
            NotFoundError: there is none.
        """
        with self._database.writing() as connection:
            hashed = store.remove(connection, name)
            if hashed is None:
                raise NotFoundError("key_unknown", "There is no key of this name.", "See them all: troth key list")
            self._journal.write(connection, [Entry(What.KEY_REVOKED, EVERYBODY, now, {"hash": hashed.hex()})])

    def redo(self, connection: Connection, entry: Entry) -> None:
        """Revoke again, inside an open `writing`, the key that an entry of the journal names."""
        store.remove_hash(connection, bytes.fromhex(str(entry.detail["hash"])))
