"""`troth delete`: delete part of what is kept of a customer. All of it: `troth forget`."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from troth.cli.copies import tell_copies
from troth.cli.opening import opened
from troth.cli.terminal import terminal
from troth.cli.visible import visible
from troth.errors import InputError

if TYPE_CHECKING:
    from troth.cases.deleting import Deleted
    from troth.gate.deleting import Listed
    from troth.gate.removal import Wanted
    from troth.promise.model import Promise


def delete(
    customer: Annotated[str, typer.Argument(help="The id your shop uses for the customer.", show_default=False)],
    *,
    kind: Annotated[str, typer.Option(help="All of a kind of data, e.g. page_views.")] = "",
    clause: Annotated[
        str, typer.Option(help="What one clause used and no other purpose needs, e.g. suggestions/page_views.")
    ] = "",
    event: Annotated[str, typer.Option(help="One item, by its handle. --list shows the handles.")] = "",
    listing: Annotated[
        bool, typer.Option("--list", help="Show what there is: kind, time and handle. Nothing is opened.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking again.")] = False,
) -> None:
    """Delete one item, all of a kind, or what one clause used. What a law demands stays, locked, and is told."""
    with opened() as app:
        console, number, now = terminal(), app.identity.get(customer), app.clock.now()
        if listing:
            _print_list(app.gate.deleting.listed(number, kind=kind), console)
            return
        wanted = _wanted(kind, clause, event)
        plan = app.deleting.plan(wanted, number, now=now)
        _print(plan, app.promise, console, done=False)
        if not plan.changes:
            console.print("Nothing was changed.")
            return
        if not yes and not _confirmed():
            console.print("Nothing was changed.")
            raise typer.Exit(1)
        done = app.deleting.delete(wanted, number, now=now)
        _print(done, app.promise, console, done=True)
        if done.gone or done.besides:
            tell_copies(app, now, console, is_final=done.is_final)


def _wanted(kind: str, clause: str, event: str) -> "Wanted":
    from troth.gate.removal import Wanted
    from troth.promise.model import Clause

    if not any((kind, clause, event)):
        raise InputError(
            "delete_what",
            "What to delete is missing; nothing was changed.",
            "Add --kind, --clause or --event. Everything: troth forget",
        )
    purpose, _, data = clause.partition("/")
    return Wanted(kind=kind, clause=Clause(purpose, data) if clause else None, handle=event)


def _print_list(found: "list[Listed]", console: Console) -> None:
    if not found:
        console.print("Nothing is kept of this customer.")
        return
    table = Table("Kind", "When (UTC)", "Handle", "")
    for one in found:
        table.add_row(
            visible(one.kind), f"{one.at:%Y-%m-%d %H:%M:%S}", one.handle, "locked: by law" if one.is_locked else ""
        )
    console.print(table)


def _print(told: "Deleted", promise: "Promise", console: Console, *, done: bool) -> None:
    """Print what a deletion did, or would do."""
    verb = "Deleted" if done else "Would go"
    for kind, count in told.gone.items():
        console.print(f"  {verb}: {count} × {kind}")
    for kind, count in told.besides.items():
        console.print(f"  {verb}: {count} × {kind}, since nothing needs it any more")
    for kind, law in told.laws.items():
        count = told.locked.get(kind, 0)
        locked = f"{count} × {kind}" if count else kind
        console.print(f"  Stays, locked, because the law demands it: {locked} ({visible(law)})", soft_wrap=True)
    if told.held:
        console.print(f"  Stays, since it is needed for: {', '.join(told.held)}")
    for clause in told.loses:
        benefit = promise.purposes[clause.purpose].benefit
        gets = f" The customer loses: {visible(benefit.say(''))}" if benefit is not None else ""
        console.print(f"  No longer works: {clause}.{gets}", soft_wrap=True)
    if done:
        console.print(f"Keys destroyed: {told.keys_destroyed}. What went does not come back by an old file.")
    elif not told.changes and not told.laws and not told.held:
        console.print("There is nothing of it.")


def _confirmed() -> bool:
    import sys

    if not sys.stdin.isatty():
        raise InputError("not_confirmed", "This can't be undone; nothing was changed.", "Add --yes to do it.")
    return typer.confirm("This can't be undone. Delete?")
