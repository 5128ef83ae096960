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
6. The basis holds now for this customer, and neither an objection nor an opt-out signal came after their yes.
8. Past keep: told item by item through the grant's horizon.
9. Each recipient, and the agency of a person, is bound by a contract, was checked in time, and sits in a declared
   country; a recipient receives this kind for this purpose.
10. Data of sensitivity 5 never personalises, is never guessed, and needs a contract, a law or a yes of its own. A
   guess holds only while everything it is made from holds too.

An unknown name anywhere is a refusal, never a gap that lets through.
"""

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from troth.actors import ActorKind
from troth.consent.model import VALID, Status
from troth.gate.asking import MEASURE, RIGHTS, may_ask
from troth.gate.outside import bound_outside
from troth.gate.reasons import Code, Refusal
from troth.gate.retention import ends, horizon
from troth.gate.state import FOREVER, VISITOR, Grant, State, Terms, Verdict
from troth.gate.use import Act, Use
from troth.promise.model import (
    SACROSANCT,
    Ask,
    Basis,
    Clause,
    Data,
    Promise,
    Purpose,
    Source,
)
from troth.promise.never import covers_data, covers_purpose
from troth.promise.taxonomy import LOCATION, PERSONALISING, PUSH, SHARING, lies_below_any, never_guessed

__all__ = ["VISITOR", "Grant", "State", "Terms", "Verdict", "decide", "hold"]

_MARKETING = ("marketing",)
_NOT_FOR_CHILDREN = (*PERSONALISING, *_MARKETING, *SHARING)
_lies = lru_cache(maxsize=4096)(lies_below_any)


def decide(use: Use, terms: Terms, state: State, now: datetime, *, customer: int | None = None) -> Verdict:
    """Return the verdict on `use` for one customer at `now`.

    Args:
        use: who asks for what, for what.
        terms: the promise, made ready.
        state: what is known of the customer.
        now: the moment, timezone-aware.
        customer: the customer's number; only a customer's own look at their own data depends on it.
    """
    until = may_ask(use, terms.promise, now, customer=customer)
    if isinstance(until, Code):
        return Verdict({}, {data: Refusal(until, Clause(use.purpose, data)) for data in use.data})
    if use.opt_out and state.own.opted_out is None:
        # A signal that was recorded keeps its day: a yes given in spite of it is not taken back by the next page.
        state = replace(state, own=replace(state.own, opted_out=now))
    one = _compared if use.purpose == MEASURE else _one_kind
    answers = {data: one(use, data, terms, state, now) for data in use.data}
    return Verdict(
        {
            data: grant if grant.until <= until else replace(grant, until=until)
            for data, grant in answers.items()
            if isinstance(grant, Grant)
        },
        {data: refusal for data, refusal in answers.items() if isinstance(refusal, Refusal)},
    )


def _one_kind(use: Use, data: str, terms: Terms, state: State, now: datetime) -> Grant | Refusal:
    if use.purpose == RIGHTS:
        # Everything kept of a customer is theirs to see, also what the promise no longer names.
        return Grant(None, None)
    actor, clause = use.actor, Clause(use.purpose, data)
    if actor.kind is ActorKind.PERSON and data not in terms.promise.roles[actor.role].may[use.purpose]:
        return Refusal(Code.ROLE_MAY_NOT, clause)
    return hold(clause, terms, state, now, act=use.act, recipient=use.recipient, agency=actor.recipient)


def _compared(use: Use, data: str, terms: Terms, state: State, now: datetime) -> Grant | Refusal:
    """Whether a customer counts in a comparison: only when every compared clause holds for them."""
    if all(clause.data != data for clause in use.compared):
        return Refusal(Code.NO_CLAUSE, Clause(use.purpose, data))
    grants: dict[str, Grant] = {}
    for clause in sorted(use.compared):
        answer = hold(clause, terms, state, now, act=use.act, recipient=use.recipient)
        if isinstance(answer, Refusal):
            return answer
        grants[clause.data] = answer
    return replace(grants[data], until=min(grant.until for grant in grants.values()))


def hold(
    clause: Clause,
    terms: Terms,
    state: State,
    now: datetime,
    *,
    act: Act,
    recipient: str = "",
    agency: str = "",
    above: frozenset[str] = frozenset(),
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
        above: the guesses that ask for this clause as their source.
    """
    promise, outside = terms.promise, frozenset({recipient, agency} - {""})
    refused = _closed(clause, promise, state, act=act, outside=outside)
    if refused is not None:
        return Refusal(refused, clause)
    purpose, data = promise.purposes[clause.purpose], promise.data[clause.data]
    basis = _basis(purpose, clause, terms, state, now)
    if isinstance(basis, Code):
        return Refusal(basis, clause)
    bound = bound_outside(clause, promise, now, act=act, recipient=recipient, agency=agency)
    if isinstance(bound, Code):
        return Refusal(bound, clause)
    private = _private(purpose, data, terms, state, now, above=above)
    if private is not None:
        return Refusal(private, clause)
    past = horizon(data, state.spans, promise.company.time_zone, now=now)
    return Grant(clause, past, min(basis, bound))


