"""A stop, and what follows from all that was put and lifted. It is a fold over rows, like consent, never a flag.

Somebody who is stopped is not gone: a stop ends or suspends a use, and can be lifted. What is lifted stays in the
record, with who lifted it and when.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

EVERYBODY = 0
"""The customer of a stop that is about everybody: numbers of customers begin at 1."""


class Kind(StrEnum):
    """What is stopped."""

    RESTRICTION = "restriction"
    """A customer's data is only kept, and used only where a law demands it (GDPR Art. 18). Nothing is deleted."""
    OBJECTION = "objection"
    """A customer objects to a purpose (GDPR Art. 21). Against direct marketing it is absolute."""
    CHILD = "child"
    """A customer is below the promise's age, by what they declared or by what staff noted. Nothing personalises."""
    OPT_OUT = "opt-out"
    """A customer's browser sends an opt-out signal (Global Privacy Control): nothing of them is sold or shared."""
    HOLD = "hold"
    """Nothing of a customer is deleted: somebody may need it before a court (GDPR Art. 17(3)(e))."""
    PAUSE = "pause"
    """A purpose is stopped for everybody. Nothing is deleted because of it."""
    CUT_OFF = "cut-off"
    """A recipient receives nothing, and their people see nothing."""


OF_CUSTOMER = frozenset({Kind.RESTRICTION, Kind.OBJECTION, Kind.CHILD, Kind.OPT_OUT, Kind.HOLD})
"""The kinds that are about one customer; the others are about everybody."""

WITH_TARGET = frozenset({Kind.OBJECTION, Kind.PAUSE, Kind.CUT_OFF})
"""The kinds that name a purpose or a recipient of the promise."""

ENDS_A_USE = frozenset(Kind) - {Kind.HOLD, Kind.CUT_OFF}
"""The kinds that end a use inside the house. The others only forbid to delete, or to hand out."""


class Act(StrEnum):
    """What was done with a stop."""

    PUT = "put"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True)
class Stop:
    """One row of the record: a stop that was put or lifted.

    Attributes:
        kind: what is stopped.
        customer: whose use; `EVERYBODY` for a pause and a cut-off.
        target: the purpose objected to or paused, or the recipient cut off; else empty.
        act: put or lifted.
        at: when.
        by: who did it: the customer, a signal, somebody of the staff. Never a customer's id. Empty where it was not
            asked for: a verdict does not depend on it, and it is sealed.
        why: the reason, in a few words, without anything personal; empty as `by`.
    """

    kind: Kind
    customer: int
    target: str
    act: Act
    at: datetime
    by: str = field(default="", repr=False)
    why: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CustomerStops:
    """What stands for one customer. The empty value is somebody of whom nothing is stopped.

    Attributes:
        restricted: a restriction stands.
        child: flagged as a child.
        held: a legal hold stands.
        opted_out: when the opt-out signal came; None while there is none.
        objections: purpose → when the customer last objected to it, for those that stand.
    """

    restricted: bool = False
    child: bool = False
    held: bool = False
    opted_out: datetime | None = None
    objections: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def preserved(self) -> bool:
        """Whether nothing of the customer may be deleted by the clock or for want of a purpose."""
        return self.held or self.restricted


@dataclass(frozen=True, slots=True)
class CommonStops:
    """What stands for everybody: paused purposes and cut-off recipients, by their names in the promise."""

    paused: frozenset[str] = frozenset()
    cut_off: frozenset[str] = frozenset()


NOTHING_OF_CUSTOMER = CustomerStops()
NOTHING_IN_COMMON = CommonStops()


def standing(rows: Iterable[Stop]) -> list[Stop]:
    """Return those of `rows`, given in the order recorded, that stand, each as it was last put."""
    found: dict[tuple[Kind, int, str], Stop] = {}
    for row in rows:
        found.pop((row.kind, row.customer, row.target), None)
        if row.act is Act.PUT:
            found[row.kind, row.customer, row.target] = row
    return list(found.values())


def of_customer(rows: Iterable[Stop]) -> CustomerStops:
    """Return what stands for one customer after `rows`, all of that customer, in the order recorded."""
    stops, objections = NOTHING_OF_CUSTOMER, {}
    for stop in standing(rows):
        match stop.kind:
            case Kind.RESTRICTION:
                stops = replace(stops, restricted=True)
            case Kind.CHILD:
                stops = replace(stops, child=True)
            case Kind.HOLD:
                stops = replace(stops, held=True)
            case Kind.OPT_OUT:
                stops = replace(stops, opted_out=stop.at)
            case Kind.OBJECTION:
                objections[stop.target] = stop.at
            case Kind.PAUSE | Kind.CUT_OFF:
                pass  # about everybody
    return replace(stops, objections=objections) if objections else stops


def in_common(rows: Iterable[Stop]) -> CommonStops:
    """Return what stands for everybody after `rows`, in the order recorded."""
    left = standing(rows)
    return CommonStops(
        paused=frozenset(stop.target for stop in left if stop.kind is Kind.PAUSE),
        cut_off=frozenset(stop.target for stop in left if stop.kind is Kind.CUT_OFF),
    )
