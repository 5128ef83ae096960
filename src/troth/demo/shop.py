"""An invented garden shop: 400 products, customers, two years of orders. Same seed and `now`, same shop.

The laws of the invention:

* Every customer grows one kind of thing, and most of what they buy belongs to it. That is the planted structure.
* Everybody also buys some of what everyone needs, and now and then something of another kind. So the most sold
  products say little about a person, and what a person bought says much.
* Nothing is older than two years or younger than `now`, so that no keep of the example promise has run out.
* A page view, and a topic told, stands only after a yes to it: an honest shop has no other.

People are ids and a mail address at example.com. No name, place or age is invented, because nothing needs one.
"""

import csv
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from itertools import accumulate
from random import Random

from troth.demo.truth import EVERYONE, GROWERS, Truth

CURRENCY = "GBP"
OLDEST_DAYS = 700
"""Days before `now` of the oldest order; under the two years that a relationship lasts."""

_VIEW_DAYS = 80
_ROUND_DAYS = 28
"""The shop asks in rounds, so many days apart."""
_MOST_ORDERS = 9
_MOST_LINES = 5
_SHARE_OWN_KIND = 0.78
_SHARE_EVERYONE = 0.14
_ASKED = {
    ("suggestions", "orders"): (0.70, 0.14),
    ("suggestions", "page_views"): (0.34, 0.38),
    ("newsletter", "topics"): (0.42, 0.16),
}
"""(Purpose, kind of data) → (share that said yes, share that said no); the rest has not answered yet."""


@dataclass(frozen=True, slots=True)
class Product:
    """One thing the shop sells.

    Attributes:
        product: its id, readable, e.g. ``terracotta-pot-20-cm``.
        pence: the price in pence.
        shelf: where it stands in the shop.
        picture: the drawing that shows it, an id of the pictures sprite.
        tone: the colour of its bloom, fruit or glaze.
        grower: the kind of gardener it belongs to, or ``everyone``.
    """

    product: str
    name: str
    pence: int
    shelf: str
    picture: str
    tone: str
    grower: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of one order; `at` is the same for all lines of an order."""

    customer: str
    order: str
    at: datetime
    product: str
    quantity: int
    pence: int


@dataclass(frozen=True, slots=True)
class View:
    """One product page that a customer looked at, after saying yes to it."""

    customer: str
    at: datetime
    product: str


@dataclass(frozen=True, slots=True)
class Told:
    """Something a customer told the shop: `trait` is ``email`` or ``topics``."""

    customer: str
    at: datetime
    trait: str
    value: str


@dataclass(frozen=True, slots=True)
class Said:
    """A customer's answer to the question of one clause."""

    customer: str
    purpose: str
    data: str
    yes: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Shop:
    """Everything that happened in the invented shop, each list in the order of time."""

    products: tuple[Product, ...]
    lines: tuple[OrderLine, ...]
    views: tuple[View, ...]
    told: tuple[Told, ...]
    said: tuple[Said, ...]
    truth: Truth

    def answer(self, customer: str, data: str) -> bool | None:
        """Return what the customer said about using `data`; None when they have not said."""
        found = (said.yes for said in self.said if said.customer == customer and said.data == data)
        return next(found, None)


def products() -> tuple[Product, ...]:
    """Return the shop's products, in the order of its shelves."""
    text = resources.files("troth.demo").joinpath("products.csv").read_text(encoding="utf-8")
    return tuple(
        Product(
            product=row["product"],
            name=row["name"],
            pence=int(row["pence"]),
            shelf=row["shelf"],
            picture=row["picture"],
            tone=row["tone"],
            grower=row["grower"],
        )
        for row in csv.DictReader(text.splitlines())
    )


class _Pool:
    """Products of one kind of gardener, some of them asked for more often than others."""

    def __init__(self, members: Sequence[Product], random: Random) -> None:
        self.members = sorted(members, key=lambda product: product.pence * random.uniform(0.2, 5))
        # What costs little sells more often, with some luck. A flat power law: the favourite sells about six times
        # as often as the last.
        self._steps = list(accumulate(1 / (rank + 3) ** 0.7 for rank in range(len(members))))

    def draw(self, random: Random) -> Product:
        return self.members[bisect(self._steps, random.random() * self._steps[-1])]


