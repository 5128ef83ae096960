"""A stop as the journal spells it, and back."""

import msgspec

from troth.journal.model import Entry, What
from troth.stops.model import Act, Kind, Stop


class _Stopped(msgspec.Struct):
    kind: Kind
    target: str
    act: Act
    by: str
    why: str


def entry_of(stop: Stop) -> Entry:
    """Return the entry that tells of a stop that was put or lifted."""
    detail = {
        "kind": stop.kind.value,
        "target": stop.target,
        "act": stop.act.value,
        "by": stop.by,
        "why": stop.why,
    }
    return Entry(What.STOPPED, stop.customer, stop.at, detail)


def stop_of(entry: Entry) -> Stop:
    """Return the stop that an entry tells of."""
    said = msgspec.convert(entry.detail, _Stopped)
    return Stop(said.kind, entry.customer, said.target, said.act, entry.at, said.by, said.why)