def _closed(clause: Clause, promise: Promise, state: State, *, act: Act, outside: frozenset[str]) -> Code | None:
    """Steps 3 to 5 and 7: what refuses a clause whatever its basis."""
    purpose, data = promise.purposes.get(clause.purpose), promise.data.get(clause.data)
    if purpose is None:
        return Code.PURPOSE_UNKNOWN
    stopped = _stopped(purpose, promise, state, outside)
    if stopped is not None:
        return stopped
    if data is not None and _never(purpose, data, promise, act=act, outside=outside):
        return Code.NEVER
    return None if data is not None and data.key in purpose.data else Code.NO_CLAUSE


def _stopped(purpose: Purpose, promise: Promise, state: State, outside: frozenset[str]) -> Code | None:
    """Steps 3b and 7."""
    if purpose.key in state.common.paused:
        return Code.PAUSED
    if outside & state.common.cut_off:
        return Code.CUT_OFF
    if purpose.basis is Basis.LEGAL_OBLIGATION:
        return None
    if state.restricted or state.own.restricted:
        return Code.RESTRICTED
    return Code.CHILD if state.own.child and not _for_children(purpose, promise) else None


def _for_children(purpose: Purpose, promise: Promise) -> bool:
    """Whether a purpose that no law demands stands open to a child: a contract, or at most what asks no consent."""
    if _lies(purpose.use, _NOT_FOR_CHILDREN):
        return False
    # A child's own yes is none (GDPR Art. 8), whatever the rule.
    mild = promise.children.rule == "service_only" and purpose.basis is Basis.LEGITIMATE_INTEREST
    return purpose.basis is Basis.CONTRACT or mild


def _never(purpose: Purpose, data: Data, promise: Promise, *, act: Act, outside: frozenset[str]) -> bool:
    """Step 4. First what no promise can lift (M10), then the company's own list."""
    if data.source is Source.GUESSED and never_guessed(data.category):
        return True
    if _lies(purpose.use, PERSONALISING) and any(_lies(one, LOCATION | PUSH) for one in _made_of(data, promise)):
        return True
    acts = {"", act.value}
    if data.source is Source.GUESSED:
        acts.add("guess")
    if _lies(purpose.use, SHARING):
        acts |= {"sell", "share"}
    return any(
        never.act in (acts | {"share"} if never.recipient else acts)
        and (not never.recipient or never.recipient in outside)
        and covers_data(never, data)
        and covers_purpose(never, purpose)
        for never in promise.never
    )


def _made_of(data: Data, promise: Promise) -> list[str]:
    """Return the categories of `data` and of everything declared that it is guessed from, directly or not."""
    keys = {data.key}
    for _ in promise.data if data.guessed_from else ():  # as many rounds as there are kinds reach everything
        keys |= {source for key in keys & promise.data.keys() for source in promise.data[key].guessed_from}
    return [promise.data[key].category for key in sorted(keys & promise.data.keys())]


