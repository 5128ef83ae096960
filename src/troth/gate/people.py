"""What is known of linked customers, as of one person. Pure.

Laws:

1. What any of the linked keeps is kept of the person, and what is stopped for any of them is stopped for the person.
2. At a link a stop is a no like any other, and a recorded no beats a yes: an objection or an opt-out signal that one
   side had put, and not taken back by a yes of its own, is dated so that no yes of the other side outlives it. Only a
   yes that is said after the link speaks again.
3. So nothing that one of the two had refused is allowed of the person, until they say yes again.

One date stands for each purpose objected to, and one for the signal. Where a side had said yes again to one kind of
data and not to another, the later date may close the first as well; never the other way round.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce

from troth.consent.model import Answer, Joined, Side
from troth.promise.model import Clause, Promise
from troth.promise.taxonomy import SHARING, lies_below_any
from troth.stops.model import NOTHING_OF_CUSTOMER, CustomerStops
from troth.vault.model import Item, Span

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def all_stops(joined: Joined, own: Mapping[int, CustomerStops], promise: Promise) -> CustomerStops:
    """Return what is stopped for a person.

    Args:
        joined: what the person chose, and how their numbers met.
        own: number → what is stopped for it; of whom nothing is stopped may be absent.
        promise: today's, which says what is sharing.
    """
    met = dict(own)
    for left, right in joined.meetings:
        both = [_outliving(_of(met, mine), mine, theirs, promise) for mine, theirs in ((left, right), (right, left))]
        met |= dict.fromkeys(left.numbers | right.numbers, _stricter(*both))
    return reduce(_stricter, met.values(), NOTHING_OF_CUSTOMER)


def all_spans(spans: Iterable[Mapping[str, Span]]) -> dict[str, Span]:
    """Return kind → the span of what several numbers keep."""
    found: dict[str, Span] = {}
    for kind, span in (pair for one in spans for pair in one.items()):
        held = found.get(kind, span)
        count = span.count + (held.count if kind in found else 0)
        found[kind] = Span(min(held.first, span.first), max(held.last, span.last), count)
    return found


def as_one_person(
    opened: Mapping[int, Mapping[str, tuple[Item, ...]]], kinds: Iterable[str]
) -> Mapping[str, tuple[Item, ...]]:
    """Return kind → the items of a person's numbers in time order. What arrived under two of them counts once."""
    if len(opened) == 1:
        return next(iter(opened.values()))
    found: dict[str, dict[tuple[datetime, bytes], Item]] = {kind: {} for kind in kinds}
    for kind, items in (pair for one in opened.values() for pair in one.items()):
        for item in items:
            found[kind].setdefault((item.at, item.mark), item)
    return {kind: tuple(once[key] for key in sorted(once)) for kind, once in found.items()}


def _of(stops: Mapping[int, CustomerStops], side: Side) -> CustomerStops:
    return reduce(_stricter, (stops.get(number, NOTHING_OF_CUSTOMER) for number in sorted(side.numbers)))


def _stricter(one: CustomerStops, other: CustomerStops) -> CustomerStops:
    """Return what is stopped when both hold. The later date is the stricter: fewer yeses come after it."""
    if one == other:
        return one
    signals = [signal for signal in (one.opted_out, other.opted_out) if signal is not None]
    objections = {
        purpose: max(at for at in (one.objections.get(purpose), other.objections.get(purpose)) if at is not None)
        for purpose in one.objections.keys() | other.objections.keys()
    }
    return CustomerStops(
        restricted=one.restricted or other.restricted,
        child=one.child or other.child,
        held=one.held or other.held,
        opted_out=max(signals, default=None),
        objections=objections,
    )


def _outliving(stops: CustomerStops, mine: Side, theirs: Side, promise: Promise) -> CustomerStops:
    """Return `stops`, which stand for `mine`, dated so that no yes of `theirs` takes them back."""
    asked = theirs.standing.keys()
    objections = {
        purpose: _dated(at, mine, theirs, [clause for clause in asked if clause.purpose == purpose])
        for purpose, at in stops.objections.items()
    }
    signal = stops.opted_out
    if signal is not None:
        signal = _dated(signal, mine, theirs, [clause for clause in asked if _shares(clause, promise)])
    return replace(stops, objections=objections, opted_out=signal)


def _dated(at: datetime, mine: Side, theirs: Side, about: Iterable[Clause]) -> datetime:
    """Return the date of what `mine` refused at `at`, so that it beats the yes of `theirs` to each clause of `about`.

    Where `mine` said yes to the clause after `at`, it no longer refuses, and there is nothing to beat.
    """
    return max([at, *(_yes(theirs, clause) for clause in about if _yes(mine, clause) <= at)])


def _yes(side: Side, clause: Clause) -> datetime:
    """Return when `side` said yes to `clause`; long ago where it said no or nothing."""
    standing = side.standing.get(clause)
    return standing.latest.at if standing is not None and standing.latest.answer is Answer.YES else _LONG_AGO


def _shares(clause: Clause, promise: Promise) -> bool:
    purpose = promise.purposes.get(clause.purpose)
    return purpose is not None and lies_below_any(purpose.use, SHARING)
