"""Whoever has the network, the logs, the terminal or an error text reads nothing that they may not."""

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import create_engine, text
from starlette.routing import Route
from starlette.testclient import TestClient

from house.planted import CUSTOMER, ERASED, PLANTED, plant, readable
from house.using import EVERYTHING, answers, orders_file, site_of, visit
from installations import GARDEN, IMPORT, NOW, install, order, url
from troth.actors import of_service
from troth.app import App
from troth.db.engine import Database, sqlite_url
from troth.ingest.files import plan_import
from troth.promise.model import Clause
from troth.stops.model import Kind
from troth.web.api.calls import build_api
from visitors import Visitor

HERE = Path(__file__).parent
LOUD = """
import logging, sys
logging.basicConfig(level=1, stream=sys.stderr)
for name in ("sqlalchemy.engine", "sqlalchemy.pool", "asyncio"):
    logging.getLogger(name).setLevel(logging.DEBUG)
"""
"""Every library says all that it can say; of SQLAlchemy each statement, its values and its rows."""
TROTH = LOUD + "from troth.cli.main import run\nrun()\n"
SITE = (
    LOUD
    + """
from house.using import site_of
from troth.app import build
from troth.settings import from_environment
from troth.web.serving import listen, serve_on

app = build(from_environment())
serve_on(listen("127.0.0.1", int(sys.argv[1])), site_of(app))
"""
)


@pytest.fixture
def used(app: App) -> App:
    """An installation in which the planted customer did everything."""
    plant(app, now=NOW)
    return app


def _paths(app: App) -> set[str]:
    return set(build_api(app)._calls)


def test_every_call_of_the_api_has_a_case_here(used: App) -> None:
    assert {address for _, address, _ in answers(used)} == _paths(used), "a new call: add it to house/using.py"


@pytest.mark.parametrize("key", ["none", "unknown", "of another purpose"])
def test_without_the_purpose_no_call_tells_a_customer_from_a_stranger(used: App, key: str) -> None:
    other = used.access.create("letters", frozenset({"newsletter"}), now=NOW)
    token = {"none": "", "unknown": "troth_unknown", "of another purpose": other}[key]
    with TestClient(build_api(used), headers={"Authorization": f"Bearer {token}"} if token else {}) as client:
        for method, address, body in answers(used):
            about = client.request(method, address, json=body)
            stranger = json.loads(json.dumps(body).replace(json.dumps(CUSTOMER)[1:-1], "nobody"))
            assert about.status_code in ({200} if body is None and "v1" not in address else {401, 403}), address
            assert readable(_all_of(about)) == [], address
            if body is not None:
                assert about.content == client.request(method, address, json=stranger).content, address


def test_no_answer_of_the_api_repeats_who_was_asked_about(used: App) -> None:
    token = used.access.create("shop", EVERYTHING, now=NOW)
    named = {what: PLANTED[what] for what in ("the customer’s id", "the id of a browser", "the e-mail address")}
    with TestClient(build_api(used), headers={"Authorization": f"Bearer {token}"}) as client:
        for method, address, body in answers(used):
            right = client.request(method, address, json=body)
            assert right.status_code == 200, right.text
            assert readable(_all_of(right), named) == [], address
            for wrong in _spoilt(body):
                answer = client.request(method, address, content=wrong)
                assert readable(_all_of(answer)) == [] or answer.status_code == 200, (address, wrong)


def _spoilt(body: dict[str, Any] | None) -> Iterator[bytes]:
    if body is None:
        return
    price = PLANTED["a price"]
    yield json.dumps({**body, price: price}).encode()
    yield json.dumps(body).encode()[:-9]
    for name in body:
        for value in (price, [price], {price: price}, None, 10**30):
            yield json.dumps({**body, name: value}).encode()
    if "customer" in body:
        yield json.dumps({**body, "customer": CUSTOMER + "\x00"}).encode()
        yield json.dumps({**body, "customer": CUSTOMER * 400}).encode()


def _all_of(answer: Any) -> bytes:
    """Return status line, address, headers and body of an answer."""
    headers = "".join(f"{name}: {value}\n" for name, value in answer.headers.items())
    return headers.encode() + bytes(answer.content)


