"""What sealing and storing an event costs, and how long opening one customer's thousand events takes.

Sealing: batches of 4,000 lines of orders, ten of each new customer, as an import has them: a key is made for each
customer, each line is sealed and stored, and the batch is committed. Opening: a read through the gate by a job of the
contract, of a customer with 1,000 lines, whose key is not in memory. Both beside 1,000, 10,000 and 100,000 others.
"""

import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from crowd import join, lines, shop, sizes, vault_of
from troth.actors import of_job
from troth.app import App
from troth.gate.use import Use

COMMAND = "make bench ONLY=vault"
SEAL_US, OPEN_MS = 12.0, 15.0
EVENTS = 1_000
BATCHES, BATCH, OF_EACH = 10, 4_000, 10
READS = 60
USE = Use(of_job("parcels", "service"), "service", frozenset({"orders"}))


def measure(scale: str) -> list[dict[str, Any]]:
    """Return microseconds of CPU for an event sealed and stored, and milliseconds for a thousand opened."""
    rows, others = [], 0
    with tempfile.TemporaryDirectory() as place, shop(Path(place)) as app:
        for size in sizes(scale):
            others += len(join(app, size - others))
            sealed, opened = _sealing(app), _opening(app)
            others += BATCHES * BATCH // OF_EACH + 1
            rows += [_named("vault.seal.us_per_event", size, sealed), _named("vault.open_1000.ms", size, opened)]
    # The largest crowd's figure is the one that is promised.
    return [*rows, *({**row, "name": row["name"].partition(".beside_")[0]} for row in rows[-2:])]


def _sealing(app: App) -> float:
    now, took = app.clock.now(), list[float]()
    database, vault = app._databases[0], vault_of(app)  # noqa: SLF001 - sealing and storing alone, as no face may
    for _ in range(BATCHES):
        with database.writing() as connection:
            names = [f"sealed-{now:%H%M%S%f}-{len(took)}-{place}" for place in range(BATCH // OF_EACH)]
            made = app.identity.add_in(connection, names, since=now)
        new = [line for number in made.values() for line in lines(number, OF_EACH, now)]
        start = time.process_time()
        with database.writing() as connection:
            vault.put(connection, new)
        took.append((time.process_time() - start) / len(new))
    return statistics.median(took) * 1e6


def _opening(app: App) -> float:
    now, took = app.clock.now(), list[float]()
    (customer,) = join(app, 1, orders=EVENTS)
    for _ in range(READS):
        app._ring._open.clear()  # noqa: SLF001 - as if it were asked for the first time
        start = time.perf_counter()
        answer = app.gate.read(USE, customer, now=now + timedelta(minutes=1))
        took.append(time.perf_counter() - start)
        assert len(answer.items["orders"]) == EVENTS
    return statistics.median(took) * 1e3


def _named(name: str, size: int, value: float) -> dict[str, Any]:
    promised = SEAL_US if name.startswith("vault.seal") else OPEN_MS
    unit = f"µs CPU, batches of {BATCH:,}" if name.startswith("vault.seal") else "ms, through the gate, cold key"
    return {
        "name": f"{name}.beside_{size}",
        "value": round(value, 3),
        "unit": f"{unit}, beside {size:,} others",
        "best_peer": promised,
        "best_peer_name": "what we promise",
        "ratio": round(value / promised, 3),
        "command": COMMAND,
    }
