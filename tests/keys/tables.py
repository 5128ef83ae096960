"""Key tables for tests: a real database, a real master key file, and customers with something sealed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from installations import NOW, url
from troth.db.engine import Database, sqlite_url
from troth.db.migrate import Steps, upgrade
from troth.keys.epochs.store import EpochStore
from troth.keys.file import FileKeyProvider
from troth.keys.provider import KeyProvider
from troth.keys.ring import KeyRing

KINDS = ("orders", "identity")
NOBODY = 65534


_OPENED: list[Database] = []


def close_all() -> None:
    """Close what the functions below opened; every test does so at its end."""
    while _OPENED:
        _OPENED.pop().close()


def open_database(folder: Path) -> Database:
    """Return the key database of `folder`, made when it is not there yet."""
    database = Database(url(folder, "keys") or sqlite_url(folder / "keys.db"))
    _OPENED.append(database)
    upgrade(database, Steps.KEYS)
    return database


def open_store(folder: Path) -> EpochStore:
    """Return the key table of `folder`."""
    return EpochStore(open_database(folder))


def open_ring(folder: Path, provider: KeyProvider | None = None) -> KeyRing:
    """Return a ring as a new process would open it."""
    return KeyRing(open_store(folder), provider or FileKeyProvider(folder / "master.key"), now=NOW)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was sealed: (customer, kind) → bytes; and the installation's own key."""

    items: dict[tuple[int, str], bytes]
    named: bytes

    def must_open(self, ring: KeyRing) -> None:
        """Check that everything opens and says what it said."""
        for (customer, kind), sealed in self.items.items():
            assert ring.open(customer, kind, sealed, bound_to=b"row") == f"{kind} of {customer}".encode()
        assert ring.named("index") == self.named


def fill(ring: KeyRing, customers: int) -> Sealed:
    """Seal one row of each kind for `customers` customers."""
    pairs = [(customer, kind) for customer in range(1, customers + 1) for kind in KINDS]
    ring.ensure(pairs)
    items = {
        (customer, kind): ring.seal(customer, kind, f"{kind} of {customer}".encode(), bound_to=b"row")
        for customer, kind in pairs
    }
    return Sealed(items, ring.named("index"))


def every_byte(folder: Path) -> bytes:
    """Return every byte of every file in `folder`."""
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


@contextmanager
def as_nobody(*mine: Path) -> Iterator[None]:
    """Be a user who is not root, to whom `mine` belongs: root may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    for path in mine:
        os.chown(path, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
