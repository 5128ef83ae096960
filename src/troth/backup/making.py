"""Making a backup while the installation serves.

Laws:

1. First the data, then the keys. Every row in the copy of the data was sealed with a key that was durable before, so
   a copy of the keys that is begun later has it, unless its customer was erased in between; and then it must not.
2. Each is one moment of its database. Nobody who writes waits for it.
3. Every part is read back and compared before the manifest is written. The manifest is last: a backup without one
   was broken off, and is never taken for one.
4. The copy of the keys holds the journal. So it tells who was erased up to its moment, whatever the data's copy is.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version

import msgspec

from troth.backup import store
from troth.backup.finding import name_of, readable_in
from troth.backup.keeping import kept_since
from troth.backup.model import FORMAT, MANIFEST, Manifest, Part, PromiseThen, Rows, What, spelled, to_be_signed
from troth.backup.parts import Progress, manifest_of, must_be_whole, packed
from troth.backup.place import Place, taken
from troth.backup.store import Made
from troth.canonical import JSON
from troth.clock import to_micros
from troth.db.copying import Snapshot, snapshot
from troth.db.engine import Database
from troth.errors import UnavailableError
from troth.journal.service import Journal
from troth.ledger.log import Ledger
from troth.ledger.model import COMPANY, Entry, Kind
from troth.promise.model import Promise

_KEYS_KEPT = 2
"""Copies of the keys that `prune` leaves: the newest, and one in case it can't be read."""

_MARGIN = timedelta(days=3)
"""How much longer the journal reaches back than copies may: months differ in length."""

Sign = Callable[[bytes], bytes]
"""Bytes → their keyed hash, with a key of the installation."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What a manifest needs of the keys: their epoch now, and the keyed hash of bytes."""

    epoch: Callable[[], int]
    sign: Sign


