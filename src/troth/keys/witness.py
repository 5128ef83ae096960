"""The key of a witness: Ed25519 (RFC 8032), in a file of its own beside no installation.

The first line says what the file is, the second is the witness's name, the third the private key, 32 random bytes in
base64. The file is written once, whole or not at all, and never again: who may sign two things by one key must not
be able to lose track of which is the newer.
"""

import base64
import binascii
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from troth.errors import InputError, UnavailableError
from troth.keys.sealing import KEY_BYTES, new_key

_FIRST_LINE = b"troth witness key 1"
_OTHERS_MASK = 0o077


class WitnessSigner:
    """Signs with a witness's private key, and does not tell it.

    Attributes:
        name: the witness's name, e.g. ``witness.example/w1``.
        public: its public key, 32 bytes.
    """

    def __init__(self, name: str, private: bytes) -> None:
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature over `message`."""
        return self._key.sign(message)


def make_witness_key(path: Path, name: str) -> WitnessSigner:
    """Make a key and write it to `path`, for this user alone. The caller sees to it that it is alone in the folder.

    Raises:
        InputError: there is a key already.
        UnavailableError: it can't be written.
    """
    if path.exists():
        raise InputError(
            "witness_exists",
            f"There is a witness already: {path.name} is its key, and it stays.",
            "Name another folder with --home, or add a log to this witness with `troth witness trust`.",
        )
    private = new_key()
    part = path.with_suffix(".part")
    text = b"\n".join([_FIRST_LINE, name.encode(), base64.b64encode(private), b""])
    try:
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # Killed before this line: no witness yet, the command can be run again. After: this is the witness's key.
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise UnavailableError(
            "witness_key_unwritable",
            f"The key of the witness can't be written ({error.strerror}).",
            "Make room, or name a folder where this user may write with --home.",
        ) from None
    return WitnessSigner(name, private)


def open_witness_key(path: Path) -> WitnessSigner:
    """Return the key in the file.

    Raises:
        UnavailableError: there is none, others can read it, or it is damaged.
    """
    try:
        mode = path.stat().st_mode
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise UnavailableError(
            "witness_key_missing",
            f"There is no key of a witness that can be read: {path.name} ({error.strerror}).",
            "Name the witness's folder with --home, or make a witness: troth witness init",
        ) from None
    if mode & _OTHERS_MASK:
        raise UnavailableError(
            "witness_key_open",
            f"The key of the witness ({path.name}) can be read by other users.",
            f"Close it: chmod 600 {path.name}. If somebody may have read it, make a new witness instead.",
        )
    try:
        first, name, coded = lines
        private = base64.b64decode(coded, validate=True)
        if first == _FIRST_LINE and len(private) == KEY_BYTES:
            return WitnessSigner(name.decode(), private)
    except (ValueError, binascii.Error):
        pass
    raise UnavailableError(
        "witness_key_damaged",
        f"{path.name} is not the key of a witness, or it is damaged.",
        "Put back the file as `troth witness init` wrote it, or make a new witness.",
    )
