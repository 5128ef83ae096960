"""`troth check`: says what is wrong in a promise file, where, and how to mend it."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from troth.cli.against import Touched, comparison_as_json, print_comparison
from troth.cli.opening import opened
from troth.cli.terminal import terminal
from troth.errors import InputError
from troth.promise.compare import compare, unpromised
from troth.promise.errors import Finding, Severity
from troth.promise.export import json_schema_text
from troth.promise.model import Promise
from troth.promise.read import Checked, check_promise
from troth.promise.tree import MOST_BYTES

_WIDEST = 100
_INVALID = 2
_UNPROMISED = 1


def check(
    file: Annotated[Path | None, typer.Argument(help="The promise, e.g. promise.yaml.", show_default=False)] = None,
    *,
    against: Annotated[
        Path | None,
        typer.Option(metavar="OLD", help="Also say what FILE changes beside this older promise.", show_default=False),
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Also say what FILE changes in this installation, and for how many.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of promise files.")] = False,
) -> None:
    """Check a promise file. Exit 0: it can be in force (warnings allowed); 2: it can't.

    With --against or --live, exit 1 when it would use something that the older promise never promised.
    """
    if schema:
        typer.echo(json_schema_text(), nl=False)
        return
    if file is None:
        raise InputError("promise_not_named", "No promise file is named.", "Run: troth check promise.yaml")
    checked = check_promise(file)
    if live and against is not None:
        raise InputError("check_twice", "--live and --against name two promises to compare with.", "Leave one out.")
    if live:
        _check_live(checked, file, as_json=as_json)
        return
    if against is not None:
        _check_against(checked, file, check_promise(against), against, as_json=as_json)
        return
    if as_json:
        _print_json(_as_json(checked))
    else:
        _print(checked, file)
    if checked.promise is None:
        raise typer.Exit(_INVALID)


def _check_against(checked: Checked, file: Path, before: Checked, against: Path, *, as_json: bool) -> None:
    old, new = before.promise, checked.promise
    if old is None or new is None:
        # Only two promises can be compared; what keeps either from being one is told.
        if as_json:
            _print_json(_as_json(checked) | {"against": _as_json(before)})
        else:
            for found, name in ((checked, file), (before, against)):
                _print(found, name)
        raise typer.Exit(_INVALID)
    _compare(old, new, checked, file, _as_json(before), str(against), None, as_json=as_json)


def _check_live(checked: Checked, file: Path, *, as_json: bool) -> None:
    """Compare with the newest promise on record in the installation, and count whom the change touches."""
    if checked.promise is None:
        _print_json(_as_json(checked)) if as_json else _print(checked, file)
        raise typer.Exit(_INVALID)
    with opened() as app:
        old, new = app.given.coming or app.promise, checked.promise
        touched = app.touched_by(new)
        name = f"version {old.version.number}, which is on record"
        _compare(old, new, checked, file, {}, name, Touched(*touched), as_json=as_json)


def _compare(
    old: Promise,
    new: Promise,
    checked: Checked,
    file: Path,
    before: dict[str, object],
    name: str,
    touched: Touched | None,
    *,
    as_json: bool,
) -> None:
    comparison = compare(old, new)
    wrong = unpromised(old, new, comparison)
    if as_json:
        compared = comparison_as_json(old, new, comparison, touched)
        compared["findings"] = [_finding_as_json(finding) for finding in wrong]
        _print_json(_as_json(checked) | {"against": before | compared})
    else:
        print_comparison(old, new, comparison, touched)
        _print(Checked(new, checked.findings), file)
        _print_unpromised(wrong, checked, file, name)
    if wrong:
        raise typer.Exit(_UNPROMISED)


def _print_unpromised(wrong: tuple[Finding, ...], checked: Checked, file: Path, against: str) -> None:
    console = terminal()
    lines = _lines(file, checked)
    for finding in wrong:
        console.print(Text("\n").append(_told(finding, lines)), soft_wrap=True)
    summary = Text("\n✗ " if wrong else "✓ ", style="bold red" if wrong else "bold green")
    says = f"{_counted(len(wrong), 'error')} beside {against}: something would be used that was never promised."
    summary.append(f"{file}: {says}" if wrong else f"It may follow {against}.", style="not bold default")
    console.print(summary, soft_wrap=True)


def _print_json(value: dict[str, object]) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _as_json(checked: Checked) -> dict[str, object]:
    findings = [_finding_as_json(finding) for finding in checked.findings]
    counts = _counts(checked.promise) if checked.promise else None
    return {"valid": checked.promise is not None, "counts": counts, "findings": findings}


def _finding_as_json(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "file": finding.place.file,
        "line": finding.place.line,
        "column": finding.place.column,
        "message": finding.message,
        "mend": finding.mend,
    }


def _counts(promise: Promise) -> dict[str, int]:
    return {"data": len(promise.data), "purposes": len(promise.purposes), "clauses": len(promise.clauses)}


def _print(checked: Checked, file: Path) -> None:
    console = terminal()
    lines = _lines(file, checked)
    last = 0
    for finding in checked.findings:
        # The line is shown once, not under every finding in it.
        console.print(_told(finding, lines if finding.place.line != last else []), soft_wrap=True)
        console.print()
        last = finding.place.line
    errors = sum(finding.severity is Severity.ERROR for finding in checked.findings)
    warnings = len(checked.findings) - errors
    summary = Text()
    if checked.promise is None:
        summary.append("✗ ", style="bold red")
        summary.append(f"{file}: {_counted(errors, 'error')}, {_counted(warnings, 'warning')}.")
    else:
        counts = _counts(checked.promise)
        summary.append("✓ ", style="bold green")
        kinds = _counted(counts["data"], "kind of data", "kinds of data")
        summary.append(f"{file}: {kinds}, {_counted(counts['purposes'], 'purpose')}, ")
        summary.append(f"{_counted(counts['clauses'], 'clause')}. No errors, {_counted(warnings, 'warning')}.")
    console.print(summary, soft_wrap=True)


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _told(finding: Finding, lines: list[str]) -> Text:
    style = "bold red" if finding.severity is Severity.ERROR else "bold yellow"
    told = Text()
    told.append(f"{finding.place}  ", style="bold")
    told.append(f"{finding.severity.value} {finding.code}", style=style)
    told.append(f"\n  {finding.message}\n")
    told.append(f"  → {finding.mend}", style="green")
    line, column = finding.place.line, finding.place.column
    if line <= len(lines) and column <= _WIDEST and lines[line - 1].isascii():
        told.append(f"\n  {line:>5} │ {lines[line - 1][:_WIDEST]}", style="dim")
        told.append(f"\n        │ {' ' * (column - 1)}^", style=style)
    return told


def _lines(file: Path, checked: Checked) -> list[str]:
    """Return the file's lines, to show beside findings; none when it could not be read as text."""
    if any(finding.code in {"P001", "P002", "P003", "P004"} for finding in checked.findings) or not file.is_file():
        return []
    with file.open("rb") as opened:
        text = opened.read(MOST_BYTES).decode("utf-8-sig", "replace")
    return text.replace("\t", " ").splitlines()
