"""A choice, and the state that follows from all of them. State is a fold over recorded choices, never a flag.

The states are the ten of the W3C Data Privacy Vocabulary (https://w3id.org/dpv, DPV 2.3, consent status). Two of
them allow a use, eight do not. Choices alone make five of the ten; the other five are told by somebody else (a notice
that was closed, a court, the company) and stand in records that we read or write.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from troth.identity.model import Link
from troth.promise.model import Clause


class Answer(StrEnum):
    """What a customer said. There is no third answer: silence is no record."""

    YES = "yes"
    NO = "no"


class Status(StrEnum):
    """Where consent stands. The states of DPV 2.3, under the names used there."""

    UNKNOWN = "unknown"
    """Nothing is known, or what is known can't be trusted."""
    REQUESTED = "requested"
    """Asked; no answer yet."""
    REQUEST_DEFERRED = "request_deferred"
    """Asked, and put off without an answer: the notice was closed."""
    GIVEN = "given"
    RENEWED_GIVEN = "renewed_given"
    """Given again after it had ended."""
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """Taken back by the customer."""
    REVOKED = "revoked"
    """Ended by somebody else: the company no longer does what was agreed to."""
    EXPIRED = "expired"
    """Its time, or the context it was given in, has passed."""
    INVALIDATED = "invalidated"
    """Found not to have been valid, by an authority or a court; past uses too."""

    # The text's own, which Python keeps; an enum works it out anew each time, and verdicts look many of them up.
    __hash__ = str.__hash__

    @property
    def iri(self) -> str:
        """The state's name on the web, e.g. ``https://w3id.org/dpv#ConsentGiven``."""
        if self is Status.RENEWED_GIVEN:
            return "https://w3id.org/dpv#RenewedConsentGiven"
        return "https://w3id.org/dpv#Consent" + "".join(word.capitalize() for word in self.value.split("_"))


