"""`troth delete` as a person types it."""

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from house.planted import plant
from installations import GARDEN, IMPORT, NOW, ORDERS, PAGE_VIEWS, install, order, say, told, view
from troth.cli.delete import delete
from troth.cli.forget import _WORDS, forget
from troth.clock import SystemClock
from troth.errors import InputError, NotFoundError
from troth.gate.removal import Wanted

commands = typer.Typer()
commands.command()(delete)
commands.command()(forget)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("TROTH_HOME", str(folder))
    monkeypatch.setenv("TROTH_PROMISE", str(GARDEN))
    monkeypatch.setenv("COLUMNS", "160")
    now = SystemClock().now()
    app = install(folder, now=now)
    app.gate.collect(IMPORT, [order("c1", "p1", at=now), told("c1", email="c1@example.com", at=now)], now)
    say(app, "c1", ORDERS, "yes")
    say(app, "c1", PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view("c1", "p1", at=now)], now)
    app.close()
    return folder


def run(*arguments: str) -> str:
    result = CliRunner().invoke(commands, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_it_says_what_would_go_and_asks_and_then_says_what_went() -> None:
    with pytest.raises(InputError, match="can't be undone"):
        run("delete", "c1", "--kind", "orders")
    done = run("delete", "c1", "--kind", "orders", "--yes")
    would, did = done.split("Deleted:", 1)
    assert "Would go: 1 × email, since nothing needs it any more" in would
    assert "Stays, locked, because the law demands it: 1 × orders (UK Companies Act 2006 s388, until 20" in would
    assert "No longer works: service/orders. The customer loses: Your order arrives and returns work." in would
    assert "Keys destroyed: 1." in did
    assert "Copies of the key database made before now still open it" in did
    assert "troth keys rotate" in did
    assert "By the promise no copy made before now is kept after 20" in did
    again = run("delete", "c1", "--kind", "orders")
    assert "Stays, locked" in again
    assert "Nothing was changed." in again


def test_one_item_is_named_by_its_handle_and_nothing_is_opened() -> None:
    listed = run("delete", "c1", "--list")
    assert "c1@example.com" not in listed
    (handle,) = re.findall(r"page_views .*?([A-Za-z0-9_-]{22})", listed)
    assert "Deleted: 1 × page_views" in run("delete", "c1", f"--event={handle}", "--yes")
    assert "page_views" not in run("delete", "c1", "--list")
    with pytest.raises(NotFoundError):
        run("delete", "c1", f"--event={handle}", "--yes")


def test_one_clauses_worth_says_for_what_the_rest_stays() -> None:
    told_so = run("delete", "c1", "--clause", "suggestions/orders")
    assert "Stays, since it is needed for: service, tax" in told_so
    assert "Nothing was changed." in told_so
    assert "Deleted: 1 × page_views" in run("delete", "c1", "--clause", "suggestions/page_views", "--yes")
    assert "There is nothing of it." in run("delete", "c1", "--clause", "suggestions/page_views")


@pytest.mark.parametrize(
    "wrong", [(), ("--kind", "horoscope"), ("--clause", "x"), ("--kind", "orders", "--clause", "tax/orders")]
)
def test_what_names_nothing_says_what_there_is(wrong: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        run("delete", "c1", *wrong, "--yes")


def test_forget_says_in_plain_words_what_goes() -> None:
    done = run("forget", "c1", "--yes")
    assert "2 × " in done
    assert "1 × id by which they are known here" in done
    assert "yes or no they said" in done
    for word in ("vault", "consent:", "identity", "ledger", "recommend", "cases"):
        assert word not in done


def test_every_room_that_forgets_has_plain_words(tmp_path: Path) -> None:
    app = install(tmp_path / "other")
    customer = plant(app, now=NOW)
    handle = app.gate.deleting.listed(customer, kind="page_views")[0].handle
    app.deleting.delete(Wanted(handle=handle), customer, now=NOW)
    counted = {(one.room, what) for one in app.erasure.describe(customer, now=NOW).reports for what in one.counts}
    app.close()
    assert {what for room, what in counted if room != "vault"} == set(_WORDS)
    assert {what for room, what in counted if room == "vault"} <= set(app.promise.data)


def test_forget_says_until_when_copies_hold_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_RENEW_MASTER", "yes")
    done = run("forget", "c1", "--yes")
    assert re.search(
        r"After \d{4}-\d\d-\d\d no copy opens what went: the epoch of its keys has ended by then\.", done
    )
    assert "By the promise no copy made before now is kept after" in done
