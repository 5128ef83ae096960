"""What of the ledger's log was put on record to be signed, and since when each of its keys signs."""

import sqlalchemy as sa
from alembic import op

from troth.db.tables import Number

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "ledger_recorded",
        sa.Column("log", Number, nullable=False, autoincrement=False),
        sa.Column("size", Number, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", name="pk_ledger_recorded"),
    )
    op.create_table(
        "ledger_signers",
        sa.Column("signer", Number, nullable=False, autoincrement=False),
        sa.Column("since", Number, nullable=False),
        sa.PrimaryKeyConstraint("signer", name="pk_ledger_signers"),
    )
