"""The table of sealed items.

In clear stands only what the gate must know before it opens anything: whose it is (our number), which kind of data,
and when it happened. Everything else is sealed under the key of that customer and kind. The rows of one customer and
kind lie together on the disk, in time order.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import msgspec
from sqlalchemy import Column, Connection, Table, bindparam, delete, func, select, tuple_
from sqlalchemy.types import Text as SqlText

from troth.clock import from_micros, to_micros
from troth.db.statements import Prepared, insert_new
from troth.db.tables import MAIN, Number
from troth.keys.ring import KeyRing
from troth.vault.model import Item, Kept, Locked, Span, Value

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

_MANY = 400

_OF_CUSTOMER = Prepared(
    select(items.c.kind, items.c.at, items.c.mark, items.c.sealed)
    .where(items.c.customer == bindparam("customer"))
    .order_by(items.c.kind, items.c.at, items.c.mark)
)
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
            sealed = self._ring.seal(one.customer, one.kind, body, bound_to=_row(at, mark))
            rows.append({"customer": one.customer, "kind": one.kind, "at": at, "mark": mark, "sealed": sealed})
        return insert_new(connection, items, rows)

    def marks(
        self, connection: Connection, customers: Sequence[int], *, start: datetime, end: datetime
    ) -> set[tuple[int, str, int, bytes]]:
        """Return (customer, kind, micros, mark) of the items of `customers` from `start` to `end`, both included."""
        found: set[tuple[int, str, int, bytes]] = set()
        columns = select(items.c.customer, items.c.kind, items.c.at, items.c.mark)
        for begin in range(0, len(customers), _MANY):
            wanted = columns.where(
                items.c.customer.in_(customers[begin : begin + _MANY]),
                items.c.at.between(to_micros(start), to_micros(end)),
            )
            found.update((row[0], row[1], row[2], row[3]) for row in connection.execute(wanted))
        return found

    def spans(self, connection: Connection, customers: Sequence[int]) -> dict[int, dict[str, Span]]:
        """Return customer → kind → span, for those of `customers` that have items."""
        found: dict[int, dict[str, Span]] = {}
        columns = (items.c.customer, items.c.kind, func.min(items.c.at), func.max(items.c.at), func.count())
        for begin in range(0, len(customers), _MANY):
            wanted = items.c.customer.in_(customers[begin : begin + _MANY])
            statement = select(*columns).where(wanted).group_by(items.c.customer, items.c.kind)
            for customer, kind, first, last, count in connection.execute(statement):
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

    def open(self, customer: int, kind: str, rows: Iterable[Locked]) -> tuple[Item, ...]:
        """Open `rows` of one customer and kind, in the order given.

        Raises:
            KeyGoneError: the key was destroyed, or a row was changed or moved.
        """
        unseal = self._ring.opener(customer, kind)
        opened = []
        for at, mark, sealed in rows:
            event, values = _decode(unseal(sealed, _row(at, mark)))
            opened.append(Item(from_micros(at), event, values, mark))
        return tuple(opened)

    def scan(
        self, connection: Connection, kinds: Iterable[str]
    ) -> Generator[tuple[int, dict[str, list[Locked]]], None, None]:
        """Yield customer by customer, in the order of their numbers, kind → rows of `kinds`, unopened."""
        wanted = sorted(kinds)
        self._ring.warm(wanted)
        columns = select(items.c.customer, items.c.kind, items.c.at, items.c.mark, items.c.sealed)
        statement = columns.where(items.c.kind.in_(wanted)).order_by(
            items.c.customer, items.c.kind, items.c.at, items.c.mark
        )
        # Closed also when whoever reads stops early: on PostgreSQL the rows wait in a cursor of the server.
        with connection.execution_options(yield_per=5000).execute(statement) as rows:
            for customer, of_customer in groupby(rows, key=itemgetter(0)):
                found: dict[str, list[Locked]] = {}
                for _, kind, at, mark, sealed in of_customer:
                    found.setdefault(kind, []).append((at, mark, sealed))
                yield customer, found

    def drop_kinds(self, connection: Connection, customer: int, kinds: Iterable[str]) -> int:
        """Delete the items of `kinds` of one customer; return how many went."""
        wanted = (items.c.customer == customer) & items.c.kind.in_(sorted(kinds))
        return connection.execute(delete(items).where(wanted)).rowcount

    def drop_marked(self, connection: Connection, customer: int, kind: str, mark: bytes) -> int:
        """Delete the items of one customer and kind with this mark, whenever they happened; return how many went."""
        wanted = (items.c.customer == customer) & (items.c.kind == kind) & (items.c.mark == mark)
        return connection.execute(delete(items).where(wanted)).rowcount

    def newest_marked(
        self, connection: Connection, customers: Sequence[int], marks: Sequence[bytes]
    ) -> dict[tuple[int, str], datetime]:
        """Return (customer, kind) → when the newest item with one of `marks` happened, for those that have one."""
        found: dict[tuple[int, str], datetime] = {}
        columns = select(items.c.customer, items.c.kind, func.max(items.c.at)).where(items.c.mark.in_(marks))
        for begin in range(0, len(customers), _MANY):
            wanted = columns.where(items.c.customer.in_(customers[begin : begin + _MANY]))
            for customer, kind, at in connection.execute(wanted.group_by(items.c.customer, items.c.kind)):
                found[customer, kind] = from_micros(at)
        return found

    def drop_items(self, connection: Connection, gone: Sequence[tuple[int, str, int, bytes]]) -> int:
        """Delete single items, named as `marks` names them; return how many went."""
        total = 0
        key = tuple_(items.c.customer, items.c.kind, items.c.at, items.c.mark)
        for begin in range(0, len(gone), _MANY // 2):
            total += connection.execute(delete(items).where(key.in_(gone[begin : begin + _MANY // 2]))).rowcount
        return total


def span_of(rows: Sequence[Locked]) -> Span:
    """Return the span of `rows`, at least one, in time order."""
    return Span(from_micros(rows[0][0]), from_micros(rows[-1][0]), len(rows))


def _row(at: int, mark: bytes) -> bytes:
    return at.to_bytes(8, "big", signed=True) + mark
