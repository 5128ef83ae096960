"""What a call for suggestions gives back: values that faces turn into JSON or pages."""

from dataclasses import dataclass
from enum import StrEnum

from troth.promise.model import Clause
from troth.recommend.ladder import Rung


class How(StrEnum):
    """How an own item became one."""

    BOUGHT = "bought"
    LOOKED_AT = "looked at"
    THIS_VISIT = "in this visit"


@dataclass(frozen=True, slots=True)
class Reason:
    """One own item that speaks for a suggestion.

    Attributes:
        product: its id.
        title: what people call it.
        how: bought, looked at, or seen in this visit.
        part: what it adds to the score, above 0.
        share: the part as a share of the score. Shares and the share of "other things" add up to 1.
    """

    product: str
    title: str
    how: How
    part: float
    share: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One suggested product.

    Attributes:
        product: its id.
        title: what people call it.
        score: the sum of the parts of all own items; for best sellers how many customers have it; else 0.
        reasons: the largest parts, at most three; empty where nothing of this customer was used.
        other: all parts that are not shown, summed. ``sum(parts) + other == score``, to the last bit.
    """

    product: str
    title: str
    score: float
    reasons: tuple[Reason, ...] = ()
    other: float = 0.0


@dataclass(frozen=True, slots=True)
class NotUsed:
    """A clause that gave nothing to this answer, and why: a stable machine word and a sentence."""

    clause: Clause
    code: str
    says: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer.

    Attributes:
        rung: where the suggestions come from.
        words: the same, as the sentence to show above them.
        items: the suggestions, best first.
        used: the clauses whose data is in these suggestions.
        not_used: the other clauses, each with its reason. Every clause asked for is in exactly one of the two.
        epoch: the model's epoch; 0 when there is no model yet.
    """

    rung: Rung
    words: str
    items: tuple[Suggestion, ...]
    used: tuple[Clause, ...]
    not_used: tuple[NotUsed, ...]
    epoch: int
