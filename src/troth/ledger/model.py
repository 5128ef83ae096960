"""What the ledger notes, as values.

The vocabulary is closed: an entry is of one of the kinds below, and each kind has its own body.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from troth.canonical import JSON

COMPANY = 0
"""The customer of entries that are about nobody in particular: numbers of customers begin at 1."""

LONGEST_REASON = 200
"""Characters of a reason at most: a few words, not a letter."""

_JOINERS = frozenset("\u200c\u200d")
"""Persian, Indic scripts and emoji are written with them; alone they show nothing and move nothing."""


class Kind(StrEnum):
    """What an entry tells of: the words of vocabulary 1. A version never changes; a new word makes a new version."""

    LOG_BEGUN = "log_begun"
    """The first entry of a log: its own name, and the log before it where older data was put back."""
    PROMISE_PUBLISHED = "promise_published"
    NOTICE_SHOWN = "notice_shown"
    CHOICE_MADE = "choice_made"
    READ = "read"
    MACHINE_USE = "machine_use"
    DISCLOSED = "disclosed"
    MESSAGE_SENT = "message_sent"
    MERGED = "merged"
    STOPPED = "stopped"
    ERASED = "erased"
    EPOCH_ENDED = "epoch_ended"
    BACKUP_MADE = "backup_made"
    INCIDENT = "incident"
    SIGNER_CHANGED = "signer_changed"
    HEADS = "heads"
    """The root of the map of heads."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to be.

    Attributes:
        customer: whose number, or `COMPANY` for what is about nobody in particular.
        kind: what it tells of.
        at: when it happened.
        body: what there is to say: integers, text, yes and no, lists and objects of them.
        hidden: name → text that the company keeps to itself. In the body stands a commitment to it, which it can open
            to a court: who of the staff looked is kept so.
        is_of_the_past: whether it may have happened before the log began, as an answer that was imported did. Its
            body then says when.
    """

    customer: int
    kind: Kind
    at: datetime
    body: Mapping[str, JSON] = field(default_factory=dict, repr=False)
    hidden: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_of_the_past: bool = False


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry that is in the ledger.

    Attributes:
        kind: what it tells of.
        at: when it happened.
        body: what it says.
        log: the number of the log it is in, from 1.
        number: its place in the customer's sequence of that log, from 1.
        index: of its leaf in the log, from 0.
        hidden: name → text that the company keeps to itself; the body has a commitment to it.
    """

    kind: Kind
    at: datetime
    body: Mapping[str, JSON] = field(repr=False)
    log: int
    number: int
    index: int
    hidden: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Story:
    """All that the ledger tells of one customer.

    Attributes:
        entries: oldest first.
        lost: how many entries between the first and the last are missing, or can't be opened.
    """

    entries: tuple[Noted, ...] = ()
    lost: int = 0


def is_one_line(text: str) -> bool:
    """Whether `text` is what it looks like: no line end, no control character, nothing that turns its direction."""
    return all(char.isprintable() or char in _JOINERS or unicodedata.category(char) == "Zs" for char in text)
