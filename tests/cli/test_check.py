"""`troth check` as a person and as a program use it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from installations import GARDEN, IMPORT, ORDERS, PAGE_VIEWS, install, order, promise_after, say
from promise.examples import GONE, TEXT, changed
from troth.cli.check import check
from troth.clock import SystemClock
from troth.errors import InputError
from troth.promise.export import json_schema

commands = typer.Typer()
commands.command()(check)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(commands, list(arguments), catch_exceptions=False)
    return result.exit_code, result.output


def written(folder: Path, text: str) -> str:
    file = folder / "promise.yaml"
    file.write_text(text, "utf-8")
    return str(file)


def test_a_good_promise_is_summed_up_in_a_line(tmp_path: Path) -> None:
    file = written(tmp_path, TEXT)
    code, output = run(file)
    assert code == 0
    assert output == f"✓ {file}: 4 kinds of data, 4 purposes, 7 clauses. No errors, 0 warnings.\n"


def test_an_error_is_told_with_place_line_and_mend_and_exit_2(tmp_path: Path) -> None:
    file = written(tmp_path, TEXT.replace("    sensitivity: 3\n", "    sensitivty: 3\n"))
    line = TEXT[: TEXT.index("    sensitivity: 3\n")].count("\n") + 1
    code, output = run(file)
    assert code == 2
    assert f"{file}:{line}:5  error P011" in output
    assert "→ Did you mean “sensitivity”?" in output
    assert f"{line} │     sensitivty: 3\n        │     ^\n" in output
    assert output.endswith(f"✗ {file}: 2 errors, 0 warnings.\n")


def test_warnings_are_told_and_allowed(tmp_path: Path) -> None:
    file = written(tmp_path, TEXT.replace("    benefit: You can ask us for a receipt.\n", ""))
    code, output = run(file)
    assert code == 0
    assert "warning P201" in output
    assert output.endswith("No errors, 1 warning.\n")


def test_all_findings_are_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, changed({"purposes/tax/law": GONE, "data/orders/keep": "1 year after last cups"}))
    code, output = run(file)
    assert code == 2
    assert output.index("P121") < output.index("P103")


def test_json_is_for_programs(tmp_path: Path) -> None:
    file = written(tmp_path, TEXT.replace("  number: 4", "  number: 0"))
    code, output = run(file, "--json")
    answer = json.loads(output)
    assert code == 2
    assert answer["valid"] is False
    assert answer["counts"] is None
    assert answer["findings"] == [
        {
            "code": "P014",
            "severity": "error",
            "file": file,
            "line": 23,
            "column": 11,
            "message": "The number is too small.",
            "mend": "Write 1 or more.",
        }
    ]
    code, output = run(written(tmp_path, TEXT), "--json")
    assert code == 0
    assert json.loads(output) == {"valid": True, "counts": {"data": 4, "purposes": 4, "clauses": 7}, "findings": []}


def test_the_schema_is_printed_for_editors() -> None:
    code, output = run("--schema")
    assert code == 0
    assert json.loads(output) == json_schema()


def test_a_file_must_be_named() -> None:
    with pytest.raises(InputError, match="No promise file is named"):
        run()


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"", "P004"), (b"\x89PNG\r\n\x1a\n", "P003"), (b"a: &x [1]\nb: *x", "P007"), (b"troth: 1\n", "P012")],
)
def test_a_bad_file_is_an_answer_and_no_crash(tmp_path: Path, data: bytes, expected: str) -> None:
    file = tmp_path / "promise.yaml"
    file.write_bytes(data)
    code, output = run(str(file))
    assert code == 2
    assert expected in output


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    assert run(str(tmp_path / "gone.yaml"))[0] == 2
    code, output = run(str(tmp_path))
    assert code == 2
    assert "This is a folder." in output


def test_no_markup_of_the_file_reaches_the_terminal(tmp_path: Path) -> None:
    file = written(tmp_path, TEXT.replace("rights_for: everyone", '"[red]x[/red]": 1'))
    _, output = run(file)
    assert "“[red]x[/red]” is no key" in output


NEW = (
    TEXT.replace("number: 4", "number: 5")
    .replace("from: 2026-09-01", "from: 2026-12-01")
    .replace("says: We stopped asking for your date of birth.", "says: We keep what you bought for longer.")
    .replace("keep: 6 years", "keep: 8 years")
    .replace("keep: 90 days", "keep: 30 days")
)


GOES_ON = "Until they are asked, only what is new stays off, the rest goes on."
ENDS = "Until they are asked, all of it stays off."


def two(folder: Path, new: str, old: str = TEXT) -> tuple[str, str]:
    """Write both promises and return their files."""
    (folder / "old").mkdir()
    return written(folder, new), written(folder / "old", old)


def test_a_new_promise_is_told_part_by_part(tmp_path: Path) -> None:
    file, old = two(tmp_path, NEW)
    code, output = run(file, "--against", old)
    assert code == 0
    parts = output.split("\n\n")
    assert parts[0] == "Version 5 beside version 4"
    assert parts[1].splitlines() == [
        "Narrowed: holds for everybody at once.",
        f"  We would keep “Pages you looked at” for 30 days instead of 90 days.  [{file}:56:5]",
    ]
    assert parts[2].splitlines() == [
        "Widened: for existing customers this stays off until they are asked or told.",
        f"  We would keep “Things you bought” for 8 years instead of 6 years.  [{file}:47:5]",
    ]
    assert parts[3].splitlines() == [
        "To be asked again.",
        f"  suggestions/orders: “Things you bought” for “Suggest products”. {GOES_ON}",
    ]
    assert parts[4].splitlines()[1:] == [
        "  service/orders: “Things you bought” for “Send what you order”.",
        "  tax/orders: “Things you bought” for “Keep our books”.",
    ]
    assert parts[5].splitlines() == ["Would be deleted.", "  What is past the new keep of “Pages you looked at”."]
    assert "Customers would be told: “We keep what you bought for longer.”" in parts[6]
    assert output.endswith(f"✓ It may follow {old}.\n")


def test_the_same_promise_changes_nothing(tmp_path: Path) -> None:
    file, old = two(tmp_path, TEXT)
    code, output = run(file, "--against", old)
    assert code == 0
    assert "Nothing changes." in output


def test_what_was_never_promised_is_exit_1_with_its_line(tmp_path: Path) -> None:
    file, old = two(tmp_path, TEXT.replace("keep: 6 years", "keep: 8 years"))
    code, output = run(file, "--against", old)
    assert code == 1
    assert f"{file}:23:3  error P301" in output
    assert "→ Write 5." in output
    assert output.endswith(f"✗ {file}: 3 errors beside {old}: something would be used that was never promised.\n")


@pytest.mark.parametrize("broken", ["new", "old"])
def test_what_is_no_promise_is_told_and_not_compared(tmp_path: Path, broken: str) -> None:
    wrong = TEXT.replace("    sensitivity: 3\n", "")
    file, old = two(tmp_path, wrong if broken == "new" else TEXT, wrong if broken == "old" else TEXT)
    code, output = run(file, "--against", old)
    assert code == 2
    assert f"✗ {file if broken == 'new' else old}: 1 error, 0 warnings." in output
    assert f"✓ {old if broken == 'new' else file}: " in output
    assert "beside version" not in output
    code, output = run(file, "--against", old, "--json")
    answer = json.loads(output)
    assert code == 2
    assert (answer["valid"], answer["against"]["valid"]) == (broken == "old", broken == "new")


def test_a_comparison_as_json_is_for_programs(tmp_path: Path) -> None:
    file, old = two(tmp_path, NEW.replace("number: 5", "number: 4"))
    code, output = run(file, "--against", old, "--json")
    answer = json.loads(output)
    assert code == 1
    assert answer["valid"] is True
    against = answer["against"]
    assert against["versions"] == {"old": 4, "new": 4}
    assert against["changes"][-2] == {
        "kind": "keep",
        "direction": "widened",
        "both_ways": False,
        "path": "data.orders.keep",
        "file": file,
        "line": 47,
        "column": 5,
        "clauses": ["service/orders", "tax/orders", "suggestions/orders"],
        "words": "We would keep “Things you bought” for 8 years instead of 6 years.",
    }
    assert against["asked"] == [
        {
            "clause": "suggestions/orders",
            "first": False,
            "customers": None,
            "goes_on": True,
            "why": ["We would keep “Things you bought” for 8 years instead of 6 years."],
        }
    ]
    assert against["told"] == ["service/orders", "tax/orders"]
    assert against["deleted"] == [
        {"data": "page_views", "words": "What is past the new keep of “Pages you looked at”."}
    ]
    assert [finding["code"] for finding in against["findings"]] == ["P301"]


def test_no_markup_of_a_title_reaches_the_terminal(tmp_path: Path) -> None:
    file, old = two(tmp_path, NEW.replace("title: Things you bought", 'title: "Things [bold]you[/bold] bought"'))
    _, output = run(file, "--against", old)
    assert "We would keep “Things [bold]you[/bold] bought” for 8 years" in output


GARDEN_LONGER = ("keep: 90 days", "keep: 3 years")
ORDERS_SHORTER = ("keep: 6 years", "keep: 5 days")
OTHER_QUESTION = ("Use your orders to suggest products?", "Use your orders to suggest what you may like?")


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TROTH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TROTH_PROMISE", str(GARDEN))
    now = SystemClock().now()
    app = install(tmp_path / "home", now=now)
    for customer, clause, answer in (("c1", PAGE_VIEWS, "yes"), ("c2", PAGE_VIEWS, "no"), ("c3", ORDERS, "yes")):
        say(app, customer, clause, answer)
    lines = [order(who, "fork", at=now - timedelta(days=days)) for who, days in (("c1", 9), ("c1", 8), ("c2", 1))]
    app.gate.collect(IMPORT, lines, now)
    app.close()
    return tmp_path


def test_an_installation_tells_whom_a_new_promise_touches(live: Path) -> None:
    file = promise_after(live, GARDEN_LONGER, OTHER_QUESTION, since="2030-01-01")
    code, output = run(str(file), "--live")
    assert code == 0, output
    again = output.split("To be asked again.\n")[1].split("\n\n")[0].splitlines()
    assert again == [
        f"  suggestions/orders: “Things you bought” for “Suggest products”. 1 said yes. {ENDS}",
        f"  suggestions/page_views: “Pages you looked at” for “Suggest products”. 1 said yes. {GOES_ON}",
    ]
    assert "It may follow version 1, which is on record." in output


def test_an_installation_tells_what_would_go(live: Path) -> None:
    now = SystemClock().now()
    file = promise_after(live, ORDERS_SHORTER, since=f"{now:%Y-%m-%d}")
    code, output = run(str(file), "--live", "--json")
    assert code == 0, output
    assert json.loads(output)["against"]["counted"] == {"orders": {"customers": 1, "items": 2}}
    assert "“Things you bought”: 2 of 1 customer." in run(str(file), "--live")[1]


def test_nothing_is_changed_by_asking(live: Path) -> None:
    run(str(promise_after(live, ORDERS_SHORTER)), "--live")
    app = install(live / "home", now=SystemClock().now())
    assert app.promise.version.number == 1
    assert app.gate.spans(app.identity.get("c1"))["orders"].count == 2
    app.close()


def test_a_new_promise_here_that_breaks_the_old_is_exit_1(live: Path) -> None:
    file = live / "same.yaml"
    file.write_text(GARDEN.read_text("utf-8").replace(*GARDEN_LONGER), "utf-8")
    code, output = run(str(file), "--live")
    assert code == 1
    assert "P301" in output
    broken = live / "broken.yaml"
    broken.write_text("troth: 1\n", "utf-8")
    assert run(str(broken), "--live")[0] == 2


def test_two_promises_to_compare_with_are_one_too_many() -> None:
    with pytest.raises(InputError, match="two promises"):
        run(str(GARDEN), "--live", "--against", str(GARDEN))
