"""A product, as pages and suggestions need it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Product:
    """One product.

    Attributes:
        product_id: the shop's own code, as orders carry it.
        title: what people call it.
        category: the shelf it stands on; may be empty.
        is_fee: postage, a bank charge, a correction: kept with the order, never suggested.
    """

    product_id: str
    title: str
    category: str = ""
    is_fee: bool = False
