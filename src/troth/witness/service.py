"""A witness at work: asked for its signature, it looks, remembers durably, and only then signs.

The order of the steps, and what is true if everything stops there:

1. The request is read, and the lock is taken. *Nothing has changed.*
2. The checkpoint is held against what is known (`model.next_known`), the time against the last one signed. *Same.*
3. The new state is written, fsynced, renamed, and its folder fsynced (`memory.keep`). *The old is known, or the new.
   No signature has left; asked again, the witness tells the size it knows and signs that, or what comes after.*
4. It signs, and lets go of the lock. *Ed25519 is deterministic: nothing about the signature need be remembered.*

So whatever was signed is on the disk, and what is on the disk is never larger than what the log has signed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path

from troth.clock import Clock, to_micros
from troth.errors import InputError, UnavailableError
from troth.keys.witness import WitnessSigner, make_witness_key, open_witness_key
from troth.ledger.add_checkpoint import read_request
from troth.ledger.checkpoint import checked_origin, open_checkpoint
from troth.ledger.note import Kind, Line, VerifierKey, cosign, read_note, with_line
from troth.ledger.spelling import SpellingError
from troth.witness.memory import Memory
from troth.witness.model import Known, RefusedError, next_known

KEY_FILE = "witness.key"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A log as a witness knows it; `fork` names the file with the proof when it signed two histories."""

    known: Known
    fork: Path | None


class Witness:
    """A witness in its folder.

    Args:
        home: the folder, made by `make_witness`.
        clock: tells the time that is signed.

    Raises:
        UnavailableError: there is no witness in the folder, or its key can't be used.
    """

    def __init__(self, home: Path, clock: Clock) -> None:
        self._memory = Memory(home)
        self._signer = open_witness_key(home / KEY_FILE)
        self._clock = clock
        self.key = _key_of(self._signer)

    def add_checkpoint(self, body: bytes) -> Line:
        """Return the signature line for the checkpoint in a request (c2sp.org/tlog-witness, add-checkpoint).

        Raises:
            RefusedError: it must not sign.
            UnavailableError: it can't sign now: a full disk, a damaged memory, a clock that went back.
        """
        try:
            asked = read_request(body)
            head, note = open_checkpoint(asked.checkpoint)
        except SpellingError as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, error.message) from None
        with self._memory.locked():
            # All are read, so that a witness with one damaged memory stops, and times go forward over all logs.
            every = {known.origin: known for known in self._memory.all()}
            known = every.get(head.origin)
            if known is None:
                raise RefusedError(HTTPStatus.NOT_FOUND, "This log is not known here.")
            try:
                after = next_known(known, asked, head, note)
            except RefusedError as refused:
                if refused.fork:
                    self._memory.keep_fork(known, refused.fork)
                raise
            at = self._now(max(one.at for one in every.values()))
            self._memory.keep(replace(after, at=at))
            return cosign(note.text, self.key, self._signer.sign, at=at)

    def latest(self, name: str) -> str | None:
        """Return the last checkpoint that was signed for a log, with its signature and ours; None when there is none.

        Args:
            name: SHA-256 of the origin, 64 hex digits.

        Raises:
            UnavailableError: it can't be read, or not be made sure of.
        """
        if not _DIGEST.fullmatch(name):
            return None
        with self._memory.locked():
            known = self._memory.named(name)
            if known is None or not known.checkpoint:
                return None
            self._memory.settle()
        text = read_note(known.checkpoint).text
        # Signed before with this very time, and so the same bytes again; or about to be, and then durable by now.
        return with_line(known.checkpoint, cosign(text, self.key, self._signer.sign, at=known.at))

    def trust(self, keys: Sequence[VerifierKey], origin: str = "") -> None:
        """Take these as keys of logs: of new ones, or further keys of known ones. What is known of a log stays.

        Args:
            keys: the keys.
            origin: the first line of the log's checkpoints; empty: each key's own name.

        Raises:
            InputError: not the key of a log, or not a line.
        """
        _must_be_logs(keys, origin)
        with self._memory.locked():
            _take(self._memory, keys, origin)

    def seen(self) -> list[Seen]:
        """Return every log as it is known."""
        found = [(known, self._memory.fork_of(known.origin)) for known in self._memory.all()]
        return [Seen(known, fork if fork.exists() else None) for known, fork in found]

    def _now(self, last: int) -> int:
        now = to_micros(self._clock.now()) // _MICROS
        if now < max(last, 1):
            raise UnavailableError(
                "witness_clock",
                "The clock of this machine is behind the time that was signed last. The witness signs nothing.",
                "Set the clock right, or wait until it has passed that time; troth witness show tells it.",
            )
        return now


def make_witness(home: Path, name: str, logs: Sequence[VerifierKey], origin: str = "") -> VerifierKey:
    """Make a witness in a folder; return its key. Broken off, it can be called again.

    Args:
        home: the folder. It need not be there.
        name: the witness's for good, like a web address without its scheme.
        logs: the keys of the logs it is to know.
        origin: the first line of their checkpoints; empty: each key's own name.

    Raises:
        InputError: the name may not be one, a key is not a log's, or there is a witness already.
        UnavailableError: the folder can't be used.
    """
    checked_origin(name)
    memory = Memory(home)
    memory.make()
    # The key comes last and makes the witness: until it is there nothing was ever signed, so empty memories are true.
    with memory.locked():
        if not (home / KEY_FILE).exists():
            _must_be_logs(logs, origin)
            _take(memory, logs, origin)
        return _key_of(make_witness_key(home / KEY_FILE, name))


def _take(memory: Memory, keys: Sequence[VerifierKey], origin: str) -> None:
    """Put `keys` among those of their logs. The caller holds the lock."""
    for key in keys:
        known = memory.of(origin or key.name) or Known(origin or key.name, ())
        if key not in known.keys:
            memory.keep(replace(known, keys=(*known.keys, key)))


def _must_be_logs(keys: Sequence[VerifierKey], origin: str) -> None:
    if not origin.isprintable():
        raise InputError(
            "witness_origin", "The first line of a checkpoint is one line.", "Copy it from a checkpoint."
        )
    if any(key.kind is not Kind.NOTE for key in keys):
        raise InputError(
            "witness_not_a_log", "This is the key of a witness, not of a log.", "Name the key that the log publishes."
        )


def _key_of(signer: WitnessSigner) -> VerifierKey:
    return VerifierKey(signer.name, signer.public, Kind.COSIGNATURE)
