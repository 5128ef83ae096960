"""Links, and who must not come back, as the journal spells them, and back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from troth.canonical import JSON
from troth.clock import from_micros, to_micros
from troth.identity.model import Act, Link
from troth.journal.model import Entry, What


class _Linked(msgspec.Struct):
    one: int
    other: int
    act: Act
    # In clear where an earlier Troth wrote it.
    by: str = ""
    why: str = ""
    sealed: str = ""


class _Erased(msgspec.Struct):
    hashes: list[str]
    until: int


@dataclass(frozen=True, slots=True)
class Gone:
    """Whom no file may bring back: the keyed hashes of their ids, and up to when what is dated stays out."""

    hashes: tuple[bytes, ...]
    until: datetime


def entry_of(link: Link, sealed: bytes | None) -> Entry:
    """Return the entry that tells of a link or of its end.

    Args:
        link: the link.
        sealed: who and why; None where nobody can tell any more.
    """
    detail: dict[str, JSON] = {"one": link.one, "other": link.other, "act": link.act.value}
    if sealed is not None:
        detail["sealed"] = sealed.hex()
    return Entry(What.LINKED, link.one, link.at, detail)


def reworded(entry: Entry, sealed: bytes | None) -> Entry:
    """Return `entry`, in its place, as `entry_of` spells it today."""
    return replace(entry_of(link_of(entry), sealed), seq=entry.seq)


def sealed_of(entry: Entry) -> bytes | None:
    """Return who and why of an entry, sealed; None where they were not."""
    said = msgspec.convert(entry.detail, _Linked)
    return bytes.fromhex(said.sealed) if said.sealed else None


def link_of(entry: Entry) -> Link:
    """Return the link that an entry tells of; which choices came before it, who redoes it must say."""
    said = msgspec.convert(entry.detail, _Linked)
    return Link(0, said.one, said.other, said.act, 0, entry.at, said.by, said.why)


def erased(customer: int, hashes: Sequence[bytes], *, until: datetime, at: datetime) -> Entry:
    """Return the entry that tells that a customer is erased from `at` on."""
    detail: dict[str, JSON] = {"hashes": [one.hex() for one in hashes], "until": to_micros(until)}
    return Entry(What.ERASED, customer, at, detail)


def gone_of(entry: Entry) -> Gone:
    """Return whom an entry keeps from coming back."""
    said = msgspec.convert(entry.detail, _Erased)
    return Gone(tuple(bytes.fromhex(one) for one in said.hashes), from_micros(said.until))
