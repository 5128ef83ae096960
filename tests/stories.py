"""What the ledger tells of a customer, for tests."""

from dataclasses import dataclass
from datetime import datetime

from troth.app import App
from troth.ledger.looks import Look, looks_in
from troth.ledger.model import Kind, Noted


@dataclass(frozen=True, slots=True)
class Told:
    """A look, and when it was noted."""

    kind: Kind
    at: datetime
    what: Look


def entries_of(app: App, customer: int, *kinds: Kind) -> tuple[Noted, ...]:
    """Return the entries about a customer, none of which may be missing; those of `kinds` when said."""
    story = app.ledger.of_customer(customer)
    assert story.lost == 0
    return tuple(one for one in story.entries if not kinds or one.kind in kinds)


def looks_of(app: App, customer: int) -> tuple[Told, ...]:
    """Return the looks at a customer's data, oldest first."""
    return tuple(Told(one.kind, one.at, look) for one, look in looks_in(app.ledger.of_customer(customer)))
