"""Somebody whose every value is found nowhere else, and a search that finds it in every usual spelling.

`PLANTED` are the values that nobody may read without the keys. They are unlike everything else, so that one hit is
one leak.
"""

import base64
import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from installations import IMPORT, ORDERS, PAGE_VIEWS, SUGGEST, WEB, order, say, told, view
from troth.actors import of_customer
from troth.app import App
from troth.cases.merging import Id
from troth.catalogue.model import Product
from troth.gate.use import Arrival, Use
from troth.identity.model import IdKind
from troth.stops.model import Kind

CUSTOMER = "zqx-Ünique-7731"
ERASED = "zqx-erased-7732"
PLANTED: Mapping[str, str] = {
    "the customer’s id": CUSTOMER,
    "the id of somebody who was erased": ERASED,
    "the e-mail address": "zqx.mail.7733@example.com",
    "a product that was bought": "ZQX-BOUGHT-7734",
    "a product that was looked at": "ZQX-SEEN-7735",
    "a product of the present visit": "ZQX-VISIT-7736",
    "an order’s number": "ZQX-ORDER-7737",
    "a price": "773.877387",
    "what the erased one bought": "ZQX-GONE-7739",
    "the id of a browser": "zqx-browser-7741",
    "the reason of a look": "zqx reason 7742",
    "the reason of a stop": "zqx stop reason 7761",
    "who put a stop": "zqx desk 7762",
    "the reason of a link": "zqx link reason 7763",
    "who linked two": "zqx desk 7764",
}
KEPT = (
    "the e-mail address",
    "a product that was bought",
    "a product that was looked at",
    "an order’s number",
    "a price",
)
CONTROL = "ZQX-CONTROL-7740"
"""A product’s title: the catalogue stands in clear, so the search must find it."""

PRODUCTS = [f"p{number}" for number in range(6)]
_ENOUGH = 16
"""Bytes of a hash that are looked for: a shortened one counts too."""


def plant(app: App, *, now: datetime) -> int:
    """Let the planted customer do everything that a customer can; return their number."""
    app.catalogue.put([*(Product(one, f"Product {one}") for one in PRODUCTS), Product("control", CONTROL)])
    others = [f"c{number}" for number in range(6)]
    lines = [
        order(who, PRODUCTS[(place + step) % 6], at=now - timedelta(days=3))
        for place, who in enumerate(others)
        for step in range(4)
    ]
    app.gate.collect(IMPORT, [*lines, *_things(CUSTOMER, now), *_things(ERASED, now)], now)
    for who in others:
        say(app, who, ORDERS, "yes")
    say(app, ERASED, ORDERS, "yes")
    customer = say(app, CUSTOMER, ORDERS, "yes")
    say(app, CUSTOMER, PAGE_VIEWS, "yes")
    browser = Id(PLANTED["the id of a browser"], IdKind.ANONYMOUS)
    app.merging.link(
        Id(CUSTOMER), browser, by=PLANTED["who linked two"], why=PLANTED["the reason of a link"], now=now
    )
    app.gate.collect(
        IMPORT, [view(CUSTOMER, PLANTED["a product that was looked at"], at=now), view(CUSTOMER, "p4")], now
    )
    app.suggestions.fit(now=now)
    app.suggestions.suggest(WEB, customer, most=5, now=now, session=[PLANTED["a product of the present visit"], "p5"])
    assert app.gate.read(SUGGEST, customer, now=now).items["page_views"]
    own = app.gate.read(Use(of_customer(customer), "rights", frozenset(app.promise.data)), customer, now=now)
    values = {str(value) for items in own.items.values() for item in items for value in item.values.values()}
    assert values >= {PLANTED[what] for what in KEPT}
    app.staff.add("sam", "support", trained_until=(now + timedelta(days=30)).date(), by="Isa", now=now)
    look = Use(app.staff.actor("sam"), "service", frozenset({"orders"}), reason=PLANTED["the reason of a look"])
    assert app.gate.read(look, customer, now=now).items["orders"]
    who, why = PLANTED["who put a stop"], PLANTED["the reason of a stop"]
    app.stops.put(Kind.OBJECTION, customer=customer, target="newsletter", by=who, why=why, now=now)
    app.stops.put(Kind.HOLD, customer=customer, by=who, why=why, now=now)
    app.stops.lift(Kind.HOLD, customer=customer, by=who, why=why, now=now)
    app.erasure.erase(app.identity.get(ERASED), now=now)
    app.suggestions.refresh(now=now)
    return customer


def _things(who: str, now: datetime) -> list[Arrival]:
    gone = who == ERASED
    bought = PLANTED["what the erased one bought" if gone else "a product that was bought"]
    first = order(who, bought, order_id=PLANTED["an order’s number"], at=now - timedelta(days=2))
    first = Arrival(
        who, first.event, first.at, {**first.properties, "products.price": PLANTED["a price"]}, first.identity
    )
    common = [order(who, product, order_id="o2", at=now - timedelta(days=2)) for product in PRODUCTS[:3]]
    return [first, *common, told(who, email=PLANTED["the e-mail address"], at=now - timedelta(days=1))]


def needles(text: str) -> Iterator[tuple[str, bytes]]:
    """Yield (how it is spelled, the bytes) for every spelling of `text` in which it could be read, or tested."""
    plain = text.encode()
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "latin-1"):
        yield encoding, text.encode(encoding)
    yield "JSON", json.dumps(text)[1:-1].encode()
    yield "an address", quote(text).encode()
    yield "backwards", text[::-1].encode()
    yield "a repr of bytes", repr(plain)[2:-1].encode()
    yield "hex", plain.hex().encode()
    yield "HEX", plain.hex().upper().encode()
    for shift in range(3):
        yield "base64", _base64_at(plain, shift)
    for name in ("md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256"):
        for spelled in {plain, text.lower().encode(), text.upper().encode()}:
            yield from _hash_needles(name, hashlib.new(name, spelled).digest()[:_ENOUGH])
    yield from _hash_needles("hmac without a key", hmac.digest(b"", plain, "sha256")[:_ENOUGH])


def _hash_needles(name: str, digest: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, digest
    yield f"{name} in hex", digest.hex().encode()
    yield f"{name} in HEX", digest.hex().upper().encode()
    yield f"{name} in base64", _base64_at(digest, 0)


def _base64_at(plain: bytes, shift: int) -> bytes:
    """Return the letters of base64 that depend on `plain` alone when `shift` bytes stand before it."""
    spelled = base64.b64encode(bytes(shift) + plain)
    end = len(spelled) - (4 if (len(plain) + shift) % 3 else 0)
    return spelled[4 if shift else 0 : end]


def readable(data: bytes, planted: Mapping[str, str] = PLANTED) -> list[str]:
    """Return in words what of `planted` can be read in `data`, also where it was compressed."""
    looked_at = [data, *_unpacked(data)]
    return sorted(
        {
            f"{what}, as {spelling}"
            for what, text in planted.items()
            for spelling, needle in needles(text)
            if any(needle in part for part in looked_at)
        }
    )


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Yield what unpacks from each place where a zlib or gzip stream could begin."""
    for found in re.finditer(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08", data):
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)
        try:
            part = unpacking.decompress(data[found.start() :], 1 << 20)
        except zlib.error:
            continue
        yield part


def readable_in_files(folders: Iterable[Path]) -> dict[str, list[str]]:
    """Return file → what of `PLANTED` can be read in it, or in its name, for all files below `folders`."""
    found = {}
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                name = str(path.relative_to(folder))
                found[name] = readable(name.encode()) + readable(path.read_bytes())
    return {name: what for name, what in found.items() if what}