def _basis(purpose: Purpose, clause: Clause, terms: Terms, state: State, now: datetime) -> datetime | Code:
    """Step 6: until when the basis holds, or why it does not."""
    basis: datetime | Code = FOREVER  # a legal obligation lasts as long as the keep: step 8
    if purpose.basis is Basis.CONSENT:
        basis = _consent(clause, terms, state)
    elif purpose.basis is Basis.CONTRACT:
        basis = _contract(purpose, terms.promise, state, now)
    elif purpose.basis is Basis.LEGITIMATE_INTEREST and not purpose.assessment.strip():
        basis = Code.NO_ASSESSMENT
    return basis if isinstance(basis, Code) else _objected(purpose, clause, state) or basis


def _consent(clause: Clause, terms: Terms, state: State) -> datetime | Code:
    standing = state.standing.get(clause)
    if standing is None:
        return Code.NO_CHOICE
    if standing.status not in VALID:
        return _INVALID.get(standing.status, Code.WITHDRAWN)
    same = clause in terms.promise.version.same_meaning
    if not same and standing.latest.words not in terms.digests.get(clause, frozenset()):
        return Code.WORDS_CHANGED
    return FOREVER


_INVALID = {
    Status.REFUSED: Code.REFUSED,
    Status.UNKNOWN: Code.NO_CHOICE,
    Status.REQUESTED: Code.NO_CHOICE,
    Status.REQUEST_DEFERRED: Code.NO_CHOICE,
    Status.REVOKED: Code.CONSENT_ENDED,
    Status.EXPIRED: Code.CONSENT_ENDED,
    Status.INVALIDATED: Code.CONSENT_ENDED,
}


def _contract(purpose: Purpose, promise: Promise, state: State, now: datetime) -> datetime | Code:
    """The relationship stands from its ``starts`` event for as long as it ``lasts``."""
    begun = [state.spans[data.key] for data in promise.kind_of_event(purpose.starts) if data.key in state.spans]
    if not begun:
        return Code.NO_RELATIONSHIP
    if purpose.lasts is None:
        return FOREVER
    latest = max(span.last for span in begun)
    end = ends(purpose.lasts, state.spans, promise.company.time_zone, otherwise=latest)
    return end if end > now else Code.RELATIONSHIP_OVER


def _objected(purpose: Purpose, clause: Clause, state: State) -> Code | None:
    """An objection or a signal counts like a no of its day: only a later yes to the very clause speaks again.

    An objection does not end a contract or a legal duty (GDPR Art. 21(1)), but direct marketing it always ends.
    """
    asked = purpose.basis is Basis.CONSENT
    yes = state.standing[clause].latest.at if asked else None
    objected = state.own.objections.get(purpose.key)
    open_to_it = asked or purpose.basis is Basis.LEGITIMATE_INTEREST or _lies(purpose.use, _MARKETING)
    if open_to_it and objected is not None and (yes is None or yes <= objected):
        return Code.OBJECTED
    signal = state.own.opted_out
    speaks = _lies(purpose.use, SHARING) and purpose.basis is not Basis.LEGAL_OBLIGATION
    return Code.OPTED_OUT if speaks and signal is not None and (yes is None or yes <= signal) else None


def _private(
    purpose: Purpose, data: Data, terms: Terms, state: State, now: datetime, *, above: frozenset[str]
) -> Code | None:
    """Step 10: why the most private data, or a guess, may not be used for `purpose`, whose basis holds."""
    if data.sensitivity >= SACROSANCT:
        # A yes to several kinds at once is not explicit about this one.
        asked = purpose.basis is Basis.CONSENT and (purpose.ask is Ask.EACH or len(purpose.data) == 1)
        owed = purpose.basis in {Basis.CONTRACT, Basis.LEGAL_OBLIGATION}
        if not (asked or owed) or _lies(purpose.use, PERSONALISING) or data.source is Source.GUESSED:
            return Code.SACROSANCT
    if data.source is not Source.GUESSED:
        return None
    if not data.guessed_from or data.key in above:
        return Code.GUESS_FELL
    # To make a guess is to read its sources. They stand under the same purpose, so they end when it ends.
    sources = (
        hold(Clause(purpose.key, source), terms, state, now, act=Act.READ, above=above | {data.key})
        for source in data.guessed_from
    )
    return Code.GUESS_FELL if any(isinstance(source, Refusal) for source in sources) else None
