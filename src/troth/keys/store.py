"""The key table: wrapped keys, in a database of its own.

Laws:

1. A key is only ever added under the newest epoch. This is looked up in the transaction that adds it, and writers
   queue: so no key can slip under an epoch that is being ended.
2. Whoever begins an epoch, or renews or retires a master key, does so inside a `writing`: one at a time.
3. The row of an epoch that ended stays, without its key, to tell when it was.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.types import Text as SqlText

from troth.clock import from_micros, to_micros
from troth.db.engine import Database
from troth.db.statements import Listed, Prepared, insert_new
from troth.db.tables import KEYS, Bytes, Number
from troth.keys.provider import Wrapped

epochs = Table(
    "epochs",
    KEYS,
    Column("number", Number, primary_key=True),
    Column("wrapped", Bytes, nullable=False),
    Column("began", Number),
    Column("settled", Number),
    Column("destroyed", Number),
    Column("master", SqlText, nullable=False),
    Column("keys_destroyed", Number, nullable=False),
)

customer_keys = Table(
    "customer_keys",
    KEYS,
    Column("customer", Number, primary_key=True),
    Column("kind", SqlText, primary_key=True),
    Column("epoch", Number, nullable=False),
    Column("wrapped", Bytes, nullable=False),
    sqlite_with_rowid=False,
)

named_keys = Table(
    "named_keys",
    KEYS,
    Column("name", SqlText, primary_key=True),
    Column("epoch", Number, nullable=False),
    Column("wrapped", Bytes, nullable=False),
)

masters = Table(
    "masters",
    KEYS,
    Column("name", SqlText, primary_key=True),
    Column("first_used", Number, nullable=False),
    Column("retired", Number),
)

_KEYS = select(customer_keys.c.customer, customer_keys.c.kind, customer_keys.c.epoch, customer_keys.c.wrapped)
_OF_CUSTOMERS = Listed(_KEYS, customer_keys.c.customer)
_OF_KINDS = Listed(_KEYS, customer_keys.c.kind)
_THIS = (customer_keys.c.customer == bindparam("customer"), customer_keys.c.kind == bindparam("kind"))
_ONE = Prepared(select(customer_keys.c.epoch, customer_keys.c.wrapped).where(*_THIS))
_DROP = Prepared(delete(customer_keys).where(*_THIS))
_COUNT_DESTROYED = Prepared(
    update(epochs)
    .where(epochs.c.number == select(func.max(epochs.c.number)).scalar_subquery())
    .values(keys_destroyed=epochs.c.keys_destroyed + bindparam("gone"))
)
_EPOCH = Prepared(select(epochs.c.wrapped).where(epochs.c.number == bindparam("number")))
_NAMED = Prepared(select(named_keys.c.epoch, named_keys.c.wrapped).where(named_keys.c.name == bindparam("name")))
_STATE = Prepared(
    select(epochs.c.number, epochs.c.settled, epochs.c.keys_destroyed).where(
        epochs.c.number == select(func.max(epochs.c.number)).scalar_subquery()
    )
)


@dataclass(frozen=True, slots=True)
class State:
    """The newest epoch, whether the change into it is finished, and how many keys were destroyed in it.

    It differs whenever a key was destroyed or an epoch began or ended: what was opened before may be out of date.
    """

    epoch: int
    is_settled: bool
    keys_destroyed: int


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch.

    Args:
        number: from 1, without gaps.
        wrapped: its key, wrapped; empty once it was destroyed.
        master: the version of the master key that wrapped it; empty where that was not recorded yet.
        began: when; None where that was not recorded yet.
        settled: when everything older was destroyed; None while the change into it is not finished.
        destroyed: when its key was destroyed; None while it lives.
        keys_destroyed: how many customers' keys were destroyed while it was the newest.
    """

    number: int
    wrapped: bytes
    master: str
    began: datetime | None
    settled: datetime | None
    destroyed: datetime | None
    keys_destroyed: int


