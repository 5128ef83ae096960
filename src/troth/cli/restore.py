"""`troth restore`: a backup is put back, and nobody who left comes back with it."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from troth.cli.backup import told
from troth.cli.opening import opened
from troth.cli.terminal import terminal

if TYPE_CHECKING:
    from troth.backup.restoring import Plan
    from troth.backup.store import Made
    from troth.cases.replay import Replayed

_PLACE = "A folder, or s3://bucket/prefix."


def restore(
    from_: Annotated[str, typer.Option("--from", help=f"Where the data’s copy lies. {_PLACE}", show_default=False)],
    keys_from: Annotated[
        str, typer.Option(help=f"Where the keys’ copy lies, if the keys are lost. {_PLACE}", show_default="as --from")
    ] = "",
    backup: Annotated[
        str, typer.Option(help="Its name, e.g. troth-main-20261122T120000Z.", show_default="newest")
    ] = "",
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of the data that is here.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Read and check everything, and change nothing.")] = False,
) -> None:
    """Put a backup back, then do again every erasure and every no that came after it. Stop `troth serve` before."""
    # Imported here, as in `opening`.
    from troth.backup.choosing import place_named
    from troth.backup.restoring import Restore, Target
    from troth.clock import SystemClock
    from troth.ground import key_provider
    from troth.promise.read import read_promise
    from troth.settings import from_environment

    settings = from_environment()
    # Without it the restored data could not be opened. Better told now.
    read_promise(settings.promise)
    console, err = terminal(), terminal(stderr=True)
    target = Target(settings.database_url, settings.keys_database_url, key_provider(settings))
    work = Restore(
        target,
        place_named(from_),
        place_named(keys_from or from_),
        now=SystemClock().now(),
        progress=told(err),
    )
    plan = work.plan(backup)
    _tell_plan(console, plan)
    if check:
        console.print("Everything was read and is whole. Nothing was changed.")
        return
    kept = work.carry_out(plan, replace=replace)
    with opened() as app:
        app.backups.remember(_made(plan, from_, keys_from or from_))
        _tell_replayed(console, app.replayed)
    for file in kept:
        console.print(f"The old file is kept as {escape(file.name)}. Delete it when all is well.", soft_wrap=True)
    console.print("Restored. Look at the rest: troth doctor")


def _made(plan: "Plan", place: str, keys_place: str) -> list["Made"]:
    """Return what was restored as it would stand in the record of backups."""
    from troth.backup.store import Made

    found = [(plan.main, place), *([] if plan.keys is None else [(plan.keys, keys_place)])]
    return [
        Made(one.manifest.at, one.manifest.what, one.name, where, one.manifest.size, one.manifest.epoch)
        for one, where in found
    ]


def _tell_plan(console: Console, plan: "Plan") -> None:
    main = plan.main.manifest
    console.print(
        f"The data: {escape(plan.main.name)}, of {main.at:%Y-%m-%d %H:%M} UTC, {main.rows:,} rows, "
        f"under promise number {main.promise.number}.",
        soft_wrap=True,
    )
    if plan.keys is None:
        console.print("The keys that are here stay: they are the newest.")
        return
    keys = plan.keys.manifest
    console.print(f"The keys: {escape(plan.keys.name)}, of {keys.at:%Y-%m-%d %H:%M} UTC.")
    console.print(
        "Who was erased, and who said no, after that moment is not known here. If you know of anybody, tell Troth "
        "again before you serve.",
        soft_wrap=True,
    )


def _tell_replayed(console: Console, replayed: "Replayed") -> None:
    total = sum(replayed.done.values())
    if not total:
        console.print("Nothing was refused since.")
        return
    said = ", ".join(f"{many:,} × {what}" for what, many in sorted(replayed.done.items()))
    console.print(f"Done again, because it came after the backup: {said}.", soft_wrap=True)
