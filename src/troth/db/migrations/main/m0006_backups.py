"""How far the journal has come in this data, and which backups were made of it."""

import sqlalchemy as sa
from alembic import op

from troth.db.tables import Number

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "journal_position",
        sa.Column("installation", sa.Text(), nullable=False),
        sa.Column("seq", Number, nullable=False),
        sa.PrimaryKeyConstraint("installation", name="pk_journal_position"),
    )
    op.create_table(
        "backups",
        sa.Column("seq", Number, nullable=False, autoincrement=True),
        sa.Column("at", Number, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("size", Number, nullable=False),
        sa.Column("epoch", Number, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_backups"),
        sqlite_autoincrement=True,
    )
