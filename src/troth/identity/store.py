"""Tables of customers, their identifiers, their links, and those who must not come back by import.

`customers.person` says again what the rows of `links` say, so that a read knows it from the row it asks for anyway.
It is written in the transaction of the link, and a test compares the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Index, Table, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.types import Text as SqlText

from troth.clock import from_micros, to_micros
from troth.db.statements import Prepared, upsert
from troth.db.tables import MAIN, Number
from troth.identity.model import Act, IdKind, Link, Seen

customers = Table(
    "customers",
    MAIN,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("since", Number, nullable=False),
    Column("restricted", Boolean, nullable=False),
    Column("sealed_id", nullable=True),
    Column("person", Number, nullable=True, index=True),
    sqlite_autoincrement=True,  # a number is never used twice, so nothing old can ever belong to somebody new
)

identifiers = Table(
    "identifiers",
    MAIN,
    Column("hash", primary_key=True),
    Column("customer", Number, nullable=False, index=True),
    Column("kind", SqlText, nullable=False, server_default=IdKind.CUSTOMER.value),
    sqlite_with_rowid=False,
)

links = Table(
    "links",
    MAIN,
    Column("seq", Number, primary_key=True, autoincrement=True),
    Column("one", Number, nullable=False),
    Column("other", Number, nullable=False),
    Column("act", SqlText, nullable=False),
    Column("after", Number, nullable=False),
    Column("at", Number, nullable=False),
    Column("by", SqlText, nullable=False),
    Column("why", SqlText, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_links_one", links.c.one, links.c.seq)
Index("ix_links_other", links.c.other, links.c.seq)

suppressions = Table(
    "suppressions",
    MAIN,
    Column("hash", primary_key=True),
    Column("since", Number, nullable=False),
    Column("remainder", Number, nullable=True),
    sqlite_with_rowid=False,
)

_MANY = 500
"""Hashes a query asks for at once."""

# Asked at every read.
_SEEN = Prepared(select(customers.c.restricted, customers.c.person).where(customers.c.number == bindparam("number")))
_NUMBERS = Prepared(
    select(customers.c.number).where(customers.c.person == bindparam("person")).order_by(customers.c.number)
)
# Both ends of a link that stands belong to one person, so one of them is enough to find it.
_LINKS = Prepared(
    select(links)
    .join(customers, customers.c.number == links.c.one)
    .where(customers.c.person == bindparam("person"))
    .order_by(links.c.seq)
)
_OF_HASH = Prepared(select(identifiers.c.customer).where(identifiers.c.hash == bindparam("hash")))


@dataclass(frozen=True, slots=True)
class Suppression:
    """Somebody who was erased at `since`; `remainder` is the restricted number under which the law's part stays."""

    since: datetime
    remainder: int | None


