"""Stops: restrictions, objections, children, opt-out signals, holds, pauses, cut-off recipients."""

import sqlalchemy as sa
from alembic import op

from troth.db.tables import Number

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "stops",
        sa.Column("seq", Number, nullable=False, autoincrement=True),
        sa.Column("customer", Number, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("at", Number, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_stops"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stops_customer", "stops", ["customer", "seq"])
