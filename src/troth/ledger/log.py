"""The ledger: an entry is written before what it tells of happens.

Laws:

1. An entry is appended inside the `writing` of the act it tells of, or of one before it, and is on the disk when that
   ends well. Only after that may happen what it tells of. Killed in between, there is an entry of something that did
   not happen, never the other way round.
2. Each customer has a sequence of their own: 1, 2, 3 and so on, each entry naming the one before. An entry is sealed
   under the customer's own key and bound to its place. Changed, moved or copied to another place it does not open;
   one that is missing, at the end too, is counted.
3. With it goes, in the same transaction, the hash of its leaf under the log's next index. In a `writing` nobody else
   writes, so indexes have no gaps and no two entries share one.
4. Entries are only added. An erasure takes all of a customer's away, and then the key; what is older than the promise
   keeps evidence goes too. Their leaves stay, and tell nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from troth.canonical import sha256
from troth.db.engine import Connection, Database
from troth.errors import UnavailableError
from troth.keeper import KeeperReport
from troth.keys.ring import KeyGoneError, KeyRing
from troth.keys.sealing import new_key
from troth.keys.signing import Signer, Signers
from troth.ledger import leaf, store
from troth.ledger.heads import head_of
from troth.ledger.leaf import NOTHING, Envelope, Statement
from troth.ledger.model import COMPANY, Entry, Kind, Noted, Story
from troth.ledger.note import VerifierKey
from troth.ledger.spelling import SpellingError, to_base64
from troth.ledger.store import Log, Row, Stream
from troth.ledger.tree import leaf_hash
from troth.ledger.trust import LogKey

KEY = "room:ledger"
"""The kind of key that seals entries. With its colon it can never be the name of a kind of data in a promise, whose
key may outlive an erasure."""

_NAME = b"stream"
"""What the sealed name of a sequence is bound to."""


class _Packed(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """What is sealed in a row: which signer signed, its signature, the statement, and what is hidden in it."""

    signer: int
    signature: bytes
    payload: bytes
    hidden: dict[str, tuple[bytes, str]]

    def __repr__(self) -> str:
        return f"_Packed({self.signer})"


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(_Packed).decode

_UNDER_WAY = timedelta(minutes=1)
"""How long an act may take from its moment to its entry; with other writers to wait for, some seconds."""


@dataclass(frozen=True, slots=True)
class Written:
    """An entry that was appended: the index of its leaf, and the entry as the company signed it."""

    leaf: int
    envelope: Envelope = field(repr=False)


@dataclass(slots=True)
class _Sequence:
    """A sequence while entries are appended to it."""

    name: bytes = field(repr=False)
    stands: Stream
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Pen:
    """Who signs: which signer of the installation, its key under the log's name, and since when it signs."""

    signer: Signer
    key: VerifierKey
    since: datetime


