"""The verdict. Pure and total: values in, a verdict out, for every input. The only place that decides on consent.

`decide(use, terms, state, now)` gives a verdict per clause. The steps are numbered as in docs/guarantee.md and asked
in this order; the first that refuses is the one that is told:

1. The time is a time, and the promise is in force.
2. The actor has this purpose. A person's role names it with this kind of data, their training is current and a reason
   is given where the promise asks for one. Somebody of an agency is there under the role that the promise gave it.
3. The purpose is declared or reserved, and something is asked for.
3b. Nothing is stopped: the purpose is not paused, the recipient not cut off.
7. The customer is not restricted (then only what a law demands holds) and not a child below the rule. Asked here,
   with the other stops: nobody is told to answer a question whose answer would change nothing.
4. No ``never`` matches, neither the company's own nor those no promise can lift.
5. The asked kind has a clause for this purpose.
6. The basis holds now for this customer, and neither an objection nor an opt-out signal came after their yes. Under a
   yes to an earlier promise only what that one allowed, too, holds (`earlier`).
8. Past keep: told item by item through the grant's limits.
9. Each recipient, and the agency of a person, is bound by a contract, was checked in time, and sits in a declared
   country; a recipient receives this kind for this purpose.
10. Data of sensitivity 5 never personalises, is never guessed, and needs a contract, a law or a yes of its own. A
   guess holds only while everything it is made from holds too.

An unknown name anywhere is a refusal, never a gap that lets through. What hangs on the promise alone is worked out
once (`plan`); here it meets the customer and the day.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from troth.consent.model import Standing, Status
from troth.gate.asking import MEASURE, RIGHTS, may_ask
from troth.gate.outside import bound_outside
from troth.gate.plan import Manner, Part, Plan
from troth.gate.reasons import Code, Refusal
from troth.gate.retention import FOREVER, ends
from troth.gate.state import VISITOR, Grant, State, Verdict
from troth.gate.terms import Terms
from troth.gate.use import Act, Use
from troth.promise.model import Basis, Clause

__all__ = ["VISITOR", "Grant", "State", "Terms", "Verdict", "decide", "hold"]

_OWN = Grant(None)
_NONE: dict[str, Part] = {}


@dataclass(slots=True)
class _Case:
    """One purpose, customer and day: what is the same for every kind of data.

    Attributes:
        whole: what the promise says of the purpose, asked for in this manner.
        refused: steps 3, 3b and 7: what refuses all of it.
        unfounded: step 6, where nobody is asked: why the basis does not hold.
        against: step 6: (when, code) of an objection and of a signal that speak about this purpose.
        unbound: step 9: what somebody outside is missing.
        until: until when the basis holds and everybody outside is bound.
        above: the guesses whose sources are asked for.
    """

    whole: Plan
    terms: Terms
    state: State
    now: datetime
    refused: Code | None = None
    unfounded: Code | None = None
    against: tuple[tuple[datetime, Code], ...] = ()
    unbound: Code | None = None
    until: datetime = FOREVER
    above: frozenset[str] = frozenset()

    @property
    def is_plain(self) -> bool:
        """Whether only the customer's own choices decide."""
        return self.refused is None and not self.against and self.unbound is None and self.until is FOREVER


def decide(use: Use, terms: Terms, state: State, now: datetime, *, customer: int | None = None) -> Verdict:
    """Return the verdict on `use` for one customer at `now`.

    Args:
        use: who asks for what, for what.
        terms: the promise, made ready.
        state: what is known of the customer.
        now: the moment, timezone-aware.
        customer: the customer's number; only a customer's own look at their own data depends on it.
    """
    until = may_ask(use, terms, now, customer=customer)
    if isinstance(until, Code):
        return Verdict({}, {data: Refusal(until, Clause(use.purpose, data)) for data in use.data})
    if use.purpose == RIGHTS:
        # Everything kept of a customer is theirs to see, also what the promise no longer names.
        return Verdict(dict.fromkeys(use.data, _OWN), {})
    if use.opt_out and state.own.opted_out is None:
        # A signal that was recorded keeps its day: a yes given in spite of it is not taken back by the next page.
        state = replace(state, own=replace(state.own, opted_out=now))
    if use.purpose == MEASURE:
        return _compared(use, terms, state, now)
    return _declared(use, terms, state, now, until=until)


