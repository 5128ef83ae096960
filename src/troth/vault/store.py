"""The table of sealed items.

In clear stands only what the gate must know before it opens anything: whose it is (our number), which kind of data,
and when it happened. Everything else is sealed under the key of that customer and kind. The rows of one customer and
kind lie together on the disk, in time order.

An item that a customer asked to delete and that a law demands lies under another kind, `restricted(kind)`, sealed as
before: whoever asks for the kind itself does not meet it. What was deleted on request leaves a keyed hash or a date,
so that an old file does not bring it back.
"""

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from itertools import chain
from struct import Struct

import msgspec
from sqlalchemy import Column, Connection, Table, and_, bindparam, delete, func, select, update
from sqlalchemy.types import Text as SqlText

from troth.clock import from_micros, to_micros
from troth.db import spent
from troth.db.statements import Listed, Prepared, insert_new, upsert
from troth.db.tables import MAIN, Bytes, Number
from troth.keys.ring import KeyGoneError, KeyRing
from troth.vault.model import Deleted, Item, Kept, Locked, Row, Span, Value, named, restricted

items = Table(
    "items",
    MAIN,
    Column("customer", Number, primary_key=True),
    Column("kind", SqlText, primary_key=True),
    Column("at", Number, primary_key=True),
    Column("mark", primary_key=True),
    Column("sealed", nullable=False),
    sqlite_with_rowid=False,
)

deleted = Table(
    "deleted",
    MAIN,
    Column("customer", Number, primary_key=True),
    Column("kind", SqlText, primary_key=True),
    Column("mark", Bytes, primary_key=True),
    Column("until", Number, nullable=False),
    sqlite_with_rowid=False,
)

_MANY = 400
_WHOLE_KIND = b""
"""The mark of what tells that a whole kind was deleted, up to a day."""

_OF_CUSTOMER = Prepared(
    select(items.c.kind, items.c.at, items.c.mark, items.c.sealed)
    .where(items.c.customer == bindparam("customer"))
    .order_by(items.c.kind, items.c.at, items.c.mark)
)
_MARKS = Listed(
    select(items.c.customer, items.c.kind, items.c.at, items.c.mark).where(
        items.c.at.between(bindparam("start"), bindparam("end"))
    ),
    items.c.customer,
)
_SPANS = Listed(
    select(
        items.c.customer, items.c.kind, func.min(items.c.at), func.max(items.c.at), func.count(items.c.at)
    ).group_by(items.c.customer, items.c.kind),
    items.c.customer,
)
_NEWEST_MARKED = Listed(
    select(items.c.customer, items.c.kind, func.max(items.c.at))
    .where(items.c.mark == bindparam("mark"))
    .group_by(items.c.customer, items.c.kind),
    items.c.customer,
)
_EVERY_ROW = Listed(select(items.c.customer, items.c.kind, items.c.at, items.c.mark), items.c.customer)
_SCAN = Listed(
    select(items.c.customer, items.c.kind, items.c.at, items.c.mark, items.c.sealed).order_by(
        items.c.customer, items.c.kind, items.c.at, items.c.mark
    ),
    items.c.kind,
)
_DELETED = Listed(select(deleted.c.customer, deleted.c.kind, deleted.c.mark, deleted.c.until), deleted.c.customer)
_DROP_DELETED = Prepared(delete(deleted).where(deleted.c.customer == bindparam("customer")))
_OF_KIND = (items.c.customer == bindparam("customer"), items.c.kind == bindparam("kind"))
_DROP_KIND = Prepared(delete(items).where(*_OF_KIND))
_DROP_MARKED = Prepared(delete(items).where(*_OF_KIND, items.c.mark == bindparam("mark")))
_ITEM = and_(
    items.c.customer == bindparam("customer"),
    items.c.kind == bindparam("kind"),
    items.c.at == bindparam("at"),
    items.c.mark == bindparam("mark"),
)
_DROP_ITEM = Prepared(delete(items).where(_ITEM))
_micros = Struct(">q").pack
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[str, dict[str, Value]]).decode


