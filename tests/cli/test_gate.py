"""`troth gate explain` as a person of the staff types it."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from installations import GARDEN, IMPORT, ORDERS, install, order, say, told
from troth.cli.gate import commands
from troth.cli.main import commands as troth
from troth.clock import SystemClock
from troth.errors import InputError, NotFoundError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder, now = tmp_path / "home", SystemClock().now()
    monkeypatch.setenv("TROTH_HOME", str(folder))
    monkeypatch.setenv("TROTH_PROMISE", str(GARDEN))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(GARDEN.parent)
    app = install(folder, now=now)
    say(app, "c1", ORDERS, "yes")
    app.gate.collect(IMPORT, [order("c1", "terracotta", at=now), told("c1", email="c1@example.com", at=now)], now)
    app.staff.add("sam", "support", trained_until=date(now.year + 1, 1, 31), by="desk", now=now)
    app.close()
    return folder


def ask(*arguments: str) -> Result:
    wanted = ["--customer", "c1", "--for", "suggestions", "--data", "orders", *arguments]
    return CliRunner().invoke(commands, ["explain", *wanted], catch_exceptions=False)


def test_what_is_allowed_is_shown_with_every_step_and_exit_0() -> None:
    shown = ask()
    assert shown.exit_code == 0
    assert "suggestions/orders is allowed. As long as nothing changes." in shown.output
    assert "6 ✓ What it rests on holds for this customer now." in shown.output
    assert "The customer said yes on " in shown.output
    assert "garden.yaml:70:7  purposes.suggestions.data.orders" in shown.output
    assert "Not asked: 9. Nobody outside the company is involved." in shown.output


def test_what_is_refused_is_shown_with_the_line_that_decided_and_exit_3() -> None:
    shown = ask("--as-role", "marketer")
    assert shown.exit_code == 3
    assert "suggestions/orders is refused." in shown.output
    assert "2 ✗ Who asks may use this purpose." in shown.output
    assert "garden.yaml:91:20  roles.marketer.may.suggestions" in shown.output
    assert "Not reached: 3, 3b, 7, 4, 5, 6, 8, 9, 10." in shown.output


def test_one_refused_kind_among_allowed_ones_is_a_refusal() -> None:
    shown = ask("--data", "orders, page_views")
    assert shown.exit_code == 3
    assert shown.output.index("suggestions/orders is allowed") < shown.output.index(
        "suggestions/page_views is refused"
    )


def test_a_person_of_the_staff_is_asked_about_by_name() -> None:
    assert ask("--for", "service", "--as", "sam").exit_code == 3
    shown = ask("--for", "service", "--as", "sam", "--reason", "case 12 of anna@example.com")
    assert shown.exit_code == 0
    assert "holds until" in shown.output
    assert "anna" not in shown.output
    with pytest.raises(NotFoundError):
        ask("--as", "nobody")


def test_the_customer_may_see_their_own() -> None:
    shown = ask("--for", "rights", "--as-customer")
    assert shown.exit_code == 0
    assert "Not asked: 3b, 7, 4, 5, 6, 8, 9, 10." in shown.output


def test_a_customer_nobody_knows_is_judged_as_a_visitor() -> None:
    shown = ask("--customer", "nobody")
    assert shown.exit_code == 3
    assert "There is no customer with this id. This is how a visitor would be judged." in shown.output


def test_another_moment_can_be_asked_about() -> None:
    shown = ask("--at", "2019-06-01T09:00+01:00")
    assert "promise holds from 2020-01-01" in shown.output
    assert "With the choices, stops and items that are recorded today." in shown.output


def test_no_value_is_shown() -> None:
    shown = ask("--for", "service", "--data", "orders,email").output
    for value in ("terracotta", "c1@example.com", "2.50"):
        assert value not in shown


def test_the_same_as_json() -> None:
    shown = ask("--json", "--data", "page_views")
    assert shown.exit_code == 3
    found = json.loads(shown.output)
    assert found["data"][0]["decided_by"] == "6"


def test_no_line_is_wider_than_the_terminal() -> None:
    for shown in (ask(), ask("--data", "page_views"), ask("--for", "service", "--as-role", "support")):
        assert max(len(line.rstrip()) for line in shown.output.splitlines()) <= 80


def test_strange_names_do_not_reach_the_terminal_as_they_are() -> None:
    assert "\x1b" not in ask("--data", "or\x1b[31mders", "--for", "x[b]y\u202e").output


def test_the_guide_shows_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "why-was-it-refused.md").read_text()
    typed = re.search(r"```sh\ntroth gate (.*)\n```", guide)
    shown = re.search(r"```text\n(.*?)```", guide, re.DOTALL)
    assert typed is not None
    assert shown is not None
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TROTH_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("TROTH_PROMISE", "promise.yaml")
    for line in (["init", "--example"], ["consent", "set", "ann", "suggestions/orders", "yes"]):
        assert CliRunner().invoke(troth, line).exit_code == 0
    printed = CliRunner().invoke(commands, typed[1].split(), catch_exceptions=False).output
    # The first line tells the time.
    assert [line.rstrip() for line in printed.splitlines()[1:]] == shown[1].splitlines()[1:]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--at", "2026-11-22"),
        ("--at", "soon"),
        ("--data", " , "),
        ("--as-role", "support", "--as-customer"),
        ("--as-service", "--as", "sam"),
    ],
)
def test_a_question_that_can_not_be_asked_is_told(wrong: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        ask(*wrong)
