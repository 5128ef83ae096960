"""The verdict. Pure and total: values in, a verdict out, for every input. The only place that decides on consent.

`decide(use, terms, state, now)` gives a verdict per clause, in the order of docs/guarantee.md:

1. The promise is in force.
2. The actor has this purpose; a person's role names it, their training is current and a reason is given where the
   promise asks for one.
3. The purpose is declared (or reserved), and something is asked for.
4. No ``never`` matches, neither the company's own nor those no promise can lift.
5. Each asked kind has a clause for this purpose.
6. The basis holds now for this customer.
7. The customer is not restricted: then only what a law demands holds.
8. Past keep: told item by item through the grant's horizon.
10. Data of sensitivity 5 never personalises.

An unknown name anywhere is a refusal, never a gap that lets through. (Step 9, recipients, comes with disclosing.)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from troth.actors import Actor, ActorKind
from troth.consent.model import VALID, Standing, Status
from troth.consent.notice import digests_now
from troth.gate.reasons import Code, Refusal
from troth.gate.retention import Horizon, ends, horizon
from troth.gate.use import Act, Use
from troth.promise.model import SACROSANCT, Basis, Clause, Data, Promise, Purpose, Role
from troth.promise.never import covers_data, covers_purpose
from troth.promise.taxonomy import LOCATION, PERSONALISING, PUSH, lies_below, lies_below_any
from troth.vault.model import Span

_FOREVER = datetime.max.replace(tzinfo=UTC)


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
        restricted: only what a law demands may be done.
    """

    standing: Mapping[Clause, Standing] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)
    restricted: bool = False


VISITOR = State()


@dataclass(frozen=True, slots=True)
class Grant:
    """One kind of data that may be used now.

    Attributes:
        clause: the clause that allows it; None for a reserved purpose.
        horizon: which of its items are past keep.
        until: until when this holds if nothing else happens.
    """

    clause: Clause | None
    horizon: Horizon | None
    until: datetime = _FOREVER


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is allowed and what is refused, by kind of data. Every asked kind is in exactly one of the two."""

    allowed: Mapping[str, Grant]
    refused: Mapping[str, Refusal]

    @property
    def until(self) -> datetime:
        """Until when the whole verdict holds if nothing else happens."""
        return min((grant.until for grant in self.allowed.values()), default=_FOREVER)


def decide(use: Use, terms: Terms, state: State, now: datetime, *, customer: int | None = None) -> Verdict:
    """Return the verdict on `use` for one customer at `now`.

    Args:
        use: who asks for what, for what.
        terms: the promise, made ready.
        state: what is known of the customer.
        now: the moment.
        customer: the customer's number; only a customer's own look at their own data depends on it.
    """
    whole = _whole_use(use, terms, now, customer=customer)
    if whole is not None:
        return Verdict({}, {data: Refusal(whole, Clause(use.purpose, data)) for data in use.data})
    allowed: dict[str, Grant] = {}
    refused: dict[str, Refusal] = {}
    for data in use.data:
        answer = _one_kind(use, data, terms, state, now)
        if isinstance(answer, Grant):
            allowed[data] = answer
        else:
            refused[data] = answer
    return Verdict(allowed, refused)


def _one_kind(use: Use, data: str, terms: Terms, state: State, now: datetime) -> Grant | Refusal:
    promise = terms.promise
    kind = promise.data.get(data)
    if use.purpose == "rights":
        # Everything kept of a customer is theirs to see, also what the promise no longer names.
        return Grant(None, None)
    clause = Clause(use.purpose, data)
    if kind is None or data not in promise.purposes[use.purpose].data:
        return Refusal(Code.NO_CLAUSE, clause)
    role = promise.roles.get(use.actor.role) if use.actor.kind is ActorKind.PERSON else None
    if role is not None and data not in role.may.get(use.purpose, ()):
        return Refusal(Code.ROLE_MAY_NOT, clause)
    return hold(clause, terms, state, now, act=use.act)


def hold(clause: Clause, terms: Terms, state: State, now: datetime, *, act: Act) -> Grant | Refusal:
    """Decide steps 4 to 10 for one declared clause of one customer, whoever asks.

    Args:
        clause: a clause of the promise.
        terms: the promise, made ready.
        state: what is known of the customer.
        now: the moment.
        act: collect or read, for the ``never`` clauses.
    """
    promise = terms.promise
    purpose = promise.purposes[clause.purpose]
    data = promise.data[clause.data]
    if _never(purpose, data, promise, act=act):
        return Refusal(Code.NEVER, clause)
    if data.sensitivity >= SACROSANCT and _personalises(purpose):
        return Refusal(Code.SACROSANCT, clause)
    if state.restricted and purpose.basis is not Basis.LEGAL_OBLIGATION:
        return Refusal(Code.RESTRICTED, clause)
    basis = _basis(purpose, clause, terms, state, now)
    if isinstance(basis, Code):
        return Refusal(basis, clause)
    return Grant(clause, horizon(data, state.spans, promise.company.time_zone, now=now), basis)


def _whole_use(use: Use, terms: Terms, now: datetime, *, customer: int | None) -> Code | None:
    """Steps 1 to 3: what refuses the whole use, whatever is asked for."""
    promise = terms.promise
    if now.astimezone(promise.company.time_zone).date() < promise.version.since:
        return Code.PROMISE_NOT_YET
    if use.purpose != "rights" and use.purpose not in promise.purposes:
        # The other reserved purposes belong to rooms that name themselves when they are built.
        return Code.PURPOSE_UNKNOWN
    if not use.data:
        return Code.NOTHING_ASKED
    return _actor(use.actor, use, promise, now, customer=customer)


def _actor(actor: Actor, use: Use, promise: Promise, now: datetime, *, customer: int | None) -> Code | None:
    """Step 2: whether this actor has this purpose."""
    if actor.kind is ActorKind.CUSTOMER:
        own = use.purpose == "rights" and actor.customer is not None and actor.customer == customer
        return None if own else Code.NOT_THEIR_OWN
    if actor.kind is not ActorKind.PERSON:
        return None if use.purpose in actor.may else Code.ACTOR_MAY_NOT
    role = promise.roles.get(actor.role)
    if role is None:
        return Code.ROLE_UNKNOWN
    return _person(actor, role, use, now)


def _person(actor: Actor, role: Role, use: Use, now: datetime) -> Code | None:
    if use.purpose in role.aggregate:
        return Code.AGGREGATE_ONLY
    if use.purpose not in role.may:
        return Code.ROLE_MAY_NOT
    if role.training and (actor.trained_until is None or actor.trained_until <= now):
        return Code.TRAINING_LAPSED
    if role.reason_required and not use.reason.strip():
        return Code.REASON_MISSING
    return None


def _personalises(purpose: Purpose) -> bool:
    return any(lies_below(purpose.use, root) for root in PERSONALISING)


def _never(purpose: Purpose, data: Data, promise: Promise, *, act: Act) -> bool:
    """Step 4. Location and push never personalise, whatever the promise says; then the company's own list."""
    if _personalises(purpose) and lies_below_any(data.category, LOCATION | PUSH):
        return True
    return any(
        never.act in {"", act.value}
        and not never.recipient
        and covers_data(never, data)
        and covers_purpose(never, purpose)
        for never in promise.never
    )


