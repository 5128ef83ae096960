"""`troth gate`: why the gate says what it says, step by step, with the line of the promise that decided."""

import json
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.padding import Padding

from troth.cli.opening import opened
from troth.cli.terminal import terminal
from troth.cli.visible import visible
from troth.errors import InputError
from troth.gate.use import Act
from troth.identity.model import IdKind

if TYPE_CHECKING:
    from troth.gate.explain import Explained, Explanation, Step
    from troth.promise.model import Place

commands = typer.Typer(no_args_is_help=True, help="Ask the gate why. Nothing is opened.")

REFUSED = 3
"""The exit code when something asked for is refused: the promise says no."""

_WHO = "--as, --as-role, --as-service and --as-customer"
_INDENT = 7
VISITOR = 0
"""The number of somebody we do not know: numbers of customers begin at 1."""


@commands.callback()
def gate() -> None:
    """Ask the gate why. Nothing is opened."""


@commands.command()
def explain(
    *,
    customer: Annotated[str, typer.Option(help="The id your shop uses for the customer.", show_default=False)],
    purpose: Annotated[str, typer.Option("--for", help="What it would be used for.", show_default=False)],
    data: Annotated[
        str, typer.Option(help="Kinds of data, with commas between, e.g. orders,email.", show_default=False)
    ],
    act: Annotated[Act, typer.Option(help="What would be done with it.")] = Act.READ,
    recipient: Annotated[str, typer.Option("--to", help="Who outside would receive it.")] = "",
    name: Annotated[str, typer.Option("--as", help="Ask as this person: a name of troth staff.")] = "",
    as_role: Annotated[str, typer.Option(help="Ask as a person of this role whose training holds.")] = "",
    as_service: Annotated[
        bool, typer.Option("--as-service", help="Ask as a program that was given the purpose. The default.")
    ] = False,
    as_customer: Annotated[bool, typer.Option("--as-customer", help="Ask as this very customer.")] = False,
    reason: Annotated[str, typer.Option(help="The reason a person would give.")] = "",
    at: Annotated[
        str, typer.Option(help="When, with its time zone, e.g. 2026-11-22T09:00+00:00. Now by default.")
    ] = "",
    opt_out: Annotated[
        bool, typer.Option("--opt-out", help="As if the browser sent Sec-GPC: 1 with this call.")
    ] = False,
    kind: Annotated[IdKind, typer.Option("--kind", help="What the customer's id is.")] = IdKind.CUSTOMER,
    as_json: Annotated[bool, typer.Option("--json", help="Print what the API answers.")] = False,
) -> None:
    """Show the steps of a verdict for one customer: what held, what refused, and which line of the promise decided.

    It shows whether a customer said yes, objected, or is locked. Exit code 0: all is allowed; 3: something is not.
    """
    if as_service + as_customer + bool(as_role) + bool(name) > 1:
        raise InputError("asks_twice", "Only one can ask.", f"Choose one of {_WHO}.")
    from troth.gate.explain import anybody
    from troth.gate.use import Use
    from troth.web.api.explain import as_json as spelled

    kinds = frozenset(kind.strip() for kind in data.split(",")) - {""}
    if not kinds:
        raise InputError("data_missing", "No kind of data was named.", "For example: --data orders,email")
    with opened() as app:
        now = _moment(at) if at else app.clock.now()
        number = app.identity.find(customer, kind)
        actor = (
            app.staff.actor(name)
            if name
            else anybody(purpose, number or VISITOR, role=as_role, is_customer=as_customer)
        )
        use = Use(actor, purpose, kinds, act, reason, recipient, opt_out=opt_out)
        told = app.gate.explain(use, number or VISITOR, now=now)
        if as_json:
            typer.echo(json.dumps(spelled(told, is_known=number is not None), ensure_ascii=False, indent=2))
        else:
            _show(told, is_known=number is not None, is_past=bool(at))
    if not told.is_allowed:
        raise typer.Exit(REFUSED)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InputError(
            "time_unreadable",
            "This is not a time with its time zone.",
            "Write it like this: --at 2026-11-22T09:00+00:00",
        )
    return found


def _show(told: "Explanation", *, is_known: bool, is_past: bool) -> None:
    console = terminal()
    if not is_known:
        console.print("There is no customer with this id. This is how a visitor would be judged.")
    console.print(f"Judged for {told.at:%Y-%m-%d %H:%M:%S %Z}, by version {told.version} of the promise.")
    if is_past:
        console.print("With the choices, stops and items that are recorded today.")
    for one in told.kinds:
        console.print()
        _show_kind(console, told, one)


def _show_kind(console: Console, told: "Explanation", one: "Explained") -> None:
    from troth.gate.explain import Came

    answer = "[green]allowed[/green]" if one.is_allowed else "[red]refused[/red]"
    console.print(f"[b]{visible(told.use.purpose)}/{visible(one.data)}[/b] is {answer}. {visible(one.says)}")
    for came, steps in groupby(one.steps, key=lambda step: step.came):
        if came in {Came.HOLDS, Came.REFUSES}:
            for step in steps:
                _show_step(console, step)
        elif came is Came.NOT_REACHED:
            _indented(console, f"[dim]Not reached: {', '.join(step.number for step in steps)}.[/dim]", _INDENT)
        else:
            for fact, alike in groupby(steps, key=lambda step: step.fact):
                numbers = ", ".join(step.number for step in alike)
                _indented(console, f"[dim]Not asked: {numbers}. {visible(fact)}[/dim]", _INDENT)


def _show_step(console: Console, step: "Step") -> None:
    from troth.gate.explain import Came

    mark, style = ("[red]✗[/red]", "b red") if step.came is Came.REFUSES else ("[green]✓[/green]", "b")
    console.print(f"{step.number:>4} {mark} [{style}]{visible(step.asks)}[/{style}]")
    _indented(console, visible(step.fact), _INDENT)
    if step.place is not None:
        _indented(console, f"[dim]{visible(_beside_us(step.place))}  {visible(step.key)}[/dim]", _INDENT)


def _indented(console: Console, markup: str, columns: int) -> None:
    console.print(Padding(markup, (0, 0, 0, columns), expand=False))


def _beside_us(place: "Place") -> str:
    """Return the place, short where the promise lies in or below this folder."""
    file = Path(place.file)
    near = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
    return f"{near}:{place.line}:{place.column}"
