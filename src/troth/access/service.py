"""Making, checking and revoking bearer keys. A revoked key fails at the next call: nothing is cached."""

import re
from datetime import datetime

from troth.access import store
from troth.actors import Actor, of_service
from troth.canonical import sha256
from troth.db.engine import Database
from troth.errors import InputError, KeyNeededError, NotFoundError
from troth.keys.sealing import new_token
from troth.promise.model import Promise

COLLECT = "collect"
CHOICES = "choices"
EXPLAIN = "explain"
LINK = "link"
"""What a key may do beside reading for a purpose: bring data in, record choices and ages, ask why, say who is one."""

_PREFIX = "troth_"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Access:
    """Keys of programs.

    Args:
        database: the main database.
        promise: the promise, which says what purposes there are.
    """

    room = "access"

    def __init__(self, database: Database, promise: Promise) -> None:
        self._database = database
        self._promise = promise

    def create(self, name: str, may: frozenset[str], *, now: datetime) -> str:
        """Make a key called `name` for the purposes in `may`; return it. It is shown once and never kept.

        Raises:
            InputError: the name is taken or is not a name, or a purpose is unknown.
        """
        if not _NAME.fullmatch(name):
            raise InputError(
                "key_name", "A key's name is made of small letters, digits and dashes.", "For example: webshop"
            )
        known = frozenset(self._promise.purposes) | {COLLECT, CHOICES, EXPLAIN, LINK}
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

    def revoke(self, name: str) -> None:
        """Delete the key called `name`.

        Raises:
            NotFoundError: there is none.
        """
        with self._database.writing() as connection:
            if not store.remove(connection, name):
                raise NotFoundError("key_unknown", "There is no key of this name.", "See them all: troth key list")
