"""What was looked at and handed out, added up from what the ledger tells of each customer. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from troth.breach.model import Looker, Lot
from troth.ledger.looks import Look

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Looked:
    """Which looks are asked about.

    Attributes:
        since: from when on.
        until: before when.
        by: only this person or program; empty: all.
        to: only what was handed out to this recipient of the promise; empty: all.
        kind: only this kind of data; empty: all.
    """

    since: datetime
    until: datetime
    by: str = ""
    to: str = ""
    kind: str = ""


LooksOf = Callable[[int], tuple[Sequence[tuple[datetime, Look]], int]]
"""A customer's number → when somebody looked and what the ledger tells of it, and how many notes are lost."""


@dataclass(slots=True)
class _Sum:
    purposes: set[str] = field(default_factory=set)
    persons: set[int] = field(default_factory=set)
    looks: int = 0
    refused: int = 0


class Looks:
    """Adds up looks, customer by customer.

    Args:
        asked: which of them count.
    """

    def __init__(self, asked: Looked) -> None:
        self._asked = asked
        self._sums: dict[tuple[str, str, str, str], _Sum] = {}

    def of(self, person: int, noted: Iterable[tuple[datetime, Look]]) -> list[Lot]:
        """Return what was let out of one customer, kind by kind, in looks; add to the sums who it was.

        Args:
            person: the smallest number of the person the customer is.
            noted: all that the ledger tells of the customer.
        """
        found: dict[str, Lot] = {}
        for at, look in noted:
            if not self._counts(at, look):
                continue
            one = self._sums.setdefault((look.name, look.role, look.agency, look.recipient), _Sum())
            allowed = [kind for kind in look.allowed if self._asked.kind in {"", kind}]
            one.purposes.add(look.purpose)
            one.looks += bool(allowed)
            one.refused += not allowed
            if allowed:
                one.persons.add(person)
            micros = (at - _EPOCH) // _MICRO
            for kind in allowed:
                held = found.get(kind, Lot(kind, kind, 0, micros, micros))
                found[kind] = held._replace(
                    items=held.items + 1,
                    first=min(held.first or micros, micros),
                    last=max(held.last or micros, micros),
                    looks=held.looks | {(look.name, look.purpose)},
                )
        return list(found.values())

    def lookers(self) -> tuple[Looker, ...]:
        """Return who it was, whoever saw most people first."""
        told = [
            Looker(*who, tuple(sorted(one.purposes)), len(one.persons), one.looks, one.refused)
            for who, one in self._sums.items()
        ]
        return tuple(sorted(told, key=lambda one: (-one.customers, one.name, one.role, one.recipient)))

    def _counts(self, at: datetime, look: Look) -> bool:
        asked = self._asked
        kinds = {*look.allowed, *look.refused}
        return (
            asked.since <= at < asked.until
            and asked.by in {"", look.name}
            and asked.to in {"", look.recipient}
            and (not asked.kind or asked.kind in kinds)
        )
