"""`troth look`: a person of the staff looks at a customer's data, through the gate; and who looked before."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from typer.core import TyperGroup

from troth.cli.opening import opened
from troth.cli.terminal import terminal
from troth.cli.visible import visible
from troth.errors import InputError

if TYPE_CHECKING:
    from troth.gate.gate import Answer
    from troth.gate.use import Item
    from troth.ledger.looks import Look
    from troth.promise.model import Promise

_NOTHING_LET_OUT = 3
"""The exit code of what the promise refuses."""


class _CustomerFirst(TyperGroup):
    """A group whose first word may also be a customer: ``look c-1042 --as ana`` is ``look at c-1042 --as ana``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer has no public name for it
        """Put in the ``at`` that was left out."""
        named = not args or args[0] in {*self.commands, "--help"}
        return super().parse_args(ctx, args if named else ["at", *args])


commands = typer.Typer(
    cls=_CustomerFirst,
    no_args_is_help=True,
    help="Look at a customer’s data as a person of the staff, and see who looked. Every look is noted first.",
)

Customer = Annotated[str, typer.Argument(help="The id your shop uses for the customer.", show_default=False)]


@commands.command()
def at(
    customer: Customer,
    *,
    name: Annotated[str, typer.Option("--as", help="Who looks: a name of troth staff.")],
    purpose: Annotated[str, typer.Option("--for", help="What for: a purpose of the promise.")],
    data: Annotated[str, typer.Option("--data", help="Which kinds of data, with commas between them.")],
    reason: Annotated[
        str, typer.Option("--reason", help="Why, in one line, e.g. a case number. The customer can see it.")
    ] = "",
) -> None:
    """Look at kinds of data of one customer. The word “at” may be left out."""
    from troth.gate.use import Use

    kinds = frozenset(part.strip() for part in data.split(",") if part.strip())
    if not kinds:
        raise InputError("nothing_asked", "Nothing was asked for.", "Name kinds of data, e.g. --data orders,email")
    with opened() as app:
        actor, number = app.staff.actor(name), app.identity.get(customer)
        # From here on it is noted, whatever becomes of it. Nothing is printed before.
        answer = app.gate.read(Use(actor, purpose, kinds, reason=reason), number, now=app.clock.now())
    _print_answer(answer, app.promise)
    if not answer.verdict.allowed:
        raise typer.Exit(_NOTHING_LET_OUT)


@commands.command()
def log(customer: Customer) -> None:
    """Show who looked at a customer's data: when, why, what was let out and what was refused."""
    from troth.ledger.looks import looks_in

    with opened() as app:
        story = app.ledger.of_customer(app.identity.get(customer))
    console = terminal()
    if looks := looks_in(story):
        table = Table(
            "When (UTC)", "Who", "For", "Let out", "Refused", "Why", title="Who looked", title_justify="left"
        )
        for noted, what in looks:
            given = ", ".join(what.allowed) or "nothing"
            refused = ", ".join(f"{data} ({code.replace('_', ' ')})" for data, code in what.refused.items())
            purpose = f"{what.purpose}, to {what.recipient}" if what.recipient else what.purpose
            when = f"{noted.at:%Y-%m-%d %H:%M:%S}"
            table.add_row(when, *map(visible, (_who(what), purpose, given, refused, what.reason)))
        console.print(table)
    else:
        console.print("Nobody looked at this customer’s data.")
    if story.lost:
        console.print(f"[red]✗[/red] Missing or changed since, and not shown: {story.lost}.")
        raise typer.Exit(1)


def _who(look: "Look") -> str:
    place = f"{look.role}, {look.agency}" if look.agency else look.role or look.actor.value
    return f"{look.name} ({place})"


def _print_answer(answer: "Answer", promise: "Promise") -> None:
    console, aside = terminal(), terminal(stderr=True)
    for kind in sorted(answer.verdict.allowed):
        items = answer.items.get(kind, ())
        title = visible(promise.data[kind].title.say("")) if kind in promise.data else visible(kind)
        if items:
            console.print(_table(items, title))
        else:
            console.print(f"{title}: nothing is kept.")
    for kind, refusal in sorted(answer.verdict.refused.items()):
        aside.print(f"[red]✗[/red] {visible(kind)}: {visible(refusal.says(promise))}", soft_wrap=True)
    let_out = "" if answer.verdict.allowed else "Nothing was let out. "
    aside.print(
        f"{let_out}This look is noted; the customer can see when it was, in which role, and why.", soft_wrap=True
    )


def _table(items: "tuple[Item, ...]", title: str) -> Table:
    table = Table("When (UTC)", "What", "With", title=title, title_justify="left")
    for item in items:
        values = "  ".join(f"{name}: {'' if value is None else value}" for name, value in item.values.items())
        table.add_row(f"{item.at:%Y-%m-%d %H:%M:%S}", visible(item.event), visible(values))
    return table
