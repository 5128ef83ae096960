"""`troth staff`: who works here, in which role, trained until when."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from troth.cli.opening import opened
from troth.cli.terminal import terminal
from troth.cli.visible import visible

if TYPE_CHECKING:
    from datetime import date

    from troth.staff.model import Person

commands = typer.Typer(
    no_args_is_help=True, help="Record the people who may look at customers’ data, and until when they are trained."
)

Name = Annotated[str, typer.Argument(help="A short name, e.g. ana. It stays this person’s for good.")]
Role = Annotated[str, typer.Option("--role", help="A role of the promise.")]
Agency = Annotated[str, typer.Option("--agency", help="For an agency’s people: the recipient they work for.")]
Until = typer.Option("--trained-until", formats=["%Y-%m-%d"], help="The last day on which their training holds.")
By = Annotated[str, typer.Option("--by", help="Who records it.")]


@commands.command()
def add(
    name: Name,
    *,
    role: Role,
    agency: Agency = "",
    trained_until: Annotated[datetime | None, Until] = None,
    by: By = "command line",
) -> None:
    """Record somebody who begins to work here."""
    with opened() as app:
        until = _day(trained_until)
        _tell(app.staff.add(name, role, agency=agency, trained_until=until, by=by, now=app.clock.now()))


@commands.command()
def change(name: Name, *, role: Role, agency: Agency = "", by: By = "command line") -> None:
    """Record that somebody has another role. Their training stays only where the new role asks for no other."""
    with opened() as app:
        _tell(app.staff.change(name, role, agency=agency, by=by, now=app.clock.now()))


@commands.command()
def train(
    name: Name,
    *,
    until: Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day on which it holds.")],
    by: By = "command line",
) -> None:
    """Record until when somebody is trained for their role."""
    with opened() as app:
        _tell(app.staff.train(name, until.date(), by=by, now=app.clock.now()))


@commands.command()
def leave(name: Name, *, by: By = "command line") -> None:
    """Record that somebody left. They see nothing from now on; their record stays."""
    with opened() as app:
        _tell(app.staff.leave(name, by=by, now=app.clock.now()))


@commands.command(name="list")
def list_all() -> None:
    """List everybody who works here or did."""
    with opened() as app:
        people = app.staff.all()
    console = terminal()
    if not people:
        console.print("Nobody. Record somebody with: troth staff add NAME --role ROLE")
        return
    table = Table("Name", "Role", "Agency", "Trained until", "Since (UTC)", "Left (UTC)")
    for one in people:
        left = "" if one.left is None else f"{one.left:%Y-%m-%d}"
        table.add_row(one.name, one.role, one.agency, _until(one), f"{one.since:%Y-%m-%d}", left)
    console.print(table)


@commands.command()
def show(name: Name) -> None:
    """Show everything that was recorded of somebody."""
    with opened() as app:
        lines = app.staff.history(name)
    table = Table("When (UTC)", "What", "Role", "Agency", "Trained until", "By")
    for line in lines:
        until = "" if line.trained_until is None else line.trained_until.isoformat()
        when = f"{line.at:%Y-%m-%d %H:%M:%S}"
        table.add_row(when, line.act.value, line.role, line.agency, until, visible(line.by))
    terminal().print(table)


def _day(at: datetime | None) -> "date | None":
    return None if at is None else at.date()


def _until(person: "Person") -> str:
    return "never trained" if person.trained_until is None else person.trained_until.isoformat()


def _tell(person: "Person") -> None:
    console = terminal()
    if person.left is not None:
        console.print(f"[b]{person.name}[/b] left on {person.left:%Y-%m-%d} and sees nothing any more.")
        return
    agency = f", for {person.agency}" if person.agency else ""
    trained = "not trained" if person.trained_until is None else f"trained until {person.trained_until.isoformat()}"
    console.print(f"[b]{person.name}[/b]: {person.role}{agency}, {trained}.", soft_wrap=True)
