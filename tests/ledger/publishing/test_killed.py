"""Killed with SIGKILL before and after everything that makes something durable: nothing acknowledged is lost.

The places are not listed by hand: a first run of each act counts how often it commits, syncs or renames, and then it
is killed before and after each of those.
"""

import os
import shutil
import signal
import subprocess
import sys
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text, update

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, POSTGRESQL, install, order, say
from ledger.publishing.dying import RACES
from stories import looks_of
from troth.app import App
from troth.cases.noting import Noting
from troth.errors import UnavailableError
from troth.gate.use import Use
from troth.ledger import store as entries
from troth.ledger.bundle import as_json
from troth.ledger.checkpoint import open_checkpoint
from troth.ledger.examine import examine
from troth.ledger.model import COMPANY, Entry, Kind
from troth.ledger.publishing import store
from troth.ledger.publishing.publisher import nodes
from troth.ledger.publishing.store import ledger_recorded
from troth.ledger.receipt import as_tlog_proof
from troth.ledger.spelling import to_base64
from troth.ledger.tree import tree_root
from troth.ledger.trust import Trust
from troth.ledger.verify import verify

TESTS = Path(__file__).parents[2]
LATER = NOW + timedelta(hours=1)
ACTS = ("append", "publish", "change", "erase", "open")


@dataclass
class Said:
    """What a child said before its end.

    Attributes:
        acks: what it was told to be durable.
        seen: checkpoints that it signed.
        ways: way → how often, when it lived.
        code: its exit code.
    """

    acks: list[list[str]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    ways: dict[str, int] = field(default_factory=dict)
    code: int = 0


class Dying:
    """The process of dying.py."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def begin(self, home: Path, act: str, place: str = "") -> None:
        """Let a child do `act` in `home`, and die at `place`."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{home}\t{act}\t{place}\n")
        self._process.stdin.flush()

    def end(self) -> Said:
        """Wait for the child's end; return what it said."""
        assert self._process.stdout is not None
        said = Said()
        while True:
            word, *rest = self._process.stdout.readline().split(" ")
            last = " ".join(rest).rstrip("\n")
            if word == "ack":
                said.acks.append(last.split(" "))
            elif word == "seen":
                said.seen.append(b64decode(last).decode())
            elif word == "ways":
                said.ways = {one.rpartition("=")[0]: int(one.rpartition("=")[2]) for one in last.split(" ")}
            else:
                said.code = int(last)
                return said


@contextmanager
def _process() -> Iterator[Dying]:
    path = os.pathsep.join([str(TESTS), *sys.path])
    command = [sys.executable, str(TESTS / "ledger" / "publishing" / "dying.py")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    ) as process:
        yield Dying(process)
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture(scope="module")
def dying() -> Iterator[Dying]:
    with _process() as process:
        yield process


