"""How long a suggestion over HTTP takes for one client, and what the server weighs.

The real thing, twice: the invented shop of the demo (2,000 customers, 9 order lines each), and UCI Online Retail
imported through the gate (4,372 customers, 93 lines each, 3,676 products). Everybody said yes, `troth serve` runs in
its own process, one client asks on one kept connection. Beside it a bare ASGI application on the same uvicorn that
returns bytes of the same length: the floor of the machine at this moment.
"""

import os
import random
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from places import FILE, ask, body, free_port, invented, one, prepare, real, running, wait_until_idle
from troth.app import App

COMMAND = "make bench ONLY=serving"
_BARE = """
import sys, uvicorn
body = b"x" * int(sys.argv[2])
async def bare(scope, receive, send):
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})
uvicorn.run(bare, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False, lifespan="off")
"""


def measure(scale: str) -> list[dict[str, Any]]:
    """Return p50 and p99 over HTTP beside the bare server's, and the resident memory, for each installation."""
    calls = 5000 if scale == "full" else 1500
    rows = _measured("suggest.http", "invented shop", invented, calls)
    if FILE.exists():
        rows += _measured("suggest.http.online_retail", "Online Retail", real, calls)
    else:
        print(f"serving: Online Retail left out, the data set is missing: {FILE}")
    return rows


def _measured(name: str, what: str, fill_it: Callable[[App, Path], list[str]], calls: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        customers, token = prepare(folder, fill_it)
        environment = {
            **os.environ,
            "TROTH_HOME": str(folder / "home"),
            "TROTH_PROMISE": str(folder / "promise.yaml"),
        }
        ours, bare = free_port(), free_port()
        troth = [str(Path(sys.executable).with_name("troth")), "serve", "--port", str(ours)]
        with running(troth, ours, environment) as server:
            bodies = [body(customer) for customer in random.Random(7).choices(customers, k=calls)]  # noqa: S311 - which customer to ask for, not a secret
            ask(ours, token, bodies[:200])
            wait_until_idle(server.pid)
            size = len(one(ours, token, bodies[0]))
            with running([sys.executable, "-c", _BARE, str(bare), str(size)], bare, environment):
                ask(bare, token, bodies[:200])
                # In turns, so that both meet the same noise of a shared machine.
                parts = [bodies[start : start + 250] for start in range(0, calls, 250)]
                timed = [(ask(ours, token, part), ask(bare, token, part)) for part in parts]
            memory = _resident_mb(server.pid)
    mine = sorted(second for part, _ in timed for second in part)
    floor = sorted(second for _, part in timed for second in part)
    return [
        _row(f"{name}.p50_ms", what, statistics.median(mine) * 1000, floor=statistics.median(floor) * 1000),
        _row(f"{name}.p99_ms", what, mine[calls * 99 // 100] * 1000, floor=floor[calls * 99 // 100] * 1000),
        {
            "name": f"{name}.rss_mb",
            "value": round(memory, 1),
            "unit": f"MB resident, {what}",
            "best_peer": None,
            "best_peer_name": "",
            "ratio": None,
            "command": COMMAND,
        },
    ]


def _resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _row(name: str, what: str, value: float, *, floor: float) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 3),
        "unit": f"ms, one client, {what}",
        "best_peer": round(floor, 3),
        "best_peer_name": "bare ASGI, same bytes",
        "ratio": round(value / floor, 2),
        "command": COMMAND,
    }
