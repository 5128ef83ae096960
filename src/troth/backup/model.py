"""What a backup is, as values. Pure.

A backup is a folder of parts and a manifest. The manifest is written last, so a backup without one was broken off.
It says of every part how long it is and its SHA-256, and carries a keyed hash over itself, made with a key of the
installation: who may only write where backups lie can make none that is taken, and can't change one.
"""

from datetime import datetime
from typing import Literal

import msgspec

from troth.canonical import canonical_json
from troth.errors import UnavailableError

FORMAT = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 64 << 20
"""Bytes. A part is some 16 MiB, so this is enough for more data than one machine has."""

What = Literal["main", "keys"]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of rows.

    Attributes:
        name: its name in the backup's folder.
        size: bytes.
        sha256: in hex.
        rows: how many are in it.
    """

    name: str
    size: int
    sha256: str
    rows: int


class Rows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table: its columns in order, its parts in order, and the last number it gave (0: it gives none)."""

    table: str
    columns: tuple[str, ...]
    parts: tuple[Part, ...]
    last_number: int = 0


class PromiseThen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The promise in force at that time: its number and the SHA-256 of its file."""

    number: int
    fingerprint: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup holds.

    Attributes:
        format: of this file and the parts.
        what: ``main`` or ``keys``.
        troth: the version that made it.
        step: the last step of the database's form.
        installation: which one; who has other keys has another name.
        at: when the copy was begun, UTC.
        promise: the one in force.
        epoch: of the keys.
        journal: for ``main`` how far the data had come in the journal, for ``keys`` the newest entry in it.
        tables: every table.
        mac: the keyed hash over all the above, in hex; empty while it is not signed.
    """

    format: int
    what: What
    troth: str
    step: str
    installation: str
    at: datetime
    promise: PromiseThen
    epoch: int
    journal: int
    tables: tuple[Rows, ...]
    mac: str = ""

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(part.size for rows in self.tables for part in rows.parts)

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(part.rows for rows in self.tables for part in rows.parts)


def to_be_signed(manifest: Manifest) -> bytes:
    """Return the bytes over which the keyed hash is made."""
    said = msgspec.to_builtins(msgspec.structs.replace(manifest, mac=""))
    return canonical_json(said)


def spelled(manifest: Manifest) -> bytes:
    """Return the bytes of the manifest's file."""
    return msgspec.json.format(canonical_json(msgspec.to_builtins(manifest)), indent=1) + b"\n"


def understood(data: bytes, *, name: str) -> Manifest:
    """Return the manifest in `data`.

    Args:
        data: the bytes of its file.
        name: of the backup, to name it in an error.

    Raises:
        UnavailableError: it is damaged, or of a newer Troth.
    """
    try:
        said = msgspec.json.decode(data, type=dict[str, object])
        version = said.get("format")
        if isinstance(version, int) and version > FORMAT:
            raise UnavailableError(
                "backup_newer",
                f"The backup {name} was made by a newer Troth ({str(said.get('troth'))[:20]}).",
                "Install that version or a later one.",
            )
        return msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise damaged(name, MANIFEST) from None


def damaged(name: str, part: str) -> UnavailableError:
    """Return the error that a file of a backup is not what was written."""
    return UnavailableError(
        "backup_damaged",
        f"The backup {name} is damaged: {part} is missing, cut off or changed. Nothing was changed here.",
        "Take another backup: troth restore --backup NAME. Then find out what became of this one.",
    )
