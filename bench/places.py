"""Places to measure at: a filled installation, a server in its own process, one client on one kept connection."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

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
"""UCI Online Retail; where it is missing, the invented shop takes its place and the table says so."""


def prepare(folder: Path, fill_it: Callable[[App, Path], list[str]]) -> tuple[list[str], str]:
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


def real(app: App, folder: Path) -> list[str]:
    """Import UCI Online Retail through the gate; return the customers' ids."""
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


def invented(app: App, _folder: Path) -> list[str]:
    """Fill in the demo's shop; return the customers' ids."""
    made = shop.build(now=app.clock.now(), customers=2000, seed=7)
    fill(app, made, say=lambda _: None)
    return sorted({line.customer for line in made.lines})


@contextmanager
def running(command: Sequence[str], port: int, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; it is ready when the port answers."""
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


def body(customer: str) -> bytes:
    """Return the body of a call for ten suggestions."""
    return json.dumps({"customer": customer, "placement": "home", "k": 10}).encode()


def one(port: int, token: str, asked: bytes) -> bytes:
    """Ask once on a connection of its own; return the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/v1/suggestions", asked, {"Authorization": f"Bearer {token}"})
    answer = connection.getresponse().read()
    connection.close()
    return answer


def ask(port: int, token: str, bodies: Sequence[bytes]) -> list[float]:
    """Return seconds per call, from before it is sent to its last byte read."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    found = []
    for asked in bodies:
        start = time.perf_counter()
        connection.request("POST", "/v1/suggestions", asked, headers)
        answer = connection.getresponse()
        answer.read()
        found.append(time.perf_counter() - start)
        if answer.status != 200:
            sys.exit(f"the server answered {answer.status}")
    connection.close()
    return found


def wait_until_idle(pid: int) -> None:
    """Wait until the server has read its model into memory: a start is not what is measured here."""
    for _ in range(120):
        before = _cpu_ticks(pid)
        time.sleep(0.5)
        if _cpu_ticks(pid) - before <= 3:
            return


def _cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
