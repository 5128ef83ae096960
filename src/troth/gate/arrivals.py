"""Judging a batch of arrivals: what is stored of each, and why not.

Laws:

1. An arrival is stored for a kind of data only while some purpose of that kind holds for the customer, and only the
   properties that the promise names for that kind and event.
2. The event that starts a relationship may create the customer; it is judged as if it had just been noted.
3. Starting events are judged before others and newer ones before older, so that the verdict on a batch does not
   depend on the order of its lines.
4. What was erased stays erased: nothing dated up to the erasure comes back. What was deleted stays deleted: neither
   the same item, nor, where all of a kind was deleted, anything of it dated up to then.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from troth.clock import to_micros
from troth.gate.decide import VISITOR, State, Terms
from troth.gate.holding import Holding, holding
from troth.gate.reasons import Code, Refusal
from troth.gate.use import Arrival, Arrived, Outcome
from troth.identity.store import Suppression
from troth.promise.model import Data
from troth.stops.model import CommonStops
from troth.vault.model import Deleted, Item, Kept, Span

TRAITS = "identify"
"""The event that carries traits: things told about oneself. A newer trait replaces the older, and nothing else."""

TRAITS_IDENTITY = (TRAITS,)
"""What makes a trait the same thing when it is told again: nothing but its kind."""

_EARLY = timedelta(hours=24)
"""How far ahead of our clock an arrival may be dated: a wrong time zone, not next year."""

Mark = Callable[[str, Sequence[str]], bytes]
DeletedMark = Callable[[str, int, bytes], bytes]
Known = tuple[int, str, int, bytes]


@dataclass(frozen=True, slots=True)
class _Shape:
    """What arrivals of one event with the same property names bring: worked out once, met by thousands of lines.

    Attributes:
        kinds: kind of data → the names kept for it; only kinds that get at least one.
        declared: whether any kind carries the event at all.
        dropped: the names that no clause names.
        starts: whether the event starts a relationship.
        taken: the outcome of an arrival of this shape that was taken.
        known: the outcome of one that was here already.
    """

    kinds: tuple[tuple[str, tuple[str, ...]], ...]
    declared: bool
    dropped: tuple[str, ...]
    starts: bool
    taken: Outcome
    known: Outcome


class _Part(NamedTuple):
    """What one arrival brings for one kind of data."""

    who: str
    kind: str
    item: Item
    micros: int

    def __repr__(self) -> str:
        return f"_Part({self.kind})"


class Batch:
    """One batch, against what is known of its customers.

    Args:
        terms: the promise, made ready.
        now: the moment.
        numbers: outside id → number, of those who are known.
        gone: outside id → suppression, of those who were erased.
        states: number → state.
        known: what is stored already, as the vault's `marks` names it.
        told: (number, kind) → when the stored trait of that kind was told.
        common: what is stopped for everybody, also for strangers.
        deleted: number → what was deleted and may not come back.
        deleted_mark: (kind, micros, mark) → the keyed hash by which a deleted item is recognised.
    """

    def __init__(
        self,
        terms: Terms,
        now: datetime,
        *,
        numbers: Mapping[str, int],
        gone: Mapping[str, Suppression],
        states: Mapping[int, State],
        known: set[Known],
        told: Mapping[tuple[int, str], datetime],
        common: CommonStops,
        deleted: Mapping[int, Deleted],
        deleted_mark: DeletedMark,
    ) -> None:
        self._terms = terms
        self._now = now
        self._latest = now + _EARLY
        self._stranger = replace(VISITOR, common=common)
        self._numbers = numbers
        self._gone = gone
        self._known = known
        self._states = {who: states[number] for who, number in numbers.items()}
        outside = {number: who for who, number in numbers.items()}
        self._told = {(outside[number], kind): at for (number, kind), at in told.items()}
        self._deleted = {outside[number]: what for number, what in deleted.items()}
        self._deleted_mark = deleted_mark
        self._seen: set[tuple[str, str, int, bytes]] = set()
        self._answers: dict[tuple[str, str], Holding | Refusal] = {}
        self._taken: list[_Part] = []
        self._shapes: dict[tuple[str, tuple[str, ...]], _Shape] = {}
        self._starts = {purpose.starts for purpose in terms.promise.purposes.values() if purpose.starts}

    @property
    def strangers(self) -> list[str]:
        """The outside ids of those who become customers by what was taken."""
        return list(dict.fromkeys(part.who for part in self._taken if part.who not in self._numbers))

    def judge(self, arrivals: Sequence[Arrival], mark: Mark) -> list[Outcome]:
        """Return what becomes of each arrival, in the order given."""
        outcomes: dict[int, Outcome] = {}
        first_starts_then_newest = sorted(range(len(arrivals)), key=lambda index: arrivals[index].at, reverse=True)
        first_starts_then_newest.sort(key=lambda index: arrivals[index].event not in self._starts)
        for index in first_starts_then_newest:
            outcomes[index] = self._one(arrivals[index], mark)
        return [outcomes[index] for index in range(len(arrivals))]

    def kept(self, numbers: Mapping[str, int]) -> list[Kept]:
        """Return what is to be put into the vault; `numbers` now knows every customer."""
        newest: dict[tuple[str, str], _Part] = {}
        for part in self._taken:
            held = newest.get((part.who, part.kind))
            if part.item.event == TRAITS and (held is None or part.item.at > held.item.at):
                newest[part.who, part.kind] = part
        parts = [part for part in self._taken if part.item.event != TRAITS]
        return [Kept(numbers[part.who], part.kind, part.item) for part in [*parts, *newest.values()]]

    def _one(self, arrival: Arrival, mark: Mark) -> Outcome:
        shape = self._shape(arrival)
        whole = self._whole(arrival, shape)
        if whole is not None:
            return self._outcome(whole, shape)
        at = to_micros(arrival.at)
        new = [
            part for kind, names in shape.kinds if not self._is_known(part := _part(arrival, kind, names, at, mark))
        ]
        if not new:
            return shape.known
        refusals = [refusal for part in new if (refusal := self._store(part, starts=shape.starts)) is not None]
        if len(refusals) < len(new):
            return shape.taken
        # Several purposes may have refused, each at its own step: the one that came furthest is the one to mend.
        return self._outcome(max(refusals, key=lambda one: one.code.step), shape)

    def _whole(self, arrival: Arrival, shape: _Shape) -> Refusal | None:
        if not shape.kinds:
            return Refusal(Code.NOTHING_DECLARED if shape.declared else Code.EVENT_UNDECLARED)
        if arrival.at > self._latest:
            return Refusal(Code.IN_THE_FUTURE)
        gone = self._gone.get(arrival.customer)
        return Refusal(Code.CUSTOMER_ERASED) if gone is not None and arrival.at <= gone.since else None

    def _is_known(self, part: _Part) -> bool:
        if part.item.event == TRAITS:
            held = self._told.get((part.who, part.kind))
            return held is not None and held >= part.item.at
        if (part.who, part.kind, part.micros, part.item.mark) in self._seen:
            return True
        number = self._numbers.get(part.who)
        return number is not None and (number, part.kind, part.micros, part.item.mark) in self._known

    def _store(self, part: _Part, *, starts: bool) -> Refusal | None:
        """Take the part if some purpose holds for it; return why not otherwise."""
        deleted = self._deleted.get(part.who)
        if deleted is not None and self._was_deleted(part, deleted):
            return Refusal(Code.ITEM_DELETED)
        state = self._state(part.who)
        noted = _noting(state, part.kind, part.item.at)
        answer = self._answers.get((part.who, part.kind))
        if answer is None or (starts and isinstance(answer, Refusal)):
            answer = holding(part.kind, self._terms, noted if starts else state, self._now)
            self._answers[part.who, part.kind] = answer
        if isinstance(answer, Refusal):
            return answer
        if not answer.keeps(part.item.at):
            return answer.why_not(part.item.at)
        names = answer.names(part.item.event, tuple(part.item.values))
        if not names:
            return Refusal(Code.WIDENED, answer.grants[0][0].clause)
        if len(names) < len(part.item.values):
            part = part._replace(item=part.item.having({name: part.item.values[name] for name in names}))
        self._states[part.who] = noted
        if part.item.event == TRAITS:
            self._told[part.who, part.kind] = part.item.at
        self._seen.add((part.who, part.kind, part.micros, part.item.mark))
        self._taken.append(part)
        return None

    def _was_deleted(self, part: _Part, deleted: Deleted) -> bool:
        until = deleted.kinds.get(part.kind)
        if until is not None and part.item.at <= until:
            return True
        return self._deleted_mark(part.kind, part.micros, part.item.mark) in deleted.marks

    def _state(self, who: str) -> State:
        return self._states.get(who, self._stranger)

    def _shape(self, arrival: Arrival) -> _Shape:
        names = tuple(arrival.properties)
        found = self._shapes.get((arrival.event, names))
        if found is None:
            found = self._shapes[arrival.event, names] = self._make_shape(arrival.event, names)
        return found

    def _make_shape(self, event: str, names: tuple[str, ...]) -> _Shape:
        promise = self._terms.promise
        carrying = list(promise.data.values()) if event == TRAITS else list(promise.kind_of_event(event))
        kept = [(kind.key, tuple(name for name in _names(kind, event) if name in names)) for kind in carrying]
        kinds = tuple((kind, kept_names) for kind, kept_names in kept if kept_names)
        named = {name for _, kept_names in kinds for name in kept_names}
        dropped = tuple(sorted(name for name in names if name not in named))
        return _Shape(
            kinds,
            declared=bool(kinds) or (bool(carrying) and event != TRAITS),
            dropped=dropped,
            starts=event in self._starts,
            taken=Outcome(Arrived.TAKEN, dropped=dropped),
            known=Outcome(Arrived.KNOWN, dropped=dropped),
        )

    def _outcome(self, why: Refusal, shape: _Shape) -> Outcome:
        return Outcome(Arrived.REFUSED, why.code.word, why.says(self._terms.promise), shape.dropped)


def _names(kind: Data, event: str) -> tuple[str, ...]:
    return kind.traits if event == TRAITS else kind.events.get(event, ())


def _part(arrival: Arrival, kind: str, names: tuple[str, ...], micros: int, mark: Mark) -> _Part:
    properties = arrival.properties
    identity = TRAITS_IDENTITY if arrival.event == TRAITS else arrival.identity
    values = {name: properties[name] for name in names}
    return _Part(arrival.customer, kind, Item(arrival.at, arrival.event, values, mark(kind, identity)), micros)


def _noting(state: State, kind: str, at: datetime) -> State:
    """Return `state` with an item of `kind` at `at`, as far as a verdict can tell: only the newest matters to it."""
    span = state.spans.get(kind)
    if span is not None and span.last >= at:
        return state
    noted = Span(at, at, 1) if span is None else Span(span.first, at, span.count + 1)
    return replace(state, spans={**state.spans, kind: noted})
