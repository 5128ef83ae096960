"""Staff, and the ledger of who looked."""

import sqlalchemy as sa
from alembic import op

from troth.db.tables import Number

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "staff",
        sa.Column("seq", Number, nullable=False, autoincrement=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("trained_until", sa.Text(), nullable=True),
        sa.Column("at", Number, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_staff"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_staff_name", "staff", ["name", "seq"])
    op.create_table(
        "ledger",
        sa.Column("customer", Number, nullable=False),
        sa.Column("number", Number, nullable=False),
        sa.Column("at", Number, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("customer", "number", name="pk_ledger"),
        sqlite_with_rowid=False,
    )
