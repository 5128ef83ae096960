"""What each step of a verdict rested on when it did not refuse, in words, with its place in the promise.

These tell; they decide nothing. Whether a step held is known from the verdict before any of them is asked.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from troth.actors import ActorKind
from troth.gate.asking import MEASURE, RIGHTS
from troth.gate.matter import Ground, Matter
from troth.gate.retention import FOREVER, LONG_AGO, Limit, border
from troth.promise.model import SACROSANCT, Basis, Source
from troth.promise.taxonomy import SHARING, lies_below_any
from troth.promise.words import keep_in_words, period_in_words


def _in_force(matter: Matter) -> Ground:
    version = matter.promise.version
    return Ground(f"Version {version.number} of the promise is in force since {version.since}.", "version.from")


def _actor(matter: Matter) -> Ground:
    actor, purpose = matter.use.actor, matter.use.purpose
    if actor.kind is ActorKind.CUSTOMER:
        return Ground("A customer looks at what is kept of them.")
    if actor.kind is not ActorKind.PERSON:
        what = "key" if actor.kind is ActorKind.SERVICE else "job"
        who = f"The {what} “{actor.name}”" if actor.name else "Asked for a program that"
        return Ground(f"{who} was given the purpose.")
    fact = f"The role “{actor.role}” has {matter.data_title()} for {matter.purpose_title()}."
    role = matter.promise.roles.get(actor.role)
    if role is not None and role.training and actor.trained_until is not None:
        ends = "" if actor.trained_until == FOREVER else f" until {matter.last_day(actor.trained_until)}"
        fact += f" The training holds{ends}."
    if role is not None and role.reason_required:
        fact += " A reason was given."
    if actor.recipient:
        fact += f" They are of {matter.name_of(actor.recipient)}, whose people work inside in this role."
    return Ground(fact, f"roles.{actor.role}.may.{purpose}.{matter.clause.data}")


def _purpose(matter: Matter) -> Ground:
    if matter.use.purpose == RIGHTS:
        return Ground("Every installation keeps “rights” for customers: all that is kept of them is theirs to see.")
    if matter.use.purpose == MEASURE:
        compared = ", ".join(map(str, sorted(matter.use.compared)))
        return Ground(f"Every installation keeps “measure” for comparing; compared here: {compared}.")
    return Ground(f"{matter.purpose_title()} is a purpose of the promise.", f"purposes.{matter.use.purpose}")


def _nothing_stopped(matter: Matter) -> Ground:
    fact = f"{matter.purpose_title()} is not paused."
    if matter.outside:
        fact += f" Not cut off: {', '.join(map(matter.name_of, matter.outside))}."
    return Ground(fact)


def _open_to_them(matter: Matter) -> Ground:
    if matter.purpose is not None and matter.purpose.basis is Basis.LEGAL_OBLIGATION:
        return Ground(
            "What a law demands is locked for nobody.", f"purposes.{matter.clause.purpose}.basis", applies=False
        )
    if matter.state.own.child:
        fact = f"The customer is flagged as under {_under(matter)}; this stands open to children."
        return Ground(fact, "children.rule")
    return Ground(f"Nothing of the customer is locked, and no flag says that they are under {_under(matter)}.")


def _under(matter: Matter) -> int:
    return matter.promise.children.under


def _never(matter: Matter) -> Ground:
    fact = "No line of the promise speaks of this, and none that is built in."
    return Ground(fact, "never" if matter.promise.never else "")


def _clause(matter: Matter) -> Ground:
    fact = f"The clause {matter.clause} lets {matter.purpose_title()} use {matter.data_title()}."
    return Ground(fact, f"purposes.{matter.clause.purpose}.data.{matter.clause.data}")


def _basis(matter: Matter) -> Ground:
    purpose = matter.purpose
    if purpose is None:
        return Ground("Nothing was asked about a basis.", applies=False)
    return _BASES[purpose.basis](matter)


def _said_yes(matter: Matter) -> Ground:
    where = f"purposes.{matter.clause.purpose}.data.{matter.clause.data}"
    standing, purpose = matter.standing, matter.purpose
    if standing is None or purpose is None:
        return Ground("The customer said yes.", where)
    choice = standing.latest
    fact = (
        f"The customer said yes on {matter.day(choice.at)}, under the words shown then "
        f"(version {choice.promise} of the promise)."
    )
    signal, objected = matter.state.own.opted_out, matter.state.own.objections.get(purpose.key)
    if signal is not None and lies_below_any(purpose.use, SHARING):
        fact += f" Their browser’s opt-out signal came before, on {matter.day(signal)}; the later yes counts."
    if objected is not None:
        fact += f" They had objected before, on {matter.day(objected)}; the later yes counts."
    return Ground(fact, where)


def _contract(matter: Matter) -> Ground:
    span, purpose = matter.begun(), matter.purpose
    if span is None or purpose is None:
        return Ground("The relationship stands.", f"purposes.{matter.clause.purpose}.starts")
    fact = f"The relationship stands since “{purpose.starts}” of {matter.day(span.first)}"
    fact += f", the latest of {matter.day(span.last)}." if span.count > 1 else "."
    if purpose.lasts is None:
        return Ground(f"{fact} It has no end in the promise.", f"purposes.{purpose.key}.starts")
    return Ground(f"{fact} It lasts {_length(matter)}.", f"purposes.{purpose.key}.lasts")


def _length(matter: Matter) -> str:
    purpose = matter.purpose
    lasts = purpose.lasts if purpose else None
    if lasts is None or lasts.after:
        return keep_in_words(lasts, promise=matter.promise)
    return f"{period_in_words(lasts.period)} from the latest"


def _law(matter: Matter) -> Ground:
    law = matter.purpose.law if matter.purpose else ""
    return Ground(f"A law demands it: {law}.", f"purposes.{matter.clause.purpose}.law")


def _interest(matter: Matter) -> Ground:
    weighed = matter.purpose.assessment if matter.purpose else ""
    fact = f"The interest was weighed ({weighed}), and no objection stands."
    return Ground(fact, f"purposes.{matter.clause.purpose}.assessment")


_BASES: Mapping[Basis, Callable[[Matter], Ground]] = MappingProxyType(
    {
        Basis.CONSENT: _said_yes,
        Basis.CONTRACT: _contract,
        Basis.LEGAL_OBLIGATION: _law,
        Basis.LEGITIMATE_INTEREST: _interest,
    }
)


def _kept(matter: Matter) -> Ground:
    grant = matter.grant
    if grant is None or matter.data is None:
        return Ground("This is asked of each item as it is opened; here nothing is.", applies=False)
    facts = [_limit(one, matter, earlier=place > 0) for place, one in enumerate(grant.limits)]
    if grant.since != LONG_AGO:
        facts.append(
            f"What happened before {matter.day(grant.since)} is not opened: no promise of then allowed this."
        )
    if grant.fields is not None:
        facts += [
            f"Of “{event}” only {', '.join(sorted(names)) or 'nothing'}." for event, names in grant.fields.items()
        ]
    span = matter.state.spans.get(matter.clause.data)
    if span is None:
        facts.append("Nothing of this kind is kept of the customer.")
    else:
        zone = matter.promise.company.time_zone
        edge = border(grant.limits, matter.state.spans, zone, now=matter.now, since=grant.since)
        if edge.is_past(span.last):
            facts.append(f"The newest is of {matter.day(span.last)}: none would be opened.")
        elif edge.is_past(span.first):
            facts.append(f"The oldest is of {matter.day(span.first)}: what is past it is not opened.")
        else:
            facts.append("Nothing that is kept is past it.")
    return Ground(" ".join(facts), f"data.{matter.clause.data}.keep")


def _limit(limit: Limit, matter: Matter, *, earlier: bool) -> str:
    kept = keep_in_words(limit.keep, promise=matter.promise)
    kept = f"{kept[0].lower()}{kept[1:]}"
    if not earlier:
        return f"Kept {kept}."
    if limit.before == FOREVER:
        return f"For this customer no longer than {kept}, as was promised when they said yes."
    return f"What happened before {matter.day(limit.before)} no longer than {kept}, as was promised then."


def _bound(matter: Matter) -> Ground:
    if not matter.outside:
        return Ground("Nobody outside the company is involved.", applies=False)
    facts = []
    for name in matter.outside:
        found = matter.recipient(name)
        if found is None or found.contract is None or found.checked is None:
            continue
        until = f", until {found.contract.until}" if found.contract.until else ""
        facts.append(
            f"{matter.name_of(name)} has a contract of {found.contract.signed}{until}, was checked on "
            f"{found.checked.on} (every {period_in_words(found.checked.every)}), and sits in {found.country}."
        )
    return Ground(" ".join(facts), f"recipients.{matter.outside[-1]}.contract")


def _not_too_private(matter: Matter) -> Ground:
    data = matter.data
    if data is None:
        return Ground("The promise no longer names this kind of data.", applies=False)
    fact = f"Sensitivity {data.sensitivity} of {SACROSANCT}"
    fact += "; the most private data stands here on ground of its own." if data.sensitivity >= SACROSANCT else "."
    if data.source is not Source.GUESSED:
        return Ground(f"{fact} It is no guess.", f"data.{data.key}.sensitivity")
    fact += f" It is guessed from {matter.titles(data.guessed_from)}, which hold too."
    return Ground(fact, f"data.{data.key}.from")


HELD: Mapping[str, Callable[[Matter], Ground]] = MappingProxyType(
    {
        "1": _in_force,
        "2": _actor,
        "3": _purpose,
        "3b": _nothing_stopped,
        "7": _open_to_them,
        "4": _never,
        "5": _clause,
        "6": _basis,
        "8": _kept,
        "9": _bound,
        "10": _not_too_private,
    }
)
"""Step → what it rested on when it held."""
