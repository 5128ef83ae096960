"""From a model and own items to suggestions with their reasons. Pure: values in, values out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from troth.catalogue.model import Product
from troth.promise.model import Clause
from troth.recommend.answer import How, Reason, Suggestion
from troth.recommend.explain import explain
from troth.recommend.gram import as_row
from troth.recommend.ladder import Rung
from troth.recommend.serve import best, scores, spread
from troth.recommend.served import Served


@dataclass(frozen=True, slots=True)
class Own:
    """How an own item became one, and the clause that lets us use it; None for an item of the present visit."""

    how: How
    clause: Clause | None


def on_rung(
    rung: Rung, served: Served | None, own: Mapping[int, Own], *, shelf: Mapping[str, Product], most: int
) -> tuple[Suggestion, ...]:
    """Return at most `most` suggestions of `rung`; fewer, or none, when there is no reason for more.

    Args:
        rung: where to take them from.
        served: the model; needed on every rung but the catalogue.
        own: item index → how it became an own item.
        shelf: product id → product, in the shop's own order.
        most: how many at most.
    """
    if rung is Rung.CATALOGUE or served is None:
        return _catalogue(shelf, most)
    if rung is Rung.BEST_SELLERS:
        return _best_sellers(served, shelf, most)
    if rung is Rung.SESSION:
        own = {item: one for item, one in own.items() if one.clause is None}
    return _from_own(served, own, shelf, most=most)


def _from_own(
    served: Served, own: Mapping[int, Own], shelf: Mapping[str, Product], *, most: int
) -> tuple[Suggestion, ...]:
    row = as_row(own, size=served.weights.size)
    given = spread(served.weights, row)
    products = served.epoch.items
    suggestions = []
    for item in best(scores(given), most, without=row).tolist():
        told = explain(given, item)
        reasons = tuple(
            Reason(
                product=products[part.item],
                title=_title(shelf, products[part.item]),
                how=own[part.item].how,
                part=part.value,
                share=part.value / told.score,
            )
            for part in told.parts
        )
        suggestions.append(Suggestion(products[item], _title(shelf, products[item]), told.score, reasons, told.other))
    return tuple(suggestions)


def _best_sellers(served: Served, shelf: Mapping[str, Product], most: int) -> tuple[Suggestion, ...]:
    products = served.epoch.items
    return tuple(
        Suggestion(products[item], _title(shelf, products[item]), float(served.popularity[item]))
        for item in served.best_sellers[:most].tolist()
    )


def _catalogue(shelf: Mapping[str, Product], most: int) -> tuple[Suggestion, ...]:
    sold: Sequence[Product] = [product for product in shelf.values() if not product.is_fee]
    return tuple(Suggestion(one.product_id, _title(shelf, one.product_id), 0.0) for one in sold[:most])


def _title(shelf: Mapping[str, Product], product: str) -> str:
    """Return what people call a product; its id when the shop gave it no title."""
    known = shelf.get(product)
    return known.title if known is not None and known.title else product
