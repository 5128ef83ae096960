"""Killed with SIGKILL at every step of an erasure and of a deletion: the next start ends it; others lose nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from cases.dying import OF_DELETING, OF_ERASURE, OF_NO, do
from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, SUGGEST, install, order, say, told, view
from stories import looks_of
from troth.actors import of_customer, of_job
from troth.app import App
from troth.cases import store
from troth.cases.merging import Id
from troth.catalogue.model import Product
from troth.db import spent
from troth.gate.use import Use
from troth.jobs.retention import delete_what_is_over
from troth.stops.model import Kind

TESTS = Path(__file__).parents[1]
WHENS = ("before", "after")
BOOKS = Use(of_job("books", "tax"), "tax", frozenset({"orders"}))
PRODUCTS = ("p1", "p2", "p3")

pytestmark = pytest.mark.slow


class Dying:
    """The process of dying.py."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def kill(self, home: Path, act: str, place: str) -> None:
        """Let a child of it do `act` in `home` and die at `place`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{home}\t{act}\t{place}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer.strip() == str(-signal.SIGKILL.value), f"it never came to {place}"


@contextmanager
def _dying() -> Iterator[Dying]:
    path = os.pathsep.join([str(TESTS), *sys.path])
    command = [sys.executable, str(TESTS / "cases" / "dying.py")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    ) as process:
        yield Dying(process)
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture(scope="module")
def dying() -> Iterator[Dying]:
    with _dying() as process:
        yield process


def _full(app: App, who: str) -> int:
    lines = [order(who, product, order_id=f"{who}-{product}") for product in PRODUCTS[:2]]
    app.gate.collect(IMPORT, [*lines, told(who, email=f"{who}@example.com")], NOW)
    customer = say(app, who, ORDERS, "yes")
    say(app, who, PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view(who, "p2")], NOW)
    return customer


def _house(folder: Path, *, linked: bool) -> dict[str, int]:
    """Make an installation with somebody who goes, others who stay, and a model of all; return their numbers."""
    app = install(folder)
    app.catalogue.put([Product(one, one) for one in PRODUCTS])
    numbers = {who: _full(app, who) for who in ("c1", "c2", "c9")}
    for number in numbers.values():
        app.stopping.put(Kind.OBJECTION, customer=number, target="newsletter", by="case 1", now=NOW)
    app.staff.add("sam", "support", trained_until=(NOW + timedelta(days=30)).date(), by="Isa", now=NOW)
    for number in numbers.values():
        look = Use(app.staff.actor("sam"), "service", frozenset({"orders"}), reason="case 2")
        app.gate.read(look, number, now=NOW)
    if linked:
        app.merging.link(Id("c1"), Id("c2"), by="test", now=NOW, two_accounts=True)
    app.suggestions.fit(now=NOW)
    app.close()
    return numbers


def _untouched(app: App, number: int) -> None:
    assert {kind: len(items) for kind, items in app.gate.read(SUGGEST, number, now=NOW).items.items()} == {
        "orders": 2,
        "page_views": 1,
    }
    assert app.consent.describe(number).counts == {"choices": 2}
    assert app.stops.describe(number).counts == {"stops": 1}
    assert len(looks_of(app, number)) == 1
    assert app.identity.outside_id(number) == "c9"


def _erased(app: App, numbers: list[int], names: list[str]) -> None:
    assert [app.identity.find(name) for name in names] == [None] * len(names)
    for number in numbers:
        assert set(app.gate.spans(number)) == {"orders"}
        assert len(app.gate.read(BOOKS, number, now=NOW).items["orders"]) == 2
        assert app.consent.describe(number).counts == {"choices": 0}
        assert app.stops.describe(number).counts == {}
        assert app.ledger.of_customer(number).entries == ()
        assert app.identity.outside_id(number) is None
        assert app.identity.people.history(number) == []
        assert app._ring.count(number) == 1
    with app._databases[0].reading() as connection:
        assert store.unfinished(connection) == []
    late = [order(name, "p3", order_id="late", at=NOW - timedelta(hours=1)) for name in names]
    assert {one.code for one in app.gate.collect(IMPORT, late, NOW)} == {"erased"}


@pytest.mark.parametrize("place", [f"{name}:{when}:1" for name in OF_ERASURE if name != "number" for when in WHENS])
def test_killed_in_an_erasure_the_next_start_ends_it(tmp_path: Path, dying: Dying, place: str) -> None:
    numbers = _house(tmp_path, linked=False)
    dying.kill(tmp_path, "erase", place)
    app = install(tmp_path)
    if place in BEFORE_THE_JOURNAL:
        # Nobody was told that it was done, and nothing was.
        _untouched_but_named(app, numbers["c1"])
        app.erasure.erase(numbers["c1"], now=NOW)
    _erased(app, [numbers["c1"]], ["c1"])
    _untouched(app, numbers["c9"])
    app.suggestions.refresh(now=NOW)
    assert app.verify_model().holds
    app.close()


BEFORE_THE_JOURNAL = {
    *(f"{name}:{when}:1" for name in ("restrict", "note", "dissolve") for when in WHENS),
    "journal:before:1",
}


def _untouched_but_named(app: App, number: int) -> None:
    assert app.identity.outside_id(number) == "c1"
    assert app.gate.decide(SUGGEST, number, now=NOW).allowed.keys() == {"orders", "page_views"}
    assert len(looks_of(app, number)) == 1


@pytest.mark.parametrize(
    "place",
    [f"{name}:{when}:2" for name in OF_ERASURE if name not in {"number", "journal", "dissolve"} for when in WHENS],
)
def test_killed_at_the_second_of_linked_ids_the_next_start_ends_it_for_both(
    tmp_path: Path, dying: Dying, place: str
) -> None:
    numbers = _house(tmp_path, linked=True)
    dying.kill(tmp_path, "erase", place)
    app = install(tmp_path)
    if place in {"restrict:before:2", "restrict:after:2", "note:before:2", "note:after:2"}:
        assert app.identity.find("c1") == numbers["c1"]
        assert app.gate.decide(SUGGEST, numbers["c2"], now=NOW).allowed.keys() == {"orders", "page_views"}
        app.erasure.erase(numbers["c2"], now=NOW)
    _erased(app, [numbers["c1"], numbers["c2"]], ["c1", "c2"])
    _untouched(app, numbers["c9"])
    app.suggestions.refresh(now=NOW)
    assert app.verify_model().holds
    app.close()


@pytest.mark.parametrize("when", WHENS)
def test_killed_when_the_number_goes_the_next_start_lets_it_go(tmp_path: Path, dying: Dying, when: str) -> None:
    app = install(tmp_path)
    say(app, "c1", PAGE_VIEWS, "yes")
    app.close()
    dying.kill(tmp_path, "erase", f"number:{when}:1")
    app = install(tmp_path)
    with app._databases[0].reading() as connection:
        assert app.identity.restricted_in(connection) == frozenset()
        assert store.unfinished(connection) == []
    app.close()


def _of(app: App, number: int) -> dict[str, list[bool]]:
    """Return kind → whether each of the customer's items is locked."""
    own = Use(of_customer(number), "rights", frozenset(app.promise.data))
    return {
        kind: [one.is_locked for one in items] for kind, items in app.gate.read(own, number, now=NOW).items.items()
    }


