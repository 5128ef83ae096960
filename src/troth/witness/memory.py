"""What a witness knows, on the disk: a file for each log, replaced whole, under one lock.

Laws:

1. A log is known when its file is there. A file that is gone is a log that is not known: nothing is signed for it.
   To begin again with an empty one, as if nothing had ever been signed, takes somebody who asks for it.
2. Whoever reads a file in order to change it holds the lock, across threads and processes, until the new one is on
   the disk. The system lets go of the lock when its holder dies.
3. What is read is spelled again, and the log's signature in it must hold: a damaged file stops the witness.
"""

import errno
import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import msgspec

from troth.canonical import canonical_json
from troth.errors import UnavailableError
from troth.ledger.note import read_key
from troth.ledger.spelling import UNREADABLE, SpellingError
from troth.witness.model import Known, RefusedError, from_checkpoint

FORMAT = "troth-witness-log/1"
_LOGS = "logs"
_LOCK = "lock"
_ENDING = ".json"
_FORK = ".fork"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    """What is known of a log, as it is spelled."""

    at: int
    checkpoint: str
    format: str
    keys: list[str]
    origin: str


_decode = msgspec.json.Decoder(_Written).decode


class Memory:
    """What a witness knows.

    Args:
        home: the witness's folder.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._logs = home / _LOGS

    def make(self) -> None:
        """Make the folders, for this user alone; leave those that are there.

        Raises:
            UnavailableError: they can't be made.
        """
        try:
            self._logs.mkdir(parents=True, exist_ok=True, mode=0o700)
            for folder in (self._home.absolute().parent, self._home):
                _make_durable(folder)
        except OSError as error:
            raise _unwritable(error) from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let nobody else change anything meanwhile.

        Raises:
            UnavailableError: the folder can't be used.
        """
        try:
            descriptor = os.open(self._home / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unwritable(error) from None
        try:
            # Each holder opens the file anew: so two threads of one process keep each other out as well.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def of(self, origin: str) -> Known | None:
        """Return what is known of the log with this name; None when it is not known at all.

        Raises:
            UnavailableError: its file is damaged or can't be read.
        """
        known = self.named(name_of(origin))
        if known is not None and known.origin != origin:
            raise _damaged(name_of(origin))
        return known

    def named(self, name: str) -> Known | None:
        """Return what is known of the log whose name hashes to `name` (64 hex digits), as `of` does."""
        try:
            data = (self._logs / (name + _ENDING)).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnavailableError(
                "witness_memory_unreadable",
                f"What this witness knows of a log can't be read ({error.strerror}).",
                "Let this user read its folder. Until then it signs nothing for that log.",
            ) from None
        try:
            said = _decode(data)
            keys = [read_key(key) for key in said.keys]
            known = from_checkpoint(said.origin, keys, checkpoint=said.checkpoint, at=said.at)
            if spelled(known) == data and name_of(known.origin) == name:
                return known
        except (*UNREADABLE, SpellingError, RefusedError):
            pass
        raise _damaged(name)

    def all(self) -> list[Known]:
        """Return what is known of every log, in the order of their names."""
        names = sorted(path.stem for path in self._logs.glob(f"*{_ENDING}"))
        found = [known for name in names if (known := self.named(name)) is not None]
        return sorted(found, key=lambda known: known.origin)

    def keep(self, known: Known) -> None:
        """Write down what is known of a log, durably. The caller holds the lock.

        Raises:
            UnavailableError: it could not be written. Then either the old or the new is there, whole; the caller
                must go on as if it were the new, and sign nothing.
        """
        self._write(name_of(known.origin) + _ENDING, spelled(known))

    def settle(self) -> None:
        """Make sure that what can be read is on the disk for good. The caller holds the lock.

        Whoever wrote it may have died between giving it its name and making that durable.

        Raises:
            UnavailableError: it can't be made sure of.
        """
        try:
            _make_durable(self._logs)
        except OSError as error:
            raise _unwritable(error) from None

    def keep_fork(self, known: Known, other: str) -> None:
        """Keep the proof that a log signed two roots of one size: both notes. The first such proof stays for good."""
        if not self.fork_of(known.origin).exists():
            self._write(name_of(known.origin) + _FORK, f"{known.checkpoint}\n{other}".encode())

    def fork_of(self, origin: str) -> Path:
        """Return the file that holds the proof that a log forked; there is none while it did not."""
        return self._logs / (name_of(origin) + _FORK)

    def _write(self, name: str, data: bytes) -> None:
        path, part = self._logs / name, self._logs / f"{name}.part"
        try:
            # 1. Beside the old one. Killed here: the old one is what is known; the next write begins anew.
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                left = memoryview(data)
                while left:
                    left = left[os.write(descriptor, left) :]
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            # 2. In its place. Killed after this: the new one is known, and whatever it allows may be signed again.
            os.replace(part, path)  # noqa: PTH105 - the system's own call, beside its siblings
            # 3. For good, also when the power goes.
            _make_durable(self._logs)
        except OSError as error:
            raise _unwritable(error) from None


def name_of(origin: str) -> str:
    """Return the name of a log's file, and of its place on the web: SHA-256 of the origin in 64 hex digits."""
    return sha256(origin.encode()).hexdigest()


def spelled(known: Known) -> bytes:
    """Return what is known of a log as a file: RFC 8785 JSON and a line feed."""
    written: dict[str, str | int | Sequence[str]] = {
        "at": known.at,
        "checkpoint": known.checkpoint,
        "format": FORMAT,
        "keys": [key.written for key in known.keys],
        "origin": known.origin,
    }
    return canonical_json(written) + b"\n"


def _make_durable(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _damaged(name: str) -> UnavailableError:
    return UnavailableError(
        "witness_memory_damaged",
        f"What this witness knows of a log is damaged (logs/{name}{_ENDING}).",
        "Do not put back an older copy: it would sign two histories. Make a new witness, with a new name.",
    )


def _unwritable(error: OSError) -> UnavailableError:
    if error.errno in _FULL:
        return UnavailableError(
            "witness_disk_full", "The witness's disk is full. It signs nothing until there is room.", "Make room."
        )
    return UnavailableError(
        "witness_folder",
        f"The witness's folder can't be written ({error.strerror}). It signs nothing.",
        "Name its folder with --home, and let this user write in it.",
    )
