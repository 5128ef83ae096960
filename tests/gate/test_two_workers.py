"""Two worker processes of one installation: what one was told is obeyed by the other's next read.

Laws:

1. A read that begins after a choice or a stop was acknowledged, in whichever process, obeys it.
2. A read that was under way meanwhile sees the moment before or the moment after, and nothing between.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, install, order, url, view
from troth.catalogue.model import Product
from troth.consent.model import Answer

HERE = Path(__file__).parent
KINDS = ("orders", "page_views")
AT_ONCE = 6
"""Customers who change their minds at a time; few, so that acts meet."""
TURN = 500
"""Interleavings after which the next customers have their turn: a record of a thousand choices is slow to read."""
INTERLEAVINGS = 10_000 if os.environ.get("TROTH_SOAK") else 1_000
CUSTOMERS = AT_ONCE * INTERLEAVINGS // TURN
PRODUCTS = [f"p{number}" for number in range(6)]


class Worker:
    """One process, spoken to line by line."""

    def __init__(self, home: Path) -> None:
        settings = {
            "home": str(home),
            "promise": str(HERE.parent / "promises" / "garden.yaml"),
            "database": url(home, "main"),
            "keys_database": url(home, "keys"),
        }
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "worker.py"), json.dumps(settings)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.heard() == "ready"

    def tell(self, act: str, **what: Any) -> None:
        """Begin an act; `heard` waits for what comes of it."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"act": act, **what}) + "\n")
        self._process.stdin.flush()

    def heard(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the worker ended with {self._process.wait(20)}"
        return json.loads(line)

    def ask(self, act: str, **what: Any) -> Any:
        self.tell(act, **what)
        return self.heard()

    def end(self) -> None:
        self._process.communicate(timeout=20)


@dataclass
class Told:
    """What was said so far, and what it means: a second, small telling of the rules that are played here."""

    yes: dict[tuple[int, str], int] = field(default_factory=dict)
    restricted: set[int] = field(default_factory=set)
    children: set[int] = field(default_factory=set)
    objected: dict[int, int] = field(default_factory=dict)
    paused: bool = False

    def allows(self, customer: int) -> set[str]:
        if self.paused or customer in self.restricted | self.children:
            return set()
        objected = self.objected.get(customer, -1)
        return {kind for kind in KINDS if self.yes.get((customer, kind), -1) > objected}

    def after(self, act: str, **what: Any) -> "Told":
        """Return what holds after one more act."""
        told = Told(dict(self.yes), set(self.restricted), set(self.children), dict(self.objected), self.paused)
        customer = what.get("customer", 0)
        if act == "choose":
            told.yes.pop((customer, what["data"]), None)
            if what["answer"] == "yes":
                told.yes[customer, what["data"]] = what["micros"]
        elif what["kind"] == "pause":
            told.paused = what["put"]
        elif what["kind"] == "objection":
            told.objected.pop(customer, None)
            if what["put"]:
                told.objected[customer] = what["micros"]
        else:
            group = told.restricted if what["kind"] == "restriction" else told.children
            (group.add if what["put"] else group.discard)(customer)
        return told


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A shop with a model, where everybody said yes to everything."""
    app = install(tmp_path / "home")
    app.catalogue.put(Product(product, f"Product {product}") for product in PRODUCTS)
    names = [f"c{number}" for number in range(CUSTOMERS)]
    bought = [
        order(name, PRODUCTS[(place + step) % len(PRODUCTS)]) for place, name in enumerate(names) for step in range(3)
    ]
    app.gate.collect(IMPORT, bought, NOW)
    numbers = [app.identity.get(name) for name in names]
    assert sorted(numbers) == list(range(1, CUSTOMERS + 1))
    shown = {clause: app.consent.words(clause).digest for clause in (ORDERS, PAGE_VIEWS)}
    made = [(number, clause, Answer.YES, digest) for number in numbers for clause, digest in shown.items()]
    app.consent.choose_many(made, via="import", now=NOW)
    app.gate.collect(IMPORT, [view(name, "p0") for name in names], NOW)
    app.suggestions.fit(now=NOW)
    app.close()
    return tmp_path / "home"


@pytest.fixture
def workers(home: Path) -> Iterator[tuple[Worker, Worker]]:
    both = Worker(home), Worker(home)
    yield both
    for one in both:
        one.end()


def _act(dice: random.Random, told: Told, micros: int) -> tuple[str, dict[str, Any]]:
    """Choose what somebody says next; what stands is often lifted, so that there is something to read."""
    customer = _somebody(dice, micros)
    standing = [("pause", told.paused), ("restriction", customer in told.restricted)]
    standing += [("child", customer in told.children), ("objection", customer in told.objected)]
    lifted = [kind for kind, stands in standing if stands]
    if lifted and dice.random() < 0.5:
        return "stop", _stop(lifted[0], customer, put=False, micros=micros)
    if dice.random() < 0.8:
        answer = "yes" if dice.random() < 0.6 else "no"
        return "choose", {"customer": customer, "data": dice.choice(KINDS), "answer": answer, "micros": micros}
    # A pause tells the outbox of everybody, so it is rare.
    kind = dice.choices([kind for kind, _ in standing], [1, 5, 5, 9])[0]
    return "stop", _stop(kind, customer, put=kind not in lifted, micros=micros)


def _stop(kind: str, customer: int, *, put: bool, micros: int) -> dict[str, Any]:
    what = {"kind": kind, "put": put, "micros": micros}
    if kind in {"pause", "objection"}:
        what["target"] = "suggestions"
    return what if kind == "pause" else {**what, "customer": customer}


def _somebody(dice: random.Random, micros: int) -> int:
    return (micros - 1) // TURN * AT_ONCE + dice.randint(1, AT_ONCE)


def _play(workers: tuple[Worker, Worker], interleavings: int, seed: int) -> dict[str, int]:
    """Let one worker be told and the other read, over and over; return how often each thing was seen."""
    dice = random.Random(seed)  # noqa: S311 - a seeded order of events, no secret
    told = Told({(customer, kind): 0 for customer in range(1, CUSTOMERS + 1) for kind in KINDS})
    seen = dict.fromkeys(["allowed", "refused", "before", "after", "suggested"], 0)
    for micros in range(1, interleavings + 1):
        writer, reader = dice.sample(workers, 2)
        act, what = _act(dice, told, micros)
        customer = what.get("customer") or _somebody(dice, micros)
        after = told.after(act, **what)
        look = {"customer": customer, "micros": micros}
        if dice.random() < 0.25:
            # Both at once: the read may see either moment. In which order they are told is left to the dice too.
            first, second = dice.sample([(writer, act, what), (reader, "look", look)], 2)
            for worker, name, asked in (first, second):
                worker.tell(name, **asked)
            meanwhile = set(reader.heard())
            writer.heard()
            assert meanwhile in (told.allows(customer), after.allows(customer)), (seed, micros, act, what)
            seen["after" if meanwhile == after.allows(customer) else "before"] += 1
        else:
            writer.ask(act, **what)
        told = after
        found = reader.ask("look", **look)
        assert set(found) == told.allows(customer), (seed, micros, act, what)
        assert found == {kind: 3 if kind == "orders" else 1 for kind in found}, (seed, micros)
        seen["allowed" if found else "refused"] += 1
        if micros % 20 == 0:
            used = reader.ask("suggest", **look)
            assert set(used) <= told.allows(customer), (seed, micros, act, what)
            seen["suggested"] += len(used)
    return seen


@pytest.mark.slow
def test_the_next_read_of_the_other_worker_obeys(workers: tuple[Worker, Worker]) -> None:
    seen = _play(workers, 300, seed=1)
    assert all(seen.values()), seen


@pytest.mark.slow
def test_a_worker_that_reads_from_an_old_moment_is_seen(workers: tuple[Worker, Worker]) -> None:
    workers[1].ask("freeze")
    with pytest.raises(AssertionError, match="choose"):
        _play(workers, 300, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_thousand_interleavings_in_the_soak_ten_thousand_and_no_stale_read(workers: tuple[Worker, Worker]) -> None:
    seen = _play(workers, INTERLEAVINGS, seed=2)
    assert seen["allowed"] + seen["refused"] == INTERLEAVINGS
    assert min(seen.values()) > INTERLEAVINGS // 50, seen


@pytest.mark.slow
def test_reads_without_a_pause_obey_every_choice_that_was_durable_before_they_began(
    workers: tuple[Worker, Worker],
) -> None:
    writer, reader = workers
    dice = random.Random(3)  # noqa: S311 - a seeded order of events, no secret
    reader.ask("begin", customer=1, data="orders", micros=10_000)
    written: list[tuple[int, int, bool]] = [(0, 0, True)]
    for micros in range(1, 501):
        answer = dice.choice(["yes", "no"])
        begun, durable = writer.ask("choose", customer=1, data="orders", answer=answer, micros=micros)
        written.append((begun, durable, answer == "yes"))
        time.sleep(dice.random() * 0.004)
    reads = reader.ask("end")
    stale = [read for read in reads if read[2] not in _possible(written, begun=read[0], ended=read[1])]
    assert stale == []
    assert len(reads) > 500
    assert 0.1 < sum(allowed for *_, allowed in reads) / len(reads) < 0.9


def _possible(written: list[tuple[int, int, bool]], *, begun: int, ended: int) -> set[bool]:
    """Return what a read from `begun` to `ended` may see: the last durable before it, or one under way meanwhile."""
    before = [answer for _, durable, answer in written if durable < begun]
    meanwhile = {answer for start, durable, answer in written if durable >= begun and start <= ended}
    return {before[-1]} | meanwhile
