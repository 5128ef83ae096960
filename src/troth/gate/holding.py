"""What a kind of data may be kept for: every purpose that holds for it now, and what each keeps of it.

Items that a customer asked to delete, and that a law demands, are held as if the customer were locked: by the law
alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from troth.gate.decide import hold
from troth.gate.reasons import Code, Refusal
from troth.gate.retention import Border, border, ends
from troth.gate.state import Grant, State
from troth.gate.terms import Terms
from troth.gate.use import Act
from troth.promise.model import Clause
from troth.vault.model import Span, is_restricted, named


@dataclass(frozen=True, slots=True)
class Holding:
    """The purposes that hold for one kind of data of one customer; at least one.

    Attributes:
        grants: each with which items it keeps.
    """

    grants: tuple[tuple[Grant, Border], ...]

    def keeps(self, at: datetime) -> bool:
        """Tell whether any purpose keeps an item that happened at `at`."""
        return any(not edge.is_past(at) for _, edge in self.grants)

    def why_not(self, at: datetime) -> Refusal:
        """Return why an item that happened at `at` is kept by none of them."""
        early = all(at < grant.since for grant, _ in self.grants)
        return Refusal(Code.BEFORE_PROMISE if early else Code.PAST_KEEP, self.grants[0][0].clause)

    def names(self, event: str, names: Sequence[str]) -> tuple[str, ...]:
        """Return those of `names` that some purpose keeps of an `event`."""
        if any(grant.fields is None for grant, _ in self.grants):
            return tuple(names)
        kept = {name for grant, _ in self.grants for name in (grant.fields or {}).get(event, ())}
        return tuple(name for name in names if name in kept)


def holding(kind: str, terms: Terms, state: State, now: datetime, *, every: bool = False) -> Holding | Refusal:
    """Return what `kind` may be kept for, or why for nothing.

    Args:
        kind: a kind of data, declared or not; or what is kept of it for a law alone.
        terms: the promise, made ready.
        state: what is known of the customer.
        now: the moment.
        every: whether to name every purpose, also when the first keeps all that any of them does.
    """
    if is_restricted(kind):
        state, kind = replace(state, restricted=True, spans=as_one(state.spans)), named(kind)
    promise, found, refusals = terms.promise, [], []
    for purpose in promise.purposes_of(kind):
        answer = hold(Clause(purpose.key, kind), terms, state, now, act=Act.COLLECT)
        if isinstance(answer, Refusal):
            refusals.append(answer)
            continue
        edge = border(answer.limits, state.spans, promise.company.time_zone, now=now, since=answer.since)
        found.append((answer, edge))
        if answer.is_plain and not every:
            # No earlier promise limits it, so the keep of the kind alone does: no other purpose keeps more.
            break
    if found:
        return Holding(tuple(found))
    # Several purposes may have refused, each at its own step: the one that came furthest is the one to mend.
    return max(refusals, key=lambda one: one.code.step, default=Refusal(Code.NO_CLAUSE))


def as_one(spans: Mapping[str, Span]) -> dict[str, Span]:
    """Return `spans` with those of what is kept for a law alone added to those of their kinds."""
    found: dict[str, Span] = {}
    for kind, span in spans.items():
        held = found.get(named(kind))
        found[named(kind)] = (
            span
            if held is None
            else Span(min(held.first, span.first), max(held.last, span.last), held.count + span.count)
        )
    return found


def demanded(kind: str, terms: Terms, state: State, now: datetime) -> Holding | None:
    """Return by which laws `kind` must be kept, whatever the customer says; None when by none."""
    held = holding(kind, terms, replace(state, restricted=True), now, every=True)
    return held if isinstance(held, Holding) else None


def law_in_words(kind: str, terms: Terms, state: State, now: datetime, *, at: datetime) -> str:
    """Return by which law an item of `kind` that happened at `at` is kept, and until when; empty when by none."""
    promise, held = terms.promise, demanded(kind, terms, state, now)
    laws = [
        promise.purposes[grant.clause.purpose].law
        for grant, edge in (() if held is None else held.grants)
        if grant.clause is not None and not edge.is_past(at)
    ]
    keep = promise.data[named(kind)].keep if laws else None
    if keep is None:
        return " and ".join(laws)
    end = ends(keep, as_one(state.spans), promise.company.time_zone, otherwise=at)
    return f"{' and '.join(laws)}, until {end:%Y-%m-%d}"
