"""The whole examination, in the order in which things depend on each other."""

import http.client
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from troth.app import App, build
from troth.clock import Clock
from troth.doctor.model import Finding, error, ok
from troth.doctor.places import places
from troth.doctor.rows import rows
from troth.doctor.words import words
from troth.errors import TrothError
from troth.settings import Settings

_NOT_OPENED = frozenset({"data_missing", "keys_missing", "database_damaged", "database_older", "database_newer"})
_TIMEOUT_S = 5
_OK = 200


def examine(settings: Settings, clock: Clock, *, server: str = "") -> Iterator[Finding]:
    """Yield what is found, the ground first.

    Args:
        settings: which installation.
        clock: tells the time.
        server: the address of a running server, e.g. ``http://127.0.0.1:8000``; empty: none is asked.
    """
    now = clock.now()
    # First as it lies there: opening it finishes what was left half done, and that should be told before.
    before = list(rows(settings, now=now)) if settings.home.is_dir() else []
    opened = _opened(settings, clock) if settings.home.is_dir() and not _is_lost(before) else None
    if isinstance(opened, App):
        with closing(opened):
            yield from places(settings, backup_folders=_backup_folders(opened))
            yield from before
            yield ok("opens", "The installation opens, and its master key fits.")
            yield from words(opened, now=now)
    else:
        yield from places(settings, backup_folders=())
        yield from before
        if opened is not None:
            yield opened
    if server:
        yield _asked(server)


def _is_lost(before: list[Finding]) -> bool:
    """Whether opening would make an empty database, change the form of an old one, or say the same again."""
    return any(one.code in _NOT_OPENED for one in before)


def _opened(settings: Settings, clock: Clock) -> App | Finding:
    try:
        return build(settings, clock=clock)
    except TrothError as wrong:
        return error(wrong.code, wrong.message, wrong.mend or "Then look again: troth doctor")


def _backup_folders(app: App) -> list[Path]:
    return [Path(made.place) for made in app.backups.newest().values() if "://" not in made.place]


def _asked(server: str) -> Finding:
    """Ask a server whether it is well."""
    address = urlsplit(server)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(address.hostname or "", address.port, timeout=_TIMEOUT_S)
        with closing(connection):
            connection.request("GET", "/healthz")
            is_well = connection.getresponse().status == _OK
    except (OSError, http.client.HTTPException, ValueError):
        is_well = False
    if is_well:
        return ok("server", "The server answers.")
    return error(
        "server", "The server does not answer, or is not well.", "Start it: troth serve. Or look at its log."
    )
