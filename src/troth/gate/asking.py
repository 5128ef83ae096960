"""Steps 1 to 3 of a verdict: what refuses a whole use, whatever is asked for."""

from datetime import datetime

from troth.actors import Actor, ActorKind
from troth.gate.reasons import Code
from troth.gate.retention import FOREVER
from troth.gate.terms import Terms
from troth.gate.use import Act, Use
from troth.promise.model import RESERVED_PURPOSES, Promise, Role

RIGHTS, MEASURE = "rights", "measure"
"""The reserved purposes that are built: a customer's look at their own, and a job's comparison of clauses."""

_BUILT = frozenset({(RIGHTS, ActorKind.CUSTOMER), (MEASURE, ActorKind.JOB)})
"""Which reserved purposes are open to whom. The others belong to rooms that open them when they are built."""


def may_ask(use: Use, terms: Terms, now: datetime, *, customer: int | None) -> datetime | Code:
    """Steps 1 to 3, as far as they refuse the whole use, whatever is asked for; else until when they hold."""
    if now.tzinfo is None:
        return Code.TIME_UNKNOWN
    if now < terms.begins:
        return Code.PROMISE_NOT_YET
    until = _actor(use.actor, use, terms.promise, now, customer=customer)
    return until if isinstance(until, Code) else _purpose(use) or until


def _purpose(use: Use) -> Code | None:
    """Step 3, as far as it is about reserved purposes; the others are looked up with their clauses."""
    if use.purpose in RESERVED_PURPOSES and (use.purpose, use.actor.kind) not in _BUILT:
        return Code.RESERVED
    return Code.NOTHING_ASKED if use.purpose == MEASURE and not use.compared else None


def _actor(actor: Actor, use: Use, promise: Promise, now: datetime, *, customer: int | None) -> datetime | Code:
    """Step 2: until when this actor has this purpose, or why not."""
    if actor.recipient:
        agency = promise.recipients.get(actor.recipient)
        inside = actor.kind is ActorKind.PERSON and agency is not None and agency.works_inside_as == actor.role
        if not inside or not actor.role:
            return Code.NOT_INSIDE
    if actor.kind is ActorKind.CUSTOMER:
        own = actor.customer is not None and actor.customer == customer
        looks = use.purpose == RIGHTS and use.act is Act.READ and not use.recipient
        return FOREVER if own and looks else Code.NOT_THEIR_OWN
    if actor.kind is not ActorKind.PERSON:
        return FOREVER if use.purpose in actor.may else Code.ACTOR_MAY_NOT
    role = promise.roles.get(actor.role)
    return Code.ROLE_UNKNOWN if role is None else _person(actor, role, use, now)


def _person(actor: Actor, role: Role, use: Use, now: datetime) -> datetime | Code:
    if use.purpose in role.aggregate:
        return Code.AGGREGATE_ONLY
    if use.purpose not in role.may:
        return Code.ROLE_MAY_NOT
    until = FOREVER
    if role.training:
        if actor.trained_until is None or actor.trained_until <= now:
            return Code.TRAINING_LAPSED
        until = actor.trained_until
    return Code.REASON_MISSING if role.reason_required and not use.reason.strip() else until
