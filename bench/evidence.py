"""What it costs to note things: entries a second on the disk, and a suggestion with its use noted and without.

Entries are appended in batches of five thousand, each batch one transaction that is on the disk when it ends;
seconds of the wall, since the disk is waited for. A suggestion is asked again and again on one day, as a page that is
reloaded does: its use is noted once and then counted. What that first one costs is told beside it. The switch that
leaves the noting out is here and nowhere else; no setting of a server reaches it.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from places import invented, prepare
from troth.actors import of_service
from troth.app import App, build
from troth.gate.uses import Uses
from troth.ledger.model import Entry, Kind
from troth.settings import Settings

COMMAND = "make bench ONLY=evidence"
BATCH, BATCHES = 5_000, 9
PROMISED_APPENDS, PROMISED_RATIO = 15_000, 1.05


def measure(scale: str) -> list[dict[str, Any]]:
    """Return entries appended a second, and how many times longer the median suggestion takes with its use noted."""
    calls = 3000 if scale == "full" else 800
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        customers, _ = prepare(folder, invented)
        app = build(Settings(home=folder / "home", promise=folder / "promise.yaml"))
        try:
            numbers = [app.identity.get(customer) for customer in customers]
            first = _first_use_ms(app, numbers)
            noted, bare = _suggestions(app, random.Random(7).choices(numbers, k=calls))  # noqa: S311 - whom to ask for
            a_second = _appends(app, numbers)
        finally:
            app.close()
    ratio = round(statistics.median(noted) / statistics.median(bare), 3)
    return [
        {
            "name": "ledger.appends_per_s",
            "value": round(a_second),
            "unit": f"entries/s of the wall, on the disk, in batches of {BATCH:,}, signed and sealed",
            "best_peer": PROMISED_APPENDS,
            "best_peer_name": "what we promise",
            "ratio": round(a_second / PROMISED_APPENDS, 3),
            "command": COMMAND,
        },
        {
            "name": "ledger.suggest_p50_ratio",
            "value": ratio,
            "unit": (
                f"times the p50 of {statistics.median(bare) * 1e3:.3f} ms without noting, in process, invented shop; "
                f"the first of a day {first:.2f} ms of the wall"
            ),
            "best_peer": PROMISED_RATIO,
            "best_peer_name": "what we promise",
            "ratio": round(ratio / PROMISED_RATIO, 3),
            "command": COMMAND,
        },
    ]


def _first_use_ms(app: App, numbers: list[int]) -> float:
    """Return the median milliseconds of a customer's first suggestion of a day, the model being warm."""
    actor, now = of_service("bench", app.suggestions.purpose), app.clock.now()
    for number in numbers[:200]:
        app.suggestions.suggest(actor, number, most=10, now=now)
    took = []
    for number in numbers[:200]:
        start = time.perf_counter()
        app.suggestions.suggest(actor, number, most=10, now=now + timedelta(days=1))
        took.append(time.perf_counter() - start)
    return statistics.median(took) * 1e3


def _suggestions(app: App, numbers: list[int]) -> tuple[list[float], list[float]]:
    """Return the seconds of CPU of each suggestion, with its use noted and without, in turns."""
    actor, now = of_service("bench", app.suggestions.purpose), app.clock.now()
    note = Uses.note
    noted: list[float] = []
    bare: list[float] = []
    for number in set(numbers):
        app.suggestions.suggest(actor, number, most=10, now=now)
    for turn, number in enumerate(numbers):
        ways: tuple[tuple[Any, list[float]], ...] = ((note, noted), (_nothing, bare))
        for way, times in ways if turn % 2 else reversed(ways):
            Uses.note = way  # type: ignore[method-assign] # the switch
            start = time.process_time()
            app.suggestions.suggest(actor, number, most=10, now=now)
            times.append(time.process_time() - start)
    Uses.note = note  # type: ignore[method-assign] # the switch, put back
    return noted, bare


def _nothing(_self: Uses, _use: object, _given: Mapping[int, object], _now: object) -> None:
    return


def _appends(app: App, numbers: list[int]) -> float:
    """Return entries a second, the median over the batches."""
    now = app.clock.now()
    rates = []
    for turn in range(BATCHES):
        body = {"actor": "job", "by": "fit", "data": ["orders"], "day": f"day {turn}", "purpose": "suggestions"}
        entries = [Entry(numbers[at % len(numbers)], Kind.MACHINE_USE, now, body) for at in range(BATCH)]
        start = time.perf_counter()
        with app._databases[0].writing() as connection:  # noqa: SLF001 - nobody else may append by themselves
            app.ledger.append_in(connection, entries)
        rates.append(BATCH / (time.perf_counter() - start))
    return statistics.median(rates)
