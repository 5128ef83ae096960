"""What a thief would try on what is left of somebody: search every byte, and turn every key in every lock."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, Connection, MetaData, Table, select

from house.planted import readable
from installations import POSTGRESQL
from troth.app import App
from troth.errors import UnavailableError
from troth.keys.ring import epoch_label, key_label
from troth.keys.sealing import unseal
from troth.recommend.live import bound_to_epoch, kind_of_key
from troth.vault.model import named


@dataclass(frozen=True, slots=True)
class Sealed:
    """Something sealed, as a copy of the database holds it: under whose key of which kind, and bound to what."""

    customer: int
    kind: str
    data: bytes
    bound_to: bytes


@dataclass(frozen=True, slots=True)
class Copied:
    """What somebody may have copied before: everything sealed, and both tables of wrapped keys."""

    sealed: tuple[Sealed, ...]
    wrapped: tuple[tuple[int, str, int, bytes], ...]
    epochs: tuple[tuple[int, bytes], ...]

    def of(self, customers: Iterable[int]) -> tuple[Sealed, ...]:
        wanted = set(customers)
        return tuple(one for one in self.sealed if one.customer in wanted)


def copied(app: App) -> Copied:
    """Copy everything sealed and every wrapped key, as a backup would."""
    with app._databases[0].reading() as connection:
        tables = _tables(connection)
        sealed = list(_sealed(connection, tables, app.suggestions.purpose))
    with app._databases[1].reading() as connection:
        keys = _tables(connection)
        wrapped = [
            (row.customer, row.kind, row.epoch, row.wrapped)
            for row in connection.execute(select(keys["customer_keys"]))
        ]
        epochs = [(row.number, row.wrapped) for row in connection.execute(select(keys["epochs"]))]
    return Copied(tuple(sealed), tuple(wrapped), tuple(epochs))


def _tables(connection: Connection) -> Mapping[str, Table]:
    metadata = MetaData()
    metadata.reflect(connection)
    return metadata.tables


def _sealed(connection: Connection, tables: Mapping[str, Table], purpose: str) -> Iterable[Sealed]:
    for row in connection.execute(select(tables["items"])):
        at = row.at.to_bytes(8, "big", signed=True)
        yield Sealed(row.customer, named(row.kind), row.sealed, at + row.mark)
    for row in connection.execute(select(tables["customers"])):
        if row.sealed_id is not None:
            yield Sealed(row.number, "identity", row.sealed_id, b"id")
    for row in connection.execute(select(tables["ledger_entries"]).where(tables["ledger_entries"].c.customer > 0)):
        yield Sealed(
            row.customer, "room:ledger", row.sealed, row.log.to_bytes(4, "big") + row.number.to_bytes(8, "big")
        )
    for row in connection.execute(select(tables["ledger_streams"]).where(tables["ledger_streams"].c.customer > 0)):
        yield Sealed(row.customer, "room:ledger", row.stream, b"stream")
    for row in connection.execute(select(tables["stops"]).where(tables["stops"].c.sealed.is_not(None))):
        place = f"{row.kind}\0{row.target}\0{row.act}\0{row.at}".encode()
        yield Sealed(row.customer, "room:stops", row.sealed, place)
    for row in connection.execute(select(tables["links"])):
        # Sealed for both, and the outer of the two is for the larger number.
        place = f"{row.one}\0{row.other}\0{row.act}\0{row.at}".encode()
        yield Sealed(row.other, "room:links", row.sealed, place)
    epochs = {row.purpose: row.epoch for row in connection.execute(select(tables["models"]))}
    for row in connection.execute(select(tables["contributions"])):
        yield Sealed(row.customer, kind_of_key(purpose), row.sealed, bound_to_epoch(epochs[row.purpose]))


def columns_that_seal(app: App) -> set[str]:
    """Return ``table.column`` of every column of the main database whose name says that it is sealed."""
    with app._databases[0].reading() as connection:
        columns: list[Column[object]] = [column for table in _tables(connection).values() for column in table.columns]
    return {f"{column.table.name}.{column.name}" for column in columns if "sealed" in column.name}


def living_keys(app: App) -> Mapping[tuple[int, str], AESGCM]:
    """Return every key of a customer that is left, opened."""
    kinds = {kind for _, kind, _, _ in copied(app).wrapped}
    return app._ring._learn(partial(app._ring._store.of_kinds, sorted(kinds)))


def rescued_keys(app: App, before: Copied) -> Mapping[tuple[int, str], AESGCM]:
    """Return every key that opens out of an old copy of the key table with the master key and the epochs of today."""
    epochs: list[AESGCM] = []
    for number, wrapped in (*before.epochs, *copied(app).epochs):
        try:
            if wrapped:
                epochs.append(AESGCM(app.epochs._provider.unwrap(wrapped, epoch_label(number))))
        except UnavailableError:
            continue  # its master key is gone
    found = {}
    for customer, kind, _, wrapped in before.wrapped:
        for epoch in epochs:
            try:
                found[customer, kind] = AESGCM(unseal(epoch, wrapped, key_label(customer, kind)))
            except InvalidTag:
                continue
    return found


def opened(locks: Iterable[Sealed], keys: Iterable[AESGCM]) -> set[tuple[int, str]]:
    """Return (customer, kind) of all that any of `keys` opens."""
    tried = list(keys)
    return {(one.customer, one.kind) for one in locks if any(_opens(one, key) for key in tried)}


def _opens(lock: Sealed, key: AESGCM) -> bool:
    try:
        unseal(key, lock.data, key_label(lock.customer, lock.kind) + lock.bound_to)
    except InvalidTag:
        return False
    return True


def found_in(places: Iterable[Path], planted: Mapping[str, str]) -> dict[str, list[str]]:
    """Return file → what of `planted` can be read in it or in its name, for every file in `places`."""
    found = {}
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file():
                inside = readable(path.name.encode(), planted) + readable(path.read_bytes(), planted)
                if inside:
                    found[str(path)] = inside
    return found


def rows_of(app: App) -> bytes:
    """Return every value of every row of both databases."""
    parts = []
    for database in app._databases:
        with database.reading() as connection:
            for table in _tables(connection).values():
                for row in connection.execute(select(table)):
                    parts += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\n".join(parts)


def files_of_server(app: App, *, since: Path | None = None) -> tuple[list[Path], list[Path]]:
    """Return the files of this installation's tables on a throw-away PostgreSQL, and those of its logs.

    Its tables are written anew first, as vacuuming does in time; the logs are only ever overwritten.

    Args:
        app: the installation.
        since: only logs that were written after this file was made; the server serves other tests too.
    """
    if POSTGRESQL not in os.environ:
        return [], []
    tables: list[Path] = []
    logs: list[Path] = []
    for address in (app.settings.database, app.settings.keys_database):
        with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("VACUUM (FULL)")
            connection.execute("CHECKPOINT")
            wanted = "SELECT current_setting('data_directory'), oid::text FROM pg_database"
            row = connection.execute(f"{wanted} WHERE datname = current_database()".encode()).fetchone()
        assert row is not None
        tables.append(Path(row[0]) / "base" / row[1])
        written = [path for name in ("pg_wal", "log") for path in (Path(row[0]) / name).rglob("*") if path.is_file()]
        begun = 0.0 if since is None else since.stat().st_mtime
        logs = [path for path in written if path.stat().st_mtime >= begun]
    return tables, logs
