"""How long a suggestion over HTTP takes for one client, and what the server weighs.

The real thing, twice: the invented shop of the demo (2,000 customers, 9 order lines each), and UCI Online Retail
imported through the gate (4,372 customers, 93 lines each, 3,676 products). Everybody said yes, `troth serve` runs in
its own process, one client asks on one kept connection. Beside it a bare ASGI application on the same uvicorn that
returns bytes of the same length: the floor of the machine at this moment.
"""

import http.client
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import troth.promise
from troth.actors import of_job
from troth.app import App, build
from troth.consent.model import Answer
from troth.demo import shop
from troth.demo.fill import fill
from troth.ingest.files import plan_import, run_import
from troth.promise.model import Clause
from troth.settings import Settings

FILE = Path(__file__).parents[2] / "shared" / "data" / "online_retail_uci" / "transactions.parquet"
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
    rows = _measured("suggest.http", "invented shop", _invented, calls)
    if FILE.exists():
        rows += _measured("suggest.http.online_retail", "Online Retail", _real, calls)
    else:
        print(f"serving: Online Retail left out, the data set is missing: {FILE}")
    return rows


def _measured(name: str, what: str, fill_it: Callable[[App, Path], list[str]], calls: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        customers, token = _prepare(folder, fill_it)
        environment = {
            **os.environ,
            "TROTH_HOME": str(folder / "home"),
            "TROTH_PROMISE": str(folder / "promise.yaml"),
        }
        ours, bare = _free_port(), _free_port()
        troth = [str(Path(sys.executable).with_name("troth")), "serve", "--port", str(ours)]
        with _running(troth, ours, environment) as server:
            bodies = [_body(customer) for customer in random.Random(7).choices(customers, k=calls)]  # noqa: S311 - which customer to ask for, not a secret
            _ask(ours, token, bodies[:200])
            _wait_until_idle(server.pid)
            size = len(_one(ours, token, bodies[0]))
            with _running([sys.executable, "-c", _BARE, str(bare), str(size)], bare, environment):
                _ask(bare, token, bodies[:200])
                # In turns, so that both meet the same noise of a shared machine.
                parts = [bodies[start : start + 250] for start in range(0, calls, 250)]
                timed = [(_ask(ours, token, part), _ask(bare, token, part)) for part in parts]
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


def _prepare(folder: Path, fill_it: Callable[[App, Path], list[str]]) -> tuple[list[str], str]:
    """Make the installation; return the ids to ask for, and a key."""
    example = Path(troth.promise.__file__).with_name("example.yaml").read_text(encoding="utf-8")
    long = example.replace("keep: 6 years", "keep: 60 years").replace("lasts: 2 years", "lasts: 60 years")
    (folder / "promise.yaml").write_text(long, encoding="utf-8")
    app = build(Settings(home=folder / "home", promise=folder / "promise.yaml"))
    try:
        customers = fill_it(app, folder)
        now = app.clock.now()
        clause = Clause(app.suggestions.purpose, "orders")
        words = app.consent.words(clause)
        numbers = [app.identity.get(customer) for customer in customers]
        made = [(number, clause, Answer.YES, words.digest) for number in numbers]
        app.consent.choose_many(made, via="import", now=now)
        app.suggestions.fit(now=now)
        return customers, app.access.create("bench", frozenset({app.suggestions.purpose}), now=now)
    finally:
        app.close()


def _real(app: App, folder: Path) -> list[str]:
    from pyarrow import compute, parquet

    plan = plan_import(FILE, app.promise.company.time_zone)
    run_import(
        plan,
        app.gate,
        shelf=app.catalogue,
        actor=of_job("import", "collect"),
        now=app.clock.now(),
        rejects=folder / "rejected.csv",
    )
    column = parquet.read_table(FILE, columns=["CustomerID"]).column(0)
    return [str(int(one)) for one in compute.unique(column).to_pylist() if one is not None]


def _invented(app: App, _folder: Path) -> list[str]:
    invented = shop.build(now=app.clock.now(), customers=2000, seed=7)
    fill(app, invented, say=lambda _: None)
    return sorted({line.customer for line in invented.lines})


@contextmanager
def _running(command: Sequence[str], port: int, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if server.poll() is not None:
                sys.exit(f"{command[0]} ended with {server.returncode}")
            time.sleep(0.1)
        yield server
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def _body(customer: str) -> bytes:
    return json.dumps({"customer": customer, "placement": "home", "k": 10}).encode()


def _one(port: int, token: str, body: bytes) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/v1/suggestions", body, {"Authorization": f"Bearer {token}"})
    answer = connection.getresponse().read()
    connection.close()
    return answer


def _ask(port: int, token: str, bodies: Sequence[bytes]) -> list[float]:
    """Return seconds per call, from before it is sent to its last byte read."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    found = []
    for body in bodies:
        start = time.perf_counter()
        connection.request("POST", "/v1/suggestions", body, headers)
        answer = connection.getresponse()
        answer.read()
        found.append(time.perf_counter() - start)
        if answer.status != 200:
            sys.exit(f"the server answered {answer.status}")
    connection.close()
    return found


def _wait_until_idle(pid: int) -> None:
    """Wait until the server has read its model into memory: a start is not what is measured here."""
    for _ in range(120):
        before = _cpu_ticks(pid)
        time.sleep(0.5)
        if _cpu_ticks(pid) - before <= 3:
            return


def _cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
