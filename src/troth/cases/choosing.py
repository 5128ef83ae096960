"""A customer's choice, from the words they saw to the last row it ends.

Laws:

1. The choice is durable first: every read that begins after it obeys it.
2. Then what is kept for no purpose any more is deleted. A crash in between leaves rows that nothing may read; the
   next choice, or the clock, deletes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from troth.cases.settling import Settling
from troth.consent.model import Answer
from troth.consent.service import Consent, Said
from troth.identity.model import IdKind
from troth.identity.service import Identity
from troth.promise.model import Clause

Answered = tuple[Clause, Answer, bytes]
"""Which clause, what was said, and the digest of the words that were shown."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was recorded, and what was deleted because of it (kind of data → how many items)."""

    said: tuple[Said, ...]
    deleted: dict[str, int]


class Choosing:
    """Records choices and acts on them.

    Args:
        consent: where choices are recorded.
        settling: deletes what no purpose holds for.
        identity: makes the customer whose first act is a choice.
    """

    def __init__(self, consent: Consent, settling: Settling, identity: Identity) -> None:
        self._consent = consent
        self._settling = settling
        self._identity = identity

    def choose_for(
        self,
        outside_id: str,
        answers: Sequence[Answered],
        *,
        via: str,
        now: datetime,
        kind: IdKind = IdKind.CUSTOMER,
    ) -> Chosen:
        """As `choose`, for the customer with this identifier; a first choice makes the customer.

        Raises:
            InputError: an unknown clause, words that are not today's, or no id. Then no customer was made either.
        """
        for clause, _, shown in answers:
            self._consent.must_be_todays(clause, shown)
        return self.choose(self._identity.obtain(outside_id, now=now, kind=kind), answers, via=via, now=now)

    def choose(self, customer: int, answers: Sequence[Answered], *, via: str, now: datetime) -> Chosen:
        """Record `answers`, all or none, and act on them.

        Raises:
            InputError: an unknown clause, or words that are not today's.
            NotFoundError: the customer left meanwhile.
        """
        said = self._consent.choose_many(
            [(customer, clause, answer, shown) for clause, answer, shown in answers], via=via, now=now
        )
        stopped = any(one.choice.answer is Answer.NO for one in said)
        return Chosen(tuple(said), self._settling.settle(customer, now=now) if stopped else {})