def _declared(use: Use, terms: Terms, state: State, now: datetime, *, until: datetime) -> Verdict:
    """The verdict on a use for a purpose of the promise; who asks may ask `until` then."""
    actor = use.actor
    whole = terms.plan(Manner(use.purpose, use.act, use.recipient, actor.recipient, actor.role))
    case = _case(whole, terms, state, now)
    allowed: dict[str, Grant] = {}
    refused: dict[str, Refusal] = {}
    plain = whole.plain if until is FOREVER and case.is_plain else _NONE
    standing, number = state.standing, terms.number
    for data in use.data:
        part = plain.get(data)
        if part is not None and (known := standing.get(part.clause)) is not None:
            # What most questions come to: one choice, made under today's promise.
            latest = known.latest
            if latest.promise == number:
                code = _NO[known.status]
                if code is not None:
                    refused[data] = part.refuse(code)
                    continue
                if latest.words in part.accepts:
                    allowed[data] = part.grant
                    continue
        answer = _judge(whole.part(data), case)
        if isinstance(answer, Refusal):
            refused[data] = answer
        else:
            allowed[data] = answer.ending(until)
    return Verdict(allowed, refused)


def _compared(use: Use, terms: Terms, state: State, now: datetime) -> Verdict:
    """Whether a customer counts in a comparison: only when every compared clause holds for them."""
    grants: dict[str, Grant] = {}
    refusal: Refusal | None = None
    until = FOREVER
    for clause in sorted(use.compared):
        answer = hold(clause, terms, state, now, act=use.act, recipient=use.recipient)
        if isinstance(answer, Refusal):
            refusal = answer
            break
        grants[clause.data] = answer
        until = min(until, answer.until)
    compared = {clause.data for clause in use.compared}
    refused = {data: Refusal(Code.NO_CLAUSE, Clause(use.purpose, data)) for data in use.data - compared}
    if refusal is not None:
        return Verdict({}, refused | dict.fromkeys(use.data & compared, refusal))
    return Verdict({data: grants[data].ending(until) for data in use.data & compared}, refused)


def hold(
    clause: Clause,
    terms: Terms,
    state: State,
    now: datetime,
    *,
    act: Act,
    recipient: str = "",
    agency: str = "",
) -> Grant | Refusal:
    """Decide steps 3b to 10 for one clause of one customer, whoever asks.

    Args:
        clause: a clause, of the promise or not.
        terms: the promise, made ready.
        state: what is known of the customer.
        now: the moment, timezone-aware.
        act: what is done with the data.
        recipient: who receives it, for a disclosure.
        agency: the recipient whose people ask, when they do.
    """
    whole = terms.plan(Manner(clause.purpose, act, recipient, agency))
    return _judge(whole.part(clause.data), _case(whole, terms, state, now))


def _judge(part: Part, case: _Case) -> Grant | Refusal:
    """Decide one kind of data."""
    refused = part.role or case.refused or part.closed
    if refused is not None:
        return part.refuse(refused)
    answer = _granted(part, case)
    if isinstance(answer, Code):
        return part.refuse(answer)
    refused = part.outside or case.unbound or part.private
    if refused is None and part.sources and not _sources_hold(part, case):
        refused = Code.GUESS_FELL
    if refused is not None:
        return part.refuse(refused)
    return answer.ending(case.until)


def _granted(part: Part, case: _Case) -> Grant | Code:
    """Step 6: what the basis grants, or why it does not hold."""
    grant, yes = part.grant, None
    if case.whole.asks:
        standing = case.state.standing.get(part.clause)
        if standing is None:
            return Code.NO_CHOICE
        no = _no(standing, part)
        if no is not None:
            return no
        yes = standing.latest
        if yes.promise != case.terms.number:
            since = case.terms.granted_since(part, case.whole.manner, yes.promise)
            if since is None:
                return Code.WIDENED
            grant = since
    speaks = (code for when, code in case.against if yes is None or yes.at <= when)
    return case.unfounded or next(speaks, None) or grant


