"""What an entry says, how the company signs it, and what of it is public.

Laws:

1. The *statement* is what the entry says: kind, time, body, whose sequence, its place in it. It is sealed in the
   store, and only the customer it is about gets it. With it goes a *salt*, 32 random bytes.
2. The *leaf* is public: the hash of the statement with its salt, a signature over the statement, and the key that
   made it. Without the salt nobody can test a guess about what is behind a leaf, the company included. Once statement
   and salt are destroyed, the leaf tells nothing to anybody for good, and the tree stays whole.
3. Statements are filled up to whole blocks of 256 bytes, so that the length of a sealed row does not tell its kind.
4. One thing has one spelling: RFC 8785 JSON. What is read is spelled again and must come out the same.

The leaf has the form of an entry of Rekor v2 (``dsse 0.0.2``), so that tools of Sigstore can check it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec

from troth.canonical import JSON, canonical_json
from troth.clock import from_micros, to_micros
from troth.ledger.model import Kind
from troth.ledger.note import Sign, VerifierKey
from troth.ledger.spelling import HASH_BYTES, LARGEST, UNREADABLE, SpellingError, from_base64, to_base64

PAYLOAD_TYPE = "application/vnd.troth.entry.v1+json"
"""The type of a statement in its envelope. Another shape would have another type."""

SALT_BYTES = 32

COMPANY = bytes(32)
"""The stream of entries that are about no customer."""

NOTHING = bytes(HASH_BYTES)
"""What the first entry of a stream has in the place of the leaf hash before it."""

HEADS = Kind.HEADS.value
"""The kind of the entry that tells the root of the map of heads."""

VERSION = 1
VOCABULARY: Mapping[int, frozenset[str]] = {1: frozenset(kind.value for kind in Kind)}
"""Version → the kinds of entry it knows. A version never changes; a new kind makes a new version."""

_BLOCK = 256
_SPKI = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 key in its DER form (RFC 8410)."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one entry says.

    Attributes:
        log: the origin of the log.
        kind: a word of the vocabulary.
        at: when it happened.
        stream: 32 bytes: whose sequence. Random for each customer, and known to them only; `COMPANY` for nobody's.
        number: its place in the sequence, from 1.
        previous: the leaf hash of the entry before it in the sequence; `NOTHING` for the first.
        salt: 32 random bytes, fresh for this entry.
        body: what there is to say; integers, text, yes and no, lists and objects of them.
        version: of the vocabulary.
    """

    log: str
    kind: str
    at: datetime
    stream: bytes = field(repr=False)
    number: int
    previous: bytes
    salt: bytes = field(repr=False)
    body: Mapping[str, JSON] = field(default_factory=dict, repr=False)
    version: int = VERSION

    @property
    def is_known(self) -> bool:
        """Whether this program knows what the kind means."""
        return self.kind in VOCABULARY.get(self.version, ())


@dataclass(frozen=True, slots=True)
class Envelope:
    """A statement with the company's signature (DSSE).

    Attributes:
        payload: the statement's bytes.
        signature: 64 bytes over `signed_bytes(payload)`.
        key: which key made it: `VerifierKey.short`. Only a hint; whoever checks must know the key.
    """

    payload: bytes = field(repr=False)
    signature: bytes
    key: str


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    """A statement as it is spelled."""

    at: int
    body: dict[str, Any]
    kind: str
    log: str
    number: int
    pad: str
    previous: str
    salt: str
    stream: str
    v: int

    def __repr__(self) -> str:
        return f"_Written({self.kind})"


_decode = msgspec.json.Decoder(_Written).decode


