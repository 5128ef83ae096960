"""Answers after a breach: whose data, and which.

Laws:

1. Rows and keys are each read from one moment. Nothing is opened to answer; where a copy is asked about, one row of
   each customer and kind is tried with its key and thrown away (`judging`).
2. Everybody is gone through in the order of their numbers, and nothing but sums is kept: a million customers need no
   more room than ten.
3. Who answers names nobody. Ids are opened for a list alone, some hundreds at a time (`listing`).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from troth.backup.parts import Progress
from troth.backup.signing import must_be_signed
from troth.breach import store
from troth.breach.copied import CopiedData, Copy, Taken, copied_epochs, copied_keys, lots_of, taken
from troth.breach.judging import Judge, Keys, Lies, tried
from troth.breach.looking import Looked, Looks, LooksOf
from troth.breach.model import Cause, Gone, Lot, Report, clocks
from troth.breach.reading import Beside, by_customer
from troth.breach.tally import Tally, merged
from troth.breach.theft import RETIRED, Stolen, gone_since, judge_of, living_in
from troth.clock import to_micros
from troth.db.engine import Connection, Database
from troth.errors import InputError, NotFoundError, UnavailableError
from troth.identity.service import Identity
from troth.keys.provider import KeyProvider
from troth.keys.ring import KeyRing
from troth.keys.store import KeyStore, every_epoch
from troth.promise.model import Promise

Sink = Callable[[int, Sequence[Lot]], object]
"""Handed the number of each customer who is reached, in order, and what of theirs is."""

_AT_ONCE = 200
"""Customers whose rows are tried together."""

_NOBODY = (0, None, False)


@dataclass(frozen=True, slots=True)
class _Around:
    """What is read beside the lots."""

    lots: Iterator[tuple[int, list[Lot]]]
    keys: Iterator[store.Key]
    known: Iterator[tuple[int, int, bool]]
    ring: KeyRing | None


class Breach:
    """Answers what a theft reaches.

    Args:
        database: the main database.
        keys: the key database.
        ring: tries keys, and knows our signature.
        provider: holds the master key; unwraps the epochs of a copy of the keys.
        identity: who is linked.
        promise: names kinds, and says how sensitive they are.
        bound_to: (microseconds, mark) → what a sealed item is bound to besides its customer and kind.
        looks: tells who looked at a customer's data.
        names: tells who there is to look: people who work here or did, and programs.
    """

    room = "breach"

    def __init__(
        self,
        database: Database,
        keys: Database,
        *,
        ring: KeyRing,
        provider: KeyProvider,
        identity: Identity,
        promise: Promise,
        bound_to: Callable[[int, bytes], bytes],
        looks: LooksOf,
        names: Callable[[], Collection[str]],
    ) -> None:
        self._database = database
        self._keys = keys
        self._ring = ring
        self._provider = provider
        self._identity = identity
        self._promise = promise
        self._bound_to = bound_to
        self._looks = looks
        self._names = names

    def stolen(
        self,
        asked: Stolen,
        *,
        now: datetime,
        noticed: datetime | None = None,
        sink: Sink = lambda _customer, _lots: None,
        progress: Progress = lambda _what, _done, _all: None,
    ) -> Report:
        """Return whose data, and which, can be opened with what was stolen.

        Args:
            asked: what was stolen.
            now: the moment.
            noticed: when the company became aware of it.
            sink: handed everybody who is reached, in the order of their numbers.
            progress: told how far a copy is read.

        Raises:
            InputError: what was asked can't be: an unknown epoch or kind, several copies at once.
            NotFoundError: there is no such copy.
            UnavailableError: a copy is damaged or not ours.
        """
        copies = taken(asked.backups)
        for one in (copies.main, copies.keys):
            if one is not None:
                must_be_signed(self._ring, one.found.name, one.found.manifest)
        with ExitStack() as held:
            main = held.enter_context(self._database.reading_alone())
            keys = held.enter_context(self._keys.reading_alone())
            self._must_be_a_kind(main, asked.kind)
            epochs = {epoch.number: epoch for epoch in every_epoch(keys)}
            judge = judge_of(asked, copies, epochs)
            around = self._around(main, keys, asked, copies, held, progress)
            if copies.keys is not None:
                judge.living = living_in(around.ring)
            reached, shredded, spared = self._summed(main, around, judge, asked.kind, sink)
            gone = gone_since(main, asked, copies, epochs)
        told = reached.reach()
        is_sealed = copies.main is not None and copies.keys is None and asked.epoch is None
        return Report(
            Cause.INTRUSION,
            now,
            told,
            shredded.reach(),
            spared.reach(),
            gone,
            is_exact=not judge.guessed,
            is_sealed=is_sealed,
            clocks=clocks(told, is_sealed=is_sealed, noticed=noticed),
        )

    def looked(
        self,
        asked: Looked,
        *,
        now: datetime,
        noticed: datetime | None = None,
        sink: Sink = lambda _customer, _lots: None,
    ) -> Report:
        """Return what was looked at or handed out, of whom and by whom, as the ledger tells.

        Args:
            asked: which looks.
            now: the moment.
            noticed: when the company became aware of it.
            sink: handed everybody of whom something was let out, in the order of their numbers.

        Raises:
            InputError: what was asked can't be: an empty time, an unknown kind, person or recipient.
        """
        if asked.since >= min(asked.until, now):
            raise InputError(
                "breach_time", "This time is empty or has not come.", "Let --since be before --until and before now."
            )
        if asked.to and asked.to not in self._promise.recipients:
            known = ", ".join(sorted(self._promise.recipients)) or "none"
            raise InputError("breach_recipient", "The promise has no such recipient.", f"It names: {known}.")
        with self._database.reading() as main:
            self._must_be_a_kind(main, asked.kind)
            start, before = to_micros(asked.since), to_micros(asked.until)
            reached, sums, lost = self._tally(main), Looks(asked), 0
            erased = store.erased_since(main, start)
            for customer in store.noted_between(main, start, before):
                noted, missing = self._looks(customer)
                lost += missing
                lots = sums.of(reached.person(customer), noted)
                if lots:
                    reached.add(customer, lots, is_known=True)
                    sink(customer, lots)
        if asked.by and not sums.lookers() and asked.by not in self._names():
            raise NotFoundError(
                "breach_nobody", "Nobody here has or had this name.", "See everybody: troth staff list"
            )
        told = reached.reach()
        return Report(
            Cause.MISUSE,
            now,
            told,
            gone=Gone(0, erased),
            lookers=sums.lookers(),
            lost=lost,
            clocks=clocks(told, is_judged=True, noticed=noticed),
        )

    def _tally(self, main: Connection) -> Tally:
        linked = self._identity.people.remarkable(main)
        return Tally(self._promise, {one: seen.person for one, seen in linked.items() if seen.person is not None})

    def _must_be_a_kind(self, main: Connection, kind: str) -> None:
        if kind and kind not in self._promise.data:
            others = store.kinds_kept(main)
            if kind not in others:
                known = ", ".join(sorted({*self._promise.data, *others}))
                raise InputError("breach_kind", "Nothing of this kind is promised or kept.", f"There are: {known}.")

    def _around(
        self,
        main: Connection,
        keys: Connection,
        asked: Stolen,
        copies: Taken,
        held: ExitStack,
        progress: Progress,
    ) -> _Around:
        if copies.keys is not None:
            ring, wrapped = self._copied(copies.keys, held, progress), copied_keys(copies.keys)
        else:
            ring, wrapped = self._ring, store.keys(keys, is_tried=copies.main is not None)
        if copies.main is not None:
            data = CopiedData(copies.main, self._bound_to, progress)
            streams = [data.held(), data.ids(), data.noted(), *data.in_model(), *data.remarks()]
        else:
            before = {} if asked.until is None else {"before": to_micros(asked.until)}
            lots = store.held(main, **before)
            if copies.keys is not None:
                lots = lots_of(store.rows(main, **before), self._bound_to)
            ids = store.ids(main, is_tried=copies.keys is not None)
            streams = [lots, ids, store.noted(main), store.in_model(main), *store.remarks(main)]
        if asked.kind:
            # Items alone: what other rooms keep is of no kind of the promise.
            streams = streams[:1]
        return _Around(by_customer(streams), wrapped, store.known(main), ring)

    def _copied(self, copy: Copy, held: ExitStack, progress: Progress) -> KeyRing | None:
        """Return a ring on the epochs of a copy of the keys; None where their master key is gone."""
        database = held.enter_context(copied_epochs(copy, progress))
        try:
            return KeyRing(KeyStore(database), self._provider, now=copy.found.manifest.at)
        except UnavailableError as error:
            if error.code not in RETIRED:
                raise
            return None

    def _summed(
        self, main: Connection, around: _Around, judge: Judge, kind: str, sink: Sink
    ) -> tuple[Tally, Tally, Tally]:
        """Go through everybody; return what is reached, what is dead, and what is spared."""
        reached, dead, spared = (self._tally(main) for _ in range(3))
        keys, known = Beside(around.keys), Beside(around.known)
        waiting: list[_Judged] = []

        def settle() -> None:
            _try(waiting, judge, around.ring)
            for one in waiting:
                lots = one.that(Lies.OPEN)
                if lots:
                    reached.add(one.customer, lots, is_known=one.is_known)
                    sink(one.customer, lots)
                if len(lots) < len(one.lots):
                    dead.add(one.customer, one.that(Lies.DEAD), is_known=one.is_known)
                    spared.add(one.customer, one.that(Lies.SHUT), is_known=one.is_known)
            waiting.clear()

        for customer, all_lots in around.lots:
            lots = [lot for lot in all_lots if lot.name == kind] if kind else all_lots
            if not lots:
                continue
            theirs = {kept: (epoch, wrapped) for _, kept, epoch, wrapped in keys.of(customer)}
            here = known.of(customer)
            _, since, is_known = here[0] if here else _NOBODY
            lie = [judge.of(lot, theirs, since) for lot in lots]
            waiting.append(_Judged(customer, lots, lie, theirs, is_known))
            if len(waiting) >= _AT_ONCE:
                settle()
        settle()
        return reached, dead, spared


class _Judged(NamedTuple):
    """A customer, their lots, how each lies, their keys, and whether it is still known who they are."""

    customer: int
    lots: list[Lot]
    lie: list[Lies]
    keys: Keys
    is_known: bool

    def that(self, lies: Lies) -> list[Lot]:
        """Return the lots that lie so, each name once."""
        if self.lie.count(lies) == len(self.lots):
            return merged(self.lots)
        return merged(lot for lot, its in zip(self.lots, self.lie, strict=True) if its is lies)


def _try(waiting: Sequence[_Judged], judge: Judge, ring: KeyRing | None) -> None:
    """Try what has to be tried, and put in its place how it lies."""
    places = [(one, at) for one in waiting for at, lies in enumerate(one.lie) if lies is Lies.TRIED]
    if not places:
        return
    assert ring is not None
    fits = tried(ring, ((one.customer, one.lots[at], one.keys) for one, at in places))
    for (one, at), does_fit in zip(places, fits, strict=True):
        one.lie[at] = Lies.OPEN if does_fit else judge.not_it
