"""What the command line says of copies that were made before something was deleted."""

from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from troth.app import App


def tell_copies(app: "App", now: datetime, console: Console, *, is_final: bool = True) -> None:
    """Print until when copies made before `now` hold what went, and what makes it sooner.

    Args:
        app: the open installation.
        now: when it went.
        console: where to.
        is_final: whether all that went went with its key.
    """
    copies = app.copies.made_before(now, is_final=is_final)
    zone = app.promise.company.time_zone

    def day(at: datetime) -> str:
        return f"{at.astimezone(zone):%Y-%m-%d}"

    if copies.unreadable is not None:
        console.print(
            f"After {day(copies.unreadable)} no copy opens what went: the epoch of its keys has ended by then.",
            soft_wrap=True,
        )
        if copies.unreadable <= now:
            console.print("  The epoch should have ended already. End it now: troth keys end-epoch", soft_wrap=True)
    elif is_final:
        console.print(
            "Copies of the key database made before now still open it, together with the master key: that is not "
            "renewed with each epoch here.",
            soft_wrap=True,
        )
        console.print("  Sooner: troth keys end-epoch, then troth keys rotate (docs/guides/keys.md)", soft_wrap=True)
    else:
        console.print(
            "The key stays, since more of that kind is kept: copies made before now open what went until they are "
            "deleted.",
            soft_wrap=True,
        )
    if copies.deleted is not None:
        console.print(
            f"By the promise no copy made before now is kept after {day(copies.deleted)}. troth backup keeps to it. "
            "Copies made by other means you must delete yourself.",
            soft_wrap=True,
        )
    elif copies.unreadable is None:
        console.print(
            "The promise does not say how long backups are kept, so there is no day by which none holds it.",
            soft_wrap=True,
        )
