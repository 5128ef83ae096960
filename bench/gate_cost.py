"""What it costs a suggestion to ask the gate: the same code with the gate's decision fixed to yes, call by call.

The switch is here and nowhere else: it puts another `decide` into the gate of this process. No setting of a server
reaches it. Everything else is done in both: choices, stops and rows are read, rows are opened, the model is asked.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import troth.gate.gate
from places import FILE, invented, prepare, real
from troth.actors import of_service
from troth.app import App, build
from troth.gate.state import Grant, State, Verdict
from troth.gate.terms import Terms
from troth.gate.use import Use
from troth.promise.model import Clause
from troth.settings import Settings

COMMAND = "make bench ONLY=gate_cost"


def measure(scale: str) -> list[dict[str, Any]]:
    """Return how many times longer the median suggestion takes with the gate deciding than with a fixed yes."""
    calls = 3000 if scale == "full" else 800
    rows = [_measured("gate.suggest_p50_ratio", "invented shop", invented, calls)]
    if FILE.exists():
        rows.append(_measured("gate.suggest_p50_ratio.online_retail", "Online Retail", real, calls))
    return rows


def _measured(name: str, what: str, fill_it: Callable[[App, Path], list[str]], calls: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        customers, _ = prepare(folder, fill_it)
        app = build(Settings(home=folder / "home", promise=folder / "promise.yaml"))
        try:
            asked = random.Random(7).choices(customers, k=calls)  # noqa: S311 - whom to ask for, not a secret
            deciding, fixed = _times(app, [app.identity.get(customer) for customer in asked])
        finally:
            app.close()
    return {
        "name": name,
        "value": round(statistics.median(deciding) / statistics.median(fixed), 3),
        "unit": f"times the p50 of {statistics.median(fixed) * 1e3:.3f} ms with a fixed yes, in process, {what}",
        "best_peer": 1.0,
        "best_peer_name": "the same code, decision fixed to yes",
        "ratio": round(statistics.median(deciding) / statistics.median(fixed), 3),
        "command": COMMAND,
    }


def _times(app: App, numbers: list[int]) -> tuple[list[float], list[float]]:
    """Return the seconds of CPU of each suggestion, deciding and with a fixed yes, in turns."""
    actor, now = of_service("bench", app.suggestions.purpose), app.clock.now()
    decide = vars(troth.gate.gate)["decide"]
    deciding: list[float] = []
    fixed: list[float] = []
    for number in numbers[:200]:
        app.suggestions.suggest(actor, number, most=10, now=now)
    for turn, number in enumerate(numbers):
        order = ((decide, deciding), (_yes, fixed))
        for rule, times in order if turn % 2 else reversed(order):
            vars(troth.gate.gate)["decide"] = rule  # the switch
            start = time.process_time()
            app.suggestions.suggest(actor, number, most=10, now=now)
            times.append(time.process_time() - start)
    vars(troth.gate.gate)["decide"] = decide
    return deciding, fixed


def _yes(use: Use, _terms: Terms, _state: State, _now: datetime, *, customer: int | None = None) -> Verdict:
    del customer
    return Verdict({data: Grant(Clause(use.purpose, data)) for data in use.data}, {})
