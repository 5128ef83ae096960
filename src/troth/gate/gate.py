"""The one door: decide first, then open the vault, for what was allowed and nothing else.

Laws:

1. Nothing is stored unless at least one purpose of the promise holds for it now; what no clause names is dropped at
   the door and only counted, by name.
2. Nothing is opened unless the verdict allows it. Choices, stops, spans and items are read from one snapshot, so a
   verdict is never about another moment than the items it lets out.
3. Collecting the same arrival again changes nothing.
4. Every change of what is kept tells the outbox, in its own transaction.
5. While a legal hold or a restriction stands on a customer, nothing of them is deleted by the clock, by a no, or by a
   stop; while a hold stands, a newer trait does not replace the older and nothing can be erased.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime

from troth.actors import Actor
from troth.canonical import keyed_hash
from troth.clock import from_micros
from troth.consent.model import Standing
from troth.consent.service import Consent
from troth.db import outbox
from troth.db.engine import Connection, Database
from troth.errors import NotAllowedError
from troth.gate.arrivals import TRAITS, TRAITS_IDENTITY, Batch
from troth.gate.asking import MEASURE
from troth.gate.decide import Grant, State, Terms, Verdict, decide, hold
from troth.gate.reasons import Code, Refusal
from troth.gate.use import Act, Arrival, Outcome, Use
from troth.identity.service import Identity, normalised
from troth.keys.ring import KeyRing
from troth.promise.model import Clause, Promise
from troth.stops.model import NOTHING_IN_COMMON, NOTHING_OF_CUSTOMER
from troth.stops.service import Stops
from troth.vault.model import Item, Locked, Span
from troth.vault.store import Vault, span_of


@dataclass(frozen=True, slots=True)
class Answer:
    """What a read lets out: the verdict, and the items of the kinds it allows, in time order."""

    verdict: Verdict
    items: Mapping[str, tuple[Item, ...]]


class Gate:
    """Collects and reads, as the promise says.

    Args:
        database: the main database.
        promise: the promise in force.
        identity: who is who.
        consent: the recorded choices.
        stops: what is stopped.
        vault: where the items are.
        ring: for the keyed hash that recognises an arrival when it comes again.
    """

    def __init__(
        self,
        database: Database,
        promise: Promise,
        *,
        identity: Identity,
        consent: Consent,
        stops: Stops,
        vault: Vault,
        ring: KeyRing,
    ) -> None:
        self._database = database
        self._terms = Terms.of(promise)
        self._identity = identity
        self._consent = consent
        self._stops = stops
        self._vault = vault
        self._marking = ring.named("item-marks")

    @property
    def promise(self) -> Promise:
        """The promise in force."""
        return self._terms.promise

    def decide(self, use: Use, customer: int, *, now: datetime) -> Verdict:
        """Return the verdict on `use` without opening anything."""
        with self._database.reading() as connection:
            state = self._states(connection, [customer])[customer]
        return decide(use, self._terms, state, now, customer=customer)

    def read(self, use: Use, customer: int, *, now: datetime) -> Answer:
        """Return the verdict on `use` and the items it allows.

        Args:
            use: who asks for what, for what.
            customer: the customer's number. An unknown number is a visitor, of whom nothing is kept.
            now: the moment.
        """
        with self._database.reading() as connection:
            rows = self._vault.rows(connection, customer)
            own, common = self._stops.seen_by(connection, customer)
            state = State(
                self._consent.standing_in(connection, customer),
                {kind: span_of(locked) for kind, locked in rows.items()},
                self._identity.is_restricted(connection, customer),
                own,
                common,
            )
        verdict = decide(use, self._terms, state, now, customer=customer)
        if use.purpose == MEASURE:
            # A comparison is made of sums over many, in `read_many`; of one it would be a look at a person.
            verdict = Verdict({}, {data: Refusal(Code.AGGREGATE_ONLY, Clause(MEASURE, data)) for data in use.data})
        return Answer(verdict, self._open(customer, rows, verdict))

    def read_many(self, use: Use, *, now: datetime) -> Iterator[tuple[int, Mapping[str, tuple[Item, ...]]]]:
        """Yield customer by customer what `use` may read now; who allows nothing is passed over unopened.

        One snapshot for all. For fitting and measuring; the numbers are for adding up, not for looking people up.
        """
        # Alone: this stays open while the caller's own code runs, which must see what is committed now.
        with self._database.reading_alone() as connection:
            standing = self._standing_for(connection, use)
            locked = self._identity.restricted_in(connection)
            stopped, common = self._stops.seen_by_many(connection)
            # All kinds are scanned, not only the asked ones: a keep or a contract may hang on another kind's last.
            with closing(self._vault.scan(connection, self._terms.promise.data)) as everybody:
                for customer, rows in everybody:
                    spans = {kind: span_of(of_kind) for kind, of_kind in rows.items()}
                    own = stopped.get(customer, NOTHING_OF_CUSTOMER)
                    state = State(standing.get(customer, {}), spans, customer in locked, own, common)
                    verdict = decide(use, self._terms, state, now, customer=customer)
                    items = self._open(customer, rows, verdict)
                    if any(items.values()):
                        yield customer, items

    def collect(self, actor: Actor, arrivals: Sequence[Arrival], now: datetime) -> list[Outcome]:
        """Store what the promise lets in, in one transaction; return what became of each arrival, in order.

        Args:
            actor: who brings it; a service or job that ``may`` ``collect``.
            arrivals: at most some thousands at once.
            now: the moment.

        Raises:
            NotAllowedError: the actor may not collect.
            InputError: a customer's id is not an id. Nothing was stored.
        """
        if "collect" not in actor.may:
            raise NotAllowedError(
                "actor_may_not",
                "Who asks may not bring data in.",
                "Use a key that was made with the purpose collect.",
            )
        if not arrivals:
            return []
        arrivals = _spelled_alike(arrivals)
        with self._database.writing() as connection:
            numbers, gone = self._identity.lookup(connection, list(dict.fromkeys(one.customer for one in arrivals)))
            states = self._states(connection, list(numbers.values()))
            times = [one.at for one in arrivals]
            known = self._vault.marks(connection, list(numbers.values()), start=min(times), end=max(times))
            told = self._told(connection, numbers.values()) if any(one.event == TRAITS for one in arrivals) else {}
            batch = Batch(
                self._terms,
                now,
                numbers=numbers,
                gone=gone,
                states=states,
                known=known,
                told=told,
                common=self._stops.in_common(connection),
            )
            outcomes = batch.judge(arrivals, self._mark)
            numbers |= self._identity.add_in(connection, batch.strangers, since=now)
            kept = batch.kept(numbers)
            held = {number for number, state in states.items() if state.own.held}
            for customer, kind in {
                (one.customer, one.kind) for one in kept if one.item.event == TRAITS and one.customer not in held
            }:
                self._vault.drop_marked(connection, customer, kind, self._mark(kind, TRAITS_IDENTITY))
            self._vault.put(connection, kept)
            outbox.tell(connection, dict.fromkeys(one.customer for one in kept), "collected", removal=False, at=now)
        return outcomes

    def settle(self, customer: int, *, now: datetime, by_clock: bool = False) -> dict[str, int]:
        """Delete what is kept of a customer for no purpose any more; return kind → how many items went.

        Called after a no, an erasure, and by the clock. What a purpose still holds for stays. What the clock ends is
        told to the outbox like a purchase and not like a no: the model takes it in within seconds, and nobody's page
        waits for that. Of whom a legal hold or a restriction stands nothing is deleted, until it is lifted.
        """
        gone: dict[str, int] = {}
        with self._database.writing() as connection:
            state = self._states(connection, [customer])[customer]
            for kind, span in () if state.own.preserved else state.spans.items():
                grants = self._holding(kind, state, now)
                # The horizon is the kind's own, the same in every grant.
                past = grants[0].horizon if grants else None
                if not grants:
                    gone[kind] = self._vault.drop_kinds(connection, customer, [kind])
                elif past is not None and past.is_past(span.first):
                    marks = self._vault.marks(connection, [customer], start=span.first, end=span.last)
                    old = [mark for mark in marks if mark[1] == kind and past.is_past(from_micros(mark[2]))]
                    gone[kind] = self._vault.drop_items(connection, old)
            if any(gone.values()):
                outbox.tell(connection, [customer], "settled", removal=not by_clock, at=now)
        return {kind: count for kind, count in gone.items() if count}

    def must_be_free_to_delete(self, connection: Connection, customer: int) -> None:
        """Check inside an open transaction that nothing forbids to erase the customer.

        Raises:
            NotAllowedError: a legal hold stands.
        """
        self._stops.must_be_free_to_delete(connection, customer)

    def overdue(self, *, now: datetime) -> list[int]:
        """Return the customers of whom something is kept for no purpose any more; `settle` each of them.

        One snapshot for all; nothing is opened.
        """
        with self._database.reading() as connection:
            found: list[int] = []
            for customers in self._vault.customers(connection):
                for customer, state in self._states(connection, customers).items():
                    if not state.own.preserved and any(
                        self._is_overdue(kind, span, state, now) for kind, span in state.spans.items()
                    ):
                        found.append(customer)
        return found

    def _is_overdue(self, kind: str, span: Span, state: State, now: datetime) -> bool:
        grants = self._holding(kind, state, now)
        return not grants or (grants[0].horizon is not None and grants[0].horizon.is_past(span.first))

    def kept_by_law(self, customer: int, *, now: datetime) -> dict[str, str]:
        """Return kind → the law and until when, for what must stay of a customer after an erasure."""
        promise = self._terms.promise
        with self._database.reading() as connection:
            state = self._states(connection, [customer])[customer]
        locked = replace(state, restricted=True)
        found: dict[str, str] = {}
        for kind, span in state.spans.items():
            for grant in self._holding(kind, locked, now):
                keep = promise.data[kind].keep
                if grant.clause is None or (grant.horizon is not None and grant.horizon.is_past(span.last)):
                    continue
                law = promise.purposes[grant.clause.purpose].law
                end = keep.period.after(span.last, promise.company.time_zone) if keep else None
                found[kind] = f"{law}, until {end:%Y-%m-%d}" if end else law
        return found

    def spans(self, customer: int) -> Mapping[str, Span]:
        """Return kind → first, last and count of what is kept of a customer; for counting, nothing is opened."""
        with self._database.reading() as connection:
            return self._states(connection, [customer])[customer].spans

    def _standing_for(self, connection: Connection, use: Use) -> dict[int, Mapping[Clause, Standing]]:
        """Return customer → where the clauses stand that a verdict on `use` depends on, for all who chose on one."""
        standing = self._consent.standing_on(connection, use.purpose)
        for purpose in sorted({clause.purpose for clause in use.compared} - {use.purpose}):
            for customer, clauses in self._consent.standing_on(connection, purpose).items():
                standing[customer] = {**standing.get(customer, {}), **clauses}
        return standing

    def _holding(self, kind: str, state: State, now: datetime) -> list[Grant]:
        """Return the grants of every purpose that `kind` may be kept for; an undeclared kind has none.

        A pause lasts until it is lifted: what its purpose holds for is kept meanwhile, unused.
        """
        resting = replace(state, common=NOTHING_IN_COMMON)
        answers = (
            hold(Clause(purpose.key, kind), self._terms, resting, now, act=Act.COLLECT)
            for purpose in self._terms.promise.purposes_of(kind)
        )
        return [answer for answer in answers if isinstance(answer, Grant)]

    def _states(self, connection: Connection, customers: Sequence[int]) -> dict[int, State]:
        standing = self._consent.standing_of(connection, customers)
        spans = self._vault.spans(connection, customers)
        locked = self._identity.restricted_in(connection, customers)
        stopped, common = self._stops.seen_by_many(connection, customers)
        return {
            customer: State(
                standing.get(customer, {}),
                spans.get(customer, {}),
                customer in locked,
                stopped.get(customer, NOTHING_OF_CUSTOMER),
                common,
            )
            for customer in customers
        }

    def _open(
        self, customer: int, rows: Mapping[str, Sequence[Locked]], verdict: Verdict
    ) -> dict[str, tuple[Item, ...]]:
        """Open what the verdict allows and no keep has ended; every allowed kind has an entry."""
        opened: dict[str, tuple[Item, ...]] = {}
        for kind, grant in verdict.allowed.items():
            locked, past = rows.get(kind, ()), grant.horizon
            if past is not None:
                # Rows are in time order, but where a month end clips, a later one may be past its keep before an
                # earlier one. So the calendar is asked for each row near the border.
                sure = bisect_right(locked, past.kept_after, key=lambda row: from_micros(row[0]))
                near = [row for row in locked[:sure] if not past.is_past(from_micros(row[0]))]
                locked = [*near, *locked[sure:]] if sure else locked
            opened[kind] = self._vault.open(customer, kind, locked) if locked else ()
        return opened

    def _told(self, connection: Connection, customers: Iterable[int]) -> dict[tuple[int, str], datetime]:
        """Return (customer, kind) → when the stored trait of that kind was told."""
        marks = [self._mark(kind.key, TRAITS_IDENTITY) for kind in self._terms.promise.data.values() if kind.traits]
        return self._vault.newest_marked(connection, list(customers), marks)

    def _mark(self, kind: str, identity: Sequence[str]) -> bytes:
        return keyed_hash(self._marking, kind.encode(), *(part.encode() for part in identity))


def _spelled_alike(arrivals: Sequence[Arrival]) -> Sequence[Arrival]:
    """Return `arrivals` with one spelling for each customer's id, so that two spellings are not two strangers."""
    spelled = {one: normalised(one) for one in dict.fromkeys(arrival.customer for arrival in arrivals)}
    if all(one == known for one, known in spelled.items()):
        return arrivals
    return [replace(arrival, customer=spelled[arrival.customer]) for arrival in arrivals]
