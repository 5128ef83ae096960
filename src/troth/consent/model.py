"""A choice, and the state that follows from all of them. State is a fold over recorded choices, never a flag.

The states are those of the W3C Data Privacy Vocabulary (DPV 2, consent status). Two of them allow a use.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from troth.promise.model import Clause


class Answer(StrEnum):
    """What a customer said. There is no third answer: silence is no record."""

    YES = "yes"
    NO = "no"


class Status(StrEnum):
    """What the recorded choices on one clause amount to."""

    UNKNOWN = "unknown"
    GIVEN = "given"
    RENEWED_GIVEN = "renewed_given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


VALID = frozenset({Status.GIVEN, Status.RENEWED_GIVEN})
"""The states under which data may be used."""


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
    standing: dict[Clause, Standing] = {}
    for choice in choices:
        before = standing.get(choice.clause)
        standing[choice.clause] = Standing(_next(before.status if before else Status.UNKNOWN, choice.answer), choice)
    return standing


def _next(status: Status, answer: Answer) -> Status:
    """One step of the fold, as a table.

    =============  =============  =========
    before         yes            no
    =============  =============  =========
    unknown        given          refused
    given          given          withdrawn
    renewed_given  renewed_given  withdrawn
    refused        given          refused
    withdrawn      renewed_given  withdrawn
    =============  =============  =========
    """
    if answer is Answer.YES:
        return Status.RENEWED_GIVEN if status in {Status.WITHDRAWN, Status.RENEWED_GIVEN} else Status.GIVEN
    return Status.REFUSED if status in {Status.UNKNOWN, Status.REFUSED} else Status.WITHDRAWN
