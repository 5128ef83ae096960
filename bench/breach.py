"""How long it takes to tell whose data a theft reaches: a million customers, each with three lines of orders.

Asked are: the key of the epoch was stolen; the same with the list of all ids; all orders were open; a copy of
the data was stolen, after some were erased; a copy of the keys was. The slowest is the figure. Each answer is
compared with what was put in, so that a quick wrong answer is none.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crowd import join, shop
from troth.app import App
from troth.backup.place import FolderPlace
from troth.breach.listing import Listing
from troth.breach.model import Report
from troth.breach.theft import Stolen

COMMAND = "make bench ONLY=breach SCALE=full"
PROMISED_S = 60.0
LINES = 3
ERASED = 20


def measure(scale: str) -> list[dict[str, Any]]:
    """Return seconds for each question, and for the slowest."""
    many, name = (1_000_000, "breach.1m") if scale == "full" else (50_000, "breach.50k")
    rows = []
    with tempfile.TemporaryDirectory() as place, shop(Path(place)) as app:
        numbers = join(app, many, orders=LINES)
        copies = FolderPlace(Path(place) / "copies"), FolderPlace(Path(place) / "keys")
        app.backups.make({"main": copies[0], "keys": copies[1]}, now=app.clock.now())
        for customer in numbers[:: many // ERASED]:
            app.erasure.erase(customer, now=app.clock.now())
        left = many - ERASED
        kept = LINES * many  # a law keeps the orders of who left, and their keys
        asked: dict[str, tuple[Stolen, int]] = {
            "epoch": (Stolen(epoch=1), kept + left),
            "kind": (Stolen(kind="orders"), kept),
            "backup": (Stolen(backups=(copies[0].words,)), kept + left),
            "keys": (Stolen(backups=(copies[1].words,)), kept + left),
        }
        for what, (stolen, items) in asked.items():
            rows.append(_row(f"{name}.{what}_s", _asked(app, stolen, many, items), many))
        file = Path(place) / "whom.csv"
        with Listing(file, app.identity.outside_ids, apart_from=()) as listing:
            took = _asked(app, Stolen(epoch=1), many, kept + left, sink=listing)
            start = time.perf_counter()
        rows.append(_row(f"{name}.list_s", took + time.perf_counter() - start, many))
        assert listing.lines == many + left
    slowest = max(rows, key=lambda row: row["value"])
    return [*rows, {**slowest, "name": f"{name}.s"}]


def _asked(
    app: App, stolen: Stolen, customers: int, items: int, *, sink: Callable[..., object] = lambda *_: None
) -> float:
    start = time.perf_counter()
    report: Report = app.breach.stolen(stolen, now=app.clock.now(), sink=sink)
    took = time.perf_counter() - start
    assert (report.reached.customers, report.reached.items) == (customers, items), "a wrong answer"
    return took


def _row(name: str, value: float, many: int) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 2),
        "unit": f"s wall, {many:,} customers",
        "best_peer": PROMISED_S,
        "best_peer_name": "what we promise",
        "ratio": round(value / PROMISED_S, 3),
        "command": COMMAND,
    }
