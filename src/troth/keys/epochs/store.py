"""The key table as whoever ends an epoch sees it. The laws are those of `troth.keys.store`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, literal_column, or_, select, update

from troth.clock import from_micros, to_micros
from troth.db.statements import Prepared
from troth.keys.provider import Wrapped
from troth.keys.store import (
    Epoch,
    KeyStore,
    customer_keys,
    epochs,
    every_epoch,
    masters,
    masters_used,
    moment,
    named_keys,
    note_master,
)

AT_ONCE = 5_000
"""Customers' keys wrapped anew in one transaction: some 50 ms, so that nobody who writes waits long."""

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
class Master:
    """One version of the master key: its name, when it first wrapped, when it was retired."""

    name: str
    first_used: datetime
    retired: datetime | None


class EpochStore(KeyStore):
    """The key table, and the statements that change all of it. Every method is one transaction."""

    def all_masters(self) -> list[Master]:
        """Return every version of the master key that was used since it is recorded, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(masters).order_by(masters.c.first_used.desc()))
            return [Master(row.name, from_micros(row.first_used), moment(row.retired)) for row in rows]

    def living(self, *, before: int | None = None) -> int:
        """Return how many keys of customers there are; with `before`, only those under an older epoch."""
        statement = select(func.count()).select_from(customer_keys)
        if before is not None:
            statement = statement.where(customer_keys.c.epoch < before)
        with self._database.reading() as connection:
            return connection.execute(statement).scalar() or 0

    def replace_epoch(self, make: Callable[[Epoch, frozenset[str]], Wrapped], *, now: datetime) -> Epoch:
        """Wrap the newest epoch's key anew; return the epoch as it is now.

        Args:
            make: handed the epoch and the versions of the master key used so far; returns the same key, wrapped anew.
                Called with the writers' queue held.
            now: the moment.
        """
        with self._database.writing() as connection:
            known = every_epoch(connection)
            made = make(known[0], masters_used(connection, known))
            note_master(connection, made.master, now)
            values = {"wrapped": made.data, "master": made.master}
            connection.execute(update(epochs).where(epochs.c.number == known[0].number).values(values))
            return every_epoch(connection)[0]

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
            keep = frozenset(one.master for one in every_epoch(connection) if one.destroyed is None)
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
        # The journal lies beside the keys and loses rows when backups have grown too old for them.
        own = [table.name for table in (epochs, customer_keys, named_keys, masters)]
        self._database.write_anew([*own, "journal"])