class Ledger:
    """Notes what is done with customers' data, and tells it back.

    Args:
        database: the main database.
        keys: the key database, where the signers are listed.
        ring: the key ring.
    """

    room = "ledger"

    def __init__(self, database: Database, keys: Database, ring: KeyRing) -> None:
        self._database = database
        self._keys = keys
        self._ring = ring
        self._signers = Signers(ring)
        self._pens: dict[tuple[str, int], _Pen] = {}

    def append_in(self, connection: Connection, entries: Sequence[Entry]) -> list[Written]:
        """Append `entries` inside an open `writing`, in the order given; durable when it ends well.

        Every customer of `entries` must be here, and not be leaving: the caller has looked, in the same transaction.
        Otherwise a key could be made for somebody whose keys were destroyed.

        Raises:
            UnavailableError: the clock is behind the day on which the log's signer began.
        """
        if not entries:
            return []
        log = self.current(connection)
        pen = self._pen(log)
        numbers = list(dict.fromkeys(entry.customer for entry in entries))
        self._ring.ensure((one, KEY) for one in numbers if one != COMPANY)
        sequences = {one: self._sequence(connection, one) for one in numbers}
        rows, hashes, written = [], [], []
        for index, entry in enumerate(entries, log.size):
            at = _dated(pen, entry)
            opening = {name: (new_key(), text) for name, text in entry.hidden.items()}
            sequence = sequences[entry.customer]
            stands = sequence.stands
            stands.number += 1
            statement = Statement(
                log=log.origin,
                kind=entry.kind.value,
                at=at,
                stream=sequence.name,
                number=stands.number,
                previous=stands.head,
                salt=new_key(),
                body={**entry.body, **{name: commitment(*one) for name, one in opening.items()}}
                if opening
                else entry.body,
            )
            envelope = leaf.sign_statement(statement, pen.key, pen.signer.sign)
            stands.head = leaf_hash(leaf.leaf_of(envelope, pen.key))
            sealed = self._sealed(entry.customer, log.number, stands.number, _packed(log.signer, envelope, opening))
            rows.append(Row(entry.customer, log.number, stands.number, index, at, sealed))
            hashes.append(stands.head)
            written.append(Written(index, envelope))
        store.add(connection, rows, hashes)
        self._move(connection, list(sequences.values()))
        store.grown(connection, log.number, log.size + len(rows))
        return written

    def note_once_in(self, connection: Connection, what: str, entry: Entry) -> bool:
        """Append `entry` unless `what` was noted of its customer before; return whether it was appended.

        Args:
            connection: an open `writing`.
            what: names it among all that is noted of the customer.
            entry: the entry.
        """
        is_new = store.note_new(connection, entry.customer, what, entry.at)
        if is_new:
            self.append_in(connection, [entry])
        return is_new

    def is_noted(self, connection: Connection, customer: int, what: str) -> bool:
        """Return whether `what` is recorded as noted of a customer."""
        return store.is_noted(connection, customer, what)

    def is_first_in(self, connection: Connection, customer: int, what: str, now: datetime) -> bool:
        """Record inside an open `writing` that `what` is noted of a customer; return False when it was before."""
        return store.note_new(connection, customer, what, now)

    def count_in(self, connection: Connection, times: Sequence[tuple[int, str, int]]) -> None:
        """Add up, inside an open `writing`, how often happened what was noted, as (customer, what, times)."""
        store.count_times(connection, times)

    def counted_in(self, connection: Connection, kind: str, *, before: str, most: int) -> dict[int, dict[str, int]]:
        """Return customer → what was noted of them → how often it happened, of `most` customers at most.

        Args:
            connection: an open transaction.
            kind: with what the names begin.
            before: only names before this one, in the order of their letters.
            most: customers.
        """
        return store.counted(connection, kind, before, most)

    def forget_counts_in(self, connection: Connection, told: Mapping[int, Sequence[str]]) -> None:
        """Delete, inside an open `writing`, counts that were told."""
        store.drop_counts(connection, told)

    def current(self, connection: Connection) -> Log:
        """Return the log that is being written.

        Raises:
            UnavailableError: none was begun; `Publisher.open` begins it.
        """
        log = store.newest_log(connection)
        if log is None:
            raise UnavailableError("ledger_not_open", "The ledger has no log yet.", "Open the installation first.")
        return log

    def begin_in(self, connection: Connection, number: int, origin: str, entry: Entry) -> None:
        """Begin the log `number` inside an open `writing`, with `entry`, the company's, as its first."""
        signer = self._signers.current()
        with self._keys.writing() as keys:
            if signer.number not in store.signers(keys):
                store.put_signer(keys, signer.number, entry.at)
        store.begin_log(connection, Log(number, origin, 0, signer.number))
        self.append_in(connection, [entry])

    def change_signer(self, *, now: datetime) -> LogKey:
        """Let a new key sign from now on, and say so in the log; return the new key.

        The key is made and its day recorded first, in the key database; it is in use when the log says so. Stopped in
        between, the old key signs on, and the next change takes the same new key.
        """
        with self._database.writing() as connection:
            log = self.current(connection)
            # Every entry is dated within the span of the key that signed it: none of the old key's may be later.
            now = max(now, store.latest(connection) or now)
            new = self._signers.change(self._pen(log).signer)
            key = VerifierKey(log.origin, new.public)
            # The last word of the old key names the new one.
            self.append_in(connection, [Entry(COMPANY, Kind.SIGNER_CHANGED, now, {"key": key.written})])
            with self._keys.writing() as keys:
                store.put_signer(keys, new.number, now)
            store.change_signer(connection, log.number, new.number)
        return LogKey(key, since=now)

    def log_keys(self) -> tuple[LogKey, ...]:
        """Return every key that signed in a log of ours, log by log, oldest first: what others check with."""
        with self._database.reading() as connection:
            keys, since = self.keys(connection), self._since()
        return tuple(
            LogKey(key, since[signer], since.get(signer + 1) if (log, signer + 1) in keys else None)
            for (log, signer), key in sorted(keys.items())
        )

    def keys(self, connection: Connection) -> dict[tuple[int, int], VerifierKey]:
        """Return (log, signer) → the key that signed there."""
        log = self.current(connection)
        publics = {one.number: one.public for one in self._signers.all() if one.number <= log.signer}
        return {
            (number, signer): VerifierKey(origin, public)
            for number, origin in store.origins(connection).items()
            for signer, public in publics.items()
        }

    def pens(self, log: Log) -> list[tuple[VerifierKey, Signer, datetime]]:
        """Return who may sign checkpoints of `log`: key, signer and since when it signs; the one in use first."""
        pens = [self._pen(replace(log, signer=one)) for one in range(log.signer, 0, -1)]
        return [(pen.key, pen.signer, pen.since) for pen in pens]

    def of_customer(self, customer: int) -> Story:
        """Return all that is told of a customer."""
        with self._database.reading() as connection:
            rows = store.of_customer(connection, customer)
            stands = store.stream(connection, customer)
            log = store.newest_log(connection)
        noted = tuple(one for row in rows if (one := self.opened(row)) is not None)
        spans: dict[int, tuple[int, int]] = {}
        for row in rows:
            spans[row.log] = spans.get(row.log, (row.number, 0))[0], row.number
        # Of the log that is being written it is known how far the sequence has come.
        if stands is not None and log is not None and log.number in spans:
            first, last = spans[log.number]
            spans[log.number] = first, max(stands.number, last)
        return Story(noted, sum(last - first + 1 for first, last in spans.values()) - len(noted))

    def envelope(self, row: Row, keys: Mapping[tuple[int, int], VerifierKey]) -> Envelope | None:
        """Return the entry of a row as the company signed it; None when it can't be opened, or was changed.

        Args:
            row: the row.
            keys: what `keys` returns.
        """
        found = self._unpacked(row)
        if found is None or (row.log, found.signer) not in keys:
            return None
        return Envelope(found.payload, found.signature, keys[row.log, found.signer].short)

    def statement(self, row: Row) -> Statement | None:
        """Return what a row says, as it was signed; None when it can't be opened, or was changed."""
        found = self._unpacked(row)
        try:
            return None if found is None else leaf.read_statement(found.payload)
        except SpellingError:
            return None

    def opened(self, row: Row) -> Noted | None:
        """Return what a row tells; None when it can't be opened, or tells of something that has no word here."""
        said, found = self.statement(row), self._unpacked(row)
        if said is None or found is None or not said.is_known:
            return None
        hidden = {
            name: text
            for name, (nonce, text) in found.hidden.items()
            if said.body.get(name) == commitment(nonce, text)
        }
        return Noted(Kind(said.kind), said.at, said.body, row.log, row.number, row.leaf, hidden)

    def whole(self, row: Row, keys: Mapping[tuple[int, int], VerifierKey]) -> tuple[Envelope, Statement] | None:
        """Return the entry of a row and what it says; None when anything of the row is not as it was written.

        Args:
            row: the row.
            keys: what `keys` returns.
        """
        found = self._unpacked(row)
        if found is None or (row.log, found.signer) not in keys:
            return None
        try:
            said = leaf.read_statement(found.payload)
        except SpellingError:
            return None
        hides = all(said.body.get(name) == commitment(nonce, text) for name, (nonce, text) in found.hidden.items())
        # Sealed bytes can't be changed; those in clear can.
        if not hides or (row.customer == COMPANY and _pack(found) != row.sealed):
            return None
        return Envelope(found.payload, found.signature, keys[row.log, found.signer].short), said

    def stream_name(self, connection: Connection, customer: int) -> bytes | None:
        """Return the 32 bytes that name a customer's sequence; None before its first entry.

        Raises:
            KeyGoneError: the customer's key was destroyed.
        """
        stands = store.stream(connection, customer)
        return None if stands is None else self._name_of(stands)

    def describe(self, customer: int) -> KeeperReport:
        """Count the entries about the customer. The company's own are about nobody: pages ask with its number too."""
        if customer == COMPANY:
            return _report(0)
        with self._database.reading() as connection:
            return _report(store.count(connection, customer))

    def forget(self, customer: int, *, now: datetime) -> KeeperReport:  # noqa: ARG002 - the Keeper's form
        """Delete the entries about the customer. What copies hold of them ends with the customer's keys."""
        if customer == COMPANY:
            return _report(0)
        with self._database.writing() as connection:
            return _report(store.drop(connection, customer))

    def delete_before(self, before: datetime) -> int:
        """Delete the entries dated before `before`; return how many went. Every proof holds on without them."""
        with self._database.writing() as connection:
            return store.drop_before(connection, before)

    def _since(self) -> dict[int, datetime]:
        with self._keys.reading() as keys:
            return store.signers(keys)

    def _pen(self, log: Log) -> _Pen:
        pen = self._pens.get((log.origin, log.signer))
        if pen is None:
            since = self._since().get(log.signer)
            signer = next((one for one in self._signers.all() if one.number == log.signer), None)
            if since is None or signer is None:
                raise UnavailableError(
                    "ledger_key_missing",
                    "The key that signs the ledger’s log is not in the key database. Nothing was noted.",
                    "Put back the newest copy of the keys.",
                )
            pen = self._pens[log.origin, log.signer] = _Pen(signer, VerifierKey(log.origin, signer.public), since)
        return pen

    def _sequence(self, connection: Connection, customer: int) -> _Sequence:
        stands = store.stream(connection, customer)
        if stands is not None:
            return _Sequence(self._name_of(stands), stands, is_new=False)
        name = leaf.COMPANY if customer == COMPANY else new_key()
        sealed = name if customer == COMPANY else self._ring.seal(customer, KEY, name, bound_to=_NAME)
        return _Sequence(name, Stream(customer, sealed, 0, NOTHING), is_new=True)

    def _move(self, connection: Connection, sequences: Sequence[_Sequence]) -> None:
        """Record where sequences stand now, also for the map of heads, which knows no customer."""
        store.put_streams(
            connection,
            [one.stands for one in sequences if one.is_new],
            [one.stands for one in sequences if not one.is_new],
        )
        told = [one for one in sequences if one.stands.customer != COMPANY]
        store.put_moved(connection, [head_of(one.name, one.stands.number, one.stands.head) for one in told])

    def _name_of(self, stands: Stream) -> bytes:
        if stands.customer == COMPANY:
            return stands.sealed
        return self._ring.open(stands.customer, KEY, stands.sealed, bound_to=_NAME)

    def _sealed(self, customer: int, log: int, number: int, packed: bytes) -> bytes:
        # The company's own entries are about nobody, and every bundle has one of them: they stand in clear.
        return packed if customer == COMPANY else self._ring.seal(customer, KEY, packed, bound_to=_place(log, number))

    def _unpacked(self, row: Row) -> _Packed | None:
        """Return what was sealed in a row; None when it is not what was sealed here."""
        packed = row.sealed
        if row.customer != COMPANY:
            try:
                packed = self._ring.open(row.customer, KEY, row.sealed, bound_to=_place(row.log, row.number))
            except (KeyGoneError, OverflowError):
                # A damaged row may have a place that no entry ever had.
                return None
        try:
            return _unpack(packed)
        except msgspec.DecodeError:
            return None


