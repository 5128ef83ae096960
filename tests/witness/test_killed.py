"""A witness that is killed at any of its calls of the system never signs two histories, nor goes back."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from troth.clock import FixedClock
from troth.ledger.note import Line, open_note, read_note, with_line
from troth.witness.service import Witness
from witness.growing import AT, ONE, OTHER, witness_in

TESTS = Path(__file__).parents[1]
LOGS = {"one": ONE, "other": OTHER}

# Asked, then killed somewhere on the way: log, old size, size, seconds that have passed.
BEFORE = [("one", 0, 3, 0), ("one", 3, 7, 1), ("other", 7, 7, 2), ("one", 7, 9, 3)]
# Asked of the witness that is started again: the other history from every size, the way back, and then what is right.
AGAIN = [
    *(("other", old, size, 4) for old in (0, 3, 7, 9) for size in (6, 7, 8, 9) if old <= size),
    *(("one", old, size, 4) for old in (0, 3, 7, 9) for size in (3, 7, 9) if old <= size),
]


def asked(
    home: Path, fatal: int, when: str, asks: list[tuple[str, int, int, int]]
) -> tuple[int, list[list[str]], str]:
    done = subprocess.run(
        [sys.executable, "-m", "witness.dying", str(home), str(fatal), when, json.dumps(asks)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("witness") / "w"
    witness_in(home)
    return home


def test_the_calls_that_are_found_are_those_that_change_the_disk(made: Path, tmp_path: Path) -> None:
    home = shutil.copytree(made, tmp_path / "w")
    code, told, calls = asked(home, -1, "after", BEFORE)
    assert code == 0
    assert [bool(line) for _, _, line, _ in told] == [True, True, False, True]
    one = ["open", "flock", "open", "write", "fsync", "close", "replace", "open", "fsync", "close", "sign", "close"]
    fork = ["open", "flock", *one[2:10], "close"]
    assert json.loads(calls) == [*one, *one, *fork, *one]


@pytest.mark.slow
def test_killed_anywhere_it_signs_one_history_and_never_goes_back(made: Path, tmp_path: Path) -> None:
    key = Witness(made, FixedClock(AT)).key
    whole = json.loads(asked(shutil.copytree(made, tmp_path / "whole"), -1, "after", BEFORE)[2])
    kills = 0
    for fatal, call in enumerate(whole):
        # After one call is before the next: every place between two calls is met once, and the middle of a write.
        for when in ("half", "after") if call == "write" else ("after",):
            home = shutil.copytree(made, tmp_path / f"{fatal}-{when}")
            code, before, _ = asked(home, fatal, when, BEFORE)
            assert code == -signal.SIGKILL, (fatal, call)
            kills += 1
            code, again, _ = asked(home, -1, "after", AGAIN)
            assert code == 0, (fatal, call)
            told = [(str(log), int(size), str(line)) for log, size, line, _ in [*before, *again] if line]
            sizes = [size for _, size, _ in told]
            assert sizes == sorted(sizes), (fatal, call)
            assert len({log for log, size, _ in told if size > 5}) == 1, (fatal, call)
            times = [
                open_note(read_note(with_line(LOGS[log].note(size), line_of(line))), [key]).times[key]
                for log, size, line in told
            ]
            assert times == sorted(times)
            # It goes on: whatever state it was killed in, the log gets its signature again.
            known = Witness(home, FixedClock(AT)).seen()[0].known.size
            assert asked(home, -1, "after", [(told[-1][0], known, 20, 5)])[1][0][2]
    assert kills == len(whole) + whole.count("write")


def line_of(written: str) -> Line:
    return read_note(f"text\n\n{written}").lines[0]