def find(connection: Connection, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """Return hash → customer for those of `hashes` that are known."""
    found: dict[bytes, int] = {}
    for start in range(0, len(hashes), _MANY):
        wanted = identifiers.c.hash.in_(hashes[start : start + _MANY])
        found |= {row.hash: row.customer for row in connection.execute(select(identifiers).where(wanted))}
    return found


def find_one(connection: Connection, hashed: bytes) -> int | None:
    """Return the customer with the identifier `hashed`; None when there is none."""
    row = _OF_HASH.first(connection, {"hash": hashed})
    return None if row is None else row[0]


def suppressed(connection: Connection, hashes: Sequence[bytes]) -> dict[bytes, Suppression]:
    """Return hash → suppression for those of `hashes` that were erased."""
    found: dict[bytes, Suppression] = {}
    for start in range(0, len(hashes), _MANY):
        wanted = suppressions.c.hash.in_(hashes[start : start + _MANY])
        for row in connection.execute(select(suppressions).where(wanted)):
            found[row.hash] = Suppression(from_micros(row.since), row.remainder)
    return found


def add(connection: Connection, hashed: bytes, kind: IdKind, *, since: datetime) -> int:
    """Make a new customer with one identifier; return the number."""
    row = {"since": to_micros(since), "restricted": False, "sealed_id": None}
    number: int = connection.execute(insert(customers).returning(customers.c.number), row).scalar_one()
    connection.execute(insert(identifiers), [{"hash": hashed, "customer": number, "kind": kind.value}])
    return number


def keep_sealed_id(connection: Connection, customer: int, sealed: bytes) -> None:
    """Record the company's own id of a customer, sealed."""
    connection.execute(update(customers).where(customers.c.number == customer).values(sealed_id=sealed))


def sealed_id(connection: Connection, customer: int) -> bytes | None:
    """Return the sealed id of a customer; None when there is none."""
    return connection.execute(select(customers.c.sealed_id).where(customers.c.number == customer)).scalar()


def hashes_of(connection: Connection, customer: int) -> list[bytes]:
    """Return the identifiers of a customer."""
    return list(connection.execute(select(identifiers.c.hash).where(identifiers.c.customer == customer)).scalars())


def seen(connection: Connection, number: int) -> Seen:
    """Return whether a number is restricted and linked; nobody is a visitor, and neither."""
    row = _SEEN.first(connection, {"number": number})
    return Seen() if row is None else Seen(bool(row[0]), row[1])


def remarkable(connection: Connection, numbers: Sequence[int] | None) -> dict[int, Seen]:
    """Return number → what is seen of it, for those of `numbers` (None: of all) that are restricted or linked."""
    statement = select(customers.c.number, customers.c.restricted, customers.c.person).where(
        or_(customers.c.restricted.is_(True), customers.c.person.is_not(None))
    )
    if numbers is None:
        return {number: Seen(locked, person) for number, locked, person in connection.execute(statement)}
    found: dict[int, Seen] = {}
    for start in range(0, len(numbers), _MANY):
        some = statement.where(customers.c.number.in_(numbers[start : start + _MANY]))
        found |= {number: Seen(locked, person) for number, locked, person in connection.execute(some)}
    return found


def numbers_of(connection: Connection, person: int) -> tuple[int, ...]:
    """Return the numbers of a linked person, smallest first."""
    return tuple(row[0] for row in _NUMBERS.rows(connection, {"person": person}))


def set_person(connection: Connection, numbers: Sequence[int], person: int | None) -> None:
    """Note that `numbers` are one person, named by the smallest of them; None when each stands alone."""
    connection.execute(update(customers).where(customers.c.number.in_(numbers)).values(person=person))


def record_link(connection: Connection, link: Link) -> None:
    """Add a row; its own number is given by the database."""
    row = {
        "one": link.one,
        "other": link.other,
        "act": link.act.value,
        "after": link.after,
        "at": to_micros(link.at),
        "by": link.by,
        "why": link.why,
    }
    connection.execute(insert(links), [row])


def links_within(connection: Connection, person: int) -> list[Link]:
    """Return the rows that say what a linked person is made of, in the order recorded; some no longer stand."""
    return [_link(row) for row in _LINKS.rows(connection, {"person": person})]


def links_of(connection: Connection, number: int) -> list[Link]:
    """Return the rows about one number, in the order recorded."""
    wanted = or_(links.c.one == number, links.c.other == number)
    return [_link(row) for row in connection.execute(select(links).where(wanted).order_by(links.c.seq))]


def drop_links(connection: Connection, numbers: Sequence[int]) -> None:
    """Delete the rows about `numbers`."""
    connection.execute(delete(links).where(or_(links.c.one.in_(numbers), links.c.other.in_(numbers))))


def kinds_of(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[IdKind, ...]]:
    """Return number → the kinds of its identifiers, for those of `numbers` that have any."""
    found: dict[int, tuple[IdKind, ...]] = {}
    wanted = identifiers.c.customer.in_(numbers)
    for row in connection.execute(select(identifiers.c.customer, identifiers.c.kind).where(wanted)):
        found[row.customer] = tuple(sorted((*found.get(row.customer, ()), IdKind(row.kind))))
    return found


def _link(row: Sequence[Any]) -> Link:
    number, one, other, act, after, at, by, why = row
    return Link(number, one, other, Act(act), after, from_micros(at), by, why)


def count_unrestricted(connection: Connection, numbers: Sequence[int]) -> int:
    """Return how many of `numbers`, each given once, are here and not restricted."""
    total = 0
    for start in range(0, len(numbers), _MANY):
        wanted = customers.c.number.in_(numbers[start : start + _MANY]) & customers.c.restricted.is_(False)
        total += connection.execute(select(func.count()).select_from(customers).where(wanted)).scalar() or 0
    return total


def all_unrestricted(connection: Connection) -> list[int]:
    """Return every number that is not restricted."""
    here = select(customers.c.number).where(customers.c.restricted.is_(False)).order_by(customers.c.number)
    return list(connection.execute(here).scalars())


def restrict(connection: Connection, customer: int) -> None:
    """Mark a customer as restricted."""
    connection.execute(update(customers).where(customers.c.number == customer).values(restricted=True))


def suppress(connection: Connection, hashes: Sequence[bytes], since: datetime, remainder: int | None) -> None:
    """Record that the people behind `hashes` were erased at `since`."""
    rows = [{"hash": one, "since": to_micros(since), "remainder": remainder} for one in hashes]
    upsert(connection, suppressions, rows)


def has_hashes(connection: Connection) -> bool:
    """Return whether anybody is here or was erased."""
    tables = (identifiers, suppressions)
    return any(connection.execute(select(table.c.hash).limit(1)).first() is not None for table in tables)


def drop_identifiers(connection: Connection, customer: int) -> int:
    """Delete the identifiers and the sealed id of a customer, whose number stays, restricted.

    Returns:
        How many identifiers went.
    """
    gone = connection.execute(delete(identifiers).where(identifiers.c.customer == customer)).rowcount
    connection.execute(
        update(customers).where(customers.c.number == customer).values(restricted=True, sealed_id=None)
    )
    return gone


def drop_number(connection: Connection, customer: int) -> None:
    """Delete a customer's number; no suppression points to it any more."""
    connection.execute(delete(customers).where(customers.c.number == customer))
    connection.execute(update(suppressions).where(suppressions.c.remainder == customer).values(remainder=None))
