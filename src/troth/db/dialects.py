"""What each of the two databases needs when it is opened and when a transaction begins."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from troth.errors import InputError

BUSY_SECONDS = 10
"""How long a writer waits for another before it gives up, in seconds."""

_MAPPED_BYTES = 1 << 30
"""How much of the file is read through the page cache of the machine instead of being copied page by page."""

_LIMITS = f"-c lock_timeout={BUSY_SECONDS}s -c timezone=UTC"
_QUEUE = "SELECT pg_advisory_xact_lock(hashtextextended(current_database() || '.' || current_schema(), 0))"


def open_engine(url: str) -> Engine:
    """Return the engine of an SQLAlchemy URL. Nothing is connected yet.

    Raises:
        InputError: the URL can't be understood, or its driver is not installed.
    """
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
    engine = create_engine(
        url, connect_args={"timeout": BUSY_SECONDS}, pool_size=8, max_overflow=24, pool_use_lifo=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _open_postgresql(url: URL) -> Engine:
    if url.get_backend_name() != "postgresql":
        raise ArgumentError
    limits = {"connect_timeout": BUSY_SECONDS, "options": _LIMITS}
    return create_engine(url, isolation_level="REPEATABLE READ", connect_args=limits, pool_size=8, max_overflow=24)


def driver_of(connection: Connection) -> Any:  # noqa: ANN401 - the two drivers share no class
    """Return the driver's own connection, for what is said so often that SQLAlchemy's way would be most of it."""
    return connection.connection.driver_connection


def begin(connection: Connection, *, is_writing: bool) -> None:
    """Send what begins a reading or a writing, by the driver itself.

    Raises:
        Exception: the driver's own.
    """
    if connection.dialect.name == "sqlite":
        # IMMEDIATE takes the writer's place in the queue at once: a transaction that reads first and writes later
        # would otherwise fail half-way when another writer came between.
        driver_of(connection).execute("BEGIN IMMEDIATE" if is_writing else "BEGIN")
    else:
        _begin_postgresql(connection, is_writing=is_writing)


def _begin_postgresql(connection: Connection, *, is_writing: bool) -> None:
    # A writer's statements each see what is committed when they begin, and after the queue nobody else commits. A
    # snapshot would be taken by the statement that waits, and so be older than the lock it waited for.
    level: IsolationLevel = "READ COMMITTED" if is_writing else "REPEATABLE READ"
    driver = driver_of(connection)
    connection.dialect.set_isolation_level(driver, level)
    if is_writing:
        # The driver begins the transaction by itself, with the first statement.
        driver.execute(_QUEUE)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by `begin`, not guessed by the driver
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # a withdrawal that was answered survives a power cut
    cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten, not only unlinked
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA cache_size=-32768")
    cursor.execute(f"PRAGMA mmap_size={_MAPPED_BYTES}")
    cursor.close()
