"""`troth ledger`: the log that others can check: its keys, signing now, and whether it is whole."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from troth.cli.backup import told
from troth.cli.opening import opened
from troth.cli.terminal import terminal

if TYPE_CHECKING:
    from troth.ledger.examine import Finding

commands = typer.Typer(no_args_is_help=True, help="The log that others can check.")


@commands.command()
def status() -> None:
    """Show the log's name and keys, how many notes it has, and how many of them are signed."""
    with opened() as app:
        console = terminal()
        state = app.publisher.state()
        console.print(f"Name     {state.origin}")
        console.print(f"Notes    {state.size:,}, of which {state.signed:,} are signed")
        for one in app.ledger.log_keys():
            until = f" until {one.until:%Y-%m-%d %H:%M}" if one.until else ""
            since = f"since {one.since:%Y-%m-%d %H:%M}" if one.since else ""
            console.print(f"Key      {one.key.written}  ({since}{until})", soft_wrap=True)


@commands.command()
def publish() -> None:
    """Sign what is not signed yet. A running server does this every second."""
    with opened() as app:
        head = app.publisher.publish(now=app.clock.now())
        terminal().print(head.checkpoint, markup=False, highlight=False, soft_wrap=True, end="")


@commands.command(name="change-key")
def change_key() -> None:
    """Let a new key sign from now on. Receipts by the old one stay good."""
    with opened() as app:
        now = app.clock.now()
        new = app.ledger.change_signer(now=now)
        app.publisher.publish(now=now)
    console = terminal()
    console.print(f"Signs from now on: {new.key.written}", soft_wrap=True)
    console.print("Hand out the new trusted_root.json: it is at /log/trusted_root.json of a running server.")


@commands.command()
def fsck() -> None:
    """Look at every note, the whole tree, the map and what was signed. Exit 0: all holds; 1: something does not."""
    from troth.clock import SystemClock
    from troth.ground import open_ground
    from troth.ledger.examine import examine
    from troth.ledger.log import Ledger
    from troth.settings import from_environment

    console, clock, wrong = terminal(), SystemClock(), 0
    with ExitStack() as undo:
        # Not by the house's own door: opening it would begin a log where one is lost, and stop at what is damaged.
        ground = open_ground(from_environment(), clock, undo)
        promise, now = ground.given.promise, clock.now()
        keep = promise.evidence_keep.after(now, promise.company.time_zone) - now
        ledger = Ledger(ground.database, ground.keys_database, ground.ring)
        progress = told(terminal(stderr=True))
        for finding in examine(
            ground.database,
            ground.keys_database,
            ledger,
            kept_from=now - keep,
            told=lambda done, all_: progress("notes", done, all_),
        ):
            wrong += 1
            console.print(f"[red]✗[/red] {escape(finding.said)}{_place(finding)}", soft_wrap=True)
    if wrong:
        console.print(f"{wrong} things do not hold. Compare with a backup; restore the newest that does.")
        raise typer.Exit(1)
    console.print("[green]✓[/green] Every note, the tree, the map of heads and what was signed hold together.")


def _place(finding: "Finding") -> str:
    if not finding.log:
        return ""
    leaf = "" if finding.index is None else f", leaf {finding.index}"
    return f" (log {finding.log}{leaf})"
