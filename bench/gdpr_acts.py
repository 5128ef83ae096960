"""The acts of the GDPRbench-like mix, done twice: through the gate, and by hand with sqlite3 alone.

Ours goes the whole way: number by keyed hash, choices, stops, verdict, sealed rows, outbox, journal. The peer is
sqlite3 as a careful programmer would write it: the tables of our own migrations with the same pragmas, values in
clear, allowed kinds looked up by one SQL statement, one commit an act.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from troth.actors import of_customer, of_job
from troth.app import App
from troth.clock import from_micros, to_micros
from troth.consent.model import Answer
from troth.db.engine import Database, sqlite_url
from troth.db.migrate import Steps, upgrade
from troth.gate.use import Arrival, Item, Use
from troth.promise.model import Clause

KINDS = ("orders", "page_views")
EVERYTHING = ("email", "orders", "page_views")
SERVICE = Use(of_job("parcels", "service"), "service", frozenset({"orders"}))
SUGGEST = Use(of_job("shelf", "suggestions"), "suggestions", frozenset(KINDS))

Act = Callable[[str, datetime, Answer], object]
Read = list[tuple[str, datetime, str, Mapping[str, Any]]]
"""What a read let out: kind, moment, event, values."""


def _lines(name: str, at: datetime, order: str, count: int) -> list[Arrival]:
    seed = int.from_bytes(hashlib.sha256(f"{name} {order}".encode()).digest()[:4])
    return [
        Arrival(
            name,
            "Order Completed",
            at,
            {
                "order_id": order,
                "products.product_id": f"p{(seed + place * 7) % 300}",
                "products.quantity": 1 + place % 3,
                "products.price": "2.50",
                "currency": "GBP",
            },
            (order, str(place)),
        )
        for place in range(count)
    ]


def _views(name: str, at: datetime) -> list[Arrival]:
    return [
        Arrival(name, "Product Viewed", at, {"product_id": f"p{place}"}, (name, str(place))) for place in range(5)
    ]


def _address(name: str, at: datetime) -> Arrival:
    return Arrival(name, "identify", at, {"email": f"{name}.{at.microsecond}@example.com"}, ("email",))


def _history(name: str, now: datetime) -> list[Arrival]:
    """Return what is there of everybody before the acts begin: five orders of three lines, an address, five views."""
    orders = [line for day in range(5) for line in _lines(name, now - timedelta(days=10 + day), f"o{day}", 3)]
    return [*orders, _address(name, now - timedelta(days=9)), *_views(name, now - timedelta(days=1))]


class Ours:
    """Each act, through the gate."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._clauses = {kind: Clause("suggestions", kind) for kind in KINDS}
        self._shown = {kind: app.consent.words(clause).digest for kind, clause in self._clauses.items()}
        self._import = of_job("import", "collect")
        self.acts: Mapping[str, Act] = {
            "read own": lambda name, at, _: self._read(name, at),
            "read choices": lambda name, _, __: self._standing(name),
            "correct": lambda name, at, _: self._collect([_address(name, at)], at),
            "choose": self._choose,
            "delete views": lambda name, at, _: self._delete_views(name, at),
            "read by key": lambda name, at, _: self._read(name, at, SERVICE),
            "read what is allowed": lambda name, at, _: self._read(name, at, SUGGEST),
            "read everybody": lambda _, at, __: self._read_everybody(at),
            "create": lambda name, at, _: self._collect(_lines(name, at, f"new {at}", 3), at),
            "erase": lambda name, at, _: self._erase(name, at),
        }

    def fill(self, names: Sequence[str], now: datetime) -> None:
        """Bring in everybody's history; all say yes to both."""
        self._collect([one for name in names for one in _history(name, now) if "Order" in one.event], now)
        numbers = [self._app.identity.get(name) for name in names]
        made = [(who, self._clauses[kind], Answer.YES, self._shown[kind]) for who in numbers for kind in KINDS]
        self._app.consent.choose_many(made, via="import", now=now)
        self._collect([one for name in names for one in _history(name, now) if "Order" not in one.event], now)

    def _collect(self, arrivals: Sequence[Arrival], at: datetime) -> int:
        return sum(one.arrived == "taken" for one in self._app.gate.collect(self._import, arrivals, at))

    def _read(self, name: str, at: datetime, use: Use | None = None) -> Mapping[str, Sequence[Item]]:
        # One snapshot for who it is and what is read, as in the server's own calls.
        with self._app.snapshot():
            number = self._app.identity.get(name)
            asked = use or Use(of_customer(number), "rights", frozenset(EVERYTHING))
            return self._app.gate.read(asked, number, now=at).items

    def _standing(self, name: str) -> dict[str, bool]:
        with self._app.snapshot():
            standing = self._app.consent.standing(self._app.identity.get(name))
        return {clause.data: one.latest.answer is Answer.YES for clause, one in standing.items()}

    def _choose(self, name: str, at: datetime, answer: Answer) -> None:
        number = self._app.identity.get(name)
        self._app.consent.choose(
            number, self._clauses["orders"], answer, shown=self._shown["orders"], via="api", now=at
        )

    def _delete_views(self, name: str, at: datetime) -> int:
        said = [(self._clauses["page_views"], Answer.NO, self._shown["page_views"])]
        number = self._app.identity.get(name)
        return self._app.choosing.choose(number, said, via="api", now=at).deleted.get("page_views", 0)

    def _read_everybody(self, at: datetime) -> int:
        everybody = self._app.gate.read_many(SUGGEST, now=at)
        return sum(len(of_kind) for _, items in everybody for of_kind in items.values())

    def _erase(self, name: str, at: datetime) -> None:
        self._app.erasure.erase(self._app.identity.get(name), now=at)


