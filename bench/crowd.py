"""Many customers, put in through the rooms' own bulk paths: what `gate.collect` decides for each line is left out.

Their rows, keys and ids are those of a real import; only the judging is skipped, which is measured elsewhere.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import troth.promise
from troth.app import App, build
from troth.catalogue.model import Product
from troth.settings import Settings
from troth.vault.model import Item, Kept, Value
from troth.vault.store import Vault

PRODUCTS = 300
_AT_ONCE = 4_000


@contextmanager
def shop(folder: Path) -> Iterator[App]:
    """Open an empty installation of the example promise, with keeps that outlast every bench."""
    example = Path(troth.promise.__file__).with_name("example.yaml").read_text(encoding="utf-8")
    long = example.replace("keep: 6 years", "keep: 60 years").replace("lasts: 2 years", "lasts: 60 years")
    (folder / "promise.yaml").write_text(long, encoding="utf-8")
    app = build(Settings(home=folder / "home", promise=folder / "promise.yaml"))
    app.catalogue.put(Product(f"p{place}", f"Product {place}") for place in range(PRODUCTS))
    try:
        yield app
    finally:
        app.close()


def vault_of(app: App) -> Vault:
    """Return the vault, which no face is handed."""
    return app.gate._vault  # noqa: SLF001 - a measurement of the vault itself


def join(app: App, many: int, *, orders: int = 5) -> list[int]:
    """Let `many` new customers come, each with some lines of orders; return their numbers."""
    now, numbers = app.clock.now(), list[int]()
    for start in range(0, many, _AT_ONCE):
        names = [f"c-{now:%H%M%S%f}-{place}" for place in range(start, min(start + _AT_ONCE, many))]
        with app._databases[0].writing() as connection:  # noqa: SLF001 - the bulk path, as no face may
            made = list(app.identity.add_in(connection, names, since=now).values())
            vault_of(app).put(connection, [line for number in made for line in lines(number, orders, now)])
        numbers += made
    return numbers


def lines(customer: int, many: int, now: datetime, *, kind: str = "orders") -> list[Kept]:
    """Return lines of orders of one customer, the same each time, one an hour."""
    dice = random.Random(customer)  # noqa: S311 - what was bought, the same each time
    return [
        Kept(customer, kind, _line(f"{customer}-{place}", now - timedelta(hours=place + 1), dice))
        for place in range(many)
    ]


def _line(name: str, at: datetime, dice: random.Random) -> Item:
    values: dict[str, Value] = {
        "order_id": f"o{name}",
        "products.product_id": f"p{dice.randrange(PRODUCTS)}",
        "products.quantity": dice.randrange(1, 4),
        "products.price": "2.50",
        "currency": "GBP",
    }
    return Item(at, "Order Completed", values, hashlib.blake2b(name.encode(), digest_size=16).digest())


def sizes(scale: str) -> Sequence[int]:
    """Return how many others there are, each time: what is measured must not depend on it."""
    return (1_000, 10_000, 100_000) if scale == "full" else (1_000, 10_000)
