"""`troth doctor`: looks at a whole installation and says what to do."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from troth.cli.terminal import terminal

if TYPE_CHECKING:
    from troth.doctor.model import Finding


def doctor(
    server: Annotated[
        str, typer.Option(help="Ask this server too, e.g. http://127.0.0.1:8000", show_default=False)
    ] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Examine the whole installation. Exit 0: all is well; 1: something should be done; 2: something is wrong."""
    from troth.clock import SystemClock
    from troth.doctor.examine import examine
    from troth.doctor.model import worst
    from troth.settings import from_environment

    found = list(examine(from_environment(), SystemClock(), server=server))
    if as_json:
        _print_json(found)
    else:
        _print(found)
    raise typer.Exit(worst(found))


def _print_json(found: list["Finding"]) -> None:
    import json
    from dataclasses import asdict

    typer.echo(json.dumps([asdict(one) for one in found], indent=1, ensure_ascii=False))


def _print(found: list["Finding"]) -> None:
    from troth.doctor.model import Level

    marks = {Level.OK: "[green]✓[/green]", Level.WARNING: "[yellow]![/yellow]", Level.ERROR: "[red]✗[/red]"}
    console = terminal()
    for one in found:
        console.print(f"{marks[one.level]} {escape(one.says)}", soft_wrap=True)
        if one.mend:
            console.print(f"  {escape(one.mend)}", soft_wrap=True)
    bad = [one for one in found if one.level is not Level.OK]
    errors = sum(one.level is Level.ERROR for one in bad)
    console.print(f"{len(found)} looked at, {errors} wrong, {len(bad) - errors} to be done.")
