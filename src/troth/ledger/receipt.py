"""A receipt: an entry with the company's signature, and the proof that it is in the log.

Here is its first form, c2sp.org/tlog-proof@v1. Its second is in `troth.ledger.sigstore`. Both hold the same values,
and nothing that could be worked out from them: so no byte of a `.tlog-proof` is left that a verifier does not need.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from troth.canonical import JSON, canonical_json
from troth.ledger.leaf import PAYLOAD_TYPE, Envelope
from troth.ledger.spelling import HASH_BYTES, UNREADABLE, SpellingError, from_base64, from_decimal, to_base64

FIRST_LINE = "c2sp.org/tlog-proof@v1"

MOST_HASHES = 63
"""Hashes that lead to a root at most; more leaves than 2**63 there are not."""

_EXTRA = "extra "
_INDEX = "index "
_SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry and its place in the log.

    Attributes:
        envelope: the statement, signed.
        index: of its leaf, from 0.
        path: the hashes that lead from the leaf to the root of a checkpoint.
    """

    envelope: Envelope
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """An entry, its place, and the signed checkpoint (a note) that its path leads to."""

    logged: Logged
    checkpoint: str


class WrittenSignature(msgspec.Struct, forbid_unknown_fields=True):
    """A signature in an envelope, as it is spelled."""

    keyid: str
    sig: str


class WrittenEnvelope(msgspec.Struct, forbid_unknown_fields=True):
    """An envelope (DSSE), as it is spelled."""

    payload: str
    payloadType: str  # noqa: N815 - DSSE's own name
    signatures: list[WrittenSignature]


_decode = msgspec.json.Decoder(WrittenEnvelope).decode


def as_tlog_proof(receipt: Receipt) -> bytes:
    """Return the receipt as a ``.tlog-proof`` file. Its extra line is the envelope."""
    envelope = canonical_json(envelope_as_json(receipt.logged.envelope))
    lines = [
        FIRST_LINE,
        _EXTRA + to_base64(envelope),
        _INDEX + str(receipt.logged.index),
        *map(to_base64, receipt.logged.path),
        "",
        receipt.checkpoint,
    ]
    return "\n".join(lines).encode()


def read_tlog_proof(data: bytes) -> Receipt:
    """Return the receipt in a ``.tlog-proof`` file. Nothing is checked yet but its spelling.

    Raises:
        SpellingError: not such a file, or one that `as_tlog_proof` spells otherwise.
    """
    head, _, checkpoint = as_text(data).partition("\n\n")
    lines = head.split("\n")
    if lines[0] != FIRST_LINE:
        raise SpellingError(f"The first line is not {FIRST_LINE}.")
    if len(lines) < 3 or not lines[1].startswith(_EXTRA) or not lines[2].startswith(_INDEX):  # noqa: PLR2004 - lines
        raise SpellingError("After the first line comes the extra line with the entry, then the index line.")
    envelope = from_base64(lines[1].removeprefix(_EXTRA), "The extra line")
    try:
        said = _decode(envelope)
    except UNREADABLE:
        raise SpellingError("The extra line does not hold a signed entry.") from None
    index = from_decimal(lines[2].removeprefix(_INDEX), "The index")
    receipt = Receipt(Logged(read_envelope(said), index, read_path(lines[3:])), checkpoint)
    if as_tlog_proof(receipt) != data:
        raise SpellingError("The receipt has another spelling than the one that is written.")
    return receipt


def envelope_as_json(envelope: Envelope) -> dict[str, JSON]:
    """Return an envelope as the JSON of DSSE."""
    return {
        "payload": to_base64(envelope.payload),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": envelope.key, "sig": to_base64(envelope.signature)}],
    }


def read_envelope(said: WrittenEnvelope) -> Envelope:
    """Return the envelope that is spelled so.

    Raises:
        SpellingError: of another type, or not with exactly one Ed25519 signature.
    """
    if said.payloadType != PAYLOAD_TYPE:
        raise SpellingError("What is signed is not an entry of a ledger.")
    if len(said.signatures) != 1:
        raise SpellingError("An entry has exactly one signature.")
    signature = said.signatures[0]
    return Envelope(
        from_base64(said.payload, "The entry"),
        from_base64(signature.sig, "The entry's signature", size=_SIGNATURE_BYTES),
        signature.keyid,
    )


def read_path(hashes: Sequence[str]) -> tuple[bytes, ...]:
    """Return the hashes of a path that are spelled so.

    Raises:
        SpellingError: one is not the base64 of 32 bytes, or there are more than a tree can have.
    """
    if len(hashes) > MOST_HASHES:
        raise SpellingError(f"A path has at most {MOST_HASHES} hashes.")
    return tuple(from_base64(one, "A hash of the path", size=HASH_BYTES) for one in hashes)


def as_text(data: bytes) -> str:
    """Return `data` as the UTF-8 text it is.

    Raises:
        SpellingError: it is no text.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise SpellingError("The file is not text in UTF-8.") from None