def build(*, now: datetime, customers: int = 2000, seed: int = 7) -> Shop:
    """Invent the shop.

    Args:
        now: the moment at which the two years end; timezone-aware.
        customers: how many; 1 to 9999, so that ids keep one width.
        seed: any integer; the same seed gives the same shop.

    Raises:
        ValueError: `customers` is out of range, or `now` has no time zone.
    """
    if not 1 <= customers <= 9999:  # noqa: PLR2004 - the four digits of an id
        msg = "customers must be 1 to 9999"
        raise ValueError(msg)
    if now.tzinfo is None:
        msg = "a time without a time zone"
        raise ValueError(msg)
    random = Random(seed)  # noqa: S311 - invents a shop again from its seed; nothing here is a secret
    stock = products()
    pools = {
        grower: _Pool([product for product in stock if product.grower == grower], random)
        for grower in (*GROWERS, EVERYONE)
    }
    lines: list[OrderLine] = []
    views: list[View] = []
    told: list[Told] = []
    said: list[Said] = []
    grows: dict[str, str] = {}
    for number in range(1, customers + 1):
        customer = f"c{number:04}"
        grower = random.choice(tuple(GROWERS))
        grows[customer] = grower
        bought = _orders(customer, pools, grower, random=random, now=now)
        lines += bought
        first = bought[0].at
        told.append(Told(customer, first, "email", f"{customer}@example.com"))
        answers = _answers(customer, random=random, first=first, now=now)
        said += answers
        agreed = {answer.data: answer.at for answer in answers if answer.yes}
        if "topics" in agreed:
            told.append(Told(customer, agreed["topics"], "topics", grower))
        if "page_views" in agreed:
            views += _views(customer, pools, grower, random=random, since=agreed["page_views"], now=now)
    belongs = {
        grower: frozenset(product.product for product in pool.members)
        for grower, pool in pools.items()
        if grower != EVERYONE
    }
    return Shop(
        products=stock,
        lines=tuple(sorted(lines, key=lambda line: line.at)),
        views=tuple(sorted(views, key=lambda view: view.at)),
        told=tuple(sorted(told, key=lambda item: item.at)),
        said=tuple(sorted(said, key=lambda answer: answer.at)),
        truth=Truth(grows, belongs, len(stock)),
    )


def _orders(customer: str, pools: dict[str, _Pool], grower: str, *, random: Random, now: datetime) -> list[OrderLine]:
    """Return one to nine orders, oldest first; a product is bought once, as with plants and pots it mostly is."""
    count = min(_MOST_ORDERS, 1 + int(random.expovariate(1 / 3.2)))
    times = sorted(_some_time(random, now, days=OLDEST_DAYS) for _ in range(count))
    seen: set[str] = set()
    lines: list[OrderLine] = []
    for ordinal, at in enumerate(times, start=1):
        for _ in range(random.randint(1, _MOST_LINES)):
            product = _pick(pools, grower, random)
            if product.product in seen:
                continue
            seen.add(product.product)
            quantity = random.choice((1, 1, 1, 1, 2, 2, 3)) if product.pence < 1000 else 1  # noqa: PLR2004 - dear things come singly
            lines.append(
                OrderLine(customer, f"{customer[1:]}-{ordinal}", at, product.product, quantity, product.pence)
            )
    return lines


def _pick(pools: dict[str, _Pool], grower: str, random: Random) -> Product:
    chance = random.random()
    if chance < _SHARE_OWN_KIND:
        return pools[grower].draw(random)
    if chance < _SHARE_OWN_KIND + _SHARE_EVERYONE:
        return pools[EVERYONE].draw(random)
    return pools[random.choice(tuple(GROWERS))].draw(random)


def _some_time(random: Random, now: datetime, *, days: int) -> datetime:
    """Return a moment of the last `days` days, at least an hour ago, on a whole minute."""
    minutes = random.randrange(60, days * 24 * 60)
    return (now - timedelta(minutes=minutes)).replace(second=0, microsecond=0)


def _answers(customer: str, *, random: Random, first: datetime, now: datetime) -> list[Said]:
    """Return what the customer said when asked, each after the first order: value first, then questions."""
    answers: list[Said] = []
    rounds = [now - timedelta(days=days) for days in range(_ROUND_DAYS, OLDEST_DAYS, _ROUND_DAYS)]
    asked = [at for at in rounds if at > first] or [now - timedelta(hours=1)]
    for (purpose, data), (yes, no) in _ASKED.items():
        chance, at = random.random(), random.choice(asked)
        if chance < yes + no:
            answers.append(Said(customer, purpose, data, chance < yes, at))
    return answers


def _views(
    customer: str, pools: dict[str, _Pool], grower: str, *, random: Random, since: datetime, now: datetime
) -> list[View]:
    days = min(_VIEW_DAYS, (now - since).days)
    if days < 1:
        return []
    return [
        View(customer, _some_time(random, now, days=days), _pick(pools, grower, random).product)
        for _ in range(random.randint(2, 14))
    ]
