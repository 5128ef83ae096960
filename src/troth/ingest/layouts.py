"""What the exports of well-known shop systems look like, and what plain English column names mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a column says of an order line."""

    CUSTOMER = "customer"
    ORDER = "order"
    PRODUCT = "product"
    TITLE = "title"
    CATEGORY = "category"
    QUANTITY = "quantity"
    PRICE = "price"
    TIME = "time"
    CURRENCY = "currency"
    STATUS = "status"


REQUIRED = (Role.CUSTOMER, Role.ORDER, Role.PRODUCT, Role.QUANTITY, Role.PRICE, Role.TIME)
"""Without one of these a line can't be told from another."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of one shop system's export.

    Attributes:
        names: role → the names its column has had, the likeliest first.
        product_pattern: what a product's code begins with; what does not match is a fee (postage, bank charges).
            Empty: every code is a product.
        currency: the currency where no column says it; empty when not known.
        refund_prefix: what the order number of a cancellation begins with; empty when there is no such rule.
        blank_repeats: whether an empty cell means "as on the line above" within the same order.
        guests: customer ids that stand for "no account".
    """

    name: str
    names: Mapping[Role, tuple[str, ...]] = field(repr=False)
    product_pattern: str = ""
    currency: str = ""
    refund_prefix: str = ""
    blank_repeats: bool = False
    guests: frozenset[str] = frozenset()


LAYOUTS = (
    # Chen, "Online Retail", UCI Machine Learning Repository, doi 10.24432/C5BW33; and its second edition.
    Layout(
        "UCI Online Retail",
        {
            Role.CUSTOMER: ("CustomerID", "Customer ID"),
            Role.ORDER: ("InvoiceNo", "Invoice"),
            Role.PRODUCT: ("StockCode",),
            Role.TITLE: ("Description",),
            Role.QUANTITY: ("Quantity",),
            Role.PRICE: ("UnitPrice", "Price"),
            Role.TIME: ("InvoiceDate",),
        },
        product_pattern="[0-9]{5}",
        currency="GBP",
        refund_prefix="C",
    ),
    # Shopify's own export writes what belongs to the order only on the order's first line.
    Layout(
        "Shopify orders",
        {
            Role.CUSTOMER: ("Email",),
            Role.ORDER: ("Name",),
            Role.PRODUCT: ("Lineitem sku",),
            Role.TITLE: ("Lineitem name",),
            Role.QUANTITY: ("Lineitem quantity",),
            Role.PRICE: ("Lineitem price",),
            Role.TIME: ("Created at",),
            Role.CURRENCY: ("Currency",),
            Role.STATUS: ("Financial Status",),
        },
        blank_repeats=True,
    ),
    # Export plugins for WooCommerce, one row per item. Customer 0 is WordPress for "not signed in".
    Layout(
        "WooCommerce orders",
        {
            Role.CUSTOMER: ("customer_id", "customer_user", "Customer User ID"),
            Role.ORDER: ("order_id", "order_number", "Order Number", "Order ID"),
            Role.PRODUCT: ("item_sku", "SKU", "item_product_id", "Product Id"),
            Role.TITLE: ("item_name", "Item Name"),
            Role.CATEGORY: ("category", "item_category"),
            Role.QUANTITY: ("item_quantity", "Quantity", "Quantity (- Refund)"),
            Role.PRICE: ("item_price", "Item Cost"),
            Role.TIME: ("order_date", "Order Date", "date_created"),
            Role.CURRENCY: ("order_currency", "currency"),
            Role.STATUS: ("status", "order_status", "Order Status"),
        },
        guests=frozenset({"0"}),
    ),
)

PLAIN = Layout(
    "plain English names",
    {
        Role.CUSTOMER: (
            "customer",
            "customer id",
            "customer number",
            "customer no",
            "user id",
            "user",
            "client id",
            "buyer id",
            "member id",
            "household id",
            "customer email",
            "email",
        ),
        Role.ORDER: (
            "order",
            "order id",
            "order number",
            "order no",
            "invoice",
            "invoice id",
            "invoice number",
            "invoice no",
            "transaction id",
            "basket id",
            "receipt",
            "receipt number",
        ),
        Role.PRODUCT: (
            "product",
            "product id",
            "product code",
            "sku",
            "item id",
            "item code",
            "item",
            "stock code",
            "article number",
            "variant id",
        ),
        Role.TITLE: ("title", "product title", "product name", "item name", "name", "description"),
        Role.CATEGORY: ("category", "product category", "product type", "department"),
        Role.QUANTITY: ("quantity", "qty", "units", "count", "amount ordered"),
        Role.PRICE: ("price", "unit price", "item price", "price each", "sales price"),
        Role.TIME: (
            "time",
            "timestamp",
            "date",
            "datetime",
            "order date",
            "order time",
            "ordered at",
            "created at",
            "invoice date",
            "purchase date",
            "transaction timestamp",
            "transaction date",
        ),
        Role.CURRENCY: ("currency", "currency code", "order currency"),
        Role.STATUS: ("status", "order status", "financial status", "payment status"),
    },
)
"""The guess for everybody else: names that mean one thing in English."""
