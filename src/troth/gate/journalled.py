"""What was deleted on request, as the journal spells it, and back."""

from datetime import datetime

import msgspec

from troth.canonical import JSON
from troth.clock import from_micros, to_micros
from troth.gate.deleting import Barred
from troth.journal.model import Entry, What


class _Deleted(msgspec.Struct):
    kinds: dict[str, int]
    items: dict[str, list[str]]
    emptied: dict[str, int]


def entry_of(barred: Barred, *, at: datetime) -> Entry:
    """Return the entry that tells what was deleted under one number."""
    detail: dict[str, JSON] = {
        "kinds": {kind: to_micros(until) for kind, until in barred.kinds.items()},
        "items": {kind: [mark.hex() for mark in marks] for kind, marks in barred.items.items()},
        "emptied": {kind: to_micros(until) for kind, until in barred.emptied.items()},
    }
    return Entry(What.DELETED, barred.number, at, detail)


def barred_of(entry: Entry) -> Barred:
    """Return what an entry tells was deleted."""
    said = msgspec.convert(entry.detail, _Deleted)
    return Barred(
        entry.customer,
        {kind: from_micros(until) for kind, until in said.kinds.items()},
        {kind: [bytes.fromhex(mark) for mark in marks] for kind, marks in said.items.items()},
        {kind: from_micros(until) for kind, until in said.emptied.items()},
    )