class Bare:
    """Each act by hand: sqlite3, values in clear, no gate. The file has our tables and our pragmas."""

    def __init__(self, file: Path) -> None:
        database = Database(sqlite_url(file))
        upgrade(database, Steps.MAIN)
        database.close()
        self._open = sqlite3.connect(file, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "cache_size=-32768"):
            self._open.execute(f"PRAGMA {pragma}")
        self._open.execute(f"PRAGMA mmap_size={1 << 30}")
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(tuple[str, dict[str, str | int]]).decode
        self.acts: Mapping[str, Act] = {
            "read own": lambda name, _, __: self._read(name, EVERYTHING),
            "read choices": lambda name, _, __: self._latest(self._number(name)),
            "correct": lambda name, at, _: self._write([_address(name, at)], at),
            "choose": lambda name, at, answer: self._choose(name, "orders", at, answer),
            "delete views": lambda name, at, _: self._choose(name, "page_views", at, Answer.NO),
            "read by key": lambda name, _, __: self._read(name, ("orders",)),
            "read what is allowed": lambda name, _, __: self._read_allowed(name),
            "read everybody": lambda _, __, ___: self._read_everybody(),
            "create": lambda name, at, _: self._write(_lines(name, at, f"new {at}", 3), at),
            "erase": lambda name, _, __: self._erase(name),
        }

    def close(self) -> None:
        """Close the file."""
        self._open.close()

    def fill(self, names: Sequence[str], now: datetime) -> None:
        """Bring in everybody's history; all say yes to both."""
        for number, name in enumerate(names, start=1):
            self._open.execute("BEGIN IMMEDIATE")
            self._open.execute("INSERT INTO customers (number, since, restricted) VALUES (?, 0, 0)", [number])
            identifier = {"hash": name.encode(), "customer": number}
            self._open.execute("INSERT INTO identifiers (hash, customer) VALUES (:hash, :customer)", identifier)
            self._open.execute("COMMIT")
            for kind in KINDS:
                self._choose(name, kind, now, Answer.YES)
            self._write(_history(name, now), now)

    def _number(self, name: str) -> int:
        found = self._open.execute("SELECT customer FROM identifiers WHERE hash = ?", [name.encode()]).fetchone()
        return int(found[0])

    def _write(self, arrivals: Sequence[Arrival], at: datetime) -> int:
        self._open.execute("BEGIN IMMEDIATE")
        number = self._number(arrivals[0].customer)
        rows = []
        for one in arrivals:
            kind = {"identify": "email", "Product Viewed": "page_views"}.get(one.event, "orders")
            mark = hashlib.sha256("\0".join((kind, *one.identity)).encode()).digest()[:16]
            rows.append((number, kind, to_micros(one.at), mark, self._encode((one.event, one.properties))))
            if kind == "email":
                self._open.execute("DELETE FROM items WHERE customer = ? AND kind = 'email'", [number])
        taken = self._open.executemany("INSERT OR IGNORE INTO items VALUES (?, ?, ?, ?, ?)", rows).rowcount
        self._tell(number, at, "collected", removal=False)
        self._open.execute("COMMIT")
        return taken

    def _tell(self, number: int, at: datetime, what: str, *, removal: bool) -> None:
        self._open.execute(
            "INSERT INTO outbox (at, customer, what, removal) VALUES (?, ?, ?, ?)",
            [to_micros(at), number, what, removal],
        )

    def _choose(self, name: str, kind: str, at: datetime, answer: Answer) -> int | None:
        self._open.execute("BEGIN IMMEDIATE")
        number = self._number(name)
        self._open.execute(
            "INSERT INTO choices (customer, purpose, data, yes, at, words, language, via, promise)"
            " VALUES (?, 'suggestions', ?, ?, ?, x'00', 'en', 'api', 1)",
            [number, kind, answer is Answer.YES, to_micros(at)],
        )
        self._tell(number, at, "chose", removal=answer is Answer.NO)
        gone = None
        if (kind, answer) == ("page_views", Answer.NO):
            gone = self._open.execute(
                "DELETE FROM items WHERE customer = ? AND kind = 'page_views'", [number]
            ).rowcount
        self._open.execute("COMMIT")
        return gone

    def _latest(self, number: int) -> dict[str, bool]:
        rows = self._open.execute(
            "SELECT data, yes, max(seq) FROM choices WHERE customer = ? AND purpose = 'suggestions' GROUP BY data",
            [number],
        )
        return {data: bool(yes) for data, yes, _ in rows}

    def _read(self, name: str, kinds: Sequence[str]) -> Read:
        wanted = ", ".join("?" * len(kinds))
        found = self._open.execute(
            f"SELECT kind, at, sealed FROM items WHERE customer = ? AND kind IN ({wanted})",  # noqa: S608 - question marks
            [self._number(name), *kinds],
        )
        return [(kind, from_micros(at), *self._decode(body)) for kind, at, body in found]

    def _read_allowed(self, name: str) -> Read:
        latest = self._latest(self._number(name))
        return self._read(name, [kind for kind, yes in latest.items() if yes])

    def _read_everybody(self) -> int:
        found = self._open.execute(
            "SELECT i.kind, i.at, i.sealed FROM items i JOIN (SELECT customer, data, yes, max(seq) FROM choices"
            " WHERE purpose = 'suggestions' GROUP BY customer, data) c"
            " ON c.customer = i.customer AND c.data = i.kind WHERE c.yes ORDER BY i.customer"
        )
        return len([(kind, from_micros(at), *self._decode(body)) for kind, at, body in found])

    def _erase(self, name: str) -> None:
        self._open.execute("BEGIN IMMEDIATE")
        number = self._number(name)
        for table, column in (("choices", "customer"), ("stops", "customer"), ("identifiers", "customer")):
            self._open.execute(f"DELETE FROM {table} WHERE {column} = ?", [number])  # noqa: S608 - our own names
        self._open.execute("DELETE FROM items WHERE customer = ? AND kind != 'orders'", [number])
        self._open.execute("UPDATE customers SET restricted = 1 WHERE number = ?", [number])
        self._open.execute("COMMIT")


def told(result: Any) -> object:  # noqa: ANN401 - each act returns its own
    """Return an act's outcome as both sides would tell it: what was read in one form and order, the rest as it is."""
    if isinstance(result, list):
        return sorted(str((kind, at, event, sorted(values.items()))) for kind, at, event, values in result)
    if isinstance(result, Mapping) and all(isinstance(found, tuple) for found in result.values()):
        items = ((kind, item) for kind, of_kind in result.items() for item in of_kind)
        return told([(kind, item.at, item.event, item.values) for kind, item in items])
    return result
