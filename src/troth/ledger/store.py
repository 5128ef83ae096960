"""The tables that grow with every entry.

In clear stand whose an entry is, its place in the sequence and in the log, and when; what it says is sealed. Which
log it is in stands with it: after older data was put back a new one begins (`troth.ledger.publishing.publisher`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    Column,
    Connection,
    Index,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from troth.clock import from_micros, to_micros
from troth.db.statements import Prepared, insert_new, upsert
from troth.db.tables import KEYS, MAIN, Bytes, Number
from troth.ledger.heads import Head

ledger_logs = Table(
    "ledger_logs",
    MAIN,
    Column("log", Number, primary_key=True, autoincrement=False),
    Column("origin", Text, nullable=False),
    Column("size", Number, nullable=False),
    Column("signer", Number, nullable=False),
)

ledger_signers = Table(
    "ledger_signers",
    KEYS,
    Column("signer", Number, primary_key=True, autoincrement=False),
    Column("since", Number, nullable=False),
)

ledger_entries = Table(
    "ledger_entries",
    MAIN,
    Column("customer", Number, primary_key=True),
    Column("log", Number, primary_key=True),
    Column("number", Number, primary_key=True),
    Column("leaf", Number, nullable=False),
    Column("at", Number, nullable=False),
    Column("sealed", Bytes, nullable=False),
    Index("ix_ledger_entries_at", "at"),
    sqlite_with_rowid=False,
)

ledger_streams = Table(
    "ledger_streams",
    MAIN,
    Column("customer", Number, primary_key=True, autoincrement=False),
    Column("stream", Bytes, nullable=False),
    Column("number", Number, nullable=False),
    Column("head", Bytes, nullable=False),
)

ledger_moved = Table(
    "ledger_moved",
    MAIN,
    Column("place", Bytes, primary_key=True),
    Column("commitment", Bytes, nullable=False),
    sqlite_with_rowid=False,
)

ledger_leaves = Table(
    "ledger_leaves",
    MAIN,
    Column("leaf", Number, primary_key=True, autoincrement=False),
    Column("hash", Bytes, nullable=False),
)

ledger_noted = Table(
    "ledger_noted",
    MAIN,
    Column("customer", Number, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("at", Number, nullable=False),
    Column("times", Number, nullable=False),
    sqlite_with_rowid=False,
)


@dataclass(frozen=True, slots=True)
class Log:
    """The log that is being written: its number from 1, its name, how many leaves it has, and which signer signs."""

    number: int
    origin: str
    size: int
    signer: int


@dataclass(slots=True)
class Stream:
    """Where a sequence stands: its sealed name, and the number and leaf hash of its last entry."""

    customer: int
    sealed: bytes
    number: int
    head: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it lies there."""

    customer: int
    log: int
    number: int
    leaf: int
    at: datetime
    sealed: bytes


_CUSTOMER: BindParameter[int] = bindparam("customer")
_NEWEST_LOG = Prepared(
    select(ledger_logs).where(ledger_logs.c.log == select(func.max(ledger_logs.c.log)).scalar_subquery())
)
_GROWN = Prepared(update(ledger_logs).where(ledger_logs.c.log == bindparam("which")).values(size=bindparam("grown")))
_STREAM = Prepared(
    select(ledger_streams.c.stream, ledger_streams.c.number, ledger_streams.c.head).where(
        ledger_streams.c.customer == _CUSTOMER
    )
)
_ADD_STREAM = Prepared(insert(ledger_streams).inline(), columns=("customer", "stream", "number", "head"))
_MOVE_STREAM = Prepared(
    update(ledger_streams)
    .where(ledger_streams.c.customer == bindparam("whose"))
    .values(number=bindparam("last"), head=bindparam("hashed"))
)
_MOVED = Prepared(select(ledger_moved).order_by(ledger_moved.c.place))
_ADD = Prepared(insert(ledger_entries).inline(), columns=("customer", "log", "number", "leaf", "at", "sealed"))
_ADD_LEAF = Prepared(insert(ledger_leaves).inline(), columns=("leaf", "hash"))
_LEAVES = Prepared(
    select(ledger_leaves.c.leaf, ledger_leaves.c.hash)
    .where(ledger_leaves.c.leaf >= bindparam("first"), ledger_leaves.c.leaf < bindparam("below"))
    .order_by(ledger_leaves.c.leaf)
)
_DROP_LEAVES = Prepared(delete(ledger_leaves).where(ledger_leaves.c.leaf < bindparam("below")))
_IN_ORDER = (ledger_entries.c.log, ledger_entries.c.number)
_OF_CUSTOMER = Prepared(select(ledger_entries).where(ledger_entries.c.customer == _CUSTOMER).order_by(*_IN_ORDER))
_ONE = Prepared(
    select(ledger_entries).where(
        ledger_entries.c.customer == _CUSTOMER,
        ledger_entries.c.log == bindparam("which"),
        ledger_entries.c.number == bindparam("place"),
    )
)
_EVERY = Prepared(select(ledger_entries).order_by(ledger_entries.c.customer, *_IN_ORDER))
_STREAMS = Prepared(select(ledger_streams).order_by(ledger_streams.c.customer))
_COUNT = Prepared(select(func.count()).select_from(ledger_entries).where(ledger_entries.c.customer == _CUSTOMER))
_DROP = Prepared(delete(ledger_entries).where(ledger_entries.c.customer == _CUSTOMER))
_DROP_STREAM = Prepared(delete(ledger_streams).where(ledger_streams.c.customer == _CUSTOMER))
_DROP_NOTED = Prepared(delete(ledger_noted).where(ledger_noted.c.customer == _CUSTOMER))
_DROP_OLD = Prepared(delete(ledger_entries).where(ledger_entries.c.at < bindparam("before")))
_LATEST = Prepared(select(func.max(ledger_entries.c.at)))
_SIGNERS = Prepared(select(ledger_signers.c.signer, ledger_signers.c.since).order_by(ledger_signers.c.signer))
_IS_IT = (ledger_noted.c.customer == bindparam("whose"), ledger_noted.c.what == bindparam("name"))
_COUNT_TIMES = Prepared(update(ledger_noted).where(*_IS_IT).values(times=ledger_noted.c.times + bindparam("more")))
_DROP_COUNTS = Prepared(delete(ledger_noted).where(*_IS_IT))
_NOTED = Prepared(
    select(ledger_noted.c.what).where(ledger_noted.c.customer == _CUSTOMER, ledger_noted.c.what == bindparam("name"))
)


