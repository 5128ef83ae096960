"""Installations for tests: real files, real keys, a clock that stands where the test puts it."""

import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from troth.actors import of_job, of_service
from troth.app import App, build
from troth.clock import FixedClock
from troth.consent.model import Answer
from troth.gate.use import Arrival, Use
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
    settings = Settings(home=folder, promise=promise, database=url(folder, "main"), keys_database=url(folder, "keys"))
    return build(settings, clock=FixedClock(now))


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


def url(folder: Path, what: str) -> str:
    """Return the URL of a database of its own for `folder`; empty (SQLite in the folder) but with --postgresql."""
    server = os.environ.get(POSTGRESQL, "")
    if not server:
        return ""
    import psycopg
    from psycopg import sql
    from sqlalchemy.engine import make_url

    name = f"t{hashlib.sha256(str(folder).encode()).hexdigest()[:20]}_{what}"
    with psycopg.connect(server, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            # Copying from template0 by file is twice as quick as by log, and tests make hundreds.
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 STRATEGY file_copy").format(sql.Identifier(name))
            )
    opened = make_url(server).set(drivername="postgresql+psycopg", database=name)
    return opened.render_as_string(hide_password=False)


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
