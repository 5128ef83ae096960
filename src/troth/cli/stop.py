"""`troth stop`: stop a use, lift the stop, and show what stands."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from troth.cli.opening import opened
from troth.cli.terminal import terminal
from troth.errors import InputError
from troth.stops.model import EVERYBODY, OF_CUSTOMER, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from troth.app import App
    from troth.cases.stopping import Stopped

commands = typer.Typer(no_args_is_help=True, help="Stop a use for one customer or for everybody, and lift it again.")

What = Annotated[Kind, typer.Argument(help="What kind of stop.", show_default=False)]
Customer = Annotated[str, typer.Option("--customer", help="The id your shop uses for the customer.")]
Purpose = Annotated[str, typer.Option("--purpose", help="For an objection or a pause: the purpose.")]
Recipient = Annotated[str, typer.Option("--recipient", help="For a cut-off: the recipient.")]
By = Annotated[str, typer.Option("--by", help="Who decided: a person, a desk. Never a customer's id.")]
Why = Annotated[str, typer.Option("--why", help="The reason in a few words, e.g. a case number. Nothing personal.")]


@commands.command()
def put(
    kind: What,
    *,
    customer: Customer = "",
    purpose: Purpose = "",
    recipient: Recipient = "",
    by: By = "command line",
    why: Why = "",
) -> None:
    """Put a stop. It holds for every read from now on."""
    with opened() as app:
        _act(app, app.stopping.put, kind, customer=customer, target=_target(kind, purpose, recipient), by=by, why=why)


@commands.command()
def lift(
    kind: What,
    *,
    customer: Customer = "",
    purpose: Purpose = "",
    recipient: Recipient = "",
    by: By = "command line",
    why: Why = "",
) -> None:
    """Lift a stop. What it was and who lifted it stays in the record."""
    with opened() as app:
        _act(
            app, app.stopping.lift, kind, customer=customer, target=_target(kind, purpose, recipient), by=by, why=why
        )


@commands.command()
def show(*, customer: Customer = "") -> None:
    """Show what stands and everything that was put and lifted: for a customer, else for everybody."""
    with opened() as app:
        number = app.identity.get(customer) if customer else EVERYBODY
        history = app.stops.history(number)
        standing = app.stops.standing(number)
    whose = "this customer" if customer else "everybody"
    console = terminal()
    if not history:
        console.print(f"Nothing is stopped for {whose}, and nothing ever was.")
        return
    table = Table(
        "When (UTC)", "Stop", "About", "What", "By", "Why", title=f"Stops for {whose}", title_justify="left"
    )
    for one in history:
        act = f"{one.act.value}, stands" if one in standing else one.act.value
        table.add_row(f"{one.at:%Y-%m-%d %H:%M:%S}", one.kind.value, one.target, act, escape(one.by), escape(one.why))
    console.print(table)
    if not standing:
        console.print(f"Nothing is stopped for {whose} now.")


def _act(
    app: "App", act: "Callable[..., Stopped]", kind: Kind, *, customer: str, target: str, by: str, why: str
) -> None:
    """Put or lift a stop, and tell what came of it."""
    number = _number(app, kind, customer)
    done = act(kind, customer=number, target=target, by=by, why=why, now=app.clock.now())
    console = terminal()
    stands = f"stands since {done.stop.at:%Y-%m-%d %H:%M:%S} UTC" if act == app.stopping.put else "is lifted"
    console.print(f"[b]{kind.value}[/b] {escape(target)} {stands}.")
    _tell_deleted(app, done.deleted, console)


def _number(app: "App", kind: Kind, customer: str) -> int:
    if not customer:
        return EVERYBODY
    if kind not in OF_CUSTOMER:
        raise InputError(
            "stop_whose", f"A stop of the kind {kind.value} is about everybody.", "Leave --customer out."
        )
    return app.identity.get(customer)


def _target(kind: Kind, purpose: str, recipient: str) -> str:
    """Return what the stop names; what does not go with its kind is refused and not passed over."""
    named, other = (recipient, purpose) if kind is Kind.CUT_OFF else (purpose, recipient)
    if other:
        mend = "Name a recipient with --recipient." if kind is Kind.CUT_OFF else "Leave --recipient out."
        raise InputError("stop_of_what", f"This does not go with a stop of the kind {kind.value}.", mend)
    return named


def _tell_deleted(app: "App", deleted: dict[str, int], console: Console) -> None:
    for kind, count in deleted.items():
        declared = app.promise.data.get(kind)
        title = declared.title.say("") if declared is not None else kind
        console.print(f"Deleted, since nothing else needs it: {count} × {escape(title)}")
