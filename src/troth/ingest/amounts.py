"""Quantities and prices: exact, bounded, and refused where two readings are possible."""

import re
from decimal import ROUND_HALF_EVEN, Decimal

from troth.ingest.reasons import Cell, Reason, UnfitError

_MOST = 10_000_000
_DEAREST = Decimal(1_000_000_000)
# Finer than any currency's smallest unit; what lies below is the noise of binary fractions.
_FINEST = Decimal("0.000001")
_LONGEST = 40

_QUANTITY = re.compile(r"([+-]?[0-9]+)(?:\.0*)?")
_POINT = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+(?=\.))(?:\.[0-9]*)?|-?\.[0-9]+")
_COMMA = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+),(?:[0-9]{1,2}|[0-9]{4,})")
_UNCLEAR = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+")


def read_quantity(cell: Cell) -> int:
    """Return how many, signed: 1 to 10,000,000 bought, or as many below 0 returned.

    Raises:
        UnfitError: `bad_quantity`, `zero_quantity`, `huge_quantity`.
    """
    text = _number_text(cell)
    match = _QUANTITY.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise UnfitError(Reason.BAD_QUANTITY)
    quantity = int(match[1])
    if quantity == 0:
        raise UnfitError(Reason.ZERO_QUANTITY)
    if abs(quantity) > _MOST:
        raise UnfitError(Reason.HUGE_QUANTITY)
    return quantity


def read_price(cell: Cell) -> str:
    """Return the price of one, as a decimal without exponent or trailing zeros, e.g. ``2.5``.

    Rounded half-even to six places. ``1,234.50``, ``1.234,50`` and ``2,55`` are read; ``1,234`` is refused.

    Raises:
        UnfitError: `bad_price`, `unclear_price`, `negative_price`, `huge_price`.
    """
    text = _number_text(cell).strip("£$€ \u00a0")
    if len(text) > _LONGEST:
        raise UnfitError(Reason.BAD_PRICE)
    if _POINT.fullmatch(text):
        price = Decimal(text.replace(",", ""))
    elif _COMMA.fullmatch(text):
        price = Decimal(text.replace(".", "").replace(",", "."))
    else:
        raise UnfitError(Reason.UNCLEAR_PRICE if _UNCLEAR.fullmatch(text) else Reason.BAD_PRICE)
    if price < 0:
        raise UnfitError(Reason.NEGATIVE_PRICE)
    if price >= _DEAREST:
        raise UnfitError(Reason.HUGE_PRICE)
    rounded = price.quantize(_FINEST, ROUND_HALF_EVEN)
    return format(rounded.normalize() if rounded else Decimal(0), "f")


def _number_text(cell: Cell) -> str:
    """Return the number as text without exponent; "" for what is no number (NaN, infinity, true, a date)."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float):
        cell = Decimal(repr(cell))
    if isinstance(cell, Decimal):
        return format(cell, "f") if cell.is_finite() and abs(cell.adjusted()) < _LONGEST else ""
    return str(cell) if isinstance(cell, int) and not isinstance(cell, bool) else ""