class KeyStore:
    """Statements on the key database. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def state(self) -> State | None:
        """Return where the table stands; None in a new installation."""
        with self._database.reading() as connection:
            row = _STATE.first(connection, {})
        return None if row is None else State(row[0], row[1] is not None, row[2])

    def all_epochs(self) -> list[Epoch]:
        """Return every epoch there ever was, the newest first."""
        with self._database.reading() as connection:
            return every_epoch(connection)

    def epoch(self, number: int) -> bytes | None:
        """Return the wrapped key of epoch `number`; None when there is none, or none any more."""
        with self._database.reading() as connection:
            row = _EPOCH.first(connection, {"number": number})
        return row[0] or None if row else None

    def begin_epoch(
        self, make: Callable[[int, frozenset[str]], Wrapped], *, after: int, now: datetime
    ) -> tuple[int, bytes]:
        """Begin the epoch after `after`, unless another process just did; return the newest, as (number, wrapped).

        Args:
            make: handed the new number and the versions of the master key used so far; returns the new wrapped key.
                Called with the writers' queue held.
            after: the newest epoch the caller knows; 0 in a new installation.
            now: the moment.
        """
        with self._database.writing() as connection:
            known = every_epoch(connection)
            if known and known[0].number != after:
                return known[0].number, known[0].wrapped
            made = make(after + 1, masters_used(connection, known))
            note_master(connection, made.master, now)
            row = {
                "number": after + 1,
                "wrapped": made.data,
                "began": to_micros(now),
                "settled": None if known else to_micros(now),
                "destroyed": None,
                "master": made.master,
                "keys_destroyed": 0,
            }
            connection.execute(insert(epochs), [row])
            return after + 1, made.data

    def find(self, pairs: Sequence[tuple[int, str]]) -> dict[tuple[int, str], tuple[int, bytes]]:
        """Return (customer, kind) → (epoch, wrapped key) for those of `pairs` that have a key."""
        found: dict[tuple[int, str], tuple[int, bytes]] = {}
        with self._database.reading() as connection:
            if self._database.dialect == "sqlite":
                # Nothing is far away here: one short question a key costs less than spelling a long one.
                for customer, kind in pairs:
                    one = _ONE.first(connection, {"customer": customer, "kind": kind})
                    if one is not None:
                        found[customer, kind] = (one[0], one[1])
                return found
            wanted, customers = frozenset(pairs), list(dict.fromkeys(customer for customer, _ in pairs))
            # By customer alone: a list of pairs is planned pair by pair, which takes longer than the looking up.
            for customer, kind, epoch, wrapped in _OF_CUSTOMERS.rows(connection, customers):
                if (customer, kind) in wanted:
                    found[customer, kind] = (epoch, wrapped)
        return found

    def find_one(self, customer: int, kind: str) -> tuple[int, bytes] | None:
        """Return (epoch, wrapped key) of one customer and kind; None when there is no such key."""
        with self._database.reading() as connection:
            row = _ONE.first(connection, {"customer": customer, "kind": kind})
        return None if row is None else (row[0], row[1])

    def of_kinds(self, kinds: Iterable[str]) -> dict[tuple[int, str], tuple[int, bytes]]:
        """Return every key of `kinds`, for reading many."""
        with self._database.reading() as connection:
            rows = _OF_KINDS.rows(connection, list(kinds))
            return {(customer, kind): (epoch, wrapped) for customer, kind, epoch, wrapped in rows}

    def add(self, rows: Sequence[tuple[int, str, bytes]], *, epoch: int) -> bool:
        """Record new keys (customer, kind, wrapped); those that are there already stay as they are.

        Returns:
            False, and nothing was recorded, when `epoch` is not the newest any more.
        """
        with self._database.writing() as connection:
            if not _is_newest(connection, epoch):
                return False
            new = [
                {"customer": customer, "kind": kind, "epoch": epoch, "wrapped": wrapped}
                for customer, kind, wrapped in rows
            ]
            insert_new(connection, customer_keys, new)
        return True

    def destroy(self, customer: int, keep: Collection[str] = ()) -> int:
        """Delete the keys of `customer` but those of the kinds in `keep`; return how many went.

        When it returns they are also gone from the log of the database.
        """
        with self._database.writing() as connection:
            here = [kind for _, kind, *_ in _OF_CUSTOMERS.rows(connection, [customer])]
            gone = _drop(connection, [(customer, kind) for kind in here if kind not in keep])
        # Also when there was nothing left to delete: a crash may have come between the two.
        self._database.empty_log()
        return gone

    def destroy_each(self, pairs: Collection[tuple[int, str]]) -> int:
        """Delete the key of each (customer, kind); as `destroy`."""
        with self._database.writing() as connection:
            gone = _drop(connection, pairs)
        self._database.empty_log()
        return gone

    def count(self, customer: int) -> int:
        """Return how many keys `customer` has."""
        statement = select(func.count()).select_from(customer_keys).where(customer_keys.c.customer == customer)
        with self._database.reading() as connection:
            return connection.execute(statement).scalar() or 0

    def customers_of(self, kind: str) -> frozenset[int]:
        """Return the numbers of all customers who have a key of this kind."""
        statement = select(customer_keys.c.customer).where(customer_keys.c.kind == kind)
        with self._database.reading() as connection:
            return frozenset(connection.execute(statement).scalars())

    def highest(self) -> int:
        """Return the highest number of a customer that has a key; 0 when nobody has one."""
        with self._database.reading() as connection:
            return connection.execute(select(func.max(customer_keys.c.customer))).scalar() or 0

    def named(self, name: str) -> tuple[int, bytes] | None:
        """Return the installation's own key called `name` as (epoch, wrapped)."""
        with self._database.reading() as connection:
            row = _NAMED.first(connection, {"name": name})
        return None if row is None else (row[0], row[1])

    def add_named(self, name: str, wrapped: bytes, *, epoch: int) -> bool:
        """Record the installation's own key `name`, unless it is there already; False as for `add`."""
        with self._database.writing() as connection:
            if not _is_newest(connection, epoch):
                return False
            insert_new(connection, named_keys, [{"name": name, "epoch": epoch, "wrapped": wrapped}])
        return True


