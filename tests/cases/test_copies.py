"""Until when copies hold what went: what is said, and that it is never too early."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from installations import GARDEN, NOW, install, promise_after
from troth.app import build
from troth.cases.copies import Copies, LastCopies, in_words
from troth.clock import FixedClock
from troth.promise.read import read_promise
from troth.settings import Settings

PROMISE = read_promise(GARDEN)
BACKUPS = datetime(2026, 12, 27, 12, tzinfo=UTC)


def said(copies: Copies) -> str:
    return " ".join(in_words(copies, lambda at: f"{at:%d %B}"))


def test_the_epochs_end_counts_with_the_delay_of_who_holds_the_master_key() -> None:
    dead = NOW + timedelta(days=20)
    copies = LastCopies(PROMISE, lambda: dead).made_before(NOW)
    assert (copies.unreadable, copies.deleted, copies.by) == (dead, BACKUPS, dead)
    assert said(copies) == (
        "After 12 December no backup holds anything of it that can be read. "
        "The backups themselves are deleted by 27 December."
    )


def test_an_epoch_that_is_overdue_ends_not_before_now() -> None:
    copies = LastCopies(PROMISE, lambda: NOW - timedelta(days=3)).made_before(NOW)
    assert copies.unreadable == NOW


def test_where_the_master_key_is_not_renewed_the_age_of_backups_counts() -> None:
    copies = LastCopies(PROMISE, lambda: None).made_before(NOW)
    assert (copies.unreadable, copies.by) == (None, BACKUPS)
    assert "Until then it could be read from them with our keys." in said(copies)


def test_what_shares_its_key_with_what_stays_is_in_copies_until_they_are_deleted() -> None:
    copies = LastCopies(PROMISE, lambda: NOW + timedelta(days=1)).made_before(NOW, is_final=False)
    assert (copies.unreadable, copies.by) == (None, BACKUPS)


def test_where_nobody_can_say_no_day_is_promised() -> None:
    silent = replace(PROMISE, storage={key: replace(one, backups_keep=None) for key, one in PROMISE.storage.items()})
    copies = LastCopies(silent, lambda: None).made_before(NOW)
    assert copies.by is None
    assert said(copies) == "We can’t tell you a day by which our backups hold nothing of it any more."


def test_of_several_stores_the_shortest_counts_since_all_lie_in_one_copy(tmp_path: Path) -> None:
    paris = '  orders: {where: "Paris", protected: "Locked", backups: {keep: 1 week}}'
    more = ("backups: {keep: 35 days}}", "backups: {keep: 35 days}}\n" + paris)
    promise = read_promise(promise_after(tmp_path, more))
    assert LastCopies(promise, lambda: None).made_before(NOW).deleted == NOW + timedelta(days=7)


def test_an_installation_knows_its_own_epoch(tmp_path: Path) -> None:
    app = install(tmp_path / "home")
    assert app.copies.made_before(NOW).unreadable is None, "a key file is not renewed with each epoch"
    settings = app.settings.model_copy(update={"renew_master": "yes"})
    app.close()
    renewing = build(Settings(**settings.model_dump()), clock=FixedClock(NOW + timedelta(days=4)))
    assert renewing.copies.made_before(NOW + timedelta(days=4)).unreadable == NOW + timedelta(days=30)
    renewing.close()
