"""`troth look` as a person types it; and killed, locked out, or without room on the disk."""

import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from installations import GARDEN, IMPORT, install, order, told, url
from stories import Told, looks_of
from troth.app import App
from troth.cli.look import commands
from troth.clock import SystemClock
from troth.errors import InputError, NotAllowedError, NotFoundError

AT_ONCE = ("c1", "--as", "sam", "--for", "service", "--data", "orders", "--reason", "case 12")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    for name, value in {
        "TROTH_HOME": str(folder),
        "TROTH_PROMISE": str(GARDEN),
        "TROTH_DATABASE": url(folder, "main"),
        "TROTH_KEYS_DATABASE": url(folder, "keys"),
        "COLUMNS": "160",
    }.items():
        monkeypatch.setenv(name, value)
    return folder


@pytest.fixture
def shop(home: Path) -> Iterator[App]:
    now = SystemClock().now()
    app = install(home, now=now)
    until = (now + timedelta(days=30)).date()
    app.staff.add("sam", "support", trained_until=until, by="Isa", now=now)
    app.staff.add("max", "marketer", trained_until=until, by="Isa", now=now)
    app.gate.collect(IMPORT, [order("c1", "p1", at=now - timedelta(days=3))], now)
    yield app
    app.close()


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(commands, list(arguments), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def _looks(app: App) -> tuple[Told, ...]:
    return looks_of(app, app.identity.get("c1"))


def test_a_look_shows_the_items_and_is_in_the_log(shop: App) -> None:
    assert "Nobody looked" in run("log", "c1")
    shown = run("c1", "--as", "sam", "--for", "service", "--data", "orders, email", "--reason", "parcel [b]lost")
    assert "Things you bought" in shown
    assert "products.product_id: p1" in shown
    assert "Your email address: nothing is kept." in shown
    assert "the customer can see when it was" in shown
    log = run("log", "c1")
    assert "sam (support)" in log
    assert "email, orders" in log
    assert "parcel [b]lost" in log
    assert len(_looks(shop)) == 1


@pytest.mark.parametrize(
    ("typed", "says", "code"),
    [
        (("--as", "sam", "--for", "service", "--data", "orders"), "must give a reason", "reason missing"),
        (("--as", "max", "--for", "suggestions", "--data", "orders"), "never a person", "aggregate only"),
        (("--as", "max", "--for", "service", "--data", "email"), "does not give this role", "role may not"),
    ],
)
def test_a_refusal_is_told_in_words_and_noted(shop: App, typed: tuple[str, ...], says: str, code: str) -> None:
    shown = run(*typed, "c1", code=3)
    assert says in shown
    assert "p1" not in shown
    assert "Nothing was let out." in shown
    log = run("log", "c1")
    assert code in log
    assert "nothing" in log
    assert len(_looks(shop)) == 1


def test_what_is_allowed_is_shown_and_what_is_not_is_told(shop: App) -> None:
    shown = run("at", "c1", "--as", "sam", "--for", "service", "--data", "orders,page_views", "--reason", "case 12")
    assert "products.product_id: p1" in shown
    assert "page_views: The promise does not give this role" in shown
    assert _looks(shop)[0].what.refused == {"page_views": "role_may_not"}


def test_who_is_nobody_or_left_looks_at_nothing(shop: App) -> None:
    with pytest.raises(NotFoundError):
        run("c1", "--as", "nobody", "--for", "service", "--data", "orders")
    shop.staff.leave("sam", by="Isa", now=shop.clock.now())
    with pytest.raises(NotAllowedError):
        run(*AT_ONCE)
    with pytest.raises(NotFoundError):
        run("nobody", "--as", "max", "--for", "service", "--data", "orders")
    with pytest.raises(NotFoundError):
        run("log", "nobody")
    with pytest.raises(InputError):
        run("c1", "--as", "max", "--for", "service", "--data", " , ")
    assert _looks(shop) == ()


def test_a_stored_value_can_not_command_the_terminal(shop: App) -> None:
    now = shop.clock.now()
    wild = "\x1b[2J\x1b]0;mine\x07\u202eevil\r\n[red]x\u00a0y"
    assert shop.gate.collect(IMPORT, [told("c1", at=now - timedelta(days=1), email=wild)], now)[0].code == ""
    shown = run("c1", "--as", "sam", "--for", "service", "--data", "email", "--reason", "case 12")
    assert "‹U+001B›[2J‹U+001B›]0;mine‹U+0007›‹U+202E›evil‹U+000D›‹U+000A›[red]x y" in shown
    assert not set(shown) & set("\x1b\x07\u202e\r")


def test_an_entry_that_is_missing_is_told_and_the_exit_says_so(shop: App) -> None:
    from sqlalchemy import text

    for _ in range(3):
        run(*AT_ONCE)
    with shop._databases[0].writing() as connection:
        connection.execute(text("DELETE FROM ledger_entries WHERE customer = 1 AND number = 2"))
    assert "Missing or changed since, and not shown: 1." in run("log", "c1", code=1)


def _start(*typed: str, limit: int | None = None) -> subprocess.Popen[bytes]:
    def bound() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [sys.executable, "-m", "troth.cli.main", "look", *(typed or AT_ONCE)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=bound,  # noqa: PLW1509 - one system call, and this process has no other thread by now
    )


@pytest.mark.slow
def test_killed_at_its_first_letter_the_look_is_in_the_ledger(shop: App) -> None:
    # More than a pipe holds, so that it is still printing when it is killed.
    now = shop.clock.now()
    lines = [order("c1", f"p{n}", at=now - timedelta(days=3), order_id=f"o{n}") for n in range(900)]
    shop.gate.collect(IMPORT, lines, now)
    process = _start()
    assert process.stdout is not None
    assert process.stdout.read(1)
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert rest.count(b"Order Completed") < 900
    assert [entry.what.allowed for entry in _looks(shop)] == [("orders",)]


@pytest.mark.slow
def test_killed_anywhere_nothing_is_printed_that_is_not_in_the_ledger(shop: App) -> None:
    begun = time.monotonic()
    printed, _ = _start().communicate()
    takes = time.monotonic() - begun
    assert b"p1" in printed
    noted = len(_looks(shop))
    when = random.Random(7)  # noqa: S311 - repeats the same moments
    for _ in range(6):
        process = _start()
        time.sleep(when.uniform(0.5, 1.1) * takes)
        process.send_signal(signal.SIGKILL)
        printed, _ = process.communicate()
        new = len(_looks(shop)) - noted
        assert new in {0, 1}
        assert new == 1 or not printed
        noted += new


@pytest.mark.slow
def test_killed_as_soon_as_it_is_noted_the_entry_stays(shop: App) -> None:
    process = _start()
    while not _looks(shop):
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert [entry.what.allowed for entry in _looks(shop)] == [("orders",)]


@pytest.mark.slow
def test_where_another_writes_for_too_long_nothing_is_printed(shop: App) -> None:
    with shop._databases[0].writing():
        process = _start()
        printed, told_why = process.communicate()
    assert (process.returncode, printed) == (1, b"")
    assert b"Another process is writing" in told_why
    assert _looks(shop) == ()


@pytest.mark.slow
@pytest.mark.sqlite
def test_on_a_full_disk_nothing_is_printed(shop: App) -> None:
    run(*AT_ONCE)  # makes the key, so that what fails below is the entry
    assert len(_looks(shop)) == 1
    # One page: what lies in the files can be read, and nothing can be written behind it.
    process = _start("log", "c1", limit=4096)
    assert b"case 12" in process.communicate()[0]
    assert process.returncode == 0
    process = _start(limit=4096)
    printed, told_why = process.communicate()
    assert (process.returncode, printed) == (1, b""), told_why
    assert "✗".encode() in told_why
    assert b"disk" in told_why
    assert len(_looks(shop)) == 1
