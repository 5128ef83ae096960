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
