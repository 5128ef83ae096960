"""What the tables of every room share. A room defines its own tables on `MAIN` in its `store.py`.

The key table lives apart from the data (`KEYS`), in a database of its own: an old backup of the data restored beside
the newest keys serves the living and not the erased.
"""

from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary, MetaData

_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

MAIN = MetaData(naming_convention=_NAMES)
"""The tables of the main database."""

KEYS = MetaData(naming_convention=_NAMES)
"""The tables of the key database."""

Number = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit number. SQLite numbers rows by itself only where the column's type is spelled INTEGER."""


class _PlainBytes(LargeBinary):
    """Bytes handed to SQLite as they are. SQLAlchemy wraps each value in a memoryview, half the cost of an insert."""

    def bind_processor(self, dialect: Dialect) -> None:
        """Return no processor: the driver takes bytes."""


Bytes = LargeBinary().with_variant(_PlainBytes(), "sqlite")
"""Bytes of any length."""
