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
6. What a person asks for, and what is handed out, is in the ledger before anything is opened (`evidence`).
7. Linked customers are one person (`people`): what is known of any of them decides for all, and a read of one lets
   out the items of all, each opened with the keys of its own number. `read_many` yields the person once.
8. What the customer asked to delete and a law demands is let out for what the law demands, and to the customer.
   Nothing else meets it.
9. The key of a kind goes after the last item of it. A read whose snapshot is older than that, and that comes too late
   to open it, looks once more, and lets out what is there now.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter

from troth.actors import Actor
from troth.clock import from_micros, to_micros
from troth.consent.model import Standing
from troth.consent.service import Consent
from troth.db import outbox
from troth.db.engine import Connection, Database
from troth.errors import NotAllowedError
from troth.gate.arrivals import TRAITS, TRAITS_IDENTITY, Batch
from troth.gate.asking import MEASURE
from troth.gate.decide import Grant, State, Terms, Verdict, decide, hold
from troth.gate.deleting import Deleting, emptied_of
from troth.gate.evidence import entry_of, must_be_fit_to_note, must_be_noted, must_be_one_by_one
from troth.gate.explain import Explanation, explain
from troth.gate.holding import Holding, as_one, holding, law_in_words
from troth.gate.journalled import entry_of as deleted
from troth.gate.known import Known, Rows, spans_of
from troth.gate.marking import Marking
from troth.gate.people import as_one_person
from troth.gate.reasons import Code, Refusal
from troth.gate.removal import pairs_of
from troth.gate.retention import border
from troth.gate.use import Act, Arrival, Outcome, Use
from troth.gate.uses import Uses
from troth.identity.model import PLAIN, IdKind
from troth.identity.naming import normalised
from troth.identity.service import Identity
from troth.journal.service import Journal
from troth.keys.ring import KeyGoneError, KeyRing
from troth.ledger.log import Ledger
from troth.promise.model import Basis, Clause, Promise
from troth.stops.model import NOTHING_IN_COMMON, NOTHING_OF_CUSTOMER
from troth.stops.service import Stops
from troth.vault.model import Item, Locked, Span, named, restricted
from troth.vault.store import Vault

_MANY = 500
"""Customers whose states are looked at together."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a read lets out: the verdict, and the items of the kinds it allows, in time order."""

    verdict: Verdict
    items: Mapping[str, tuple[Item, ...]]


