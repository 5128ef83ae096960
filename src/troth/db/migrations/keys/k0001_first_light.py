"""The key table: epochs, customers' keys, the installation's own keys."""

import sqlalchemy as sa
from alembic import op

from troth.db.tables import Number

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "epochs",
        sa.Column("number", Number, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_epochs"),
    )
    op.create_table(
        "customer_keys",
        sa.Column("customer", Number, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("epoch", Number, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("customer", "kind", name="pk_customer_keys"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "named_keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("epoch", Number, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_named_keys"),
    )
