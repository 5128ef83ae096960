"""The promise as frozen values. Nothing here reads files, clocks or databases.

A *clause* is a (purpose, data) pair, written ``suggestions/orders``: the unit of consent, enforcement, receipts,
complaints and metrics. Every other value hangs on the keys of the promise file, under the names used there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

SACROSANCT = 5
"""The highest sensitivity. Data of this level never personalises and is never guessed (M11)."""

RESERVED_PURPOSES = frozenset({"rights", "evidence", "security", "measure"})
"""Purposes that every installation has and no promise can declare."""


class Clause(NamedTuple):
    """One purpose's use of one kind of data."""

    purpose: str
    data: str

    def __str__(self) -> str:
        return f"{self.purpose}/{self.data}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the promise file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Text:
    """Words in each language of the promise. `by_language` is never empty; every language of the company is there."""

    by_language: Mapping[str, str]

    def say(self, language: str) -> str:
        """Return the words in `language`, or in the promise's first language when it does not speak that one."""
        found = self.by_language.get(language)
        return found if found is not None else next(iter(self.by_language.values()))


class Source(StrEnum):
    """How we came to have an item. Told apart because people judge them very differently (M5)."""

    TOLD = "told"
    TRANSACTED = "transacted"
    OBSERVED = "observed"
    TECHNICAL = "technical"
    GUESSED = "guessed"
    RECEIVED = "received"


class Basis(StrEnum):
    """The legal basis of a purpose (GDPR Art. 6)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    LEGITIMATE_INTEREST = "legitimate_interest"


class Unit(StrEnum):
    """The unit of a period. Months and years follow the calendar and clip at month ends."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


_MONTHS_A_YEAR = 12
_MONTHS_OF_31 = frozenset({1, 3, 5, 7, 8, 10, 12})
_FEBRUARY = 2


@dataclass(frozen=True, slots=True)
class Period:
    """A length of calendar time, e.g. 6 years. `count` is at least 1."""

    count: int
    unit: Unit

    def after(self, start: datetime, zone: ZoneInfo) -> datetime:
        """Return the end of this period from `start`, counted on the calendar of `zone`, in the zone of `start`.

        A month end clips: one month after 31 January is 28 (or 29) February, at the same time of day. A result
        beyond the calendar's last year is its last moment.
        """
        local = start.astimezone(zone)
        try:
            if self.unit is Unit.DAYS:
                end = local + timedelta(days=self.count)
            elif self.unit is Unit.WEEKS:
                end = local + timedelta(weeks=self.count)
            else:
                months = self.count * (_MONTHS_A_YEAR if self.unit is Unit.YEARS else 1)
                year, month = divmod(local.year * _MONTHS_A_YEAR + local.month - 1 + months, _MONTHS_A_YEAR)
                end = local.replace(year=year, month=month + 1, day=min(local.day, _days_in(year, month + 1)))
        except (OverflowError, ValueError):
            return datetime.max.replace(tzinfo=start.tzinfo)
        return end.astimezone(start.tzinfo)

    def __str__(self) -> str:
        unit = self.unit.value if self.count != 1 else self.unit.value.removesuffix("s")
        return f"{self.count} {unit}"


def _days_in(year: int, month: int) -> int:
    if month == _FEBRUARY:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return 29 if leap else 28
    return 31 if month in _MONTHS_OF_31 else 30


@dataclass(frozen=True, slots=True)
class Keep:
    """How long: `period` from collection, or after the last item of the kind `after` when that is set.

    ``after == "change"`` (written "after last change") counts from the item's own last change.
    """

    period: Period
    after: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody or some place that a customer can turn to. Unused parts are empty."""

    name: str
    email: str = ""
    post: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """A person who answers for something, with the role they have in the company (M1)."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Company:
    """Who gives the promise."""

    name: str
    legal_name: str
    country: str
    time_zone: ZoneInfo
    site: str
    mail_domains: tuple[str, ...]
    privacy_contact: Contact
    owner_of_use: Owner
    owner_of_safeguards: Owner
    regulator: Contact
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """Which promise this is. `same_meaning` names clauses whose words changed and whose meaning did not."""

    number: int
    since: date
    says: Text
    same_meaning: frozenset[Clause] = frozenset()


