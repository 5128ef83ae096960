"""What was stolen, and so which keys somebody has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from troth.breach import store
from troth.breach.copied import Taken
from troth.breach.judging import Judge, Lies
from troth.breach.model import Gone
from troth.clock import to_micros
from troth.db.engine import Connection
from troth.errors import InputError, UnavailableError
from troth.keys.ring import KeyRing
from troth.keys.store import Epoch

RETIRED = frozenset({"master_key_wrong", "master_key_destroyed"})
"""What a provider says of a wrapped key whose master key is gone. It is the right provider: it opened the ring."""


@dataclass(frozen=True, slots=True)
class Stolen:
    """What was taken, as a person tells it; at least one of the first three.

    Attributes:
        epoch: the epoch whose key was taken; None: none was.
        backups: the copies that were taken, as `troth.breach.copied.taken` understands them.
        kind: only this kind of data; empty: all. With nothing else: all of it was open.
        until: only items that happened before; None: up to now. Not for a copy, which is of one moment anyway.
    """

    epoch: int | None = None
    backups: tuple[str, ...] = ()
    kind: str = ""
    until: datetime | None = None


def judge_of(asked: Stolen, copies: Taken, epochs: Mapping[int, Epoch]) -> Judge:
    """Return the judge of what was asked, without what only a ring can tell."""
    if asked.epoch is not None and asked.epoch not in epochs:
        known = f"from {min(epochs)} to {max(epochs)}" if len(epochs) > 1 else f"only {max(epochs)}"
        raise InputError("breach_epoch", "There was no such epoch.", f"There are epochs {known}: troth keys status")
    follows = None if asked.epoch is None else epochs.get(asked.epoch + 1)
    began = None if follows is None or follows.began is None else to_micros(follows.began)
    if copies.keys is None:
        if asked.epoch is None or copies.main is None:
            return Judge(asked.epoch, began)
        if copies.main.found.manifest.epoch == asked.epoch:
            # Each of its rows was sealed with a key that was under this epoch when the copy was made.
            return Judge(no_key=Lies.OPEN, not_it=Lies.OPEN, is_dated=True)
        return Judge(asked.epoch, began, no_key=Lies.OPEN, not_it=Lies.OPEN)
    # Rows that are here and not in the copy of the keys are safe from it; rows of a copy are in nobody's reach.
    without = Lies.SHUT if copies.main is None else Lies.DEAD
    return Judge(asked.epoch, no_key=without, not_it=without, is_dated=True)


def living_in(ring: KeyRing | None) -> Callable[[int], bool]:
    """Return what tells whether an epoch of a copy of the keys can still be unwrapped."""
    told: dict[int, bool] = {}

    def living(epoch: int) -> bool:
        if epoch not in told:
            told[epoch] = ring is not None and _unwraps(ring, epoch)
        return told[epoch]

    return living


def _unwraps(ring: KeyRing, epoch: int) -> bool:
    try:
        return ring.has_epoch(epoch)
    except UnavailableError as error:
        if error.code not in RETIRED:
            raise
        return False


def gone_since(main: Connection, asked: Stolen, copies: Taken, epochs: Mapping[int, Epoch]) -> Gone:
    """Return what was destroyed here since whatever was stolen may have been copied."""
    if asked.epoch is not None:
        began = epochs[asked.epoch].began
        keys = sum(epoch.keys_destroyed for number, epoch in epochs.items() if number >= asked.epoch)
        return Gone(keys, store.erased_since(main, 0 if began is None else to_micros(began)))
    if copies.keys is not None and copies.main is None:
        return Gone(0, store.erased_since(main, to_micros(copies.keys.found.manifest.at)))
    return Gone()
