"""A receipt in the second form, a Sigstore bundle v0.3, and the trusted root that tools of Sigstore check it against.

A bundle says some things twice: the leaf beside the entry it follows from, the root and size beside the checkpoint,
the index in two places. Verifiers of others look at one of the two only (docs/formats/receipt.md tells which). Ours
spells the whole bundle again from the values it goes by, and takes no other bytes.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from troth.canonical import JSON, canonical_json
from troth.ledger.checkpoint import open_checkpoint
from troth.ledger.leaf import leaf_of, public_of, spki
from troth.ledger.note import VerifierKey
from troth.ledger.receipt import Logged, Receipt, WrittenEnvelope, envelope_as_json, read_envelope, read_path
from troth.ledger.spelling import UNREADABLE, SpellingError, from_base64, from_decimal, to_base64
from troth.ledger.trust import LogKey

BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
ROOT_TYPE = "application/vnd.dev.sigstore.trustedroot+json;version=0.1"
_KIND = {"kind": "dsse", "version": "0.0.2"}
_KEY_DETAILS = "PKIX_ED25519"
_SCHEME = "https://"


class _KeyId(msgspec.Struct):
    keyId: str  # noqa: N815 - Sigstore's own names, here and below


class _Checkpoint(msgspec.Struct):
    envelope: str


class _InclusionProof(msgspec.Struct):
    logIndex: str  # noqa: N815
    hashes: list[str]
    checkpoint: _Checkpoint


class _TlogEntry(msgspec.Struct):
    canonicalizedBody: str  # noqa: N815
    inclusionProof: _InclusionProof  # noqa: N815


class _Hint(msgspec.Struct):
    hint: str


class _Material(msgspec.Struct):
    publicKey: _Hint  # noqa: N815
    tlogEntries: list[_TlogEntry]  # noqa: N815


class _Bundle(msgspec.Struct):
    """What is read of a bundle. The rest follows from it, and is compared as bytes."""

    mediaType: str  # noqa: N815
    verificationMaterial: _Material  # noqa: N815
    dsseEnvelope: WrittenEnvelope  # noqa: N815


class _RawKey(msgspec.Struct):
    rawBytes: str  # noqa: N815


class _Verifier(msgspec.Struct):
    publicKey: _RawKey  # noqa: N815


class _Signed(msgspec.Struct):
    verifier: _Verifier


class _Dsse(msgspec.Struct):
    signatures: list[_Signed]


class _Spec(msgspec.Struct):
    dsseV002: _Dsse  # noqa: N815


class _Body(msgspec.Struct):
    spec: _Spec


# A time without its zone is a guess, and can't be held against the time of an entry.
_Time = Annotated[datetime, msgspec.Meta(tz=True)]


class _Span(msgspec.Struct):
    start: _Time | None = None
    end: _Time | None = None


class _PublicKey(msgspec.Struct):
    rawBytes: str  # noqa: N815
    keyDetails: str  # noqa: N815
    validFor: _Span = msgspec.field(default_factory=_Span)  # noqa: N815


class _Log(msgspec.Struct):
    baseUrl: str  # noqa: N815
    publicKey: _PublicKey  # noqa: N815
    logId: _KeyId  # noqa: N815


class _Root(msgspec.Struct):
    mediaType: Literal["application/vnd.dev.sigstore.trustedroot+json;version=0.1"]  # noqa: N815
    tlogs: list[_Log]


_decode_bundle = msgspec.json.Decoder(_Bundle).decode
_decode_body = msgspec.json.Decoder(_Body).decode
_decode_root = msgspec.json.Decoder(_Root).decode


def as_bundle(receipt: Receipt, key: VerifierKey) -> bytes:
    """Return the receipt as a Sigstore bundle: RFC 8785 JSON and a line feed.

    Args:
        receipt: the receipt.
        key: the one that signed the entry.
    """
    logged = receipt.logged
    checkpoint, _ = open_checkpoint(receipt.checkpoint)
    entry: dict[str, JSON] = {
        "canonicalizedBody": to_base64(leaf_of(logged.envelope, key)),
        "inclusionProof": {
            "checkpoint": {"envelope": receipt.checkpoint},
            "hashes": [to_base64(one) for one in logged.path],
            "logIndex": str(logged.index),
            "rootHash": to_base64(checkpoint.root),
            "treeSize": str(checkpoint.size),
        },
        "integratedTime": "0",
        "kindVersion": _KIND,
        "logId": {"keyId": to_base64(key.full_id)},
        "logIndex": str(logged.index),
    }
    bundle: dict[str, JSON] = {
        "dsseEnvelope": envelope_as_json(logged.envelope),
        "mediaType": BUNDLE_TYPE,
        "verificationMaterial": {"publicKey": {"hint": logged.envelope.key}, "tlogEntries": [entry]},
    }
    return canonical_json(bundle) + b"\n"


def read_bundle(data: bytes) -> Receipt:
    """Return the receipt in a Sigstore bundle of ours. Nothing is checked yet but its spelling.

    Raises:
        SpellingError: not such a bundle, or one that `as_bundle` spells otherwise.
    """
    try:
        said = _decode_bundle(data)
        entries = said.verificationMaterial.tlogEntries
        if said.mediaType != BUNDLE_TYPE or len(entries) != 1:
            raise SpellingError("This is not a Sigstore bundle v0.3 with one log entry.")
        body = _decode_body(from_base64(entries[0].canonicalizedBody, "The leaf"))
        (signed,) = body.spec.dsseV002.signatures
    except UNREADABLE:
        raise SpellingError("This is not a Sigstore bundle of a ledger’s entry.") from None
    proof, envelope = entries[0].inclusionProof, read_envelope(said.dsseEnvelope)
    index = from_decimal(proof.logIndex, "The index")
    receipt = Receipt(Logged(envelope, index, read_path(proof.hashes)), proof.checkpoint.envelope)
    public = public_of(from_base64(signed.verifier.publicKey.rawBytes, "The key in the leaf"))
    key = VerifierKey(envelope.key.partition("+")[0], public)
    if key.short != envelope.key or as_bundle(receipt, key) != data:
        raise SpellingError("The bundle has another spelling than the one that is written.")
    return receipt


def as_trusted_root(keys: Sequence[LogKey]) -> bytes:
    """Return ``trusted_root.json`` for the keys of a log, oldest first, for people and programs to read."""
    logs = [
        {
            "baseUrl": _SCHEME + one.key.name,
            "hashAlgorithm": "SHA2_256",
            "publicKey": {
                "rawBytes": to_base64(spki(one.key.public)),
                "keyDetails": _KEY_DETAILS,
                "validFor": {"start": _spelled(one.since)} | ({"end": _spelled(one.until)} if one.until else {}),
            },
            "logId": {"keyId": to_base64(one.key.full_id)},
        }
        for one in keys
    ]
    root = {
        "mediaType": ROOT_TYPE,
        "tlogs": logs,
        "certificateAuthorities": [],
        "ctlogs": [],
        "timestampAuthorities": [],
    }
    return json.dumps(root, indent=2).encode() + b"\n"


def read_trusted_root(data: bytes) -> tuple[LogKey, ...]:
    """Return the Ed25519 keys of logs in a ``trusted_root.json``. Other spellings of the same JSON are fine here.

    Raises:
        SpellingError: not a trusted root, one without a key of this kind, or a key whose id is not its own.
    """
    try:
        logs = _decode_root(data).tlogs
    except UNREADABLE:
        raise SpellingError("This is not a trusted root of Sigstore (trusted_root.json).") from None
    found = []
    for log in logs:
        if log.publicKey.keyDetails != _KEY_DETAILS:
            continue
        public = public_of(from_base64(log.publicKey.rawBytes, "A key of the trusted root"))
        key = VerifierKey(log.baseUrl.removeprefix(_SCHEME).rstrip("/"), public)
        if to_base64(key.full_id) != log.logId.keyId:
            raise SpellingError("A key of the trusted root has an id that does not belong to it.")
        span = log.publicKey.validFor
        found.append(LogKey(key, span.start, span.end))
    if not found:
        raise SpellingError("The trusted root names no log with an Ed25519 key.")
    return tuple(found)


def _spelled(at: datetime | None) -> str:
    return "" if at is None else at.isoformat().replace("+00:00", "Z")
