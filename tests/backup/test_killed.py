"""Killed with SIGKILL at every step: a backup is whole or none, and the old or the new installation works."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from backup.restores import back_up, lose, restore, restorer
from installations import IMPORT, NOW, ORDERS, install, order, say
from troth.app import App
from troth.backup.finding import names_in
from troth.backup.place import FolderPlace

WHENS = ("before", "after")
TESTS = Path(__file__).parents[1]

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]


def killed(home: Path, place: FolderPlace, act: str, step: str) -> None:
    """Let another process do `act` and die at `step`."""
    name, when, count = step.split(":")
    command = [sys.executable, str(TESTS / "backup" / "dying.py"), str(home), place.words, act, name, when, count]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    died = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL, f"it never came to {step}: {died.stdout}{died.stderr}"


def shop(home: Path) -> App:
    app = install(home)
    app.gate.collect(IMPORT, [order(f"c{number}", "p1") for number in range(3)], NOW)
    for number in range(3):
        say(app, f"c{number}", ORDERS, "yes")
    return app


@pytest.mark.parametrize(
    "step",
    [
        *("snapshot:before:1", "snapshot:after:1", "snapshot:before:2", "check:before:1", "check:after:1"),
        *("check:before:2", "check:after:2", "note:before:1", "note:after:1"),
        *(f"{name}:{when}:{count}" for name, when, count in product(("put", "name the file"), WHENS, (1, 4, 9, 14))),
    ],
)
def test_a_backup_that_was_killed_is_whole_or_none(tmp_path: Path, step: str) -> None:
    home, place = tmp_path / "home", FolderPlace(tmp_path / "backups")
    shop(home).close()
    killed(home, place, "backup", step)

    again = install(home)
    assert again.identity.find("c2") is not None
    # Whatever has a manifest is whole.
    work = restorer(home, place)
    for name in names_in(place, "main"):
        assert work.plan(name).main.name == name
    back_up(again, place, now=NOW + timedelta(seconds=1))
    again.close()
    for what in ("main", "keys"):
        lose(home, what)
    plan, restored = restore(home, place)
    assert plan.main.manifest.at == NOW + timedelta(seconds=1)
    assert restored.identity.find("c2") is not None
    restored.close()


_OF_MAIN = [
    *("make ready:after:1", "load:before:1", "load:after:1", "stand alone:after:1", "second name:before:1"),
    *("second name:after:1", "name the file:before:1", "name the file:after:1", "put in place:after:1"),
    *("catch up:before:1", "reach:before:1", "reach:after:1", "catch up:after:1"),
]


@pytest.mark.parametrize("step", _OF_MAIN)
def test_a_restore_that_was_killed_leaves_the_old_or_the_new_and_nobody_comes_back(tmp_path: Path, step: str) -> None:
    home, place = tmp_path / "home", FolderPlace(tmp_path / "backups")
    app = shop(home)
    back_up(app, place)
    app.erasure.erase(app.identity.get("c0"), now=NOW)
    say(app, "c1", ORDERS, "no")
    late = say(app, "late", ORDERS, "yes")
    app.close()
    killed(home, place, "restore", step)

    def must_be_true() -> bool:
        """Return whether it is the old data."""
        opened = install(home)
        assert opened.identity.find("c0") is None
        assert opened.consent.standing(opened.identity.get("c1"))[ORDERS].latest.answer == "no"
        assert opened.gate.collect(IMPORT, [order("c0", "p1")], NOW)[0].code == "erased"
        assert opened.identity.outside_id(opened.identity.get("c2")) == "c2"
        is_old = opened.identity.find("late") == late
        opened.close()
        return is_old

    is_old = must_be_true()
    assert is_old == (_OF_MAIN.index(step) <= _OF_MAIN.index("name the file:before:1"))
    _, again = restore(home, place, replace=True)
    again.close()
    assert not must_be_true()
    assert not list((home / "data").glob("*.part*"))


@pytest.mark.parametrize(
    "step",
    [
        *("load:before:2", "load:after:2", "name the file:before:1", "name the file:after:1", "load:after:3"),
        *("name the file:before:2", "name the file:after:2", "put in place:after:2"),
    ],
)
def test_a_restore_of_both_that_was_killed_never_leaves_data_open_without_its_keys(tmp_path: Path, step: str) -> None:
    home, place = tmp_path / "home", FolderPlace(tmp_path / "backups")
    app = shop(home)
    back_up(app, place)
    app.close()
    for what in ("main", "keys"):
        lose(home, what)
    killed(home, place, "restore", step)
    assert (home / "keys" / "keys.db").exists() or not (home / "data" / "troth.db").exists()
    _, again = restore(home, place, replace=True)
    assert again.identity.outside_id(again.identity.get("c2")) == "c2"
    again.close()
