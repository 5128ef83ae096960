import tracemalloc
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ingest.shops import NOW
from troth.ingest.columns import choose_columns
from troth.ingest.orders import OrderLine, OrderReader, Ordinals
from troth.ingest.reasons import Cell, Reason, Rejected
from troth.ingest.times import DateOrder

UCI = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"]
LINE = {
    "InvoiceNo": "536365",
    "StockCode": "85123A",
    "Description": "WHITE HANGING HEART",
    "Quantity": "6",
    "InvoiceDate": "2010-12-01 08:26:00",
    "UnitPrice": "2.55",
    "CustomerID": "17850",
}


def reader(header: list[str] | None = None, *, date_order: DateOrder | None = None) -> OrderReader:
    columns = choose_columns(header or UCI, {})
    return OrderReader(columns, ZoneInfo("Europe/London"), date_order=date_order, now=NOW)


def read(changed: dict[str, Cell], *, by: OrderReader | None = None) -> OrderLine | Rejected:
    return (by or reader()).read(7, [changed.get(name, LINE[name]) for name in UCI])


def good(changed: dict[str, Cell], *, by: OrderReader | None = None) -> OrderLine:
    line = read(changed, by=by)
    assert isinstance(line, OrderLine)
    return line


def test_a_line_becomes_an_arrival_named_as_the_promise_names_it() -> None:
    arrival = good({}).arrival
    assert arrival.customer == "17850"
    assert arrival.event == "Order Completed"
    assert arrival.at == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert arrival.properties == {
        "order_id": "536365",
        "products.product_id": "85123A",
        "products.quantity": 6,
        "products.price": "2.55",
        "currency": "GBP",
    }
    assert arrival.identity == ("17850", "536365", "85123A", "2010-12-01T08:26:00+00:00", "6", "2.55", "0")


def test_a_column_without_a_role_is_not_in_the_arrival() -> None:
    line = reader([*UCI, "Country"]).read(2, [*LINE.values(), "United Kingdom"])
    assert "United Kingdom" not in repr(line)


@pytest.mark.parametrize(
    ("what", "changed", "event", "quantity"),
    [
        ("bought", {}, "Order Completed", 6),
        ("cancelled", {"InvoiceNo": "C536379", "Quantity": "-1"}, "Order Refunded", 1),
        ("cancelled with the quantity above 0", {"InvoiceNo": "C536379", "Quantity": "1"}, "Order Refunded", 1),
        ("returned", {"Quantity": "-80995"}, "Order Refunded", 80_995),
        ("free of charge", {"UnitPrice": "0.0"}, "Order Completed", 6),
    ],
)
def test_what_is_returned_or_cancelled_is_told_from_what_is_bought(
    what: str, changed: dict[str, Cell], event: str, quantity: int
) -> None:
    arrival = good(changed).arrival
    assert (what, arrival.event, arrival.properties["products.quantity"]) == (what, event, quantity)


def test_only_the_layout_makes_a_c_mean_cancelled() -> None:
    plain = ["order", "sku", "title", "qty", "date", "price", "customer"]
    line = reader(plain).read(2, ["CO-17", *list(LINE.values())[1:]])
    assert isinstance(line, OrderLine)
    assert line.arrival.event == "Order Completed"


