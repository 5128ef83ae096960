"""The table of bearer keys. A key is 256 random bits, so its plain SHA-256 tells nothing about it."""

from datetime import datetime

from sqlalchemy import Column, Connection, Table, bindparam, delete, select
from sqlalchemy.types import Text as SqlText

from troth.clock import from_micros, to_micros
from troth.db.statements import Prepared, insert_new
from troth.db.tables import MAIN, Number

access_keys = Table(
    "access_keys",
    MAIN,
    Column("name", SqlText, primary_key=True),
    Column("hash", nullable=False, unique=True),
    Column("may", SqlText, nullable=False),
    Column("since", Number, nullable=False),
)

_OF_HASH = Prepared(select(access_keys.c.name, access_keys.c.may).where(access_keys.c.hash == bindparam("hash")))


def add(connection: Connection, name: str, hashed: bytes, *, may: frozenset[str], since: datetime) -> bool:
    """Record a key; return False when the name is taken."""
    row = {"name": name, "hash": hashed, "may": " ".join(sorted(may)), "since": to_micros(since)}
    return insert_new(connection, access_keys, [row]) == 1


def find(connection: Connection, hashed: bytes) -> tuple[str, frozenset[str]] | None:
    """Return the name and purposes of the key with this hash; None when there is none."""
    row = _OF_HASH.first(connection, {"hash": hashed})
    return None if row is None else (row[0], frozenset(row[1].split()))


def all_keys(connection: Connection) -> list[tuple[str, frozenset[str], datetime]]:
    """Return every key's name, purposes and age, by name."""
    rows = connection.execute(select(access_keys).order_by(access_keys.c.name))
    return [(row.name, frozenset(row.may.split()), from_micros(row.since)) for row in rows]


def remove(connection: Connection, name: str) -> bytes | None:
    """Delete the key called `name`; return its hash, None when there is none."""
    hashed: bytes | None = connection.execute(select(access_keys.c.hash).where(access_keys.c.name == name)).scalar()
    if hashed is not None:
        remove_hash(connection, hashed)
    return hashed


def remove_hash(connection: Connection, hashed: bytes) -> None:
    """Delete the key with this hash, when it is there."""
    connection.execute(delete(access_keys).where(access_keys.c.hash == hashed))
