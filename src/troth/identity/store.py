"""Tables of customers, their identifiers, their links, and those who must not come back by import.

`customers.person` says again what the rows of `links` say, so that a read knows it from the row it asks for anyway.
It is written in the transaction of the link, and a test compares the two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.types import Text as SqlText

from troth.clock import from_micros, to_micros
from troth.db.numbering import give_after, last_given
from troth.db.statements import Listed, Prepared, upsert
from troth.db.tables import MAIN, Bytes, Number
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
    Column("sealed", Bytes, nullable=True),
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

# Asked at every read.
_SEEN = Prepared(select(customers.c.restricted, customers.c.person).where(customers.c.number == bindparam("number")))
_OF_PERSON = Prepared(
    select(customers.c.number, customers.c.restricted)
    .where(customers.c.person == bindparam("person"))
    .order_by(customers.c.number)
)
# Both ends of a link that stands belong to one person, so one of them is enough to find it.
_LINK_COLUMNS = (links.c.seq, links.c.one, links.c.other, links.c.act, links.c.after, links.c.at)
_LINKS = Prepared(
    select(*_LINK_COLUMNS)
    .join(customers, customers.c.number == links.c.one)
    .where(customers.c.person == bindparam("person"))
    .order_by(links.c.seq)
)
_OF_HASH = Prepared(select(identifiers.c.customer).where(identifiers.c.hash == bindparam("hash")))
_FIND = Listed(select(identifiers.c.hash, identifiers.c.customer), identifiers.c.hash)
_SUPPRESSED = Listed(select(suppressions.c.hash, suppressions.c.since, suppressions.c.remainder), suppressions.c.hash)
_ADD = Prepared(insert(customers).returning(customers.c.number), columns=("since", "restricted", "sealed_id"))
_ADD_IDENTIFIER = Prepared(insert(identifiers).inline(), columns=("hash", "customer", "kind"))
_SET_PERSON = Listed(update(customers).values(person=bindparam("named")), customers.c.number)
_OF_NUMBER = customers.c.number == bindparam("of")
_KEEP_SEALED_ID = Prepared(update(customers).where(_OF_NUMBER).values(sealed_id=bindparam("sealed")))
_HASHES = Prepared(select(identifiers.c.hash).where(identifiers.c.customer == bindparam("customer")))
_REMARKABLE = Listed(
    select(customers.c.number, customers.c.restricted, customers.c.person).where(
        or_(customers.c.restricted.is_(True), customers.c.person.is_not(None))
    ),
    customers.c.number,
)
_ALL_REMARKABLE = Prepared(
    select(customers.c.number, customers.c.restricted, customers.c.person).where(
        or_(customers.c.restricted.is_(True), customers.c.person.is_not(None))
    )
)
_UNRESTRICTED = Listed(
    select(func.count()).select_from(customers).where(customers.c.restricted.is_(False)), customers.c.number
)
_RESTRICTED = Listed(select(customers.c.number, customers.c.restricted), customers.c.number)
_RESTRICT = Prepared(update(customers).where(_OF_NUMBER).values(restricted=true()))
_LEAVE = Prepared(update(customers).where(_OF_NUMBER).values(restricted=true(), sealed_id=null()))
_DROP_IDENTIFIERS = Prepared(delete(identifiers).where(identifiers.c.customer == bindparam("customer")))
_DROP_NUMBER = Prepared(delete(customers).where(_OF_NUMBER))
_NO_REMAINDER = Prepared(
    update(suppressions).where(suppressions.c.remainder == bindparam("of")).values(remainder=null())
)
_SEALED_IDS = Listed(
    select(customers.c.number, customers.c.sealed_id).where(customers.c.sealed_id.is_not(None)), customers.c.number
)
_LINKED_TO = or_(links.c.one == bindparam("number"), links.c.other == bindparam("number"))
_LINKS_OF = Prepared(select(*_LINK_COLUMNS).where(_LINKED_TO).order_by(links.c.seq))
_WORDS = Listed(select(links.c.seq, links.c.by, links.c.why, links.c.sealed), links.c.seq)
_IN_CLEAR = Prepared(
    select(*_LINK_COLUMNS, links.c.by, links.c.why)
    .where(or_(links.c.by != bindparam("nothing"), links.c.why != bindparam("nothing")))
    .order_by(links.c.seq)
    .limit(bindparam("most"))
    .offset(literal_column("0"))  # else SQLite is asked for an offset that is handed in
)
_SEAL = Prepared(
    update(links)
    .where(links.c.seq == bindparam("place"))
    .values(by=bindparam("nothing"), why=bindparam("nothing"), sealed=bindparam("words"))
)
_DROP_LINKS = Prepared(delete(links).where(_LINKED_TO))


@dataclass(frozen=True, slots=True)
class Suppression:
    """Somebody who was erased at `since`; `remainder` is the restricted number under which the law's part stays."""

    since: datetime
    remainder: int | None


