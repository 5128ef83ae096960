"""What goes when a customer asks to delete part of what is kept of them, and what stays. Pure: values in, values out.

Laws:

1. Whatever was asked for goes, also while a contract runs (GDPR Art. 17 goes less far). What will no longer work is
   told. Only what a law demands stays (Art. 17(3)(b)), and from then on it is kept for that law alone (Art. 18).
2. Of one clause's worth goes what that purpose used and no other purpose holds for. For what the rest stays is told.
3. What is left without any purpose by it goes too, as after a no; not while a restriction stands.
4. What was deleted does not come back by an old file. Something newer is a fresh act.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from troth.clock import from_micros, to_micros
from troth.gate.holding import Holding, demanded, holding, law_in_words
from troth.gate.state import State
from troth.gate.terms import Terms
from troth.promise.model import Clause
from troth.stops.model import NOTHING_IN_COMMON
from troth.vault.model import Row, Span, is_restricted, named


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be deleted: all of a kind, what one clause used, or one item. One of the three.

    Attributes:
        kind: a kind of data, e.g. ``orders``.
        clause: a clause of the promise, e.g. ``suggestions/orders``.
        handle: a single item, as its customer was shown it.
    """

    kind: str = ""
    clause: Clause | None = None
    handle: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Removal:
    """What a deletion does, or would do.

    Attributes:
        gone: what was asked for and goes.
        locked: what was asked for and stays for a law alone, from now on.
        besides: what goes because nothing needs it any more.
        laws: kind → by which law something asked for stays, and until when.
        held: the purposes for which something asked for stays. Only of one clause's worth.
        loses: clauses that hold for the customer and have nothing left to use, or no longer hold.
        emptied: kind → when the last item of it happened, for each kind of which nothing is left.
    """

    gone: tuple[Row, ...] = ()
    locked: tuple[Row, ...] = ()
    besides: tuple[Row, ...] = ()
    laws: Mapping[str, str] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    loses: tuple[Clause, ...] = ()
    emptied: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        """Whether anything goes or is locked."""
        return bool(self.gone or self.locked or self.besides)


def all_of(kind: str, rows: Iterable[Row]) -> frozenset[Row]:
    """Return those of `rows` that are of `kind`, also what is kept of it for a law alone."""
    return frozenset(row for row in rows if named(row[1]) == kind)


def used_only_by(
    clause: Clause, rows: Iterable[Row], terms: Terms, state: State, now: datetime
) -> tuple[frozenset[Row], tuple[str, ...]]:
    """Return those of `rows` that no other purpose holds for, and the other purposes that hold for the rest."""
    kept = holding(clause.data, terms, _unpaused(state), now, every=True)
    grants = kept.grants if isinstance(kept, Holding) else ()
    others = [one for one in grants if one[0].clause is not None and one[0].clause.purpose != clause.purpose]
    asked, holders = [], set()
    for row in rows:
        if row[1] != clause.data:
            continue
        still = {grant.clause.purpose for grant, edge in others if grant.clause and not edge.is_past(_at(row))}
        holders |= still
        if not still:
            asked.append(row)
    return frozenset(asked), tuple(purpose for purpose in terms.promise.purposes if purpose in holders)


def removal(asked: Collection[Row], rows: Collection[Row], terms: Terms, state: State, now: datetime) -> Removal:
    """Return what goes and what stays when `asked` is to be deleted.

    Args:
        asked: what is to go, of `rows`.
        rows: everything that is kept of the customer as a person.
        terms: the promise, made ready.
        state: what is known of the customer, with those rows.
        now: the moment.
    """
    state = _unpaused(state)
    kinds = sorted({row[1] for row in asked})
    laws = {kind: demanded(kind, terms, state, now) for kind in kinds}
    stays = frozenset(row for row in asked if (law := laws[row[1]]) is not None and law.keeps(_at(row)))
    gone = frozenset(asked) - stays
    locked = frozenset(row for row in stays if not is_restricted(row[1]))
    left = frozenset(rows) - gone - locked
    besides: frozenset[Row] = frozenset()
    after = replace(state, spans=_spans(left))
    while not state.own.preserved and (useless := _useless(left, terms, after, now)):
        besides, left = besides | useless, left - useless
        after = replace(state, spans=_spans(left))
    kept = {named(row[1]) for row in left | locked}
    return Removal(
        gone=_sorted(gone),
        locked=_sorted(locked),
        besides=_sorted(besides),
        laws=_laws(stays, terms, state, now),
        loses=_lost(terms, state, after, now),
        emptied={kind: span.last for kind, span in _spans(gone | besides, plain=True).items() if kind not in kept},
    )


def _useless(rows: Iterable[Row], terms: Terms, state: State, now: datetime) -> frozenset[Row]:
    """Return those of `rows` that no purpose holds for."""
    held = {kind: holding(kind, terms, state, now) for kind in state.spans}
    return frozenset(
        row for row in rows if not (isinstance(of_kind := held[row[1]], Holding) and of_kind.keeps(_at(row)))
    )


def _laws(stays: Iterable[Row], terms: Terms, state: State, now: datetime) -> dict[str, str]:
    last = {kind: span.last for kind, span in _spans(stays, plain=True).items()}
    return {kind: law_in_words(kind, terms, state, now, at=at) for kind, at in last.items()}


def _lost(terms: Terms, before: State, after: State, now: datetime) -> tuple[Clause, ...]:
    """Return the clauses that held before and have nothing left to use, or hold no more. A law loses nothing."""
    return tuple(
        clause
        for clause in terms.promise.clauses
        if not terms.promise.purposes[clause.purpose].law
        and clause in _holding_now(clause.data, terms, before, now)
        and not (clause.data in after.spans and clause in _holding_now(clause.data, terms, after, now))
    )


def _holding_now(kind: str, terms: Terms, state: State, now: datetime) -> frozenset[Clause]:
    if kind not in state.spans:
        return frozenset()
    held = holding(kind, terms, state, now, every=True)
    grants = held.grants if isinstance(held, Holding) else ()
    return frozenset(grant.clause for grant, _ in grants if grant.clause is not None)


def _spans(rows: Iterable[Row], *, plain: bool = False) -> dict[str, Span]:
    """Return kind → span of `rows`; with `plain`, what is kept for a law alone counts to its kind."""
    times: dict[str, list[int]] = {}
    for _, kind, at, _mark in rows:
        times.setdefault(named(kind) if plain else kind, []).append(at)
    return {kind: Span(from_micros(min(at)), from_micros(max(at)), len(at)) for kind, at in times.items()}


def _unpaused(state: State) -> State:
    """A pause lasts until it is lifted: what its purpose holds for is kept meanwhile, unused."""
    return replace(state, common=NOTHING_IN_COMMON)


def _at(row: Row) -> datetime:
    return from_micros(row[2])


def _sorted(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows))


def pairs_of(rows: Iterable[Row]) -> set[tuple[int, str]]:
    """Return the (customer, kind) of `rows`, under whose keys they lie."""
    return {(row[0], named(row[1])) for row in rows}


def by_kind(rows: Iterable[Row]) -> dict[str, int]:
    """Return kind → how many of `rows` are of it."""
    return dict(sorted(Counter(named(row[1]) for row in rows).items()))


def until_of(rows: Iterable[Row], now: datetime) -> int:
    """Return until when, in microseconds, nothing of what `rows` were may come back: now, or the last of them."""
    return max([to_micros(now), *(row[2] for row in rows)])
