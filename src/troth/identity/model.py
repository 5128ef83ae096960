"""Who can be one person, as values. Pure.

Laws:

1. A link joins two numbers of customers into one person. It is a row, and so is its end: what stands is a fold over
   the rows, like consent and like stops, never a flag. Nothing of what either number keeps is changed by it.
2. The links that stand never form a circle: two who are one person already are not linked again. So each of them can
   be taken away alone, in any order, and it parts the person in two.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class IdKind(StrEnum):
    """What an identifier is. The same text under two kinds is two identifiers."""

    CUSTOMER = "customer"
    """The company's own id of an account (`userId` in the tracking APIs)."""
    ANONYMOUS = "anonymous"
    """What a browser or device calls itself before anybody signs in (`anonymousId`)."""
    EMAIL = "email"
    """An address."""


class Act(StrEnum):
    """What was done with two numbers."""

    LINKED = "linked"
    UNLINKED = "unlinked"


@dataclass(frozen=True, slots=True)
class Link:
    """One row of the record.

    Attributes:
        number: the row's own number; later rows have larger ones.
        one: the smaller of the two customers' numbers.
        other: the larger.
        act: linked or unlinked.
        after: the number of the newest choice (of anybody) at that moment: choices up to it were made before.
        at: when.
        by: who did it: a key's name, a desk. Never a customer's id. Empty where it was not asked for: it is sealed.
        why: the reason in a few words, without anything personal; empty as `by`.
    """

    number: int
    one: int
    other: int
    act: Act
    after: int
    at: datetime
    by: str = field(default="", repr=False)
    why: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a number before anything else is read.

    Attributes:
        restricted: only what a law demands may be done.
        person: the smallest number of the person it belongs to; None when it is linked to nobody.
    """

    restricted: bool = False
    person: int | None = None


PLAIN = Seen()
"""Nearly everybody: neither restricted nor linked."""


def standing(rows: Iterable[Link]) -> list[Link]:
    """Return those of `rows`, given in the order recorded, that stand."""
    found: dict[tuple[int, int], Link] = {}
    for row in rows:
        found.pop((row.one, row.other), None)
        if row.act is Act.LINKED:
            found[row.one, row.other] = row
    return list(found.values())


def persons(numbers: Iterable[int], links: Iterable[Link]) -> list[frozenset[int]]:
    """Return `numbers` as the persons that `links`, all of which stand, make of them; each number is in one."""
    person = {number: frozenset({number}) for number in numbers}
    for link in links:
        both = person[link.one] | person[link.other]
        person |= dict.fromkeys(both, both)
    return list(dict.fromkeys(person.values()))
