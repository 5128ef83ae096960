"""From the rooms' tables to what a verdict is made from.

Linked customers are one person: whichever of their numbers is asked for, the state is that of the person (`people`).
Somebody who is linked to nobody costs not one question more: whether they are is in the row that says whether they
are restricted.
"""

from collections.abc import Mapping, Sequence

from troth.consent.service import Consent
from troth.db.engine import Connection
from troth.gate.people import all_spans, all_stops
from troth.gate.state import State
from troth.identity.model import PLAIN
from troth.identity.service import Identity
from troth.promise.model import Promise
from troth.stops.model import NOTHING_OF_CUSTOMER
from troth.stops.service import Stops
from troth.vault.model import Locked, Span
from troth.vault.store import Vault, span_of

Rows = Mapping[str, Sequence[Locked]]
"""Kind of data → one number's rows in time order, unopened."""


class Known:
    """Asks the rooms what is known of customers. All in the caller's open transaction.

    Args:
        promise: the promise in force, which says what is sharing.
        identity: who is who, and who is linked to whom.
        consent: the recorded choices.
        stops: what is stopped.
        vault: where the items are.
    """

    def __init__(self, promise: Promise, *, identity: Identity, consent: Consent, stops: Stops, vault: Vault) -> None:
        self._promise = promise
        self._people = identity.people
        self._consent = consent
        self._stops = stops
        self._vault = vault

    def with_rows(self, connection: Connection, customer: int) -> tuple[State, Mapping[int, Rows]]:
        """Return the state of one customer, and the rows of each number of the person that they are."""
        seen = self._people.seen(connection, customer)
        if seen.person is not None:
            return self.of_person(connection, seen.person)
        rows = self._vault.rows(connection, customer)
        own, common = self._stops.seen_by(connection, customer)
        standing = self._consent.standing_in(connection, customer)
        return State(standing, spans_of(rows), seen.restricted, own, common), {customer: rows}

    def of_person(self, connection: Connection, person: int) -> tuple[State, Mapping[int, Rows]]:
        """As `with_rows`, for linked customers; `person` is the smallest of their numbers."""
        locked = self._people.of_person(connection, person)
        rows = {number: self._vault.rows(connection, number) for number in locked}
        return self._joined(connection, locked, [spans_of(theirs) for theirs in rows.values()]), rows

    def states(self, connection: Connection, customers: Sequence[int]) -> dict[int, State]:
        """Return customer → state; an unknown number is a visitor."""
        standing = self._consent.standing_of(connection, customers)
        spans = self._vault.spans(connection, customers)
        remarkable = self._people.remarkable(connection, customers)
        stopped, common = self._stops.seen_by_many(connection, customers)
        persons: dict[int, State] = {}
        for person in {seen.person for seen in remarkable.values() if seen.person is not None}:
            locked = self._people.of_person(connection, person)
            theirs = self._vault.spans(connection, list(locked))
            persons[person] = self._joined(connection, locked, list(theirs.values()))
        found: dict[int, State] = {}
        for customer in customers:
            seen = remarkable.get(customer, PLAIN)
            found[customer] = (
                State(
                    standing.get(customer, {}),
                    spans.get(customer, {}),
                    seen.restricted,
                    stopped.get(customer, NOTHING_OF_CUSTOMER),
                    common,
                )
                if seen.person is None
                else persons[seen.person]
            )
        return found

    def _joined(
        self, connection: Connection, locked: Mapping[int, bool], spans: Sequence[Mapping[str, Span]]
    ) -> State:
        joined = self._consent.joined(connection, list(locked))
        stopped, common = self._stops.seen_by_few(connection, list(locked))
        own = all_stops(joined, stopped, self._promise)
        return State(joined.standing, all_spans(spans), any(locked.values()), own, common)


def spans_of(rows: Rows) -> dict[str, Span]:
    """Return kind → span of `rows`."""
    return {kind: span_of(of_kind) for kind, of_kind in rows.items()}
