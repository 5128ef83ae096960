"""Plain English for what the customer's pages show: dates, counts, money, sources, grounds.

The company's own words come from the promise (`troth.promise.words`). These are about one customer's own things.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from zoneinfo import ZoneInfo

from troth.gate.reasons import Code, Refusal
from troth.gate.use import Item, Value
from troth.promise import words
from troth.promise.model import Basis, Data, Promise, Purpose, Source
from troth.web.customer.views import SourceWords

SOURCES: Mapping[Source, SourceWords] = MappingProxyType(
    {
        Source.TOLD: SourceWords(Source.TOLD, "You told us", "you told us"),
        Source.TRANSACTED: SourceWords(Source.TRANSACTED, "From what you bought", "from what you bought"),
        Source.OBSERVED: SourceWords(Source.OBSERVED, "From what you did here", "from what you did here"),
        Source.TECHNICAL: SourceWords(Source.TECHNICAL, "From your device", "from your device"),
        Source.GUESSED: SourceWords(Source.GUESSED, "We guessed", "we guessed"),
        Source.RECEIVED: SourceWords(Source.RECEIVED, "From others", "from others"),
    }
)
"""The six sources in the order in which a page shows them: nearest to the customer first."""

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SIGNS = MappingProxyType({"GBP": "£", "EUR": "€", "USD": "$"})
_ONE_AND_MANY = MappingProxyType(
    {
        "Order Completed": ("thing", "things"),
        "Order Refunded": ("thing", "things"),
        "Product Viewed": ("page", "pages"),
    }
)
_RETURN = "Order Refunded"
_PRODUCT = ("products.product_id", "product_id")


def day(at: datetime, zone: ZoneInfo) -> str:
    """Return the day in the company's time zone, e.g. ``3 May 2026``."""
    local = at.astimezone(zone)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return day and minute, e.g. ``3 May 2026 at 09:02``."""
    return f"{day(at, zone)} at {at.astimezone(zone):%H:%M}"


def counted(number: int, one: str, many: str) -> str:
    """Return the number with its word, e.g. ``1 order``, ``1,204 orders``."""
    return f"{number:,} {one if number == 1 else many}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return words as a person lists them, e.g. ``a, b and c``; empty for none."""
    if len(words) < 2:  # noqa: PLR2004 - one word needs no joining
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def money(amount: Value, currency: str) -> str:
    """Return an amount with its sign, e.g. ``£5.50``; empty when it is no amount.

    A currency without a sign here keeps its code, so that no amount is ever shown as another money.
    """
    try:
        exact = Decimal(str(amount)).quantize(Decimal("0.01"))
    except InvalidOperation:
        return ""
    if not exact.is_finite():
        return ""
    return f"{_SIGNS[currency]}{exact:,}" if currency in _SIGNS else f"{exact:,} {currency}".strip()


def ground(purpose: Purpose, language: str) -> str:
    """Return what lets us use an item for `purpose` while it is used."""
    return "On: you said yes" if purpose.basis is Basis.CONSENT else words.basis_in_words(purpose, language)


def off(refusal: Refusal, promise: Promise, language: str) -> str:
    """Return why a use does not happen now, in words."""
    if refusal.code is Code.NO_CHOICE:
        return "Off until you say yes"
    if refusal.code in {Code.REFUSED, Code.WITHDRAWN}:
        return "Off: you said no"
    return f"Off: {refusal.says(promise, language)}"


def kept(data: Data, promise: Promise, language: str) -> str:
    """Return how long a kind is kept, as a sentence."""
    return f"{words.keep_in_words(data.keep, language, promise=promise)}. Then we delete it."


def seen_by(data: str, promise: Promise, language: str) -> str:
    """Return who in the company may see this kind, as sentences."""
    return sentences(words.who_sees(promise, data, language)) or "Nobody here looks at yours."


def received_by(data: str, promise: Promise, language: str) -> str:
    """Return who outside the company receives this kind, as sentences."""
    return sentences(words.who_receives(promise, data, language)) or f"Nobody outside {promise.company.name}."


def sentences(parts: Sequence[str]) -> str:
    """Return `parts` as sentences, each with one full stop."""
    return " ".join(f"{part.rstrip('.')}." for part in parts)


def product_of(item: Item) -> str:
    """Return the product an item is about; empty when it is about none."""
    return next((str(item.values[key]) for key in _PRODUCT if item.values.get(key) is not None), "")


def what(item: Item, names: Mapping[str, str]) -> str:
    """Return what an item is, in one line: a product's name, or its own words."""
    product = product_of(item)
    if product:
        name = names.get(product, product)
        return f"Returned: {name}" if item.event == _RETURN else name
    return listed([str(value) for value in item.values.values() if value is not None])


def rest(item: Item) -> str:
    """Return how many and for how much, where an item says so, e.g. ``2 × £5.50``."""
    price = item.values.get("products.price")
    if price is None:
        return ""
    amount = money(price, str(item.values.get("currency") or ""))
    quantity = item.values.get("products.quantity")
    return amount if quantity in {None, 1} else f"{quantity} × {amount}"


def value(kind: Data, items: Sequence[Item], names: Mapping[str, str]) -> str:
    """Return what we have of a kind, in one line."""
    if not items:
        return "Nothing yet"
    if not kind.events:
        return listed([what(item, names) for item in items])
    returned = sum(item.event == _RETURN for item in items)
    one, many = _ONE_AND_MANY.get(items[0].event, ("entry", "entries"))
    text = counted(len(items) - returned, one, many)
    orders = {order for item in items if (order := item.values.get("order_id")) is not None}
    if orders:
        text += f" in {counted(len(orders), 'order', 'orders')}"
    return f"{text}, {returned:,} returned" if returned else text


def how(kind: Data, items: Sequence[Item], language: str) -> str:
    """Return how we got a kind, in the promise's words; before there is anything, how we would get it."""
    told = kind.how.say(language).rstrip(".")
    return f"{told}." if items else f"It would come to us like this: “{told}.”"


def detail(kind: Data, items: Sequence[Item], zone: ZoneInfo) -> str:
    """Return since when, and when last, as one sentence; empty for nothing."""
    if not items:
        return ""
    first, last = day(min(item.at for item in items), zone), day(max(item.at for item in items), zone)
    if not kind.events or first == last:
        return f"Since {last}."
    return f"The first on {first}, the latest on {last}."
