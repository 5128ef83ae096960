"""Counting an import while it runs. Grows with the number of customers and products, never with that of lines."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from troth.catalogue.model import Product
from troth.gate.use import Arrived, Outcome
from troth.ingest.orders import REFUNDED, OrderLine
from troth.ingest.reasons import Reason, Rejected
from troth.ingest.summary import Refusal, Summary


@dataclass(slots=True)
class Tally:
    """What was counted so far; becomes a `Summary`."""

    read: int = 0
    taken: int = 0
    known: int = 0
    refunds: int = 0
    fees: int = 0
    first: datetime | None = None
    last: datetime | None = None
    refused: Counter[str] = field(default_factory=Counter)
    words: dict[str, str] = field(default_factory=dict)
    rejected: Counter[Reason] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    customers: set[str] = field(default_factory=set, repr=False)
    titles: Counter[tuple[str, str]] = field(default_factory=Counter)
    categories: Counter[tuple[str, str]] = field(default_factory=Counter)
    fee_codes: set[str] = field(default_factory=set)

    def reject(self, rejected: Rejected) -> None:
        """Count a line that can't be used."""
        self.rejected[rejected.reason] += 1

    def note(self, order: OrderLine) -> None:
        """Note what a line says that was handed over, whatever the gate answers."""
        arrival = order.arrival
        self.refunds += arrival.event == REFUNDED
        self.customers.add(arrival.customer)
        if self.first is None or arrival.at < self.first:
            self.first = arrival.at
        if self.last is None or arrival.at > self.last:
            self.last = arrival.at
        product = str(arrival.properties["products.product_id"])
        if order.is_fee:
            self.fees += 1
            self.fee_codes.add(product)
        if order.title:
            self.titles[product, order.title] += 1
        if order.category:
            self.categories[product, order.category] += 1

    def count(self, outcome: Outcome) -> None:
        """Count what the gate answered."""
        if outcome.arrived is Arrived.TAKEN:
            self.taken += 1
        elif outcome.arrived is Arrived.KNOWN:
            self.known += 1
        else:
            self.refused[outcome.code] += 1
            self.words.setdefault(outcome.code, outcome.says)
        if outcome.dropped:
            self.dropped.update(outcome.dropped)

    def products(self) -> list[Product]:
        """Return each product with its most frequent title and category, whatever the order of the lines.

        A product without a title in this file is left out, so that a title from an earlier file stays; a fee is
        always told, so that it is never suggested.
        """
        titles = _most_frequent(self.titles)
        categories = _most_frequent(self.categories)
        return [
            Product(code, titles.get(code, code), categories.get(code, ""), code in self.fee_codes)
            for code in sorted(titles.keys() | self.fee_codes)
        ]

    def summary(self, *, rejects: Path | None, titles: int, rehearsal: bool) -> Summary:
        """Return the counts as a summary; it checks that they add up."""
        return Summary(
            read=self.read,
            taken=self.taken,
            known=self.known,
            refused={code: Refusal(lines, self.words[code]) for code, lines in self.refused.most_common()},
            rejected=dict(self.rejected.most_common()),
            customers=len(self.customers),
            refunds=self.refunds,
            fees=self.fees,
            dropped=dict(self.dropped.most_common()),
            first=self.first,
            last=self.last,
            titles=titles,
            rejects=rejects,
            rehearsal=rehearsal,
        )


def _most_frequent(counts: Mapping[tuple[str, str], int]) -> dict[str, str]:
    """Return for each product the word that occurs most often; of equals the first in the alphabet."""
    best: dict[str, str] = {}
    for (product, word), _count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])):
        best.setdefault(product, word)
    return best
