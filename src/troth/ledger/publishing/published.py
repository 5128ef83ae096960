"""What of the log is public, as files: checkpoints, tiles, keys. Never an entry.

The addresses are those of c2sp.org/tlog-tiles below the log's name: of the first log ``checkpoint`` and
``tile/<level>/<index>``, of the log with number n the same below ``<n>/``.
"""

import re
from dataclasses import dataclass

from troth.db.engine import Connection, Database
from troth.ledger.log import Ledger
from troth.ledger.publishing import store
from troth.ledger.sigstore import as_trusted_root
from troth.ledger.spelling import SpellingError
from troth.ledger.tiles import FULL, HEIGHT, tile_at

CHECKPOINT = "checkpoint"
TRUSTED_ROOT = "trusted_root.json"
KEYS = "keys"
"""The keys of all logs as text, one a line, oldest first (vkeys of c2sp.org/signed-note)."""

_OF_LOG = re.compile(r"(?:([2-9]|[1-9][0-9]{1,8})/)?(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class File:
    """A file of the log: its bytes, their media type, and whether they never change."""

    data: bytes
    media_type: str
    is_final: bool = False


class Published:
    """Reads what is public.

    Args:
        database: the main database.
        ledger: knows the keys.
    """

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    def file(self, path: str) -> File | None:
        """Return the file at `path`, without a slash in front; None when there is none."""
        if path == TRUSTED_ROOT:
            return File(as_trusted_root(self._ledger.log_keys()), "application/json")
        if path == KEYS:
            return _text("".join(f"{one.key.written}\n" for one in self._ledger.log_keys()))
        found = _OF_LOG.fullmatch(path)
        if found is None:
            return None
        log, name = int(found[1] or 1), found[2]
        with self._database.reading() as connection:
            if name != CHECKPOINT:
                return self._tile(connection, log, name)
            head = store.tree(connection, log)
        return None if head is None or not head.checkpoint else _text(head.checkpoint)

    def _tile(self, connection: Connection, log: int, path: str) -> File | None:
        try:
            tile = tile_at(path)
        except SpellingError:
            return None
        head = store.tree(connection, log)
        # What is not signed yet is nobody's to see, although it would tell nothing.
        if head is None or tile.index * FULL + tile.width > head.signed >> HEIGHT * tile.level:
            return None
        data = store.tile(connection, log, tile)
        return None if data is None else File(data, "application/octet-stream", is_final=True)


def _text(said: str) -> File:
    return File(said.encode(), "text/plain; charset=utf-8")
