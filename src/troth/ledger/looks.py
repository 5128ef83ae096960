"""Looks: who asked to see something of a customer, or to hand it out, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from troth.actors import ActorKind
from troth.canonical import JSON
from troth.ledger.model import Entry, Kind, Noted, Story

KINDS = frozenset({Kind.READ, Kind.DISCLOSED})
"""The kinds of entry that tell of a look."""


@dataclass(frozen=True, slots=True)
class Look:
    """Who asked to see something of a customer, or to hand it out, and what came of it.

    Attributes:
        actor: what asked: a person, or a program that hands out.
        name: who, for the record.
        role: the role of the promise, for a person.
        agency: the recipient of the promise whose person it was, for an agency's people; else empty.
        purpose: what for.
        reason: why, in the person's own words; empty where the promise asks for none.
        recipient: who outside was to receive it; empty for a read.
        allowed: the kinds of data that were let out, in order of their names.
        refused: kind of data that was asked for and not let out → the machine word of the refusal.
    """

    actor: ActorKind
    name: str
    purpose: str
    role: str = ""
    agency: str = ""
    reason: str = field(default="", repr=False)
    recipient: str = ""
    allowed: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    """A look as it is spelled in the body of an entry."""

    actor: ActorKind
    name: str
    role: str
    agency: str
    purpose: str
    reason: str
    recipient: str
    allowed: list[str]
    refused: list[tuple[str, str]]

    def __repr__(self) -> str:
        return f"_Body({self.actor})"


def entry_of(customer: int, kind: Kind, at: datetime, look: Look) -> Entry:
    """Return the entry that tells of `look`; `kind` is one of `KINDS`."""
    body: dict[str, JSON] = {
        "actor": look.actor.value,
        "role": look.role,
        "agency": look.agency,
        "purpose": look.purpose,
        "reason": look.reason,
        "recipient": look.recipient,
        "allowed": sorted(look.allowed),
        # Pairs and not an object: what was asked for may be spelled in any way, and keys of objects may not.
        "refused": [list(pair) for pair in sorted(look.refused.items())],
    }
    # The customer gets the role and never the name: who looks does so for us, and we answer for it.
    return Entry(customer, kind, at, body, hidden={"name": look.name})


def look_in(noted: Noted) -> Look:
    """Return the look that an entry of one of `KINDS` tells of.

    Raises:
        ValueError: its body is not that of a look. It was signed by us, so we wrote it wrongly.
    """
    said = msgspec.convert(noted.body, _Body)
    return Look(
        actor=said.actor,
        name=noted.hidden.get("name", ""),
        purpose=said.purpose,
        role=said.role,
        agency=said.agency,
        reason=said.reason,
        recipient=said.recipient,
        allowed=tuple(said.allowed),
        refused=dict(said.refused),
    )


def looks_in(story: Story) -> list[tuple[Noted, Look]]:
    """Return the looks of a customer's story, oldest first."""
    return [(one, look_in(one)) for one in story.entries if one.kind in KINDS]
