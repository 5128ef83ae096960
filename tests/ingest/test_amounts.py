from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.ingest.amounts import read_price, read_quantity
from troth.ingest.reasons import Cell, Reason, UnfitError


@pytest.mark.parametrize(
    ("cell", "quantity"),
    [
        ("6", 6), (" 6 ", 6), ("6.0", 6), ("6.", 6), ("-1", -1), ("+12", 12), ("007", 7), (6, 6), (-80995, -80995),
        (6.0, 6), (Decimal("6.00"), 6), ("10000000", 10_000_000), ("-10000000", -10_000_000),
    ],
)  # fmt: skip
def test_a_whole_number_is_a_quantity(cell: Cell, quantity: int) -> None:
    assert read_quantity(cell) == quantity


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (None, Reason.BAD_QUANTITY),
        ("", Reason.BAD_QUANTITY),
        ("six", Reason.BAD_QUANTITY),
        ("1.5", Reason.BAD_QUANTITY),
        ("1,000", Reason.BAD_QUANTITY),
        ("1_000", Reason.BAD_QUANTITY),
        ("٦", Reason.BAD_QUANTITY),
        ("0x10", Reason.BAD_QUANTITY),
        ("1e3", Reason.BAD_QUANTITY),
        ("9" * 10_000, Reason.BAD_QUANTITY),
        (float("nan"), Reason.BAD_QUANTITY),
        (float("inf"), Reason.BAD_QUANTITY),
        (True, Reason.BAD_QUANTITY),
        (b"6", Reason.BAD_QUANTITY),
        ("0", Reason.ZERO_QUANTITY),
        ("-0.0", Reason.ZERO_QUANTITY),
        (0, Reason.ZERO_QUANTITY),
        (10_000_001, Reason.HUGE_QUANTITY),
        ("-99999999999999", Reason.HUGE_QUANTITY),
        (1e30, Reason.HUGE_QUANTITY),
    ],
)
def test_what_is_no_quantity_is_unfit(cell: Cell, reason: Reason) -> None:
    with pytest.raises(UnfitError) as caught:
        read_quantity(cell)
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("cell", "price"),
    [
        ("2.55", "2.55"), ("2.50", "2.5"), ("2", "2"), ("10", "10"), ("100.00", "100"), (".5", "0.5"), ("5.", "5"),
        ("0", "0"), ("0.00", "0"), ("-0", "0"), (0.0, "0"), (2.55, "2.55"), (0.1 + 0.2, "0.3"), (3, "3"),
        (1e-05, "0.00001"), (Decimal("2.5500"), "2.55"), ("2,55", "2.55"), ("1.234,50", "1234.5"),
        ("1,234.50", "1234.5"), ("0,1234", "0.1234"),
        ("£2.55", "2.55"), ("2,55 €", "2.55"), ("$ 1,234.50", "1234.5"), ("999999999.99", "999999999.99"),
        ("2.0000005", "2"), ("2.0000015", "2.000002"),
    ],
)  # fmt: skip
def test_a_price_has_one_spelling(cell: Cell, price: str) -> None:
    assert read_price(cell) == price


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (None, Reason.BAD_PRICE),
        ("", Reason.BAD_PRICE),
        ("free", Reason.BAD_PRICE),
        ("NaN", Reason.BAD_PRICE),
        ("inf", Reason.BAD_PRICE),
        ("1e400", Reason.BAD_PRICE),
        ("1e3", Reason.BAD_PRICE),
        ("1.2.3", Reason.BAD_PRICE),
        ("1,23,456.00", Reason.BAD_PRICE),
        ("9" * 10_000, Reason.BAD_PRICE),
        (float("nan"), Reason.BAD_PRICE),
        (float("-inf"), Reason.BAD_PRICE),
        (Decimal("NaN"), Reason.BAD_PRICE),
        (Decimal("1e400"), Reason.BAD_PRICE),
        (1e300, Reason.BAD_PRICE),
        (1e-300, Reason.BAD_PRICE),
        (True, Reason.BAD_PRICE),
        ("1,234", Reason.UNCLEAR_PRICE),
        ("1,234,567", Reason.UNCLEAR_PRICE),
        ("-11062.06", Reason.NEGATIVE_PRICE),
        (-0.01, Reason.NEGATIVE_PRICE),
        ("1000000000", Reason.HUGE_PRICE),
        (1e12, Reason.HUGE_PRICE),
    ],
)
def test_what_is_no_price_is_unfit(cell: Cell, reason: Reason) -> None:
    with pytest.raises(UnfitError) as caught:
        read_price(cell)
    assert caught.value.reason is reason


@given(st.decimals(0, 999_999, places=4))
def test_a_price_keeps_its_value_and_its_spelling(price: Decimal) -> None:
    spelled = read_price(str(price))
    assert Decimal(spelled) == price
    assert read_price(spelled) == spelled


@given(st.text(max_size=50) | st.floats() | st.integers() | st.decimals() | st.binary())
def test_any_cell_is_an_amount_or_unfit(cell: Cell) -> None:
    for read in (read_price, read_quantity):
        try:
            read(cell)
        except UnfitError:
            continue
