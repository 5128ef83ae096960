"""Files and folders: who may enter, where the master key lies, how much room there is."""

import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from troth.db.engine import sqlite_file
from troth.doctor.model import Finding, error, ok, warning
from troth.errors import TrothError
from troth.settings import Settings

OTHERS = 0o077
ROOM_NEEDED = 200 << 20
"""Bytes. Below this the next work may fail."""
ROOM_WISHED = 1 << 30
"""Bytes, besides twice what the databases take: a restore makes a new one beside the old."""

_OLD = (".before-", ".part")


def places(settings: Settings, *, backup_folders: Iterable[Path]) -> Iterator[Finding]:
    """Yield what is found of files and folders.

    Args:
        settings: where they are.
        backup_folders: the folders into which the last backups went.
    """
    if not settings.home.is_dir():
        yield error(
            "home_missing",
            f"There is no installation in {settings.home}.",
            "Name its folder with TROTH_HOME, or begin one: troth init",
        )
        return
    folders = _folders_with_data(settings)
    yield from _folders(folders)
    yield from _master_key(settings, [*folders, *backup_folders])
    yield from _left_over(folders)
    yield from _room(settings, folders)


def _folders_with_data(settings: Settings) -> list[Path]:
    """Return the folders of those databases that are files."""
    files = (sqlite_file(url) for url in (settings.database_url, settings.keys_database_url))
    return list(dict.fromkeys(file.parent for file in files if file is not None and file.parent.is_dir()))


def _folders(folders: Iterable[Path]) -> Iterator[Finding]:
    open_ones = [folder for folder in folders if folder.stat().st_mode & OTHERS]
    for folder in open_ones:
        yield warning(
            "folder_open",
            f"Others on this machine may enter the folder {folder.name}.",
            f"Close it: chmod 700 {folder}",
        )
    if not open_ones:
        yield ok("folder_open", "Only its owner may enter the folders of data and keys.")
    for folder in folders:
        if _is_in_git(folder):
            yield error(
                "data_in_git",
                f"The folder {folder.name} lies in a git work tree; one careless commit would publish it.",
                "Move the installation, and name its new folder with TROTH_HOME.",
            )


def _master_key(settings: Settings, folders: Iterable[Path]) -> Iterator[Finding]:
    try:
        words = settings.key_provider_words
    except TrothError as wrong:
        yield error(wrong.code, wrong.message, wrong.mend)
        return
    if not words.startswith("file:"):
        yield ok("master_key", "The master key is not on this machine.")
        return
    file = settings.master_key_file
    if not file.exists():
        yield error(
            "master_key_missing",
            f"The master key file {file.name} is not there.",
            "Put it back from where you keep its copy. Without it nothing that is sealed can be opened.",
        )
        return
    wrong_places = [folder for folder in folders if file.resolve().is_relative_to(folder.resolve())]
    if file.stat().st_mode & OTHERS:
        yield error(
            "master_key_open", "Others on this machine may read the master key.", f"Close it: chmod 600 {file}"
        )
    elif wrong_places:
        yield error(
            "master_key_place",
            f"The master key lies in {wrong_places[0].name}, beside what it locks.",
            "Move it, and name its new place with TROTH_MASTER_KEY.",
        )
    elif _is_in_git(file.parent):
        yield error(
            "master_key_in_git",
            "The master key lies in a git work tree; one careless commit would publish it.",
            "Move it out, and name its new place with TROTH_MASTER_KEY. If it was ever committed: troth keys rotate",
        )
    elif any(file.stat().st_dev == folder.stat().st_dev for folder in folders if folder.is_dir()):
        yield warning(
            "master_key_same_disk",
            "The master key is on the same disk as what it locks: whoever takes the disk has both.",
            "Put it on another, or into OpenBao or a KMS (docs/guides/keys.md).",
        )
    else:
        yield ok("master_key", "The master key lies apart, and only its owner may read it.")


def _left_over(folders: Iterable[Path]) -> Iterator[Finding]:
    for folder in folders:
        for file in sorted(folder.iterdir()):
            if any(mark in file.name for mark in _OLD):
                yield warning(
                    "old_copy",
                    f"An old or broken-off copy lies beside the data: {file.name}.",
                    f"When you are sure you do not need it: rm {file}",
                )


def _room(settings: Settings, folders: Iterable[Path]) -> Iterator[Finding]:
    taken = sum(
        file.stat().st_size for folder in folders for file in folder.iterdir() if stat.S_ISREG(file.stat().st_mode)
    )
    free = shutil.disk_usage(settings.home).free
    says = f"{free / 1e9:,.1f} GB of the disk are free."
    if free < ROOM_NEEDED:
        yield error("disk_space", says, "Make room at once: when the disk is full nothing more is taken in.")
    elif free < ROOM_WISHED + 2 * taken:
        yield warning("disk_space", says, "Make room: a new epoch or a restore needs a second copy for a while.")
    else:
        yield ok("disk_space", says)


def _is_in_git(folder: Path) -> bool:
    whole = folder.resolve()
    return any((one / ".git").exists() for one in (whole, *whole.parents))
