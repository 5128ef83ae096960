"""What a witness remembers of a log, and when it may sign more of it. Values in, values out.

Laws:

1. A witness signs a checkpoint only when it is shown that the log it signed before is the beginning of this one. So
   everybody who asks for its signature sees one history.
2. It remembers the last checkpoint it signed for each log, and nothing else. There are never two roots of one size
   under its signature, nor a smaller size after a larger one.
3. The times it signs never go back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from troth.ledger.add_checkpoint import Asked
from troth.ledger.checkpoint import Checkpoint, open_checkpoint
from troth.ledger.note import FalseSignatureError, Note, VerifierKey, open_note
from troth.ledger.proof import is_consistent
from troth.ledger.tree import EMPTY_ROOT


@dataclass(frozen=True, slots=True)
class Known:
    """What a witness knows of one log.

    Attributes:
        origin: the first line of the log's checkpoints. Of our logs, and most, it is also the name of the keys.
        keys: the log's keys; at least one.
        size: of the last checkpoint it signed; 0 when there was none.
        root: of the same, 32 bytes.
        checkpoint: the same as a note, with the log's signatures; empty when there was none.
        at: when it signed that, in seconds since 1970; 0 when it never did.
    """

    origin: str
    keys: tuple[VerifierKey, ...]
    size: int = 0
    root: bytes = EMPTY_ROOT
    checkpoint: str = field(default="", repr=False)
    at: int = 0


class RefusedError(Exception):
    """A witness does not sign.

    Attributes:
        status: as c2sp.org/tlog-witness says.
        why: for the one who asks; nothing of what was sent stands in it.
        size: with status 409, the size that the witness knows.
        fork: the log's checkpoint of the same size with another root, when that is why: proof that the log lied.
    """

    def __init__(self, status: HTTPStatus, why: str, *, size: int = 0, fork: str = "") -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.size = size
        self.fork = fork


def next_known(known: Known, asked: Asked, head: Checkpoint, note: Note) -> Known:
    """Return what a witness is to know of a log before it signs; its time is still to be set.

    Args:
        known: what it knows.
        asked: the request.
        head: what the checkpoint in it says; its origin is `known`'s.
        note: the same with its signatures.

    Raises:
        RefusedError: it must not sign. The checks stand in the order of c2sp.org/tlog-witness.
    """
    signed = _signed_by(known.keys, note)
    is_fork = bool(known.checkpoint) and head.size == known.size and head.root != known.root
    fork = str(signed) if is_fork else ""
    if asked.old > head.size:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "The old size is larger than the checkpoint's.", fork=fork)
    if asked.old != known.size:
        raise RefusedError(HTTPStatus.CONFLICT, "Another size was signed last.", size=known.size, fork=fork)
    if is_fork:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "Another root was signed for this size.", fork=fork)
    _must(head.size > 0 or head.root == EMPTY_ROOT, "A log of size 0 has the root of the empty tree.")
    if asked.old == 0:
        _must(not asked.proof, "From size 0 there is nothing to prove.")
    else:
        shown = is_consistent(known.root, known.size, head.root, head.size, asked.proof)
        _must(shown, "The proof does not lead from the checkpoint signed last to this one.")
    return replace(known, size=head.size, root=head.root, checkpoint=str(signed))


def from_checkpoint(origin: str, keys: Sequence[VerifierKey], *, checkpoint: str, at: int) -> Known:
    """Return what a witness knows that signed `checkpoint` last.

    Args:
        origin: the log's.
        keys: the log's.
        checkpoint: the signed note; empty when it never signed one.
        at: when, in seconds since 1970.

    Raises:
        SpellingError: not a checkpoint.
        RefusedError: not one of this log, or not signed by it.
    """
    if not checkpoint:
        return Known(origin, tuple(keys), at=at)
    head, note = open_checkpoint(checkpoint)
    _must(head.origin == origin, "The checkpoint is of another log.")
    return Known(origin, tuple(keys), head.size, head.root, str(_signed_by(keys, note)), at)


def _signed_by(keys: Sequence[VerifierKey], note: Note) -> Note:
    """Return the note with only those lines that are the log's and hold."""
    try:
        opened = open_note(note, keys)
    except FalseSignatureError:
        raise RefusedError(HTTPStatus.FORBIDDEN, "A signature of the log does not hold.") from None
    if not opened.signed:
        raise RefusedError(HTTPStatus.FORBIDDEN, "No key of the log that is known here has signed.")
    return Note(note.text, tuple(line for line in note.lines if line not in opened.unknown))


def _must(holds: bool, why: str) -> None:  # noqa: FBT001 - a condition, told in words where it is called
    if not holds:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, why)