VALID = frozenset({Status.GIVEN, Status.RENEWED_GIVEN})
"""The states under which data may be used. The other eight are invalid for any use."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One recorded choice.

    Attributes:
        clause: what it is about.
        answer: what was said.
        at: when.
        words: SHA-256 of the words that were shown (consent/notice.py).
        language: the language they were shown in.
        via: where it was said: ``page``, ``api``, ``cli`` or ``import``.
        promise: the number of the promise's version then in force.
    """

    clause: Clause
    answer: Answer
    at: datetime
    words: bytes
    language: str
    via: str
    promise: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one clause stands: its status, and the latest choice that made it so."""

    status: Status
    latest: Choice


@dataclass(frozen=True, slots=True)
class Recorded:
    """A choice as it was recorded: the how manyth of all, and under which customer's number."""

    seq: int
    customer: int
    choice: Choice


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that a link joins: its numbers, and where their clauses stood right before."""

    numbers: frozenset[int]
    standing: Mapping[Clause, Standing]


@dataclass(frozen=True, slots=True)
class Joined:
    """Where the clauses of linked numbers stand as those of one person.

    Attributes:
        standing: where each clause stands.
        meetings: the two sides of each link, in the order in which they were linked.
    """

    standing: Mapping[Clause, Standing] = field(default_factory=lambda: MappingProxyType({}))
    meetings: tuple[tuple[Side, Side], ...] = ()


def fold(choices: Iterable[Choice]) -> Mapping[Clause, Standing]:
    """Return where each clause stands after `choices`, given in the order in which they were recorded."""
    return {standing.latest.clause: standing for standing in steps(choices)}


def folded(latest: Choice, *, first_yes: int | None, last_no: int | None) -> Standing:
    """Return where a clause stands, as `fold` does, from all that the fold remembers of what came before `latest`.

    Args:
        latest: the last choice about the clause.
        first_yes: the place of the first yes to it among all choices; None when there was none.
        last_no: the place of the last no.
    """
    if latest.answer is Answer.NO:
        return Standing(Status.REFUSED if first_yes is None else Status.WITHDRAWN, latest)
    # A no before the first yes took nothing back: the yes is a first one.
    was_taken_back = first_yes is not None and last_no is not None and last_no > first_yes
    return Standing(Status.RENEWED_GIVEN if was_taken_back else Status.GIVEN, latest)


def steps(choices: Iterable[Choice]) -> Iterator[Standing]:
    """Return where the clause of each choice stands right after it, for `choices` in the order of recording."""
    reached: dict[Clause, Status] = {}
    for choice in choices:
        reached[choice.clause] = _next(reached.get(choice.clause, Status.UNKNOWN), choice.answer)
        yield Standing(reached[choice.clause], choice)


def _next(status: Status, answer: Answer) -> Status:
    """One step of the fold, as a table. It is total: a state that choices alone never make has its line too.

    ================  =============  =========
    before            yes            no
    ================  =============  =========
    unknown           given          refused
    requested         given          refused
    request_deferred  given          refused
    refused           given          refused
    invalidated       given          refused
    given             given          withdrawn
    renewed_given     renewed_given  withdrawn
    withdrawn         renewed_given  withdrawn
    revoked           renewed_given  refused
    expired           renewed_given  refused
    ================  =============  =========

    Invalidated consent never was: a yes after it is a first one. What was revoked or has expired was once given, so a
    yes renews it; a no withdraws nothing then, because nothing holds any more.
    """
    if answer is Answer.YES:
        return Status.RENEWED_GIVEN if status in _ONCE_GIVEN else Status.GIVEN
    return Status.WITHDRAWN if status in VALID or status is Status.WITHDRAWN else Status.REFUSED


_ONCE_GIVEN = frozenset({Status.RENEWED_GIVEN, Status.WITHDRAWN, Status.REVOKED, Status.EXPIRED})


def join(said: Iterable[Recorded], links: Sequence[Link]) -> Joined:
    """Return where the clauses of the one person stand whom `links` make of several numbers.

    Laws:

    1. At a link a recorded no beats a yes, whichever was said later. No record is not a no. Of two noes, and of two
       yeses, the later recorded is the one that is told.
    2. What is said after the link counts normally, under whichever number it is said.
    3. Only the links that stand are asked for. So a link that was taken away leaves each side with exactly its own
       choices, also those made while it stood, whatever else was linked or parted meanwhile.

    Args:
        said: the choices made under any of the numbers, in any order.
        links: the links between them that stand; together they make one person.
    """
    sides: dict[int, _Side] = {}
    meetings: list[tuple[Side, Side]] = []
    waiting = sorted(links, key=lambda link: (link.after, link.number))
    for one in sorted(said, key=lambda one: one.seq):
        while waiting and waiting[0].after < one.seq:
            meetings.append(_meet(sides, waiting.pop(0)))
        _side(sides, one.customer).hear(one)
    meetings += [_meet(sides, link) for link in waiting]
    last = next(iter(sides.values()), None)
    return Joined({} if last is None else last.told().standing, tuple(meetings))


class _Side:
    """Numbers that are one person so far, and what they said so far."""

    def __init__(self, numbers: set[int], reached: dict[Clause, tuple[int, Standing]]) -> None:
        self.numbers = numbers
        self.reached = reached

    def hear(self, one: Recorded) -> None:
        """Take in a choice, the latest of all."""
        clause = one.choice.clause
        before = self.reached[clause][1].status if clause in self.reached else Status.UNKNOWN
        self.reached[clause] = (one.seq, Standing(_next(before, one.choice.answer), one.choice))

    def told(self) -> Side:
        """Return where it stands."""
        return Side(frozenset(self.numbers), {clause: standing for clause, (_, standing) in self.reached.items()})


def _side(sides: dict[int, _Side], number: int) -> _Side:
    return sides.setdefault(number, _Side({number}, {}))


def _meet(sides: dict[int, _Side], link: Link) -> tuple[Side, Side]:
    """Make one side of the two that `link` joins; return them as they stood."""
    one, other = _side(sides, link.one), _side(sides, link.other)
    told = one.told(), other.told()
    for clause, theirs in other.reached.items():
        one.reached[clause] = max(one.reached.get(clause, theirs), theirs, key=_weight)
    one.numbers |= other.numbers
    sides |= dict.fromkeys(one.numbers, one)
    return told


def _weight(reached: tuple[int, Standing]) -> tuple[bool, int]:
    """What decides where two meet: a no before a yes, then the later recorded."""
    seq, standing = reached
    return standing.latest.answer is Answer.NO, seq
