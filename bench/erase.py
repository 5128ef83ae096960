"""How long an erasure takes, end to end, and that it does not depend on how many others there are.

Everybody said yes to suggestions, and the model is fitted and in memory, as a server has it. Then some customers are
erased one by one: the model subtracts them, rows, notes and ids go, what a law demands is locked, the keys are
destroyed, both databases are durable. On a real disk, beside 1,000, 10,000 and 100,000 others.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from crowd import join, shop, sizes
from troth.app import App
from troth.consent.model import Answer
from troth.promise.model import Clause

COMMAND = "make bench ONLY=erase"
PROMISED_MS = 1_000.0
ERASED = 200
_AT_ONCE = 5_000


def measure(scale: str) -> list[dict[str, Any]]:
    """Return the 99th percentile of an erasure in milliseconds, beside each crowd; the largest is promised."""
    rows, numbers = [], list[int]()
    with tempfile.TemporaryDirectory() as place, shop(Path(place)) as app:
        for size in sizes(scale):
            new = join(app, size - len(numbers))
            _say_yes(app, new)
            numbers += new
            if app.suggestions.fit(now=app.clock.now()).changed != len(numbers):
                sys.exit("the model does not hold everybody")
            took, cpu = _erasing(app, numbers)
            rows += [
                _row(f"erase.end_to_end.p50_cpu_ms.beside_{size}", statistics.median(cpu), size),
                _row(f"erase.end_to_end.p50_ms.beside_{size}", statistics.median(took), size),
                _row(f"erase.end_to_end.p99_ms.beside_{size}", statistics.quantiles(took, n=100)[98], size),
            ]
    return [*rows, {**rows[-1], "name": "erase.end_to_end.p99_ms"}]


def _say_yes(app: App, numbers: list[int]) -> None:
    clause, now = Clause(app.suggestions.purpose, "orders"), app.clock.now()
    words = app.consent.words(clause)
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        app.consent.choose_many([(one, clause, Answer.YES, words.digest) for one in some], via="import", now=now)


def _erasing(app: App, numbers: list[int]) -> tuple[list[float], list[float]]:
    """Erase some of `numbers`, spread over all, and take them off the list; return milliseconds each, and of CPU."""
    took, cpu, step = list[float](), list[float](), len(numbers) // ERASED
    gone = numbers[::step][:ERASED]
    for customer in gone:
        start, start_cpu = time.perf_counter(), time.process_time()
        erased = app.erasure.erase(customer, now=app.clock.now())
        took.append((time.perf_counter() - start) * 1e3)
        cpu.append((time.process_time() - start_cpu) * 1e3)
        if not erased.keys_destroyed or app.identity.outside_id(customer) is not None:
            sys.exit("somebody was not erased")
    if (found := app.verify_model()).customers != len(numbers) - ERASED or not found.holds:
        sys.exit("the model still holds somebody")
    numbers[:] = sorted(set(numbers) - set(gone))
    return took, cpu


def _row(name: str, value: float, size: int) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 2),
        "unit": f"ms{' CPU' if '_cpu_' in name else ''} end to end, one of {size:,}",
        "best_peer": PROMISED_MS,
        "best_peer_name": "what we promise",
        "ratio": round(value / PROMISED_MS, 4),
        "command": COMMAND,
    }
