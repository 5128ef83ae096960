"""The ledger's log: entries with their leaves, tiles, the map of heads; instead of the notes of looks that had none.

Those notes are not carried over: they were never in a log, and no version that wrote them was released.
"""

import sqlalchemy as sa
from alembic import op

from troth.db.tables import Number

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the tables."""
    op.drop_table("ledger")
    op.create_table(
        "ledger_logs",
        sa.Column("log", Number, nullable=False, autoincrement=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("size", Number, nullable=False),
        sa.Column("signer", Number, nullable=False),
        sa.PrimaryKeyConstraint("log", name="pk_ledger_logs"),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("customer", Number, nullable=False),
        sa.Column("log", Number, nullable=False),
        sa.Column("number", Number, nullable=False),
        sa.Column("leaf", Number, nullable=False),
        sa.Column("at", Number, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("customer", "log", "number", name="pk_ledger_entries"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ledger_entries_at", "ledger_entries", ["at"])
    op.create_table(
        "ledger_streams",
        sa.Column("customer", Number, nullable=False, autoincrement=False),
        sa.Column("stream", sa.LargeBinary(), nullable=False),
        sa.Column("number", Number, nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("customer", name="pk_ledger_streams"),
    )
    op.create_table(
        "ledger_moved",
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_ledger_moved"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_leaves",
        sa.Column("leaf", Number, nullable=False, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("leaf", name="pk_ledger_leaves"),
    )
    op.create_table(
        "ledger_noted",
        sa.Column("customer", Number, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", Number, nullable=False),
        sa.Column("times", Number, nullable=False),
        sa.PrimaryKeyConstraint("customer", "what", name="pk_ledger_noted"),
        sqlite_with_rowid=False,
    )
    _create_what_is_published()


def _create_what_is_published() -> None:
    op.create_table(
        "ledger_tiles",
        sa.Column("log", Number, nullable=False),
        sa.Column("level", Number, nullable=False),
        sa.Column("tile", Number, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "level", "tile", name="pk_ledger_tiles"),
    )
    op.create_table(
        "ledger_trees",
        sa.Column("log", Number, nullable=False, autoincrement=False),
        sa.Column("size", Number, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("heads", Number, nullable=False),
        sa.Column("signed", Number, nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("log", name="pk_ledger_trees"),
    )
    op.create_table(
        "ledger_heads",
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column("part", Number, nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_ledger_heads"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ledger_heads_part", "ledger_heads", ["part"])
    op.create_table(
        "ledger_parts",
        sa.Column("part", Number, nullable=False, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("streams", Number, nullable=False),
        sa.PrimaryKeyConstraint("part", name="pk_ledger_parts"),
    )
