"""Keys of which nothing may be sealed any more: noted with the last row that went, destroyed after it.

Laws:

1. Whoever deletes what is sealed under a customer's key looks, in the same transaction, whether anything is left
   under it, and notes the key here when nothing is. Killed after that commit, the note is there.
2. Whoever destroys a key that is noted here looks again, in a `writing` of the main database: something new may be
   sealed with it by then. Whoever seals does so in a `writing` too, so nothing can come in between.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Column, Connection, Table, bindparam, delete, select
from sqlalchemy.types import Text as SqlText

from troth.db.statements import Listed, Prepared, insert_new
from troth.db.tables import MAIN, Number

keys_to_destroy = Table(
    "keys_to_destroy",
    MAIN,
    Column("customer", Number, primary_key=True),
    Column("kind", SqlText, primary_key=True),
    sqlite_with_rowid=False,
)

_CUSTOMER, _KIND = keys_to_destroy.c.customer, keys_to_destroy.c.kind
_OF_CUSTOMERS = Listed(select(_CUSTOMER, _KIND), _CUSTOMER)
_STRIKE = Prepared(delete(keys_to_destroy).where(bindparam("of") == _CUSTOMER, bindparam("sort") == _KIND))
_STRIKE_CUSTOMER = Prepared(delete(keys_to_destroy).where(bindparam("of") == _CUSTOMER))


def note(connection: Connection, keys: Iterable[tuple[int, str]]) -> None:
    """Note that the key of each (customer, kind) is to be destroyed, unless something is sealed with it by then."""
    insert_new(connection, keys_to_destroy, [{"customer": who, "kind": kind} for who, kind in sorted(set(keys))])


def customers(connection: Connection) -> list[int]:
    """Return the numbers of customers of whom a key waits to be destroyed, smallest first."""
    return list(connection.execute(select(_CUSTOMER).distinct().order_by(_CUSTOMER)).scalars())


def of_customers(connection: Connection, numbers: Sequence[int]) -> set[tuple[int, str]]:
    """Return (customer, kind) of the keys of `numbers` that wait to be destroyed."""
    return {(who, kind) for who, kind in _OF_CUSTOMERS.rows(connection, numbers)}


def strike(connection: Connection, keys: Iterable[tuple[int, str]]) -> None:
    """Forget that these keys are to be destroyed: they were, or something is sealed with them again."""
    _STRIKE.run(connection, *({"of": who, "sort": kind} for who, kind in keys))


def strike_customer(connection: Connection, customer: int) -> None:
    """As `strike`, for all keys of one customer."""
    _STRIKE_CUSTOMER.run(connection, {"of": customer})
