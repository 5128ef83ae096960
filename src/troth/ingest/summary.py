"""What became of a file's lines, counted so that nothing can be lost silently."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from troth.ingest.reasons import Reason


@dataclass(frozen=True, slots=True)
class Refusal:
    """How often the gate refused a line for one reason, and the reason in its own words."""

    lines: int
    words: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What an import did. Every line read is in exactly one of taken, known, refused and rejected.

    Attributes:
        read: lines read; empty lines and the header don't count.
        taken: new lines, stored. In a rehearsal: lines that would be handed to the gate.
        known: lines that were here already.
        refused: the gate's code → how many lines the promise did not let in, and why.
        rejected: reason → how many lines could not be used.
        customers: how many customers the lines name that were handed to the gate.
        refunds: returns and cancellations among them.
        fees: lines among them whose code is no product.
        dropped: property → how many times it was dropped at the door because no clause names it.
        first: when the first of them happened; None when there was none.
        last: when the last of them happened.
        titles: how many products got a title.
        rejects: the file with what did not come in; None when everything did.
        rehearsal: whether nothing was written.
    """

    read: int
    taken: int
    known: int
    refused: Mapping[str, Refusal]
    rejected: Mapping[Reason, int]
    customers: int
    refunds: int
    fees: int
    dropped: Mapping[str, int]
    first: datetime | None
    last: datetime | None
    titles: int
    rejects: Path | None
    rehearsal: bool

    def __post_init__(self) -> None:
        # Stays on under `python -O`: a summary that does not add up is worse than none.
        if self.read != self.taken + self.known + self.lines_refused + self.lines_rejected:
            msg = "the lines taken, known, refused and rejected are not the lines read"
            raise AssertionError(msg)

    @property
    def lines_refused(self) -> int:
        """How many lines the promise did not let in."""
        return sum(refusal.lines for refusal in self.refused.values())

    @property
    def lines_rejected(self) -> int:
        """How many lines could not be used."""
        return sum(self.rejected.values())
