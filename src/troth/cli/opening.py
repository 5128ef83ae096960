"""Opening the installation for one command, keeping it true while it is served, and closing it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from troth.app import App


@contextmanager
def opened() -> Iterator["App"]:
    """Open the installation that the environment names; close it when the command is done."""
    # Imported here: the whole house takes half a second to import, which `troth --help` does not need.
    from troth.app import build
    from troth.settings import from_environment

    app = build(from_environment())
    try:
        yield app
        app.count()
    finally:
        app.close()


@contextmanager
def kept_true(app: "App") -> Iterator[None]:
    """While the block runs, keep the model true to what customers say and delete what the clock ends."""
    from troth.jobs.epoch import EpochChanger
    from troth.jobs.publishing import PublishingLoop
    from troth.jobs.refresh import Refresher
    from troth.jobs.retention import delete_what_is_over

    def expire(now: "datetime") -> None:
        app.erasure.resume(now=now)
        # Also destroys the keys that wait for it.
        delete_what_is_over(app.gate, app.spent_keys, now=now)
        app.erasure.scrub()

    refresher = Refresher(app.suggestions, app.clock, expire=expire)
    changer = EpochChanger(app.epochs, app.clock, lasts=app.settings.epoch_lasts)
    publishing = PublishingLoop(app, app.clock)
    refresher.start()
    changer.start()
    publishing.start()
    try:
        yield
    finally:
        changer.stop()
        refresher.stop()
        publishing.stop()
