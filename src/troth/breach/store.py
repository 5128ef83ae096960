"""Which rows and which keys there are, of everybody, read as they lie there and in the order of customers' numbers.

Read and never written; nothing is opened. The tables are named here by their words, as a copy's tables are: what is
asked after a breach crosses all rooms, and no room below knows another.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, bindparam, column, func, literal_column, select, table

from troth.breach.model import IDS, LINKS, MODEL, NOTES, STOPS, Lot
from troth.db.statements import Prepared

_ITEMS = table("items", column("customer"), column("kind"), column("at"), column("mark"), column("sealed"))
_CUSTOMERS = table("customers", column("number"), column("since"), column("sealed_id"))
_PARTS = table("contributions", column("customer"), column("purpose"))
_NOTES = table("ledger_entries", column("customer"), column("at"))
_STOPS = table("stops", column("customer"), column("at"), column("sealed"))
_LINKS = table("links", column("one"), column("other"), column("at"), column("sealed"))
_KEYS = table("customer_keys", column("customer"), column("kind"), column("epoch"), column("wrapped"))
_ERASURES = table("erasures", column("done"))

# Numbers of customers begin at 1; what is noted of nobody in particular has none.
_ABOUT_SOMEBODY = _NOTES.c.customer > literal_column("0")

_OF_KIND = (_ITEMS.c.customer, _ITEMS.c.kind)
_HELD = Prepared(
    select(*_OF_KIND, func.count(), func.min(_ITEMS.c.at), func.max(_ITEMS.c.at))
    .where(_ITEMS.c.at < bindparam("before"))
    .group_by(*_OF_KIND)
    .order_by(*_OF_KIND)
)
_ROWS = Prepared(select(_ITEMS).where(_ITEMS.c.at < bindparam("before")).order_by(*_OF_KIND))
_KNOWN = Prepared(
    select(_CUSTOMERS.c.number, _CUSTOMERS.c.since, _CUSTOMERS.c.sealed_id.is_not(None)).order_by(_CUSTOMERS.c.number)
)
_IDS = Prepared(
    select(_CUSTOMERS.c.number, _CUSTOMERS.c.since, _CUSTOMERS.c.sealed_id)
    .where(_CUSTOMERS.c.sealed_id.is_not(None))
    .order_by(_CUSTOMERS.c.number)
)
_IN_MODEL = Prepared(select(_PARTS).order_by(_PARTS.c.customer))
_NOTED = Prepared(
    select(_NOTES.c.customer, func.count(), func.min(_NOTES.c.at), func.max(_NOTES.c.at))
    .where(_ABOUT_SOMEBODY)
    .group_by(_NOTES.c.customer)
    .order_by(_NOTES.c.customer)
)
_NOTED_BETWEEN = Prepared(
    select(_NOTES.c.customer)
    .where(_NOTES.c.at >= bindparam("start"), _NOTES.c.at < bindparam("before"), _ABOUT_SOMEBODY)
    .distinct()
    .order_by(_NOTES.c.customer)
)
_STOPPED = Prepared(select(_STOPS.c.customer, _STOPS.c.at).where(_STOPS.c.sealed.is_not(None)))
_LINKED = Prepared(select(_LINKS.c.one, _LINKS.c.other, _LINKS.c.at).where(_LINKS.c.sealed.is_not(None)))
_WRAPPED = Prepared(select(_KEYS).order_by(_KEYS.c.customer))
_UNDER = Prepared(select(_KEYS.c.customer, _KEYS.c.kind, _KEYS.c.epoch).order_by(_KEYS.c.customer))
_EVER = 1 << 62
"""Microseconds; later than anything."""

Item = tuple[int, str, int, bytes, bytes]
"""A row of items: customer, kind, microseconds since 1970, mark, sealed."""

Key = tuple[int, str, int, bytes]
"""A row of keys: customer, kind, epoch, wrapped."""


def held(connection: Connection, *, before: int = _EVER) -> Iterator[tuple[int, Lot]]:
    """Yield (customer, lot) of every customer's items that happened before a moment, none of them opened."""
    for customer, kind, count, first, last in _each(_HELD, connection, before=before):
        name = as_promised(kind)
        yield customer, Lot(name, name, count, first, last)


