"""Installations for tests: real files, real keys, a clock that stands where the test puts it."""

import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from troth.actors import of_job, of_service
from troth.app import App, build
from troth.clock import FixedClock
from troth.consent.model import Answer
from troth.db.engine import Database, sqlite_url
from troth.db.migrate import Steps, upgrade
from troth.gate.use import Arrival, Use
from troth.keys.file import make_folder
from troth.promise.model import Clause
from troth.settings import Settings

POSTGRESQL = "TROTH_TEST_POSTGRESQL"
"""Names the throw-away server where the suite runs on PostgreSQL: `pytest --postgresql`."""

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GARDEN = Path(__file__).parent / "promises" / "garden.yaml"
IMPORT = of_job("import", "collect")
WEB = of_service("web", "suggestions")
ORDERS = Clause("suggestions", "orders")
PAGE_VIEWS = Clause("suggestions", "page_views")
SUGGEST = Use(WEB, "suggestions", frozenset({"orders", "page_views"}))


def install(folder: Path, *, promise: Path = GARDEN, now: datetime = NOW) -> App:
    """Open the installation in `folder`, made when it is not there yet."""
    main, keys = (url(folder, what, formed=True) for what in ("main", "keys"))
    settings = Settings(home=folder, promise=promise, database=main, keys_database=keys)
    if not folder.exists() and not main:
        files = (settings.data_folder / "troth.db", settings.keys_folder / "keys.db")
        for file, form in zip(files, _forms(), strict=True):
            make_folder(file.parent)
            file.write_bytes(form)
    return build(settings, clock=FixedClock(now))


@cache
def _forms() -> tuple[bytes, ...]:
    """Return the files of both databases as a new installation makes them, still without a row.

    Making them takes most of the time of most tests, and is tested in tests/db and by each command that is run.
    """
    forms = []
    with TemporaryDirectory() as folder:
        for steps in (Steps.MAIN, Steps.KEYS):
            file = Path(folder, steps.name)
            _form(sqlite_url(file), steps)
            forms.append(file.read_bytes())
    return tuple(forms)


def _form(address: str, steps: Steps) -> None:
    database = Database(address)
    upgrade(database, steps)
    database.close()


def promise_after(folder: Path, *edits: tuple[str, str], number: int = 2, since: str = "2026-11-22") -> Path:
    """Return the file of a promise that follows the garden's: with `edits`, its own number, day and sentence."""
    text = GARDEN.read_text("utf-8")
    version = 'number: 1, from: 2020-01-01, says: "Our first promise."'
    named = f'number: {number}, from: {since}, says: "What changed in number {number}."'
    for old, new in ((version, named), *edits):
        assert old in text, old
        text = text.replace(old, new)
    file = folder / f"promise-{number}.yaml"
    file.write_text(text, "utf-8")
    return file


def url(folder: Path, what: str, *, formed: bool = False) -> str:
    """Return the URL of a database of its own for `folder`; empty (SQLite in the folder) but with --postgresql.

    Args:
        folder: of the installation.
        what: ``main``, ``keys``, or another name for a database of no form.
        formed: whether, where it is made now, it has the tables already.
    """
    server = os.environ.get(POSTGRESQL, "")
    if not server:
        return ""
    name = f"t{hashlib.sha256(str(folder).encode()).hexdigest()[:20]}_{what}"
    _make(server, name, template=_formed(server, what) if formed else "template0")
    return _address(server, name)


@cache
def _formed(server: str, what: str) -> str:
    """Return the name of an empty database with the tables of ``main`` or ``keys``, made once for each server."""
    name = f"formed_{what}"
    _make(server, name, template="template0")
    _form(_address(server, name), Steps.MAIN if what == "main" else Steps.KEYS)
    return name


def _address(server: str, name: str) -> str:
    from sqlalchemy.engine import make_url

    opened = make_url(server).set(drivername="postgresql+psycopg", database=name)
    return opened.render_as_string(hide_password=False)


def _make(server: str, name: str, *, template: str) -> None:
    """Make a database as a copy of `template`, unless it is there."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(server, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            # Copying by file is twice as quick as by log, and tests make hundreds.
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
            connection.execute(made.format(sql.Identifier(name), sql.Identifier(template)))


def order(
    customer: str, product: str, *, at: datetime = NOW - timedelta(days=10), order_id: str = "o1", quantity: int = 1
) -> Arrival:
    """Return one line of an order, with an IP address that no promise names."""
    properties: Mapping[str, str | int] = {
        "order_id": order_id,
        "products.product_id": product,
        "products.quantity": quantity,
        "products.price": "2.50",
        "currency": "GBP",
        "ip": "192.0.2.1",
    }
    return Arrival(customer, "Order Completed", at, properties, (order_id, product, at.isoformat(), str(quantity)))


def view(customer: str, product: str, *, at: datetime = NOW - timedelta(hours=1)) -> Arrival:
    """Return one page view."""
    return Arrival(customer, "Product Viewed", at, {"product_id": product}, (product, at.isoformat()))


def told(customer: str, *, at: datetime = NOW - timedelta(days=1), **traits: str) -> Arrival:
    """Return what a customer told about themselves."""
    return Arrival(customer, "identify", at, traits, tuple(traits))


def say(app: App, customer: str, clause: Clause, answer: str) -> int:
    """Let a customer answer a question under today's words; return their number."""
    number = app.identity.obtain(customer, now=app.clock.now())
    words = app.consent.words(clause)
    app.choosing.choose(number, [(clause, Answer(answer), words.digest)], via="page", now=app.clock.now())
    return number
