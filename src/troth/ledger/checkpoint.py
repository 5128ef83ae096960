"""Checkpoints (c2sp.org/tlog-checkpoint): what a log says about itself: its name, how long it is, and its root."""

import re
from dataclasses import dataclass

from troth.errors import InputError
from troth.ledger.note import Note, Sign, VerifierKey, read_note, sign_note
from troth.ledger.spelling import HASH_BYTES, SpellingError, from_base64, from_decimal, to_base64

_ORIGIN = re.compile(r"(?=.{1,128}\Z)[a-z0-9]+(?:[.-][a-z0-9]+)*(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)*")
_HEAD = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree's head.

    Attributes:
        origin: the log's name for good, e.g. ``larkfield.example/log``.
        size: how many leaves.
        root: 32 bytes.
        extensions: further lines of other logs. Ours have none.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that is signed, with its last line feed."""
        lines = (self.origin, str(self.size), to_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def checked_origin(origin: str) -> str:
    """Return `origin` when one of our logs may be called so: like a web address without its scheme, in small letters.

    Narrower than the specification: @sigstore/verify takes the name for a pattern, so it must mean only itself.

    Raises:
        InputError: it may not.
    """
    if not _ORIGIN.fullmatch(origin):
        raise InputError(
            "ledger_origin",
            "The name of a log is like a web address without https://, in small letters.",
            "For example: larkfield.example/log",
        )
    return origin


def read_checkpoint(text: str) -> Checkpoint:
    """Return the head that the text of a note tells.

    Raises:
        SpellingError: not a checkpoint, or one that could be spelled otherwise.
    """
    lines = text.split("\n")
    if len(lines) <= _HEAD or lines[-1] or not all(lines[:-1]):
        raise SpellingError("A checkpoint has a line each for the log's name, its size and its root.")
    origin, size, root = lines[:_HEAD]
    return Checkpoint(
        origin,
        from_decimal(size, "The size in the checkpoint"),
        from_base64(root, "The root in the checkpoint", size=HASH_BYTES),
        tuple(lines[_HEAD:-1]),
    )


def open_checkpoint(note: str) -> tuple[Checkpoint, Note]:
    """Return the head that a signed note tells, and the note. No signature is checked yet (`note.open_note`).

    Raises:
        SpellingError: not a signed checkpoint.
    """
    read = read_note(note)
    return read_checkpoint(read.text), read


def sign_checkpoint(checkpoint: Checkpoint, key: VerifierKey, sign: Sign) -> str:
    """Return the signed note of `checkpoint`; `sign` signs with the private half of `key`."""
    text = checkpoint.text
    return str(Note(text, (sign_note(text, key, sign),)))
