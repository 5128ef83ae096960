"""One line of an orders file becomes one `Arrival`, or is rejected with its reason.

Laws:

1. A line's identity is customer, order, product, time, quantity (below 0 for a return), price, and its ordinal among
   identical lines so far. The same file therefore gives the same identities each time, and a file that holds all of
   an earlier one gives the earlier ones again. Currency, title and category are not part of it: naming them later
   does not make a line new.
2. What is bought is `Order Completed`; what is returned or cancelled is `Order Refunded` with the quantity above 0.
3. Nothing is filled in, with one exception that a layout must declare: Shopify writes what belongs to the order only
   on the order's first line.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from troth.gate.use import Arrival, Value
from troth.ingest.amounts import read_price, read_quantity
from troth.ingest.columns import Columns
from troth.ingest.layouts import Role
from troth.ingest.reasons import Cell, Reason, Rejected, UnfitError
from troth.ingest.times import DateOrder, read_time, refuse_future

COMPLETED = "Order Completed"
REFUNDED = "Order Refunded"

_LONGEST_ID = 255
_LONGEST_TITLE = 300
_MOST_REMEMBERED = 50_000
_LARGEST_EXACT = 2**53
_WHOLE = re.compile(r"([0-9]+)\.0+")
# What a spreadsheet makes of a long number. Its last digits are gone, so it no longer names anybody.
_CUT = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]+")
_NOTHING = frozenset({"", "nan", "null", "none", "n/a", "<na>"})
_NOT_COMPLETED = frozenset(
    {
        "abandoned",
        "authorized",
        "cancelled",
        "canceled",
        "checkout-draft",
        "draft",
        "expired",
        "failed",
        "on hold",
        "on-hold",
        "pending",
        "pending payment",
        "trash",
        "unpaid",
        "voided",
    }
)
_RETURNED = frozenset({"refunded", "returned"})

_T = TypeVar("_T")


class _Remembered(dict[Cell, _T]):
    """What `read` made of each distinct cell; most cells of a file occur many times. Bounded."""

    def __init__(self, read: Callable[[Cell], _T]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: Cell) -> _T:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        value = self[cell] = self._read(cell)
        return value

    def __repr__(self) -> str:
        return f"_Remembered({len(self)} cells)"


class OrderLine(NamedTuple):
    """What one line says.

    Attributes:
        arrival: what goes to the gate.
        title: the product's title; empty when the line has none.
        category: the product's category; empty when the line has none.
        is_fee: whether the code is no product (postage, bank charges).
    """

    arrival: Arrival
    title: str
    category: str
    is_fee: bool


@dataclass(frozen=True, slots=True)
class _Above:
    """The order's own cells on the line above, for layouts that leave them blank further down."""

    order: str
    cells: dict[int, Cell]


class Ordinals:
    """Counts identical lines; about 100 bytes a line, wherever a batch ends.

    Each line is remembered by 96 bits of BLAKE2b. Two different lines out of a thousand million share them with a
    probability below 10⁻¹¹.
    """

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self._again: dict[bytes, int] = {}

    def of(self, line: str) -> int:
        """Return how many lines identical to `line` came before it."""
        mark = hashlib.blake2b(line.encode(), digest_size=12).digest()
        if mark not in self._seen:
            self._seen.add(mark)
            return 0
        ordinal = self._again.get(mark, 0) + 1
        self._again[mark] = ordinal
        return ordinal