def every_epoch(connection: Connection) -> list[Epoch]:
    """Return every epoch there ever was, the newest first, inside an open transaction."""
    return [
        Epoch(
            row.number,
            row.wrapped,
            row.master,
            moment(row.began),
            moment(row.settled),
            moment(row.destroyed),
            row.keys_destroyed,
        )
        for row in connection.execute(select(epochs).order_by(epochs.c.number.desc()))
    ]


def _drop(connection: Connection, pairs: Iterable[tuple[int, str]]) -> int:
    gone = _DROP.run(connection, *({"customer": customer, "kind": kind} for customer, kind in pairs))
    if gone:
        _COUNT_DESTROYED.run(connection, {"gone": gone})
    return gone


def _is_newest(connection: Connection, epoch: int) -> bool:
    row = _STATE.first(connection, {})
    return row is not None and row[0] == epoch


def masters_used(connection: Connection, known: Sequence[Epoch]) -> frozenset[str]:
    """Return the versions of the master key used so far; an empty name where one was not recorded."""
    return frozenset(connection.execute(select(masters.c.name)).scalars()) | {one.master for one in known}


def note_master(connection: Connection, name: str, now: datetime) -> None:
    """Record a version of the master key, unless it is known."""
    insert_new(connection, masters, [{"name": name, "first_used": to_micros(now), "retired": None}])


def moment(micros: int | None) -> datetime | None:
    """Return the time of a column that may be empty."""
    return None if micros is None else from_micros(micros)