STRANGERS = {
    "/you": "/you",
    "/you/choices": "/you/choices",
    "/you/looks": "/you/looks",
    "/you/looks/bundle": "/you/looks/bundle",
    "/you/{kind}": "/you/orders",
    "/you/{kind}/delete": "/you/orders/delete",
    "/why/{product}": "/why/p3",
    "/delete": "/delete",
    "/static/{version}/{name:path}": "/static/none/troth.css",
    "/in": "/",
    "/fail": "/fail",
}
"""Route → the address by which somebody else tries it."""


def test_somebody_elses_visit_shows_nothing_of_a_customer_on_any_page(used: App) -> None:
    site = site_of(used)
    routes = {route.path for route in _routes(site)}
    assert routes == set(STRANGERS), "a new page: say here how a stranger tries it"
    session = Visitor(site)
    session.get("/in")
    cookie = session.cookies["troth"]
    for forged in (
        "",
        cookie[:-1] + ("1" if cookie.endswith("0") else "0"),
        cookie.replace(".", "x."),
        "x." + cookie.split(".")[1],
        "a" * 5000,
    ):
        for address in (*STRANGERS.values(), f"/you?customer={CUSTOMER}", f"/you/{PLANTED['a price']}"):
            stranger = Visitor(site)
            if forged:
                stranger.cookies.set("troth", forged, domain="127.0.0.1")
            assert readable(stranger.get(address).content) == [], (forged, address)
    assert "ZQX" in session.get("/you/page_views").text, "the very customer sees it, or this test could not fail"


def _routes(site: Any) -> list[Route]:
    inner = site
    while not hasattr(inner, "routes"):
        inner = getattr(inner, "_inner", None) or inner._pages
    return list(inner.routes)


def test_no_address_header_or_cookie_of_a_customers_own_visit_names_them(used: App) -> None:
    for answer in visit(site_of(used)):
        headers = "".join(f"{name}: {value}\n" for name, value in answer.headers.items())
        links = re.findall(r'(?:href|action|src|id|value)="([^"]*)"', answer.text)
        assert readable(f"{answer.url} {headers} {links}".encode()) == [], answer.url


def _hostile(app: App, folder: Path) -> Mapping[str, Callable[[], object]]:
    customer, mail, price = app.identity.get(CUSTOMER), PLANTED["the e-mail address"], PLANTED["a price"]
    arrival = order(CUSTOMER, PLANTED["a product that was bought"], order_id=PLANTED["an order’s number"])
    shop = of_service("shop", "suggestions")
    file = orders_file(folder, NOW)
    no_values: Any = {"order_id": {price: object()}}
    (folder / "empty.csv").write_text(f"{CUSTOMER}\n")
    (folder / "binary.csv").write_bytes(b"\x00\xff" + CUSTOMER.encode("utf-16") * 50)
    return {
        "an id with a control character": lambda: app.identity.find(CUSTOMER + "\x07"),
        "an id that is too long": lambda: app.identity.find(CUSTOMER * 300),
        "an id that is no text": lambda: app.identity.find(CUSTOMER + "\ud800"),
        "an unknown id": lambda: app.identity.get(CUSTOMER + "?"),
        "an id that left": lambda: app.identity.get(ERASED),
        "a time without a zone": lambda: app.gate.collect(IMPORT, [replace(arrival, at=datetime(2026, 1, 1))], NOW),  # noqa: DTZ001 - that is the case
        "a bad id among arrivals": lambda: app.gate.collect(
            IMPORT, [arrival, replace(arrival, customer="\x00" + mail)], NOW
        ),
        "a value that is no value": lambda: app.gate.collect(
            IMPORT, [replace(arrival, identity=(price,), properties=no_values)], NOW
        ),
        "somebody who may not": lambda: app.gate.collect(shop, [arrival], NOW),
        "a clause that is none": lambda: app.consent.words(Clause(mail, price)),
        "words that are none": lambda: app.consent.must_be_todays(Clause("suggestions", "orders"), mail.encode()),
        "too many suggestions": lambda: app.suggestions.suggest(shop, customer, most=10**9, now=NOW),
        "a session that is too long": lambda: app.suggestions.suggest(
            shop, customer, most=1, now=NOW, session=[mail * 40]
        ),
        "a stop with a target that is none": lambda: app.stops.put(Kind.PAUSE, target=mail, by="x", now=NOW),
        "a stop with a letter as a reason": lambda: app.stops.put(
            Kind.HOLD, customer=customer, by="x", why=mail * 40, now=NOW
        ),
        "a key name that is none": lambda: app.access.create(mail, frozenset({"collect"}), now=NOW),
        "a key that is none": lambda: app.access.check(mail),
        "a file with one line": lambda: plan_import(folder / "empty.csv", app.promise.company.time_zone),
        "a file that is no text": lambda: plan_import(folder / "binary.csv", app.promise.company.time_zone),
        "a database that is none": lambda: Database(mail),
        "a staff name that is none": lambda: app.staff.actor(mail),
        "columns that are not there": lambda: plan_import(file, app.promise.company.time_zone, currency=price),
    }


