"""Putting a stop, lifting it, showing it.

Laws:

1. A stop is recorded with who put it, when and why, and so is its lifting. Nothing is changed in place.
2. The stop and the rows that tell the other rooms of it are one transaction. It holds for every read that begins
   after it.
3. Who is being erased, or is gone, can be stopped no more: a hold that comes after an erasure comes too late, and
   says so.
4. An opt-out signal comes with every page. The first is recorded, the others change nothing, so that a signal never
   takes back a yes that was given in spite of it. Linked customers are one: the first of any of them counts.
5. A stop and its lifting are in the journal too, so that they hold also after an older copy of the data was put back.
6. Who and why are sealed under the customer's own key, here and in the journal: with the key they are gone from every
   copy. Those of a stop that is about everybody stand in clear: it is about nobody in particular.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from troth.canonical import JSON
from troth.clock import to_micros
from troth.db import outbox
from troth.db.engine import Connection, Database
from troth.errors import InputError, NotAllowedError
from troth.identity.service import Identity
from troth.journal.model import Entry
from troth.journal.service import Journal
from troth.keeper import KeeperReport
from troth.keys.remarks import Remark, Remarks
from troth.keys.ring import KeyRing
from troth.ledger.log import Ledger
from troth.ledger.model import COMPANY
from troth.ledger.model import Entry as Noted
from troth.ledger.model import Kind as NotedKind
from troth.promise.model import Basis, Promise
from troth.promise.taxonomy import lies_below
from troth.stops import store
from troth.stops.journalled import entry_of, reworded, stop_of
from troth.stops.model import (
    ENDS_A_USE,
    EVERYBODY,
    NOTHING_OF_CUSTOMER,
    OF_CUSTOMER,
    WITH_TARGET,
    Act,
    CommonStops,
    CustomerStops,
    Kind,
    Stop,
    in_common,
    of_customer,
    standing,
)

LONGEST_WHY = 200
"""Characters of a reason or a name at most: a few words, not a letter."""

_KEY = "room:stops"
_AT_ONCE = 500

_OPEN_TO_OBJECTION = frozenset({Basis.LEGITIMATE_INTEREST, Basis.CONSENT})


class Stops:
    """Records and shows stops.

    Args:
        database: the main database.
        identity: knows which customers there are.
        promise: the promise in force.
        journal: where stops are kept outside the main database.
        ring: for the keys that seal who and why.
        ledger: where every stop and its lifting is noted.
    """

    room = "stops"

    def __init__(
        self,
        database: Database,
        identity: Identity,
        promise: Promise,
        journal: Journal,
        *,
        ring: KeyRing,
        ledger: Ledger,
    ) -> None:
        self._database = database
        self._identity = identity
        self._promise = promise
        self._journal = journal
        self._remarks = Remarks(ring, _KEY)
        self._ledger = ledger

    def put(
        self, kind: Kind, *, customer: int = EVERYBODY, target: str = "", by: str, why: str = "", now: datetime
    ) -> Stop:
        """Record a stop. Durable when it returns.

        Args:
            kind: what is stopped.
            customer: the customer's number, for the kinds about one customer.
            target: the purpose or recipient, for the kinds that name one.
            by: who puts it.
            why: the reason, in a few words without anything personal.
            now: the moment.

        Returns:
            The stop as it stands now.

        Raises:
            InputError: the stop names too much, too little, or what is not in the promise; or nobody can object to
                this purpose.
            NotFoundError: the customer is not here, or is leaving.
        """
        stop = Stop(kind, customer, target, Act.PUT, now, by.strip(), why.strip())
        _check(stop)
        self._must_be_known(stop)
        with self._database.writing() as connection:
            signal = self.signal_in(connection, customer) if kind is Kind.OPT_OUT else None
            if signal is not None:
                return next(one for one in self._told(connection, signal.customer)[::-1] if _is_alike(one, signal))
            self._record(connection, stop)
        return stop

    def lift(
        self, kind: Kind, *, customer: int = EVERYBODY, target: str = "", by: str, why: str = "", now: datetime
    ) -> Stop:
        """Record that a stop is lifted. Durable when it returns. The arguments are those of `put`.

        Raises:
            InputError: there is no such stop, or it names too much or too little.
            NotFoundError: the customer is not here, or is leaving.
        """
        stop = Stop(kind, customer, target, Act.LIFTED, now, by.strip(), why.strip())
        _check(stop)
        with self._database.writing() as connection:
            if self._standing_like(connection, stop) is None:
                raise InputError("not_stopped", "There is no such stop.", "See what stands with: troth stop show")
            self._record(connection, stop)
        return stop

    def standing(self, customer: int = EVERYBODY) -> list[Stop]:
        """Return the stops that stand for a customer, or for everybody, oldest first."""
        return standing(self.history(customer))

    def signal(self, customer: int) -> Stop | None:
        """Return the opt-out signal that stands for a customer or anybody linked to them; None when none does."""
        with self._database.reading() as connection:
            return self.signal_in(connection, customer)

    def signal_in(self, connection: Connection, customer: int) -> Stop | None:
        """As `signal`, inside an open transaction."""
        rows = store.of_customers(connection, self._identity.people.numbers(connection, customer))
        signals = (one for own in rows.values() for one in standing(own) if one.kind is Kind.OPT_OUT)
        return min(signals, key=lambda one: one.at, default=None)

    def history(self, customer: int = EVERYBODY) -> list[Stop]:
        """Return everything that was put and lifted for a customer, or for everybody, oldest first."""
        with self._database.reading() as connection:
            return self._told(connection, customer)

    def _told(self, connection: Connection, customer: int) -> list[Stop]:
        told = store.told_of(connection, customer)
        return [stop if sealed is None else self._opened(stop, sealed) for stop, sealed in told]

    def seen_by(self, connection: Connection, customer: int) -> tuple[CustomerStops, CommonStops]:
        """Return what stands for a customer and what stands for everybody, inside an open transaction."""
        rows = store.seen_by(connection, customer)
        own = [stop for stop in rows if stop.customer != EVERYBODY]
        return of_customer(own), in_common(stop for stop in rows if stop.customer == EVERYBODY)

    def seen_by_few(
        self, connection: Connection, customers: Sequence[int]
    ) -> tuple[Mapping[int, CustomerStops], CommonStops]:
        """As `seen_by_many`, quicker for the few numbers of one person; at least one."""
        seen = {number: self.seen_by(connection, number) for number in customers}
        return {number: own for number, (own, _) in seen.items()}, seen[customers[0]][1]

    def seen_by_many(
        self, connection: Connection, customers: Sequence[int] | None = None
    ) -> tuple[Mapping[int, CustomerStops], CommonStops]:
        """As `seen_by`, for many or (with None) for all. Of whom nothing is stopped is absent."""
        if customers is None:
            rows = store.everything(connection)
        else:
            rows = store.of_customers(connection, [EVERYBODY, *customers])
        common = in_common(rows.pop(EVERYBODY, []))
        return {number: of_customer(own) for number, own in rows.items()}, common

    def in_common(self, connection: Connection) -> CommonStops:
        """Return what stands for everybody, inside an open transaction."""
        return self.seen_by_many(connection, [])[1]

    def must_be_free_to_delete(self, connection: Connection, customer: int) -> None:
        """Check inside an open transaction that no legal hold stands on the customer.

        Raises:
            NotAllowedError: one does.
        """
        if self.seen_by_many(connection, [customer])[0].get(customer, NOTHING_OF_CUSTOMER).held:
            raise NotAllowedError(
                "legal_hold",
                "A legal hold stands on this customer; nothing of them may be deleted, and nothing was.",
                "When it is over: troth stop lift hold --customer ID. Then ask again.",
            )

    def describe(self, customer: int) -> KeeperReport:
        """Count the rows about the customer."""
        with self._database.reading() as connection:
            return _report(store.count(connection, customer))

    def forget(self, customer: int, *, now: datetime) -> KeeperReport:  # noqa: ARG002 - the Keeper's form
        """Delete the rows about the customer."""
        with self._database.writing() as connection:
            return _report(store.drop(connection, customer))

    def _record(self, connection: Connection, stop: Stop) -> None:
        if stop.customer != EVERYBODY:
            # Without this a stop that crosses an erasure would leave rows of somebody who is gone.
            self._identity.must_be_here(connection, [stop.customer])
        sealed = self._sealed(stop)
        self._put_down(connection, stop, sealed)
        self._ledger.append_in(connection, [_noted(stop)])
        self._journal.write(connection, [entry_of(stop, sealed)])

    def redo(self, connection: Connection, entry: Entry, customer: int) -> None:
        """Record a stop of the journal again, for somebody who is here or for everybody, inside an open `writing`."""
        stop, sealed = stop_of(entry)
        if sealed is None or customer != stop.customer:
            # Under the key of whom it is recorded for now; of an earlier Troth it comes in clear.
            stop = replace(stop if sealed is None else self._opened(stop, sealed), customer=customer)
            sealed = self._sealed(stop)
        self._put_down(connection, stop, sealed)

    def seal_some(self) -> int:
        """Seal who and why of some rows that an earlier Troth left in clear; return how many. 0: none are left."""
        with self._database.writing() as connection:
            rows = store.in_clear(connection, _AT_ONCE)
            leaving = self._identity.here_in(connection, sorted({stop.customer for _, stop in rows}))
            store.put_sealed(
                connection,
                [(place, None if leaving.get(stop.customer, True) else self._sealed(stop)) for place, stop in rows],
            )
        return len(rows)

    def sealed_entry(self, entry: Entry, *, is_here: bool) -> Entry:
        """Return an entry of the journal with who and why sealed, inside a `writing` of the main database.

        Args:
            entry: of a stop on a customer; one that is sealed already is returned as it is.
            is_here: whether the customer is here and stays. Otherwise the words are dropped.
        """
        stop, sealed = stop_of(entry)
        if sealed is not None:
            return entry
        return reworded(entry, stop, self._sealed(stop) if is_here and stop.by else None)

    def _sealed(self, stop: Stop) -> bytes | None:
        if stop.customer == EVERYBODY:
            return None
        return self._remarks.seal([stop.customer], Remark(stop.by, stop.why), bound_to=_place(stop))

    def _opened(self, stop: Stop, sealed: bytes) -> Stop:
        remark = self._remarks.open([stop.customer], sealed, bound_to=_place(stop))
        return replace(stop, by=remark.by, why=remark.why)

    def _put_down(self, connection: Connection, stop: Stop, sealed: bytes | None) -> None:
        store.record(connection, stop, sealed)
        if stop.kind in ENDS_A_USE:
            if stop.customer == EVERYBODY:
                who: Iterable[int] = self._identity.everybody(connection)
            else:
                who = self._identity.people.together(connection, [stop.customer])
            outbox.tell(connection, who, f"{stop.kind} {stop.act}", removal=stop.act is Act.PUT, at=stop.at)

    def _standing_like(self, connection: Connection, stop: Stop) -> Stop | None:
        rows = store.of_customers(connection, [stop.customer]).get(stop.customer, [])
        alike = (one for one in standing(rows) if (one.kind, one.target) == (stop.kind, stop.target))
        return next(alike, None)

    def _must_be_known(self, stop: Stop) -> None:
        """Check that the promise has what `stop` names. Lifting does not ask: an older promise may have had it."""
        if stop.kind is Kind.CUT_OFF:
            if stop.target not in self._promise.recipients:
                named = ", ".join(self._promise.recipients) or "nobody"
                raise InputError("recipient_unknown", "The promise has no such recipient.", f"It names: {named}.")
            return
        if stop.kind not in WITH_TARGET:
            return
        purpose = self._promise.purposes.get(stop.target)
        if purpose is None:
            named = ", ".join(self._promise.purposes)
            raise InputError("purpose_unknown", "The promise has no such purpose.", f"It names: {named}.")
        marketing = lies_below(purpose.use, "marketing")
        if stop.kind is Kind.OBJECTION and not marketing and purpose.basis not in _OPEN_TO_OBJECTION:
            raise InputError(
                "objection_without_effect",
                f"{purpose.key} rests on a {purpose.basis.value.replace('_', ' ')}; an objection does not end that.",
                "Answer the customer, and say what else they can do: correct, restrict, or delete (GDPR Art. 21(1)).",
            )


def _is_alike(one: Stop, other: Stop) -> bool:
    """Whether two are the same row, whatever is known of who and why."""
    return replace(one, by="", why="") == replace(other, by="", why="")


def _place(stop: Stop) -> bytes:
    """Return what names a stop among those of its customer."""
    return f"{stop.kind}\0{stop.target}\0{stop.act}\0{to_micros(stop.at)}".encode()


def _report(rows: int) -> KeeperReport:
    return KeeperReport(Stops.room, {"stops": rows} if rows else {})


def _noted(stop: Stop) -> Noted:
    """Return the entry that tells of a stop, of which who and why are the company's to keep."""
    body: dict[str, JSON] = {"act": stop.act.value, "stop": stop.kind.value, "target": stop.target}
    customer = COMPANY if stop.customer == EVERYBODY else stop.customer
    return Noted(customer, NotedKind.STOPPED, stop.at, body, hidden={"by": stop.by, "why": stop.why})


def _check(stop: Stop) -> None:
    """Check that `stop` names what its kind needs, and nothing else."""
    if (stop.customer != EVERYBODY) != (stop.kind in OF_CUSTOMER):
        whose = "one customer" if stop.kind in OF_CUSTOMER else "everybody"
        mend = "Name a customer." if stop.kind in OF_CUSTOMER else "Leave the customer out."
        raise InputError("stop_whose", f"A stop of the kind {stop.kind} is about {whose}.", mend)
    if bool(stop.target) != (stop.kind in WITH_TARGET):
        what = "a recipient" if stop.kind is Kind.CUT_OFF else "a purpose"
        says = f"names {what} of the promise" if stop.kind in WITH_TARGET else "names no purpose and no recipient"
        raise InputError("stop_of_what", f"A stop of the kind {stop.kind} {says}.", "See: troth stop put --help")
    if not stop.by or max(len(stop.by), len(stop.why)) > LONGEST_WHY:
        raise InputError(
            "stop_why",
            f"Who and why are a few words each: at most {LONGEST_WHY} characters, and who is never empty.",
            "Name the case, not the person.",
        )
