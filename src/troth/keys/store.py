"""The key table: wrapped keys, in a database of its own."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Column, Table, bindparam, delete, func, insert, select, tuple_
from sqlalchemy.types import Text as SqlText

from troth.db.engine import Database
from troth.db.statements import Prepared, insert_new
from troth.db.tables import KEYS, Number

epochs = Table(
    "epochs",
    KEYS,
    Column("number", Number, primary_key=True),
    Column("wrapped", nullable=False),
)

customer_keys = Table(
    "customer_keys",
    KEYS,
    Column("customer", Number, primary_key=True),
    Column("kind", SqlText, primary_key=True),
    Column("epoch", Number, nullable=False),
    Column("wrapped", nullable=False),
    sqlite_with_rowid=False,
)

named_keys = Table(
    "named_keys",
    KEYS,
    Column("name", SqlText, primary_key=True),
    Column("epoch", Number, nullable=False),
    Column("wrapped", nullable=False),
)

_MANY = 400
"""Pairs a query asks for at once; SQLite bounds the variables of one statement."""

_ONE = Prepared(
    select(customer_keys.c.epoch, customer_keys.c.wrapped).where(
        customer_keys.c.customer == bindparam("customer"), customer_keys.c.kind == bindparam("kind")
    )
)


class KeyStore:
    """Statements on the key database. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest_epoch(self) -> tuple[int, bytes] | None:
        """Return the newest epoch's number and wrapped key; None in a new installation."""
        with self._database.reading() as connection:
            row = connection.execute(select(epochs).order_by(epochs.c.number.desc()).limit(1)).first()
        return None if row is None else (row.number, row.wrapped)

    def epoch(self, number: int) -> bytes | None:
        """Return the wrapped key of epoch `number`."""
        with self._database.reading() as connection:
            return connection.execute(select(epochs.c.wrapped).where(epochs.c.number == number)).scalar()

    def add_first_epoch(self, wrapped: bytes) -> None:
        """Record epoch 1, unless another process just did."""
        with self._database.writing() as connection:
            if not connection.execute(select(func.count()).select_from(epochs)).scalar():
                connection.execute(insert(epochs), [{"number": 1, "wrapped": wrapped}])

    def find(self, pairs: Sequence[tuple[int, str]]) -> dict[tuple[int, str], tuple[int, bytes]]:
        """Return (customer, kind) → (epoch, wrapped key) for those of `pairs` that have a key."""
        found: dict[tuple[int, str], tuple[int, bytes]] = {}
        with self._database.reading() as connection:
            for start in range(0, len(pairs), _MANY):
                wanted = tuple_(customer_keys.c.customer, customer_keys.c.kind).in_(pairs[start : start + _MANY])
                for row in connection.execute(select(customer_keys).where(wanted)):
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

    def add(self, rows: Sequence[tuple[int, str, int, bytes]]) -> None:
        """Record new keys (customer, kind, epoch, wrapped); those that are there already stay as they are."""
        with self._database.writing() as connection:
            insert_new(
                connection,
                customer_keys,
                [
                    {"customer": customer, "kind": kind, "epoch": epoch, "wrapped": wrapped}
                    for customer, kind, epoch, wrapped in rows
                ],
            )

    def destroy(self, customer: int, keep: Iterable[str] = ()) -> int:
        """Delete the keys of `customer` but those of the kinds in `keep`; return how many went.

        When it returns they are also gone from the log of the database.
        """
        statement = delete(customer_keys).where(customer_keys.c.customer == customer)
        with self._database.writing() as connection:
            gone = connection.execute(statement.where(customer_keys.c.kind.not_in(list(keep)))).rowcount
        # Also when there was nothing left to delete: a crash may have come between the two.
        self._database.empty_log()
        return gone

    def count(self, customer: int) -> int:
        """Return how many keys `customer` has."""
        statement = select(func.count()).select_from(customer_keys).where(customer_keys.c.customer == customer)
        with self._database.reading() as connection:
            return connection.execute(statement).scalar() or 0

    def named(self, name: str) -> tuple[int, bytes] | None:
        """Return the installation's own key called `name` as (epoch, wrapped)."""
        with self._database.reading() as connection:
            row = connection.execute(select(named_keys).where(named_keys.c.name == name)).first()
        return None if row is None else (row.epoch, row.wrapped)

    def add_named(self, name: str, epoch: int, wrapped: bytes) -> None:
        """Record the installation's own key `name`, unless it is there already."""
        with self._database.writing() as connection:
            insert_new(connection, named_keys, [{"name": name, "epoch": epoch, "wrapped": wrapped}])
