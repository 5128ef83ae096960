"""Finding backups in a place."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from troth.backup.model import MANIFEST, Manifest, What
from troth.backup.parts import manifest_of
from troth.backup.place import Place
from troth.errors import UnavailableError

_NAME = re.compile(r"troth-(main|keys)-\d{8}T\d{6}Z")


@dataclass(frozen=True, slots=True)
class Found:
    """A backup that has its manifest."""

    name: str
    manifest: Manifest


def name_of(what: What, at: datetime) -> str:
    """Return the name of a backup begun at `at`; names of one sort are in the order of their times."""
    return f"troth-{what}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def is_name(text: str) -> bool:
    """Tell whether `text` can be the name of a backup."""
    return _NAME.fullmatch(text) is not None


def names_in(place: Place, what: What) -> list[str]:
    """Return the names of the finished backups of one sort, oldest first."""
    folders = (name.rpartition("/") for name in place.names())
    return sorted(folder for folder, _, file in folders if file == MANIFEST and _is_name(folder, what))


def unfinished_in(place: Place) -> list[str]:
    """Return the names of the backups that were broken off, or are being written, oldest first."""
    folders: dict[str, bool] = {}
    for name in place.names():
        folder, _, file = name.rpartition("/")
        if _NAME.fullmatch(folder):
            folders[folder] = folders.get(folder, False) or file == MANIFEST
    return sorted(folder for folder, is_finished in folders.items() if not is_finished)


def readable_in(place: Place, what: What) -> list[Found]:
    """Return the backups of one sort whose manifest can be read, oldest first; the others are passed over."""
    found = []
    for name in names_in(place, what):
        try:
            found.append(Found(name, manifest_of(place, name)))
        except UnavailableError:
            continue
    return found


def _is_name(name: str, what: What) -> bool:
    matched = _NAME.fullmatch(name)
    return matched is not None and matched[1] == what
