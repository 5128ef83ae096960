"""The ledger: an entry is written before what it tells of happens.

Laws:

1. An entry is appended inside a `writing` and is on the disk when that ends well. Only after that may happen what it
   tells of. Killed in between, there is an entry of something that did not happen, never the other way round.
2. Each customer has a sequence of their own: 1, 2, 3 and so on. An entry is sealed under the customer's own key and
   bound to its number. Changed, moved or copied to another place it does not open, and one that is missing between
   two others is counted.
3. Entries are only added. An erasure takes all of a customer's away, and then the key.
4. What is sealed is RFC 8785 JSON with the version of its vocabulary: the same entry has the same bytes everywhere.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from troth.actors import ActorKind
from troth.canonical import canonical_json
from troth.clock import from_micros, to_micros
from troth.db.engine import Connection, Database
from troth.keeper import KeeperReport
from troth.keys.ring import KeyGoneError, KeyRing
from troth.ledger import store
from troth.ledger.model import Entry, Kind, Look, Story

_VERSION = 1
_KEY = "room:ledger"
"""The kind of key that seals entries. With its colon it can never be the name of a kind of data in a promise, whose
key may outlive an erasure."""


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    """An entry as it is spelled."""

    v: Literal[1]
    kind: Kind
    at: int
    actor: ActorKind
    name: str
    role: str
    agency: str
    purpose: str
    reason: str
    recipient: str
    allowed: list[str]
    refused: list[tuple[str, str]]

    def __repr__(self) -> str:
        return f"_Body({self.kind})"


_decode = msgspec.json.Decoder(_Body).decode


class Ledger:
    """Notes what is done with customers' data, and tells it back.

    Args:
        database: the main database.
        ring: the key ring.
    """

    room = "ledger"

    def __init__(self, database: Database, ring: KeyRing) -> None:
        self._database = database
        self._ring = ring

    def append_in(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Append `entries` inside an open `writing`, in the order given; durable when it ends well.

        Every customer of `entries` must be here, and not be leaving: the caller has looked, in the same transaction.
        Otherwise a key could be made for somebody whose keys were destroyed.
        """
        last = {one: store.last_number(connection, one) for one in dict.fromkeys(e.customer for e in entries)}
        self._ring.ensure((customer, _KEY) for customer in last)
        rows = []
        for entry in entries:
            last[entry.customer] += 1
            number = last[entry.customer]
            sealed = self._ring.seal(entry.customer, _KEY, _spelled(entry), bound_to=_place(number))
            rows.append((entry.customer, number, entry.at, sealed))
        if rows:
            store.add(connection, rows)

    def of_customer(self, customer: int) -> Story:
        """Return all that is told of a customer."""
        with self._database.reading() as connection:
            rows = store.rows(connection, customer)
        entries = tuple(entry for row in rows if (entry := self._opened(customer, *row)) is not None)
        return Story(entries, rows[-1][0] - rows[0][0] + 1 - len(entries) if rows else 0)

    def describe(self, customer: int) -> KeeperReport:
        """Count the entries about the customer."""
        with self._database.reading() as connection:
            return _report(store.count(connection, customer))

    def forget(self, customer: int, *, now: datetime) -> KeeperReport:  # noqa: ARG002 - the Keeper's form
        """Delete the entries about the customer. What copies hold of them ends with the customer's keys."""
        with self._database.writing() as connection:
            return _report(store.drop(connection, customer))

    def _opened(self, customer: int, number: int, sealed: bytes) -> Entry | None:
        """Return the entry; None when it is not the one that was sealed here, or of a vocabulary unknown here."""
        try:
            return _read(customer, self._ring.open(customer, _KEY, sealed, bound_to=_place(number)))
        except (KeyGoneError, msgspec.DecodeError):
            return None


def _report(entries: int) -> KeeperReport:
    return KeeperReport(Ledger.room, {"looks": entries} if entries else {})


def _place(number: int) -> bytes:
    return number.to_bytes(8, "big")


def _spelled(entry: Entry) -> bytes:
    what = entry.what
    return canonical_json(
        {
            "v": _VERSION,
            "kind": entry.kind.value,
            "at": to_micros(entry.at),
            "actor": what.actor.value,
            "name": what.name,
            "role": what.role,
            "agency": what.agency,
            "purpose": what.purpose,
            "reason": what.reason,
            "recipient": what.recipient,
            "allowed": sorted(what.allowed),
            # Pairs and not an object: what was asked for may be spelled in any way, and keys of objects may not.
            "refused": [list(pair) for pair in sorted(what.refused.items())],
        }
    )


def _read(customer: int, body: bytes) -> Entry:
    said = _decode(body)
    look = Look(
        actor=said.actor,
        name=said.name,
        purpose=said.purpose,
        role=said.role,
        agency=said.agency,
        reason=said.reason,
        recipient=said.recipient,
        allowed=tuple(said.allowed),
        refused=dict(said.refused),
    )
    return Entry(customer, said.kind, from_micros(said.at), look)