def _basis(purpose: Purpose, clause: Clause, terms: Terms, state: State, now: datetime) -> datetime | Code:
    """Step 6: until when the basis holds, or why it does not."""
    if purpose.basis is Basis.CONSENT:
        return _consent(clause, terms, state)
    if purpose.basis is Basis.CONTRACT:
        return _contract(purpose, terms.promise, state, now)
    # A legal obligation holds as long as the keep (step 8). A legitimate interest holds while its assessment is
    # linked, which the promise's own rules check; objections come with the stops.
    return _FOREVER


def _consent(clause: Clause, terms: Terms, state: State) -> datetime | Code:
    standing = state.standing.get(clause)
    if standing is None:
        return Code.NO_CHOICE
    if standing.status not in VALID:
        return Code.REFUSED if standing.status is Status.REFUSED else Code.WITHDRAWN
    same = clause in terms.promise.version.same_meaning
    if not same and standing.latest.words not in terms.digests.get(clause, frozenset()):
        return Code.WORDS_CHANGED
    return _FOREVER


def _contract(purpose: Purpose, promise: Promise, state: State, now: datetime) -> datetime | Code:
    """The relationship stands from its ``starts`` event for as long as it ``lasts``."""
    begun = [state.spans[data.key] for data in promise.kind_of_event(purpose.starts) if data.key in state.spans]
    if not begun:
        return Code.NO_RELATIONSHIP
    if purpose.lasts is None:
        return _FOREVER
    latest = max(span.last for span in begun)
    end = ends(purpose.lasts, state.spans, promise.company.time_zone, otherwise=latest)
    return end if end > now else Code.RELATIONSHIP_OVER