def newest_log(connection: Connection) -> Log | None:
    """Return the log that is being written; None before the first."""
    row = _NEWEST_LOG.first(connection, {})
    return None if row is None else Log(*row)


def begin_log(connection: Connection, log: Log) -> None:
    """Record a new log, in which every sequence begins anew."""
    row = {"log": log.number, "origin": log.origin, "size": log.size, "signer": log.signer}
    connection.execute(insert(ledger_logs).values(row))
    for table in (ledger_streams, ledger_leaves, ledger_moved):
        connection.execute(delete(table))


def logs(connection: Connection) -> list[Log]:
    """Return every log, oldest first."""
    return [Log(*row) for row in connection.execute(select(ledger_logs).order_by(ledger_logs.c.log))]


def origins(connection: Connection) -> dict[int, str]:
    """Return the number of each log → its name."""
    return {row.log: row.origin for row in connection.execute(select(ledger_logs.c.log, ledger_logs.c.origin))}


def grown(connection: Connection, log: int, size: int) -> None:
    """Record how many leaves a log has."""
    _GROWN.run(connection, {"which": log, "grown": size})


def change_signer(connection: Connection, log: int, signer: int) -> None:
    """Record which signer signs a log from now on."""
    connection.execute(update(ledger_logs).where(ledger_logs.c.log == log).values(signer=signer))


def signers(keys: Connection) -> dict[int, datetime]:
    """Return the number of each signer → since when it signs, from the key database."""
    return {number: from_micros(since) for number, since in _SIGNERS.rows(keys, {})}


def put_signer(keys: Connection, number: int, since: datetime) -> None:
    """Record in the key database that a signer signs from `since` on."""
    upsert(keys, ledger_signers, [{"signer": number, "since": to_micros(since)}])


def stream(connection: Connection, customer: int) -> Stream | None:
    """Return where the sequence of a customer stands; None before its first entry."""
    row = _STREAM.first(connection, {"customer": customer})
    return None if row is None else Stream(customer, bytes(row[0]), row[1], bytes(row[2]))


def streams(connection: Connection) -> Iterator[Stream]:
    """Yield where every sequence stands."""
    for page in _STREAMS.pages(connection, {}):
        for customer, sealed, number, head in page:
            yield Stream(customer, bytes(sealed), number, bytes(head))


def put_streams(connection: Connection, new: Sequence[Stream], moved: Sequence[Stream]) -> None:
    """Record where sequences stand: new ones, and those that were there."""
    _ADD_STREAM.run(
        connection,
        *({"customer": one.customer, "stream": one.sealed, "number": one.number, "head": one.head} for one in new),
    )
    _MOVE_STREAM.run(connection, *({"whose": one.customer, "last": one.number, "hashed": one.head} for one in moved))


def put_moved(connection: Connection, heads: Sequence[Head]) -> None:
    """Record where sequences stand for the map of heads, which will be told of it."""
    upsert(connection, ledger_moved, [{"place": one.place, "commitment": one.commitment} for one in heads])


def moved(connection: Connection) -> list[Head]:
    """Return where the sequences stand that the map of heads was not told of yet."""
    return [Head(bytes(place), bytes(said)) for place, said in _MOVED.rows(connection, {})]


