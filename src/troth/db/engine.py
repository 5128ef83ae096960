"""Opening a database, and the two ways to use it: `reading` and `writing`.

Laws:

1. A `reading` sees one moment: everything in it comes from the same snapshot, also the readings inside it that the
   same thread opens.
2. A `writing` is one transaction; when it returns it is on the disk, and when it raises nothing of it happened.
3. Writers wait for each other (at most `BUSY_SECONDS`), readers never wait.

SQLite keeps these by itself. On PostgreSQL a reading is a REPEATABLE READ transaction, and writers queue for one
advisory lock per schema: so that rows are numbered in the order in which they are committed, and what a writer has
looked up stays true until it commits, on both databases alike.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import local
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from troth.errors import InputError, UnavailableError

__all__ = ["BUSY_SECONDS", "Connection", "Database", "sqlite_url"]

BUSY_SECONDS = 10
"""How long a writer waits for another before it gives up, in seconds."""

_MAPPED_BYTES = 1 << 30
"""How much of the file is read through the page cache of the machine instead of being copied page by page."""

_PAUSE_S = 0.02

_WRITE = "troth_write"

_LIMITS = f"-c lock_timeout={BUSY_SECONDS}s -c timezone=UTC"
_QUEUE = "SELECT pg_advisory_xact_lock(hashtextextended(current_database() || '.' || current_schema(), 0))"


class Database:
    """An open database.

    Args:
        url: an SQLAlchemy URL: ``sqlite:////path/to/troth.db`` or ``postgresql+psycopg://…``.

    Raises:
        InputError: the URL can't be understood.
    """

    def __init__(self, url: str) -> None:
        self._engine = _open(url)
        writing: dict[str, Any] = {_WRITE: True}
        if self._engine.dialect.name == "postgresql":
            # Each statement sees what is committed when it begins, and after the queue nobody else commits. A
            # snapshot would be taken by the statement that waits, and so be older than the lock it waited for.
            writing["isolation_level"] = "READ COMMITTED"
        self._writing_engine = self._engine.execution_options(**writing)
        self._here = local()

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open one snapshot to read from; inside another reading of this thread, share that one's."""
        outer: Connection | None = getattr(self._here, "reading", None)
        if outer is not None:
            yield outer
            return
        with _told(), self._engine.connect() as connection, connection.begin():
            self._here.reading = connection
            try:
                yield connection
            finally:
                self._here.reading = None

    @contextmanager
    def reading_alone(self) -> Iterator[Connection]:
        """Open one snapshot that no other reading of this thread shares.

        For generators: their block stays open while the code that uses them runs, and another thread may close it.
        """
        with _told(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Leave the outer reading of this thread aside: readings inside this block see what is committed now."""
        outer = getattr(self._here, "reading", None)
        self._here.reading = None
        try:
            yield
        finally:
            self._here.reading = outer

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open one transaction; it is durable when the block ends well and undone when it raises."""
        with _told(), self._writing_engine.connect() as connection, connection.begin():
            yield connection

    def empty_log(self) -> None:
        """Empty SQLite's write-ahead log, which still holds what was deleted until it is written over.

        Raises:
            UnavailableError: somebody kept reading an older moment for `BUSY_SECONDS`.
        """
        if self.dialect != "sqlite":
            return
        # SQLite waits here for readers and writers by itself, but not for somebody else who empties the log.
        given_up = time.monotonic() + BUSY_SECONDS
        while (self._bare("PRAGMA wal_checkpoint(TRUNCATE)") or (1,))[0]:
            if time.monotonic() > given_up:
                raise in_words("busy")
            time.sleep(_PAUSE_S)

    def write_anew(self, tables: Sequence[str]) -> None:
        """Write `tables` (in SQLite: the whole file) anew, so that free pages and dead rows hold nothing any more.

        Needs room for a second copy, and in PostgreSQL that nobody reads the tables meanwhile.

        Raises:
            UnavailableError: there is no room, or somebody else used the database for `BUSY_SECONDS`.
        """
        if self.dialect == "sqlite":
            # The copy that SQLite makes on the way must not be left in a folder for temporary files.
            self._bare("PRAGMA temp_store=MEMORY", "VACUUM")
            self.empty_log()
        else:
            self._bare(f"VACUUM (FULL) {', '.join(tables)}")

    def _bare(self, *statements: str) -> tuple[Any, ...] | None:
        """Execute statements that no transaction may surround; return the first row of the last, when it has rows."""
        # SQLite's connections are ever so: see `_prepare_sqlite`.
        ways = {} if self.dialect == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
        with _told(), self._engine.connect().execution_options(**ways) as connection:
            # By the driver's own cursor: SQLAlchemy would begin a transaction.
            cursor = connection.connection.cursor()
            try:
                for statement in statements:
                    cursor.execute(statement)
                return cursor.fetchone() if cursor.description else None
            except connection.dialect.loaded_dbapi.Error as error:
                raise in_words(error) from None
            finally:
                cursor.close()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def sqlite_url(path: Path) -> str:
    """Return the URL of the SQLite file at `path`."""
    return f"sqlite:///{path}"


def _open(url: str) -> Engine:
    try:
        parsed = make_url(url)
        return _open_sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _open_postgresql(parsed)
    except ModuleNotFoundError as error:
        raise InputError(
            "database_driver",
            f"The driver for this database is not installed ({error.name}).",
            "For PostgreSQL install troth[postgresql].",
        ) from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise InputError(
            "database_url",
            "The database URL can't be understood.",
            "Write it as sqlite:////full/path/troth.db or postgresql+psycopg://user@host/name.",
        ) from error


def _open_sqlite(url: URL) -> Engine:
    # The connection used last is used next: its page cache is the warm one.
    engine = create_engine(
        url, connect_args={"timeout": BUSY_SECONDS}, pool_size=8, max_overflow=24, pool_use_lifo=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_postgresql(url: URL) -> Engine:
    if url.get_backend_name() != "postgresql":
        raise ArgumentError
    limits = {"connect_timeout": BUSY_SECONDS, "options": _LIMITS}
    engine = create_engine(url, isolation_level="REPEATABLE READ", connect_args=limits, pool_size=8, max_overflow=24)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITE, False):
        connection.exec_driver_sql(_QUEUE)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not guessed by the driver
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # a withdrawal that was answered survives a power cut
    cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten, not only unlinked
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA cache_size=-32768")
    cursor.execute(f"PRAGMA mmap_size={_MAPPED_BYTES}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE takes the writer's place in the queue at once: a transaction that reads first and writes later
    # would otherwise fail half-way when another writer came between.
    wants_to_write = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if wants_to_write else "BEGIN")


@contextmanager
def _told() -> Iterator[None]:
    """Turn the driver's failures into ours. The driver's text is dropped: it can quote values."""
    try:
        yield
    except DBAPIError as error:
        raise in_words(error.orig) from None


def in_words(cause: Any) -> UnavailableError:  # noqa: ANN401 - each driver has its own class
    """Return a driver's failure as one of ours, without the driver's own text."""
    text = str(cause).lower()
    if "locked" in text or "busy" in text or "lock timeout" in text:
        return UnavailableError(
            "database_busy", "Another process is writing and did not finish in time.", "Try again."
        )
    if "full" in text:
        return UnavailableError("disk_full", "The disk is full; nothing was changed.", "Make room and try again.")
    if "disk i/o" in text:
        return UnavailableError(
            "disk_failed", "The disk did not take the work; it may be full. Nothing was changed.", "Look at the disk."
        )
    if "not a database" in text or "malformed" in text or "no such table" in text:
        return UnavailableError(
            "database_damaged",
            "The database file is damaged or is not one of ours; nothing was changed.",
            "Restore it from a backup, or name another place with TROTH_HOME.",
        )
    if "unable to open" in text or "readonly" in text or "connection" in text:
        return UnavailableError(
            "database_unreachable",
            "The database can't be reached or written.",
            "Check that its folder or server is there and that this user may write there.",
        )
    return UnavailableError(
        "database_failed", f"The database refused the work ({type(cause).__name__}).", "Try again."
    )