def rows(connection: Connection, *, before: int = _EVER) -> Iterator[Item]:
    """Yield every item as it lies there, customer by customer and kind by kind."""
    yield from _each(_ROWS, connection, before=before)


def known(connection: Connection) -> Iterator[tuple[int, int, bool]]:
    """Yield every customer's number, since when they are here (microseconds), and whether their id is still kept."""
    yield from _each(_KNOWN, connection)


def ids(connection: Connection, *, is_tried: bool) -> Iterator[tuple[int, Lot]]:
    """Yield (customer, lot) of everybody's sealed id, with what can be tried where `is_tried` says so."""
    for number, since, sealed in _each(_IDS, connection):
        yield number, id_of(since, (sealed, b"id") if is_tried else None)


def in_model(connection: Connection) -> Iterator[tuple[int, Lot]]:
    """Yield (customer, lot) of everybody's parts of models."""
    for customer, purpose in _each(_IN_MODEL, connection):
        yield customer, part_of(purpose)


def noted(connection: Connection) -> Iterator[tuple[int, Lot]]:
    """Yield (customer, lot) of the ledger's notes about everybody."""
    for customer, count, first, last in _each(_NOTED, connection):
        yield customer, Lot(NOTES, NOTES, count, first, last)


def remarks(connection: Connection) -> list[Iterator[tuple[int, Lot]]]:
    """Return (customer, lot) of what the staff said of stops, and of links: of these each of the two has one."""
    stopped = in_order(_each(_STOPPED, connection), STOPS)
    both = ((number, at) for one, other, at in _each(_LINKED, connection) for number in (one, other))
    return [stopped, in_order(both, LINKS)]


def in_order(rows: Iterable[tuple[int, int]], name: str) -> Iterator[tuple[int, Lot]]:
    """Yield (customer, lot) in order, of rows (customer, microseconds) in any order; who is nobody is left out.

    Args:
        rows: the rows.
        name: of the lots, and of their key.
    """
    found: dict[int, Lot] = {}
    for customer, at in rows:
        held = found.get(customer)
        found[customer] = Lot(name, name, 1, at, at) if held is None else _and_at(held, at)
    yield from ((customer, found[customer]) for customer in sorted(found) if customer)


def _and_at(lot: Lot, at: int) -> Lot:
    first, last = lot.first or at, lot.last or at
    return lot._replace(items=lot.items + 1, first=min(first, at), last=max(last, at))


def noted_between(connection: Connection, start: int, before: int) -> list[int]:
    """Return of whom the ledger notes anything between two moments, in microseconds since 1970."""
    return [row[0] for row in _NOTED_BETWEEN.rows(connection, {"start": start, "before": before})]


def keys(connection: Connection, *, is_tried: bool) -> Iterator[Key]:
    """Yield every customer's key; the wrapped key itself only where `is_tried` says so."""
    if is_tried:
        yield from _each(_WRAPPED, connection)
        return
    for customer, kind, epoch in _each(_UNDER, connection):
        yield customer, kind, epoch, b""


def erased_since(connection: Connection, start: int) -> int:
    """Return how many numbers were erased since a moment, in microseconds since 1970."""
    wanted = select(func.count()).select_from(_ERASURES).where(_ERASURES.c.done >= start)
    return connection.execute(wanted).scalar() or 0


def kinds_kept(connection: Connection) -> frozenset[str]:
    """Return the kinds of which anything is kept, as the promise names them or named them."""
    return frozenset(as_promised(kind) for kind in connection.execute(select(_ITEMS.c.kind).distinct()).scalars())


def as_promised(kind: str) -> str:
    """Return what the promise calls the kind of a row: what a law alone keeps has something after a slash."""
    return kind.partition("/")[0]


def id_of(since: int, sample: tuple[bytes, bytes] | None = None) -> Lot:
    """Return the lot of a customer's sealed id."""
    return Lot(IDS, "identity", 1, since, since, sample)


def part_of(purpose: str) -> Lot:
    """Return the lot of a customer's part of a model. When it was made is not kept."""
    return Lot(MODEL + purpose, MODEL + purpose, 1, None, None)


def _each(statement: Prepared, connection: Connection, **values: int) -> Iterator[Any]:
    for page in statement.pages(connection, values):
        yield from page