class Vault:
    """Puts in and takes out. It decides nothing: it is opened only by the gate.

    Args:
        ring: the key ring.
    """

    room = "vault"

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def put(self, connection: Connection, new: Sequence[Kept]) -> int:
        """Seal and insert `new`; return how many were not there yet. The keys are durable before the rows are."""
        self._ring.ensure((one.customer, one.kind) for one in new)
        rows = []
        for one in new:
            at, mark = to_micros(one.item.at), one.item.mark
            body = _encode((one.item.event, one.item.values))
            sealed = self._ring.seal(one.customer, one.kind, body, bound_to=row_label(at, mark))
            rows.append({"customer": one.customer, "kind": one.kind, "at": at, "mark": mark, "sealed": sealed})
        return insert_new(connection, items, rows)

    def marks(
        self, connection: Connection, customers: Sequence[int], *, start: datetime, end: datetime
    ) -> set[tuple[int, str, int, bytes]]:
        """Return (customer, kind, micros, mark) of the items of `customers` from `start` to `end`, both included."""
        between = {"start": to_micros(start), "end": to_micros(end)}
        return {(who, kind, at, mark) for who, kind, at, mark in _MARKS.rows(connection, customers, between)}

    def spans(self, connection: Connection, customers: Sequence[int]) -> dict[int, dict[str, Span]]:
        """Return customer → kind → span, for those of `customers` that have items."""
        found: dict[int, dict[str, Span]] = {}
        for customer, kind, first, last, count in _SPANS.rows(connection, customers):
            found.setdefault(customer, {})[kind] = Span(from_micros(first), from_micros(last), count)
        return found

    def customers(self, connection: Connection) -> Iterator[list[int]]:
        """Yield the numbers of all customers with items, some hundreds at a time, in order."""
        last = 0
        while True:
            statement = select(items.c.customer).where(items.c.customer > last).distinct()
            some = list(connection.execute(statement.order_by(items.c.customer).limit(_MANY)).scalars())
            if not some:
                return
            yield some
            last = some[-1]

    def rows(self, connection: Connection, customer: int) -> dict[str, list[Locked]]:
        """Return kind → the customer's rows in time order, unopened."""
        found: dict[str, list[Locked]] = {}
        for kind, at, mark, sealed in _OF_CUSTOMER.rows(connection, {"customer": customer}):
            found.setdefault(kind, []).append((at, mark, sealed))
        return found

    def open(self, customer: int, kind: str, rows: Sequence[Locked], *, is_locked: bool = False) -> tuple[Item, ...]:
        """Open `rows` of one customer and kind, in the order given.

        Args:
            customer: whose they are.
            kind: the kind of data, as the promise names it.
            rows: as they lie in the vault.
            is_locked: whether they are kept for a law alone.

        Raises:
            KeyGoneError: the key was destroyed, or a row was changed or moved.
        """
        bodies = self._ring.open_each(customer, kind, [(sealed, row_label(at, mark)) for at, mark, sealed in rows])
        opened = zip(rows, map(_decode, bodies), strict=True)
        return tuple(
            [Item(from_micros(at), event, values, mark, is_locked) for (at, mark, _), (event, values) in opened]
        )

    def scan(
        self, connection: Connection, kinds: Iterable[str]
    ) -> Generator[tuple[int, dict[str, list[Locked]]], None, None]:
        """Yield customer by customer, in the order of their numbers, kind → rows of `kinds`, unopened."""
        wanted = sorted(kinds)
        self._ring.warm(wanted)
        # Closed also when whoever reads stops early: on PostgreSQL the rows wait in a cursor of the server.
        with closing(_SCAN.pages(connection, wanted)) as pages:
            whose, found = 0, dict[str, list[Locked]]()
            for customer, kind, at, mark, sealed in chain.from_iterable(pages):
                if customer != whose:
                    if found:
                        yield whose, found
                    whose, found = customer, {}
                if kind not in found:
                    found[kind] = []
                found[kind].append((at, mark, sealed))
            if found:
                yield whose, found

    def drop_kinds(self, connection: Connection, customer: int, kinds: Iterable[str]) -> int:
        """Delete the items of `kinds` of one customer; return how many went."""
        return _DROP_KIND.run(connection, *({"customer": customer, "kind": kind} for kind in kinds))

    def drop_closed(self, connection: Connection, customer: int, kinds: Iterable[str]) -> int:
        """Delete the items of `kinds` of one customer, also those kept for a law alone, that no key opens any more.

        An older copy of the data holds them, when it is used with newer keys.

        Returns:
            How many went.
        """
        rows, gone = self.rows(connection, customer), 0
        for kind in kinds:
            for lies in (kind, restricted(kind)):
                closed = [row for row in rows.get(lies, []) if not self._opens(customer, kind, row)]
                gone += self.drop_items(connection, [(customer, lies, at, mark) for at, mark, _ in closed])
        return gone

    def note_spent(self, connection: Connection, pairs: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
        """Note those (customer, kind) of `pairs` of which nothing is left, for their keys to go; return them."""
        spans = self.spans(connection, sorted({customer for customer, _ in pairs}))
        left = {(customer, named(kind)) for customer, kinds in spans.items() for kind in kinds}
        empty = set(pairs) - left
        spent.note(connection, empty)
        return empty

    def drop_marked(self, connection: Connection, customer: int, kind: str, mark: bytes) -> int:
        """Delete the items of one customer and kind with this mark, whenever they happened; return how many went."""
        return _DROP_MARKED.run(connection, {"customer": customer, "kind": kind, "mark": mark})

    def newest_marked(
        self, connection: Connection, customers: Sequence[int], marks: Sequence[bytes]
    ) -> dict[tuple[int, str], datetime]:
        """Return (customer, kind) → when the newest item with one of `marks` happened, for those that have one."""
        return {
            (customer, kind): from_micros(at)
            for mark in marks
            for customer, kind, at in _NEWEST_MARKED.rows(connection, customers, {"mark": mark})
        }

    def drop_items(self, connection: Connection, gone: Sequence[tuple[int, str, int, bytes]]) -> int:
        """Delete single items, named as `marks` names them; return how many went."""
        return _DROP_ITEM.run(connection, *map(_named, gone))

    def every_row(self, connection: Connection, customers: Sequence[int]) -> list[Row]:
        """Return (customer, kind, micros, mark) of every item of `customers`, the restricted ones under theirs."""
        return [(who, kind, at, mark) for who, kind, at, mark in _EVERY_ROW.rows(connection, customers)]

    def restrict_items(self, connection: Connection, rows: Iterable[Row]) -> None:
        """Set single items aside: from now on they are found under `restricted(kind)` and nowhere else."""
        for customer, kind, at, mark in rows:
            wanted = (items.c.customer == customer) & (items.c.kind == kind) & (items.c.at == at)
            moved = update(items).where(wanted & (items.c.mark == mark))
            connection.execute(moved.values(kind=restricted(kind)))

    def note_deleted(self, connection: Connection, new: Iterable[tuple[int, str, bytes, int]]) -> None:
        """Note (customer, kind, hash, micros) of what may not come back; no hash: all of the kind until then."""
        rows = [dict(zip(("customer", "kind", "mark", "until"), one, strict=True)) for one in new]
        upsert(connection, deleted, rows)

    def deleted_of(self, connection: Connection, customers: Sequence[int]) -> dict[int, Deleted]:
        """Return customer → what may not come back, for those of `customers` that had anything deleted."""
        found: dict[int, tuple[dict[str, datetime], set[bytes]]] = {}
        for customer, kind, mark, until in _DELETED.rows(connection, customers):
            kinds, marks = found.setdefault(customer, ({}, set()))
            if mark == _WHOLE_KIND:
                kinds[kind] = from_micros(until)
            else:
                marks.add(mark)
        return {customer: Deleted(kinds, frozenset(marks)) for customer, (kinds, marks) in found.items()}

    def drop_deleted(self, connection: Connection, customer: int) -> int:
        """Forget what was deleted of a customer before; return how many notes went."""
        return _DROP_DELETED.run(connection, {"customer": customer})

    def _opens(self, customer: int, kind: str, row: Locked) -> bool:
        try:
            self.open(customer, kind, [row])
        except KeyGoneError:
            return False
        return True


def span_of(rows: Sequence[Locked]) -> Span:
    """Return the span of `rows`, at least one, in time order."""
    return Span(from_micros(rows[0][0]), from_micros(rows[-1][0]), len(rows))


def _named(row: Row) -> Mapping[str, int | str | bytes]:
    return dict(zip(("customer", "kind", "at", "mark"), row, strict=True))


def row_label(at: int, mark: bytes) -> bytes:
    """Return what names a row within its customer and kind, and is bound to what is sealed in it.

    Args:
        at: when it happened, microseconds since 1970.
        mark: its mark.
    """
    return _micros(at) + mark
