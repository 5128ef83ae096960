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

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import local
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from troth.db.dialects import BUSY_SECONDS, begin, open_engine
from troth.db.failures import in_words
from troth.errors import UnavailableError

__all__ = ["BUSY_SECONDS", "Connection", "Database", "sqlite_url"]

_PAUSE_S = 0.02

_AT_HAND = 8
"""How many connections are kept open between transactions, each with what SQLAlchemy knows of it."""

_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)


class Database:
    """An open database.

    Args:
        url: an SQLAlchemy URL: ``sqlite:////path/to/troth.db`` or ``postgresql+psycopg://…``.

    Raises:
        InputError: the URL can't be understood.
    """

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        self._failure: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        # The connection used last is used next: its page cache is the warm one.
        self._idle: list[Connection] = []
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
        with self._transaction(is_writing=False) as connection:
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
        with self._transaction(is_writing=False) as connection:
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
        with self._transaction(is_writing=True) as connection:
            yield connection

    @contextmanager
    def _transaction(self, *, is_writing: bool) -> Iterator[Connection]:
        """Take a connection, begin, and end as the block ends.

        What begins is sent by the driver itself: SQLAlchemy's events and its pool cost several times what that does.
        """
        try:
            connection = self._taken()
            try:
                with connection.begin():
                    begin(connection, is_writing=is_writing)
                    yield connection
            except BaseException:
                connection.close()
                raise
            self._give_back(connection)
        except (DBAPIError, self._failure) as error:
            # The others may be lost with it: the pool looks at each that comes back to it.
            self._let_go()
            raise in_words(error.orig if isinstance(error, DBAPIError) else error) from None

    def _taken(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._engine.connect()

    def _give_back(self, connection: Connection) -> None:
        # Options that somebody set for a statement of theirs would stay on the connection.
        is_plain = connection.get_execution_options() is self._engine.get_execution_options()
        if is_plain and len(self._idle) < _AT_HAND:
            self._idle.append(connection)
        else:
            connection.close()

    def _let_go(self) -> None:
        """Give the connections at hand back to the pool."""
        while self._idle:
            self._taken().close()

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

    def is_whole(self) -> bool:
        """Return whether the file holds together, page by page and index by index. PostgreSQL sees to that itself.

        Raises:
            UnavailableError: it is so damaged that it can't even be looked at.
        """
        return self.dialect != "sqlite" or self._bare("PRAGMA integrity_check(1)") == ("ok",)

    def must_be_alone(self) -> None:
        """Check that nobody else has the database open. An SQLite file then stands alone, without a log beside it.

        Raises:
            UnavailableError: somebody has.
        """
        try:
            if self.dialect == "sqlite":
                is_alone = self._bare("PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA journal_mode=DELETE") == ("delete",)
            else:
                is_alone = self._bare(_OTHERS) == (0,)
        except UnavailableError as error:
            if error.code != "database_busy":
                raise
            is_alone = False
        if not is_alone:
            raise UnavailableError(
                "installation_in_use",
                "Somebody else has this installation open; nothing was changed.",
                "Stop troth serve, and whatever else uses it. Then try again.",
            )

    def _bare(self, *statements: str) -> tuple[Any, ...] | None:
        """Execute statements that no transaction may surround; return the first row of the last, when it has rows."""
        # SQLite's connections are ever so: see `troth.db.dialects`.
        ways = {} if self.dialect == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
        self._let_go()
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
        self._let_go()
        self._engine.dispose()


def sqlite_url(path: Path) -> str:
    """Return the URL of the SQLite file at `path`."""
    return f"sqlite:///{path}"


def sqlite_file(url: str) -> Path | None:
    """Return the file of an SQLite URL; None for another database, or one that is no URL."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database
    return Path(str(parsed.database)) if is_file else None


@contextmanager
def _told() -> Iterator[None]:
    """Turn the driver's failures into ours. The driver's text is dropped: it can quote values."""
    try:
        yield
    except DBAPIError as error:
        raise in_words(error.orig) from None
