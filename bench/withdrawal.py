"""How long after a no the model that everybody is served from has forgotten it.

Online Retail (or the invented shop) with everybody's yes, `troth serve` in its own process. Another process records a
no and watches until the served model has taken it in. Every answer of the server to that customer after the no is
checked: it uses nothing of them. At the end the model is rebuilt independently and compared.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from places import FILE, ask, body, free_port, invented, one, prepare, real, running, wait_until_idle
from troth.app import App, build
from troth.consent.model import Answer
from troth.db import outbox
from troth.promise.model import Clause
from troth.recommend import store
from troth.settings import Settings

COMMAND = "make bench ONLY=withdrawal"
PROMISED_S = 2.0


def measure(scale: str) -> list[dict[str, Any]]:
    """Return the median and the longest time from the no to a model without it, in seconds."""
    many = 60 if scale == "full" else 20
    what = "Online Retail" if FILE.exists() else "invented shop"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        customers, token = prepare(folder, real if FILE.exists() else invented)
        environment = {
            **os.environ,
            "TROTH_HOME": str(folder / "home"),
            "TROTH_PROMISE": str(folder / "promise.yaml"),
        }
        port = free_port()
        troth = str(Path(sys.executable).with_name("troth"))
        with running([troth, "serve", "--port", str(port)], port, environment) as server:
            ask(port, token, [body(customer) for customer in customers[:50]])
            wait_until_idle(server.pid)
            app = build(Settings(home=folder / "home", promise=folder / "promise.yaml"))
            waits = [_no(app, customer, port, token) for customer in customers[:: len(customers) // many][:many]]
            app.close()
        checked = subprocess.run([troth, "verify-erasure"], env=environment, capture_output=True, check=False)
        if checked.returncode:
            sys.exit(f"the model was not the right one:\n{checked.stdout.decode()}")
    return [
        _row("withdraw.everybody_p50_s", statistics.median(waits), what),
        _row("withdraw.everybody_max_s", max(waits), what),
    ]


def _no(app: App, customer: str, port: int, token: str) -> float:
    """Record a no; return seconds until the served model has taken it in."""
    clause = Clause(app.suggestions.purpose, "orders")
    words = app.consent.words(clause)
    answers = [(clause, Answer.NO, words.digest)]
    app.choosing.choose(app.identity.get(customer), answers, via="api", now=app.clock.now())
    database = app._databases[0]  # noqa: SLF001 - looks at the outbox, as no face may
    start = time.perf_counter()
    with database.reading() as connection:
        told = outbox.newest(connection)
    own = json.loads(one(port, token, body(customer)))
    if own["rung"] == "personal" or own["clauses"]["used"]:
        sys.exit("an answer after the no used what it was about")
    while True:
        with database.reading() as connection:
            served = store.header(connection, app.suggestions.purpose)
        if served is not None and served.seq >= told:
            return time.perf_counter() - start
        time.sleep(0.005)


def _row(name: str, value: float, what: str) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 3),
        "unit": f"s after the no, {what}",
        "best_peer": PROMISED_S,
        "best_peer_name": "what we promise",
        "ratio": round(value / PROMISED_S, 2),
        "command": COMMAND,
    }
