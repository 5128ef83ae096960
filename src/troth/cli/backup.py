"""`troth backup`: copies of the data and of the keys, made while the installation serves."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from troth.cli.opening import opened
from troth.cli.terminal import terminal
from troth.errors import InputError

if TYPE_CHECKING:
    from troth.backup.model import What
    from troth.backup.parts import Progress
    from troth.backup.place import Place

_PLACE = "A folder, or s3://bucket/prefix."


def backup(
    to: Annotated[str, typer.Option(help=f"Where the data’s copy goes. {_PLACE}", show_default=False)] = "",
    keys_to: Annotated[
        str, typer.Option(help=f"Where the keys’ copy goes; better elsewhere. {_PLACE}", show_default="as --to")
    ] = "",
    *,
    only: Annotated[str, typer.Option(help="Copy only: main, or keys.", show_default="both")] = "",
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete there what is older than the promise says, and old keys.")
    ] = False,
) -> None:
    """Copy the data and the keys, and read the copies back. Whoever uses the shop meanwhile does not wait."""
    if only not in {"", "main", "keys"}:
        raise InputError("backup_only", "Only what?", "Say --only main, or --only keys.")
    where = _named(to, keys_to, only)
    console, err = terminal(), terminal(stderr=True)
    from troth.app import place_for_backups

    with opened() as app:
        places = {what: place_for_backups(words, app.settings) for what, words in where.items()}
        now = app.clock.now()
        for one in app.backups.make(places, now=now, progress=told(err)):
            what = "The data" if one.what == "main" else "The keys"
            console.print(
                f"{what}: {escape(one.name)} in {escape(one.place)}, {_size(one.size)}, read back and whole."
            )
        for place in {one.words: one for one in places.values()}.values():
            for name in app.backups.prune(place, now=now) if prune else ():
                console.print(f"Deleted {escape(name)}, which was too old.")
            _tell_unfinished(place, console)
    if len(set(where.values())) < len(where):
        console.print("Both lie in one place: whoever takes it needs only the master key. Better: --keys-to.")


def told(err: Console) -> "Progress":
    """Return what shows on `err` how far a long work is."""
    shown = {"": ""}

    def tell(what: str, done: int, of: int) -> None:
        now = f"{what}: {100 * done // of} %" if of else f"{what}: {done:,} rows"
        # A line for each step on a terminal; in a file only the sort of work and its end.
        if err.is_terminal and now != shown[""]:
            err.print(f"  {now}", end="\r")
        elif of and done == of and not err.is_terminal:
            err.print(f"  {now}")
        shown[""] = now

    return tell


def _named(to: str, keys_to: str, only: str) -> dict["What", str]:
    where: dict[What, str] = {}
    if only != "keys":
        where["main"] = to
    if only != "main":
        where["keys"] = keys_to or to
    if not all(where.values()):
        raise InputError(
            "backup_place", "Where to?", "For example: troth backup --to /backups/troth --keys-to /other/keys"
        )
    return where


def _tell_unfinished(place: "Place", console: Console) -> None:
    from troth.backup.finding import unfinished_in

    names = unfinished_in(place)
    if names:
        console.print(
            f"Broken off, and no backup: {', '.join(map(escape, names))}. Delete them, unless one is being made now."
        )


def _size(size: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:  # noqa: PLR2004 - of which a unit is made
            return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:,.1f} {unit}"
        size /= 1000  # type: ignore[assignment]  # shown, never counted with
    return f"{size:,.1f} GB"
