"""`troth keys`: the keys that data is sealed with: where they stand, and making the old ones unusable."""

from typing import TYPE_CHECKING

import typer
from rich.markup import escape
from rich.table import Table

from troth.cli.opening import opened
from troth.cli.terminal import terminal

if TYPE_CHECKING:
    from datetime import datetime

    from troth.app import App
    from troth.keys.epochs.change import Changed

commands = typer.Typer(
    no_args_is_help=True,
    help="The keys that data is sealed with. (Keys of programs that call the API: `troth key`.)",
)

_MANY = 20_000


@commands.command()
def status() -> None:
    """Show who holds the master key, the epochs, and how many keys live and were destroyed."""
    with opened() as app:
        found = app.epochs.status()
        lasts = app.settings.epoch_lasts
        console = terminal()
        newest = found.epochs[0]
        console.print(f"Master key   {escape(found.provider)}, answers")
        console.print(f"Epoch        {newest.number}, since {_day(newest.began)}")
        if newest.settled is None:
            console.print(
                f"             [red]the change into it is not finished[/red], {found.to_rewrap:,} keys wait"
            )
            console.print("             Finish it: troth keys end-epoch")
        elif lasts is None:
            console.print("Next change  by hand: troth keys end-epoch")
        else:
            console.print(f"Next change  {'due now' if newest.began is None else _day(newest.began + lasts)}")
        console.print(f"Keys         {found.living:,} of customers, one for each kind of their data")
        destroyed = sum(one.keys_destroyed for one in found.epochs)
        console.print(f"Destroyed    {destroyed:,} keys, and the keys of {len(found.epochs) - 1} epochs")
        if app.epochs.renews_master:
            place = app.settings.epoch_copy
            console.print(f"Then copied  {escape(place) if place else 'nowhere: set TROTH_EPOCH_COPY to a place'}")
        if not app.epochs.renews_master:
            console.print("Old copies of the key database open until their master key is destroyed.")
            console.print(
                "  troth keys rotate destroys it; then keep a copy of the new one."
                if found.abilities.renews
                else "  Delete such copies. This master key can't be renewed from here."
            )
        table = Table("Epoch", "Began (UTC)", "Its key destroyed (UTC)", "Customers' keys destroyed in it")
        for one in found.epochs:
            table.add_row(
                str(one.number), _day(one.began), _day(one.destroyed, none="lives"), f"{one.keys_destroyed:,}"
            )
        console.print(table)


@commands.command()
def rotate() -> None:
    """Renew the master key and destroy the old one. Old copies of the key database open with nothing then."""
    with opened() as app:
        changed = app.epochs.rotate(now=app.clock.now())
        typer.echo(f"The key of epoch {changed.epoch} is wrapped by a new master key.")
        _tell_retired(app, changed)


@commands.command(name="end-epoch")
def end_epoch() -> None:
    """End the epoch now: wrap every living key anew, destroy the old key. Finishes a broken-off change too."""
    with opened() as app:
        err = terminal(stderr=True)

        def tell(done: int, total: int) -> None:
            if total > _MANY:
                err.print(f"  {done:,} of {total:,} keys", end="\r" if err.is_terminal else "\n")

        changed = app.epochs.end(now=app.clock.now(), progress=tell)
        typer.echo(f"Epoch {changed.epoch} began. Keys wrapped anew: {changed.rewrapped:,}.")
        if changed.destroyed:
            typer.echo("The key of the epoch before is destroyed.")
        if app.epochs.renews_master:
            _tell_retired(app, changed)
        else:
            typer.echo("The master key stayed the same: with it, old copies of the key database still open.")


def _tell_retired(app: "App", changed: "Changed") -> None:
    abilities = app.epochs.status().abilities
    if changed.retired:
        when = f", and gone for good in {abilities.delay.days} days" if abilities.delay else ""
        typer.echo(f"The old master key is retired{when}. Copies of the key database from before open with nothing.")
    else:
        typer.echo("The old master key was not made by Troth and was left alone. Destroy it where you made it.")
    if changed.copied:
        typer.echo("A copy of the key database that opens now was made before. Backups of the data open with it.")
    else:
        typer.echo("No copy of it was made that opens now. Make one at once: troth backup --only keys --to PLACE")
        typer.echo("To have one made each time, name a place: TROTH_EPOCH_COPY=/other-disk/troth-keys")
    if not abilities.by_itself:
        typer.echo(
            "Now copy the new master key file to the safe place where you keep its copy, and delete the old copy."
        )


def _day(at: "datetime | None", *, none: str = "before it was recorded") -> str:
    return none if at is None else f"{at:%Y-%m-%d %H:%M}"
