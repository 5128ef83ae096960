"""Receipts and bundles, made from what is published.

Laws:

1. A receipt is made against a signed checkpoint, never before there is one.
2. What is handed out was read in one moment: entry, path, map and checkpoint belong together.
3. A bundle speaks of one log. Where there were several, a customer has a bundle of each: of the one that is being
   written with the map of heads, which says which entry is the last; of those that ended, receipts only, because
   their maps ended with them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from troth.db.engine import Connection, Database
from troth.errors import NotFoundError, UnavailableError
from troth.ledger import store as entries
from troth.ledger.bundle import Bundle, Last
from troth.ledger.heads import place_of, prove_in
from troth.ledger.leaf import Envelope, read_statement
from troth.ledger.log import Ledger, Written
from troth.ledger.model import COMPANY
from troth.ledger.note import VerifierKey
from troth.ledger.proof import inclusion_proof
from troth.ledger.publishing import store
from troth.ledger.publishing.publisher import Publisher, all_parts, nodes
from troth.ledger.publishing.store import TreeHead
from troth.ledger.receipt import Logged, Receipt
from troth.ledger.sequence import Found, map_of
from troth.ledger.store import Row, Stream
from troth.ledger.tiles import TileNodes
from troth.ledger.tree import EMPTY_ROOT

_TRIES = 20
"""How often somebody else may append between publishing and reading."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A receipt, with the key that signed the entry: a Sigstore bundle names it."""

    receipt: Receipt
    key: VerifierKey


