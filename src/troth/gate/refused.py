"""What a refusal rests on, in words, with its place in the promise: one line for every code.

These tell; they decide nothing. Where the code alone does not say which line decided, `decide` itself is asked again
about the promise with one line of its kind, so that an explanation is never a second opinion.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from troth.actors import ActorKind, of_job
from troth.gate import no_basis
from troth.gate.asking import MEASURE
from troth.gate.decide import decide
from troth.gate.matter import Ground, Matter
from troth.gate.reasons import Code
from troth.gate.terms import Terms
from troth.gate.use import Act, Use
from troth.promise.model import RESERVED_PURPOSES, SACROSANCT, Promise
from troth.promise.words import keep_in_words, period_in_words

_Tell = Callable[[Matter], Ground]


def _at(fact: str, key: str = "") -> _Tell:
    """Return a teller of a fact that is always the same; in `key` stand ``{purpose}``, ``{data}`` and ``{role}``."""

    def tell(matter: Matter) -> Ground:
        return Ground(fact, _key(matter, key))

    return tell


def _key(matter: Matter, key: str) -> str:
    return key.format(purpose=matter.clause.purpose, data=matter.clause.data, role=matter.use.actor.role)


def _not_yet(matter: Matter) -> Ground:
    version = matter.promise.version
    return Ground(f"Version {version.number} of the promise holds from {version.since}.", "version.from")


def _actor(matter: Matter) -> Ground:
    actor = matter.use.actor
    what = "job" if actor.kind is ActorKind.JOB else "key"
    given = ", ".join(sorted(actor.may)) or "nothing"
    return Ground(f"The {what} “{actor.name}” was given: {given}. That list decides, not the promise.")


def _role_may(matter: Matter) -> Ground:
    role = matter.promise.roles.get(matter.use.actor.role)
    kinds = role.may.get(matter.use.purpose, ()) if role else ()
    fact = f"For {matter.purpose_title()} the role “{matter.use.actor.role}” has {matter.titles(kinds)}."
    return Ground(fact, _key(matter, "roles.{role}.may.{purpose}"))


def _aggregate(matter: Matter) -> Ground:
    if matter.use.purpose == MEASURE:
        return Ground("“measure” is made of sums over many; of one customer it would be a look at a person.")
    fact = f"For {matter.purpose_title()} the role “{matter.use.actor.role}” has “aggregate”: statistics only."
    return Ground(fact, _key(matter, "roles.{role}.may.{purpose}"))


def _untrained(matter: Matter) -> Ground:
    role, until = matter.promise.roles.get(matter.use.actor.role), matter.use.actor.trained_until
    courses = ", ".join(role.training) if role else ""
    fact = f"The training ended on {matter.day(until)}." if until else "No training is noted."
    return Ground(f"{fact} The role needs: {courses}.", _key(matter, "roles.{role}.training"))


def _not_inside(matter: Matter) -> Ground:
    agency = matter.use.actor.recipient
    found = matter.recipient(agency)
    inside = (
        f"works inside as “{found.works_inside_as}”" if found and found.works_inside_as else "does not work inside"
    )
    return Ground(f"{matter.name_of(agency)} {inside}.", f"recipients.{agency}.works_inside_as")


def _cut_off(matter: Matter) -> Ground:
    names = [name for name in matter.outside if name in matter.state.common.cut_off]
    fact = f"Cut off for everybody: {', '.join(map(matter.name_of, names))}. See: troth stop show"
    return Ground(fact, f"recipients.{names[0]}" if names else "recipients")


def _never(matter: Matter) -> Ground:
    if _still(matter, Code.NEVER, never=()):
        return Ground("This is one of those that are built in and no promise can lift.", _key(matter, "data.{data}"))
    for place, one in enumerate(matter.promise.never):
        if _still(matter, Code.NEVER, never=(one,)):
            parts = {"act": one.act, "data": one.data, "purpose": one.purpose, "recipient": one.recipient}
            said = ", ".join(f"{name}: {value}" for name, value in parts.items() if value)
            return Ground(f"The promise says never to: {said}.", f"never.{place}")
    return Ground("The promise says never.", "never")


def _still(matter: Matter, code: Code, **changes: object) -> bool:
    """Whether `decide` refuses with `code` under the promise with `changes`."""
    changed: Promise = replace(matter.promise, **changes)  # type: ignore[arg-type] # the caller names fields
    verdict = decide(matter.use, Terms.of(changed), matter.state, matter.now, customer=matter.customer)
    return any(refusal.code is code for refusal in verdict.refused.values() if refusal.clause == matter.clause)


def _no_clause(matter: Matter) -> Ground:
    if matter.use.purpose == MEASURE and matter.clause.purpose == MEASURE:
        return Ground(f"No compared clause is about {matter.data_title()}.")
    kinds = matter.purpose.data if matter.purpose else ()
    fact = f"{matter.purpose_title()} may use {matter.titles(kinds)}, and nothing else."
    return Ground(fact, _key(matter, "purposes.{purpose}.data"))


def _restricted(matter: Matter) -> Ground:
    fact = "A restriction stands on the customer." if matter.state.own.restricted else "The customer is being erased."
    return Ground(fact, _key(matter, "purposes.{purpose}.basis"))


def _child(matter: Matter) -> Ground:
    fact = f"The customer is flagged as under {matter.promise.children.under}."
    return Ground(fact, "children.rule")


def _past_keep(matter: Matter) -> Ground:
    keep = matter.data.keep if matter.data else None
    return Ground(f"It is kept {keep_in_words(keep, promise=matter.promise)}.", _key(matter, "data.{data}.keep"))


def _at_fault(matter: Matter, code: Code) -> str:
    """Return who outside is refused with `code`: the agency is asked first, then who receives."""
    agency, recipient = matter.use.actor.recipient, matter.use.recipient
    if not agency or not recipient:
        return agency or recipient
    alone = replace(matter.use, recipient="", act=Act.READ)
    verdict = decide(alone, matter.terms, matter.state, matter.now, customer=matter.customer)
    of_agency = any(one.code is code for one in verdict.refused.values() if one.clause == matter.clause)
    return agency if of_agency else recipient


def _unknown_outside(matter: Matter) -> Ground:
    name = _at_fault(matter, Code.RECIPIENT_UNKNOWN)
    fact = f"The promise names nobody called “{name}”." if name else "It was not said who receives it."
    return Ground(fact, f"recipients.{name}" if name else "recipients")


def _does_not_receive(matter: Matter) -> Ground:
    name = matter.use.recipient
    found = matter.recipient(name)
    kinds = found.receives.get(matter.clause.purpose, ()) if found else ()
    fact = f"For {matter.purpose_title()} {matter.name_of(name)} receives {matter.titles(kinds)}."
    return Ground(fact, f"recipients.{name}.for.{matter.clause.purpose}")


def _no_contract(matter: Matter) -> Ground:
    name = _at_fault(matter, Code.NO_CONTRACT)
    found = matter.recipient(name)
    contract = found.contract if found else None
    fact = f"The promise names no contract with {matter.name_of(name)}."
    if contract is not None:
        until = f" until {contract.until}" if contract.until else ""
        fact = f"The contract with {matter.name_of(name)} holds from {contract.signed}{until}."
    return Ground(fact, f"recipients.{name}.contract")


def _overdue(matter: Matter) -> Ground:
    name = _at_fault(matter, Code.CHECK_OVERDUE)
    found = matter.recipient(name)
    checked = found.checked if found else None
    fact = f"{matter.name_of(name)} was never checked."
    if checked is not None:
        every = period_in_words(checked.every)
        fact = f"The check of {matter.name_of(name)} is of {checked.on} and due every {every}."
    return Ground(fact, f"recipients.{name}.checked")


def _no_country(matter: Matter) -> Ground:
    name = _at_fault(matter, Code.COUNTRY_MISSING)
    return Ground(f"The promise does not say where {matter.name_of(name)} is.", f"recipients.{name}.country")


def _sacrosanct(matter: Matter) -> Ground:
    level = matter.data.sensitivity if matter.data else SACROSANCT
    fact = f"{matter.data_title()} has sensitivity {level} of {SACROSANCT}."
    return Ground(fact, _key(matter, "data.{data}.sensitivity"))


def _guess_fell(matter: Matter) -> Ground:
    sources = matter.data.guessed_from if matter.data else ()
    where = _key(matter, "data.{data}.from")
    if not sources:
        return Ground("The promise does not say what it is guessed from.", where)
    job = of_job("explain", matter.clause.purpose)
    use = Use(job, matter.clause.purpose, frozenset(sources), opt_out=matter.use.opt_out)
    refused = decide(use, matter.terms, matter.state, matter.now).refused
    why = " ".join(
        f"{matter.titles([kind])}: {refused[kind].says(matter.promise)}" for kind in sources if kind in refused
    )
    return Ground(f"It is guessed from {matter.titles(sources)}. {why}".strip(), where)


REFUSED: Mapping[Code, _Tell] = MappingProxyType(
    {
        Code.TIME_UNKNOWN: _at("Without a time zone a time names no moment."),
        Code.PROMISE_NOT_YET: _not_yet,
        Code.ACTOR_MAY_NOT: _actor,
        Code.NOT_THEIR_OWN: _at("A customer may look at what is kept of them, and ask for nothing else here."),
        Code.ROLE_UNKNOWN: _at("Roles stand in the promise; this one does not.", "roles.{role}"),
        Code.ROLE_MAY_NOT: _role_may,
        Code.AGGREGATE_ONLY: _aggregate,
        Code.TRAINING_LAPSED: _untrained,
        Code.REASON_MISSING: _at("The promise asks this role for a reason; none was given.", "roles.{role}.reason"),
        Code.NOT_INSIDE: _not_inside,
        Code.PURPOSE_UNKNOWN: _at("Purposes stand in the promise; this one does not.", "purposes.{purpose}"),
        Code.RESERVED: _at(f"Every installation keeps these for itself: {', '.join(sorted(RESERVED_PURPOSES))}."),
        Code.NOTHING_ASKED: _at("A comparison names the clauses it compares; this one names none."),
        Code.PAUSED: _at("A pause stands for everybody. See: troth stop show", "purposes.{purpose}"),
        Code.CUT_OFF: _cut_off,
        Code.NEVER: _never,
        Code.NO_CLAUSE: _no_clause,
        Code.NO_CHOICE: no_basis.no_choice,
        Code.REFUSED: no_basis.said("The customer said no on {day}."),
        Code.WITHDRAWN: no_basis.said("The customer had said yes, and said no on {day}."),
        Code.WORDS_CHANGED: no_basis.said(
            "The customer said yes on {day}, under the words of version {version} of the promise; today’s are others."
        ),
        Code.CONSENT_ENDED: no_basis.consent_ended,
        Code.WIDENED: no_basis.widened,
        Code.OBJECTED: no_basis.objected,
        Code.OPTED_OUT: no_basis.opted_out,
        Code.NO_ASSESSMENT: _at("The promise links no balancing test.", "purposes.{purpose}.assessment"),
        Code.NO_RELATIONSHIP: no_basis.no_relationship,
        Code.RELATIONSHIP_OVER: no_basis.over,
        Code.RESTRICTED: _restricted,
        Code.CHILD: _child,
        Code.PAST_KEEP: _past_keep,
        Code.RECIPIENT_UNKNOWN: _unknown_outside,
        Code.RECIPIENT_MAY_NOT: _does_not_receive,
        Code.NO_CONTRACT: _no_contract,
        Code.CHECK_OVERDUE: _overdue,
        Code.COUNTRY_MISSING: _no_country,
        Code.SACROSANCT: _sacrosanct,
        Code.GUESS_FELL: _guess_fell,
        Code.ITEM_DELETED: _at("The customer had it deleted; the same thing stays away."),
        Code.CUSTOMER_ERASED: _at("The customer was erased; what is dated before stays away."),
        Code.EVENT_UNDECLARED: _at(
            "Kinds of data name the events that carry them; this one is named by none.", "data"
        ),
        Code.NOTHING_DECLARED: _at("None of what came with it is named by a kind of data.", "data.{data}"),
        Code.BEFORE_PROMISE: _at(
            "The promise of the day it happened did not allow this use.", "purposes.{purpose}.data.{data}"
        ),
        Code.IN_THE_FUTURE: _at("It is dated later than our clock."),
    }
)
"""Code → what the refusal rests on. Total: a new code has its line here, or tests/gate/test_explain.py fails."""
