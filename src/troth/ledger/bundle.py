"""A customer's bundle: all their entries, each with its proof, and the proof that none is left out.

One checkpoint serves all of it. The map of heads, whose root is in one of the log's entries, says which entry of the
customer is the last; the entries name each other backwards from there.
"""

from dataclasses import dataclass
from typing import Literal

import msgspec

from troth.canonical import JSON, canonical_json
from troth.ledger.heads import Head, MapProof
from troth.ledger.receipt import Logged, WrittenEnvelope, envelope_as_json, read_envelope, read_path
from troth.ledger.spelling import HASH_BYTES, LARGEST, UNREADABLE, SpellingError, from_base64, to_base64

FORMAT = "troth-bundle/1"


@dataclass(frozen=True, slots=True)
class Last:
    """What the map of heads says of a stream: the number of its last entry, and that entry's leaf hash."""

    number: int
    head: bytes


@dataclass(frozen=True, slots=True)
class Bundle:
    """All entries of one stream, and what shows that there are no others.

    Attributes:
        stream: 32 bytes: whose.
        checkpoint: the signed checkpoint that all paths lead to.
        entries: the stream's, in order.
        heads: the entry that tells the root of the map of heads.
        last: what the map says of the stream; None when it is not in the map.
        proof: that the map says so.
    """

    stream: bytes
    checkpoint: str
    entries: tuple[Logged, ...]
    heads: Logged
    last: Last | None
    proof: MapProof


class _Logged(msgspec.Struct, forbid_unknown_fields=True):
    envelope: WrittenEnvelope
    hashes: list[str]
    index: int


class _Last(msgspec.Struct, forbid_unknown_fields=True):
    head: str
    number: int


class _Other(msgspec.Struct, forbid_unknown_fields=True):
    commitment: str
    place: str


class _Heads(msgspec.Struct, forbid_unknown_fields=True):
    entry: _Logged
    hashes: list[str]
    last: _Last | None
    other: _Other | None


class _Bundle(msgspec.Struct, forbid_unknown_fields=True):
    checkpoint: str
    entries: list[_Logged]
    format: Literal["troth-bundle/1"]
    heads: _Heads
    stream: str


_decode = msgspec.json.Decoder(_Bundle).decode


def as_json(bundle: Bundle) -> bytes:
    """Return the bundle as a file: RFC 8785 JSON and a line feed."""
    last, other = bundle.last, bundle.proof.other
    return (
        canonical_json(
            {
                "checkpoint": bundle.checkpoint,
                "entries": [_logged_as_json(one) for one in bundle.entries],
                "format": FORMAT,
                "heads": {
                    "entry": _logged_as_json(bundle.heads),
                    "hashes": [to_base64(one) for one in bundle.proof.path],
                    "last": None if last is None else {"head": to_base64(last.head), "number": last.number},
                    "other": None
                    if other is None
                    else {"commitment": to_base64(other.commitment), "place": to_base64(other.place)},
                },
                "stream": to_base64(bundle.stream),
            }
        )
        + b"\n"
    )


def read_json(data: bytes) -> Bundle:
    """Return the bundle in a file. Nothing is checked yet but its spelling.

    Raises:
        SpellingError: not a bundle, or one that `as_json` spells otherwise.
    """
    try:
        said = _decode(data)
    except UNREADABLE:
        raise SpellingError("This is not a customer’s bundle.") from None
    last, other = said.heads.last, said.heads.other
    if last is not None and not 1 <= last.number <= LARGEST:
        raise SpellingError("The number of the last entry begins with 1.")
    bundle = Bundle(
        stream=_hash(said.stream, "The stream"),
        checkpoint=said.checkpoint,
        entries=tuple(map(_read_logged, said.entries)),
        heads=_read_logged(said.heads.entry),
        last=None if last is None else Last(last.number, _hash(last.head, "The head")),
        proof=MapProof(
            tuple(_hash(one, "A hash of the map’s path") for one in said.heads.hashes),
            None
            if other is None
            else Head(_hash(other.place, "A place in the map"), _hash(other.commitment, "A commitment in the map")),
        ),
    )
    if as_json(bundle) != data:
        raise SpellingError("The bundle has another spelling than the one that is written.")
    return bundle


def _logged_as_json(logged: Logged) -> dict[str, JSON]:
    return {
        "envelope": envelope_as_json(logged.envelope),
        "hashes": [to_base64(one) for one in logged.path],
        "index": logged.index,
    }


def _read_logged(said: _Logged) -> Logged:
    if not 0 <= said.index <= LARGEST:
        raise SpellingError("An index is not a number of a leaf.")
    return Logged(read_envelope(said.envelope), said.index, read_path(said.hashes))


def _hash(text: str, what: str) -> bytes:
    return from_base64(text, what, size=HASH_BYTES)
