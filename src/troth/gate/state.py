"""What a verdict is made from, and what it says, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from troth.consent.model import Standing
from troth.gate.reasons import Refusal
from troth.gate.retention import FOREVER, LONG_AGO, Limit
from troth.promise.model import Clause
from troth.stops.model import NOTHING_IN_COMMON, NOTHING_OF_CUSTOMER, CommonStops, CustomerStops
from troth.vault.model import Span


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
        until: until when this holds if nothing else happens.
        limits: how long its items are kept; an item is let out only while it is within each that speaks of it. None
            at all: everything that is there.
        since: nothing that happened before it is let out: the promise of that time did not allow this use.
        fields: event → the properties that are let out, where an earlier promise noted fewer; None: all.
    """

    clause: Clause | None
    until: datetime = FOREVER
    limits: tuple[Limit, ...] = ()
    since: datetime = LONG_AGO
    fields: Mapping[str, frozenset[str]] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether no earlier promise limits it."""
        return len(self.limits) <= 1 and self.since == LONG_AGO and self.fields is None

    def ending(self, until: datetime) -> "Grant":
        """Return this grant, holding no longer than `until`."""
        if self.until <= until:
            return self
        return Grant(self.clause, until, self.limits, self.since, self.fields)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is allowed and what is refused, by kind of data. Every asked kind is in exactly one of the two."""

    allowed: Mapping[str, Grant]
    refused: Mapping[str, Refusal]

    @property
    def until(self) -> datetime:
        """Until when the whole verdict holds if nothing else happens."""
        return min((grant.until for grant in self.allowed.values()), default=FOREVER)
