"""Epochs: the key that wraps the customers' keys is made anew by the clock, and the old one destroyed.

What it is for: whoever holds an old copy of the key table, a page of it, or a piece of its log, holds wrapped keys of
customers who have left since. Once the key of that epoch is destroyed they open nothing.

The change, in order; killed anywhere, the same steps are done again and end in the same state:

1. Begin. With the writers' queue held: the master key is renewed (where asked for), a new random epoch key is made,
   wrapped, and committed. From here on every new key goes under the new epoch; those under the old still open.
2. Re-wrap. The new epoch key is read back and unwrapped first, so that nothing is ever wrapped with a key that
   could not be opened again. Then every living key is wrapped anew, some thousands in a transaction. A key that does
   not open stops the change here, and nothing is destroyed.
3. Copy. Older copies of the key table will open nothing after this, so one is made that opens under the new epoch,
   where a place for it is named. If that fails the change waits here, and nothing is destroyed.
4. Destroy. The old epochs' wrapped keys, in one transaction that looks whether a key still needs them. Then the
   database is written anew and its log emptied.
5. Retire. The versions of the master key that wrapped only what is destroyed.
6. Settle. The change is noted as finished.

Renewing the master key alone is 1 with the same epoch key, then 3, 4's writing anew, 5 and 6.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from troth.errors import UnavailableError
from troth.keys.epochs.store import EpochStore, Master
from troth.keys.provider import Abilities, KeyProvider, Wrapped, cannot_renew
from troth.keys.ring import epoch_label, key_label, named_label
from troth.keys.sealing import cipher, new_key, seal, unseal
from troth.keys.store import Epoch

Progress = Callable[[int, int], object]
"""Told how many keys are done, of how many. It may raise to stop: the change goes on from there the next time."""


@dataclass(frozen=True, slots=True)
class Status:
    """Where the keys stand.

    Args:
        provider: its name.
        abilities: what it can do.
        epochs: every epoch there was, the newest first.
        masters: every recorded version of the master key, the newest first.
        living: customers' keys there are.
        to_rewrap: those of them that wait under an older epoch.
    """

    provider: str
    abilities: Abilities
    epochs: tuple[Epoch, ...]
    masters: tuple[Master, ...]
    living: int
    to_rewrap: int


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change did.

    Attributes:
        epoch: the epoch now.
        rewrapped: how many keys were wrapped anew.
        destroyed: how many epochs were.
        retired: the versions of the master key that were.
        copied: whether a copy of the key table was made that opens now.
    """

    epoch: int
    rewrapped: int
    destroyed: int
    retired: frozenset[str]
    copied: bool = False


