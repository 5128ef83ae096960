"""A declared age: compared once, never kept.

Laws:

1. The age is compared with the age of the promise (`children.under`), and then it is gone. What stays is the flag of
   a child, or nothing.
2. A declaration only ever protects. It puts the flag; it never lifts one. A child who is turned away, goes back and
   types an older age would else be let through (as the FTC's advice on COPPA warns of age questions), and since
   nothing of the first answer is kept, the second can't be checked against it.
3. The flag is lifted by a person who looked into it: ``troth stop lift child``. Nobody grows out of it by the clock,
   since no birthday is kept either.
4. Somebody nobody knows becomes a customer by declaring to be a child: else what they do next would be taken for an
   adult's. Declaring to be an adult makes nobody: unknown age is an adult.
"""

from dataclasses import dataclass
from datetime import date, datetime

from troth.cases.stopping import Stopping
from troth.errors import InputError
from troth.identity.service import Identity
from troth.promise.model import Promise
from troth.stops.model import Kind
from troth.stops.service import Stops

OLDEST = 130
"""Years. Nobody is known to have reached them."""

BY, WHY = "customer", "declared age"
"""Who put the stop, and why, as it stands in the record."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What became of a declaration.

    Attributes:
        is_child: whether the customer is flagged now.
        put: whether this declaration put the flag.
        deleted: kind of data → how many items nothing needs any more.
    """

    is_child: bool
    put: bool
    deleted: dict[str, int]


class Ages:
    """Hears declared ages.

    Args:
        promise: has the age below which nothing personalises.
        identity: knows the customer, or makes them.
        stops: shows what stands.
        stopping: puts the flag.
    """

    def __init__(self, promise: Promise, *, identity: Identity, stops: Stops, stopping: Stopping) -> None:
        self._promise = promise
        self._identity = identity
        self._stops = stops
        self._stopping = stopping

    def declare(self, outside_id: str, years: int, *, now: datetime) -> Declared:
        """Hear that the customer the company calls `outside_id` is `years` old.

        Args:
            outside_id: the company's own id.
            years: completed years, from 0 to `OLDEST`.
            now: the moment.

        Raises:
            InputError: the age is none, or the id is none. Nothing was changed.
            NotFoundError: the customer is leaving.
        """
        if not 0 <= years <= OLDEST:
            raise InputError("age_wrong", f"An age is from 0 to {OLDEST} years.", "Send completed years.")
        is_child = years < self._promise.children.under
        number = self._identity.obtain(outside_id, now=now) if is_child else self._identity.find(outside_id)
        stands = number is not None and any(stop.kind is Kind.CHILD for stop in self._stops.standing(number))
        if number is None or stands or not is_child:
            return Declared(is_child=stands, put=False, deleted={})
        done = self._stopping.put(Kind.CHILD, customer=number, by=BY, why=WHY, now=now)
        return Declared(is_child=True, put=True, deleted=done.deleted)

    def years_since(self, born: date, *, now: datetime) -> int:
        """Return the completed years of somebody born on `born`, on the company's calendar.

        Who was born on 29 February has their birthday on 1 March of other years: the later day protects longer.

        Raises:
            InputError: the day lies ahead.
        """
        today = now.astimezone(self._promise.company.time_zone).date()
        if born > today:
            raise InputError("born_ahead", "The day of birth lies ahead.", "Write it as year-month-day.")
        had_birthday = (today.month, today.day) >= (born.month, born.day)
        return today.year - born.year - (not had_birthday)