def test_no_error_text_and_no_trace_quotes_a_value(used: App, tmp_path: Path) -> None:
    for what, act in _hostile(used, tmp_path).items():
        with pytest.raises(Exception) as told:  # noqa: PT011 - whatever is raised
            act()
        error = told.value
        said = f"{error} {error!r} {error.args} {vars(error)}" + "".join(traceback.format_exception(error))
        assert readable(said.encode()) == [], what


NO_HEADERS: Mapping[str, str] = {}


class Server:
    """A server of ours in a process of its own, with everything said aloud."""

    def __init__(self, program: str, home: Path, folder: Path, *arguments: str) -> None:
        self._said = folder / "said"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-c", program, *arguments, str(self.port)],
                env=_environment(home),
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> Self:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            assert self._process.poll() is None, self._said.read_text()
            time.sleep(0.1)
        self._process.kill()
        pytest.fail("the server did not come up")

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(30)

    def ask(
        self, method: str, address: str, body: bytes | None = None, *, headers: Mapping[str, str] = NO_HEADERS
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, address, body, headers)
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found

    def send(self, raw: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as opened:
            opened.sendall(raw)
            opened.shutdown(socket.SHUT_WR)
            while opened.recv(65536):
                pass

    def stop(self) -> bytes:
        """Let it end by itself; return all that it said."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)
        return self._said.read_bytes()


def _environment(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")]),
        "PYTHONASYNCIODEBUG": "1",
        "TROTH_HOME": str(home),
        "TROTH_PROMISE": str(GARDEN),
        "TROTH_DATABASE": url(home, "main"),
        "TROTH_KEYS_DATABASE": url(home, "keys"),
        "COLUMNS": "200",
    }


@pytest.fixture
def today(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """The home of an installation in which the planted customer did everything, and a key to all calls."""
    home, now = tmp_path / "home", datetime.now(UTC)
    app = install(home, now=now)
    plant(app, now=now)
    yield home, app.access.create("shop", EVERYTHING, now=now)
    app.close()


def _sql(home: Path, statement: str) -> None:
    engine = create_engine(url(home, "main") or sqlite_url(home / "data" / "troth.db"))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.slow
def test_a_server_that_says_all_it_can_tells_nothing_of_a_customer(today: tuple[Path, str], tmp_path: Path) -> None:
    home, token = today
    app = install(home, now=datetime.now(UTC))
    asked = answers(app)
    app.close()
    with Server(TROTH, home, tmp_path, "serve", "--port") as server:
        key = {"Authorization": f"Bearer {token}"}
        seen = set()
        for method, address, body in asked:
            seen.add(server.ask(method, address, None if body is None else json.dumps(body).encode(), headers=key)[0])
            for wrong in _spoilt(body):
                seen.add(server.ask(method, address, wrong, headers=key)[0])
            seen.add(
                server.ask(
                    method,
                    address,
                    b"" if body else None,
                    headers={"Authorization": f"Bearer {CUSTOMER.encode().hex()}"},
                )[0]
            )
        seen.add(server.ask("GET", f"/v1/{PLANTED['a price']}?{PLANTED['an order’s number']}", headers=key)[0])
        seen.add(server.ask("POST", "/v1/suggestions", PLANTED["a price"].encode() * 10_000, headers=key)[0])
        mail, price = (PLANTED[what].encode() for what in ("the e-mail address", "a price"))
        server.send(mail + b" /" + price + b" HTTP/9.9\r\n" + mail + b"\r\n\r\n")
        server.send(b"POST /v1/suggestions HTTP/1.1\r\nHost: " + mail + b"\r\nContent-Length: 900\r\n\r\n" + mail)
        question = json.dumps(next(body for _, address, body in asked if address == "/v1/choices")).encode()
        if not url(home, "main"):
            with sqlite3.connect(home / "data" / "troth.db") as held:
                held.execute("BEGIN IMMEDIATE")
                assert server.ask("POST", "/v1/choices", question, headers=key)[0] == 503
                held.rollback()
            held.close()
        _sql(home, "UPDATE items SET sealed = mark")
        _sql(home, "UPDATE models SET body = digest, epoch = epoch + 1")
        ask = json.dumps({"customer": CUSTOMER}).encode()
        seen.add(server.ask("POST", "/v1/suggestions", ask, headers=key)[0])
        _sql(home, "DROP TABLE choices")
        seen.add(server.ask("POST", "/v1/choices", question, headers=key)[0])
        said = server.stop()
    assert {200, 400, 401, 404, 500, 503} <= seen
    assert b"sqlalchemy.engine" in said, "it said all it could"
    assert b"[error" in said
    assert readable(said) == []


@pytest.mark.slow
def test_pages_that_say_all_they_can_tell_nothing_of_a_customer(today: tuple[Path, str], tmp_path: Path) -> None:
    home, _ = today
    with Server(SITE, home, tmp_path) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", "/in")
        cookie = connection.getresponse().getheader("set-cookie")
        assert cookie is not None
        connection.close()
        visit_of = {"Cookie": cookie.split(";")[0]}
        status, page = server.ask("GET", "/you/page_views", headers=visit_of)
        assert (status, b"ZQX-SEEN-7735" in page) == (200, True)
        for address in (*STRANGERS.values(), f"/{PLANTED['a price']}"):
            server.ask("GET", address, headers=visit_of)
        form = {"Content-Type": "application/x-www-form-urlencoded", **visit_of}
        mail = PLANTED["the e-mail address"]
        server.ask("POST", "/you/choices", f"csrf={mail}&choice:{mail}=yes".encode(), headers=form)
        parts = {"Content-Type": f"multipart/form-data; boundary={PLANTED['a price']}", **visit_of}
        server.ask("POST", "/you/choices", f"--{PLANTED['a price']}\r\n{mail}\r\n{mail}".encode(), headers=parts)
        assert server.ask("GET", "/fail", headers=visit_of)[0] == 500
        _sql(home, "UPDATE items SET sealed = mark")
        assert server.ask("GET", "/you/page_views", headers=visit_of)[0] in {500, 503}
        said = server.stop()
    assert b"sqlalchemy.engine" in said, "they said all they could"
    assert b"fault" in said, "a fault is told to us, by its class"
    assert readable(said) == []


ASKED_FOR = {"recommend", "consent show", "stop show", "look"}
"""Commands whose very answer is something of a customer: it goes to stdout, and nowhere else."""


@pytest.mark.slow
def test_the_command_line_says_of_a_customer_only_what_was_asked_for(today: tuple[Path, str], tmp_path: Path) -> None:
    home, _ = today
    file = orders_file(tmp_path, datetime.now(UTC))
    commands = [
        f"import {file} --as orders --rejects {tmp_path / 'rejected.csv'}",
        f"import {file} --as orders --map customer=nowhere",
        f"recommend {CUSTOMER}",
        f"recommend {CUSTOMER} -k 0",
        f"consent set {CUSTOMER} suggestions/orders no",
        f"consent set {CUSTOMER} nowhere/orders yes",
        f"consent show {CUSTOMER}",
        f"stop put restriction --customer {CUSTOMER} --by desk",
        f"stop show --customer {CUSTOMER}",
        f"look at {CUSTOMER} --as sam --for service --data orders --reason 12",
        f"look at {CUSTOMER} --as nobody --for service --data orders --reason 12",
        f"forget {ERASED} --yes",
        f"forget {CUSTOMER}",
        f"forget {CUSTOMER} --yes",
        "verify-erasure",
    ]
    for command in commands:
        found = subprocess.run(
            [sys.executable, "-c", TROTH, *command.split()],
            env=_environment(home),
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert readable(found.stderr) == [], command
        if not any(command.startswith(asked) for asked in ASKED_FOR) or found.returncode:
            assert readable(found.stdout) == [], command
        assert b"Traceback" not in found.stderr, command
