"""What is asked after a breach and what is answered, as values. Pure.

Two sorts of breach, because different people must act:

* an *intrusion*: a key, a disk or a backup was taken. What can be opened with it is worked out from which keys there
  are and which rows they seal.
* *misuse*: a person or a program here looked, or handed out, as the ledger tells. Whether they should have is for
  people to judge.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from troth.errors import InputError

AUTHORITY_HOURS = 72
"""GDPR Art. 33(1): hours from when the company became aware of it. Days off count: it is a period in hours."""

HIGH_RISK = 4
"""From this sensitivity on a high risk for the customer is assumed (GDPR Art. 34) unless somebody shows otherwise."""

IDS, NOTES, STOPS, LINKS, MODEL = "room:identity", "room:ledger", "room:stops", "room:links", "model:"
"""What rooms keep of a customer besides kinds of data; no kind of a promise has a colon in its name."""


class Cause(StrEnum):
    """What sort of breach is asked about."""

    INTRUSION = "intrusion"
    MISUSE = "misuse"


class Must(StrEnum):
    """Whether somebody must be told."""

    YES = "yes"
    WEIGH = "weigh"
    """People must judge how likely and how grave harm is."""
    NO = "no"


class Lot(NamedTuple):
    """What is kept of one customer of one kind.

    Attributes:
        name: the kind of data as the promise names it, or one of `IDS`, `NOTES` and so on.
        key: the kind of the key that seals it.
        items: how many items; looks, where looks are asked about.
        first: when the first of them happened, microseconds since 1970; None where that is not kept.
        last: when the last did.
        sample: one of them as it lies there, and what it is bound to; None where nothing has to be tried.
        looks: who looked at it and what for; empty where nobody is asked about.
    """

    name: str
    key: str
    items: int
    first: int | None
    last: int | None
    sample: tuple[bytes, bytes] | None = None
    looks: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class KindTold:
    """How much of one kind, over all customers.

    Attributes:
        name: as in `Lot`.
        title: in words.
        sensitivity: 1 to 5, from the promise; None where the promise does not say.
        customers: how many numbers have any of it.
        items: how many there are; looks, where looks are asked about.
        first: when the first happened.
        last: when the last did.
    """

    name: str
    title: str
    sensitivity: int | None
    customers: int
    items: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose and what. People who are linked count once.

    Attributes:
        customers: how many people.
        nameless: how many of them left already: a law keeps their items, and nobody knows any more who they are.
        kinds: each kind, the most sensitive first.
    """

    customers: int = 0
    nameless: int = 0
    kinds: tuple[KindTold, ...] = ()

    @property
    def items(self) -> int:
        """How many items in all."""
        return sum(kind.items for kind in self.kinds)

    @property
    def sensitivity(self) -> int:
        """The highest there is among its kinds; 0 where there is none."""
        return max((kind.sensitivity or 0 for kind in self.kinds), default=0)

    @property
    def first(self) -> datetime | None:
        """When the first item happened."""
        return min((kind.first for kind in self.kinds if kind.first is not None), default=None)

    @property
    def last(self) -> datetime | None:
        """When the last one did."""
        return max((kind.last for kind in self.kinds if kind.last is not None), default=None)


@dataclass(frozen=True, slots=True)
class Looker:
    """Somebody who looked or handed out, and how often.

    Attributes:
        name: as the ledger has it.
        role: of the promise, for a person.
        agency: for an agency's person.
        recipient: to whom it was handed out; empty for a look.
        purposes: what for, in order of their names.
        customers: how many people it was about.
        looks: how often something was let out.
        refused: how often nothing was.
    """

    name: str
    role: str
    agency: str
    recipient: str
    purposes: tuple[str, ...]
    customers: int
    looks: int
    refused: int


@dataclass(frozen=True, slots=True)
class Gone:
    """What was destroyed since, and may be readable in a copy made before: nobody can say any more whose it was.

    Attributes:
        keys: customers' keys destroyed since.
        customers: customers erased since.
    """

    keys: int = 0
    customers: int = 0


@dataclass(frozen=True, slots=True)
class Clocks:
    """What the law asks now.

    Attributes:
        authority: whether the authority must be told (GDPR Art. 33).
        customers: whether the customers must be told too (Art. 34).
        authority_by: by when; None where nobody said when it was noticed, or it need not be told.
    """

    authority: Must
    customers: Must
    authority_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The answer.

    Attributes:
        cause: what sort of breach was asked about.
        at: when it was answered.
        reached: what can be read by whoever did it; for misuse, what was looked at.
        shredded: what is in the copy and can't be read any more: its keys are destroyed.
        spared: what is here and is not touched.
        gone: what was destroyed here since.
        is_exact: whether `reached` is exact; else nothing is missing from it, and some of it may be too much.
        is_sealed: whether it can be read only with a key that nobody says was taken.
        lookers: for misuse, who.
        lost: for misuse, how many notes are missing or can't be opened: then the answer is not complete.
        clocks: what the law asks now.
    """

    cause: Cause
    at: datetime
    reached: Reach
    shredded: Reach = field(default_factory=Reach)
    spared: Reach = field(default_factory=Reach)
    gone: Gone = field(default_factory=Gone)
    is_exact: bool = True
    is_sealed: bool = False
    lookers: tuple[Looker, ...] = ()
    lost: int = 0
    clocks: Clocks = field(default_factory=lambda: Clocks(Must.NO, Must.NO))


def clocks(reached: Reach, *, is_sealed: bool = False, is_judged: bool = False, noticed: datetime | None) -> Clocks:
    """Return what GDPR Art. 33 and 34 ask now.

    Args:
        reached: what can be read.
        is_sealed: whether it can be read only with a key that nobody says was taken (Art. 34(3)(a)).
        is_judged: whether people must judge first if there was a breach at all.
        noticed: when the company became aware of it; None: nobody said.
    """
    if not reached.customers:
        return Clocks(Must.NO, Must.NO)
    by = None if noticed is None else noticed + timedelta(hours=AUTHORITY_HOURS)
    if is_sealed:
        return Clocks(Must.WEIGH, Must.NO, by)
    if is_judged:
        return Clocks(Must.WEIGH, Must.WEIGH, by)
    return Clocks(Must.YES, Must.YES if reached.sensitivity >= HIGH_RISK else Must.WEIGH, by)


def moment(text: str, zone: ZoneInfo, *, name: str, is_end: bool = False) -> datetime:
    """Return the moment that a person typed: a day, or a day and time.

    Args:
        text: ``2026-11-22``, ``2026-11-22T14:30``, or that with an offset from UTC.
        zone: the company's, for what has no offset.
        name: of the option, for the error.
        is_end: whether a day means its end (then the first moment after it).

    Raises:
        InputError: it is none of these.
    """
    try:
        if len(text) == len("2026-11-22"):
            day = date.fromisoformat(text) + timedelta(days=int(is_end))
            return datetime.combine(day, time.min, zone).astimezone(UTC)
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError(
            "breach_time", f"{name} is not a day or a time.", "For example: 2026-11-22, or 2026-11-22T14:30"
        ) from None
