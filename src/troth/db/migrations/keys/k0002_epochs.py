"""Epochs that end: when each began and ended, which master key wrapped it, and which master keys there were."""

import sqlalchemy as sa
from alembic import op

from troth.db.tables import Number

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Widen the epochs, add the masters. What began before this step has no time: it is due at once."""
    for name in ("began", "settled", "destroyed"):
        op.add_column("epochs", sa.Column(name, Number, nullable=True))
    op.add_column("epochs", sa.Column("master", sa.Text(), nullable=False, server_default=""))
    op.add_column("epochs", sa.Column("keys_destroyed", Number, nullable=False, server_default="0"))
    op.execute("UPDATE epochs SET settled = 0")
    op.create_table(
        "masters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_used", Number, nullable=False),
        sa.Column("retired", Number, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_masters"),
    )
