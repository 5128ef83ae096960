"""The master key in a local file.

The first line says what the file is; each further line is one version, newest first, 32 bytes in base64. While the
key is renewed there are two, else one.

Laws:

1. The file is replaced whole or not at all. A crash leaves the old one or the new one.
2. It is read at every call and kept in no variable: once a month is seldom, and another process may have renewed it.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag

from troth.errors import UnavailableError
from troth.keys.provider import Abilities, Wrapped, wrong
from troth.keys.sealing import KEY_BYTES, cipher, new_key, seal, unseal

_FIRST_LINE = b"troth master key 1"
_OTHERS_MASK = 0o077


class FileKeyProvider:
    """The master key in a local file that only its owner may read (mode 0600).

    The file must lie outside the folders of the data and of its backups: a key beside the lock protects nothing.

    Args:
        path: the file. It need not be there before `renew`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """The file's name, without its folder."""
        return f"file {self._path.name}"

    @property
    def abilities(self) -> Abilities:
        """It renews, and then somebody must carry the new file to the place where its copy is kept."""
        return Abilities(renews=True, by_itself=False, delay=timedelta())

    def check(self) -> None:
        """Return when the file is there, whole, and closed to others."""
        self._read()

    def current(self) -> str:
        """Return the name of the newest version: 16 hex digits of a hash."""
        return _named(self._read()[0])

    def wrap(self, key: bytes, label: str) -> Wrapped:
        """Return `key`, wrapped with the newest version."""
        newest = self._read()[0]
        return Wrapped(_named(newest), seal(cipher(newest), key, label.encode()))

    def unwrap(self, wrapped: bytes, label: str) -> bytes:
        """Return the key that was wrapped under `label`."""
        for master in self._read():
            with suppress(InvalidTag):
                return unseal(cipher(master), wrapped, label.encode())
        raise wrong(self.name)

    def renew(self, used: Collection[str]) -> None:
        """Write a new version beside the old ones, unless the newest is not in `used`."""
        self._clear()
        if not used and not self._path.exists():
            make_folder(self._path.parent)
            self._write([new_key()])
            return
        versions = self._read()
        if _named(versions[0]) in used:
            self._write([new_key(), *versions])

    def retire(self, drop: Collection[str], keep: Collection[str]) -> frozenset[str]:
        """Rewrite the file without the versions in `drop`, and overwrite the file that held them."""
        self._clear()
        versions = self._read()
        names = [_named(one) for one in versions]
        if not set(keep) <= set(names):
            raise wrong(self.name)
        gone = frozenset(drop) - frozenset(keep)
        left = [one for one, name in zip(versions, names, strict=True) if name not in gone]
        if len(left) < len(versions):
            self._write(left)
        return gone

    def _read(self) -> list[bytes]:
        """Return the versions, newest first; at least one."""
        path = self._path
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
            versions = [base64.b64decode(line, validate=True) for line in lines[1:]]
        except binascii.Error:
            versions = []
        if lines[:1] != [_FIRST_LINE] or not versions or any(len(one) != KEY_BYTES for one in versions):
            raise UnavailableError(
                "master_key_damaged",
                f"{path.name} is not a master key file, or it is damaged.",
                "Put back the key file that this installation was made with.",
            )
        return versions

    def _write(self, versions: Sequence[bytes]) -> None:
        path, part, old = self._path, self._path.with_suffix(".part"), self._path.with_suffix(".old")
        text = b"\n".join([_FIRST_LINE, *map(base64.b64encode, versions), b""])
        try:
            part.unlink(missing_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            if path.exists():
                # A second name, to overwrite the old file by when the new one has its place. Some disks have none.
                with suppress(OSError):
                    old.hardlink_to(path)
            part.replace(path)
            _make_durable(path.parent)
        except OSError as error:
            raise self._unwritable(error) from None
        self._clear()

    def _clear(self) -> None:
        """Overwrite and remove what `_write` replaced, now or before a crash.

        The best a program can do: a flash disk, a copying file system or a snapshot may still hold the old blocks.
        """
        old = self._path.with_suffix(".old")
        try:
            if not old.exists() or not self._path.exists():
                return
            if not old.samefile(self._path):
                with old.open("r+b") as file:
                    file.write(bytes(old.stat().st_size))
                    file.flush()
                    os.fsync(file.fileno())
            # Else the crash came before the new file took the place: this is the key itself by another name.
            old.unlink()
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> UnavailableError:
        return UnavailableError(
            "master_key_unwritable",
            f"The master key file {self._path.name} can't be written ({error.strerror}); no key was lost.",
            "Make room, and let this user write in its folder. Then run the command again.",
        )


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


def _named(version: bytes) -> str:
    return hashlib.sha256(b"troth master key\x00" + version).hexdigest()[:16]


def _make_durable(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
