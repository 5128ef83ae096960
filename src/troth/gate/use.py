"""What is asked of the gate, and what comes to it and goes out, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from troth.actors import Actor
from troth.promise.model import Clause
from troth.vault.model import Item, Value

__all__ = ["Act", "Arrival", "Arrived", "Item", "Outcome", "Use", "Value"]


class Act(StrEnum):
    """What is done with data at the gate."""

    COLLECT = "collect"
    READ = "read"
    DISCLOSE = "disclose"


@dataclass(frozen=True, slots=True)
class Use:
    """One use of one customer's data.

    Attributes:
        actor: who asks.
        purpose: a purpose of the promise, or a reserved one.
        data: the kinds of data asked for. Empty is refused: an empty question has no honest answer.
        act: what is done with it.
        reason: why, in the words of a person, where the promise requires it.
        recipient: who outside receives it, by the name in the promise; needed to disclose.
        compared: the clauses that a measurement compares; for the purpose ``measure`` only.
        opt_out: whether the call that leads to this use carried an opt-out signal (``Sec-GPC: 1``).
    """

    actor: Actor
    purpose: str
    data: frozenset[str]
    act: Act = Act.READ
    reason: str = field(default="", repr=False)
    recipient: str = ""
    compared: frozenset[Clause] = frozenset()
    opt_out: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that happened, as it reaches the door.

    Attributes:
        customer: the company's own id for the customer, 1 to 255 bytes of UTF-8.
        event: its name, e.g. ``Order Completed``.
        at: when it happened, timezone-aware.
        properties: property → value, named as in the promise (``order_id``, ``products.product_id``). What it
            does not name is dropped at the door and only counted, by name.
        identity: what makes this the same thing when it arrives again, e.g. invoice, product, time, quantity, price
            and ordinal. Never stored: only its keyed hash is.
    """

    customer: str = field(repr=False)
    event: str
    at: datetime
    properties: Mapping[str, Value] = field(repr=False)
    identity: tuple[str, ...] = field(repr=False)


class Arrived(StrEnum):
    """What became of an arrival."""

    TAKEN = "taken"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one arrival; `code` and `says` tell why when it was refused.

    Attributes:
        arrived: taken, known (it was here already), or refused.
        code: a stable machine word, e.g. ``past_keep``; empty when taken.
        says: the reason in words, without any value of the customer.
        dropped: names of properties that no clause names, and that were therefore dropped.
    """

    arrived: Arrived
    code: str = ""
    says: str = ""
    dropped: tuple[str, ...] = ()
