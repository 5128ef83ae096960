"""Signed notes (c2sp.org/signed-note): a text, an empty line, and one line for each signature.

Two kinds of signature are known: Ed25519 over the text (type 0x01), as a log signs, and the time-stamped cosignature
of a checkpoint (type 0x04, c2sp.org/tlog-cosignature), as a witness signs. Lines of other keys are passed over, as
the specification demands; who wants none left unchecked asks for `Opened.unknown`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from troth.ledger.spelling import SpellingError, from_base64, to_base64

Sign = Callable[[bytes], bytes]
"""Signs a message with a private Ed25519 key: message → 64 bytes."""

MOST_LINES = 64
"""Signatures of one note at most; the specification asks for 16 at least."""

_DASH = "\N{EM DASH} "
_ID_BYTES = 4
_PUBLIC_BYTES = 32
_TIME_BYTES = 8
_FIRST_PRINTABLE = " "
_LATEST = 2**63 - 1


class Kind(IntEnum):
    """What a key signs, and how: the byte that its id is computed with."""

    NOTE = 0x01
    COSIGNATURE = 0x04


@lru_cache(maxsize=256)
def _full_id(name: str, public: bytes, kind: Kind) -> bytes:
    return sha256(b"%b\n%c%b" % (name.encode(), kind, public)).digest()


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public Ed25519 key with its name: who signed.

    Attributes:
        name: e.g. ``larkfield.example/log``; no spaces, no plus sign.
        public: 32 bytes (RFC 8032).
        kind: what it signs.
    """

    name: str
    public: bytes
    kind: Kind = Kind.NOTE

    @property
    def full_id(self) -> bytes:
        """The 32 bytes that the id is cut from."""
        return _full_id(self.name, self.public, self.kind)

    @property
    def id(self) -> bytes:
        """The 4 bytes that a signature line names the key by."""
        return self.full_id[:_ID_BYTES]

    @property
    def short(self) -> str:
        """Name and id, e.g. ``larkfield.example/log+1234abcd``: the first two parts of `written`."""
        return f"{self.name}+{self.id.hex()}"

    @property
    def written(self) -> str:
        """The key as text (a *vkey*), the form in which it is handed out."""
        return f"{self.short}+{to_base64(bytes([self.kind]) + self.public)}"

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `message`, byte for byte."""
        try:
            _opened(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Line:
    """One signature line.

    Attributes:
        name: the name of the key, as the line says.
        id: 4 bytes.
        signature: 64 bytes; for a cosignature 72, of which the first 8 are the time.
    """

    name: str
    id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {to_base64(self.id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text with signature lines that nobody has checked yet. The text ends in a line feed."""

    text: str
    lines: tuple[Line, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.lines))


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found on a note.

    Attributes:
        signed: the keys whose signature holds.
        times: for each witness among them the time it signed at, in seconds since 1970.
        unknown: the lines of keys that were not named.
    """

    signed: frozenset[VerifierKey]
    times: dict[VerifierKey, int] = field(default_factory=dict)
    unknown: tuple[Line, ...] = ()


class FalseSignatureError(SpellingError):
    """A known key's signature line does not hold. The note is to be thrown away (c2sp.org/signed-note)."""


def read_note(note: str) -> Note:
    """Return the text and lines of a note.

    Raises:
        SpellingError: not a signed note, or one that could be spelled otherwise.
    """
    at = note.rfind("\n\n")
    if at < 1 or not note.endswith("\n") or any(char < _FIRST_PRINTABLE and char != "\n" for char in note):
        raise SpellingError("This is not a signed note: text, an empty line, signature lines.")
    written = note[at + 2 :].split("\n")[:-1]
    if not 1 <= len(written) <= MOST_LINES:
        raise SpellingError(f"A signed note has 1 to {MOST_LINES} signature lines.")
    return Note(note[: at + 1], tuple(map(_line, written)))


def read_key(written: str) -> VerifierKey:
    """Return the key that is written `written` (a *vkey*).

    Raises:
        SpellingError: another form, a kind that is not known here, or an id that is not this key's.
    """
    name, _, rest = written.partition("+")
    _must_be_name(name)
    coded = from_base64(rest.partition("+")[2], "The key")
    if len(coded) != 1 + _PUBLIC_BYTES or coded[0] not in set(Kind):
        raise SpellingError("The key is neither an Ed25519 key of a log nor one of a witness.")
    key = VerifierKey(name, coded[1:], Kind(coded[0]))
    if key.written != written:
        raise SpellingError("The key's id does not belong to the key.")
    return key


def sign_note(text: str, key: VerifierKey, sign: Sign) -> Line:
    """Return the line by which a log signs `text`; `sign` signs with the private half of `key`."""
    return Line(key.name, key.id, sign(text.encode()))


def cosign(text: str, key: VerifierKey, sign: Sign, *, at: int) -> Line:
    """Return the line by which a witness signs the checkpoint `text`.

    Args:
        text: the checkpoint's text, with its last line feed.
        key: the witness's, of kind `Kind.COSIGNATURE`.
        sign: signs with its private half.
        at: now, in seconds since 1970.
    """
    return Line(key.name, key.id, at.to_bytes(_TIME_BYTES, "big") + sign(_cosigned(text, at)))


def with_line(note: str, line: Line) -> str:
    """Return the signed note with one more line: a witness's, or the log's own by its next key.

    Raises:
        SpellingError: not a signed note.
    """
    read = read_note(note)
    return str(Note(read.text, (*read.lines, line)))


def open_note(note: Note, keys: Iterable[VerifierKey]) -> Opened:
    """Check every line of `note` that one of `keys` made.

    Raises:
        FalseSignatureError: a line has a known key's name and id and not its signature, or stands there twice.
    """
    known = {(key.name, key.id): key for key in keys}
    times: dict[VerifierKey, int] = {}
    signed: set[VerifierKey] = set()
    unknown: list[Line] = []
    for line in note.lines:
        key = known.get((line.name, line.id))
        if key is None:
            unknown.append(line)
            continue
        if key in signed:
            raise FalseSignatureError(f"The key {key.short} has signed twice.")
        message, signature = note.text.encode(), line.signature
        if key.kind is Kind.COSIGNATURE:
            at, signature = int.from_bytes(signature[:_TIME_BYTES], "big"), signature[_TIME_BYTES:]
            message, times[key] = _cosigned(note.text, at), at
        if times.get(key, 0) > _LATEST or not key.holds(message, signature):
            raise FalseSignatureError(f"The signature of {key.short} does not hold.")
        signed.add(key)
    return Opened(frozenset(signed), times, tuple(unknown))


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _line(written: str) -> Line:
    name, _, coded = written.removeprefix(_DASH).partition(" ")
    if not written.startswith(_DASH):
        raise SpellingError("A signature line begins with an em dash and a space.")
    _must_be_name(name)
    data = from_base64(coded, "A signature")
    if len(data) <= _ID_BYTES:
        raise SpellingError("A signature is empty.")
    return Line(name, data[:_ID_BYTES], data[_ID_BYTES:])


def _must_be_name(name: str) -> None:
    if not name or "+" in name or any(char.isspace() for char in name):
        raise SpellingError("The name of a key is empty, or has a space or a plus sign.")


@lru_cache(maxsize=256)
def _opened(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)
