"""The key ring: a random key per customer *and kind of data*, and sealing with it.

Laws:

1. A customer's key is random. It is never derived from a master, because a key that can be derived again can't be
   destroyed.
2. A key is durable before anything sealed with it is: a crash in between leaves a key without data, never data
   without its key.
3. What is sealed is bound to the customer, the kind and the row. Moved to another row it does not open.
4. A key that is gone is gone: opening fails with `KeyGoneError` and nothing is tried instead.
5. Other processes destroy keys and end epochs too. Before anything is sealed the ring looks whether that happened,
   and forgets what it had opened; so nothing is sealed with a key that is not in the table any more, provided that
   whoever destroys keys of a customer who stays does so in a transaction that the sealing waits for.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from threading import Lock

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from troth.errors import UnavailableError
from troth.keys.provider import KeyProvider, Wrapped
from troth.keys.sealing import cipher, new_key, seal, unseal, unseal_each
from troth.keys.store import KeyStore, State

_REMEMBERED = 20_000
"""Opened keys held in memory; about 1 kB each."""

_TRIES = 5
"""How often an epoch may end between two looks at the table before something else is wrong."""


class KeyGoneError(UnavailableError):
    """The key was destroyed, or what was sealed was changed or moved. It can't be opened by anybody."""

    def __init__(self) -> None:
        super().__init__("key_gone", "This can't be opened: its key was destroyed, or the row was changed.")


