"""Adding up what customers have, kind by kind, for more of them than should be in memory at once."""

from collections.abc import Iterable, Mapping

from troth.breach.model import IDS, LINKS, MODEL, NOTES, STOPS, KindTold, Lot, Reach
from troth.clock import from_micros
from troth.promise.model import Promise

_NAMED = {
    IDS: "The id your shop uses for them",
    NOTES: "Notes of what was done with their data",
    STOPS: "Words of your staff about a stop",
    LINKS: "Words of your staff about linked ids",
}


class Tally:
    """Adds up lots, customer by customer.

    Args:
        promise: names kinds and says how sensitive they are.
        persons: number → the smallest number of its person, for those that are linked.
    """

    def __init__(self, promise: Promise, persons: Mapping[int, int]) -> None:
        self._promise = promise
        self._persons = persons
        self._linked: set[int] = set()
        self._alone = 0
        self._nameless = 0
        self._kinds: dict[str, list[int | None]] = {}

    def add(self, customer: int, lots: Iterable[Lot], *, is_known: bool) -> None:
        """Add what one number has; each number comes once.

        Args:
            customer: the number.
            lots: what it has, each name once; empty is fine.
            is_known: whether it can still be told whose number it is.
        """
        some = False
        for name, _, count, first, last, *_ in lots:
            some = True
            kind = self._kinds.get(name)
            if kind is None:
                self._kinds[name] = [1, count, first, last]
                continue
            kind[0] += 1  # type: ignore[operator]  # the first two are numbers, always
            kind[1] += count  # type: ignore[operator]  # as above
            if first is not None and (kind[2] is None or first < kind[2]):
                kind[2] = first
            if last is not None and (kind[3] is None or last > kind[3]):
                kind[3] = last
        if not some:
            return
        person = self._persons.get(customer)
        if person is None:
            self._alone += 1
        else:
            self._linked.add(person)
        self._nameless += not is_known

    def person(self, customer: int) -> int:
        """Return the smallest number of the person that a customer is."""
        return self._persons.get(customer, customer)

    def reach(self) -> Reach:
        """Return what was added up."""
        told = [self._told(name, *sums) for name, sums in self._kinds.items()]
        told.sort(key=lambda kind: (-(kind.sensitivity or 0), kind.name))
        return Reach(self._alone + len(self._linked), self._nameless, tuple(told))

    def _told(
        self, name: str, customers: int | None, items: int | None, first: int | None, last: int | None
    ) -> KindTold:
        data = self._promise.data.get(name)
        return KindTold(
            name,
            title_of(name, self._promise),
            None if data is None else data.sensitivity,
            customers or 0,
            items or 0,
            None if first is None else from_micros(first),
            None if last is None else from_micros(last),
        )


def title_of(name: str, promise: Promise) -> str:
    """Return what to call a kind before people."""
    if name.startswith(MODEL):
        return "Their part in the model of " + name.removeprefix(MODEL)
    data = promise.data.get(name)
    return _NAMED.get(name, name) if data is None else data.title.say(promise.company.languages[0])


def merged(lots: Iterable[Lot]) -> list[Lot]:
    """Return `lots` with each name once."""
    lots = list(lots)
    if len({lot.name for lot in lots}) == len(lots):
        return lots
    found: dict[str, Lot] = {}
    for lot in lots:
        held = found.get(lot.name)
        if held is not None:
            firsts = [at for at in (held.first, lot.first) if at is not None]
            lasts = [at for at in (held.last, lot.last) if at is not None]
            lot = held._replace(  # noqa: PLW2901 - it takes the place of the two
                items=held.items + lot.items,
                first=min(firsts, default=None),
                last=max(lasts, default=None),
                looks=held.looks | lot.looks,
            )
        found[lot.name] = lot
    return list(found.values())
