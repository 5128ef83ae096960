"""Which keys somebody has, and so what they can open.

Laws:

1. Who has a customer's key can open everything it ever sealed, in any copy of the rows: ending an epoch wraps the key
   anew and does not change it. Who has the key of an epoch is taken to have a copy of the key table from then.
2. Keys are not dated. Under a past epoch a key is taken to have been when its customer was here before that epoch
   ended. So nobody is missed; a kind of data that a customer got later may be too much. Where a copy of the keys is
   at hand it tells exactly which there were.
3. A key that was destroyed and made anew for the same customer and kind is another key. Where a copy is asked about,
   one sealed row of each is tried with it; what it says is thrown away.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from troth.breach.model import IDS, Lot
from troth.keys.ring import KeyRing

Keys = Mapping[str, tuple[int, bytes]]
"""Kind of key → its epoch and the wrapped key, of one customer."""


class Lies(Enum):
    """How it stands with a lot."""

    OPEN = "open"
    """Who did it can open it."""
    TRIED = "tried"
    """They can, if the key at hand is the one that sealed it."""
    SHUT = "shut"
    """It is there, and they have no key to it."""
    DEAD = "dead"
    """It is there, and nobody here has a key to it any more."""


@dataclass(slots=True)
class Judge:
    """Tells of a lot how it stands.

    Attributes:
        epoch: the epoch whose key was taken; None: not said, all keys count.
        ended: when it ended, microseconds since 1970; None: it did not, or that is not known.
        no_key: what a lot without a key is.
        not_it: what a lot is whose key is another than the one that sealed it.
        living: whether an epoch's key can still be unwrapped here.
        is_dated: whether the keys are a copy that tells by itself which epoch each was under.
        guessed: whether something was not certain and taken to be open (law 2): then what was told is at most.
    """

    epoch: int | None = None
    ended: int | None = None
    no_key: Lies = Lies.DEAD
    not_it: Lies = Lies.DEAD
    living: Callable[[int], bool] = lambda _epoch: True
    is_dated: bool = False
    guessed: bool = False

    def of(self, lot: Lot, keys: Keys, since: int | None) -> Lies:
        """Return how a lot stands.

        Args:
            lot: the lot.
            keys: the keys of its customer.
            since: since when the customer is here, microseconds since 1970; None: not known.
        """
        key = keys.get(lot.key)
        if key is None:
            # Destroyed since, perhaps after it had been under that epoch: law 2 again.
            self.guessed = self.guessed or (self.no_key is Lies.OPEN and not self.is_dated)
            return self.no_key
        if self.epoch is not None and not self._was_under(lot, key[0], since):
            return Lies.SHUT
        if not self.living(key[0]):
            if self.epoch is None:
                return self.no_key
            # Whoever has the epoch's own key needs no master key. It can't be tried here.
            self.guessed = self.guessed or lot.sample is not None
            return Lies.OPEN
        if lot.sample is None or self.not_it is Lies.OPEN:
            return Lies.OPEN
        return Lies.TRIED

    def _was_under(self, lot: Lot, now_under: int, since: int | None) -> bool:
        """Whether a key that is under the epoch `now_under` was ever under the one that was taken."""
        assert self.epoch is not None
        if now_under == self.epoch:
            return True
        if now_under < self.epoch or self.is_dated:
            return False
        if since is not None and self.ended is not None and since >= self.ended:
            return False
        # The id's key is made with the customer; of no other is it known how much later.
        self.guessed = self.guessed or lot.name != IDS
        return True


def tried(ring: KeyRing, lots: Iterable[tuple[int, Lot, Keys]]) -> list[bool]:
    """Tell of each (customer, lot with a sample, their keys) whether the key opens it."""
    rows = []
    for customer, lot, keys in lots:
        epoch, wrapped = keys[lot.key]
        assert lot.sample is not None
        rows.append((customer, lot.key, epoch, wrapped, *lot.sample))
    return ring.fits(rows)