def _case(whole: Plan, terms: Terms, state: State, now: datetime) -> _Case:
    case, purpose = _Case(whole, terms, state, now), whole.purpose
    if purpose is None:
        case.refused = Code.PURPOSE_UNKNOWN
        return case
    case.refused = _stopped(whole, state)
    case.against = _against(whole, state)
    if purpose.basis is Basis.CONTRACT:
        basis = _contract(whole, terms, state, now)
        if isinstance(basis, Code):
            case.unfounded = basis
        else:
            case.until = basis
    elif purpose.basis is Basis.LEGITIMATE_INTEREST and not purpose.assessment.strip():
        case.unfounded = Code.NO_ASSESSMENT
    if whole.bound:
        bound = bound_outside(whole.bound, terms.promise.company.time_zone, now)
        if isinstance(bound, Code):
            case.unbound = bound
        else:
            case.until = min(case.until, bound)
    return case


def _stopped(whole: Plan, state: State) -> Code | None:
    """Steps 3b and 7."""
    common, own = state.common, state.own
    if whole.manner.purpose in common.paused:
        return Code.PAUSED
    if whole.named & common.cut_off:
        return Code.CUT_OFF
    if whole.demanded:
        return None
    if state.restricted or own.restricted:
        return Code.RESTRICTED
    return Code.CHILD if own.child and not whole.for_children else None


def _against(whole: Plan, state: State) -> tuple[tuple[datetime, Code], ...]:
    """Step 6: an objection or a signal counts like a no of its day: only a later yes to the very clause speaks again.

    An objection does not end a contract or a legal duty (GDPR Art. 21(1)), but direct marketing it always ends.
    """
    own = state.own
    objected = own.objections.get(whole.manner.purpose) if whole.objectable else None
    signal = own.opted_out if whole.shares else None
    if objected is None and signal is None:
        return ()
    found = ((objected, Code.OBJECTED), (signal, Code.OPTED_OUT))
    return tuple((when, code) for when, code in found if when is not None)


def _no(standing: Standing, part: Part) -> Code | None:
    """Step 6: why a recorded choice is no yes to this clause as it is meant today; None when it is one."""
    no = _NO[standing.status]
    return no if no is not None or standing.latest.words in part.accepts else Code.WORDS_CHANGED


_NO = {
    Status.GIVEN: None,
    Status.RENEWED_GIVEN: None,
    Status.REFUSED: Code.REFUSED,
    Status.WITHDRAWN: Code.WITHDRAWN,
    Status.UNKNOWN: Code.NO_CHOICE,
    Status.REQUESTED: Code.NO_CHOICE,
    Status.REQUEST_DEFERRED: Code.NO_CHOICE,
    Status.REVOKED: Code.CONSENT_ENDED,
    Status.EXPIRED: Code.CONSENT_ENDED,
    Status.INVALIDATED: Code.CONSENT_ENDED,
}
"""What each state of consent refuses with; the two that are valid with nothing."""


def _contract(whole: Plan, terms: Terms, state: State, now: datetime) -> datetime | Code:
    """Step 6: the relationship stands from its ``starts`` event for as long as it ``lasts``."""
    begun = [state.spans[kind].last for kind in whole.starts if kind in state.spans]
    if not begun:
        return Code.NO_RELATIONSHIP
    latest, zone = max(begun), terms.promise.company.time_zone
    lasts = (one.keep for one in whole.lasts if one.keep is not None and latest < one.before)
    end = min((ends(keep, state.spans, zone, otherwise=latest) for keep in lasts), default=FOREVER)
    return end if end > now else Code.RELATIONSHIP_OVER


def _sources_hold(part: Part, case: _Case) -> bool:
    """Step 10: whether a guess stands on what holds. To make a guess is to read its sources, for the same purpose.

    They stand under the same purpose, so they end when it ends.
    """
    guess = part.clause.data
    if guess in case.above:
        return False
    reading = case.terms.plan(Manner(case.whole.manner.purpose, Act.READ))
    below = _case(reading, case.terms, case.state, case.now)
    below.above = case.above | {guess}
    return all(isinstance(_judge(reading.part(source), below), Grant) for source in part.sources)