class Receipts:
    """Makes receipts and bundles.

    Args:
        database: the main database.
        ledger: opens entries.
        publisher: signs what is not signed yet.
    """

    def __init__(self, database: Database, ledger: Ledger, publisher: Publisher) -> None:
        self._database = database
        self._ledger = ledger
        self._publisher = publisher

    def of_entry(self, customer: int, log: int, number: int, *, now: datetime) -> Issued:
        """Return the receipt of one entry of a customer.

        Args:
            customer: whose.
            log: the number of the log it is in.
            number: its place in the customer's sequence.
            now: the moment; what is not signed yet is signed first.

        Raises:
            NotFoundError: there is no such entry, or it can't be opened.
        """
        self._publisher.publish(now=now)
        with self._database.reading() as connection:
            row = entries.one(connection, customer, log, number)
            if row is None:
                raise _no_entry()
            keys = self._ledger.keys(connection)
            envelope = self._ledger.envelope(row, keys)
            if envelope is None:
                raise _no_entry()
            return self._issued(connection, log, Written(row.leaf, envelope), keys)

    def of_written(self, written: Written, *, now: datetime) -> Issued:
        """Return the receipt of an entry that was appended just now, also when it is sealed no more.

        So somebody who was erased gets the receipt that says so.
        """
        head = self._publisher.publish(now=now)
        with self._database.reading() as connection:
            return self._issued(connection, head.log, written, self._ledger.keys(connection))

    def each(self, customer: int, *, now: datetime) -> Iterator[Issued]:
        """Yield the receipts of every entry of a customer that can be opened, oldest first."""
        self._publisher.publish(now=now)
        with self._database.reading() as connection:
            keys = self._ledger.keys(connection)
            trees: dict[int, tuple[TreeHead, TileNodes]] = {}
            made = []
            for row in entries.of_customer(connection, customer):
                envelope = self._ledger.envelope(row, keys)
                if envelope is None:
                    continue
                if row.log not in trees:
                    # A log that ended before it was ever signed shows nothing.
                    head = store.tree(connection, row.log) or TreeHead(row.log, 0, EMPTY_ROOT)
                    trees[row.log] = head, nodes(connection, row.log, head.signed)
                head, tree = trees[row.log]
                if row.leaf < head.signed:
                    logged = Logged(envelope, row.leaf, inclusion_proof(tree, row.leaf, head.signed))
                    made.append(Issued(Receipt(logged, head.checkpoint), _key_of(envelope, keys)))
        yield from made

    def bundle(self, customer: int, *, now: datetime) -> Bundle:
        """Return all entries of a customer in the log that is being written, and what shows that there are no others.

        Raises:
            NotFoundError: nothing was noted of the customer in this log.
            UnavailableError: others appended all the time.
        """
        for _ in range(_TRIES):
            self._publisher.publish(now=now)
            with self._database.reading() as connection:
                log = self._ledger.current(connection)
                head = _signed(connection, log.number)
                if head.size == head.signed:
                    return self._bundle(connection, customer, head)
        raise UnavailableError("ledger_busy", "The ledger grows too fast just now.", "Try again in a moment.")

    def _bundle(self, connection: Connection, customer: int, head: TreeHead) -> Bundle:
        stands = entries.stream(connection, customer)
        stream = self._ledger.stream_name(connection, customer)
        if stands is None or stream is None:
            raise NotFoundError("nothing_noted", "Nothing was noted of this customer yet.")
        keys, tree = self._ledger.keys(connection), nodes(connection, head.log, head.signed)
        rows = [row for row in entries.of_customer(connection, customer) if row.log == head.log]
        told = entries.one(connection, COMPANY, head.log, head.heads)
        assert told is not None, "the map was told when the sequence began"

        def logged(row: Row) -> Logged:
            envelope = self._ledger.envelope(row, keys)
            if envelope is None:
                raise _lost(row)
            return Logged(envelope, row.leaf, inclusion_proof(tree, row.leaf, head.signed))

        heads = logged(told)
        last = self._mapped_last(
            rows, stands, size=map_of(Found(read_statement(heads.envelope.payload), heads.index, b""))[1]
        )
        return Bundle(
            stream=stream,
            checkpoint=head.checkpoint,
            entries=tuple(logged(row) for row in rows if row.leaf < head.signed),
            heads=heads,
            last=last,
            proof=prove_in(all_parts(connection), partial(store.heads_of, connection), place_of(stream)),
        )

    def _mapped_last(self, rows: Sequence[Row], stands: Stream, *, size: int) -> Last | None:
        """Return the last entry of a sequence that the map speaks of. Of leaves from `size` on it does not speak."""
        later = next((row for row in rows if row.leaf >= size), None)
        if later is None:
            return Last(stands.number, stands.head)
        said = self._ledger.statement(later)
        if said is None:
            raise _lost(later)
        return Last(said.number - 1, said.previous) if said.number > 1 else None

    def _issued(
        self, connection: Connection, log: int, written: Written, keys: dict[tuple[int, int], VerifierKey]
    ) -> Issued:
        head = _signed(connection, log)
        if written.leaf >= head.signed:
            raise UnavailableError("ledger_busy", "The note is not signed yet.", "Try again in a moment.")
        path = inclusion_proof(nodes(connection, log, head.signed), written.leaf, head.signed)
        receipt = Receipt(Logged(written.envelope, written.leaf, path), head.checkpoint)
        return Issued(receipt, _key_of(written.envelope, keys))


def _signed(connection: Connection, log: int) -> TreeHead:
    head = store.tree(connection, log)
    if head is None or not head.checkpoint:
        raise UnavailableError("ledger_unsigned", "This log was never signed.", "Nothing of it can be shown.")
    return head


def _key_of(envelope: Envelope, keys: dict[tuple[int, int], VerifierKey]) -> VerifierKey:
    return next(key for key in keys.values() if key.short == envelope.key)


def _lost(row: Row) -> NotFoundError:
    return NotFoundError(
        "entry_lost",
        f"The note number {row.number} of this customer can’t be opened; a bundle would not hold.",
        "See what is wrong with: troth ledger fsck",
    )


def _no_entry() -> NotFoundError:
    return NotFoundError("entry_unknown", "There is no such note, or it can’t be opened any more.")
