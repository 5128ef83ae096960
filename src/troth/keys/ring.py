"""The key ring: a random key per customer *and kind of data*, and sealing with it.

Laws:

1. A customer's key is random. It is never derived from a master, because a key that can be derived again can't be
   destroyed.
2. A key is durable before anything sealed with it is: a crash in between leaves a key without data, never data
   without its key.
3. What is sealed is bound to the customer, the kind and the row. Moved to another row it does not open.
4. A key that is gone is gone: opening fails with `KeyGoneError` and nothing is tried instead.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from troth.errors import UnavailableError
from troth.keys.provider import KeyProvider
from troth.keys.sealing import new_key, seal, unseal
from troth.keys.store import KeyStore

_REMEMBERED = 20_000
"""Opened keys held in memory; about 1 kB each."""


class KeyGoneError(UnavailableError):
    """The key was destroyed, or what was sealed was changed or moved. It can't be opened by anybody."""

    def __init__(self) -> None:
        super().__init__("key_gone", "This can't be opened: its key was destroyed, or the row was changed.")


class KeyRing:
    """Seals and opens with the customers' keys.

    Args:
        store: the key table.
        provider: wraps the key of an epoch.
    """

    def __init__(self, store: KeyStore, provider: KeyProvider) -> None:
        self._store = store
        self._provider = provider
        self._lock = Lock()
        self._open: OrderedDict[tuple[int, str], AESGCM] = OrderedDict()
        self._epochs: dict[int, AESGCM] = {}
        self._epoch = self._newest_epoch()

    def ensure(self, pairs: Iterable[tuple[int, str]]) -> None:
        """Make sure that each (customer, kind) of `pairs` has a key, durably, before anything is sealed with it."""
        unknown = [pair for pair in dict.fromkeys(pairs) if pair not in self._open]
        if not unknown:
            return
        found = self._store.find(unknown)
        missing = [pair for pair in unknown if pair not in found]
        if missing:
            epoch = self._epochs[self._epoch]
            self._store.add(
                [
                    (customer, kind, self._epoch, seal(epoch, new_key(), _label(customer, kind)))
                    for customer, kind in missing
                ]
            )
            # Read back: another process may have made the same key first, and then its key is the key.
            found |= self._store.find(missing)
        self._remember(found)

    def warm(self, kinds: Iterable[str]) -> None:
        """Open every key of `kinds`, for work that reads many customers."""
        self._remember(self._store.of_kinds(kinds))

    def seal(self, customer: int, kind: str, plaintext: bytes, *, bound_to: bytes) -> bytes:
        """Seal `plaintext` for one row of one customer; make the key first when there is none.

        Args:
            customer: the customer's number.
            kind: the kind of data, e.g. ``orders``.
            plaintext: any bytes.
            bound_to: what names the row; the same must be given to open.
        """
        key = self._open.get((customer, kind))
        if key is None:
            self.ensure([(customer, kind)])
            key = self._open[customer, kind]
        return seal(key, plaintext, _label(customer, kind) + bound_to)

    def open(self, customer: int, kind: str, sealed: bytes, *, bound_to: bytes) -> bytes:
        """Open what `seal` returned.

        Raises:
            KeyGoneError: the key was destroyed, or the bytes or the row are not the ones that were sealed.
        """
        return self.opener(customer, kind)(sealed, bound_to)

    def opener(self, customer: int, kind: str) -> Callable[[bytes, bytes], bytes]:
        """Return a function (sealed, bound_to) → plaintext for many rows of one customer and kind.

        Raises:
            KeyGoneError: here when the key was destroyed; from the function when a row was changed or moved.
        """
        key = self._open.get((customer, kind))
        if key is None:
            found = self._store.find_one(customer, kind)
            if found is None:
                raise KeyGoneError
            self._remember({(customer, kind): found})
            key = self._open[customer, kind]
        ready, label = key, _label(customer, kind)

        def open_one(sealed: bytes, bound_to: bytes) -> bytes:
            try:
                return unseal(ready, sealed, label + bound_to)
            except InvalidTag:
                raise KeyGoneError from None

        return open_one

    def destroy(self, customer: int, *, keep: Iterable[str] = ()) -> int:
        """Destroy the keys of `customer`, but those of the kinds in `keep`; return how many. Durable on return."""
        kept = frozenset(keep)
        gone = self._store.destroy(customer, kept)
        with self._lock:
            for pair in [pair for pair in self._open if pair[0] == customer and pair[1] not in kept]:
                del self._open[pair]
        return gone

    def count(self, customer: int) -> int:
        """Return how many keys the customer has."""
        return self._store.count(customer)

    def knows(self, name: str) -> bool:
        """Return whether the installation has its own key called `name` already."""
        return self._store.named(name) is not None

    def named(self, name: str) -> bytes:
        """Return the installation's own 256-bit key called `name`, made on first use. Used to hash, never to seal."""
        row = self._store.named(name)
        if row is None:
            sealed = seal(self._epochs[self._epoch], new_key(), _named_label(name))
            self._store.add_named(name, self._epoch, sealed)
            row = self._store.named(name)
            if row is None:
                raise KeyGoneError
        return _unwrap(self._of_epoch(row[0]), row[1], _named_label(name))

    def _newest_epoch(self) -> int:
        newest = self._store.newest_epoch()
        if newest is None:
            self._store.add_first_epoch(self._provider.wrap(new_key(), "epoch 1"))
            newest = self._store.newest_epoch()
            if newest is None:
                raise KeyGoneError
        number, wrapped = newest
        self._epochs[number] = AESGCM(self._provider.unwrap(wrapped, f"epoch {number}"))
        return number

    def _of_epoch(self, number: int) -> AESGCM:
        if number not in self._epochs:
            wrapped = self._store.epoch(number)
            if wrapped is None:
                raise KeyGoneError
            self._epochs[number] = AESGCM(self._provider.unwrap(wrapped, f"epoch {number}"))
        return self._epochs[number]

    def _remember(self, found: dict[tuple[int, str], tuple[int, bytes]]) -> None:
        opened = {
            (customer, kind): AESGCM(_unwrap(self._of_epoch(epoch), wrapped, _label(customer, kind)))
            for (customer, kind), (epoch, wrapped) in found.items()
            if (customer, kind) not in self._open
        }
        with self._lock:
            # The oldest go first, but never one that was asked for just now.
            self._open.update(opened)
            while len(self._open) > max(_REMEMBERED, len(found)):
                self._open.popitem(last=False)


def _label(customer: int, kind: str) -> bytes:
    return b"customer\x00%d\x00%b\x00" % (customer, kind.encode())


def _named_label(name: str) -> bytes:
    return b"named\x00" + name.encode()


def _unwrap(epoch: AESGCM, wrapped: bytes, label: bytes) -> bytes:
    try:
        return unseal(epoch, wrapped, label)
    except InvalidTag:
        raise KeyGoneError from None
