"""`troth customer` as a person types it."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from installations import GARDEN, IMPORT, PAGE_VIEWS, install, say, view
from troth.cli.customer import commands
from troth.clock import SystemClock
from troth.errors import InputError, NotAllowedError, NotFoundError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("TROTH_HOME", str(folder))
    monkeypatch.setenv("TROTH_PROMISE", str(GARDEN))
    monkeypatch.setenv("COLUMNS", "160")
    now = SystemClock().now()
    app = install(folder, now=now)
    say(app, "c1", PAGE_VIEWS, "yes")
    say(app, "c2", PAGE_VIEWS, "no")
    app.gate.collect(IMPORT, [view("c1", "p1", at=now)], now)
    app.close()
    return folder


def run(*arguments: str) -> str:
    result = CliRunner().invoke(commands, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_link_is_made_shown_and_taken_away_by_its_number() -> None:
    assert "linked to no other" in run("show", "c1")
    assert "one person with 2 ids" in run("link", "c1", "browser-77", "--by", "Ana Reyes", "--why", "case 12")
    assert "already, with 2 ids" in run("link", "c1", "browser-77")
    shown = run("show", "c1")
    assert "One person with 2 ids" in shown
    assert "customer and anonymous" in shown
    assert "Ana Reyes" in shown
    assert "case 12" in shown
    assert "browser-77" not in shown, "the other id was not typed here"
    found = re.search(r"│ (\d+) +│ \d{4}-", shown)
    assert found is not None
    assert "Unlinked" in run("unlink", "c1", "--link", found[1], "--by", "Isa Moor")
    shown = run("show", "c1")
    assert "linked to no other" in shown
    assert "by Isa Moor" in shown


def test_two_accounts_are_joined_only_when_it_is_said_and_a_no_deletes() -> None:
    accounts = ("link", "c1", "c2", "--other-kind", "customer")
    with pytest.raises(NotAllowedError, match="two people"):
        run(*accounts)
    told = run(*accounts, "--two-accounts")
    assert "Deleted, since nothing else needs it: 1 ×" in told
    assert "Unlinked" in run("unlink", "c1", "c2", "--other-kind", "customer")


def test_another_kind_is_another_id() -> None:
    with pytest.raises(NotFoundError):
        run("show", "c1", "--kind", "anonymous")
    run("link", "c1", "ana@example.com", "--other-kind", "email")
    assert "One person with 2 ids" in run("show", "ANA@example.com", "--kind", "email")


@pytest.mark.parametrize(
    "wrong",
    [("unlink", "c1"), ("unlink", "c1", "b1", "--link", "3"), ("unlink", "c1", "--link", "99"), ("link", "c1", " ")],
    ids=["nothing named", "both named", "no such link", "no id"],
)
def test_what_can_not_be_is_refused(wrong: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        run(*wrong)


def test_ids_that_nobody_knows_are_not_made_customers() -> None:
    with pytest.raises(NotFoundError, match="Neither"):
        run("link", "nobody", "no-browser")
    with pytest.raises(NotFoundError):
        run("show", "nobody")
