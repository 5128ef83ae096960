"""Who asks. What a role may do is in the promise; who asks now, and trained until when, is an `Actor`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ActorKind(StrEnum):
    """Customer (of their own data), person (staff), service (a program with a key) or job (our own by the clock)."""

    CUSTOMER = "customer"
    PERSON = "person"
    SERVICE = "service"
    JOB = "job"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that asks the gate.

    Attributes:
        kind: what asks.
        name: who, for the record: a staff name, a key's name, a job's name. Never a customer's id.
        role: the role of the promise, for a person; empty otherwise.
        trained_until: until when a person's training holds; None when never trained or no person.
        customer: the customer's number when the actor is a customer.
        recipient: the recipient of the promise whose person this is, for an agency's people who work inside.
        may: the purposes that a service's key or a job was given; ``collect`` lets it bring data in.
    """

    kind: ActorKind
    name: str
    role: str = ""
    trained_until: datetime | None = None
    customer: int | None = None
    may: frozenset[str] = frozenset()
    recipient: str = ""


def of_customer(customer: int) -> Actor:
    """Return the customer acting on their own data."""
    return Actor(ActorKind.CUSTOMER, "customer", customer=customer)


def of_job(name: str, *may: str) -> Actor:
    """Return our own job called `name`, e.g. ``fit``, with the purposes it may use."""
    return Actor(ActorKind.JOB, name, may=frozenset(may))


def of_service(name: str, *may: str) -> Actor:
    """Return the program that holds the key called `name`, with the purposes the key was given."""
    return Actor(ActorKind.SERVICE, name, may=frozenset(may))
