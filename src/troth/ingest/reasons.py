"""Why a line of a file was not handed to the gate: a closed list, in words for the person who owns the file.

Words never carry a value of the line: the line number leads to it. docs/guides/import.md explains each code; a test
keeps the two together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

Cell = str | int | float | bool | bytes | Decimal | date | None
"""One raw cell. CSV gives only strings; Parquet gives what its column holds (`datetime` is a `date`)."""

Row = tuple[int, Sequence[Cell]]
"""Line number and raw cells, as many as the header has."""


class Reason(StrEnum):
    """Why a line was rejected; the value is the stable code that the summary and the rejects file show."""

    RAGGED = "ragged"
    BROKEN_QUOTE = "broken_quote"
    NUL_BYTE = "nul_byte"
    FIELD_TOO_LONG = "field_too_long"
    NO_CUSTOMER = "no_customer"
    BAD_CUSTOMER = "bad_customer"
    NO_ORDER = "no_order"
    BAD_ORDER = "bad_order"
    NO_PRODUCT = "no_product"
    BAD_PRODUCT = "bad_product"
    BAD_TIME = "bad_time"
    FUTURE_TIME = "future_time"
    BAD_QUANTITY = "bad_quantity"
    ZERO_QUANTITY = "zero_quantity"
    HUGE_QUANTITY = "huge_quantity"
    BAD_PRICE = "bad_price"
    UNCLEAR_PRICE = "unclear_price"
    NEGATIVE_PRICE = "negative_price"
    HUGE_PRICE = "huge_price"
    BAD_CURRENCY = "bad_currency"
    NOT_COMPLETED = "not_completed"

    @property
    def words(self) -> str:
        """What is wrong, in one sentence."""
        return _WORDS[self]


_WORDS = {
    Reason.RAGGED: "The line has more or fewer cells than the header.",
    Reason.BROKEN_QUOTE: "A quotation mark is opened and not closed as it should be.",
    Reason.NUL_BYTE: "The line holds a NUL byte, which no text has.",
    Reason.FIELD_TOO_LONG: "A cell is longer than 131,072 characters, or the line longer than 1,048,575.",
    Reason.NO_CUSTOMER: "No customer is named; a guest's order can't be tied to anyone.",
    Reason.BAD_CUSTOMER: "The customer's id is over 255 bytes, has control characters, or was cut by a spreadsheet.",
    Reason.NO_ORDER: "No order number.",
    Reason.BAD_ORDER: "The order number is over 255 bytes, has control characters, or was cut by a spreadsheet.",
    Reason.NO_PRODUCT: "No product code.",
    Reason.BAD_PRODUCT: "The product code is over 255 bytes, has control characters, or was cut by a spreadsheet.",
    Reason.BAD_TIME: "The time is missing or can't be read.",
    Reason.FUTURE_TIME: "The time is more than a day in the future.",
    Reason.BAD_QUANTITY: "The quantity is missing or no whole number.",
    Reason.ZERO_QUANTITY: "The quantity is 0, so nothing was bought or returned.",
    Reason.HUGE_QUANTITY: "The quantity is above 10,000,000.",
    Reason.BAD_PRICE: "The price is missing or no number.",
    Reason.UNCLEAR_PRICE: "The price can be read in two ways (1,234 is 1.234 or 1234).",
    Reason.NEGATIVE_PRICE: "The price is below 0; a return has a negative quantity instead.",
    Reason.HUGE_PRICE: "The price is 1,000,000,000 or more.",
    Reason.BAD_CURRENCY: "The currency is no code of three letters, such as GBP.",
    Reason.NOT_COMPLETED: "The order was cancelled, failed, or is not paid yet.",
}


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that was not handed to the gate.

    Attributes:
        line: where it starts, from 1 (the header of a CSV is line 1; in Parquet the first row is line 1).
        cells: what stood there, for the rejects file only.
    """

    line: int
    reason: Reason
    cells: Sequence[Cell] = field(default=(), repr=False)


class UnfitError(Exception):
    """A cell that makes its line unfit; caught where the line is read."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason
