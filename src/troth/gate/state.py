"""What a verdict is made from, and what it says, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from troth.consent.model import Standing
from troth.consent.notice import digests_now
from troth.gate.reasons import Refusal
from troth.gate.retention import Horizon
from troth.promise.model import Clause, Promise
from troth.stops.model import NOTHING_IN_COMMON, NOTHING_OF_CUSTOMER, CommonStops, CustomerStops
from troth.vault.model import Span

FOREVER = datetime.max.replace(tzinfo=UTC)
"""The end of what nothing ends."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A promise made ready for deciding: with the digests of the words in which it asks today."""

    promise: Promise
    digests: Mapping[Clause, frozenset[bytes]]

    @classmethod
    def of(cls, promise: Promise) -> "Terms":
        """Return the terms of `promise`."""
        return cls(promise, digests_now(promise))


@dataclass(frozen=True, slots=True)
class State:
    """What is known of one customer that a verdict depends on. The empty state is a visitor: no choice, no order.

    Attributes:
        standing: where each clause stands; absent: no choice was recorded.
        spans: kind of data → its items' first, last and count; absent: none.
        restricted: locked by an erasure: only what a law demands may be done.
        own: what is stopped for this customer.
        common: what is stopped for everybody.
    """

    standing: Mapping[Clause, Standing] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)
    restricted: bool = False
    own: CustomerStops = NOTHING_OF_CUSTOMER
    common: CommonStops = NOTHING_IN_COMMON


VISITOR = State()


@dataclass(frozen=True, slots=True)
class Grant:
    """One kind of data that may be used now.

    Attributes:
        clause: the clause that allows it; None for a customer's look at their own.
        horizon: which of its items are past keep.
        until: until when this holds if nothing else happens.
    """

    clause: Clause | None
    horizon: Horizon | None
    until: datetime = FOREVER


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is allowed and what is refused, by kind of data. Every asked kind is in exactly one of the two."""

    allowed: Mapping[str, Grant]
    refused: Mapping[str, Refusal]

    @property
    def until(self) -> datetime:
        """Until when the whole verdict holds if nothing else happens."""
        return min((grant.until for grant in self.allowed.values()), default=FOREVER)
