"""`troth forget` and `troth verify-erasure`: a customer is gone, and anyone can check that the model forgot."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from troth.cli.copies import tell_copies
from troth.cli.opening import opened
from troth.cli.receipt import write_receipt
from troth.cli.terminal import terminal
from troth.cli.visible import visible
from troth.errors import InputError

if TYPE_CHECKING:
    from troth.promise.model import Promise

_ITEMS = "vault"
_WORDS = {
    "choices": "yes or no they said",
    "stops": "objection, restriction or other stop, put or lifted",
    "entries": "note of a choice of theirs, of who looked, or of what was used",
    "deletions": "note of what they had deleted before",
    "identifiers": "id by which they are known here",
    "links": "link between two ids of theirs, made or ended",
    "purchases in the suggestion model": "product they bought that the suggestions learnt from",
}
"""What rooms count → plain words. A test asks that every room's are here."""


def forget(
    customer: Annotated[str, typer.Argument(help="The id your shop uses for the customer.", show_default=False)],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking again.")] = False,
    receipt: Annotated[
        Path | None,
        typer.Option(help="Write the receipt of the erasure here, for the customer.", show_default=False),
    ] = None,
) -> None:
    """Erase a customer: model, choices, items, identity and keys. What a law demands stays, locked."""
    with opened() as app:
        console = terminal()
        number = app.identity.get(customer)
        now = app.clock.now()
        plan = app.erasure.describe(number, now=now)
        console.print("What goes:" if any(any(one.counts.values()) for one in plan.reports) else "Nothing is kept.")
        for report in plan.reports:
            for what, count in report.counts.items():
                if count:
                    law = plan.kept.get(what) if report.room == _ITEMS else None
                    stays = f" — stays, locked, by law: {visible(law)}" if law else ""
                    console.print(f"  {count} × {_named(report.room, what, app.promise)}{stays}", soft_wrap=True)
        if not yes and not _confirmed():
            console.print("Nothing was changed.")
            raise typer.Exit(1)
        done = app.erasure.erase(number, now=now)
        console.print(f"Erased. Keys destroyed: {done.keys_destroyed}.")
        for what, law in done.kept.items():
            named = _named(_ITEMS, what, app.promise)
            console.print(f"Stays, locked, because the law demands it: {named} ({visible(law)}).", soft_wrap=True)
        if receipt is not None:
            # Now or never: the key that opens the note is gone.
            for place, noted in enumerate(done.noted, start=1):
                name = "erased" if len(done.noted) == 1 else f"erased-{place}"
                write_receipt(app, app.receipts.of_written(noted, now=now), receipt, name)
        tell_copies(app, now, console)
        console.print("Check that the model forgot: troth verify-erasure")


def _named(room: str, what: str, promise: "Promise") -> str:
    """Return in plain words what a room counts: a kind of data by its title in the promise."""
    kind = promise.data.get(what) if room == _ITEMS else None
    return visible(kind.title.say("")) if kind is not None else _WORDS.get(what, what)


def _confirmed() -> bool:
    import sys

    if not sys.stdin.isatty():
        raise InputError("not_confirmed", "This can't be undone; nothing was changed.", "Add --yes to do it.")
    return typer.confirm("This can't be undone. Erase?")


def verify_erasure() -> None:
    """Rebuild the model in a process of its own from what may be used now, and compare it with the served one."""
    import json
    import subprocess
    import sys

    console = terminal()
    from troth.jobs.retention import delete_what_is_over

    with opened() as app:
        now = app.clock.now()
        # What is past its keep counts for nobody any more; it must leave the model before it can be compared.
        delete_what_is_over(app.gate, app.spent_keys, now=now)
        app.suggestions.refresh(now=now)
    # A process of its own: nothing that this one or a server has in memory can help the rebuild.
    found = subprocess.run(
        [sys.executable, "-m", "troth.cli.main", "rebuild-model"], capture_output=True, check=False
    )
    if found.returncode != 0:
        sys.stderr.buffer.write(found.stderr)
        raise typer.Exit(found.returncode)
    told = json.loads(found.stdout)
    console.print(f"{told['customers']} customers agree now; {told['products']} products.")
    console.print(f"served  statistic {told['served']}", soft_wrap=True)
    console.print(f"rebuilt statistic {told['rebuilt']}", soft_wrap=True)
    console.print(f"largest difference of a weight {told['difference']:.1e}")
    console.print(f"best sellers equal: {'yes' if told['popularity_equal'] else 'no'}")
    if not told["holds"]:
        console.print("[red]✗[/red] The served model is not the one of those who agree now.")
        raise typer.Exit(1)
    console.print("[green]✓[/green] The served model holds exactly those who agree now, and nobody else.")


def rebuild_model() -> None:
    """Print, as JSON, how the served model compares with a rebuild. Used by verify-erasure."""
    import json
    from dataclasses import asdict

    with opened() as app:
        found = app.verify_model()
        typer.echo(json.dumps({**asdict(found), "holds": found.holds}))
