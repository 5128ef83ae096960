"""First light: customers, choices, items, products, the model, keys of programs, erasures, the outbox."""

import sqlalchemy as sa
from alembic import op

from troth.db.tables import Number

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    _people()
    _choices()
    _engine()
    op.create_table(
        "products",
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("is_fee", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("product_id", name="pk_products"),
    )
    op.create_table(
        "access_keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("may", sa.Text(), nullable=False),
        sa.Column("since", Number, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_access_keys"),
        sa.UniqueConstraint("hash", name="uq_access_keys_hash"),
    )
    op.create_table(
        "outbox",
        sa.Column("seq", Number, nullable=False, autoincrement=True),
        sa.Column("at", Number, nullable=False),
        sa.Column("customer", Number, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("removal", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_removal", "outbox", ["removal", "seq"])


def _people() -> None:
    op.create_table(
        "customers",
        sa.Column("number", Number, nullable=False, autoincrement=True),
        sa.Column("since", Number, nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("sealed_id", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_customers"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "identifiers",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("customer", Number, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_identifiers"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_identifiers_customer", "identifiers", ["customer"])
    op.create_table(
        "suppressions",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("since", Number, nullable=False),
        sa.Column("remainder", Number, nullable=True),
        sa.PrimaryKeyConstraint("hash", name="pk_suppressions"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "items",
        sa.Column("customer", Number, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", Number, nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("customer", "kind", "at", "mark", name="pk_items"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "erasures",
        sa.Column("customer", Number, nullable=False),
        sa.Column("asked", Number, nullable=False),
        sa.Column("done", Number, nullable=True),
        sa.PrimaryKeyConstraint("customer", name="pk_erasures"),
    )


def _choices() -> None:
    op.create_table(
        "choices",
        sa.Column("seq", Number, nullable=False, autoincrement=True),
        sa.Column("customer", Number, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("yes", sa.SmallInteger(), nullable=False),
        sa.Column("at", Number, nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("promise", Number, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_choices"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_choices_customer", "choices", ["customer", "seq"])
    op.create_table(
        "words_shown",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("yes", sa.Text(), nullable=False),
        sa.Column("no", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_words_shown"),
    )


def _engine() -> None:
    op.create_table(
        "contributions",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("customer", Number, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "customer", name="pk_contributions"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "models",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("epoch", Number, nullable=False),
        sa.Column("seq", Number, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", name="pk_models"),
    )
