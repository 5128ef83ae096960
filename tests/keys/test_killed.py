"""Killed with SIGKILL at every step of a change: every living key opens at once, and the next change finishes it."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from installations import NOW
from keys.dying import STEPS
from keys.tables import every_byte, fill, open_ring, open_store
from troth.keys.epochs.change import Epochs
from troth.keys.file import FileKeyProvider
from troth.keys.ring import KeyGoneError

TESTS = Path(__file__).parents[1]
WHENS = ("before", "after")
OF_SQLITE = {"empty the log"}
OF_END = [name for name in STEPS if name not in {"replace"} | OF_SQLITE]
OF_ROTATE = [name for name in STEPS if name not in {"begin", "rewrap", "rewrap named", "destroy"} | OF_SQLITE]


def killed(home: Path, act: str, place: str) -> None:
    """Let another process do `act` and die at `place`."""
    command = [sys.executable, str(TESTS / "keys" / "dying.py"), str(home), act, place]
    died = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert died.returncode == -signal.SIGKILL, f"it never came to {place}: {died.stderr}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("act", "place"),
    [
        *(("end", f"{name}:{when}") for name in OF_END for when in WHENS),
        *(("end", f"rewrap:after:{count}") for count in (2, 3)),
        *(("end", f"{name}:{when}:2") for name in ("put the file", "second name", "clear") for when in WHENS),
        *(("rotate", f"{name}:{when}") for name in OF_ROTATE for when in WHENS),
        *(
            pytest.param(act, f"{name}:{when}", marks=pytest.mark.sqlite)
            for act in ("end", "rotate")
            for name in OF_SQLITE
            for when in WHENS
        ),
    ],
)
def test_killed_there_no_key_is_lost_and_the_next_change_ends_it(tmp_path: Path, act: str, place: str) -> None:
    ring = open_ring(tmp_path)
    sealed = fill(ring, 8)
    gone = ring.seal(99, "orders", b"gone", bound_to=b"")
    ring.destroy(99)
    killed(tmp_path, act, place)

    survived = open_ring(tmp_path)
    sealed.must_open(survived)
    late = survived.seal(50, "orders", b"late", bound_to=b"")

    provider = FileKeyProvider(tmp_path / "master.key")
    Epochs(open_store(tmp_path), provider, renews_master=True).end(now=NOW + timedelta(days=31))
    after = open_ring(tmp_path)
    sealed.must_open(after)
    assert after.open(50, "orders", late, bound_to=b"") == b"late"
    with pytest.raises(KeyGoneError):
        after.open(99, "orders", gone, bound_to=b"")
    store = open_store(tmp_path)
    living = [one for one in store.all_epochs() if one.wrapped]
    assert [one.settled is not None for one in living] == [True]
    assert [one.name for one in store.all_masters() if one.retired is None] == [provider.current()]
    # One version in the file, and nothing beside it that a crash left.
    assert len((tmp_path / "master.key").read_bytes().splitlines()) == 2
    assert [file.name for file in tmp_path.glob("master*")] == ["master.key"]


@pytest.mark.sqlite
def test_killed_after_the_old_key_is_destroyed_its_wrapped_form_is_cleared_by_the_next_run(tmp_path: Path) -> None:
    fill(open_ring(tmp_path), 8)
    (old,) = open_store(tmp_path).all_epochs()
    killed(tmp_path, "end", "destroy:after")
    store = open_store(tmp_path)
    Epochs(store, FileKeyProvider(tmp_path / "master.key"), renews_master=True).end(now=NOW + timedelta(days=31))
    assert old.wrapped not in every_byte(tmp_path)