class Houses:
    """Makes installations that are all in the same state; with SQLite by copying the first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._seen: list[str] = []

    def build(self) -> tuple[Path, list[str]]:
        """Return a new one, and the checkpoints that it has signed."""
        self._count += 1
        home = self._folder / f"home{self._count}"
        if self._count == 1 or POSTGRESQL in os.environ:
            self._seen = _build(home)
        else:
            shutil.copytree(self._folder / "first", home)
        if self._count == 1:
            shutil.copytree(home, self._folder / "first")
        return home, self._seen


def _build(home: Path) -> list[str]:
    app = install(home)
    for who in ("c1", "c2", "c3"):
        app.gate.collect(IMPORT, [order(who, "p1", order_id=who)], NOW)
        say(app, who, ORDERS, "yes")
        say(app, who, PAGE_VIEWS, "yes")
    app.staff.add("sam", "support", trained_until=(NOW + timedelta(days=30)).date(), by="Isa", now=NOW)
    seen = [app.publisher.publish(now=NOW).checkpoint]
    for who in ("c1", "c2", "c3"):
        use = Use(app.staff.actor("sam"), "service", frozenset({"orders"}), reason="before")
        app.gate.read(use, app.identity.get(who), now=NOW)
    seen.append(app.publisher.publish(now=NOW).checkpoint)
    say(app, "c2", PAGE_VIEWS, "no")
    app.close()
    return seen


def _must_be_whole(app: App, acks: list[list[str]], seen: list[str]) -> None:
    """Check that what was acknowledged is there once, that the log is one, and that receipts hold."""
    seen = [*seen, app.publisher.publish(now=LATER).checkpoint]
    assert list(examine(*app._databases, app.ledger, kept_from=NOW)) == []
    with app._databases[0].reading() as connection:
        numbers = {origin: log for log, origin in entries.origins(connection).items()}
        for checkpoint in seen:
            head, _ = open_checkpoint(checkpoint)
            tree = store.tree(connection, numbers[head.origin])
            assert tree is not None
            assert tree_root(nodes(connection, tree.log, tree.size), head.size) == head.root
    trust = Trust(app.ledger.log_keys())
    for who in ("c1", "c2", "c3"):
        number = app.identity.find(who)
        if number is None:
            continue
        assert app.ledger.of_customer(number).lost == 0
        cases = Counter(told.what.reason for told in looks_of(app, number))
        assert set(cases.values()) <= {1}
        assert cases.keys() >= {case for one, *case_ in acks if one == who for case in case_} | {"before"}
        for issued in app.receipts.each(number, now=LATER):
            report = verify(as_tlog_proof(issued.receipt), trust)
            assert report.holds, report.why
        with app._databases[0].reading() as connection:
            is_here = entries.stream(connection, number) is not None
        if is_here:
            report = verify(as_json(app.receipts.bundle(number, now=LATER)), trust)
            assert report.holds, report.why


def _prepare(home: Path, act: str) -> None:
    if act == "open":
        # As beside data that is older: more is on record than the data has.
        app = install(home)
        with app._databases[1].writing() as keys:
            keys.execute(update(ledger_recorded).values(size=ledger_recorded.c.size + 7, root=bytes(32)))
        app.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("act", ACTS)
def test_killed_around_any_durable_step_no_entry_is_lost_and_the_log_never_forks(
    tmp_path: Path, dying: Dying, act: str
) -> None:
    houses = Houses(tmp_path)
    home, _ = houses.build()
    _prepare(home, act)
    dying.begin(home, act)
    whole = dying.end()
    assert whole.code == 0
    assert whole.ways["commit"] >= 2
    places = [
        f"{way}:{when}:{number}"
        for way, count in whole.ways.items()
        for number in range(1, count + 1)
        for when in ("before", "after")
    ]
    # There an installation takes a second to make; `make soak` takes its time.
    some = 5 if POSTGRESQL in os.environ and not os.environ.get("TROTH_SOAK") else 1
    for place in places[::some]:
        home, seen = houses.build()
        _prepare(home, act)
        dying.begin(home, act, place)
        said = dying.end()
        assert said.code == -signal.SIGKILL, f"it never came to {place}"
        app = install(home, now=LATER)
        _must_be_whole(app, said.acks, [*seen, *said.seen])
        with app._databases[0].reading() as connection:
            logs = [log.number for log in entries.logs(connection)]
        assert logs == ([1, 2] if act == "open" else [1])
        assert (app.identity.find("c3") is None) >= (["erased"] in said.acks)
        app.ledger.change_signer(now=LATER)
        say(app, "c1", PAGE_VIEWS, "no")
        _must_be_whole(app, said.acks, [*seen, *said.seen])
        app.close()
        if POSTGRESQL not in os.environ:
            shutil.rmtree(home)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_two_processes_append_and_publish_at_once_and_it_is_one_log(tmp_path: Path) -> None:
    home, seen = Houses(tmp_path).build()
    with ExitStack() as stack:
        both = [stack.enter_context(_process()) for _ in range(2)]
        for one in both:
            one.begin(home, "race")
        said = [one.end() for one in both]
    assert [one.code for one in said] == [0, 0]
    acks = [ack for one in said for ack in one.acks]
    assert len(acks) == 2 * RACES
    app = install(home, now=LATER)
    _must_be_whole(app, acks, [*seen, *(checkpoint for one in said for checkpoint in one.seen)])
    app.close()


def _append(app: App, new: list[Entry]) -> None:
    with app._databases[0].writing() as connection:
        app.ledger.append_in(connection, new)


def _is_full(act: Callable[[], object]) -> bool:
    """Whether `act` finds the disk full. Nothing else may go wrong."""
    try:
        act()
    except UnavailableError as error:
        if error.code != "disk_full":
            raise
        return True
    return False


@pytest.mark.sqlite
@pytest.mark.parametrize("which", ["main", "keys"])
def test_a_full_disk_is_told_and_nothing_forks(tmp_path: Path, which: str) -> None:
    home, seen = Houses(tmp_path).build()
    app = install(home, now=LATER)
    database = app._databases[0 if which == "main" else 1]
    customer = app.identity.get("c1")
    many = [Entry(customer, Kind.MESSAGE_SENT, LATER, {"say": "x" * 900})] * 8
    acked, refused = 0, 0
    with database.writing() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    assert isinstance(pages, int)
    for room in (0, 2, 5, 30, 100):
        # The connection that was used last is used next.
        with database.writing() as connection:
            connection.execute(text(f"PRAGMA max_page_count={pages + room}"))
        for _ in range(6):
            is_refused = _is_full(partial(_append, app, many))
            refused += is_refused
            acked += len(many) * (not is_refused)
            _is_full(partial(app.publisher.publish, now=LATER))
            with app._databases[0].reading() as connection:
                (head,) = store.trees(connection).values()
            seen = [*seen, head.checkpoint]
    assert acked
    # Signing another size takes no more room in the key database than the last one took.
    assert (refused > 0) is (which == "main")
    app.close()
    app = install(home, now=LATER)
    sent = [one for one in app.ledger.of_customer(customer).entries if one.kind is Kind.MESSAGE_SENT]
    assert len(sent) == acked
    _must_be_whole(app, [], seen)
    app.close()


def test_without_room_for_the_record_nothing_is_signed(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    before = app.publisher.publish(now=NOW)
    say(app, "c1", ORDERS, "yes")

    def full(*_: object) -> None:
        raise UnavailableError("disk_full", "The disk is full; nothing was changed.")

    with monkeypatch.context() as patch:
        patch.setattr(store, "record", full)
        with pytest.raises(UnavailableError):
            app.publisher.publish(now=NOW)
    assert app.publisher.state().signed == before.signed
    _must_be_whole_without_looks(app, [before.checkpoint])


def _must_be_whole_without_looks(app: App, seen: list[str]) -> None:
    size = app.publisher.publish(now=LATER).size
    with app._databases[0].reading() as connection:
        for checkpoint in seen:
            head, _ = open_checkpoint(checkpoint)
            assert tree_root(nodes(connection, 1, size), head.size) == head.root
    assert list(examine(*app._databases, app.ledger, kept_from=NOW)) == []


def test_a_wrong_clock_is_told_and_nothing_forks(tmp_path: Path) -> None:
    home, seen = Houses(tmp_path).build()
    behind = NOW - timedelta(days=3)
    app = install(home, now=behind)
    with pytest.raises(UnavailableError) as told:
        _append(app, [Entry(app.identity.get("c1"), Kind.STOPPED, behind)])
    assert told.value.code == "clock_behind"
    with pytest.raises(UnavailableError) as told:
        say(app, "c1", ORDERS, "no")
    assert told.value.code == "clock_behind"
    app.close()
    app = install(home, now=LATER)
    _must_be_whole(app, [], seen)
    app.close()


@pytest.mark.sqlite
def test_an_older_copy_beside_the_newest_keys_begins_a_new_log_which_says_so(tmp_path: Path) -> None:
    home, _ = Houses(tmp_path).build()
    copy = tmp_path / "older"
    shutil.copytree(home, copy)
    app = install(home, now=LATER)
    say(app, "c1", PAGE_VIEWS, "no")
    signed = app.publisher.publish(now=LATER)
    trust_before = app.ledger.log_keys()
    number = app.identity.get("c1")
    files = [as_tlog_proof(one.receipt) for one in app.receipts.each(number, now=LATER)]
    files.append(as_json(app.receipts.bundle(number, now=LATER)))
    app.close()

    (home / "data" / "troth.db").unlink()
    for beside in ("-wal", "-shm"):
        (home / "data" / f"troth.db{beside}").unlink(missing_ok=True)
    shutil.copy(copy / "data" / "troth.db", home / "data" / "troth.db")
    app = install(home, now=LATER)
    begun = [one for one in app.ledger.of_customer(COMPANY).entries if one.kind is Kind.LOG_BEGUN]
    assert [one.log for one in begun] == [1, 2]
    origin = open_checkpoint(signed.checkpoint)[0].origin
    assert begun[1].body == {"before": origin, "size": signed.size, "root": to_base64(signed.root)}
    assert app.publisher.state().origin == f"{origin}/2"
    say(app, "c1", PAGE_VIEWS, "no")
    app.publisher.publish(now=LATER)
    keys = app.ledger.log_keys()
    assert keys[: len(trust_before)] == trust_before
    files.append(as_json(app.receipts.bundle(number, now=LATER)))
    for file in files:
        report = verify(file, Trust(keys))
        assert report.holds, report.why
    assert list(examine(*app._databases, app.ledger, kept_from=NOW)) == []
    # The promise that holds is told by the new log too.
    told = [one.kind for one in app.ledger.of_customer(COMPANY).entries if one.log == 2]
    assert told.count(Kind.PROMISE_PUBLISHED) == 1
    app.close()
    again = install(home, now=LATER)
    assert again.publisher.state().origin == f"{origin}/2"
    again.close()


@pytest.mark.sqlite
def test_where_the_keys_are_older_too_it_must_be_said_that_something_was_lost(tmp_path: Path) -> None:
    home, _ = Houses(tmp_path).build()
    app = install(home, now=LATER)
    assert app.publisher.open(now=LATER, is_older=True)
    state = app.publisher.state()
    assert (state.origin.endswith("/2"), state.size, state.signed) == (True, 1, 0)
    say(app, "c1", PAGE_VIEWS, "no")
    assert isinstance(app.noting, Noting)
    app.noting.catch_up(now=LATER)
    _must_be_whole(app, [], [])
    app.close()
