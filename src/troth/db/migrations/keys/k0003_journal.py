"""The journal: what must never be undone, and is done again on an older copy of the data."""

import sqlalchemy as sa
from alembic import op

from troth.db.tables import Number

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "journal",
        sa.Column("seq", Number, nullable=False, autoincrement=True),
        sa.Column("at", Number, nullable=False),
        sa.Column("customer", Number, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_journal"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_customer", "journal", ["customer"])
