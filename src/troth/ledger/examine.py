"""Whether the whole ledger holds together: every entry, every tile, the map, and what was signed.

Laws:

1. Nothing is changed, and nothing is believed for standing there: each thing is compared with what it follows from.
2. A finding is in words, and names a log and a place in it. It tells nothing of what an entry says.
3. What may rightly be missing is no finding: what was noted of somebody who was erased, and what is past its keep. So
   an entry of somebody who is here must be there when one before it in the log is within its keep.

What can't be told from here: whether something was left out before it was signed (outsiders tell, by an older
checkpoint), whether the newest entries of a customer are missing in a log that has ended (it ended where data was
lost), and how often something was used that is counted and not told yet.
"""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate, groupby, pairwise

from troth.clock import to_micros
from troth.db.engine import Connection, Database
from troth.errors import UnavailableError
from troth.keys.ring import KeyGoneError
from troth.ledger import leaf, store
from troth.ledger.heads import head_of
from troth.ledger.leaf import NOTHING, Statement
from troth.ledger.log import Ledger
from troth.ledger.model import COMPANY, Kind
from troth.ledger.note import VerifierKey
from troth.ledger.publishing import store as published
from troth.ledger.publishing.examine import (
    Finding,
    Leaves,
    look_at_leaves,
    look_at_map,
    look_at_record,
    look_at_tree,
    tiles_of_logs,
)
from troth.ledger.publishing.store import Recorded, TreeHead
from troth.ledger.store import Log, Row, Stream
from troth.ledger.tree import EMPTY_ROOT, leaf_hash
from troth.ledger.trust import LogKey

__all__ = ["Finding", "examine"]

_EVERY = 1_000
"""Entries between two words on how far the work has come."""

_NEVER = -(2**63)


def examine(
    database: Database,
    keys: Database,
    ledger: Ledger,
    *,
    kept_from: datetime,
    told: Callable[[int, int], object] = lambda _done, _all: None,
) -> Iterator[Finding]:
    """Yield all that is wrong with the ledger.

    A few hundred bytes of memory are needed for each entry that was ever made.

    Args:
        database: the main database.
        keys: the key database.
        ledger: opens entries.
        kept_from: evidence from then on must be there; what is older may be gone.
        told: called now and then with how many entries were looked at, and how many there are.
    """
    # What is on record first: by then the data holds at least that.
    with keys.reading() as connection:
        records, since = published.records(connection), store.signers(connection)
    with database.reading_alone() as connection:
        work = _Examination(connection, ledger, since)
        yield from work.logs_and_keys()
        if work.is_readable:
            yield from work.trees()
            yield from work.entries(told)
            yield from work.absent(kept_from)
            yield from work.sequences()
            yield from work.signers(kept_from)
            yield from work.map_and_record(records)


@dataclass(slots=True)
class _Seen:
    """What is known of one log.

    Attributes:
        log: the log.
        head: of its tree.
        tiled: the hashes that are in its tiles.
        leaves: those, and the ones that wait for their tile.
        at: when the entry at each index happened, in microseconds; `_NEVER` where none was found.
        maps: number of the company's entry → what it tells of the map.
        begun: the first entry, when it is there.
    """

    log: Log
    head: TreeHead
    tiled: bytes
    leaves: Leaves
    at: "array[int]"
    maps: dict[int, Statement] = field(default_factory=dict)
    begun: Statement | None = None


@dataclass(slots=True)
class _Chain:
    """How far a sequence was read: the last entry's number, index and hash, and the sequence's name."""

    number: int = 0
    index: int = -1
    hash: bytes | None = NOTHING
    name: bytes | None = None


