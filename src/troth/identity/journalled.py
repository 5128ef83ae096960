"""Links, and who must not come back, as the journal spells them, and back."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    by: str
    why: str


class _Erased(msgspec.Struct):
    hashes: list[str]
    until: int


@dataclass(frozen=True, slots=True)
class Gone:
    """Whom no file may bring back: the keyed hashes of their ids, and up to when what is dated stays out."""

    hashes: tuple[bytes, ...]
    until: datetime


def entry_of(link: Link) -> Entry:
    """Return the entry that tells of a link or of its end."""
    detail = {"one": link.one, "other": link.other, "act": link.act.value, "by": link.by, "why": link.why}
    return Entry(What.LINKED, link.one, link.at, detail)


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