class KeyRing:
    """Seals and opens with the customers' keys.

    Args:
        store: the key table.
        provider: wraps the key of an epoch.
        now: the moment; when the first epoch of a new installation begins.

    Raises:
        UnavailableError: the provider can't unwrap the key of the newest epoch.
    """

    def __init__(self, store: KeyStore, provider: KeyProvider, *, now: datetime) -> None:
        self._store = store
        self._provider = provider
        self._lock = Lock()
        self._open: OrderedDict[tuple[int, str], AESGCM] = OrderedDict()
        self._kinds: set[str] = set()
        self._epochs: dict[int, AESGCM] = {}
        self._state = store.state() or self._first_epoch(now)
        self._of_epoch(self._state.epoch)

    def ensure(self, pairs: Iterable[tuple[int, str]]) -> None:
        """Make sure that each (customer, kind) of `pairs` has a key, durably, before anything is sealed with it."""
        wanted = list(dict.fromkeys(pairs))
        for _ in range(_TRIES):
            self._catch_up()
            unknown = [pair for pair in wanted if pair not in self._open]
            opened = self._learn(partial(self._store.find, unknown), at_least=len(wanted)) if unknown else {}
            missing = [pair for pair in unknown if pair not in opened]
            if not missing:
                return
            self._make(missing)
        raise KeyGoneError

    def warm(self, kinds: Iterable[str]) -> None:
        """Open every key of `kinds`, for work that reads many customers."""
        self._learn(partial(self._store.of_kinds, list(kinds)))

    def seal(self, customer: int, kind: str, plaintext: bytes, *, bound_to: bytes) -> bytes:
        """Seal `plaintext` for one row of one customer; make the key first when there is none.

        Args:
            customer: the customer's number.
            kind: the kind of data, e.g. ``orders``.
            plaintext: any bytes.
            bound_to: what names the row; the same must be given to open.
        """
        while (key := self._open.get((customer, kind))) is None:
            self.ensure([(customer, kind)])
        return seal(key, plaintext, key_label(customer, kind) + bound_to)

    def open(self, customer: int, kind: str, sealed: bytes, *, bound_to: bytes) -> bytes:
        """Open what `seal` returned.

        Raises:
            KeyGoneError: the key was destroyed, or the bytes or the row are not the ones that were sealed.
        """
        return self.open_each(customer, kind, [(sealed, bound_to)])[0]

    def open_each(self, customer: int, kind: str, rows: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
        """Open many rows of one customer and kind, each as (sealed, bound_to), in the order given.

        Raises:
            KeyGoneError: the key was destroyed, or a row was changed or moved.
        """
        key = self._open.get((customer, kind))
        if key is None:
            key = self._learn(partial(self._only, customer, kind)).get((customer, kind))
            if key is None:
                raise KeyGoneError
        try:
            return unseal_each(key, rows, key_label(customer, kind))
        except InvalidTag:
            raise KeyGoneError from None

    def has_epoch(self, number: int) -> bool:
        """Tell whether the key of an epoch is there, and unwrap it.

        Raises:
            UnavailableError: the provider can't unwrap it.
        """
        try:
            self._of_epoch(number)
        except _EpochEndedError:
            return False
        return True

    def fits(self, rows: Iterable[tuple[int, str, int, bytes, bytes, bytes]]) -> list[bool]:
        """Tell of each row whether its key opens it. Nothing of what it says is kept, and no key is remembered.

        Args:
            rows: (customer, kind, epoch and wrapped key as a key table has them, sealed, what that is bound to). The
                table may be a copy of this one, of any age.

        Raises:
            UnavailableError: the epoch ended meanwhile.
        """
        found = []
        for customer, kind, epoch, wrapped, sealed, bound_to in rows:
            label = key_label(customer, kind)
            try:
                unseal(cipher(unseal(self._of_epoch(epoch), wrapped, label)), sealed, label + bound_to)
            except InvalidTag:
                found.append(False)
            except _EpochEndedError:
                raise UnavailableError(
                    "epoch_ended", "The epoch of the keys ended meanwhile.", "Run the command again."
                ) from None
            else:
                found.append(True)
        return found

    def fetch(self, pairs: Iterable[tuple[int, str]]) -> None:
        """Open those keys of `pairs`, (customer, kind), that there are, for work that reads some hundreds."""
        self._learn(partial(self._store.find, list(pairs)))

    def destroy(self, customer: int, *, keep: Iterable[str] = ()) -> int:
        """Destroy the keys of `customer`, who leaves; return how many. Durable on return.

        Args:
            customer: whose.
            keep: kinds whose keys stay.
        """
        kept = frozenset(keep)
        gone = self._store.destroy(customer, kept)
        # By kind, which are few: after work that read everybody there are as many keys here as customers.
        self._forget([(customer, kind) for kind in tuple(self._kinds) if kind not in kept], gone)
        return gone

    def destroy_each(self, pairs: Collection[tuple[int, str]]) -> int:
        """Destroy the key of each (customer, kind) of people who stay; return how many. Durable on return.

        To be called in a transaction that whoever seals waits for: see law 5.
        """
        gone = self._store.destroy_each(pairs)
        self._forget(pairs, gone)
        return gone

    def count(self, customer: int) -> int:
        """Return how many keys the customer has."""
        return self._store.count(customer)

    def who_has(self, kind: str) -> frozenset[int]:
        """Return the numbers of all customers who have a key of this kind."""
        return self._store.customers_of(kind)

    def highest(self) -> int:
        """Return the highest number of a customer that has a key; 0 when nobody has one."""
        return self._store.highest()

    def knows(self, name: str) -> bool:
        """Return whether the installation has its own key called `name` already."""
        return self._store.named(name) is not None

    def named(self, name: str) -> bytes:
        """Return the installation's own 256-bit key called `name`, made on first use. Used to hash, never to seal."""
        for _ in range(_TRIES):
            row = self._store.named(name)
            if row is not None:
                try:
                    return _unwrap(self._of_epoch(row[0]), row[1], named_label(name))
                except _EpochEndedError:
                    continue
            self._catch_up()
            number = self._state.epoch
            sealed = seal(self._of_epoch(number), new_key(), named_label(name))
            self._store.add_named(name, sealed, epoch=number)
        raise KeyGoneError

    def _forget(self, pairs: Iterable[tuple[int, str]], gone: int) -> None:
        with self._lock:
            for pair in pairs:
                self._open.pop(pair, None)
            # Counted here, so that the next look finds what others did and not this.
            self._state = replace(self._state, keys_destroyed=self._state.keys_destroyed + gone)

    def _first_epoch(self, now: datetime) -> State:
        def make(number: int, _used: frozenset[str]) -> Wrapped:
            self._provider.renew(frozenset())
            self._provider.check()
            return self._provider.wrap(new_key(), epoch_label(number))

        self._store.begin_epoch(make, after=0, now=now)
        state = self._store.state()
        if state is None:
            raise KeyGoneError
        return state

    def _catch_up(self) -> None:
        """Forget what was opened when a key was destroyed or an epoch began since the last look."""
        state = self._store.state()
        if state is None:
            raise KeyGoneError
        if state == self._state:
            return
        with self._lock:
            if (state.epoch, state.is_settled) != (self._state.epoch, self._state.is_settled):
                self._epochs.clear()
            self._open.clear()
            self._state = state

    def _make(self, missing: list[tuple[int, str]]) -> None:
        """Record new keys. They are read back by whoever called: another process may have made the same key first."""
        number = self._state.epoch
        epoch = self._of_epoch(number)
        rows = [(customer, kind, seal(epoch, new_key(), key_label(customer, kind))) for customer, kind in missing]
        self._store.add(rows, epoch=number)

    def _of_epoch(self, number: int) -> AESGCM:
        known = self._epochs.get(number)
        if known is None:
            wrapped = self._store.epoch(number)
            if wrapped is None:
                raise _EpochEndedError
            known = self._epochs[number] = cipher(self._provider.unwrap(wrapped, epoch_label(number)))
        return known

    def _only(self, customer: int, kind: str) -> dict[tuple[int, str], tuple[int, bytes]]:
        found = self._store.find_one(customer, kind)
        return {} if found is None else {(customer, kind): found}

    def _learn(
        self, find: Callable[[], dict[tuple[int, str], tuple[int, bytes]]], *, at_least: int = 0
    ) -> dict[tuple[int, str], AESGCM]:
        """Open what `find` finds and remember it; return it.

        Looked up again when its epoch ended in between: then the same keys stand there under the next.
        """
        for _ in range(_TRIES):
            found = find()
            try:
                opened = {
                    pair: self._open.get(pair) or cipher(_unwrap(self._of_epoch(epoch), wrapped, key_label(*pair)))
                    for pair, (epoch, wrapped) in found.items()
                }
            except _EpochEndedError:
                continue
            with self._lock:
                # The oldest go first, but never one that was asked for just now.
                self._open.update(opened)
                self._kinds.update(kind for _, kind in opened)
                while len(self._open) > max(_REMEMBERED, len(found), at_least):
                    self._open.popitem(last=False)
            return opened
        raise KeyGoneError


class _EpochEndedError(Exception):
    """The epoch a row was read under is not there any more."""


def epoch_label(number: int) -> str:
    """Return what the wrapped key of an epoch is bound to."""
    return f"epoch {number}"


def key_label(customer: int, kind: str) -> bytes:
    """Return what a customer's wrapped key, and all that is sealed with it, is bound to."""
    return b"customer\x00%d\x00%b\x00" % (customer, kind.encode())


def named_label(name: str) -> bytes:
    """Return what one of the installation's own wrapped keys is bound to."""
    return b"named\x00" + name.encode()


def _unwrap(epoch: AESGCM, wrapped: bytes, label: bytes) -> bytes:
    try:
        return unseal(epoch, wrapped, label)
    except InvalidTag:
        raise KeyGoneError from None