@pytest.mark.parametrize(
    ("what", "cell", "customer"),
    [
        ("as a spreadsheet writes it", "17850.0", "17850"),
        ("a float of Parquet", 17850.0, "17850"),
        ("a whole number of Parquet", 17850, "17850"),
        ("with spaces around it", " 17850 ", "17850"),
        ("an address", "ana@example.com", "ana@example.com"),
        ("with leading zeros", "0017850", "0017850"),
        ("a decimal that is no whole number", "17850.5", "17850.5"),
        ("bytes", b"17850", "17850"),
        ("an accent in two parts", "Ame\u0301lie", "Am\u00e9lie"),
        ("255 bytes long", "x" * 255, "x" * 255),
    ],
)
def test_a_customers_id_has_one_spelling(what: str, cell: Cell, customer: str) -> None:
    assert (what, good({"CustomerID": cell}).arrival.customer) == (what, customer)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"CustomerID": ""}, Reason.NO_CUSTOMER),
        ({"CustomerID": None}, Reason.NO_CUSTOMER),
        ({"CustomerID": float("nan")}, Reason.NO_CUSTOMER),
        ({"CustomerID": "NULL"}, Reason.NO_CUSTOMER),
        ({"CustomerID": "x" * 256}, Reason.BAD_CUSTOMER),
        ({"CustomerID": "é" * 128}, Reason.BAD_CUSTOMER),
        ({"CustomerID": "17\n850"}, Reason.BAD_CUSTOMER),
        ({"CustomerID": "1.7850E+12"}, Reason.BAD_CUSTOMER),
        ({"CustomerID": 1e17}, Reason.BAD_CUSTOMER),
        ({"InvoiceNo": ""}, Reason.NO_ORDER),
        ({"InvoiceNo": "5\x1b365"}, Reason.BAD_ORDER),
        ({"StockCode": " "}, Reason.NO_PRODUCT),
        ({"StockCode": "8" * 256}, Reason.BAD_PRODUCT),
        ({"InvoiceDate": "soon"}, Reason.BAD_TIME),
        ({"InvoiceDate": "2026-12-24 10:00"}, Reason.FUTURE_TIME),
        ({"Quantity": "half"}, Reason.BAD_QUANTITY),
        ({"Quantity": "0"}, Reason.ZERO_QUANTITY),
        ({"Quantity": "123456789"}, Reason.HUGE_QUANTITY),
        ({"UnitPrice": "1e400"}, Reason.BAD_PRICE),
        ({"UnitPrice": "1,234"}, Reason.UNCLEAR_PRICE),
        ({"UnitPrice": "-0.01"}, Reason.NEGATIVE_PRICE),
        ({"UnitPrice": "1e9"}, Reason.BAD_PRICE),
        ({"UnitPrice": 1e9}, Reason.HUGE_PRICE),
    ],
)
def test_a_line_that_can_not_be_used_is_rejected_with_its_number_and_reason(
    changed: dict[str, Cell], reason: Reason
) -> None:
    line = read(changed)
    assert isinstance(line, Rejected)
    assert (line.line, line.reason) == (7, reason)


def test_no_reason_carries_a_value_of_the_line() -> None:
    line = read({"CustomerID": "17850", "Quantity": "a secret"})
    assert isinstance(line, Rejected)
    assert "17850" not in repr(line)
    assert "secret" not in repr(line) + line.reason.words


def test_identical_lines_are_told_apart_by_their_ordinal() -> None:
    one_file = reader()
    identities = [good({}, by=one_file).arrival.identity for _ in range(3)]
    assert [identity[-1] for identity in identities] == ["0", "1", "2"]
    assert len({identity[:-1] for identity in identities}) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"CustomerID": "17851"}, {"InvoiceNo": "536366"}, {"StockCode": "85123a"}, {"Quantity": "7"},
        {"Quantity": "-6"}, {"UnitPrice": "2.56"}, {"InvoiceDate": "2010-12-01 08:27"},
    ],
)  # fmt: skip
def test_a_line_that_differs_in_anything_that_counts_is_another_line(changed: dict[str, Cell]) -> None:
    one_file = reader()
    first, other = good({}, by=one_file).arrival.identity, good(changed, by=one_file).arrival.identity
    assert first[:-1] != other[:-1]
    assert other[-1] == "0"


@pytest.mark.parametrize(
    "changed",
    [
        {"Description": "another title"}, {"CustomerID": "17850.0"}, {"Quantity": "6.0"}, {"UnitPrice": 2.55},
        {"InvoiceDate": "2010-12-01T08:26:00Z"}, {"InvoiceDate": datetime(2010, 12, 1, 8, 26, tzinfo=UTC)},
    ],
)  # fmt: skip
def test_another_spelling_of_the_same_line_is_the_same_line(changed: dict[str, Cell]) -> None:
    assert good(changed).arrival.identity == good({}).arrival.identity


def test_a_line_break_in_one_part_can_not_pass_for_two_parts() -> None:
    ordinals = Ordinals()
    assert isinstance(read({"InvoiceNo": "a\nb"}), Rejected)
    assert [ordinals.of("a\nb"), ordinals.of("a"), ordinals.of("a\nb")] == [0, 0, 1]


def test_counting_identical_lines_takes_about_a_hundred_bytes_a_line() -> None:
    ordinals = Ordinals()
    tracemalloc.start()
    for number in range(200_000):
        ordinals.of(str(number))
    taken, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken / 200_000 < 110


@pytest.mark.parametrize(
    ("code", "is_fee"),
    [("85123A", False), ("22728", False), ("POST", True), ("D", True), ("BANK CHARGES", True), ("2272", True)],
)
def test_what_is_no_product_code_is_a_fee_and_stays_with_the_order(code: str, is_fee: bool) -> None:  # noqa: FBT001
    line = good({"StockCode": code})
    assert line.is_fee is is_fee
    assert line.arrival.properties["products.product_id"] == code


