"""Links: which numbers are one person. Identifiers say of which kind they are."""

import sqlalchemy as sa
from alembic import op

from troth.db.tables import Number

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table and the columns. Every identifier so far is the company's own id of a customer."""
    op.create_table(
        "links",
        sa.Column("seq", Number, nullable=False, autoincrement=True),
        sa.Column("one", Number, nullable=False),
        sa.Column("other", Number, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("after", Number, nullable=False),
        sa.Column("at", Number, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_links"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_links_one", "links", ["one", "seq"])
    op.create_index("ix_links_other", "links", ["other", "seq"])
    op.add_column("customers", sa.Column("person", Number, nullable=True))
    op.create_index("ix_customers_person", "customers", ["person"])
    op.add_column("identifiers", sa.Column("kind", sa.Text(), nullable=False, server_default="customer"))