AT_BOTH = ("journal", "keys", "strike off")


@pytest.mark.parametrize(
    ("place", "linked"),
    [
        *((f"{name}:{when}:1", False) for name in OF_DELETING for when in WHENS),
        *((f"{name}:{when}:2", False) for name in AT_BOTH for when in WHENS),
        *((f"{name}:{when}:1", True) for name in AT_BOTH for when in WHENS),
    ],
)
def test_killed_in_a_deletion_the_next_start_ends_it(
    tmp_path: Path, dying: Dying, place: str, *, linked: bool
) -> None:
    numbers = _house(tmp_path, linked=linked)
    theirs = [numbers["c1"], numbers["c2"]] if linked else [numbers["c1"]]
    dying.kill(tmp_path, "delete", place)
    app = install(tmp_path)
    # Whatever was begun is either done or as it was, whole: nothing that is shown fails to open.
    left = _of(app, numbers["c1"])
    assert left["orders"] in ([False] * 2 * len(theirs), [True] * 2 * len(theirs))
    assert (left["email"] == []) == (True in left["orders"])
    with app._databases[0].reading() as connection:
        assert spent.customers(connection) == []
    do(app, "delete")
    assert _of(app, numbers["c1"]) == {"orders": [True] * 2 * len(theirs), "email": [], "page_views": []}
    app.suggestions.refresh(now=NOW)
    assert app.verify_model().holds
    app.spent_keys.resume()
    assert [app._ring.count(number) for number in theirs] == [app._ring.count(theirs[0])] * len(theirs)
    again = [order("c1", "p1", order_id="c1-p1"), view("c1", "p2")]
    assert {one.code for one in app.gate.collect(IMPORT, again, NOW)} == {"deleted"}
    _untouched(app, numbers["c9"])
    app.close()


def _keys_of(app: App, number: int) -> set[str]:
    return {kind for whose, kind in app._ring._store.of_kinds([*app.promise.data, "identity"]) if whose == number}


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize(
    "place", [*(f"{name}:{when}:1" for name in OF_NO for when in WHENS), *(f"journal:{when}:2" for when in WHENS)]
)
def test_killed_in_a_no_the_next_start_ends_it(tmp_path: Path, dying: Dying, place: str, *, linked: bool) -> None:
    numbers = _house(tmp_path, linked=linked)
    theirs = [numbers["c1"], numbers["c2"]] if linked else [numbers["c1"]]
    dying.kill(tmp_path, "no", place)
    app = install(tmp_path)
    # What is shown opens, whole; what was begun to be deleted is gone with its key, or waits for the clock.
    left = _of(app, numbers["c1"])
    assert left["orders"] == [False] * 2 * len(theirs)
    assert left["page_views"] in ([], [False]), "looked at alike under both ids, it is shown once"
    if place in {"note the no:before:1", "note the no:after:1", "journal:before:1"}:
        # Nobody was told that it is recorded, and it is not.
        assert left["page_views"]
        do(app, "no")
    assert "page_views" not in app.gate.read(SUGGEST, numbers["c1"], now=NOW).items
    delete_what_is_over(app.gate, app.spent_keys, now=NOW)
    assert _of(app, numbers["c1"])["page_views"] == []
    assert [_keys_of(app, number) for number in theirs] == [{"orders", "email", "identity"}] * len(theirs)
    with app._databases[0].reading() as connection:
        assert spent.customers(connection) == []
    # A later yes, and something new, has a key of its own.
    say(app, "c1", PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view("c1", "p3")], NOW)
    assert _of(app, numbers["c1"])["page_views"] == [False]
    _untouched(app, numbers["c9"])
    app.close()
