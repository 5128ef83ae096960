"""Putting a backup back.

Laws:

1. All of the backup is read and compared with its manifest, and its signature checked, before anything is touched.
2. The keys that are here stay: they are the newest there are, and what was destroyed since the backup stays
   destroyed. Only where there are none that were used, or they are damaged, their newest copy is put back.
3. The keys are never older than the data. A copy of the data that was begun later than that of the keys is refused.
4. What is put back is made ready beside the old and takes its place in one step. Killed before, the old is there and
   works; killed after, the new. The keys take their place first: data without its keys is never opened.
5. The old data is not deleted; it stays beside under another name until somebody deletes it. (On PostgreSQL it is
   replaced in one transaction, and gone.)
6. Opening the installation afterwards does again what the journal knows and the data does not, before anybody reads
   (`troth.cases.replay`).
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from troth.backup.finding import Found, names_in
from troth.backup.loading import STEPS, load
from troth.backup.model import What, damaged
from troth.backup.parts import Progress, manifest_of, must_be_whole
from troth.backup.place import Place
from troth.backup.putting import put_in_place, ready_beside
from troth.backup.signing import must_be_signed
from troth.db.copying import form_of, has_rows, step_of
from troth.db.engine import Connection, Database, sqlite_file, sqlite_url
from troth.db.migrate import Steps, is_step, upgrade
from troth.errors import InputError, NotFoundError, UnavailableError
from troth.identity.service import INDEX_KEY, installation_of
from troth.journal.service import must_reach
from troth.keys.provider import KeyProvider
from troth.keys.ring import KeyRing
from troth.keys.store import KeyStore
from troth.ledger.publishing.store import RECORDED, lose_track

_NOT_WORTH_KEEPING = frozenset({"promises", "journal_position"})
"""Tables that every installation fills at its first start."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to put it back.

    Attributes:
        main: URL of the main database.
        keys: URL of the key database.
        provider: holds the master key.
    """

    main: str
    keys: str
    provider: KeyProvider


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be put back. All of it was read and checked.

    Attributes:
        main: the backup of the data.
        keys: the backup of the keys; None where the keys that are here stay.
    """

    main: Found
    keys: Found | None