def _report(entries: int) -> KeeperReport:
    return KeeperReport(Ledger.room, {"entries": entries} if entries else {})


def _place(log: int, number: int) -> bytes:
    return log.to_bytes(4, "big") + number.to_bytes(8, "big")


def commitment(nonce: bytes, text: str) -> str:
    """Return what stands in the body for `text`: base64 of SHA-256 over 32 random bytes and the text.

    Nobody can test a guess without the random bytes, and the company can't open it to another text.
    """
    return to_base64(sha256(nonce + text.encode()))


def _packed(signer: int, envelope: Envelope, hidden: Mapping[str, tuple[bytes, str]]) -> bytes:
    return _pack(_Packed(signer, envelope.signature, envelope.payload, dict(hidden)))


def _dated(pen: _Pen, entry: Entry) -> datetime:
    """Return how `entry` is dated: never before the day of its key.

    What was under way while the key changed is dated to the change; so is what is told of the past.
    """
    at = entry.at
    if at < pen.since - _UNDER_WAY and not entry.is_of_the_past:
        raise UnavailableError(
            "clock_behind",
            f"The clock says {at:%Y-%m-%d %H:%M}, and the log’s key signs since {pen.since:%Y-%m-%d %H:%M}. "
            "Nothing was noted, so nothing was done.",
            "Set the machine’s clock.",
        )
    return max(at, pen.since)
