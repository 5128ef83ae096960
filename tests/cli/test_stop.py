"""`troth stop` as a person types it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from installations import GARDEN, PAGE_VIEWS, install, say
from troth.cli.stop import commands
from troth.clock import SystemClock
from troth.errors import InputError, NotFoundError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("TROTH_HOME", str(folder))
    monkeypatch.setenv("TROTH_PROMISE", str(GARDEN))
    monkeypatch.setenv("COLUMNS", "160")
    app = install(folder, now=SystemClock().now())
    say(app, "c1", PAGE_VIEWS, "yes")
    app.close()
    return folder


def run(*arguments: str) -> str:
    result = CliRunner().invoke(commands, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_stop_is_put_shown_and_lifted() -> None:
    assert "nothing ever was" in run("show", "--customer", "c1")
    assert "child" in run("put", "child", "--customer", "c1", "--by", "Ana Reyes", "--why", "told by phone")
    shown = run("show", "--customer", "c1")
    assert "put, stands" in shown
    assert "Ana Reyes" in shown
    assert "told by phone" in shown
    assert "lifted" in run("lift", "child", "--customer", "c1")
    shown = run("show", "--customer", "c1")
    assert "stands" not in shown
    assert "Nothing is stopped for this customer now." in shown


def test_a_pause_is_about_everybody() -> None:
    run("put", "pause", "--purpose", "suggestions", "--why", "too many complaints")
    assert "suggestions" in run("show")
    assert "nothing ever was" in run("show", "--customer", "c1")


@pytest.mark.parametrize(
    "wrong",
    [
        ("put", "pause", "--purpose", "tax", "--customer", "c1"),
        ("put", "pause", "--recipient", "parcelo"),
        ("put", "cut-off", "--purpose", "tax"),
        ("put", "child"),
        ("lift", "child", "--customer", "c1"),
    ],
)
def test_what_can_not_be_is_refused(wrong: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        run(*wrong)


def test_a_customer_that_nobody_knows_is_not_made_by_a_stop() -> None:
    with pytest.raises(NotFoundError):
        run("put", "hold", "--customer", "nobody")
