"""`troth check` as a person and as a program use it."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from promise.examples import GONE, TEXT, changed
from troth.cli.check import check
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
        "To be asked again: an earlier yes goes on for the old scope.",
        "  suggestions/orders: “Things you bought” for “Suggest products”.",
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
