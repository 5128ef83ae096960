"""The promises that were in force, each with its text: what an earlier yes was given to."""

import sqlalchemy as sa
from alembic import op

from troth.db.tables import Number

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "promises",
        sa.Column("seq", Number, nullable=False, autoincrement=True),
        sa.Column("number", Number, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("recorded", Number, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_promises"),
        sqlite_autoincrement=True,
    )
