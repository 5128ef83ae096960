"""An entry of the journal, as a value. Pure.

The vocabulary is closed: what a room writes here it must be able to do again, on data that is older than the entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from troth.canonical import JSON

EVERYBODY = 0
"""The customer of an entry that is about nobody in particular: numbers of customers begin at 1."""


class What(StrEnum):
    """What was done, and must hold on older data too."""

    REFUSED = "refused"
    """A customer said no to a clause."""
    STOPPED = "stopped"
    """A stop was put or lifted."""
    LINKED = "linked"
    """Two numbers were found to be one person, or not to be."""
    DELETED = "deleted"
    """Something of a customer was deleted because they asked for it, or the last of a kind went, and its key."""
    ERASED = "erased"
    """A customer is erased, from now on."""
    KEY_REVOKED = "key revoked"
    """A program's key was ended."""
    STAFF = "staff"
    """Something was recorded of somebody who works here: another role, training, that they left."""
    TRIMMED = "trimmed"
    """Older entries were let go: no copy of the data may be that old any more."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Attributes:
        what: what was done.
        customer: whose number, or `EVERYBODY`.
        at: when.
        detail: what is needed to do it again, in the words of the room that wrote it: names of the promise, numbers,
            times, keyed hashes in hex; words of the staff about a customer sealed, in hex. Never an outside id.
        seq: its place, from 1; 0 while it is not written.
    """

    what: What
    customer: int
    at: datetime
    detail: Mapping[str, JSON] = field(default_factory=dict, repr=False)
    seq: int = 0
