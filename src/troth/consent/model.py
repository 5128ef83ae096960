"""A choice, and the state that follows from all of them. State is a fold over recorded choices, never a flag.

The states are the ten of the W3C Data Privacy Vocabulary (https://w3id.org/dpv, DPV 2.3, consent status). Two of
them allow a use, eight do not. Choices alone make five of the ten; the other five are told by somebody else (a notice
that was closed, a court, the company) and stand in records that we read or write.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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


def fold(choices: Iterable[Choice]) -> Mapping[Clause, Standing]:
    """Return where each clause stands after `choices`, given in the order in which they were recorded."""
    return {standing.latest.clause: standing for standing in steps(choices)}


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
