"""What an installation stands on: its databases, its keys, its journal, and the promise that is in force.

Opened from the bottom up, before any room: without keys nothing can be read, and nothing is done under a promise that
is not on record.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from troth.clock import Clock
from troth.db.engine import Database, sqlite_url
from troth.db.migrate import Steps, upgrade
from troth.identity.service import INDEX_KEY, Identity
from troth.journal.service import Journal
from troth.keys.choosing import Access as KeyAccess
from troth.keys.choosing import provider_named
from troth.keys.epochs.store import EpochStore
from troth.keys.file import make_folder
from troth.keys.provider import KeyProvider
from troth.keys.ring import KeyRing
from troth.promise.read import read_promise
from troth.promise.versions import Given, Versions
from troth.settings import Settings


@dataclass(frozen=True, slots=True)
class Ground:
    """An open ground. Handed to nobody but `app`: with it, rows and keys could be had without a verdict."""

    database: Database
    keys_database: Database
    epochs: EpochStore
    provider: KeyProvider
    ring: KeyRing
    journal: Journal
    identity: Identity
    given: Given


def open_ground(settings: Settings, clock: Clock, undo: ExitStack) -> Ground:
    """Open what `settings` name; `undo` closes it again when a later step fails.

    Raises:
        PromiseError: the promise file is missing or wrong, or breaks the one before; no room was opened.
        UnavailableError: a database or the master key can't be used.
    """
    promise = read_promise(settings.promise)
    keys_database = _open(settings.keys_database, settings.keys_folder / "keys.db", Steps.KEYS)
    undo.callback(keys_database.close)
    epochs, provider = EpochStore(keys_database), key_provider(settings)
    ring = KeyRing(epochs, provider, now=clock.now())
    data = settings.data_folder / "troth.db"
    database = _open(settings.database, data, Steps.MAIN, may_be_new=not ring.knows(INDEX_KEY))
    undo.callback(database.close)
    journal = Journal(database, keys_database)
    identity = Identity(database, ring, journal)
    journal.open(identity.installation)
    # On record before anything is done under it.
    text, nobody = settings.promise.read_bytes(), identity.is_empty()
    given = Versions(database).admit(promise, text, now=clock.now(), nobody=nobody)
    return Ground(database, keys_database, epochs, provider, ring, journal, identity, given)


def key_provider(settings: Settings) -> KeyProvider:
    """Return who holds the master key. Nothing is asked of it yet."""
    access = KeyAccess(
        token=settings.transit_token.get_secret_value(),
        token_file=settings.transit_token_file,
        ca=settings.transit_ca,
        namespace=settings.transit_namespace,
    )
    return provider_named(settings.key_provider_words, access)


def _open(url: str, file: Path, steps: Steps, *, may_be_new: bool = True) -> Database:
    if not url:
        make_folder(file.parent)
        url = sqlite_url(file)
    database = Database(url)
    try:
        upgrade(database, steps, may_be_new=may_be_new)
    except BaseException:
        database.close()
        raise
    return database
