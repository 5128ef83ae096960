"""Two tables: each customer's part of a model, sealed, and the model that is served.

The statistic and its inverse are never written: the difference of two of them would be one customer's items. The
served model is one row that is replaced whole.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.types import Text as SqlText

from troth.clock import from_micros
from troth.db.outbox import outbox
from troth.db.statements import Prepared, insert_new, upsert
from troth.db.tables import MAIN, Number

contributions = Table(
    "contributions",
    MAIN,
    Column("purpose", SqlText, primary_key=True),
    Column("customer", Number, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

models = Table(
    "models",
    MAIN,
    Column("purpose", SqlText, primary_key=True),
    Column("epoch", Number, nullable=False),
    Column("seq", Number, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

_MANY = 400

_HEADER = Prepared(
    select(models.c.epoch, models.c.seq, models.c.digest).where(models.c.purpose == bindparam("purpose"))
)
_REMOVALS = Prepared(
    select(outbox.c.customer, outbox.c.at)
    .where(outbox.c.removal.is_(True), outbox.c.seq > bindparam("seq"))
    .order_by(outbox.c.seq)
)


@dataclass(frozen=True, slots=True)
class Header:
    """Which model it is.

    Attributes:
        epoch: its epoch's number.
        seq: the last row of the outbox that it has taken in.
        digest: names the statistic it was solved from; with the epoch, it names the weights.
    """

    epoch: int
    seq: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Removal:
    """A removal that a model has not taken in yet: whose, and when it happened."""

    customer: int
    at: datetime


def header(connection: Connection, purpose: str) -> Header | None:
    """Return which model `purpose` is served from; None when there was never a fit."""
    row = _HEADER.first(connection, {"purpose": purpose})
    return None if row is None else Header(*row)


def body(connection: Connection, purpose: str) -> bytes:
    """Return the served model's bytes; it must be there."""
    found: bytes = connection.execute(select(models.c.body).where(models.c.purpose == purpose)).scalar_one()
    return found


def removals(connection: Connection, seq: int) -> list[Removal]:
    """Return the removals after row `seq` of the outbox, oldest first."""
    return [Removal(who, from_micros(at)) for who, at in _REMOVALS.rows(connection, {"seq": seq})]


def swap(connection: Connection, purpose: str, *, old: Header | None, new: Header, served: bytes) -> bool:
    """Replace the model `old` by `new`; return False, having changed nothing, when another one is there already."""
    row = {"purpose": purpose, "epoch": new.epoch, "seq": new.seq, "digest": new.digest, "body": served}
    if old is None:
        return insert_new(connection, models, [row]) == 1
    return connection.execute(update(models).where(_is(purpose, old)).values(row)).rowcount == 1


def advance(connection: Connection, purpose: str, *, old: Header, seq: int) -> bool:
    """Note that the model `old` has taken in the outbox up to `seq`; return False when another one is there."""
    return connection.execute(update(models).where(_is(purpose, old)).values(seq=seq)).rowcount == 1


def _is(purpose: str, old: Header) -> ColumnElement[bool]:
    return (
        (models.c.purpose == purpose)
        & (models.c.epoch == old.epoch)
        & (models.c.seq == old.seq)
        & (models.c.digest == old.digest)
    )


def parts(connection: Connection, purpose: str) -> dict[int, bytes]:
    """Return customer → sealed part, for all."""
    wanted = select(contributions.c.customer, contributions.c.sealed).where(contributions.c.purpose == purpose)
    return {row.customer: row.sealed for row in connection.execute(wanted)}


def parts_of(connection: Connection, purpose: str, customers: Collection[int]) -> dict[int, bytes]:
    """Return customer → sealed part, for those of `customers` that have one."""
    found: dict[int, bytes] = {}
    asked = sorted(customers)
    for start in range(0, len(asked), _MANY):
        wanted = select(contributions.c.customer, contributions.c.sealed).where(
            contributions.c.purpose == purpose, contributions.c.customer.in_(asked[start : start + _MANY])
        )
        found |= {row.customer: row.sealed for row in connection.execute(wanted)}
    return found


def put_parts(connection: Connection, purpose: str, sealed: Mapping[int, bytes]) -> None:
    """Write sealed parts; one that is there is replaced."""
    rows = [{"purpose": purpose, "customer": customer, "sealed": part} for customer, part in sealed.items()]
    upsert(connection, contributions, rows)


def replace_parts(connection: Connection, purpose: str, sealed: Mapping[int, bytes]) -> None:
    """Write sealed parts in the place of all that were there."""
    connection.execute(delete(contributions).where(contributions.c.purpose == purpose))
    rows = [{"purpose": purpose, "customer": customer, "sealed": part} for customer, part in sealed.items()]
    if rows:
        connection.execute(insert(contributions), rows)


def drop_all(connection: Connection, purpose: str) -> None:
    """Delete the served model and everybody's part of it."""
    for table in (contributions, models):
        connection.execute(delete(table).where(table.c.purpose == purpose))


def drop_parts(connection: Connection, purpose: str, customers: Iterable[int]) -> None:
    """Delete the parts of `customers`."""
    asked = sorted(customers)
    for start in range(0, len(asked), _MANY):
        connection.execute(
            delete(contributions).where(
                contributions.c.purpose == purpose, contributions.c.customer.in_(asked[start : start + _MANY])
            )
        )
