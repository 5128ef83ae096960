"""Which place for backups a person's words name."""

from pathlib import Path

from troth.backup.place import FolderPlace, Place
from troth.backup.s3 import S3Place
from troth.errors import InputError


def place_named(words: str) -> Place:
    """Return the place that `words` name: ``s3://bucket/prefix``, or a folder.

    Raises:
        InputError: the words can't be understood, or what the place needs is not installed.
    """
    kind, separator, rest = words.partition("://")
    if separator and kind == "s3":
        return S3Place(rest)
    if separator or not words.strip():
        raise InputError(
            "backup_place", "This place for backups can't be understood.", "Name a folder, or s3://bucket/prefix."
        )
    return FolderPlace(Path(words))
