"""`troth customer`: say that two ids belong to one person, or do not, and show which links there are.

Nothing personal is printed but what was typed: the other ids of a person are told by their kind only.
"""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from troth.cli.opening import opened
from troth.cli.terminal import terminal
from troth.errors import InputError
from troth.identity.model import IdKind

if TYPE_CHECKING:
    from troth.app import App
    from troth.cases.merging import Merged

commands = typer.Typer(no_args_is_help=True, help="Link ids that belong to one person, and take a link away again.")

Customer = Annotated[str, typer.Argument(help="An id of the person.", show_default=False)]
Kind = Annotated[IdKind, typer.Option("--kind", help="What the first id is.")]
OtherKind = Annotated[IdKind, typer.Option("--other-kind", help="What the other id is.")]
By = Annotated[str, typer.Option("--by", help="Who decided: a person, a desk. Never a customer's id.")]
Why = Annotated[str, typer.Option("--why", help="The reason in a few words, e.g. a case number. Nothing personal.")]


@commands.command()
def link(
    customer: Customer,
    other: Annotated[str, typer.Argument(help="Another id of the same person.", show_default=False)],
    *,
    kind: Kind = IdKind.CUSTOMER,
    other_kind: OtherKind = IdKind.ANONYMOUS,
    two_accounts: Annotated[
        bool, typer.Option("--two-accounts", help="Both have an account, and you know that it is one person.")
    ] = False,
    by: By = "command line",
    why: Why = "",
) -> None:
    """Link two ids: from now on they are one person. A no under either holds for both."""
    from troth.cases.merging import Id

    with opened() as app:
        merged = app.merging.link(
            Id(customer, kind), Id(other, other_kind), by=by, why=why, now=app.clock.now(), two_accounts=two_accounts
        )
        console = terminal()
        if not merged.changed:
            console.print(f"They were one person already, with {merged.ids} ids. Nothing was changed.")
            return
        console.print(f"Linked: one person with {merged.ids} ids.")
        _tell_deleted(app, merged, console)


@commands.command()
def unlink(
    customer: Customer,
    other: Annotated[str, typer.Argument(help="The other id; or leave it out and name --link.")] = "",
    *,
    kind: Kind = IdKind.CUSTOMER,
    other_kind: OtherKind = IdKind.ANONYMOUS,
    number: Annotated[int, typer.Option("--link", help="The number of the link, as show tells it.")] = 0,
    by: By = "command line",
    why: Why = "",
) -> None:
    """Take a link away. Each side has its own choices again; what was deleted meanwhile stays deleted."""
    from troth.cases.merging import Id

    if bool(other) == bool(number):
        raise InputError("unlink_what", "Name the other id, or the link's number, and not both.", "See --help.")
    with opened() as app:
        one, now = Id(customer, kind), app.clock.now()
        if number:
            merged = app.merging.unlink_number(one, number, by=by, why=why, now=now)
        else:
            merged = app.merging.unlink(one, Id(other, other_kind), by=by, why=why, now=now)
        console = terminal()
        console.print("Unlinked. Each side has its own choices again.")
        _tell_deleted(app, merged, console)


@commands.command()
def show(customer: Customer, *, kind: Kind = IdKind.CUSTOMER) -> None:
    """Show the links that make this person, and those of this id that ended."""
    from troth.cases.merging import Id

    with opened() as app:
        ties = app.merging.ties(Id(customer, kind))
        ended = app.merging.ended(Id(customer, kind))
    console = terminal()
    if not ties:
        console.print("This id is linked to no other.")
    else:
        console.print(f"One person with {len(ties) + 1} ids.")
        table = Table("Link", "Since (UTC)", "Joins", "By", "Why", title="Links", title_justify="left")
        for tie in ties:
            joins = " and ".join(", ".join(kinds) or "an id" for kinds in tie.kinds)
            at = f"{tie.link.at:%Y-%m-%d %H:%M:%S}"
            table.add_row(str(tie.link.number), at, joins, escape(tie.link.by), escape(tie.link.why))
        console.print(table)
    for link in ended:
        console.print(f"A link ended on {link.at:%Y-%m-%d %H:%M:%S} UTC, by {escape(link.by)}. {escape(link.why)}")


def _tell_deleted(app: "App", merged: "Merged", console: Console) -> None:
    for kind, count in merged.deleted.items():
        declared = app.promise.data.get(kind)
        title = declared.title.say("") if declared is not None else kind
        console.print(f"Deleted, since nothing else needs it: {count} × {escape(title)}")
