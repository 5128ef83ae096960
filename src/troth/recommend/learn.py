"""Fitting the model, and keeping it true to what the gate lets out now.

Laws:

1. The model is fitted only on customers whose clause holds, read through the gate.
2. What is written is one transaction: the changed customers' sealed parts, the served model, and the last row of the
   outbox that is in it. It happens only if nobody replaced the model meanwhile; who loses that race forgets all it
   had in memory and starts from the tables.
3. A row of the outbox says only who changed. Taking it in means: take out the part that is in the model, ask the gate
   what may be used now, put that in. So it may be done twice, and after a crash it is done again.
4. Linked customers are one person and one row, under the smallest of their numbers. A row of the outbox about one of
   them comes with rows about all the others, so whoever leaves takes the row of all out with them.
5. No model is written that holds somebody whose removal was committed before: that is looked up in the writing
   transaction itself, and their part is taken out first.

The statistic and its inverse live in memory only. At the start they are made again from the sealed parts.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from threading import Lock

import numpy as np

from troth.actors import of_job
from troth.catalogue.store import Catalogue
from troth.db import outbox, spent
from troth.db.engine import Connection, Database
from troth.errors import UnavailableError
from troth.gate.gate import Gate
from troth.gate.use import Use
from troth.keys.ring import KeyGoneError, KeyRing
from troth.recommend import store
from troth.recommend.gram import Epoch, Gram, Row, digest
from troth.recommend.holdings import bought, kinds_of
from troth.recommend.live import NOTHING, Frozen, Learnt, Live, bound_to_epoch, kind_of_key, row_of
from troth.recommend.served import Served, decode, encode, serve_from
from troth.recommend.solve import Route, invert
from troth.recommend.store import Header

MOST_ITEMS = 10_000
"""Products in one model at most: the statistic and its inverse take 12 bytes for each pair, here 1.2 GB."""

_TRIES = 5
_READ_ALL_FROM = 200


class _LostRaceError(Exception):
    """Another process replaced the model first; nothing was written."""


class Learner:
    """Fits and refreshes the model of one purpose. Calls wait for one another within a process.

    Args:
        database: the main database.
        gate: lets out what may be used.
        ring: seals the parts.
        catalogue: which products there are, and which of them are fees.
        purpose: the purpose of the promise that the model serves.
        frozen: the settings of new epochs.
    """

    def __init__(
        self, database: Database, *, gate: Gate, ring: KeyRing, catalogue: Catalogue, purpose: str, frozen: Frozen
    ) -> None:
        self._database = database
        self._gate = gate
        self._ring = ring
        self._catalogue = catalogue
        self._purpose = purpose
        self._frozen = frozen
        self._kinds = kinds_of(gate.promise, purpose).bought
        self._key = kind_of_key(purpose)
        self._live: Live | None = None
        self._seen: tuple[tuple[int, bytes], Epoch] | None = None
        self._lock = Lock()

    def fit(self, *, now: datetime) -> Learnt:
        """Begin a new epoch: read everybody who agreed, anew, over today's products.

        Raises:
            UnavailableError: other processes kept replacing the model; nothing was changed by this one.
        """
        with self._lock:
            return self._until_won(lambda: self._fit(now))

    def refresh(
        self,
        *,
        now: datetime,
        without: AbstractSet[int] = frozenset(),
        patience: timedelta = timedelta(0),
        wait: float = -1,
    ) -> Learnt:
        """Take in what happened since; make the first model when there is none.

        Args:
            now: the moment.
            without: customers whose part is taken out whatever the gate says.
            patience: how long news may wait for more news to come. A removal never waits.
            wait: seconds to wait for another call of this process at most; below 0 for as long as it takes.

        Raises:
            UnavailableError: as for `fit`, or `wait` is over.
        """
        if not self._lock.acquire(timeout=wait):
            raise _busy()
        try:
            return self._until_won(lambda: self._refresh(now, without, patience))
        finally:
            self._lock.release()

    def warm(self) -> None:
        """Make the statistic and its inverse in memory, so that the first removal is taken in as fast as others."""
        with self._lock, self._database.reading() as connection:
            header = store.header(connection, self._purpose)
            if header is not None:
                self._live = self._loaded(connection, header)

    def _until_won(self, attempt: Callable[[], Learnt]) -> Learnt:
        for _ in range(_TRIES):
            try:
                return attempt()
            except _LostRaceError:
                self._live = None
            except BaseException:
                # Half-changed numbers are never used again; the tables know better.
                self._live = None
                raise
        raise _busy()

    def _fit(self, now: datetime) -> Learnt:
        self._live = None
        with self._database.reading() as connection:
            old = store.header(connection, self._purpose)
            # Read before the gate is asked: what happens meanwhile has a later number and is taken in afterwards.
            seq = outbox.newest(connection)
        held = self._everybody(now)
        epoch = Epoch(
            number=1 if old is None else old.epoch + 1,
            items=self._items(held),
            ridge=self._frozen.ridge,
            keep=self._frozen.keep,
            support=self._frozen.support,
            damping=self._frozen.damping,
            version=self._gate.promise.version.number,
            terms=self._gate.promise.fingerprint,
        )
        index = {product: place for place, product in enumerate(epoch.items)}
        rows = {customer: row_of(products, index) for customer, products in held.items()}
        rows = {customer: row for customer, row in rows.items() if row.size}
        gram = Gram(len(epoch.items))
        gram.add(rows.values())
        inverse = invert(gram.counts, epoch.ridge)
        live = Live(old, epoch, gram, inverse, rows, index, route=Route.SOLVED_ANEW)
        return self._publish(live, seq, changed=set(rows), whole=True)

    def _refresh(self, now: datetime, without: AbstractSet[int], patience: timedelta) -> Learnt:
        with self._database.reading() as connection:
            old = store.header(connection, self._purpose)
            theirs = None if old is None else self._epoch_of(connection, old)
            ours = theirs is not None and self._is_under_our_terms(theirs)
            # What happened under the terms of a newer promise is for a process that has it: this one only takes out.
            happened = outbox.since(connection, old.seq) if old is not None and ours else []
            urgent = without or any(one.removal for one in happened)
            if old is not None and (urgent or (happened and now - happened[0].at >= patience)):
                live = self._live = self._loaded(connection, old)
            else:
                live = None
        if old is None or theirs is None or self._is_outdated(theirs):
            return self._fit(now)
        if live is None:
            return Learnt(old.epoch, old.seq, 0, Route.UNCHANGED)
        told = {one.customer for one in happened} | without
        new = self._rows_now(told - without, live.index, now)
        changed = {
            customer: row
            for customer in told
            if not np.array_equal(row := new.get(customer, NOTHING), live.rows.get(customer, NOTHING))
        }
        seq = happened[-1].seq if happened else old.seq
        if not changed and not live.missing:
            return self._advance(live, seq)
        live.apply(changed)
        return self._publish(live, seq, changed=changed.keys() | live.missing, whole=False)

    def _epoch_of(self, connection: Connection, header: Header) -> Epoch:
        name = (header.epoch, header.digest)
        if self._seen is None or self._seen[0] != name:
            self._seen = (name, decode(store.body(connection, self._purpose)).epoch)
        return self._seen[1]

    def _is_under_our_terms(self, epoch: Epoch) -> bool:
        return epoch.terms == self._gate.promise.fingerprint

    def _is_outdated(self, epoch: Epoch) -> bool:
        """Whether the model was made under terms that ours replace: an older version, or the same one edited."""
        return not self._is_under_our_terms(epoch) and epoch.version <= self._gate.promise.version.number

    def _advance(self, live: Live, seq: int) -> Learnt:
        old = live.header
        assert old is not None
        with self._database.writing() as connection:
            if not store.advance(connection, self._purpose, old=old, seq=seq):
                raise _LostRaceError
            outbox.clear(connection, seq)
        live.header = Header(old.epoch, seq, old.digest)
        return Learnt(old.epoch, seq, 0, Route.UNCHANGED)

    def _publish(self, live: Live, seq: int, *, changed: AbstractSet[int], whole: bool) -> Learnt:
        """Write `live` as the model that has taken in the outbox up to `seq`. Killed before the commit: nothing."""
        changed, route = set(changed), live.route
        # A model made anew may follow one that was thrown away with everybody's part: who has a key shows whose.
        had = self._gate.here(self._ring.who_has(self._key) - live.rows.keys()) if whole else frozenset()
        for _ in range(_TRIES):
            served = serve_from(live.epoch, live.gram, live.inverse)
            new = Header(live.epoch.number, seq, digest(live.gram.counts, live.epoch.items))
            with self._database.writing() as connection:
                left = {one.customer for one in store.removals(connection, seq)} & live.rows.keys()
                if not left:
                    self._write(connection, live, new, served, changed=changed, whole=whole, had=had)
            if not left:
                live.header, live.missing, self._live = new, set(), live
                return Learnt(new.epoch, seq, len(changed), route)
            live.apply(dict.fromkeys(left, NOTHING))
            changed |= left
        raise UnavailableError("model_busy", "Customers kept leaving while the model was made.", "Try again.")

    def _write(
        self,
        connection: Connection,
        live: Live,
        new: Header,
        served: Served,
        *,
        changed: set[int],
        whole: bool,
        had: frozenset[int],
    ) -> None:
        if not store.swap(connection, self._purpose, old=live.header, new=new, served=encode(served)):
            raise _LostRaceError
        # The model is the outbox's only reader, and has now taken these rows in.
        outbox.clear(connection, new.seq)
        stay = {customer: live.rows[customer] for customer in changed if customer in live.rows}
        # Keys first, in one go: a crash here leaves keys without data, never data without its key.
        self._ring.ensure((customer, self._key) for customer in stay)
        sealed = {
            customer: self._ring.seal(
                customer, self._key, row.astype("<i4").tobytes(), bound_to=bound_to_epoch(new.epoch)
            )
            for customer, row in stay.items()
        }
        if whole:
            store.replace_parts(connection, self._purpose, sealed)
            gone = had
        else:
            store.put_parts(connection, self._purpose, sealed)
            gone = frozenset(changed - stay.keys())
            store.drop_parts(connection, self._purpose, gone)
        spent.note(connection, ((customer, self._key) for customer in gone))

    def _loaded(self, connection: Connection, header: Header) -> Live:
        """Return the model in memory if it is `header`'s; otherwise make it from the sealed parts."""
        if self._live is not None and self._live.header == header:
            return self._live
        epoch = decode(store.body(connection, self._purpose)).epoch
        rows: dict[int, Row] = {}
        missing: set[int] = set()
        self._ring.warm([self._key])
        for customer, sealed in store.parts(connection, self._purpose).items():
            try:
                opened = self._ring.open(customer, self._key, sealed, bound_to=bound_to_epoch(epoch.number))
            except KeyGoneError:
                # Their key was destroyed: they have left, and their part goes with the next model written.
                missing.add(customer)
            else:
                rows[customer] = np.frombuffer(opened, dtype="<i4").astype(np.int32)
        gram = Gram(len(epoch.items))
        gram.add(rows.values())
        index = {product: place for place, product in enumerate(epoch.items)}
        return Live(header, epoch, gram, invert(gram.counts, epoch.ridge), rows, index, missing)

    def _items(self, held: Mapping[int, frozenset[str]]) -> tuple[str, ...]:
        """Return the products of a new epoch: all that are no fees; beyond `MOST_ITEMS` those that most have."""
        products = [product for product, known in self._catalogue.all().items() if not known.is_fee]
        if len(products) > MOST_ITEMS:
            counted = Counter(product for owned in held.values() for product in owned)
            products = sorted(products, key=lambda product: (-counted[product], product))[:MOST_ITEMS]
        return tuple(sorted(products))

    def _everybody(self, now: datetime) -> dict[int, frozenset[str]]:
        """Return customer → products bought, for everybody who lets us use it."""
        if not self._kinds:
            return {}
        held = self._gate.read_many(self._use(), now=now)
        return {customer: bought(item for kind in items.values() for item in kind) for customer, items in held}

    def _rows_now(self, customers: Collection[int], index: Mapping[str, int], now: datetime) -> dict[int, Row]:
        if not self._kinds or not customers:
            return {}
        if len(customers) >= _READ_ALL_FROM:
            everybody = self._everybody(now)
            return {who: row_of(everybody[who], index) for who in customers if who in everybody}
        # One snapshot: a link that came between would count its person under two numbers.
        with self._database.reading():
            heads = self._gate.heads(list(customers))
            alone = [who for who in customers if heads.get(who, who) == who]
            answers = {who: self._gate.read(self._use(), who, now=now).items for who in alone}
        return {
            who: row_of(bought(item for kind in items.values() for item in kind), index)
            for who, items in answers.items()
        }

    def _use(self) -> Use:
        return Use(of_job("fit", self._purpose), self._purpose, self._kinds)


def _busy() -> UnavailableError:
    return UnavailableError("model_busy", "The model is being changed by somebody else.", "Try again.")