class Backups:
    """Makes backups of an open installation, and tells when the last ones were made.

    Args:
        database: the main database.
        keys: the key database.
        journal: is trimmed when no backup may be that old any more.
        promise: the one in force, which says how long a copy may be kept.
        installation: its name.
        keys_now: tell their epoch, and sign.
        ledger: where it is noted that a copy was made.
    """

    room = "backup"

    def __init__(
        self,
        database: Database,
        keys: Database,
        *,
        journal: Journal,
        promise: Promise,
        installation: str,
        keys_now: Keys,
        ledger: Ledger,
    ) -> None:
        self._ledger = ledger
        self._database = database
        self._keys = keys
        self._journal = journal
        self._promise = promise
        self._installation = installation
        self._keys_now = keys_now

    def make(
        self,
        places: Mapping[What, Place],
        *,
        now: datetime,
        progress: Progress = lambda _what, _done, _all: None,
    ) -> list[Made]:
        """Make and verify a backup of the data, of the keys, or of both; note it; return what was made.

        Args:
            places: ``main`` and ``keys`` → where to.
            now: the moment.
            progress: told how far it is.

        Raises:
            UnavailableError: a place or a database can't be used, or what was written does not come back as it was.
                What was begun is not taken for a backup.
        """
        # The key that signs must be in the copy of the keys, so it is made before.
        self._keys_now.sign(b"")
        wanted: tuple[What, ...] = ("main", "keys")
        made = [self._make(what, places[what], now=now, progress=progress) for what in wanted if what in places]
        self.remember(made)
        limit = kept_since(self._promise, now)
        if limit is not None:
            self._journal.trim(before=limit - _MARGIN, now=now)
        return made

    def remember(self, made: Iterable[Made]) -> None:
        """Note backups; also those that are older than the data's own record of them, after a restore."""
        with self._database.writing() as connection:
            for one in made:
                store.note(connection, one)
                body: dict[str, JSON] = {"made": to_micros(one.at), "what": one.what}
                entry = Entry(COMPANY, Kind.BACKUP_MADE, one.at, body, {"place": one.place}, is_of_the_past=True)
                self._ledger.note_once_in(connection, f"backup:{one.name}", entry)

    def newest(self) -> Mapping[str, Made]:
        """Return ``main`` and ``keys`` → the newest backup of it, where one was made."""
        with self._database.reading() as connection:
            return store.newest(connection)

    def prune(self, place: Place, *, now: datetime) -> list[str]:
        """Delete from `place` our backups that are older than the promise says; return their names.

        Of the keys only the newest two stay: an older copy of the keys is of no use, and could bring somebody back.

        Raises:
            UnavailableError: the place can't be used.
        """
        limit = kept_since(self._promise, now)
        main = [one for one in readable_in(place, "main") if one.manifest.installation == self._installation]
        keys = [one for one in readable_in(place, "keys") if one.manifest.installation == self._installation]
        # The newest of the data stays, whatever the promise says: nobody would be served by having none.
        old = [one for one in main[:-1] if limit is not None and one.manifest.at < limit] + keys[:-_KEYS_KEPT]
        for one in old:
            # The manifest first: broken off here, the rest is no backup any more.
            place.remove(f"{one.name}/{MANIFEST}")
            for rows in one.manifest.tables:
                for part in rows.parts:
                    place.remove(f"{one.name}/{part.name}")
        return [one.name for one in old]

    def _make(self, what: What, place: Place, *, now: datetime, progress: Progress) -> Made:
        database = self._database if what == "main" else self._keys
        name = name_of(what, now)
        if any(one.startswith(f"{name}/") for one in place.names()):
            raise taken(place.words)
        with ExitStack() as held:
            seen = held.enter_context(snapshot(database))
            manifest = self._begun(what, seen, now)
            parts = _all_parts(seen)
            if what == "keys":
                # An erasure empties the log of the key database and would wait for us. Keys are small: read them
                # all, and let go before the slow part.
                parts = iter(list(parts))
                held.close()
            put = _put(place, name, parts, lambda rows: progress(f"copy {what}", rows, 0))
        tables = [msgspec.structs.replace(rows, parts=tuple(put[rows.table])) for rows in manifest.tables]
        manifest = msgspec.structs.replace(manifest, tables=tuple(tables))
        must_be_whole(place, name, manifest, progress)
        manifest = signed(manifest, self._keys_now.sign)
        place.put(f"{name}/{MANIFEST}", spelled(manifest))
        if manifest_of(place, name) != manifest:
            raise UnavailableError(
                "backup_not_kept", "The place for backups does not give back what was put there.", "Use another."
            )
        return Made(now, what, name, place.words, manifest.size, manifest.epoch)

    def _begun(self, what: What, seen: Snapshot, now: datetime) -> Manifest:
        version_now = self._promise.version.number
        return Manifest(
            format=FORMAT,
            what=what,
            troth=version("troth"),
            step=seen.step,
            installation=self._installation,
            at=now,
            promise=PromiseThen(number=version_now, fingerprint=self._promise.fingerprint),
            epoch=self._keys_now.epoch(),
            journal=_journal_in(what, seen),
            tables=tuple(
                Rows(table, seen.columns(table), (), seen.last_numbers.get(table, 0)) for table in seen.tables
            ),
        )


def signed(manifest: Manifest, sign: Sign) -> Manifest:
    """Return the manifest with its keyed hash."""
    return msgspec.structs.replace(manifest, mac=sign(to_be_signed(manifest)).hex())


def _journal_in(what: What, seen: Snapshot) -> int:
    """Return how far the data has come in the journal, or the journal itself."""
    if what == "keys":
        return seen.last_numbers.get("journal", 0)
    placed = dict(zip(seen.columns("journal_position"), next(iter(seen.rows("journal_position"))), strict=True))
    reached = placed["seq"]
    assert isinstance(reached, int)
    return reached


def _all_parts(seen: Snapshot) -> Iterator[tuple[str, Part, bytes]]:
    for table in seen.tables:
        for part, data in packed(table, seen.rows(table)):
            yield table, part, data


def _put(
    place: Place, name: str, parts: Iterable[tuple[str, Part, bytes]], tell: Callable[[int], object]
) -> Mapping[str, list[Part]]:
    """Put parts; return table → what the manifest says of them."""
    put: defaultdict[str, list[Part]] = defaultdict(list)
    done = 0
    for table, part, data in parts:
        place.put(f"{name}/{part.name}", data)
        put[table].append(part)
        done += part.rows
        tell(done)
    return put
