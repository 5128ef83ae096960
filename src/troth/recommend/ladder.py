"""What to show with less: the rungs of the ladder, from most personal to none.

Every customer gets a shelf. Which rung it stands on depends on what they agreed to and on whether the model is
sure to have forgotten those who left; the answer always says which rung it is and why.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Rung(StrEnum):
    """Where suggestions come from, most personal first."""

    PERSONAL = "personal"
    SESSION = "session"
    BEST_SELLERS = "best_sellers"
    CATALOGUE = "catalogue"


_WORDS = {
    Rung.PERSONAL: "Picked for you, from things you agreed we may use.",
    Rung.SESSION: "Picked from what you look at in this visit. We keep none of it.",
    Rung.BEST_SELLERS: "Our best sellers. Nothing about you was used.",
    Rung.CATALOGUE: "Our products in the shop's own order. Nothing about anyone was used.",
}


@dataclass(frozen=True, slots=True)
class Footing:
    """What a suggestion may stand on at this moment.

    Attributes:
        own: how many own items the customer lets us use.
        session: how many items of the present visit were passed in.
        sold: whether the statistic counts anybody at all.
        settled: false while someone's removal waits to leave the model.
    """

    own: int
    session: int
    sold: bool
    settled: bool


def choose(footing: Footing) -> Rung:
    """Return the most personal rung that is allowed.

    1. While a removal waits, nobody is served from the model or the statistic: the catalogue.
    2. With no one in the statistic there is nothing to suggest from: the catalogue.
    3. Own items that may be used: personal. Else items of the visit: session. Else best sellers.
    """
    if not footing.settled or not footing.sold:
        return Rung.CATALOGUE
    if footing.own:
        return Rung.PERSONAL
    return Rung.SESSION if footing.session else Rung.BEST_SELLERS


def below(footing: Footing, rung: Rung) -> Footing:
    """Return `footing` without what `rung` stands on: for the next choice when that rung had nothing to show."""
    if rung is Rung.PERSONAL:
        return replace(footing, own=0)
    return replace(footing, session=0) if rung is Rung.SESSION else replace(footing, sold=False)


def words(rung: Rung) -> str:
    """Return the sentence shown above a shelf of this rung, in English."""
    return _WORDS[rung]