class OrderReader:
    """Reads the lines of one file, in order. Make a new one for each pass over a file.

    Args:
        columns: which column says what.
        zone: the company's time zone, for times without one.
        date_order: what comes first in dates with the year last; None when the file has none.
        now: the present moment; later lines than a day ahead are rejected.
    """

    def __init__(self, columns: Columns, zone: ZoneInfo, *, date_order: DateOrder | None, now: datetime) -> None:
        layout = columns.layout
        index = columns.index
        self._layout = layout
        # Plain numbers, looked up once: hashing an enum member costs as much as reading a cell.
        self._at_customer, self._at_order = index[Role.CUSTOMER], index[Role.ORDER]
        self._at_product, self._at_time = index[Role.PRODUCT], index[Role.TIME]
        self._at_quantity, self._at_price = index[Role.QUANTITY], index[Role.PRICE]
        self._at_currency, self._at_status = index.get(Role.CURRENCY), index.get(Role.STATUS)
        self._at_title, self._at_category = index.get(Role.TITLE), index.get(Role.CATEGORY)
        once = (Role.CUSTOMER, Role.TIME, Role.CURRENCY, Role.STATUS)
        self._said_once = tuple(index[role] for role in once if role in index)
        self._zone = zone
        self._date_order = date_order
        self._now = now
        self._pattern = re.compile(layout.product_pattern) if layout.product_pattern else None
        self._ordinals = Ordinals()
        self._above = _Above("", {})
        self._customers = _Remembered(self._customer)
        self._orders = _Remembered(lambda cell: _id(cell, Reason.NO_ORDER, Reason.BAD_ORDER))
        self._products = _Remembered(lambda cell: _id(cell, Reason.NO_PRODUCT, Reason.BAD_PRODUCT))
        self._fees = _Remembered(self._is_fee)
        self._times = _Remembered(self._time)
        self._quantities = _Remembered(read_quantity)
        self._prices = _Remembered(read_price)
        self._currencies = _Remembered(self._currency)
        self._statuses = _Remembered(_is_returned)
        self._titles = _Remembered(_title)

    def read(self, line: int, cells: Sequence[Cell]) -> OrderLine | Rejected:
        """Return what the line says, or why it can't be used."""
        try:
            return self._read(cells)
        except UnfitError as unfit:
            return Rejected(line, unfit.reason, cells)

    def _read(self, cells: Sequence[Cell]) -> OrderLine:
        layout = self._layout
        if layout.blank_repeats:
            cells = self._filled(cells)
        customer = self._customers[cells[self._at_customer]]
        order = self._orders[cells[self._at_order]]
        product = self._products[cells[self._at_product]]
        at, iso = self._times[cells[self._at_time]]
        quantity = self._quantities[cells[self._at_quantity]]
        price = self._prices[cells[self._at_price]]
        currency = layout.currency if self._at_currency is None else self._currencies[cells[self._at_currency]]
        returned = quantity < 0 or (layout.refund_prefix != "" and order.startswith(layout.refund_prefix))
        if self._at_status is not None:
            returned = self._statuses[cells[self._at_status]] or returned
        how_many = abs(quantity)
        properties: dict[str, Value] = {
            "order_id": order,
            "products.product_id": product,
            "products.quantity": how_many,
            "products.price": price,
        }
        if currency:
            properties["currency"] = currency
        signed = str(-how_many if returned else how_many)
        line = (customer, order, product, iso, signed, price)
        # Ids hold no control characters, so a line break keeps the parts apart.
        identity = (*line, str(self._ordinals.of("\n".join(line))))
        arrival = Arrival(customer, REFUNDED if returned else COMPLETED, at, properties, identity)
        title = "" if self._at_title is None else self._titles[cells[self._at_title]]
        category = "" if self._at_category is None else self._titles[cells[self._at_category]]
        return OrderLine(arrival, title, category, self._fees[product])

    def _filled(self, cells: Sequence[Cell]) -> Sequence[Cell]:
        order = _text(cells[self._at_order])
        if not order or order != self._above.order:
            self._above = _Above(order, {position: cells[position] for position in self._said_once})
            return cells
        filled = list(cells)
        for position in self._said_once:
            if not _text(filled[position]):
                filled[position] = self._above.cells[position]
        return filled

    def _customer(self, cell: Cell) -> str:
        customer = _id(cell, Reason.NO_CUSTOMER, Reason.BAD_CUSTOMER)
        if customer in self._layout.guests:
            raise UnfitError(Reason.NO_CUSTOMER)
        return customer

    def _time(self, cell: Cell) -> tuple[datetime, str]:
        moment = read_time(cell, self._zone, self._date_order)
        refuse_future(moment, self._now)
        return moment, moment.isoformat()

    def _is_fee(self, product: Cell) -> bool:
        return self._pattern is not None and self._pattern.match(str(product)) is None

    def _currency(self, cell: Cell) -> str:
        code = _text(cell).upper()
        if code in {"", "NAN", "NONE", "NULL"}:
            return self._layout.currency
        if not re.fullmatch("[A-Z]{3}", code):
            raise UnfitError(Reason.BAD_CURRENCY)
        return code


def _id(cell: Cell, missing: Reason, bad: Reason) -> str:
    """Return an id in Unicode NFC, without the ``.0`` that spreadsheets add to whole numbers."""
    text = _text(cell)
    if text.casefold() in _NOTHING:
        raise UnfitError(missing)
    if whole := _WHOLE.fullmatch(text):
        text = whole[1]
    text = unicodedata.normalize("NFC", text)
    controls = not text.isprintable() and any(unicodedata.category(character) == "Cc" for character in text)
    if controls or _CUT.fullmatch(text) or len(text.encode()) > _LONGEST_ID:
        raise UnfitError(bad)
    return text


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, float):
        # Beyond 2**53 a float no longer holds each whole number, so an id in it is cut like the spreadsheet's.
        return str(int(cell)) if cell.is_integer() and abs(cell) < _LARGEST_EXACT else repr(cell)
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace").strip()
    return str(cell)


def _is_returned(cell: Cell) -> bool:
    status = _text(cell).casefold().removeprefix("wc-").replace("_", " ")
    if status in _NOT_COMPLETED:
        raise UnfitError(Reason.NOT_COMPLETED)
    return status in _RETURNED


def _title(cell: Cell) -> str:
    text = " ".join(_text(cell).split())
    clean = "".join(character for character in text if character.isprintable())[:_LONGEST_TITLE]
    return "" if clean.casefold() in _NOTHING else clean
