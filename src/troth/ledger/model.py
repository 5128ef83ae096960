"""What the ledger notes, as values.

The vocabulary is closed: an entry is of one of the kinds below, and each kind has its own body.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from troth.actors import ActorKind

LONGEST_REASON = 200
"""Characters of a reason at most: a few words, not a letter."""

_JOINERS = frozenset("\u200c\u200d")
"""Persian, Indic scripts and emoji are written with them; alone they show nothing and move nothing."""


class Kind(StrEnum):
    """What an entry tells of."""

    READ = "read"
    DISCLOSED = "disclosed"


@dataclass(frozen=True, slots=True)
class Look:
    """Who asked to see something of a customer, or to hand it out, and what came of it.

    Attributes:
        actor: what asked: a person, or a program that hands out.
        name: who, for the record.
        role: the role of the promise, for a person.
        agency: the recipient of the promise whose person it was, for an agency's people; else empty.
        purpose: what for.
        reason: why, in the person's own words; empty where the promise asks for none.
        recipient: who outside was to receive it; empty for a read.
        allowed: the kinds of data that were let out, in order of their names.
        refused: kind of data that was asked for and not let out → the machine word of the refusal.
    """

    actor: ActorKind
    name: str
    purpose: str
    role: str = ""
    agency: str = ""
    reason: str = field(default="", repr=False)
    recipient: str = ""
    allowed: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry about one customer: what kind, when, and what."""

    customer: int
    kind: Kind
    at: datetime
    what: Look


@dataclass(frozen=True, slots=True)
class Story:
    """All that the ledger tells of one customer.

    Attributes:
        entries: oldest first.
        lost: how many entries between the first and the last are missing, or can't be opened.
    """

    entries: tuple[Entry, ...] = ()
    lost: int = 0


def is_one_line(text: str) -> bool:
    """Whether `text` is what it looks like: no line end, no control character, nothing that turns its direction."""
    return all(char.isprintable() or char in _JOINERS or unicodedata.category(char) == "Zs" for char in text)
