"""The invented shop goes through the same door as a real one: `gate.collect`, with choices made before their data."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from troth.actors import of_job
from troth.app import App
from troth.catalogue.model import Product as CatalogueProduct
from troth.consent.model import Answer
from troth.demo.shop import CURRENCY, Shop
from troth.gate.use import Arrival, Arrived
from troth.promise.model import Clause

_BATCH = 4000
_TRAITS = "identify"


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