class _Examination:
    """One examination on its way."""

    def __init__(self, connection: Connection, ledger: Ledger, since: dict[int, datetime]) -> None:
        self._connection = connection
        self._ledger = ledger
        self._since = since
        self._logs = store.logs(connection)
        self._keys: dict[tuple[int, int], VerifierKey] = {}
        self._spans: dict[str, LogKey] = {}
        self._seen: dict[int, _Seen] = {}
        self._streams = {one.customer: one for one in store.streams(connection)}
        self._missing: list[tuple[int, bytes]] = []
        self._changes: dict[str, datetime] = {}
        self.is_readable = False

    def logs_and_keys(self) -> Iterator[Finding]:
        """Look at the logs and at who signs in them."""
        try:
            self._keys = self._ledger.keys(self._connection)
        except UnavailableError:
            yield Finding("log", "No log is recorded.")
            return
        base = self._logs[0].origin
        for log in self._logs:
            if log.origin != (base if log.number == 1 else f"{base}/{log.number}") or log.number < 1:
                yield Finding("log", "The log has another name than its number says.", log.number)
        if self._logs[0].number != 1:
            yield Finding("log", "The first log is missing.")
        self.is_readable = all(
            (one.number, one.signer) in self._keys and one.signer in self._since for one in self._logs
        )
        numbers = sorted(self._since)
        if not self.is_readable or numbers != list(range(1, len(numbers) + 1)):
            yield Finding("signer", "A key that signs, or since when it does, is not recorded.")
        if any(self._since[after] < self._since[before] for before, after in pairwise(numbers)):
            yield Finding("signer", "The log’s keys do not begin one after the other.")
        for (number, signer), key in self._keys.items():
            until = self._since.get(signer + 1) if (number, signer + 1) in self._keys else None
            self._spans[key.short] = LogKey(key, self._since.get(signer), until)

    def trees(self) -> Iterator[Finding]:
        """Look at the tree of each log."""
        heads, tiles = published.trees(self._connection), tiles_of_logs(self._connection)
        numbers = {log.number for log in self._logs}
        for number in sorted((heads.keys() | tiles.keys()) - numbers):
            yield Finding("log", "There is a tree, and no log that it is of.", number)
        for log in self._logs:
            head = heads.get(log.number)
            tiled = yield from look_at_tree(log, head, tiles.get(log.number, {}), [*self._keys.values()])
            head = head or TreeHead(log.number, 0, EMPTY_ROOT)
            waiting = b""
            if log is self._logs[-1]:
                waiting = yield from look_at_leaves(self._connection, log, head.size)
            elif log.size != head.size:
                yield Finding("leaf", "The log has ended, and has another length than its tree.", log.number)
            leaves = Leaves(log.size, tiled + waiting)
            at = array("q", [_NEVER]) * (len(leaves.hashes) // len(NOTHING))
            self._seen[log.number] = _Seen(log, head, tiled, leaves, at)

    def entries(self, told: Callable[[int, int], object]) -> Iterator[Finding]:
        """Look at every entry, and at where each sequence ends."""
        count, done = store.count_all(self._connection), 0
        newest = self._logs[-1].number
        empty = dict(self._streams)
        for (customer, log), rows in groupby(store.every(self._connection), key=lambda row: (row.customer, row.log)):
            chain = _Chain(name=leaf.COMPANY if customer == COMPANY else None)
            for row in rows:
                done += 1
                if done % _EVERY == 0:
                    told(done, count)
                yield from self._entry(row, chain)
            if log != newest:
                continue
            stands = empty.pop(customer, None)
            if stands is None:
                yield Finding("sequence", "Entries are there, and where their sequence stands is not.", log)
            elif (stands.number, stands.head) != (chain.number, chain.hash) or self._name(stands) != chain.name:
                yield Finding(
                    "sequence", "A sequence ends elsewhere than is recorded, or is another.", log, chain.index
                )
        self._missing += [(newest, stands.head) for stands in empty.values()]
        told(count, count)

    def absent(self, kept_from: datetime) -> Iterator[Finding]:
        """Look whether what is missing may be missing."""
        floor = to_micros(min(self._since.values()))
        for number, seen in self._seen.items():
            wanted = {hashed for log, hashed in self._missing if log == number}
            places = seen.leaves.places(wanted) if wanted else {}
            if len(places) != len(wanted):
                yield Finding("entry_missing", "A sequence follows an entry that the log does not have.", number)
            floors = array("q", accumulate(seen.at, max, initial=floor))
            for index in sorted(places.values()):
                if floors[index] >= to_micros(kept_from):
                    yield Finding("entry_missing", "An entry is missing that is not past its keep.", number, index)
            floor = floors[-1]

    def sequences(self) -> Iterator[Finding]:
        """Look whether the map, or what it will be told next, has every sequence where it stands."""
        moved = {one.place: one.commitment for one in store.moved(self._connection)}
        strangers = set(moved)
        for stands in self._streams.values():
            name = self._name(stands)
            if name is None or stands.number < 1:
                yield Finding("sequence", "The name of a sequence can’t be opened, or it has no entry.")
            elif stands.customer != COMPANY:
                wanted = head_of(name, stands.number, stands.head)
                strangers.discard(wanted.place)
                found = moved.get(wanted.place) or published.head_at(self._connection, wanted.place)
                if found != wanted.commitment:
                    yield Finding("map", "The map does not say where a sequence ends.")
        # What else moved was of somebody who was erased since the map was told: each left an entry that is gone.
        seen = self._seen[self._logs[-1].number]
        told = seen.maps.get(max(seen.maps, default=0))
        size = told.body.get("size") if told is not None else 0
        if len(strangers) > seen.at[size if isinstance(size, int) else 0 :].count(_NEVER):
            yield Finding("map", "The map is to be told of a sequence that has no entry.")

    def signers(self, kept_from: datetime) -> Iterator[Finding]:
        """Look whether each key began when the log says so."""
        # What the log said may be past its keep, or be lost with the data that a newer log was begun for.
        begun = [seen.begun.at for seen in self._seen.values() if seen.begun is not None and seen.log.number > 1]
        told_from = max([kept_from, *begun])
        newest = self._logs[-1].signer
        for signer, since in self._since.items():
            said = {self._changes.get(key.written) for (_, one), key in self._keys.items() if one == signer} - {None}
            if signer == 1 and (first := self._seen[self._logs[0].number].begun) is not None:
                said = {first.at}
            is_to_be_told = since >= told_from and signer <= newest and since not in begun
            if said != {since} and (said or is_to_be_told):
                yield Finding("signer", "A key is recorded to begin at another moment than the log tells.")
            # A change that was stopped half-way leaves the next one.
            if signer > newest + 1:
                yield Finding("signer", "A key is recorded that the log does not know.")

    def map_and_record(self, records: list[Recorded]) -> Iterator[Finding]:
        """Look at the map, and at what was put on record to be signed."""
        newest = self._seen[self._logs[-1].number]
        for number, seen in self._seen.items():
            if seen.maps and seen.head.heads != max(seen.maps):
                yield Finding("map", "The last word on the map is another entry than is recorded.", number)
        yield from look_at_map(self._connection, newest.head, newest.maps)
        trees = {number: (seen.head, seen.tiled) for number, seen in self._seen.items()}
        begun = {number: seen.begun for number, seen in self._seen.items() if seen.begun is not None}
        yield from look_at_record(self._logs, trees, records, begun)

    def _entry(self, row: Row, chain: _Chain) -> Iterator[Finding]:
        seen = self._seen.get(row.log)
        found = self._ledger.whole(row, self._keys)
        if seen is None or found is None:
            yield Finding("entry_sealed", "An entry can’t be opened: it was changed or moved.", row.log, row.leaf)
            chain.number, chain.index, chain.hash = row.number, max(chain.index, row.leaf), None
            return
        envelope, said = found
        span = self._spans[envelope.key]
        hashed = leaf_hash(leaf.leaf_of(envelope, span.key))
        rules = (
            ((said.log, said.number, said.at) == (seen.log.origin, row.number, row.at), "says another place or time"),
            (said.is_known, "is of a kind that there is no word for"),
            (chain.name in {None, said.stream}, "is of another sequence"),
            ((said.stream == leaf.COMPANY) == (row.customer == COMPANY), "is of the company and of a customer"),
            (span.key.holds(leaf.signed_bytes(envelope.payload), envelope.signature), "is not signed"),
            (span.was_used(said.at), "is signed by a key that was not in use"),
            (self._stands(seen, row.leaf, hashed), "does not stand in the tree where it should"),
            (row.leaf > chain.index, "stands before the one it follows"),
            (chain.hash is None or not chain.number or said.previous == chain.hash, "follows another one"),
            (row.number > 1 or said.previous == NOTHING, "is the first and follows another one"),
        )
        for holds, wrong in rules:
            if not holds:
                yield Finding("entry", f"An entry {wrong}.", row.log, row.leaf)
        if chain.number and row.number != chain.number + 1:
            yield Finding("entry_missing", "Before this entry one is missing.", row.log, row.leaf)
        elif not chain.number and row.number > 1:
            self._missing.append((row.log, said.previous))
        self._note(seen, row, said)
        chain.number, chain.index, chain.hash, chain.name = row.number, row.leaf, hashed, said.stream

    def _stands(self, seen: _Seen, index: int, hashed: bytes) -> bool:
        """Whether the leaf stands at its index, and no other entry does."""
        found = seen.leaves.at(index)
        return found == hashed and seen.at[index] == _NEVER

    def _note(self, seen: _Seen, row: Row, said: Statement) -> None:
        if 0 <= row.leaf < len(seen.at):
            seen.at[row.leaf] = to_micros(row.at)
        if row.customer != COMPANY:
            return
        if said.kind == Kind.HEADS:
            seen.maps[row.number] = said
        if said.kind == Kind.SIGNER_CHANGED:
            self._changes[str(said.body.get("key"))] = said.at
        if said.kind == Kind.LOG_BEGUN:
            seen.begun = said

    def _name(self, stands: Stream) -> bytes | None:
        try:
            return self._ledger.stream_name(self._connection, stands.customer)
        except KeyGoneError:
            return None
