"""Tables of customers, their identifiers, and those who must not come back by import."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Column, Connection, Table, bindparam, delete, func, insert, select, update

from troth.clock import from_micros, to_micros
from troth.db.statements import Prepared, upsert
from troth.db.tables import MAIN, Number

customers = Table(
    "customers",
    MAIN,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("since", Number, nullable=False),
    Column("restricted", Boolean, nullable=False),
    Column("sealed_id", nullable=True),
    sqlite_autoincrement=True,  # a number is never used twice, so nothing old can ever belong to somebody new
)

identifiers = Table(
    "identifiers",
    MAIN,
    Column("hash", primary_key=True),
    Column("customer", Number, nullable=False, index=True),
    sqlite_with_rowid=False,
)

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

_RESTRICTED = Prepared(select(customers.c.restricted).where(customers.c.number == bindparam("number")))
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


def add(connection: Connection, hashed: bytes, since: datetime) -> int:
    """Make a new customer with one identifier; return the number."""
    row = {"since": to_micros(since), "restricted": False, "sealed_id": None}
    number: int = connection.execute(insert(customers).returning(customers.c.number), row).scalar_one()
    connection.execute(insert(identifiers), [{"hash": hashed, "customer": number}])
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


def restricted(connection: Connection, numbers: Sequence[int]) -> frozenset[int]:
    """Return those of `numbers` that are restricted."""
    found: set[int] = set()
    for start in range(0, len(numbers), _MANY):
        wanted = customers.c.number.in_(numbers[start : start + _MANY]) & customers.c.restricted.is_(True)
        found |= set(connection.execute(select(customers.c.number).where(wanted)).scalars())
    return frozenset(found)


def is_restricted(connection: Connection, number: int) -> bool:
    """Return whether one customer is restricted; nobody is a visitor, and not."""
    row = _RESTRICTED.first(connection, {"number": number})
    return row is not None and bool(row[0])


def count_unrestricted(connection: Connection, numbers: Sequence[int]) -> int:
    """Return how many of `numbers`, each given once, are here and not restricted."""
    total = 0
    for start in range(0, len(numbers), _MANY):
        wanted = customers.c.number.in_(numbers[start : start + _MANY]) & customers.c.restricted.is_(False)
        total += connection.execute(select(func.count()).select_from(customers).where(wanted)).scalar() or 0
    return total


def all_restricted(connection: Connection) -> frozenset[int]:
    """Return every restricted number."""
    return frozenset(connection.execute(select(customers.c.number).where(customers.c.restricted.is_(True))).scalars())


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
