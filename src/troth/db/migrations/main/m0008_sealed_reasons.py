"""Who put a stop or a link, and why, is sealed; what stands in clear is sealed when the installation is opened."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the columns. No key is at hand here, so the words stay until `cases.sealing` has sealed them."""
    for table in ("stops", "links"):
        op.add_column(table, sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.add_column("journal_position", sa.Column("in_clear", sa.Boolean(), nullable=False, server_default=sa.true()))