class Restore:
    """Puts a backup back.

    Args:
        target: where to.
        place: where the backup of the data lies.
        keys_place: where the backup of the keys lies.
        now: the moment.
        progress: told how far it is.
    """

    def __init__(
        self,
        target: Target,
        place: Place,
        keys_place: Place,
        *,
        now: datetime,
        progress: Progress = lambda _what, _done, _all: None,
    ) -> None:
        self._target = target
        self._place = place
        self._keys_place = keys_place
        self._now = now
        self._progress = progress

    def plan(self, name: str = "") -> Plan:
        """Choose and check what to put back. Changes nothing.

        Args:
            name: of the backup of the data; empty for the newest that fits the keys.

        Raises:
            InputError: there is no such backup.
            UnavailableError: it is damaged, of a newer Troth, not ours, or does not fit the keys.
        """
        keys = None if self._has_keys() else self._newest_keys()
        main = self._chosen(name, not_after=None if keys is None else keys.manifest.at)
        with self._keys_database(keys) as database:
            ring = KeyRing(KeyStore(database), self._target.provider, now=self._now)
            for place, found in ((self._keys_place, keys), (self._place, main)):
                if found is not None:
                    must_be_signed(ring, found.name, found.manifest)
                    must_be_whole(place, found.name, found.manifest, self._progress)
            must_reach(
                database,
                ours=installation_of(ring),
                theirs=main.manifest.installation,
                place=main.manifest.journal,
            )
        return Plan(main, keys)

    def is_empty(self) -> bool:
        """Return whether nothing is here that restoring would replace."""
        file = sqlite_file(self._target.main)
        if file is not None and not file.exists():
            return True
        try:
            with closing(Database(self._target.main)) as database, database.reading() as connection:
                return not has_rows(connection, but=_NOT_WORTH_KEEPING)
        except UnavailableError as error:
            if error.code != "database_damaged":
                raise
            return False

    def carry_out(self, plan: Plan, *, replace: bool = False) -> list[Path]:
        """Put back what `plan` says; return the files under which the old is kept.

        Raises:
            InputError: something is here already, and `replace` is not said.
            UnavailableError: somebody has the installation open, the disk is full, or the backup changed meanwhile.
                The old is as it was.
        """
        if not replace and not self.is_empty():
            raise InputError(
                "installation_not_empty",
                "There is data in this installation; nothing was changed.",
                "To put the backup in its place, add --replace. The old data is kept beside it.",
            )
        kept: list[Path] = []
        if plan.keys is not None:
            kept += self._put_back("keys", self._target.keys, self._keys_place, plan.keys)
        # Killed here: the keys are here and their data is not, or is older. Opening it brings it to the journal.
        kept += self._put_back("main", self._target.main, self._place, plan.main)
        return kept

    def _put_back(self, what: What, url: str, place: Place, found: Found) -> list[Path]:
        file = sqlite_file(url)
        if file is None:
            with closing(Database(url)) as database:
                database.must_be_alone()
                with database.writing() as connection:
                    self._load(connection, what, place, found)
            return []
        part = ready_beside(file)
        with closing(Database(sqlite_url(part))) as database:
            with database.writing() as connection:
                self._load(connection, what, place, found)
            database.must_be_alone()
        return put_in_place(part, file, kept=f"{file.name}.before-{self._now.astimezone(UTC):%Y%m%dT%H%M%SZ}")

    def _load(self, connection: Connection, what: What, place: Place, found: Found) -> None:
        load(connection, what, place, found, self._progress)
        if what == "keys" and RECORDED in form_of(connection):
            # Whatever was signed since this copy was made, it can't tell: the log must not go on as if nothing was.
            lose_track(connection)

    def _has_keys(self) -> bool:
        """Return whether there are keys here that were used. Damaged ones are none."""
        file = sqlite_file(self._target.keys)
        if file is not None and not file.exists():
            return False
        try:
            with closing(Database(self._target.keys)) as database:
                with database.reading() as connection:
                    if not step_of(connection):
                        return False
                upgrade(database, Steps.KEYS)
                return KeyStore(database).named(INDEX_KEY) is not None
        except UnavailableError as error:
            if error.code != "database_damaged":
                raise
            return False

    def _newest_keys(self) -> Found:
        names = names_in(self._keys_place, "keys")
        if not names:
            raise InputError(
                "backup_of_keys_missing",
                f"The keys of this installation are not here, and there is no backup of them in "
                f"{self._keys_place.words}. Without them the data can't be opened.",
                "Name the place of their newest copy with --keys-from.",
            )
        return self._readable(self._keys_place, names[-1], "keys")

    def _chosen(self, name: str, *, not_after: datetime | None) -> Found:
        names = names_in(self._place, "main")
        if name and name not in names:
            raise NotFoundError(
                "backup_unknown", f"There is no finished backup of this name in {self._place.words}.", _list(names)
            )
        wanted = [name] if name else names[::-1]
        for one in wanted:
            found = self._readable(self._place, one, "main")
            if not_after is None or found.manifest.at <= not_after:
                return found
        if not wanted:
            raise NotFoundError(
                "backup_unknown", f"There is no finished backup in {self._place.words}.", "Name another place."
            )
        raise UnavailableError(
            "keys_older",
            "This copy of the data is newer than the newest copy of the keys: part of it could not be opened, and "
            "who was erased in between could come back. Nothing was changed.",
            "Name the place of a newer copy of the keys with --keys-from, or an older one of the data with --backup.",
        )

    def _readable(self, place: Place, name: str, what: What) -> Found:
        found = Found(name, manifest_of(place, name))
        if found.manifest.what != what:
            raise damaged(name, "its manifest")
        if not is_step(STEPS[what], found.manifest.step):
            raise UnavailableError(
                "backup_newer",
                f"The backup {name} was made by a newer Troth ({found.manifest.troth}).",
                "Install that version or a later one.",
            )
        return found

    @contextmanager
    def _keys_database(self, keys: Found | None) -> Iterator[Database]:
        """Open the keys that will be used: those that are here, or a copy of the backup in a folder of our own."""
        if keys is None:
            with closing(Database(self._target.keys)) as database:
                yield database
            return
        # Wrapped keys, for our eyes alone, and gone again when they were looked at.
        with (
            TemporaryDirectory(prefix="troth-") as folder,
            closing(Database(sqlite_url(Path(folder) / "keys.db"))) as database,
        ):
            with database.writing() as connection:
                load(connection, "keys", self._keys_place, keys, self._progress)
            yield database


def _list(names: list[str]) -> str:
    return f"There are: {', '.join(names[-5:])}." if names else "There are none."
