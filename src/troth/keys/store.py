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

from sqlalchemy import (
    Column,
    Connection,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.types import Text as SqlText

from troth.clock import from_micros, to_micros
from troth.db.engine import Database
from troth.db.statements import Prepared, insert_new
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

_MANY = 400
"""Customers a query asks for at once."""

AT_ONCE = 5_000
"""Customers' keys wrapped anew in one transaction: some 50 ms, so that nobody who writes waits long."""

_ONE = Prepared(
    select(customer_keys.c.epoch, customer_keys.c.wrapped).where(
        customer_keys.c.customer == bindparam("customer"), customer_keys.c.kind == bindparam("kind")
    )
)

_STATE = Prepared(
    select(epochs.c.number, epochs.c.settled, epochs.c.keys_destroyed).where(
        epochs.c.number == select(func.max(epochs.c.number)).scalar_subquery()
    )
)

_NEXT = Prepared(
    select(customer_keys.c.customer, customer_keys.c.kind, customer_keys.c.epoch, customer_keys.c.wrapped)
    .where(
        customer_keys.c.customer >= bindparam("customer"),
        or_(customer_keys.c.customer > bindparam("customer"), customer_keys.c.kind > bindparam("kind")),
        customer_keys.c.epoch < bindparam("epoch"),
    )
    .order_by(customer_keys.c.customer, customer_keys.c.kind)
    .limit(literal_column(str(AT_ONCE)))
    .offset(literal_column("0"))  # else SQLite is asked for an offset that is handed in
)

_REWRAP_EACH = "UPDATE customer_keys SET epoch = ?, wrapped = ? WHERE customer = ? AND kind = ?"
_REWRAP_ALL = (
    "UPDATE customer_keys AS old SET epoch = %s, wrapped = new.wrapped"
    " FROM unnest(%s::bigint[], %s::text[], %s::bytea[]) AS new (customer, kind, wrapped)"
    " WHERE old.customer = new.customer AND old.kind = new.kind"
)
"""The same in one go, for a database that is a message away."""

Rewrap = Callable[[int, str, int, bytes], bytes]
"""(customer, kind, epoch, wrapped) → wrapped for another epoch."""


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


@dataclass(frozen=True, slots=True)
class Master:
    """One version of the master key: its name, when it first wrapped, when it was retired."""

    name: str
    first_used: datetime
    retired: datetime | None


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
            return _all_epochs(connection)

    def all_masters(self) -> list[Master]:
        """Return every version of the master key that was used since it is recorded, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(masters).order_by(masters.c.first_used.desc()))
            return [Master(row.name, from_micros(row.first_used), _moment(row.retired)) for row in rows]

    def epoch(self, number: int) -> bytes | None:
        """Return the wrapped key of epoch `number`; None when there is none, or none any more."""
        with self._database.reading() as connection:
            return connection.execute(select(epochs.c.wrapped).where(epochs.c.number == number)).scalar() or None

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
            known = _all_epochs(connection)
            if known and known[0].number != after:
                return known[0].number, known[0].wrapped
            made = make(after + 1, _used(connection, known))
            _note_master(connection, made.master, now)
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

    def replace_epoch(self, make: Callable[[Epoch, frozenset[str]], Wrapped], *, now: datetime) -> Epoch:
        """Wrap the newest epoch's key anew; return the epoch as it is now.

        Args:
            make: handed the epoch and the versions of the master key used so far; returns the same key, wrapped anew.
                Called with the writers' queue held.
            now: the moment.
        """
        with self._database.writing() as connection:
            known = _all_epochs(connection)
            made = make(known[0], _used(connection, known))
            _note_master(connection, made.master, now)
            values = {"wrapped": made.data, "master": made.master}
            connection.execute(update(epochs).where(epochs.c.number == known[0].number).values(values))
            return _all_epochs(connection)[0]

    def rewrap_customers(
        self, rewrap: Rewrap, *, to: int, after: tuple[int, str]
    ) -> tuple[int, tuple[int, str] | None]:
        """Wrap up to `AT_ONCE` customers' keys anew; return how many, and where to go on (None: that was all).

        Args:
            rewrap: (customer, kind, epoch, wrapped) → wrapped with the key of the epoch `to`.
            to: the newest epoch.
            after: the last (customer, kind) that was done; (0, "") at first. Customers are numbered from 1.
        """
        values = {"customer": after[0], "kind": after[1], "epoch": to}
        with self._database.writing() as connection:
            rows = _NEXT.rows(connection, values)
            if not rows:
                return 0, None
            # Handed to the driver as it is: this runs a million times.
            if self._database.dialect == "sqlite":
                done = [(to, rewrap(*row), row[0], row[1]) for row in rows]
                connection.exec_driver_sql(_REWRAP_EACH, done)
            else:
                lists = ([row[0] for row in rows], [row[1] for row in rows], [rewrap(*row) for row in rows])
                connection.exec_driver_sql(_REWRAP_ALL, (to, *lists))
        return len(rows), (rows[-1][0], rows[-1][1])

    def rewrap_named(self, rewrap: Callable[[str, int, bytes], bytes], *, to: int) -> int:
        """Wrap the installation's own keys anew for the epoch `to`; return how many."""
        with self._database.writing() as connection:
            rows = connection.execute(select(named_keys).where(named_keys.c.epoch < to)).all()
            for row in rows:
                values = {"epoch": to, "wrapped": rewrap(row.name, row.epoch, row.wrapped)}
                connection.execute(update(named_keys).where(named_keys.c.name == row.name).values(values))
        return len(rows)

    def destroy_epochs(self, *, before: int, now: datetime) -> int:
        """Destroy the keys of the epochs before `before`, unless a key still needs one; return how many."""
        with self._database.writing() as connection:
            for table in (customer_keys, named_keys):
                statement = select(func.count()).select_from(table).where(table.c.epoch < before)
                if connection.execute(statement).scalar():
                    return 0
            old = update(epochs).where(epochs.c.number < before, epochs.c.destroyed.is_(None))
            return connection.execute(old.values(wrapped=b"", destroyed=to_micros(now))).rowcount

    def retire_masters(
        self, retire: Callable[[frozenset[str], frozenset[str]], frozenset[str]], *, now: datetime
    ) -> frozenset[str]:
        """Retire the versions of the master key that no living epoch needs; return those that went now.

        Args:
            retire: handed the versions to drop and those to keep; returns those that are gone. Called with the
                writers' queue held.
            now: the moment.
        """
        with self._database.writing() as connection:
            keep = frozenset(one.master for one in _all_epochs(connection) if one.destroyed is None)
            statement = select(masters.c.name).where(masters.c.retired.is_(None))
            drop = frozenset(connection.execute(statement).scalars()) - keep
            # A version without a name wrapped before names were recorded: which one it was, nobody knows.
            gone = frozenset() if "" in keep or not drop else retire(drop, keep)
            if gone:
                went = update(masters).where(masters.c.name.in_(sorted(gone)))
                connection.execute(went.values(retired=to_micros(now)))
        return gone

    def settle(self, number: int, *, now: datetime) -> None:
        """Note that the change into epoch `number` is finished."""
        with self._database.writing() as connection:
            statement = update(epochs).where(epochs.c.number == number, epochs.c.settled.is_(None))
            connection.execute(statement.values(settled=to_micros(now)))

    def scrub(self) -> None:
        """Write the database anew, so that nothing that was deleted or replaced lingers in it or in its log."""
        self._database.write_anew([table.name for table in (epochs, customer_keys, named_keys, masters)])

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
            for start in range(0, len(customers), _MANY):
                # By customer alone: a list of pairs is planned pair by pair, which takes longer than the looking up.
                some = select(customer_keys).where(customer_keys.c.customer.in_(customers[start : start + _MANY]))
                for row in connection.execute(some):
                    if (row.customer, row.kind) in wanted:
                        found[row.customer, row.kind] = (row.epoch, row.wrapped)
        return found

    def find_one(self, customer: int, kind: str) -> tuple[int, bytes] | None:
        """Return (epoch, wrapped key) of one customer and kind; None when there is no such key."""
        with self._database.reading() as connection:
            row = _ONE.first(connection, {"customer": customer, "kind": kind})
        return None if row is None else (row[0], row[1])

    def of_kinds(self, kinds: Iterable[str]) -> dict[tuple[int, str], tuple[int, bytes]]:
        """Return every key of `kinds`, for reading many."""
        statement = select(customer_keys).where(customer_keys.c.kind.in_(list(kinds)))
        with self._database.reading() as connection:
            return {(row.customer, row.kind): (row.epoch, row.wrapped) for row in connection.execute(statement)}

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
        statement = delete(customer_keys).where(customer_keys.c.customer == customer)
        with self._database.writing() as connection:
            gone = connection.execute(statement.where(customer_keys.c.kind.not_in(list(keep)))).rowcount
            if gone:
                newest = select(func.max(epochs.c.number)).scalar_subquery()
                count = epochs.c.keys_destroyed + gone
                connection.execute(update(epochs).where(epochs.c.number == newest).values(keys_destroyed=count))
        # Also when there was nothing left to delete: a crash may have come between the two.
        self._database.empty_log()
        return gone

    def count(self, customer: int) -> int:
        """Return how many keys `customer` has."""
        statement = select(func.count()).select_from(customer_keys).where(customer_keys.c.customer == customer)
        with self._database.reading() as connection:
            return connection.execute(statement).scalar() or 0

    def living(self, *, before: int | None = None) -> int:
        """Return how many keys of customers there are; with `before`, only those under an older epoch."""
        statement = select(func.count()).select_from(customer_keys)
        if before is not None:
            statement = statement.where(customer_keys.c.epoch < before)
        with self._database.reading() as connection:
            return connection.execute(statement).scalar() or 0

    def named(self, name: str) -> tuple[int, bytes] | None:
        """Return the installation's own key called `name` as (epoch, wrapped)."""
        with self._database.reading() as connection:
            row = connection.execute(select(named_keys).where(named_keys.c.name == name)).first()
        return None if row is None else (row.epoch, row.wrapped)

    def add_named(self, name: str, wrapped: bytes, *, epoch: int) -> bool:
        """Record the installation's own key `name`, unless it is there already; False as for `add`."""
        with self._database.writing() as connection:
            if not _is_newest(connection, epoch):
                return False
            insert_new(connection, named_keys, [{"name": name, "epoch": epoch, "wrapped": wrapped}])
        return True


def _all_epochs(connection: Connection) -> list[Epoch]:
    return [
        Epoch(
            row.number,
            row.wrapped,
            row.master,
            _moment(row.began),
            _moment(row.settled),
            _moment(row.destroyed),
            row.keys_destroyed,
        )
        for row in connection.execute(select(epochs).order_by(epochs.c.number.desc()))
    ]


def _is_newest(connection: Connection, epoch: int) -> bool:
    row = _STATE.first(connection, {})
    return row is not None and row[0] == epoch


def _used(connection: Connection, known: Sequence[Epoch]) -> frozenset[str]:
    return frozenset(connection.execute(select(masters.c.name)).scalars()) | {one.master for one in known}


def _note_master(connection: Connection, name: str, now: datetime) -> None:
    insert_new(connection, masters, [{"name": name, "first_used": to_micros(now), "retired": None}])


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
