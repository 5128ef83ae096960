"""`troth key`: bearer keys for the programs that call the API."""

from typing import Annotated

import typer
from rich.table import Table

from troth.cli.opening import opened
from troth.cli.terminal import terminal

commands = typer.Typer(no_args_is_help=True, help="Make, list and revoke the keys of programs that call the API.")

Name = Annotated[str, typer.Argument(help="What the program is called, e.g. webshop.", show_default=False)]


@commands.command()
def create(
    name: Name,
    may: Annotated[
        list[str] | None,
        typer.Option("--for", help="A purpose of the promise, or: collect, choices, delete, explain, link. Repeat."),
    ] = None,
) -> None:
    """Make a key and print it, once. By default it may suggest and record choices."""
    with opened() as app:
        personal = [p.key for p in app.promise.purposes.values() if p.use.split(".")[0] == "personalize"]
        token = app.access.create(name, frozenset(may or [*personal, "choices"]), now=app.clock.now())
        typer.echo(token)
        typer.echo("Keep it like a password. It is not shown again; `troth key revoke` ends it.", err=True)


@commands.command(name="list")
def list_keys() -> None:
    """List the keys: name, what each may do, since when."""
    with opened() as app:
        table = Table("Name", "May", "Since (UTC)")
        for name, may, since in app.access.all_keys():
            table.add_row(name, ", ".join(sorted(may)), f"{since:%Y-%m-%d %H:%M}")
        terminal().print(table)


@commands.command()
def revoke(name: Name) -> None:
    """End a key. The next call with it is refused."""
    with opened() as app:
        app.access.revoke(name, now=app.clock.now())
        typer.echo(f"The key {name} is revoked.")
