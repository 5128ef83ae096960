"""Whoever has the disks and not the keys reads nothing of a customer: files, copies, backups, SQL."""

import base64
import gzip
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import MetaData, create_engine, select

from house.planted import CONTROL, CUSTOMER, plant, readable, readable_in_files
from installations import NOW, POSTGRESQL, install, url
from troth.app import App
from troth.backup.place import FolderPlace
from troth.db.engine import sqlite_url
from troth.errors import UnavailableError

IN_CLEAR = {
    "access_keys": ({"name", "may"}, "programs and their purposes"),
    "backups": ({"what", "name", "place"}, "where copies are"),
    "choices": ({"purpose", "data", "language", "via"}, "which clause, as docs/guarantee.md says"),
    "contributions": ({"purpose"}, "of the promise"),
    "deleted": ({"kind"}, "of the promise"),
    "customer_keys": ({"kind"}, "of the promise"),
    "epochs": ({"master"}, "which master key"),
    "identifiers": ({"kind"}, "whether a hash is of an id, a browser or an address"),
    "items": ({"kind"}, "of the promise, as docs/guarantee.md says"),
    "journal": (
        {"what", "detail"},
        "clauses, numbers and keyed hashes; who and why only of what is stopped for everybody",
    ),
    "journal_position": ({"installation"}, "which installation"),
    "keys_to_destroy": ({"kind"}, "of the promise, and names of rooms"),
    "links": ({"by", "act", "why"}, "linked or not; who and why are empty, and sealed"),
    "masters": ({"name"}, "of master keys"),
    "ledger_logs": ({"origin"}, "the name of the log"),
    "ledger_noted": ({"what"}, "clauses and days, digests of words and of the promise, names of copies"),
    "ledger_trees": ({"checkpoint"}, "public"),
    "models": ({"purpose"}, "of the promise"),
    "named_keys": ({"name"}, "of the installation’s own keys"),
    "outbox": ({"what"}, "one word"),
    "products": ({"product_id", "title", "category"}, "products, not people"),
    "promises": ({"fingerprint"}, "of the promise"),
    "staff": ({"name", "act", "role", "agency", "trained_until", "by"}, "people who work here, not customers"),
    "stops": ({"kind", "target", "act", "by", "why"}, "who and why only of what is stopped for everybody"),
    "words_shown": ({"purpose", "data", "language", "question", "yes", "no"}, "words of the promise"),
}
"""Table → the columns that hold text in clear, and why they may."""


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An installation in which the planted customer did everything, still open."""
    app = install(tmp_path_factory.mktemp("used") / "home")
    plant(app, now=NOW)
    yield app
    app.close()


def _addresses(app: App) -> list[str]:
    """Return the URLs of the main and the key database."""
    home, named = app.settings.home, (app.settings.database, app.settings.keys_database)
    return [
        given or sqlite_url(home / file) for given, file in zip(named, ("data/troth.db", "keys/keys.db"), strict=True)
    ]


def _everything(address: str) -> dict[str, list[dict[str, object]]]:
    """Return table → rows, read with SQL and no key."""
    engine, tables = create_engine(address), MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        rows = {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables.sorted_tables
        }
    engine.dispose()
    return rows


def _bytes_of(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def test_the_search_finds_what_is_written_in_any_usual_spelling(tmp_path: Path) -> None:
    spelled = {
        "plain": CUSTOMER.encode(),
        "utf-16": CUSTOMER.encode("utf-16"),
        "json": json.dumps({"id": CUSTOMER}).encode(),
        "base64": base64.b64encode(f"12 {CUSTOMER} 34".encode()),
        "hex": CUSTOMER.encode().hex().encode(),
        "gzip": b"before" + gzip.compress(CUSTOMER.encode()) + b"after",
        "sha256": hashlib.sha256(CUSTOMER.encode()).digest(),
        f"named {CUSTOMER}": b"",
    }
    for name, data in spelled.items():
        (tmp_path / name).write_bytes(os.urandom(50) + data + os.urandom(50))
    (tmp_path / "noise").write_bytes(os.urandom(10_000))
    found = readable_in_files([tmp_path])
    assert found.keys() == spelled.keys()
    assert all("the customer’s id" in what for hits in found.values() for what in hits)


@pytest.mark.sqlite
def test_no_file_of_an_installation_in_use_tells_anything_of_a_customer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    for name in ("TMPDIR", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    app = install(tmp_path / "home")
    plant(app, now=NOW)
    database = tmp_path / "home" / "data" / "troth.db"
    assert database.with_name("troth.db-wal").stat().st_size > 0
    assert readable_in_files([tmp_path]) == {}
    everything = database.read_bytes() + database.with_name("troth.db-wal").read_bytes()
    assert "the control, as utf-8" in readable(everything, {"the control": CONTROL})
    app.close()
    assert readable_in_files([tmp_path]) == {}
    assert CONTROL.encode() in database.read_bytes()


def test_no_row_of_any_table_tells_anything_of_a_customer(used: App) -> None:
    for address in _addresses(used):
        rows = [value for table in _everything(address).values() for row in table for value in row.values()]
        assert readable(b"\n".join(_bytes_of(value) for value in rows)) == []
        assert readable(repr(rows).encode()) == []
    main = repr(_everything(_addresses(used)[0]))
    assert "the control, as utf-8" in readable(main.encode(), {"the control": CONTROL})


def test_text_stands_in_clear_only_where_it_is_said_and_all_else_is_numbers_and_noise(used: App) -> None:
    found: dict[str, set[str]] = {}
    for address in _addresses(used):
        engine, tables = create_engine(address), MetaData()
        tables.reflect(engine)
        engine.dispose()
        for table in tables.sorted_tables:
            columns = {column.name for column in table.columns if column.type.python_type is str}
            if columns and table.name != "alembic_version":
                found[table.name] = columns
    assert found == {table: columns for table, (columns, _) in IN_CLEAR.items() if table in found}, (
        "a new column of text: seal it, or say here why it may be read by whoever has the disk"
    )


@pytest.mark.sqlite
def test_a_backup_by_the_databases_own_means_tells_nothing(used: App, tmp_path: Path) -> None:
    for name, address in zip(("data", "keys"), _addresses(used), strict=True):
        with (
            sqlite3.connect(address.removeprefix("sqlite:///")) as original,
            sqlite3.connect(tmp_path / f"{name}.db") as copy,
        ):
            original.backup(copy)
            original.execute("VACUUM INTO ?", [str(tmp_path / f"{name}-vacuumed.db")])
            (tmp_path / f"{name}.sql").write_text("\n".join(original.iterdump()))
        original.close()
        copy.close()
    assert len(list(tmp_path.iterdir())) == 6
    assert readable_in_files([tmp_path]) == {}
    assert CONTROL in (tmp_path / "data.sql").read_text()


def test_a_backup_of_ours_tells_nothing(used: App, tmp_path: Path) -> None:
    main, keys = tmp_path / "data", tmp_path / "keys"
    used.backups.make({"main": FolderPlace(main), "keys": FolderPlace(keys)}, now=NOW)
    assert all(any(folder.iterdir()) for folder in (main, keys))
    assert readable_in_files([tmp_path]) == {}
    parts = [path for path in main.rglob("*") if path.is_file()]
    assert any(readable(path.read_bytes(), {"the control": CONTROL}) for path in parts), "the search looks inside"


def test_a_dump_of_postgresql_and_its_log_tell_nothing(used: App) -> None:
    if POSTGRESQL not in os.environ:
        pytest.skip("there is no PostgreSQL in this run; pytest --postgresql starts one")
    dump = b""
    for what in ("main", "keys"):
        address = url(used.settings.home, what).replace("+psycopg", "")
        with psycopg.connect(address) as connection:
            for (table,) in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall():
                for form in ("text", "csv", "binary"):
                    with connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT {form})".encode()) as rows:
                        dump += b"".join(bytes(part) for part in rows)
            log = connection.execute("SELECT pg_read_file('log')").fetchone()
            assert log is not None
            dump += str(log[0]).encode()
    assert readable(dump) == []
    assert "the control, as utf-8" in readable(dump, {"the control": CONTROL})


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.db") if path.is_file()}


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("stolen", "says"),
    [
        (("data",), "keys"),
        (("data", "keys"), "key"),
        (("data", "secret"), "keys"),
    ],
    ids=["the data alone", "the data and the wrapped keys", "the data and a master key"],
)
def test_a_copy_without_its_keys_opens_with_a_clear_error_and_nothing_else(
    tmp_path: Path, stolen: tuple[str, ...], says: str
) -> None:
    app = install(tmp_path / "home")
    plant(app, now=NOW)
    app.close()
    for folder in stolen:
        shutil.copytree(tmp_path / "home" / folder, tmp_path / "copy" / folder)
    before = _files(tmp_path / "copy" / "data")
    with pytest.raises(UnavailableError, match=says) as told:
        install(tmp_path / "copy")
    assert readable(f"{told.value} {told.value!r}".encode()) == []
    assert _files(tmp_path / "copy" / "data") == before
    assert readable_in_files([tmp_path / "copy"]) == {}


@pytest.mark.sqlite
def test_a_copy_with_another_installations_keys_opens_with_a_clear_error(tmp_path: Path) -> None:
    for name in ("home", "other"):
        app = install(tmp_path / name)
        plant(app, now=NOW)
        app.close()
    shutil.rmtree(tmp_path / "home" / "secret")
    shutil.copytree(tmp_path / "other" / "secret", tmp_path / "home" / "secret")
    with pytest.raises(UnavailableError, match="master key"):
        install(tmp_path / "home")
