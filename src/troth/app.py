"""The only place that knows everybody: `build` plugs the rooms together, bottom floor first."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from troth.access.service import Access
from troth.backup.choosing import place_named
from troth.backup.making import Backups, Keys
from troth.backup.place import Place
from troth.backup.signing import sign
from troth.breach.service import Breach
from troth.cases.ages import Ages
from troth.cases.choosing import Choosing
from troth.cases.copies import LastCopies
from troth.cases.deleting import Deleting
from troth.cases.erasure import Erasure
from troth.cases.merging import Merging
from troth.cases.noting import Noting
from troth.cases.replay import Replay, Replayed, Rooms
from troth.cases.sealing import Sealing
from troth.cases.settling import Settling
from troth.cases.signals import Signals
from troth.cases.spent import Derived, SpentKeys
from troth.cases.stopping import Stopping
from troth.catalogue.store import Catalogue
from troth.clock import Clock, SystemClock
from troth.consent.service import Consent
from troth.db.engine import Database
from troth.errors import InputError
from troth.gate.gate import Gate
from troth.gate.terms import Terms
from troth.ground import Ground, open_ground
from troth.identity.service import Identity
from troth.journal.service import Journal
from troth.keeper import Keeper
from troth.keys.epochs.change import Epochs
from troth.keys.ring import KeyRing
from troth.ledger.log import Ledger
from troth.ledger.looks import Look, looks_in
from troth.ledger.publishing.published import Published
from troth.ledger.publishing.publisher import Publisher
from troth.ledger.publishing.receipts import Receipts
from troth.ledger.publishing.witnessing import read_witnesses
from troth.promise.model import Clause, Promise
from troth.promise.taxonomy import lies_below
from troth.promise.versions import Given, Versions
from troth.recommend.keeper import ModelKeeper
from troth.recommend.rebuild import Verification, verify
from troth.recommend.service import Suggestions
from troth.settings import Settings, must_lie_outside
from troth.staff.service import Staff
from troth.stops.service import Stops
from troth.vault.store import Vault, row_label

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
    publisher: Publisher
    receipts: Receipts
    published: Published
    noting: Noting
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
    deleting: Deleting
    spent_keys: SpentKeys
    copies: LastCopies
    backups: Backups
    breach: Breach
    keepers: tuple[Keeper, ...]
    replayed: Replayed
    # Handed to nobody: with them, rows and keys could be had without a verdict.
    _journal: Journal = field(repr=False)
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

    def publish(self, *, now: datetime) -> None:
        """Sign what of the ledger is not signed yet."""
        if self.publisher.is_due():
            self.publisher.publish(now=now)

    def count(self) -> None:
        """Add to the record how often clauses were used."""
        self.gate.uses.count()

    def tidy(self, *, now: datetime) -> None:
        """Tell the days of use that are over, note what the company did, delete evidence that is past its keep."""
        self.gate.uses.tell_days(now=now)
        self.noting.catch_up(now=now)
        keep = self.promise.evidence_keep.after(now, self.promise.company.time_zone) - now
        self.ledger.delete_before(now - keep)

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
        app.spent_keys.resume()
        undo.pop_all()
    return app


def _build(settings: Settings, clock: Clock, undo: ExitStack) -> App:
    """Plug the rooms together; what was opened is closed again by `undo` when a later step fails."""
    ground = open_ground(settings, clock, undo)
    database, keys_database, ring = ground.database, ground.keys_database, ground.ring
    journal, identity, given = ground.journal, ground.identity, ground.given
    promise = given.promise
    ledger, publisher, noting = _evidence(ground, settings, now=clock.now())
    consent = Consent(database, identity, promise, journal, ledger)
    stops = Stops(database, identity, promise, journal, ring=ring, ledger=ledger)
    gate = Gate(
        database,
        Terms.of(promise, given.history, given.recorded),
        identity=identity,
        consent=consent,
        stops=stops,
        ledger=ledger,
        journal=journal,
        vault=Vault(ring),
        ring=ring,
    )
    catalogue = Catalogue(database)
    suggestions = Suggestions(database, gate=gate, ring=ring, catalogue=catalogue, purpose=_suggesting(promise))
    # The model's part first: until it is subtracted, suggestions to others would still hold it.
    model = ModelKeeper(database, ring, suggestions)
    spent_keys = SpentKeys(database, gate=gate, ring=ring, derived=Derived(model.key, model.holds))
    settling = Settling(database, gate=gate, identity=identity, keys=spent_keys)
    deleting = Deleting(database, gate=gate, identity=identity, keys=spent_keys, journal=journal, ledger=ledger)
    keepers: tuple[Keeper, ...] = (model, consent, stops, ledger, deleting)
    erasure = Erasure(
        database, gate=gate, identity=identity, ring=ring, journal=journal, ledger=ledger, keepers=keepers
    )
    access, staff = Access(database, promise, journal), Staff(database, promise, journal)
    rooms = Rooms(identity, consent, stops, staff, access, erasure, deleting)
    replay = Replay(database, journal=journal, rooms=rooms, ring=ring, forget_model=suggestions.forget_in)
    Sealing(database, identity=identity, stops=stops, journal=journal).catch_up()
    stopping = Stopping(stops, settling)
    backups = _backups(ground, ledger)
    epochs = _epochs(ground, settings, backups)
    return App(
        settings=settings,
        promise=promise,
        given=given,
        clock=clock,
        epochs=epochs,
        identity=identity,
        access=access,
        staff=staff,
        ledger=ledger,
        publisher=publisher,
        receipts=Receipts(database, ledger, publisher),
        published=Published(database, ledger),
        noting=noting,
        catalogue=catalogue,
        consent=consent,
        stops=stops,
        gate=gate,
        suggestions=suggestions,
        choosing=Choosing(consent, settling, identity),
        merging=Merging(database, identity=identity, consent=consent, stops=stops, settling=settling, ledger=ledger),
        stopping=stopping,
        signals=Signals(stops, stopping),
        ages=Ages(promise, identity=identity, stops=stops, stopping=stopping),
        erasure=erasure,
        deleting=deleting,
        spent_keys=spent_keys,
        copies=LastCopies(promise, lambda: epochs.dead_by(lasts=settings.epoch_lasts)),
        backups=backups,
        breach=_breach(ground, ledger, staff, access),
        keepers=keepers,
        replayed=replay.catch_up(),
        _journal=journal,
        _ring=ring,
        _databases=(database, keys_database),
    )


def _evidence(ground: Ground, settings: Settings, *, now: datetime) -> tuple[Ledger, Publisher, Noting]:
    """Open the ledger before any room that notes in it, and note what the company did since."""
    main, keys = ground.database, ground.keys_database
    ledger = Ledger(main, keys, ground.ring)
    origin = settings.log or origin_of(ground.given.promise)
    publisher = Publisher(main, keys, ledger, origin=origin, witnesses=read_witnesses(settings.witnesses))
    publisher.open(now=now)
    noting = Noting(main, ledger=ledger, versions=Versions(main), epochs=ground.epochs)
    noting.catch_up(now=now)
    return ledger, publisher, noting


def _breach(ground: Ground, ledger: Ledger, staff: Staff, access: Access) -> Breach:
    return Breach(
        ground.database,
        ground.keys_database,
        ring=ground.ring,
        provider=ground.provider,
        identity=ground.identity,
        promise=ground.given.promise,
        bound_to=row_label,
        looks=partial(_looks_at, ledger),
        names=lambda: {one.name for one in staff.all()} | {name for name, *_ in access.all_keys()},
    )


def origin_of(promise: Promise) -> str:
    """Return the name that the ledger's log gets when the settings name none: the company's site, and ``/log``."""
    return f"{urlsplit(promise.company.site).hostname}/log"


def _looks_at(ledger: Ledger, customer: int) -> tuple[list[tuple[datetime, Look]], int]:
    story = ledger.of_customer(customer)
    return [(noted.at, look) for noted, look in looks_in(story)], story.lost


def place_for_backups(words: str, settings: Settings) -> Place:
    """Return the place that `words` name; refuse one where a copy would lie beside what it is a copy of.

    Raises:
        InputError: the words can't be understood, or the master key, the data or the keys lie there.
    """
    if "://" not in words:
        folder = Path(words).resolve()
        if any(folder.is_relative_to(own.resolve()) for own in (settings.data_folder, settings.keys_folder)):
            raise InputError(
                "backup_place_inside",
                "A backup may not lie in the folder of the data or of the keys: it would be lost with them.",
                "Name another place, best on another disk.",
            )
        if settings.key_provider_words.startswith("file:"):
            must_lie_outside(settings.master_key_file, folder)
    return place_named(words)


def _backups(ground: Ground, ledger: Ledger) -> Backups:
    return Backups(
        ground.database,
        ground.keys_database,
        journal=ground.journal,
        promise=ground.given.promise,
        installation=ground.identity.installation,
        keys_now=Keys(epoch=lambda: ground.epochs.all_epochs()[0].number, sign=lambda data: sign(ground.ring, data)),
        ledger=ledger,
    )


def _epochs(ground: Ground, settings: Settings, backups: Backups) -> Epochs:
    def copy(now: datetime) -> None:
        backups.make({"keys": place_for_backups(settings.epoch_copy, settings)}, now=now)

    return Epochs(
        ground.epochs,
        ground.provider,
        renews_master=settings.renews_master,
        copy=copy if settings.epoch_copy else None,
    )


def _suggesting(promise: Promise) -> str:
    """Return the purpose that suggestions are made for: the first that personalises content."""
    personal = (one.key for one in promise.purposes.values() if lies_below(one.use, "personalize"))
    return next(personal, "suggestions")
