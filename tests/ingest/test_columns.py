import pytest

from troth.errors import InputError
from troth.ingest.columns import choose_columns, parse_map
from troth.ingest.layouts import Role

UCI = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
SHOPIFY = """Name;Email;Financial Status;Paid at;Fulfillment Status;Fulfilled at;Accepts Marketing;Currency;Subtotal
Shipping;Taxes;Total;Discount Code;Discount Amount;Shipping Method;Created at;Lineitem quantity;Lineitem name
Lineitem price;Lineitem compare at price;Lineitem sku;Billing Name;Billing Zip;Id;Vendor;Phone"""
WOO = (
    "order_id,order_date,status,customer_id,customer_email,order_currency,item_sku,item_name,item_quantity,item_price"
)


@pytest.mark.parametrize(
    ("layout", "header", "names"),
    [
        ("UCI Online Retail", UCI, "CustomerID InvoiceNo StockCode Description Quantity UnitPrice InvoiceDate"),
        (
            "UCI Online Retail",
            ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"],
            "Customer ID|Invoice|StockCode|Description|Quantity|Price|InvoiceDate",
        ),
        (
            "Shopify orders",
            SHOPIFY.replace("\n", ";").split(";"),
            (
                "Email|Name|Lineitem sku|Lineitem name|Lineitem quantity|Lineitem price"
                "|Created at|Currency|Financial Status"
            ),
        ),
        (
            "WooCommerce orders",
            WOO.split(","),
            "customer_id order_id item_sku item_name item_quantity item_price order_date order_currency status",
        ),
        (
            "plain English names",
            ["Order-Number", "qty", "SKU", "unit_price", "Customer No.", "order date", "Product Name"],
            "Customer No.|Order-Number|SKU|Product Name|qty|unit_price|order date",
        ),
    ],
)
def test_a_known_layout_is_recognised(layout: str, header: list[str], names: str) -> None:
    columns = choose_columns(header, {})
    assert columns.layout.name == layout
    assert [columns.name_of(role) for role in columns.index] == names.split("|" if "|" in names else " ")


def test_the_layout_brings_its_product_codes_currency_and_sign_of_a_cancellation() -> None:
    layout = choose_columns(UCI, {}).layout
    assert (layout.product_pattern, layout.currency, layout.refund_prefix) == ("[0-9]{5}", "GBP", "C")


def test_what_a_person_sets_wins_over_the_guess() -> None:
    columns = choose_columns(
        [*UCI, "Shopper"],
        {Role.CUSTOMER: "Shopper", Role.TITLE: ""},
        product_pattern="[A-Z]",
        currency=" eur ",
    )
    assert columns.name_of(Role.CUSTOMER) == "Shopper"
    assert columns.name_of(Role.TITLE) == ""
    assert columns.given == {Role.CUSTOMER}
    assert (columns.layout.product_pattern, columns.layout.currency) == ("[A-Z]", "EUR")


def test_a_column_that_a_person_gave_a_role_is_taken_from_the_guess() -> None:
    columns = choose_columns(
        ["customer", "order", "sku", "name", "qty", "price", "date", "currency"], {Role.CATEGORY: "name"}
    )
    assert (columns.name_of(Role.CATEGORY), columns.name_of(Role.TITLE)) == ("name", "")


def test_a_column_name_may_be_written_a_little_differently() -> None:
    assert choose_columns(UCI, {Role.CUSTOMER: "customer id"}).name_of(Role.CUSTOMER) == "CustomerID"


def test_columns_that_nothing_reads_are_named() -> None:
    assert choose_columns(UCI, {}).unread == ("Country",)


def test_the_product_code_may_be_the_title_too() -> None:
    header = ["customer", "order", "name", "qty", "price", "date"]
    columns = choose_columns(header, {Role.PRODUCT: "name", Role.TITLE: "name"})
    assert columns.index[Role.PRODUCT] == columns.index[Role.TITLE] == 2


def test_a_map_reads_several_settings_and_column_names_with_commas() -> None:
    assert parse_map(["customer=Customer, old,order=Invoice No", "currency="]) == {
        Role.CUSTOMER: "Customer, old",
        Role.ORDER: "Invoice No",
        Role.CURRENCY: "",
    }


@pytest.mark.parametrize(
    ("settings", "code", "word"),
    [
        (["customer"], "map_unreadable", "customer=CustomerID"),
        (["costumer=CustomerID"], "map_unknown_role", "Did you mean “customer”?"),
        (["customer=A,customer=B"], "map_repeated", "Keep one"),
        (["customer=A", "customer=B"], "map_repeated", "Keep one"),
        (["=A"], "map_unknown_role", "Choose from"),
    ],
)
def test_a_map_that_can_not_be_meant_is_told(settings: list[str], code: str, word: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_map(settings)
    assert caught.value.code == code
    assert word in caught.value.mend


@pytest.mark.parametrize(
    ("header", "given", "code", "words"),
    [
        (UCI, {Role.CUSTOMER: "CustmerID"}, "column_unknown", "Did you mean “CustomerID”?"),
        (UCI, {Role.CUSTOMER: "Quantity"}, "columns_missing", "quantity"),
        (UCI, {Role.CUSTOMER: "Quantity", Role.QUANTITY: "Quantity"}, "column_used_twice", "Quantity"),
        (UCI[:6], {}, "columns_missing", "customer"),
        (["a", "b"], {}, "columns_missing", "customer, order, product, quantity, price, time"),
        (["536365", "85123A", "6"], {}, "columns_missing", "The columns are: 536365, 85123A, 6."),
        (["Custmer", "order", "sku", "qty", "price", "date"], {}, "columns_missing", "--map customer=Custmer"),
        (UCI, {Role.PRICE: ""}, "columns_missing", "price"),
    ],
)
def test_columns_that_do_not_fit_are_told_with_what_to_do(
    header: list[str], given: dict[Role, str], code: str, words: str
) -> None:
    with pytest.raises(InputError) as caught:
        choose_columns(header, given)
    assert caught.value.code == code
    assert words in str(caught.value)


def test_a_wide_file_does_not_fill_the_screen() -> None:
    with pytest.raises(InputError) as caught:
        choose_columns([f"column {number} " + "x" * 200 for number in range(5_000)], {})
    assert len(str(caught.value)) < 2_000


def test_a_product_pattern_or_currency_that_can_not_be_read_is_told() -> None:
    with pytest.raises(InputError, match="no regular expression"):
        choose_columns(UCI, {}, product_pattern="[")
    with pytest.raises(InputError, match="three letters"):
        choose_columns(UCI, {}, currency="pounds")
