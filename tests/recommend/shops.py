"""Small shops in a real installation, whose right suggestions can be seen by eye."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from installations import IMPORT, NOW, ORDERS, order
from troth.app import App
from troth.catalogue.model import Product
from troth.catalogue.store import Catalogue
from troth.clock import FixedClock
from troth.consent.model import Answer
from troth.db.engine import Database
from troth.recommend.live import Frozen
from troth.recommend.rebuild import Verification, verify
from troth.recommend.service import Suggestions

SIZE = 12
SMALL = Frozen(ridge=1.0, keep=50, support=3, damping=0.2)


def database_of(app: App) -> Database:
    return app._databases[0]


def engine_of(app: App, catalogue: Catalogue | None = None) -> Suggestions:
    """Return a recommender of the installation, as another process would have one."""
    return Suggestions(
        database_of(app), gate=app.gate, ring=app._ring, catalogue=catalogue or app.catalogue, frozen=SMALL
    )


def product(place: int) -> str:
    return f"p{place:02d}"


def checkerboard(app: App, customers: int = 24) -> list[str]:
    """Fill the shop: even customers bought even products and agreed, odd ones odd products; each lacks one."""
    app.catalogue.put(Product(product(place), f"Product {place}") for place in range(SIZE))
    names = [f"c{number:02d}" for number in range(customers)]
    bought = []
    for number, name in enumerate(names):
        colour = list(range(number % 2, SIZE, 2))
        del colour[number // 2 % len(colour)]
        bought += [order(name, product(place)) for place in colour]
    app.gate.collect(IMPORT, bought, NOW)
    agree(app, names)
    return names


def agree(app: App, names: Iterable[str]) -> None:
    """Let customers say yes to the use of their orders, in one transaction."""
    shown = app.consent.words(ORDERS).digest
    made = [(number_of(app, name), ORDERS, Answer.YES, shown) for name in names]
    app.consent.choose_many(made, via="import", now=NOW)


def number_of(app: App, name: str) -> int:
    return app.identity.get(name)


def checked(app: App) -> Verification:
    """Compare the served model with an independent rebuild at this moment."""
    return verify(database_of(app), app.gate, purpose="suggestions", now=app.clock.now())


def pass_time(app: App, seconds: float) -> datetime:
    """Move the installation's clock on; return the new moment."""
    clock = app.clock
    assert isinstance(clock, FixedClock)
    clock.at += timedelta(seconds=seconds)
    return clock.at
