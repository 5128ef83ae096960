"""A stop as the journal spells it, and back. Who and why are sealed, but of a stop that is about everybody."""

from dataclasses import replace

import msgspec

from troth.canonical import JSON
from troth.journal.model import EVERYBODY, Entry, What
from troth.stops.model import Act, Kind, Stop


class _Stopped(msgspec.Struct):
    kind: Kind
    target: str
    act: Act
    # In clear of everybody, and of a customer where an earlier Troth wrote it.
    by: str = ""
    why: str = ""
    sealed: str = ""


def entry_of(stop: Stop, sealed: bytes | None) -> Entry:
    """Return the entry that tells of a stop that was put or lifted.

    Args:
        stop: the stop.
        sealed: who and why; None of a stop that is about everybody.
    """
    detail: dict[str, JSON] = {"kind": stop.kind.value, "target": stop.target, "act": stop.act.value}
    if stop.customer == EVERYBODY:
        detail |= {"by": stop.by, "why": stop.why}
    elif sealed is not None:
        detail["sealed"] = sealed.hex()
    return Entry(What.STOPPED, stop.customer, stop.at, detail)


def reworded(entry: Entry, stop: Stop, sealed: bytes | None) -> Entry:
    """Return `entry`, in its place, as `entry_of` spells it today."""
    return replace(entry_of(stop, sealed), seq=entry.seq)


def stop_of(entry: Entry) -> tuple[Stop, bytes | None]:
    """Return the stop that an entry tells of; and who and why as they were sealed, None where they were not."""
    said = msgspec.convert(entry.detail, _Stopped)
    stop = Stop(said.kind, entry.customer, said.target, said.act, entry.at, said.by, said.why)
    return stop, bytes.fromhex(said.sealed) if said.sealed else None
