"""How long the change of an epoch takes with a million customers' keys, on a real disk, with a master key file.

The keys are made first, and not counted. Then the epoch ends: a new epoch key, each key wrapped anew, the old epoch's
key destroyed, the database written anew, the master key renewed. At the end some keys are opened.
"""

import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from troth.clock import SystemClock
from troth.db.engine import Database, sqlite_url
from troth.db.migrate import Steps, upgrade
from troth.keys.epochs.change import Epochs
from troth.keys.epochs.store import EpochStore
from troth.keys.file import FileKeyProvider
from troth.keys.ring import KeyRing

COMMAND = "make bench ONLY=epoch"
KEYS = 1_000_000
KINDS = ("orders", "identity", "page_views", "model:suggestions")
PROMISED_S = 30.0
_AT_ONCE = 20_000


def measure(_scale: str) -> list[dict[str, Any]]:
    """Return seconds until the last key is wrapped anew, and until the change is finished."""
    with tempfile.TemporaryDirectory() as place:
        folder, now = Path(place), SystemClock().now()
        database = Database(sqlite_url(folder / "keys.db"))
        upgrade(database, Steps.KEYS)
        store, provider = EpochStore(database), FileKeyProvider(folder / "master.key")
        ring = KeyRing(store, provider, now=now)
        pairs = [(1 + number // len(KINDS), KINDS[number % len(KINDS)]) for number in range(KEYS)]
        for start in range(0, KEYS, _AT_ONCE):
            ring.ensure(pairs[start : start + _AT_ONCE])
        sealed = {pair: ring.seal(*pair, b"what was sealed", bound_to=b"row") for pair in pairs[:: KEYS // 50]}
        wrapped_s: list[float] = []
        start_s, start_cpu = time.perf_counter(), time.process_time()
        Epochs(store, provider, renews_master=True).end(
            now=now + timedelta(days=30), progress=lambda _done, _all: wrapped_s.append(time.perf_counter() - start_s)
        )
        took, cpu = time.perf_counter() - start_s, time.process_time() - start_cpu
        fresh = KeyRing(store, provider, now=now)
        for pair, one in sealed.items():
            if fresh.open(*pair, one, bound_to=b"row") != b"what was sealed":
                sys.exit("a key was lost")
        database.close()
    return [
        _row("vault.rewrap_1m.s", wrapped_s[-1], "s wall, one thread"),
        _row("keys.epoch_1m_s", took, "s wall, the whole change"),
        _row("keys.epoch_1m_cpu_s", cpu, "s CPU, the whole change"),
    ]


def _row(name: str, value: float, unit: str) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "best_peer": PROMISED_S,
        "best_peer_name": "what we promise",
        "ratio": round(value / PROMISED_S, 3),
        "command": COMMAND,
    }