def payload_of(statement: Statement) -> bytes:
    """Return the bytes of a statement: RFC 8785 JSON, a multiple of 256 bytes long.

    Raises:
        ValueError: the body has a value with two spellings (`canonical_json`), or a hash has another length.
    """
    if not len(statement.stream) == len(statement.previous) == len(statement.salt) == HASH_BYTES:
        raise ValueError("stream, previous and salt have 32 bytes each")
    at = to_micros(statement.at)
    if max(abs(at), statement.number, statement.version) > LARGEST:
        raise ValueError("an integer beyond 2**53 - 1 has no exact JSON spelling")
    # Put together from parts, not as one object: a hundred thousand are made in a go. A test compares it with
    # canonical_json of the whole. Base64 and numbers need no escaping.
    before = b'{"at":%d,"body":%b,"kind":%b,"log":%b,"number":%d,"pad":"' % (
        at,
        canonical_json(statement.body),
        _word(statement.kind),
        _word(statement.log),
        statement.number,
    )
    after = (
        f'","previous":"{to_base64(statement.previous)}","salt":"{to_base64(statement.salt)}"'
        f',"stream":"{to_base64(statement.stream)}","v":{statement.version}}}'
    ).encode("ascii")
    return before + b"." * (-(len(before) + len(after)) % _BLOCK) + after


@lru_cache(maxsize=256)
def _word(text: str) -> bytes:
    return canonical_json(text)


def read_statement(payload: bytes) -> Statement:
    """Return what `payload` says.

    Raises:
        SpellingError: not a statement, or one that `payload_of` spells otherwise.
    """
    try:
        said = _decode(payload)
        statement = Statement(
            log=said.log,
            kind=said.kind,
            at=from_micros(said.at),
            stream=from_base64(said.stream, "The stream", size=HASH_BYTES),
            number=said.number,
            previous=from_base64(said.previous, "The hash of the entry before", size=HASH_BYTES),
            salt=from_base64(said.salt, "The salt", size=SALT_BYTES),
            body=said.body,
            version=said.v,
        )
        same = payload_of(statement) == payload
    except UNREADABLE:
        raise SpellingError("This is not what an entry says.") from None
    if not same:
        raise SpellingError("The entry has another spelling than the one that is written.")
    if not (1 <= said.number <= LARGEST and said.v >= 1):
        raise SpellingError("An entry's number and version begin with 1.")
    return statement


def signed_bytes(payload: bytes) -> bytes:
    """Return what is signed for `payload`: the pre-authentication encoding of DSSE v1."""
    name = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def sign_statement(statement: Statement, key: VerifierKey, sign: Sign) -> Envelope:
    """Return `statement` signed; `sign` signs with the private half of `key`."""
    payload = payload_of(statement)
    return Envelope(payload, sign(signed_bytes(payload)), key.short)


def leaf_of(envelope: Envelope, key: VerifierKey) -> bytes:
    """Return the public leaf of an envelope that `key` signed: about 400 bytes, no word of the statement."""
    # Written out, not put together as objects: a hundred thousand of them are made in a go. Every value is base64, so
    # nothing needs escaping; a test compares it with canonical_json.
    digest = to_base64(sha256(envelope.payload).digest())
    leaf = (
        '{"apiVersion":"0.0.2","kind":"dsse","spec":{"dsseV002":{"payloadHash":{"algorithm":"SHA2_256","digest":"'
        f'{digest}"}},"signatures":[{{"content":"{to_base64(envelope.signature)}","verifier":{{'
        f'"keyDetails":"PKIX_ED25519","publicKey":{{"rawBytes":"{to_base64(spki(key.public))}"}}}}}}]}}}}}}'
    )
    return leaf.encode("ascii")


def spki(public: bytes) -> bytes:
    """Return the DER form of a 32-byte Ed25519 key (SubjectPublicKeyInfo, RFC 8410): 44 bytes."""
    return _SPKI + public


def public_of(der: bytes) -> bytes:
    """Return the 32 bytes of an Ed25519 key from its DER form.

    Raises:
        SpellingError: another kind of key.
    """
    if len(der) != len(_SPKI) + HASH_BYTES or not der.startswith(_SPKI):
        raise SpellingError("The key is not an Ed25519 key.")
    return der[len(_SPKI) :]
