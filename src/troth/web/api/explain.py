"""Why the gate says what it says, for staff tools: `POST /v1/explain`. Nothing is opened."""

from datetime import datetime
from typing import Annotated

import msgspec

from troth.access.service import EXPLAIN
from troth.app import App
from troth.errors import InputError, NotAllowedError
from troth.gate.explain import Explained, Explanation, Step, anybody
from troth.gate.retention import FOREVER
from troth.gate.use import Act, Use
from troth.web.api.http import Body, Request, decode

_MOST = 100
_VISITOR = 0

_Name = Annotated[str, msgspec.Meta(max_length=100)]


class Explain(Body):
    """What would be asked of the gate, by whom, about whom.

    Attributes:
        customer: the id your shop uses.
        purpose: what it would be used for.
        data: kinds of data.
        act: what would be done with it.
        recipient: who outside would receive it.
        as_staff: who asks: a name of `troth staff`.
        as_role: who asks: anybody of this role whose training holds.
        as_customer: the very customer asks. Without any of the three: a program that was given the purpose.
        reason: the reason a person would give.
        at: when, with its time zone; now when left out.
        opt_out: whether the customer's browser sent ``Sec-GPC: 1``.
    """

    customer: str
    purpose: _Name
    data: Annotated[list[_Name], msgspec.Meta(min_length=1, max_length=_MOST)]
    act: Act = Act.READ
    recipient: _Name = ""
    as_staff: _Name = ""
    as_role: _Name = ""
    as_customer: bool = False
    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    opt_out: bool = False


class Explaining:
    """The call.

    Args:
        app: the open installation.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    def explain(self, request: Request) -> object:
        """Return the steps of the verdict on each kind of data."""
        if EXPLAIN not in request.actor.may:
            raise NotAllowedError(
                "actor_may_not",
                "This key may not ask why.",
                "Make one: troth key create NAME --for explain",
            )
        wanted = decode(Explain, request.body)
        if wanted.as_customer + bool(wanted.as_role) + bool(wanted.as_staff) > 1:
            raise InputError("asks_twice", "Only one can ask.", "Send one of as_staff, as_role and as_customer.")
        number = self._app.identity.find(wanted.customer)
        customer = _VISITOR if number is None else number
        actor = (
            self._app.staff.actor(wanted.as_staff)
            if wanted.as_staff
            else anybody(wanted.purpose, customer, role=wanted.as_role, is_customer=wanted.as_customer)
        )
        use = Use(
            actor,
            wanted.purpose,
            frozenset(wanted.data),
            wanted.act,
            wanted.reason,
            wanted.recipient,
            opt_out=wanted.opt_out,
        )
        told = self._app.gate.explain(use, customer, now=wanted.at or self._app.clock.now())
        return as_json(told, is_known=number is not None)


def as_json(told: Explanation, *, is_known: bool) -> dict[str, object]:
    """Return an explanation as the API and the command line show it.

    Args:
        told: the explanation.
        is_known: whether there is such a customer; otherwise it is about a visitor.
    """
    return {
        "customer_known": is_known,
        "at": told.at.isoformat(),
        "version": told.version,
        "purpose": told.use.purpose,
        "allowed": told.is_allowed,
        "data": [_kind(one) for one in told.kinds],
    }


def _kind(one: Explained) -> dict[str, object]:
    decided = one.decided
    return {
        "data": one.data,
        "clause": None if one.clause is None else str(one.clause),
        "answer": one.word,
        "says": one.says,
        "until": None if one.until is None or one.until == FOREVER else one.until.isoformat(),
        "decided_by": None if decided is None else decided.number,
        "steps": [_step(step) for step in one.steps],
    }


def _step(step: Step) -> dict[str, object]:
    place = step.place
    return {
        "step": step.number,
        "asks": step.asks,
        "came": step.came.value,
        "fact": step.fact,
        "key": step.key if place else "",
        "place": None if place is None else {"file": place.file, "line": place.line, "column": place.column},
    }