@dataclass(frozen=True, slots=True)
class Data:
    """One kind of thing the company keeps.

    Attributes:
        key: its name in the promise, e.g. ``orders``.
        received_from: who gave it to us, when `source` is received; else None.
        category: a fideslang data category, e.g. ``user.behavior.purchase_history``.
        sensitivity: 1 (low) to 5 (sacrosanct).
        traits: names of identify() traits that carry it.
        events: event name → the properties that are kept; all others are dropped at the door. A property inside an
            array is written ``products.price``.
        keep: how long, or None when only a purpose's end decides.
        guessed_from: for a guess, the kinds of data it is made from.
    """

    key: str
    title: Text
    source: Source
    how: Text
    category: str
    sensitivity: int
    traits: tuple[str, ...] = ()
    events: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keep: Keep | None = None
    received_from: Text | None = None
    guessed_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Storage:
    """Where something is kept and how it is protected, in plain words (M12)."""

    where: Text
    protected: Text
    backups_keep: Period | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What a customer is asked about one clause, and what each answer brings. Both answers are equally plain."""

    question: Text
    yes: Text
    no: Text


class Ask(StrEnum):
    """Whether a consent purpose is asked once for each kind of data, or once for all together."""

    EACH = "each"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class AtMost:
    """A frequency cap, e.g. 1 per week."""

    count: int
    per: Unit


@dataclass(frozen=True, slots=True)
class Purpose:
    """What the company does with data and what the customer gets.

    Attributes:
        use: a fideslang data use, e.g. ``personalize.content.profiled``. Marketing, selling and sharing are known
            by it.
        data: kind of data → the question asked, or None where the basis asks nothing.
        law: the law, for a legal obligation.
        starts: the event that makes the relationship, for a contract.
        lasts: how long the relationship stands after it started, for a contract.
        assessment: where the balancing test is, for a legitimate interest.
    """

    key: str
    title: Text
    use: str
    basis: Basis
    data: Mapping[str, Question | None]
    benefit: Text | None
    owner: str = ""
    law: str = ""
    starts: str = ""
    lasts: Keep | None = None
    assessment: str = ""
    ask: Ask = Ask.EACH
    channels: tuple[str, ...] = ()
    topics: Mapping[str, Text] = field(default_factory=dict)
    at_most: AtMost | None = None

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The purpose's clauses, in the order of the file."""
        return tuple(Clause(self.key, data) for data in self.data)


class RecipientRole(StrEnum):
    """What a recipient is to us (GDPR Art. 4, 26, 28)."""

    PROCESSOR = "processor"
    JOINT = "joint"
    CONTROLLER = "controller"


@dataclass(frozen=True, slots=True)
class Contract:
    """The contract with a recipient. `until` is the last day on which it holds; None: until ended."""

    signed: date
    reference: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """When a recipient was last verified, how often that is due, and where the evidence lies."""

    on: date
    every: Period
    evidence: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody outside who receives data, or whose people work inside under one of our roles."""

    key: str
    title: Text
    role: RecipientRole
    country: str
    receives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    works_inside_as: str = ""
    contract: Contract | None = None
    checked: Check | None = None
    keep: Period | None = None
    safeguard: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """What people of a role may do. A purpose in `aggregate` gives them statistics and never a person."""

    key: str
    may: Mapping[str, tuple[str, ...]]
    aggregate: frozenset[str] = frozenset()
    reason_required: bool = False
    training: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Never:
    """Something nothing in the system can override. Unset parts match everything.

    Attributes:
        act: ``sell``, ``share``, ``guess``, ``read``, ``collect`` or ``disclose``; empty: every act.
        data: a fideslang category or a data key; matches what lies below it too.
        purpose: a purpose of the promise, or a fideslang use.
        recipient: a recipient of the promise.
    """

    act: str = ""
    data: str = ""
    purpose: str = ""
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class Listening:
    """How a customer is heard: channels, the promised time in working days, who answers what."""

    channels: tuple[str, ...]
    answer_working_days: int
    specialists: Mapping[str, str]
    pause_above_per_10000: int | None = None


@dataclass(frozen=True, slots=True)
class Brand:
    """How everything sent looks and sounds."""

    colour: str = ""
    logo: str = ""
    reading_grade_at_most: int = 8
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Children:
    """Below `under` years nothing personalises. `rule` is ``refuse`` or ``service_only``."""

    under: int
    rule: str


@dataclass(frozen=True, slots=True)
class Promise:
    """The whole promise. Built only by `read`, so that what is here has passed every rule that is an error.

    Attributes:
        rights_for: always ``everyone``: rights are equal, whatever the country (M18).
        deadlines: right → by when it is served; None: at once.
        places: dotted key → where it stands in the file, e.g. ``purposes.suggestions.data.orders``.
        fingerprint: SHA-256 of the file's bytes, in hex; names this very text.
    """

    company: Company
    version: Version
    data: Mapping[str, Data]
    storage: Mapping[str, Storage]
    purposes: Mapping[str, Purpose]
    recipients: Mapping[str, Recipient]
    roles: Mapping[str, Role]
    never: tuple[Never, ...]
    children: Children
    evidence_keep: Period
    deadlines: Mapping[str, Period | None]
    listening: Listening | None = None
    brand: Brand = field(default_factory=Brand)
    consent_categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rights_for: str = "everyone"
    places: Mapping[str, Place] = field(default_factory=dict)
    fingerprint: str = ""

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Every clause of the promise, in the order of the file."""
        return tuple(clause for purpose in self.purposes.values() for clause in purpose.clauses)

    def purposes_of(self, data: str) -> tuple[Purpose, ...]:
        """Return the purposes that use the kind `data`."""
        return tuple(purpose for purpose in self.purposes.values() if data in purpose.data)

    def kind_of_event(self, event: str) -> tuple[Data, ...]:
        """Return the kinds of data that an event called `event` carries."""
        return tuple(data for data in self.data.values() if event in data.events)