def test_without_a_pattern_nothing_is_a_fee() -> None:
    line = reader(["order", "sku", "title", "qty", "date", "price", "customer"]).read(
        2, ["1", "POST", *list(LINE.values())[2:]]
    )
    assert isinstance(line, OrderLine)
    assert not line.is_fee


@pytest.mark.parametrize(
    ("cell", "title"),
    [("  TEA \n  POT ", "TEA POT"), (None, ""), ("nan", ""), ("x" * 5_000, "x" * 300), ("A\x07B", "AB")],
)
def test_a_title_is_one_clean_short_line(cell: Cell, title: str) -> None:
    assert good({"Description": cell}).title == title


def test_shopify_writes_what_belongs_to_the_order_only_on_its_first_line() -> None:
    header = [
        "Name", "Email", "Financial Status", "Currency", "Created at",
        "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku",
    ]  # fmt: skip
    one_file = reader(header)
    lines = [
        ["", "", "", "", "", "1", "Tea", "62.95", "TEA-100"],
        ["#1001", "ana@example.com", "paid", "EUR", "2026-05-01 09:59:00 +0200", "1", "Tea", "62.95", "TEA-100"],
        ["#1001", "ana@example.com", "", "", "", "2", "Pot", "37.95", "POT-1"],
        ["#1002", "ben@example.com", "refunded", "GBP", "2026-05-02 10:00:00 +0100", "1", "Tea", "62.95", "TEA-100"],
        ["#1002", "ben@example.com", "", "", "2026-05-02 10:00:00 +0100", "1", "Pot", "37.95", "POT-1"],
        ["#1003", "ana@example.com", "voided", "EUR", "2026-05-03 09:59:00 +0200", "1", "Tea", "62.95", "TEA-100"],
        ["#1004", "", "paid", "EUR", "2026-05-03 09:59:00 +0200", "1", "Tea", "62.95", "TEA-100"],
    ]
    read_lines = [one_file.read(number, line) for number, line in enumerate(lines)]
    told = [
        (line.arrival.customer, line.arrival.event, line.arrival.properties["currency"], line.arrival.at.hour)
        if isinstance(line, OrderLine)
        else line.reason
        for line in read_lines
    ]
    assert told == [
        Reason.NO_CUSTOMER,
        ("ana@example.com", "Order Completed", "EUR", 7),
        ("ana@example.com", "Order Completed", "EUR", 7),
        ("ben@example.com", "Order Refunded", "GBP", 9),
        ("ben@example.com", "Order Refunded", "GBP", 9),
        Reason.NOT_COMPLETED,
        Reason.NO_CUSTOMER,
    ]


@pytest.mark.parametrize(
    ("status", "event"),
    [("completed", "Order Completed"), ("wc-processing", "Order Completed"), ("Refunded", "Order Refunded")],
)
def test_a_woocommerce_order_is_taken_by_its_status(status: str, event: str) -> None:
    line = woocommerce(status=status)
    assert isinstance(line, OrderLine)
    assert (line.arrival.event, line.arrival.properties["currency"]) == (event, "EUR")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"status": "wc-cancelled"}, Reason.NOT_COMPLETED),
        ({"status": "on-hold"}, Reason.NOT_COMPLETED),
        ({"status": "pending_payment"}, Reason.NOT_COMPLETED),
        ({"customer": "0"}, Reason.NO_CUSTOMER),
        ({"currency": "€"}, Reason.BAD_CURRENCY),
    ],
)
def test_a_woocommerce_order_that_did_not_happen_is_rejected(changed: dict[str, str], reason: Reason) -> None:
    line = woocommerce(**changed)
    assert isinstance(line, Rejected)
    assert line.reason is reason


def woocommerce(*, status: str = "completed", customer: str = "12", currency: str = "eur") -> OrderLine | Rejected:
    header = "order_id order_date status customer_id order_currency item_sku item_name item_quantity item_price"
    line = ["77", "2026-05-01 09:59", status, customer, currency, "TEA-100", "Tea", "1", "62.95"]
    return reader(header.split()).read(2, line)


def test_without_any_currency_none_is_made_up() -> None:
    line = reader(["order", "sku", "title", "qty", "date", "price", "customer"]).read(2, list(LINE.values()))
    assert isinstance(line, OrderLine)
    assert "currency" not in line.arrival.properties