def find(connection: Connection, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """Return hash → customer for those of `hashes` that are known."""
    return dict(_FIND.rows(connection, hashes))


def find_one(connection: Connection, hashed: bytes) -> int | None:
    """Return the customer with the identifier `hashed`; None when there is none."""
    row = _OF_HASH.first(connection, {"hash": hashed})
    return None if row is None else row[0]


def suppressed(connection: Connection, hashes: Sequence[bytes]) -> dict[bytes, Suppression]:
    """Return hash → suppression for those of `hashes` that were erased."""
    return {
        hashed: Suppression(from_micros(since), remainder)
        for hashed, since, remainder in _SUPPRESSED.rows(connection, hashes)
    }


def add(connection: Connection, hashed: bytes, kind: IdKind, *, since: datetime) -> int:
    """Make a new customer with one identifier; return the number."""
    ((number,),) = _ADD.rows(connection, {"since": to_micros(since), "restricted": False, "sealed_id": None})
    _ADD_IDENTIFIER.run(connection, {"hash": hashed, "customer": number, "kind": kind.value})
    return int(number)


def keep_sealed_id(connection: Connection, customer: int, sealed: bytes) -> None:
    """Record the company's own id of a customer, sealed."""
    _KEEP_SEALED_ID.run(connection, {"of": customer, "sealed": sealed})


def sealed_id(connection: Connection, customer: int) -> bytes | None:
    """Return the sealed id of a customer; None when there is none."""
    return connection.execute(select(customers.c.sealed_id).where(customers.c.number == customer)).scalar()


def sealed_ids(connection: Connection, numbers: Sequence[int]) -> dict[int, bytes]:
    """Return number → the sealed id, for those of `numbers` that have one."""
    return dict(_SEALED_IDS.rows(connection, numbers))


def hashes_of(connection: Connection, customer: int) -> list[bytes]:
    """Return the identifiers of a customer."""
    return [row[0] for row in _HASHES.rows(connection, {"customer": customer})]


def seen(connection: Connection, number: int) -> Seen:
    """Return whether a number is restricted and linked; nobody is a visitor, and neither."""
    row = _SEEN.first(connection, {"number": number})
    return Seen() if row is None else Seen(bool(row[0]), row[1])


def remarkable(connection: Connection, numbers: Sequence[int] | None) -> dict[int, Seen]:
    """Return number → what is seen of it, for those of `numbers` (None: of all) that are restricted or linked."""
    found = _ALL_REMARKABLE.rows(connection, {}) if numbers is None else _REMARKABLE.rows(connection, numbers)
    return {number: Seen(bool(locked), person) for number, locked, person in found}


def of_person(connection: Connection, person: int) -> dict[int, bool]:
    """Return number → whether it is restricted, of a linked person, smallest first."""
    return {number: bool(locked) for number, locked in _OF_PERSON.rows(connection, {"person": person})}


def set_person(connection: Connection, numbers: Sequence[int], person: int | None) -> None:
    """Note that `numbers` are one person, named by the smallest of them; None when each stands alone."""
    _SET_PERSON.run(connection, numbers, {"named": person})


def record_link(connection: Connection, link: Link, sealed: bytes | None) -> None:
    """Add a row; its own number is given by the database.

    Args:
        connection: an open `writing`.
        link: the link.
        sealed: who and why; None where nobody can tell any more.
    """
    row = {
        "one": link.one,
        "other": link.other,
        "act": link.act.value,
        "after": link.after,
        "at": to_micros(link.at),
        "by": "",
        "why": "",
        "sealed": sealed,
    }
    connection.execute(insert(links), [row])


def links_within(connection: Connection, person: int) -> list[Link]:
    """Return the rows that say what a linked person is made of, in the order recorded; some no longer stand."""
    return [_link(row) for row in _LINKS.rows(connection, {"person": person})]


def links_of(connection: Connection, number: int) -> list[Link]:
    """Return the rows about one number, in the order recorded."""
    return [_link(row) for row in _LINKS_OF.rows(connection, {"number": number})]


def words_of(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[str, str, bytes | None]]:
    """Return number of a row of links → who and why as an earlier Troth left them in clear, and sealed."""
    return {number: (by, why, sealed) for number, by, why, sealed in _WORDS.rows(connection, numbers)}


def in_clear(connection: Connection, most: int) -> list[Link]:
    """Return at most `most` rows whose who or why stands in clear."""
    rows = _IN_CLEAR.rows(connection, {"most": most, "nothing": ""})
    return [replace(_link(row[:-2]), by=row[-2], why=row[-1]) for row in rows]


def put_sealed(connection: Connection, words: Iterable[tuple[int, bytes | None]]) -> None:
    """Put sealed words (None: none) in the place of those in clear, for rows named by their number."""
    _SEAL.run(connection, *({"place": number, "words": sealed, "nothing": ""} for number, sealed in words))


def drop_links(connection: Connection, numbers: Sequence[int]) -> None:
    """Delete the rows about `numbers`."""
    _DROP_LINKS.run(connection, *({"number": number} for number in numbers))


def kinds_of(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[IdKind, ...]]:
    """Return number → the kinds of its identifiers, for those of `numbers` that have any."""
    found: dict[int, tuple[IdKind, ...]] = {}
    wanted = identifiers.c.customer.in_(numbers)
    for row in connection.execute(select(identifiers.c.customer, identifiers.c.kind).where(wanted)):
        found[row.customer] = tuple(sorted((*found.get(row.customer, ()), IdKind(row.kind))))
    return found


def _link(row: Sequence[Any]) -> Link:
    number, one, other, act, after, at = row
    return Link(number, one, other, Act(act), after, from_micros(at))


def count_unrestricted(connection: Connection, numbers: Sequence[int]) -> int:
    """Return how many of `numbers`, each given once, are here and not restricted."""
    return sum(row[0] for row in _UNRESTRICTED.rows(connection, numbers))


def restricted_of(connection: Connection, numbers: Sequence[int]) -> dict[int, bool]:
    """Return number → whether it is restricted, for those of `numbers` that there are."""
    return {number: bool(locked) for number, locked in _RESTRICTED.rows(connection, numbers)}


def start_after(connection: Connection, number: int) -> None:
    """See to it that no new customer gets a number up to `number`."""
    if last_given(connection, customers.name) < number:
        give_after(connection, customers.name, number)


def all_unrestricted(connection: Connection) -> list[int]:
    """Return every number that is not restricted."""
    here = select(customers.c.number).where(customers.c.restricted.is_(False)).order_by(customers.c.number)
    return list(connection.execute(here).scalars())


def restrict(connection: Connection, customer: int) -> None:
    """Mark a customer as restricted."""
    _RESTRICT.run(connection, {"of": customer})


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
    gone = _DROP_IDENTIFIERS.run(connection, {"customer": customer})
    _LEAVE.run(connection, {"of": customer})
    return gone


def drop_number(connection: Connection, customer: int) -> None:
    """Delete a customer's number; no suppression points to it any more."""
    _DROP_NUMBER.run(connection, {"of": customer})
    _NO_REMAINDER.run(connection, {"of": customer})