class Gate:
    """Collects and reads, as the promise says.

    Args:
        database: the main database.
        terms: the promise in force, with those before it.
        identity: who is who.
        consent: the recorded choices.
        stops: what is stopped.
        ledger: where it is noted who looked.
        journal: where it is kept outside the main database of what the last was deleted.
        vault: where the items are.
        ring: for the keyed hash that recognises an arrival when it comes again.
    """

    def __init__(
        self,
        database: Database,
        terms: Terms,
        *,
        identity: Identity,
        consent: Consent,
        stops: Stops,
        ledger: Ledger,
        journal: Journal,
        vault: Vault,
        ring: KeyRing,
    ) -> None:
        self._database = database
        self._terms = terms
        self._identity = identity
        self._consent = consent
        self._stops = stops
        self._ledger = ledger
        self._journal = journal
        self._vault = vault
        self.uses = Uses(database, ledger, identity, terms.promise)
        self._known = Known(terms.promise, identity=identity, consent=consent, stops=stops, vault=vault)
        self._marking = Marking(items=ring.named("item-marks"), handles=ring.named("item-handles"))
        self.deleting = Deleting(
            database,
            terms,
            known=self._known,
            identity=identity,
            stops=stops,
            vault=vault,
            marking=self._marking,
        )

    @property
    def promise(self) -> Promise:
        """The promise in force."""
        return self._terms.promise

    def decide(self, use: Use, customer: int, *, now: datetime) -> Verdict:
        """Return the verdict on `use` without opening anything."""
        with self._database.reading() as connection:
            state = self._known.states(connection, [customer])[customer]
            asker = self._asker(connection, use, customer)
        return decide(use, self._terms, state, now, customer=asker)

    def explain(self, use: Use, customer: int, *, now: datetime) -> Explanation:
        """Return why the verdict on `use` is as it is, without opening anything; see `troth.gate.explain`."""
        with self._database.reading() as connection:
            state = self._known.states(connection, [customer])[customer]
            asker = self._asker(connection, use, customer)
        verdict = decide(use, self._terms, state, now, customer=asker)
        return explain(use, self._terms, state, now, verdict=verdict, customer=asker)

    def read(self, use: Use, customer: int, *, now: datetime) -> Answer:
        """Return the verdict on `use` and the items it allows.

        Args:
            use: who asks for what, for what. What a person asks, and what hands something out, is noted first; see
                `troth.gate.evidence`.
            customer: the customer's number. An unknown number is a visitor, of whom nothing is kept.
            now: the moment.

        Raises:
            InputError: it must be noted, and its reason is no line of text.
            NotFoundError: it must be noted, and the customer is unknown, has left or is leaving.
            UnavailableError: it must be noted and can't be, or a key is gone. Nothing was opened.
        """
        if must_be_noted(use):
            must_be_fit_to_note(use)
            with self._database.writing() as connection:
                self._identity.must_be_here(connection, [customer])
                rows, state, verdict = self._judged(connection, use, customer, now)
                # Each number has its own page in the ledger, which must stay whole when a link is taken away.
                self._ledger.append_in(connection, [entry_of(use, number, verdict, now) for number in rows])
            # The entry is on the disk. Killed from here on, it tells of a look at which nothing was seen.
        else:
            with self._database.reading() as connection:
                rows, state, verdict = self._judged(connection, use, customer, now)
        opened: Mapping[int, Mapping[str, tuple[Item, ...]]]
        try:
            opened = self._opened(rows, verdict, state=state, now=now)
        except KeyGoneError:
            verdict, opened = self._read_again(use, customer, now)
        if not must_be_noted(use):
            # Here too: nothing goes out before it is on the disk.
            self.uses.note(use, _let_out(opened), now)
        return Answer(verdict, as_one_person(opened, verdict.allowed))

    def _read_again(
        self, use: Use, customer: int, now: datetime
    ) -> tuple[Verdict, Mapping[int, Mapping[str, tuple[Item, ...]]]]:
        """Read as things stand now: a key went between the snapshot and the opening, with all that it opens."""
        with self._database.apart(), self._database.reading() as connection:
            state, rows = self._known.with_rows(connection, customer)
            verdict = decide(use, self._terms, state, now, customer=_own(use, customer, rows))
            return verdict, self._opened(rows, verdict, state=state, now=now)

    def _judged(
        self, connection: Connection, use: Use, customer: int, now: datetime
    ) -> tuple[Mapping[int, Rows], State, Verdict]:
        """Return the rows of each number of the person, unopened, their state and the verdict on `use`."""
        state, rows = self._known.with_rows(connection, customer)
        verdict = decide(use, self._terms, state, now, customer=_own(use, customer, rows))
        if use.purpose == MEASURE:
            # A comparison is made of sums over many, in `read_many`; of one it would be a look at a person.
            verdict = Verdict({}, {data: Refusal(Code.AGGREGATE_ONLY, Clause(MEASURE, data)) for data in use.data})
        return rows, state, verdict

    def read_many(self, use: Use, *, now: datetime) -> Iterator[tuple[int, Mapping[str, tuple[Item, ...]]]]:
        """Yield customer by customer what `use` may read now; who allows nothing is passed over unopened.

        One snapshot for all. For fitting and measuring; the numbers are for adding up, not for looking people up.
        Linked customers come once, under the smallest of their numbers.

        Raises:
            NotAllowedError: a person asks, or it hands something out: that is noted one by one, by `read`.
        """
        must_be_one_by_one(use)
        # Alone: this stays open while the caller's own code runs, which must see what is committed now.
        with self._database.reading_alone() as connection:
            given: dict[int, Mapping[str, tuple[Item, ...]]] = {}
            standing = self._standing_for(connection, use)
            remarkable = self._identity.people.remarkable(connection)
            stopped, common = self._stops.seen_by_many(connection)
            # All kinds are scanned, not only the asked ones: a keep or a contract may hang on another kind's last.
            kinds = [kind for key in self._terms.promise.data for kind in (key, restricted(key))]
            with closing(self._vault.scan(connection, kinds)) as everybody:
                for customer, rows in everybody:
                    seen = remarkable.get(customer, PLAIN)
                    if seen.person is not None:
                        continue
                    own = stopped.get(customer, NOTHING_OF_CUSTOMER)
                    state = State(standing.get(customer, {}), spans_of(rows), seen.restricted, own, common)
                    verdict = decide(use, self._terms, state, now, customer=customer)
                    items: Mapping[str, tuple[Item, ...]]
                    try:
                        items = self._open(customer, rows, verdict, state=state, now=now)
                    except KeyGoneError:
                        verdict, again = self._read_again(use, customer, now)
                        items = as_one_person(again, verdict.allowed)
                    if any(items.values()):
                        given[customer] = items
                    if len(given) == _MANY:
                        yield from self._noted(use, given, now)
                        given.clear()
            yield from self._noted(use, given, now)
            for person in sorted({seen.person for seen in remarkable.values() if seen.person is not None}):
                state, theirs = self._known.of_person(connection, person)
                verdict = decide(use, self._terms, state, now, customer=person)
                opened: Mapping[int, Mapping[str, tuple[Item, ...]]]
                try:
                    opened = self._opened(theirs, verdict, state=state, now=now)
                except KeyGoneError:
                    verdict, opened = self._read_again(use, person, now)
                self.uses.note(use, _let_out(opened), now)
                together = as_one_person(opened, verdict.allowed)
                if any(together.values()):
                    yield person, together

    def collect(
        self, actor: Actor, arrivals: Sequence[Arrival], now: datetime, *, ids: IdKind = IdKind.CUSTOMER
    ) -> list[Outcome]:
        """Store what the promise lets in, in one transaction; return what became of each arrival, in order.

        Args:
            actor: who brings it; a service or job that ``may`` ``collect``.
            arrivals: at most some thousands at once.
            now: the moment.
            ids: what their ids are: accounts, or browsers in which nobody signed in.

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
        arrivals = _spelled_alike(arrivals, ids)
        with self._database.writing() as connection:
            named_here = list(dict.fromkeys(one.customer for one in arrivals))
            numbers, gone = self._identity.lookup(connection, named_here, kind=ids)
            states = self._known.states(connection, list(numbers.values()))
            common = next(iter(states.values())).common if states else self._stops.in_common(connection)
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
                common=common,
                deleted=self._vault.deleted_of(connection, list(numbers.values())),
                deleted_mark=self._marking.deleted,
            )
            outcomes = batch.judge(arrivals, self._marking.mark)
            numbers |= self._identity.add_in(connection, batch.strangers, since=now, kind=ids)
            kept = batch.kept(numbers)
            held = {number for number, state in states.items() if state.own.held}
            for customer, kind in {
                (one.customer, one.kind) for one in kept if one.item.event == TRAITS and one.customer not in held
            }:
                self._vault.drop_marked(connection, customer, kind, self._marking.mark(kind, TRAITS_IDENTITY))
            self._vault.put(connection, kept)
            whose = self._identity.people.together(connection, [one.customer for one in kept])
            outbox.tell(connection, whose, "collected", removal=False, at=now)
        return outcomes

    def settle(self, customer: int, *, now: datetime, by_clock: bool = False) -> dict[str, int]:
        """Delete what is kept of a customer for no purpose any more; return kind → how many items went.

        Called after a no, an erasure, and by the clock. What a purpose still holds for stays. What the clock ends is
        told to the outbox like a purchase and not like a no: the model takes it in within seconds, and nobody's page
        waits for that. Of whom a legal hold or a restriction stands nothing is deleted, until it is lifted. Of linked
        customers all are settled, since what one of them said is said by the person. The key of a kind of which
        nothing is left is noted to be destroyed, and so that an older copy of the data holds no rows without a key,
        the journal tells of it.
        """
        gone: dict[str, int] = {}
        went: set[tuple[int, str]] = set()
        with self._database.writing() as connection:
            state = self._known.states(connection, [customer])[customer]
            numbers = self._identity.people.numbers(connection, customer)
            for kind, span in () if state.own.preserved else state.spans.items():
                held = self._holding(kind, state, now)
                if isinstance(held, Refusal):
                    dropped = {one: self._vault.drop_kinds(connection, one, [kind]) for one in numbers}
                    gone[kind] = sum(dropped.values())
                    went |= {(number, named(kind)) for number, count in dropped.items() if count}
                else:
                    past = self._past(connection, numbers, kind, span, held)
                    gone[kind] = self._vault.drop_items(connection, past)
                    went |= pairs_of(past)
            if went:
                outbox.tell(connection, numbers, "settled", removal=not by_clock, at=now)
                empty = self._vault.note_spent(connection, went)
                if not state.restricted:
                    # Of whom is being erased the journal tells that alone.
                    last = {kind: span.last for kind, span in as_one(state.spans).items()}
                    self._journal.write(connection, [deleted(one, at=now) for one in emptied_of(empty, last)])
        total = Counter[str]()
        for kind, count in gone.items():
            total[named(kind)] += count
        return {kind: count for kind, count in total.items() if count}

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
                for customer, state in self._known.states(connection, customers).items():
                    if not state.own.preserved and any(
                        self._is_overdue(kind, span, state, now) for kind, span in state.spans.items()
                    ):
                        found.append(customer)
        return found

    def count_agreed(self, *, now: datetime) -> dict[Clause, int]:
        """Return clause → for how many customers it holds, for every clause that rests on consent."""
        found: dict[Clause, int] = {}
        with self._database.reading() as connection:
            for purpose in self._terms.promise.purposes.values():
                if purpose.basis is not Basis.CONSENT:
                    continue
                found |= dict.fromkeys(purpose.clauses, 0)
                who = list(self._consent.standing_on(connection, purpose.key))
                for start in range(0, len(who), _MANY):
                    for state in self._known.states(connection, who[start : start + _MANY]).values():
                        for clause in purpose.clauses:
                            held = hold(clause, self._terms, state, now, act=Act.READ)
                            found[clause] += isinstance(held, Grant)
        return found

    def would_delete(self, new: Terms, *, now: datetime) -> dict[str, tuple[int, int]]:
        """Return kind → (customers, items) of what would be kept for no purpose any more under the terms `new`.

        Nothing is opened and nothing is deleted.
        """
        found: dict[str, tuple[int, int]] = {}
        with self._database.reading() as connection:
            for customers in self._vault.customers(connection):
                for customer, state in self._known.states(connection, customers).items():
                    for kind, span in () if state.own.preserved else state.spans.items():
                        held = holding(kind, new, replace(state, common=NOTHING_IN_COMMON), now)
                        gone = len(self._past(connection, [customer], kind, span, held))
                        who, items = found.get(named(kind), (0, 0))
                        found[named(kind)] = (who + (gone > 0), items + gone)
        return {kind: counts for kind, counts in found.items() if counts[1]}

    def _past(
        self, connection: Connection, numbers: Sequence[int], kind: str, span: Span, held: Holding | Refusal
    ) -> list[tuple[int, str, int, bytes]]:
        """Return the marks of the items of `kind` that no purpose keeps any more."""
        if isinstance(held, Holding) and held.keeps(span.first):
            return []
        marks = self._vault.marks(connection, numbers, start=span.first, end=span.last)
        gone = (mark for mark in marks if mark[1] == kind)
        return [mark for mark in gone if isinstance(held, Refusal) or not held.keeps(from_micros(mark[2]))]

    def _is_overdue(self, kind: str, span: Span, state: State, now: datetime) -> bool:
        held = self._holding(kind, state, now)
        return isinstance(held, Refusal) or not held.keeps(span.first)

    def kept_by_law(self, customer: int, *, now: datetime) -> dict[str, str]:
        """Return kind → the law and until when, for what must stay of a customer after an erasure."""
        with self._database.reading() as connection:
            state = self._known.states(connection, [customer])[customer]
        state = replace(state, common=NOTHING_IN_COMMON, spans=as_one(state.spans))
        laws = {kind: law_in_words(kind, self._terms, state, now, at=span.last) for kind, span in state.spans.items()}
        return {kind: law for kind, law in laws.items() if law}

    def heads(self, customers: Sequence[int]) -> Mapping[int, int]:
        """Return number → the number under which `read_many` yields its person, for those of `customers` linked."""
        with self._database.reading() as connection:
            return self._identity.people.heads(connection, customers)

    def here(self, customers: Collection[int]) -> frozenset[int]:
        """Return those of `customers` that there are; an older copy of the data may lack some."""
        with self._database.reading() as connection:
            return frozenset(self._identity.here_in(connection, sorted(customers)))

    def spans(self, customer: int) -> Mapping[str, Span]:
        """Return kind → first, last and count of what is kept of a customer; for counting, nothing is opened."""
        with self._database.reading() as connection:
            return as_one(self._known.states(connection, [customer])[customer].spans)

    def _standing_for(self, connection: Connection, use: Use) -> dict[int, Mapping[Clause, Standing]]:
        """Return customer → where the clauses stand that a verdict on `use` depends on, for all who chose on one."""
        standing = self._consent.standing_on(connection, use.purpose)
        for purpose in sorted({clause.purpose for clause in use.compared} - {use.purpose}):
            for customer, clauses in self._consent.standing_on(connection, purpose).items():
                standing[customer] = {**standing.get(customer, {}), **clauses}
        return standing

    def _holding(self, kind: str, state: State, now: datetime) -> Holding | Refusal:
        """Return what `kind` may be kept for; an undeclared kind for nothing.

        A pause lasts until it is lifted: what its purpose holds for is kept meanwhile, unused.
        """
        return holding(kind, self._terms, replace(state, common=NOTHING_IN_COMMON), now)

    def _asker(self, connection: Connection, use: Use, customer: int) -> int:
        if use.actor.customer in {None, customer}:
            return customer
        return _own(use, customer, self._identity.people.numbers(connection, customer))

    def _noted(
        self, use: Use, given: Mapping[int, Mapping[str, tuple[Item, ...]]], now: datetime
    ) -> Iterator[tuple[int, Mapping[str, tuple[Item, ...]]]]:
        """Note the use of what is given, and then give it."""
        self.uses.note(use, _let_out(given), now)
        yield from given.items()

    def _opened(
        self, rows: Mapping[int, Rows], verdict: Verdict, *, state: State, now: datetime
    ) -> dict[int, dict[str, tuple[Item, ...]]]:
        """Open what the verdict allows of each number of one person, with the keys of that number."""
        return {
            number: self._open(number, of_number, verdict, state=state, now=now) for number, of_number in rows.items()
        }

    def _open(
        self, customer: int, rows: Mapping[str, Sequence[Locked]], verdict: Verdict, *, state: State, now: datetime
    ) -> dict[str, tuple[Item, ...]]:
        """Open what the verdict allows and no keep has ended; every allowed kind has an entry."""
        opened: dict[str, tuple[Item, ...]] = {}
        for kind, grant in verdict.allowed.items():
            locked = self._within(rows.get(kind, ()), grant, state.spans, now)
            items = self._vault.open(customer, kind, locked) if locked else ()
            aside = rows.get(restricted(kind))
            if aside and self._reaches_aside(grant):
                set_aside = self._within(aside, grant, as_one(state.spans), now)
                items = (*items, *self._vault.open(customer, kind, set_aside, is_locked=True))
                items = tuple(sorted(items, key=lambda item: item.at))
            opened[kind] = items if grant.fields is None else _without(items, grant.fields)
        return opened

    def _reaches_aside(self, grant: Grant) -> bool:
        """Whether a grant lets out what is kept for a law alone: the customer's own look does, and the law's use."""
        return grant.clause is None or self.promise.purposes[grant.clause.purpose].basis is Basis.LEGAL_OBLIGATION

    def _within(
        self, locked: Sequence[Locked], grant: Grant, spans: Mapping[str, Span], now: datetime
    ) -> Sequence[Locked]:
        """Return those rows of one kind, in time order, that a grant lets out."""
        if not locked or (grant.is_plain and not grant.limits):
            return locked
        past = border(grant.limits, spans, self._terms.promise.company.time_zone, now=now, since=grant.since)
        # Rows are in time order, but where a month end clips, a later one may be past its keep before an earlier one.
        # So the calendar is asked for each row near the border.
        sure = bisect_right(locked, to_micros(past.kept_after), key=itemgetter(0))
        near = [row for row in locked[:sure] if not past.is_past(from_micros(row[0]))]
        return [*near, *locked[sure:]] if sure else locked

    def _told(self, connection: Connection, customers: Iterable[int]) -> dict[tuple[int, str], datetime]:
        """Return (customer, kind) → when the stored trait of that kind was told."""
        told = [kind.key for kind in self._terms.promise.data.values() if kind.traits]
        marks = [self._marking.mark(kind, TRAITS_IDENTITY) for kind in told]
        return self._vault.newest_marked(connection, list(customers), marks)


def _let_out(opened: Mapping[int, Mapping[str, Sequence[Item]]]) -> dict[int, list[str]]:
    """Return number → the kinds of which something was let out."""
    return {number: [kind for kind, items in kinds.items() if items] for number, kinds in opened.items()}


def _without(items: Sequence[Item], fields: Mapping[str, frozenset[str]]) -> tuple[Item, ...]:
    """Return `items` with only the `fields` of their event; an item of which none is left is left out."""
    found = []
    for item in items:
        kept = fields.get(item.event, frozenset())
        values = {name: value for name, value in item.values.items() if name in kept}
        if values:
            found.append(item.having(values))
    return tuple(found)


def _own(use: Use, customer: int, numbers: Container[int]) -> int:
    """Return whose data it is, for the step that asks whether it is the asker's own: that of all `numbers` is."""
    asker = use.actor.customer
    return asker if asker is not None and asker in numbers else customer


def _spelled_alike(arrivals: Sequence[Arrival], ids: IdKind) -> Sequence[Arrival]:
    """Return `arrivals` with one spelling for each customer's id, so that two spellings are not two strangers."""
    spelled = {one: normalised(one, ids) for one in dict.fromkeys(arrival.customer for arrival in arrivals)}
    if all(one == known for one, known in spelled.items()):
        return arrivals
    return [replace(arrival, customer=spelled[arrival.customer]) for arrival in arrivals]
