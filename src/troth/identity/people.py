"""Which numbers are one person: recording links, taking them away, and looking them up.

Laws:

1. A link and its end are recorded with who, when and why. Nothing is changed in place, and nothing is sealed anew:
   what a number keeps stays under that number and its keys.
2. Who is being erased, or is gone, is linked to nobody.
3. Who linked two and why is sealed under the keys of both, here and in the journal: when one of them is erased, it is
   gone from every copy.
4. A person is named by the smallest of its numbers, so that everybody who counts people counts them alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from troth.clock import to_micros
from troth.db.engine import Connection, Database
from troth.errors import InputError
from troth.identity import store
from troth.identity.journalled import entry_of, link_of, reworded, sealed_of
from troth.identity.model import Act, IdKind, Link, Seen, persons, standing
from troth.journal.model import Entry, What
from troth.journal.service import Journal
from troth.keys.remarks import Remark, Remarks
from troth.keys.ring import KeyRing

MOST_LINKED = 100
"""Numbers of one person at most. A browser that forgets its id weekly needs two years to come here; a shared one is
here in a day, and links people who are not one."""

LONGEST_WHY = 200
"""Characters of a reason or a name at most: a few words, not a letter."""

_KEY = "room:links"
_AT_ONCE = 500


class People:
    """Knows which numbers are linked.

    Args:
        database: the main database.
        journal: where links and their ends are kept outside the main database.
        ring: for the keys that seal who and why.
    """

    def __init__(self, database: Database, journal: Journal, ring: KeyRing) -> None:
        self._database = database
        self._journal = journal
        self._remarks = Remarks(ring, _KEY)

    def seen(self, connection: Connection, customer: int) -> Seen:
        """Return whether a number is restricted and linked."""
        return store.seen(connection, customer)

    def remarkable(self, connection: Connection, customers: Sequence[int] | None = None) -> Mapping[int, Seen]:
        """As `seen`, for those of `customers` (of all, when None) that are restricted or linked."""
        return store.remarkable(connection, customers)

    def numbers(self, connection: Connection, customer: int) -> tuple[int, ...]:
        """Return the numbers of the person that `customer` belongs to, smallest first; at least `customer`."""
        person = store.seen(connection, customer).person
        return (customer,) if person is None else tuple(store.of_person(connection, person))

    def of_person(self, connection: Connection, person: int) -> Mapping[int, bool]:
        """Return number → whether it is restricted, for the linked person named by `person`, smallest first."""
        return store.of_person(connection, person)

    def together(self, connection: Connection, customers: Iterable[int]) -> list[int]:
        """Return `customers` and everybody they are linked to, each once."""
        asked = list(dict.fromkeys(customers))
        linked = {seen.person for seen in store.remarkable(connection, asked).values() if seen.person is not None}
        return list(
            dict.fromkeys([*asked, *(one for person in linked for one in store.of_person(connection, person))])
        )

    def heads(self, connection: Connection, customers: Sequence[int]) -> dict[int, int]:
        """Return number → the smallest number of its person, for those of `customers` that are linked."""
        found = store.remarkable(connection, customers)
        return {number: seen.person for number, seen in found.items() if seen.person is not None}

    def links(self, connection: Connection, person: int) -> list[Link]:
        """Return the links that make the person named by `person`, in the order recorded."""
        return standing(store.links_within(connection, person))

    def kinds(self, connection: Connection, customers: Sequence[int]) -> dict[int, tuple[IdKind, ...]]:
        """Return number → the kinds of its identifiers."""
        return store.kinds_of(connection, customers)

    def history(self, customer: int) -> list[Link]:
        """Return everything recorded about the links of one number, oldest first."""
        with self._database.reading() as connection:
            return self.told(connection, store.links_of(connection, customer))

    def told(self, connection: Connection, links: Sequence[Link]) -> list[Link]:
        """Return `links` with who and why of each, inside an open transaction."""
        words = store.words_of(connection, [link.number for link in links])
        return [self._told(link, words[link.number]) for link in links]

    def link(
        self, connection: Connection, one: int, other: int, *, after: int, by: str, why: str, now: datetime
    ) -> list[int]:
        """Record inside an open `writing` that two numbers are one person; return all numbers of that person.

        Args:
            connection: an open `writing`.
            one: a customer's number.
            other: another's, of another person; both are here and unrestricted.
            after: the number of the newest choice of anybody.
            by: who links them.
            why: the reason, in a few words without anything personal.
            now: the moment.

        Raises:
            InputError: the two are one person already, or would be one of too many numbers; or `by` and `why` are no
                few words.
        """
        sides = [self.numbers(connection, number) for number in (one, other)]
        if other in sides[0]:
            raise InputError("linked_already", "These two are one person already; nothing was recorded.")
        both = sorted(number for side in sides for number in side)
        if len(both) > MOST_LINKED:
            raise InputError(
                "link_too_many",
                f"One person would have more than {MOST_LINKED} ids; nothing was recorded.",
                "A shared browser or a test id may have been linked to many people: see troth customer show.",
            )
        row = _row(Act.LINKED, one, other, after=after, by=by, why=why, now=now)
        sealed = self._sealed(row)
        store.record_link(connection, row, sealed)
        store.set_person(connection, both, both[0])
        self._journal.write(connection, [entry_of(row, sealed)])
        return both

    def unlink(
        self, connection: Connection, one: int, other: int, *, after: int, by: str, why: str, now: datetime
    ) -> list[int]:
        """Record inside an open `writing` that a link between two numbers has ended.

        The arguments are those of `link`.

        Returns:
            All numbers of the person that was, and is now two.

        Raises:
            InputError: there is no link between the two that stands.
        """
        was = self.numbers(connection, one)
        row = _row(Act.UNLINKED, one, other, after=after, by=by, why=why, now=now)
        stay = self._without(connection, was, row)
        if stay is None:
            raise InputError(
                "not_linked",
                "There is no link between these two; nothing was changed.",
                "See which links there are: troth customer show",
            )
        # A link that stands is between two who are here and stay.
        sealed = self._sealed(row)
        self._part(connection, was, row, sealed, stay=stay)
        self._journal.write(connection, [entry_of(row, sealed)])
        return list(was)

    def redo(self, connection: Connection, entry: Entry, *, after: int) -> list[int]:
        """Link or part again, inside an open `writing`, two numbers that are here; return whom it touched.

        Args:
            connection: an open `writing`.
            entry: of the journal.
            after: the number of the newest choice of anybody.
        """
        row, sealed = replace(link_of(entry), after=after), sealed_of(entry)
        if sealed is None:
            # An earlier Troth wrote it.
            sealed = self._sealed(row)
        sides = [self.numbers(connection, number) for number in (row.one, row.other)]
        both = sorted({number for side in sides for number in side})
        if row.act is Act.UNLINKED:
            stay = self._without(connection, both, row)
            if stay is not None:
                self._part(connection, both, row, sealed, stay=stay)
        elif row.other not in sides[0]:
            store.record_link(connection, row, sealed)
            store.set_person(connection, both, both[0])
        return both

    def _without(self, connection: Connection, was: Sequence[int], row: Link) -> list[Link] | None:
        """Return the links of the person `was` but the one that `row` ends; None when it has no such link."""
        left = self.links(connection, was[0])
        stay = [link for link in left if (link.one, link.other) != (row.one, row.other)]
        return None if len(stay) == len(left) else stay

    def _part(
        self, connection: Connection, was: Sequence[int], row: Link, sealed: bytes, *, stay: Sequence[Link]
    ) -> None:
        """Record that a link of the person `was` has ended, and that the links `stay` are left."""
        store.record_link(connection, row, sealed)
        for person in persons(was, stay):
            store.set_person(connection, sorted(person), min(person) if len(person) > 1 else None)

    def seal_some(self) -> int:
        """Seal who and why of some rows that an earlier Troth left in clear; return how many. 0: none are left."""
        with self._database.writing() as connection:
            rows = store.in_clear(connection, _AT_ONCE)
            locked = store.restricted_of(connection, sorted({one for row in rows for one in (row.one, row.other)}))
            stay = {number for number, is_leaving in locked.items() if not is_leaving}
            store.put_sealed(
                connection,
                [(row.number, self._sealed(row) if {row.one, row.other} <= stay else None) for row in rows],
            )
        return len(rows)

    def named(self, entry: Entry) -> tuple[int, ...]:
        """Return the numbers of customers that an entry of the journal names."""
        if entry.what is not What.LINKED:
            return (entry.customer,)
        link = link_of(entry)
        return link.one, link.other

    def sealed_entry(self, entry: Entry, *, is_here: bool) -> Entry:
        """Return an entry of the journal with who and why sealed, inside a `writing` of the main database.

        Args:
            entry: of a link; one that is sealed already is returned as it is.
            is_here: whether both are here and stay. Otherwise the words are dropped.
        """
        if sealed_of(entry) is not None:
            return entry
        link = link_of(entry)
        return reworded(entry, self._sealed(link) if is_here and link.by else None)

    def _sealed(self, link: Link) -> bytes:
        return self._remarks.seal((link.one, link.other), Remark(link.by, link.why), bound_to=_place(link))

    def _told(self, link: Link, words: tuple[str, str, bytes | None]) -> Link:
        by, why, sealed = words
        if sealed is not None:
            remark = self._remarks.open((link.one, link.other), sealed, bound_to=_place(link))
            by, why = remark.by, remark.why
        return replace(link, by=by, why=why)

    def dissolve(self, connection: Connection, customers: Sequence[int]) -> None:
        """Forget inside an open `writing` that `customers`, all numbers of one person, are linked."""
        store.drop_links(connection, customers)
        store.set_person(connection, customers, None)


def _place(link: Link) -> bytes:
    """Return what names a link, or its end."""
    return f"{link.one}\0{link.other}\0{link.act}\0{to_micros(link.at)}".encode()


def _row(act: Act, one: int, other: int, *, after: int, by: str, why: str, now: datetime) -> Link:
    by, why = by.strip(), why.strip()
    if not by or max(len(by), len(why)) > LONGEST_WHY:
        raise InputError(
            "link_why",
            f"Who and why are a few words each: at most {LONGEST_WHY} characters, and who is never empty.",
            "Name the case, not the person.",
        )
    return Link(0, min(one, other), max(one, other), act, after, now, by, why)
