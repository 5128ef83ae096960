"""The table of products."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Boolean, Column, Table, select
from sqlalchemy.types import Text as SqlText

from troth.catalogue.model import Product
from troth.db.engine import Database
from troth.db.statements import upsert
from troth.db.tables import MAIN

products = Table(
    "products",
    MAIN,
    Column("product_id", SqlText, primary_key=True),
    Column("title", SqlText, nullable=False),
    Column("category", SqlText, nullable=False),
    Column("is_fee", Boolean, nullable=False),
)


class Catalogue:
    """Keeps products.

    Args:
        database: the main database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, new: Iterable[Product]) -> None:
        """Add products; what is known of the same code is replaced."""
        rows = [
            {"product_id": one.product_id, "title": one.title, "category": one.category, "is_fee": one.is_fee}
            for one in new
        ]
        with self._database.writing() as connection:
            upsert(connection, products, rows)

    def all(self) -> Mapping[str, Product]:
        """Return code → product, for all, in the order of their codes."""
        with self._database.reading() as connection:
            rows = connection.execute(select(products).order_by(products.c.product_id))
            return {row.product_id: Product(row.product_id, row.title, row.category, row.is_fee) for row in rows}