def drop_moved(connection: Connection) -> None:
    """Delete what the map was told of."""
    connection.execute(delete(ledger_moved))


def add(connection: Connection, rows: Sequence[Row], hashes: Sequence[bytes]) -> None:
    """Insert entries and the hashes of their leaves, in the same order. None may be there already."""
    _ADD.run(
        connection,
        *(
            {
                "customer": row.customer,
                "log": row.log,
                "number": row.number,
                "leaf": row.leaf,
                "at": to_micros(row.at),
                "sealed": row.sealed,
            }
            for row in rows
        ),
    )
    _ADD_LEAF.run(connection, *({"leaf": row.leaf, "hash": hashed} for row, hashed in zip(rows, hashes, strict=True)))


def leaves(connection: Connection, first: int, most: int) -> list[tuple[int, bytes]]:
    """Return (index, hash) of leaves that are in no tile yet, in order from `first` on, `most` of them at most."""
    return [
        (index, bytes(found)) for index, found in _LEAVES.rows(connection, {"first": first, "below": first + most})
    ]


def drop_leaves(connection: Connection, below: int) -> None:
    """Delete the hashes of leaves that are in tiles."""
    _DROP_LEAVES.run(connection, {"below": below})


def of_customer(connection: Connection, customer: int) -> list[Row]:
    """Return the entries of a customer, log by log, in order."""
    return [_row(*row) for row in _OF_CUSTOMER.rows(connection, {"customer": customer})]


def one(connection: Connection, customer: int, log: int, number: int) -> Row | None:
    """Return one entry; None when it is not there."""
    row = _ONE.first(connection, {"customer": customer, "which": log, "place": number})
    return None if row is None else _row(*row)


def every(connection: Connection) -> Iterator[Row]:
    """Yield every entry, customer by customer, log by log, in order."""
    for page in _EVERY.pages(connection, {}):
        yield from (_row(*row) for row in page)


def latest(connection: Connection) -> datetime | None:
    """Return the latest moment that an entry is dated to; None when there is none."""
    ((found,),) = _LATEST.rows(connection, {})
    return None if found is None else from_micros(found)


def count_all(connection: Connection) -> int:
    """Return how many entries there are."""
    return connection.execute(select(func.count()).select_from(ledger_entries)).scalar_one()


def count(connection: Connection, customer: int) -> int:
    """Return how many entries a customer has."""
    ((found,),) = _COUNT.rows(connection, {"customer": customer})
    return int(found)


def drop(connection: Connection, customer: int) -> int:
    """Delete the entries of a customer, and where their sequence stood; return how many entries went."""
    _DROP_STREAM.run(connection, {"customer": customer})
    _DROP_NOTED.run(connection, {"customer": customer})
    return _DROP.run(connection, {"customer": customer})


def drop_before(connection: Connection, before: datetime) -> int:
    """Delete the entries dated before `before`; return how many went. Their leaves stay in the tree."""
    return _DROP_OLD.run(connection, {"before": to_micros(before)})


def is_noted(connection: Connection, customer: int, what: str) -> bool:
    """Return whether it is recorded that `what` was noted of a customer."""
    return _NOTED.first(connection, {"customer": customer, "name": what}) is not None


def note_new(connection: Connection, customer: int, what: str, at: datetime) -> bool:
    """Record that `what` was noted of a customer; return False when that was recorded before."""
    # Looked up first: nearly always it is there, and a look costs less than an insert that does nothing.
    if is_noted(connection, customer, what):
        return False
    row = {"customer": customer, "what": what, "at": to_micros(at), "times": 0}
    return bool(insert_new(connection, ledger_noted, [row]))


def count_times(connection: Connection, times: Sequence[tuple[int, str, int]]) -> None:
    """Add up how often happened what was noted. What is not recorded any more is passed over."""
    _COUNT_TIMES.run(connection, *({"whose": who, "name": what, "more": more} for who, what, more in times))


def counted(connection: Connection, first: str, before: str, most: int) -> dict[int, dict[str, int]]:
    """Return customer → what → how often, for names from `first` to `before`, of `most` customers at most."""
    between = (ledger_noted.c.what >= first, ledger_noted.c.what < before)
    some = select(ledger_noted.c.customer).where(*between).distinct().order_by(ledger_noted.c.customer).limit(most)
    rows = connection.execute(select(ledger_noted).where(*between, ledger_noted.c.customer.in_(some)))
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.customer, {})[row.what] = row.times
    return found


def drop_counts(connection: Connection, told: Mapping[int, Sequence[str]]) -> None:
    """Delete what was noted of customers, by its names."""
    rows = ({"whose": who, "name": what} for who, names in told.items() for what in names)
    _DROP_COUNTS.run(connection, *rows)


def _row(customer: int, log: int, number: int, leaf: int, at: int, sealed: bytes) -> Row:
    return Row(customer, log, number, leaf, from_micros(at), bytes(sealed))
