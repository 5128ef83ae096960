"""From when on copies made before today hold nothing of what went: what can be promised, and what can't.

A copy of the data holds sealed rows. They open with keys that a copy of the key table of the same age holds, under
the key of the epoch. So there are two days:

* the day from which such copies open no more: the epoch has ended, its key is destroyed, and the master key that
  wrapped it too, with the delay of whoever holds it. It needs a master key that is renewed with each epoch.
* the day by which such copies are deleted: the promise says how long they are kept (``storage``). `troth backup`
  keeps to it; copies that somebody made by other means it does not know.

The first holds only for what went with its key. A single item shares its key with what stays.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from troth.promise.model import Promise


@dataclass(frozen=True, slots=True)
class Copies:
    """What becomes of copies made before `at`.

    Attributes:
        at: when it was asked.
        unreadable: from when on they open no more; None where nobody can say.
        deleted: by when they are deleted, as promised; None where the promise does not say.
    """

    at: datetime
    unreadable: datetime | None
    deleted: datetime | None

    @property
    def by(self) -> datetime | None:
        """From when on they hold nothing that can be read, at the latest; None where nobody can say."""
        return min((one for one in (self.unreadable, self.deleted) if one is not None), default=None)


class LastCopies:
    """Tells what becomes of copies made before today.

    Args:
        promise: the promise in force.
        dead_by: when a copy of the key table opens no key any more that is destroyed by now; None: nobody can say.
    """

    def __init__(self, promise: Promise, dead_by: Callable[[], datetime | None]) -> None:
        self._promise = promise
        self._dead_by = dead_by

    def made_before(self, now: datetime, *, is_final: bool = True) -> Copies:
        """Return what becomes of copies made before `now`.

        Args:
            now: the moment.
            is_final: whether all that went went with its key.
        """
        dead = self._dead_by() if is_final else None
        periods = [one.backups_keep for one in self._promise.storage.values() if one.backups_keep is not None]
        # All kinds of data lie in one copy, so the shortest of their times counts.
        ends = (period.after(now, self._promise.company.time_zone) for period in periods)
        # An epoch that should have ended by now ends with the next look at the clock.
        return Copies(now, None if dead is None else max(dead, now), min(ends, default=None))


def in_words(copies: Copies, day: Callable[[datetime], str]) -> tuple[str, ...]:
    """Return what becomes of copies, as sentences for a customer.

    Args:
        copies: what becomes of them.
        day: spells a day.
    """
    said: list[str] = []
    if copies.unreadable is not None:
        said.append(f"After {day(copies.unreadable)} no backup holds anything of it that can be read.")
        if copies.deleted is not None and copies.deleted > copies.unreadable:
            said.append(f"The backups themselves are deleted by {day(copies.deleted)}.")
    elif copies.deleted is not None:
        said.append(
            f"Backups we made before today are deleted by {day(copies.deleted)}. "
            "Until then it could be read from them with our keys."
        )
    else:
        said.append("We can’t tell you a day by which our backups hold nothing of it any more.")
    return tuple(said)
