"""Before the end of an epoch makes older copies of the keys worthless, a copy is made that opens after it."""

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from backup.restores import lose, restorer
from installations import GARDEN, IMPORT, NOW, install, order, url
from troth.app import App, build
from troth.backup.finding import readable_in
from troth.backup.place import FolderPlace
from troth.clock import FixedClock
from troth.errors import InputError, UnavailableError
from troth.jobs.epoch import EpochChanger
from troth.settings import Settings

MONTH = timedelta(days=30)


def opened(home: Path, copy: str, *, now: datetime = NOW) -> App:
    """Open an installation whose master key is renewed with each epoch, as with OpenBao or KMS."""
    settings = Settings(
        home=home,
        promise=GARDEN,
        database=url(home, "main"),
        keys_database=url(home, "keys"),
        renew_master="yes",
        epoch_copy=copy,
    )
    return build(settings, clock=FixedClock(now))


def filled(home: Path, copy: str) -> App:
    app = opened(home, copy)
    app.gate.collect(IMPORT, [order("c1", "p1")], NOW)
    return app


def still_here(app: App) -> bool:
    return app.identity.outside_id(app.identity.get("c1")) == "c1"


def test_the_copy_opens_after_the_end_of_the_epoch_and_older_ones_do_not(tmp_path: Path) -> None:
    home, before, after = tmp_path / "home", tmp_path / "before", tmp_path / "after"
    app = filled(home, str(after))
    app.backups.make({"main": FolderPlace(before), "keys": FolderPlace(before)}, now=NOW)
    changed = app.epochs.end(now=NOW + MONTH)
    assert changed.copied
    (copy,) = readable_in(FolderPlace(after), "keys")
    assert copy.manifest.epoch == changed.epoch == 2
    app.close()

    lose(home, "keys")
    older = restorer(home, FolderPlace(before))
    with pytest.raises(UnavailableError):
        older.carry_out(older.plan(), replace=True)
    newer = restorer(home, FolderPlace(before), keys_place=FolderPlace(after))
    newer.carry_out(newer.plan(), replace=True)
    app = install(home)
    assert still_here(app)
    # The copy was made in the middle of the change, so the first run after it ends that.
    assert app.epochs.end(now=NOW + MONTH).epoch == 2
    assert still_here(app)
    app.close()


def test_renewing_the_master_key_alone_makes_a_copy_too(tmp_path: Path) -> None:
    home, after = tmp_path / "home", tmp_path / "after"
    app = filled(home, str(after))
    app.backups.make({"main": FolderPlace(after)}, now=NOW)
    assert app.epochs.rotate(now=NOW + MONTH).copied
    app.close()
    lose(home, "keys")
    work = restorer(home, FolderPlace(after))
    work.carry_out(work.plan(), replace=True)
    app = install(home)
    assert still_here(app)
    app.close()


def test_when_no_copy_can_be_made_nothing_is_destroyed_and_the_change_goes_on_later(tmp_path: Path) -> None:
    home, after, before = tmp_path / "home", tmp_path / "after", FolderPlace(tmp_path / "before")
    after.write_text("a file where the folder should be")
    app = filled(home, str(after))
    app.backups.make({"main": before, "keys": before}, now=NOW)
    for end in (app.epochs.end, app.epochs.end):
        with pytest.raises(UnavailableError):
            end(now=NOW + MONTH)
    assert app.epochs.status().epochs[1].destroyed is None
    assert app.epochs.is_due(now=NOW + MONTH, lasts=MONTH), "it waits to be finished"
    assert still_here(app)
    after.unlink()
    changed = app.epochs.end(now=NOW + MONTH)
    assert (changed.epoch, changed.destroyed, changed.copied) == (2, 1, True)
    assert still_here(app)
    app.close()


def test_a_copy_beside_what_it_is_a_copy_of_is_refused_and_nothing_is_destroyed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    app = filled(home, str(home / "keys" / "copies"))
    with pytest.raises(InputError, match="lost with them"):
        app.epochs.end(now=NOW + MONTH)
    assert app.epochs.status().epochs[1].destroyed is None
    app.close()


@pytest.mark.parametrize("named", [True, False])
def test_the_log_says_whether_a_copy_was_made(tmp_path: Path, *, named: bool) -> None:
    app = filled(tmp_path / "home", str(tmp_path / "after") if named else "")
    changer = EpochChanger(app.epochs, FixedClock(NOW + MONTH), lasts=MONTH, every=0.01)
    with capture_logs() as told:
        changer.start()
        while not told:
            time.sleep(0.01)
        changer.stop()
    assert [(one["event"], one["copied"]) for one in told] == [("epoch_ended", named)]
    assert still_here(app)
    app.close()
