"""Who wraps the keys that wrap. A provider never sees data, only the key of an epoch."""

import base64
import binascii
import os
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from troth.errors import UnavailableError
from troth.keys.sealing import KEY_BYTES, new_key, seal, unseal

_FIRST_LINE = b"troth master key 1"
_OTHERS_MASK = 0o077


class KeyProvider(Protocol):
    """Wraps and unwraps the keys of epochs.

    `wrap` binds the wrapped key to `label`; `unwrap` with another label fails. Both may be called from several
    processes at once. A provider that can't answer raises `UnavailableError`; it never returns a wrong key.
    """

    def wrap(self, key: bytes, label: str) -> bytes:
        """Return `key`, wrapped."""
        ...

    def unwrap(self, wrapped: bytes, label: str) -> bytes:
        """Return the key that was wrapped under `label`."""
        ...


class FileKeyProvider:
    """The master key in a local file that only its owner may read (mode 0600).

    The file must lie outside the folders of the data and of its backups: a key beside the lock protects nothing.

    Args:
        path: the file.
        create: make a new key when there is no file yet. Only a new installation may: to make one beside existing
            data would hide that the right key is lost.

    Raises:
        UnavailableError: missing, readable by others, or not a key file.
    """

    def __init__(self, path: Path, *, create: bool) -> None:
        if create and not path.exists():
            _write_new(path)
        self._key = AESGCM(_read(path))

    def wrap(self, key: bytes, label: str) -> bytes:
        """Return `key`, wrapped with the master key."""
        return seal(self._key, key, label.encode())

    def unwrap(self, wrapped: bytes, label: str) -> bytes:
        """Return the key that was wrapped under `label`.

        Raises:
            UnavailableError: this master key did not wrap it.
        """
        try:
            return unseal(self._key, wrapped, label.encode())
        except InvalidTag:
            raise UnavailableError(
                "master_key_wrong",
                "The master key file does not belong to this data; nothing was changed.",
                "Put back the key file that this installation was made with.",
            ) from None


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter; leave one that is there as it is.

    Raises:
        UnavailableError: it can't be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise UnavailableError(
            "folder_unusable",
            f"The folder {folder.name} of the installation can't be made ({error.strerror}).",
            "Name a place where this user may write with TROTH_HOME.",
        ) from None


def _write_new(path: Path) -> None:
    make_folder(path.parent)
    text = _FIRST_LINE + b"\n" + base64.b64encode(new_key()) + b"\n"
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    # A crash before this line leaves no key and nothing that was wrapped with one; after it, a whole key.
    part.replace(path)


def _read(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise UnavailableError(
            "master_key_missing",
            f"The master key file {path.name} can't be read ({error.strerror}).",
            "Put it back from where you keep it. Without it nothing that is sealed can be opened.",
        ) from None
    if mode & _OTHERS_MASK:
        raise UnavailableError(
            "master_key_open",
            f"The master key file {path.name} can be read by other users.",
            f"Close it: chmod 600 {path.name}",
        )
    try:
        key = base64.b64decode(lines[1], validate=True) if lines[0] == _FIRST_LINE else b""
    except (IndexError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        raise UnavailableError(
            "master_key_damaged",
            f"{path.name} is not a master key file, or it is damaged.",
            "Put back the key file that this installation was made with.",
        )
    return key
