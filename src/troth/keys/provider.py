"""Who wraps the keys that wrap. A provider never sees data, only the key of an epoch.

Words: the *master key* is the provider's own. Where it can be made anew it has *versions*, each with a name that is
no secret; the newest wraps, and every version that was not retired unwraps.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from troth.errors import UnavailableError


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A wrapped key, and the name of the version of the master key that wrapped it."""

    master: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a provider can do with its master key.

    Args:
        renews: it can make a new version and destroy the old ones.
        by_itself: it can do so without anybody having to carry a copy of the new one to a safe place.
        delay: how long a version that was retired can still be called back.
    """

    renews: bool
    by_itself: bool
    delay: timedelta


class KeyProvider(Protocol):
    """Wraps and unwraps the keys of epochs.

    Laws, the same for every provider (`tests/keys/contract.py`):

    1. What was wrapped comes back under the same label only.
    2. It never returns a wrong key. What it can't do it says as an `UnavailableError`, in bounded time, and without
       the key, the token or the text of the other side.
    3. `renew` and `retire` may be called again after a crash and then end in the same state. Their caller sees to it
       that no two run at once; all else may be called from several processes at once.
    """

    @property
    def name(self) -> str:
        """What to call it before people: its kind and place, nothing secret."""
        ...

    @property
    def abilities(self) -> Abilities:
        """What it can do."""
        ...

    def check(self) -> None:
        """Return when it can wrap and unwrap now.

        Raises:
            UnavailableError: why it can't, and what to do.
        """
        ...

    def current(self) -> str:
        """Return the name of the version that `wrap` uses now."""
        ...

    def wrap(self, key: bytes, label: str) -> Wrapped:
        """Return `key`, wrapped with the newest version and bound to `label`."""
        ...

    def unwrap(self, wrapped: bytes, label: str) -> bytes:
        """Return the key that was wrapped under `label`."""
        ...

    def renew(self, used: Collection[str]) -> None:
        """See to it that `wrap` uses a version that is not in `used`; make one when there is none.

        Only when `used` is empty may a master key that is not there be made: beside wrapped keys it would hide that
        the right one is lost.

        Raises:
            UnavailableError: it can't be done, now or ever (`abilities.renews`).
        """
        ...

    def retire(self, drop: Collection[str], keep: Collection[str]) -> frozenset[str]:
        """Destroy the versions in `drop`, never one in `keep`; return those that are gone, or will be by the delay.

        Args:
            drop: versions that no living key needs. One that is gone already counts as gone.
            keep: versions that wrap a living key. Not empty.
        """
        ...


def wrong(name: str) -> UnavailableError:
    """Return the error for a master key that did not wrap what it was handed."""
    return UnavailableError(
        "master_key_wrong",
        f"The master key ({name}) does not belong to this key database; nothing was changed.",
        "Put back the master key this installation uses, or the newest backup of its key database.",
    )


def cannot_renew(name: str) -> UnavailableError:
    """Return the error for a master key that can't be made anew from here."""
    return UnavailableError(
        "master_key_fixed",
        f"The master key ({name}) can't be renewed from here; nothing was changed.",
        "See docs/guides/keys.md for what each provider can do.",
    )
