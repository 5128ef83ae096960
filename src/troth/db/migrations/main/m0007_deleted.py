"""What was deleted on request and must not come back by an old file, and the keys that are to be destroyed for it."""

import sqlalchemy as sa
from alembic import op

from troth.db.tables import Number

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "deleted",
        sa.Column("customer", Number, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("until", Number, nullable=False),
        sa.PrimaryKeyConstraint("customer", "kind", "mark", name="pk_deleted"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "keys_to_destroy",
        sa.Column("customer", Number, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer", "kind", name="pk_keys_to_destroy"),
        sqlite_with_rowid=False,
    )
