"""The invented shop goes through the same door as a real one: `gate.collect`, with choices made before their data."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from troth.actors import of_job
from troth.app import App
from troth.catalogue.model import Product as CatalogueProduct
from troth.consent.model import Answer
from troth.demo.people import people
from troth.demo.shop import CURRENCY, Shop
from troth.gate.use import Arrival, Arrived, Use
from troth.promise.model import Clause

SUPPORT, MARKETER = "sam", "max"
"""Who works in the invented shop, by the names under which `troth staff` knows them."""
SIGNALLING = "wildlife"
"""The kind of gardener of the one person to shop as whose browser sends the opt-out signal."""

_BATCH = 4000
_TRAITS = "identify"
_TRAINED = timedelta(days=180)


def bought(shop: Shop) -> Iterator[Arrival]:
    """Yield what was ordered, and the mail addresses that came with it."""
    for line in shop.lines:
        yield Arrival(
            line.customer,
            "Order Completed",
            line.at,
            {
                "order_id": line.order,
                "products.product_id": line.product,
                "products.quantity": line.quantity,
                "products.price": f"{line.pence / 100:.2f}",
                "currency": CURRENCY,
            },
            (line.order, line.product),
        )
    for told in shop.told:
        if told.trait == "email":
            yield Arrival(told.customer, _TRAITS, told.at, {told.trait: told.value}, (_TRAITS, told.trait))


def agreed(shop: Shop) -> Iterator[Arrival]:
    """Yield what came only after a yes: pages looked at, and topics told."""
    for place, view in enumerate(shop.views):
        yield Arrival(view.customer, "Product Viewed", view.at, {"product_id": view.product}, (str(place),))
    for told in shop.told:
        if told.trait != "email":
            yield Arrival(told.customer, _TRAITS, told.at, {told.trait: told.value}, (_TRAITS, told.trait))


def fill(app: App, shop: Shop, *, say: Callable[[str], None]) -> None:
    """Put the shop into an empty installation.

    Args:
        app: the open installation, with the example promise.
        shop: what happened.
        say: told each step, in words.

    Raises:
        RuntimeError: something invented was refused at the door; then the invention is wrong, not the door.
    """
    app.catalogue.put(CatalogueProduct(one.product, one.name, one.shelf) for one in shop.products)
    say(f"{len(shop.products)} products are on the shelves")
    _collect(app, list(bought(shop)))
    say(f"{len(shop.lines):,} order lines came through the gate and are sealed")
    _choose(app, shop)
    say(f"{len(shop.said):,} answers are recorded: yes, no, and for many none")
    _collect(app, list(agreed(shop)))
    say(f"{len(shop.views):,} page views are kept, only of those who said yes")
    looked = _look(app, shop)
    say(f"{looked * 2} looks by staff are noted: support gave a reason, a marketer was refused")


def _collect(app: App, arrivals: Sequence[Arrival]) -> None:
    job = of_job("demo", "collect")
    for start in range(0, len(arrivals), _BATCH):
        for outcome in app.gate.collect(job, arrivals[start : start + _BATCH], app.clock.now()):
            if outcome.arrived is Arrived.REFUSED:
                msg = f"the invented shop was refused at the door: {outcome.code}"
                raise RuntimeError(msg)


def _choose(app: App, shop: Shop) -> None:
    numbers = {customer: app.identity.get(customer) for customer in {said.customer for said in shop.said}}
    for at, said in groupby(shop.said, key=lambda one: one.at):
        made = [
            (
                numbers[one.customer],
                clause := Clause(one.purpose, one.data),
                Answer.YES if one.yes else Answer.NO,
                app.consent.words(clause).digest,
            )
            for one in said
        ]
        app.consent.choose_many(made, via="import", now=at)


def _look(app: App, shop: Shop) -> int:
    """Let staff ask for the data of those one can shop as, and one browser signal; return how many were looked at.

    A marketer asks first and is refused: the promise gives that role statistics only. Then support asks with a
    reason, and sees what the role may.
    """
    now = app.clock.now()
    for name, role in ((SUPPORT, "support"), (MARKETER, "marketer")):
        app.staff.add(name, role, trained_until=(now + _TRAINED).date(), by="privacy desk", now=now)
    latest = {line.customer: line.order for line in shop.lines}
    customers = [person.customer for person in people(shop) if person.customer]
    for customer in customers:
        number = app.identity.get(customer)
        refused = Use(app.staff.actor(MARKETER), "suggestions", frozenset({"orders"}), reason="Spring campaign")
        _must_be(app, refused, number, now=now, allowed=False)
        reason = f"Question about order {latest[customer]}"
        seen = Use(app.staff.actor(SUPPORT), "service", frozenset({"email", "orders"}), reason=reason)
        _must_be(app, seen, number, now=now, allowed=True)
        if shop.truth.grows[customer] == SIGNALLING:
            app.signals.note(number, now=now)
    return len(customers)


def _must_be(app: App, use: Use, number: int, *, now: datetime, allowed: bool) -> None:
    verdict = app.gate.read(use, number, now=now).verdict
    if verdict.allowed.keys() != (use.data if allowed else set()):
        msg = f"an invented look as {use.actor.role} came out otherwise than invented"
        raise RuntimeError(msg)