class Epochs:
    """Ends epochs and renews the master key.

    Args:
        store: the key table.
        provider: wraps the key of an epoch.
        renews_master: whether `end` renews the master key too; None: where nobody must carry a copy of it.
        copy: makes a copy of the key table, at the moment it is handed, and looks that it is whole; None: nobody
            named a place for it.
    """

    def __init__(
        self,
        store: EpochStore,
        provider: KeyProvider,
        *,
        renews_master: bool | None = None,
        copy: Callable[[datetime], object] | None = None,
    ) -> None:
        self._store = store
        self._copy = copy
        self._provider = provider
        able = provider.abilities
        self._renews = able.renews and able.by_itself if renews_master is None else renews_master

    @property
    def renews_master(self) -> bool:
        """Whether `end` renews the master key too."""
        return self._renews

    def status(self) -> Status:
        """Return where the keys stand. The provider is asked too.

        Raises:
            UnavailableError: the provider can't answer.
        """
        self._provider.check()
        known = tuple(self._store.all_epochs())
        return Status(
            self._provider.name,
            self._provider.abilities,
            known,
            tuple(self._store.all_masters()),
            self._store.living(),
            self._store.living(before=known[0].number),
        )

    def is_due(self, *, now: datetime, lasts: timedelta | None) -> bool:
        """Return whether a change waits to be finished, or the newest epoch is as old as `lasts` (None: for ever)."""
        newest = self._store.all_epochs()[0]
        if newest.settled is None:
            return True
        return lasts is not None and (newest.began is None or now - newest.began >= lasts)

    def dead_by(self, *, lasts: timedelta | None) -> datetime | None:
        """Return when no copy of the key table made until now opens a key destroyed until now.

        None when nobody can say: the epoch ends by hand, or the master key is not renewed with it. Then such a copy
        opens as long as it and the master key are there.

        Args:
            lasts: how long an epoch lasts; None: until it is ended by hand.
        """
        newest = self._store.all_epochs()[0]
        if not self._renews or newest.began is None or lasts is None:
            return None
        return newest.began + lasts + self._provider.abilities.delay

    def end(self, *, now: datetime, progress: Progress = lambda _done, _all: None) -> Changed:
        """End the newest epoch, or finish a change that was begun. Durable when it returns.

        Args:
            now: the moment.
            progress: told how far it is, once a transaction.

        Raises:
            UnavailableError: the provider can't answer, a key does not open, or no copy could be made; nothing was
                destroyed.
        """
        # Asked before the writers' queue is held: who does not answer shall hold nobody up.
        self._provider.check()
        newest = self._store.all_epochs()[0]
        number = newest.number if newest.settled is None else self._begin(newest.number, now)
        rewrapped = self._rewrap(number, progress)
        copied = self._copied(now)
        destroyed = self._store.destroy_epochs(before=number, now=now)
        if any(one.destroyed is None for one in self._store.all_epochs() if one.number < number):
            # Only somebody who restored an older table in between can bring this about.
            raise UnavailableError(
                "epoch_needed", "Some keys still need the old epoch; it was not destroyed.", "Run the command again."
            )
        return Changed(number, rewrapped, destroyed, self._settle(number, now), copied)

    def rotate(self, *, now: datetime) -> Changed:
        """Renew the master key: wrap the epoch key with a new version, look that it opens, retire the old.

        Raises:
            UnavailableError: the provider can't, or no copy could be made; nothing was destroyed.
        """
        if not self._provider.abilities.renews:
            raise cannot_renew(self._provider.name)
        self._provider.check()
        if self._store.all_epochs()[0].settled is None:
            self.end(now=now)

        def again(epoch: Epoch, used: frozenset[str]) -> Wrapped:
            key = self._provider.unwrap(epoch.wrapped, epoch_label(epoch.number))
            self._provider.renew(self._all_used(used))
            wrapped = self._provider.wrap(key, epoch_label(epoch.number))
            if self._provider.unwrap(wrapped.data, epoch_label(epoch.number)) != key:
                raise _unproven()
            return wrapped

        epoch = self._store.replace_epoch(again, now=now)
        self._provider.unwrap(epoch.wrapped, epoch_label(epoch.number))
        copied = self._copied(now)
        return Changed(epoch.number, 0, 0, self._settle(epoch.number, now), copied)

    def _copied(self, now: datetime) -> bool:
        """Make the copy that opens from now on; return whether a place for it is named."""
        if self._copy is None:
            return False
        self._copy(now)
        # Killed here, the next run makes another: which one was made, nobody noted.
        return True

    def _begin(self, after: int, now: datetime) -> int:
        def make(number: int, used: frozenset[str]) -> Wrapped:
            if self._renews:
                self._provider.renew(self._all_used(used))
            return self._provider.wrap(new_key(), epoch_label(number))

        return self._store.begin_epoch(make, after=after, now=now)[0]

    def _all_used(self, used: frozenset[str]) -> frozenset[str]:
        """Return `used` by name. What was wrapped before names were recorded was wrapped by the one in use now."""
        return (used - {""}) | {self._provider.current()} if "" in used else used

    def _rewrap(self, number: int, progress: Progress) -> int:
        opened: dict[int, AESGCM] = {}
        new = self._key_of(number)

        def fresh(label: bytes, epoch: int, wrapped: bytes) -> bytes:
            if epoch not in opened:
                opened[epoch] = self._key_of(epoch)
            try:
                return seal(new, unseal(opened[epoch], wrapped, label), label)
            except InvalidTag:
                raise _damaged() from None

        total = self._store.living(before=number)
        done, after = 0, (0, "")
        while True:
            many, last = self._store.rewrap_customers(
                lambda customer, kind, epoch, wrapped: fresh(key_label(customer, kind), epoch, wrapped),
                to=number,
                after=after,
            )
            if last is None:
                break
            done, after = done + many, last
            progress(done, max(total, done))
        self._store.rewrap_named(lambda name, epoch, wrapped: fresh(named_label(name), epoch, wrapped), to=number)
        return done

    def _key_of(self, number: int) -> AESGCM:
        wrapped = self._store.epoch(number)
        if wrapped is None:
            raise _damaged()
        return cipher(self._provider.unwrap(wrapped, epoch_label(number)))

    def _settle(self, number: int, now: datetime) -> frozenset[str]:
        self._store.scrub()
        retired = self._store.retire_masters(self._provider.retire, now=now)
        self._store.settle(number, now=now)
        return retired


def _damaged() -> UnavailableError:
    return UnavailableError(
        "key_damaged",
        "A key in the key table does not open with the key of its epoch. The old epoch stays; nothing was destroyed.",
        "Restore the newest backup of the key database, then run the command again.",
    )


def _unproven() -> UnavailableError:
    return UnavailableError(
        "master_key_unproven",
        "The new master key did not give back what it wrapped; the old one stays in use.",
        "Look at the provider, then run the command again.",
    )
