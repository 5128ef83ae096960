"""What earlier promises still say about today's use: only what was added since stays off.

Laws:

1. Whoever said yes under an earlier promise gets what that promise, every one since, and today's allow. What any of
   them refuses is refused; what none refuses goes on.
2. Where nobody is asked (contract, legitimate interest), the same holds item by item: with every promise since the
   item happened. A law binds from its own day, whatever was promised.
3. A yes holds under words of an earlier promise only while each promise since says that they mean the same.
4. A promise that is not on record promised nothing: a yes under it allows nothing.

Dates of contracts and checks are asked of today's promise only: that they are renewed is what was promised.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from itertools import pairwise

from troth.gate.plan import Manner, Part, Plan, plan
from troth.gate.retention import LONG_AGO, Limit
from troth.gate.state import Grant
from troth.gate.use import Act
from troth.promise.changes.change import Direction
from troth.promise.changes.effect import Effect, effect
from troth.promise.compare import compare
from troth.promise.model import Clause, Data, Promise

_TRAITS = "identify"


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier promise, beside today's.

    Attributes:
        promise: what was promised.
        until: from when the next one was in force.
        ended: clauses that are another thing under the promises since.
        loosened: recipient → clauses for which it is bound less than it was.
    """

    promise: Promise
    until: datetime
    ended: frozenset[Clause]
    loosened: Mapping[str, frozenset[Clause]]


def begins(promise: Promise) -> datetime:
    """Return from when `promise` is in force: the first moment of its day, in the company's time zone."""
    return datetime.combine(promise.version.since, time.min, promise.company.time_zone).astimezone(UTC)


def remembered(history: Sequence[Promise], today: Promise, recorded: Mapping[int, datetime]) -> tuple[Earlier, ...]:
    """Return what came before `today`, oldest first.

    Args:
        history: every earlier promise, oldest first.
        today: the promise in force.
        recorded: number → when that promise was first on record; it was in force no earlier, whatever it says.
    """
    ended: frozenset[Clause] = frozenset()
    loosened: dict[str, frozenset[Clause]] = {}
    found: list[Earlier] = []
    for older, newer in reversed(list(pairwise([*history, today]))):
        for change in compare(older, newer).of(Direction.WIDENED):
            match effect(change):
                case Effect.ENDS if not _is_asking(change.path):
                    ended |= frozenset(change.clauses)
                case Effect.RECIPIENT:
                    name = change.path.split(".")[1]
                    loosened[name] = loosened.get(name, frozenset()) | frozenset(change.clauses)
                case _:
                    pass
        until = max(begins(newer), recorded.get(newer.version.number, LONG_AGO))
        found.append(Earlier(older, until, ended, dict(loosened)))
    return tuple(reversed(found))


def _is_asking(path: str) -> bool:
    """Whether a change is about the words of a question. Those are known by their digest: see `accepted`."""
    return path == "company.languages" or path.rpartition(".")[2] in {"question", "yes", "no"}


def since_yes(part: Part, manner: Manner, today: Promise, between: Iterable[Earlier]) -> Grant | None:
    """Return what a yes still grants, when every promise of `between` holds too; None when nothing (law 1)."""
    grant = part.grant
    for one in between:
        if _refuses(one, plan(manner, one.promise), part.clause):
            return None
        older, newer = one.promise.data[part.clause.data], today.data[part.clause.data]
        if older.keep != newer.keep:
            grant = replace(grant, limits=(*grant.limits, Limit(older.keep)))
        grant = replace(grant, fields=_fields(grant.fields, older, newer))
    return grant


def by_day(whole: Plan, today: Promise, history: Iterable[Earlier]) -> Plan:
    """Return `whole` with what earlier promises say of older items, where nobody is asked (law 2)."""
    if whole.purpose is None or whole.asks or whole.demanded:
        return whole
    parts, lasts = dict(whole.parts), whole.lasts
    for one in history:
        before = plan(whole.manner, one.promise)
        for key, part in parts.items():
            grant = part.grant
            if _refuses(one, before, part.clause):
                grant = replace(grant, since=one.until)
            elif (keep := one.promise.data[key].keep) != today.data[key].keep:
                grant = replace(grant, limits=(*grant.limits, Limit(keep, one.until)))
            parts[key] = replace(part, grant=grant)
        if before.purpose is not None:
            lasts += tuple(Limit(limit.keep, one.until) for limit in before.lasts if limit != whole.lasts[0])
    return replace(whole, parts=parts, lasts=lasts)


def _refuses(one: Earlier, before: Plan, clause: Clause, above: frozenset[str] = frozenset()) -> bool:
    """Whether an earlier promise, with its plan, does not allow what is done for `clause` today.

    A guess was allowed only where what it is made from was. `above` are the guesses that ask for `clause` so.
    """
    manner, part = before.manner, before.part(clause.data)
    if clause in one.ended or any(clause in one.loosened.get(name, ()) for name in before.named):
        return True
    agency = one.promise.recipients.get(manner.agency)
    inside = not manner.agency or (agency is not None and agency.works_inside_as == manner.role)
    if not inside or part.refused is not None or clause.data in above:
        return True
    reading = plan(Manner(manner.purpose, Act.READ), one.promise) if part.sources else before
    below = above | {clause.data}
    return any(_refuses(one, reading, Clause(manner.purpose, source), below) for source in part.sources)


def _fields(
    narrowed: Mapping[str, frozenset[str]] | None, older: Data, newer: Data
) -> Mapping[str, frozenset[str]] | None:
    """Return event → properties that both `narrowed` and `older` let out; None while that is all of `newer`."""
    before, now = _named(older), _named(newer)
    if narrowed is None and all(names <= before.get(event, frozenset()) for event, names in now.items()):
        return None
    known = now if narrowed is None else narrowed
    return {event: names & before.get(event, frozenset()) for event, names in known.items()}


def _named(data: Data) -> dict[str, frozenset[str]]:
    named = {event: frozenset(names) for event, names in data.events.items()}
    return {**named, _TRAITS: frozenset(data.traits)} if data.traits else named
