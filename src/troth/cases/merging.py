"""Two customers who turn out to be one person, and two who turn out not to be.

Laws:

1. A link joins numbers and changes nothing under them: no item, no key and no choice is moved or sealed anew. So an
   unlink gives back both as they were, with what each said meanwhile. What was deleted meanwhile, because the other
   side had said no, does not come back.
2. The link is durable first: every read that begins after it sees one person. Then what is kept for no purpose any
   more is deleted. A crash in between leaves rows that nothing may read; the clock deletes them.
3. The link knows which choices were made before it: it and every choice are written one after the other, never at
   once.
4. Two accounts of the shop are not joined by a program: two people who sign in on one browser would else read each
   other's orders. A person of the staff may join them, and says so.
5. Nobody is made a customer by a link alone: one of the two must be known already. The other then gets a number, so
   that what was said on one side holds from its first act on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from troth.cases.settling import Settling
from troth.consent.model import Answer
from troth.consent.service import Consent
from troth.db import outbox
from troth.db.engine import Connection, Database
from troth.errors import InputError, NotAllowedError, NotFoundError
from troth.identity.model import Act, IdKind, Link
from troth.identity.service import Identity
from troth.ledger.log import Ledger
from troth.ledger.model import Entry, Kind
from troth.stops.service import Stops


@dataclass(frozen=True, slots=True)
class Id:
    """An identifier as the company knows it. Two with the same text and different kinds are different."""

    text: str = field(repr=False)
    kind: IdKind = IdKind.CUSTOMER


@dataclass(frozen=True, slots=True)
class Merged:
    """What a link or an unlink did.

    Attributes:
        changed: False when the two were one person already.
        ids: how many numbers the person has now, or had before the unlink.
        deleted: kind of data → how many items were deleted because of it.
    """

    changed: bool
    ids: int
    deleted: dict[str, int]


@dataclass(frozen=True, slots=True)
class Tie:
    """A link that stands, as seen from a person.

    Attributes:
        link: the row.
        kinds: the kinds of the identifiers at its two ends.
    """

    link: Link
    kinds: tuple[tuple[IdKind, ...], tuple[IdKind, ...]]


class Merging:
    """Links and unlinks customers, and acts on it.

    Args:
        database: the main database.
        identity: who is who.
        consent: knows which choices there are.
        stops: knows what is stopped.
        settling: deletes what no purpose holds for.
    """

    def __init__(
        self,
        database: Database,
        *,
        identity: Identity,
        consent: Consent,
        stops: Stops,
        settling: Settling,
        ledger: Ledger,
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._identity = identity
        self._consent = consent
        self._stops = stops
        self._settling = settling

    def link(
        self, one: Id, other: Id, *, by: str, why: str = "", now: datetime, two_accounts: bool = False
    ) -> Merged:
        """Record that two identifiers belong to one person, and act on it. Durable when it returns.

        Args:
            one: an identifier.
            other: another.
            by: who says so: a key's name, a desk. Never a customer's id.
            why: the reason in a few words, without anything personal.
            now: the moment.
            two_accounts: whether two accounts of the shop may become one person.

        Raises:
            InputError: no identifiers, the same one twice, too many of one person, or words that are no few.
            NotAllowedError: both sides have an account, and `two_accounts` is not said.
            NotFoundError: neither is known; or one of them is being erased.
        """
        if self._identity.hashed(one.text, one.kind) == self._identity.hashed(other.text, other.kind):
            raise InputError("link_to_self", "These are the same id; there is nothing to link.")
        people = self._identity.people
        with self._database.writing() as connection:
            numbers = self._both(connection, one, other, now)
            sides = [people.numbers(connection, number) for number in numbers]
            if numbers[1] in sides[0]:
                return Merged(changed=False, ids=len(sides[0]), deleted={})
            self._identity.must_be_here(connection, [number for side in sides for number in side])
            if not two_accounts:
                self._must_be_one_account(connection, sides)
            after = self._consent.newest(connection)
            everybody = people.link(connection, *numbers, after=after, by=by, why=why, now=now)
            # A yes that now covers more may wait; a no that now covers more may not.
            removal = self._is_anything_refused(connection, everybody)
            outbox.tell(connection, everybody, "linked", removal=removal, at=now)
            self._note(connection, numbers, "linked", by=by, why=why, now=now)
        # Here they are one person for every read; what nothing holds for any more is not read, and goes below.
        return Merged(changed=True, ids=len(everybody), deleted=self._settling.settle(numbers[0], now=now))

    def unlink(self, one: Id, other: Id, *, by: str, why: str = "", now: datetime) -> Merged:
        """Record that a link between two identifiers has ended, and act on it. Durable when it returns.

        The arguments are those of `link`.

        Raises:
            InputError: no identifiers, or no link between the two.
            NotFoundError: one of them is not known.
        """
        with self._database.writing() as connection:
            numbers = [self._known(connection, id_) for id_ in (one, other)]
            everybody = self._unlink(connection, numbers[0], numbers[1], by=by, why=why, now=now)
        return self._settled(everybody, now)

    def unlink_number(self, one: Id, link: int, *, by: str, why: str = "", now: datetime) -> Merged:
        """As `unlink`, for the link with this number, one of those that `ties` shows for `one`."""
        with self._database.writing() as connection:
            number = self._known(connection, one)
            found = next((tie for tie in self._ties(connection, number) if tie.link.number == link), None)
            if found is None:
                raise InputError(
                    "not_linked",
                    "This customer has no link of that number; nothing was changed.",
                    "See which links there are: troth customer show",
                )
            everybody = self._unlink(connection, found.link.one, found.link.other, by=by, why=why, now=now)
        return self._settled(everybody, now)

    def ties(self, one: Id) -> list[Tie]:
        """Return the links that make the person with this identifier, oldest first.

        Raises:
            NotFoundError: there is no such customer.
        """
        with self._database.reading() as connection:
            return self._ties(connection, self._known(connection, one))

    def ended(self, one: Id) -> list[Link]:
        """Return the ends of links that were recorded for this one identifier, oldest first."""
        number = self._identity.get(one.text, one.kind)
        return [link for link in self._identity.people.history(number) if link.act is Act.UNLINKED]

    def _ties(self, connection: Connection, number: int) -> list[Tie]:
        people = self._identity.people
        numbers = people.numbers(connection, number)
        kinds = people.kinds(connection, numbers)
        return [
            Tie(link, (kinds.get(link.one, ()), kinds.get(link.other, ())))
            for link in people.told(connection, people.links(connection, numbers[0]))
        ]

    def _both(self, connection: Connection, one: Id, other: Id, now: datetime) -> list[int]:
        """Return the numbers of the two; the one that is not known gets a number now."""
        ids = (one, other)
        if all(self._identity.find_in(connection, id_.text, id_.kind) is None for id_ in ids):
            raise NotFoundError(
                "customer_unknown", "Neither of these two is known here; nothing was recorded.", "Check the ids."
            )
        return [self._identity.obtain_in(connection, id_.text, now=now, kind=id_.kind) for id_ in ids]

    def _known(self, connection: Connection, id_: Id) -> int:
        number = self._identity.find_in(connection, id_.text, id_.kind)
        if number is None:
            raise NotFoundError(
                "customer_unknown", "There is no customer with this id.", "Check the id and its kind."
            )
        return number

    def _must_be_one_account(self, connection: Connection, sides: Sequence[Sequence[int]]) -> None:
        kinds = self._identity.people.kinds(connection, [number for side in sides for number in side])
        if all(any(IdKind.CUSTOMER in kinds.get(number, ()) for number in side) for side in sides):
            raise NotAllowedError(
                "two_accounts",
                "Both have an account of their own, so they may be two people on one device; nothing was linked.",
                "Give the device a new anonymous id when somebody signs out. To join two accounts of one person: "
                "troth customer link --two-accounts",
            )

    def _is_anything_refused(self, connection: Connection, numbers: Sequence[int]) -> bool:
        standing = self._consent.joined(connection, numbers).standing.values()
        if any(one.latest.answer is Answer.NO for one in standing):
            return True
        return bool(self._stops.seen_by_many(connection, numbers)[0])

    def _unlink(self, connection: Connection, one: int, other: int, *, by: str, why: str, now: datetime) -> list[int]:
        after = self._consent.newest(connection)
        everybody = self._identity.people.unlink(connection, one, other, after=after, by=by, why=why, now=now)
        # What one side had only by a yes of the other may no longer be used.
        outbox.tell(connection, everybody, "unlinked", removal=True, at=now)
        self._note(connection, [one, other], "unlinked", by=by, why=why, now=now)
        return everybody

    def _note(
        self, connection: Connection, ends: Sequence[int], act: str, *, by: str, why: str, now: datetime
    ) -> None:
        """Note a link or its end on the page of both ends. Neither names the other."""
        hidden = {"by": by, "why": why}
        entries = [Entry(number, Kind.MERGED, now, {"act": act}, hidden) for number in ends]
        self._ledger.append_in(connection, entries)

    def _settled(self, everybody: Sequence[int], now: datetime) -> Merged:
        deleted: dict[str, int] = {}
        for number in everybody:
            for kind, count in self._settling.settle(number, now=now).items():
                deleted[kind] = deleted.get(kind, 0) + count
        return Merged(changed=True, ids=len(everybody), deleted=deleted)
