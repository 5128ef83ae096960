"""The only place that knows everybody: `build` plugs the rooms together, bottom floor first."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from troth.access.service import Access
from troth.cases.ages import Ages
from troth.cases.choosing import Choosing
from troth.cases.erasure import Erasure
from troth.cases.merging import Merging
from troth.cases.signals import Signals
from troth.cases.stopping import Stopping
from troth.catalogue.store import Catalogue
from troth.clock import Clock, SystemClock
from troth.consent.service import Consent
from troth.db.engine import Database, sqlite_url
from troth.db.migrate import Steps, upgrade
from troth.gate.gate import Gate
from troth.gate.terms import Terms
from troth.identity.service import INDEX_KEY, Identity
from troth.keeper import Keeper
from troth.keys.choosing import Access as KeyAccess
from troth.keys.choosing import provider_named
from troth.keys.epochs import Epochs
from troth.keys.file import make_folder
from troth.keys.ring import KeyRing
from troth.keys.store import KeyStore
from troth.ledger.log import Ledger
from troth.promise.model import Clause, Promise
from troth.promise.read import read_promise
from troth.promise.taxonomy import lies_below
from troth.promise.versions import Given, Versions
from troth.recommend.keeper import ModelKeeper
from troth.recommend.rebuild import Verification, verify
from troth.recommend.service import Suggestions
from troth.settings import Settings
from troth.staff.service import Staff
from troth.stops.service import Stops
from troth.vault.store import Vault

SECRETS_OF_FACES = frozenset({"web-session", "consent-records"})
"""The installation's own keys that faces may use: to sign visits, and to name customers in consent records."""


@dataclass(frozen=True, slots=True)
class App:
    """An open installation. Close it when done."""

    settings: Settings
    promise: Promise
    given: Given
    clock: Clock
    epochs: Epochs
    identity: Identity
    access: Access
    staff: Staff
    ledger: Ledger
    catalogue: Catalogue
    consent: Consent
    stops: Stops
    gate: Gate
    suggestions: Suggestions
    choosing: Choosing
    merging: Merging
    stopping: Stopping
    signals: Signals
    ages: Ages
    erasure: Erasure
    keepers: tuple[Keeper, ...]
    # Handed to nobody: with them, rows and keys could be had without a verdict.
    _ring: KeyRing = field(repr=False)
    _databases: tuple[Database, Database] = field(repr=False)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let every read of this thread inside the block see one moment."""
        with self._databases[0].reading():
            yield

    def secret(self, name: str) -> bytes:
        """Return the 256-bit key that a face signs or hashes with, made on first use.

        Args:
            name: one of `SECRETS_OF_FACES`; the keys by which rooms recognise customers are not handed out.

        Raises:
            ValueError: another name.
        """
        if name not in SECRETS_OF_FACES:
            raise ValueError("no face has this key")
        return self._ring.named(name)

    def verify_model(self) -> Verification:
        """Rebuild the model independently from what the gate lets out now, and compare."""
        main = self._databases[0]
        return verify(main, self.gate, purpose=self.suggestions.purpose, now=self.clock.now())

    def touched_by(self, new: Promise) -> tuple[dict[Clause, int], dict[str, tuple[int, int]]]:
        """Count whom the promise `new` would touch here, were it to follow the newest on record.

        Returns:
            Clause on consent → for how many it holds today; and kind of data → (customers, items) that would go.
        """
        waiting = () if self.given.coming is None else (self.given.coming,)
        before = [*self.given.history, self.promise, *waiting]
        terms, now = Terms.of(new, before, self.given.recorded), self.clock.now()
        gone = self.gate.would_delete(terms, now=max(now, terms.begins))
        return self.gate.count_agreed(now=now), gone

    def close(self) -> None:
        """Close the databases."""
        for database in self._databases:
            database.close()


def build(settings: Settings, *, clock: Clock | None = None) -> App:
    """Open the installation that `settings` name; make it when it is not there yet.

    Args:
        settings: where everything is.
        clock: tells the time; the machine's by default.

    Raises:
        PromiseError: the promise file is missing or wrong; nothing was opened.
        UnavailableError: a database or the master key can't be used.
    """
    with ExitStack() as undo:
        app = _build(settings, clock or SystemClock(), undo)
        app.erasure.resume(now=app.clock.now())
        undo.pop_all()
    return app


def _build(settings: Settings, clock: Clock, undo: ExitStack) -> App:
    """Plug the rooms together; what was opened is closed again by `undo` when a later step fails."""
    promise = read_promise(settings.promise)
    keys_database = _open(settings.keys_database, settings.keys_folder / "keys.db", Steps.KEYS)
    undo.callback(keys_database.close)
    keys = KeyStore(keys_database)
    provider = provider_named(settings.key_provider_words, _access(settings))
    ring = KeyRing(keys, provider, now=clock.now())
    data = settings.data_folder / "troth.db"
    database = _open(settings.database, data, Steps.MAIN, may_be_new=not ring.knows(INDEX_KEY))
    undo.callback(database.close)

    identity = Identity(database, ring)
    versions = Versions(database)
    # On record before anything is done under it.
    given = versions.admit(promise, settings.promise.read_bytes(), now=clock.now(), nobody=identity.is_empty())
    promise = given.promise
    consent = Consent(database, identity, promise)
    stops = Stops(database, identity, promise)
    ledger = Ledger(database, ring)
    gate = Gate(
        database,
        Terms.of(promise, given.history, given.recorded),
        identity=identity,
        consent=consent,
        stops=stops,
        ledger=ledger,
        vault=Vault(ring),
        ring=ring,
    )
    catalogue = Catalogue(database)
    suggestions = Suggestions(database, gate=gate, ring=ring, catalogue=catalogue, purpose=_suggesting(promise))
    # The model's part first: until it is subtracted, suggestions to others would still hold it.
    keepers: tuple[Keeper, ...] = (ModelKeeper(database, ring, suggestions), consent, stops, ledger)
    erasure = Erasure(database, gate=gate, identity=identity, ring=ring, keepers=keepers)
    stopping = Stopping(stops, gate)
    return App(
        settings=settings,
        promise=promise,
        given=given,
        clock=clock,
        epochs=Epochs(keys, provider, renews_master=settings.renews_master),
        identity=identity,
        access=Access(database, promise),
        staff=Staff(database, promise),
        ledger=ledger,
        catalogue=catalogue,
        consent=consent,
        stops=stops,
        gate=gate,
        suggestions=suggestions,
        choosing=Choosing(consent, gate, identity),
        merging=Merging(database, identity=identity, consent=consent, stops=stops, gate=gate),
        stopping=stopping,
        signals=Signals(stops, stopping),
        ages=Ages(promise, identity=identity, stops=stops, stopping=stopping),
        erasure=erasure,
        keepers=keepers,
        _ring=ring,
        _databases=(database, keys_database),
    )


def _access(settings: Settings) -> KeyAccess:
    return KeyAccess(
        token=settings.transit_token.get_secret_value(),
        token_file=settings.transit_token_file,
        ca=settings.transit_ca,
        namespace=settings.transit_namespace,
    )


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


def _suggesting(promise: Promise) -> str:
    """Return the purpose that suggestions are made for: the first that personalises content."""
    personal = (one.key for one in promise.purposes.values() if lies_below(one.use, "personalize"))
    return next(personal, "suggestions")
