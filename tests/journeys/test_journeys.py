"""Runs the journeys beside this file as a user would type them, and compares what is printed."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Step:
    """One command, the exit code it should have, and what it should print."""

    line: int
    command: str
    code: int
    expected: tuple[str, ...]


def _steps(text: str) -> Iterator[Step]:
    lines = [line for line in enumerate(text.splitlines(), start=1) if not line[1].startswith("#")]
    starts = [place for place, (_, line) in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        number, command = lines[start]
        expected = [line for _, line in lines[start + 1 : end] if line.strip()]
        code = re.match(r"\[(\d)\] ", expected[0]) if expected else None
        if code:
            expected[0] = expected[0][4:]
        yield Step(number, command[2:], int(code[1]) if code else 0, tuple(expected))


def _matches(expected: tuple[str, ...], printed: list[str]) -> bool:
    pattern = "".join(
        r"(?:.*\n)*?" if line == "…" else re.escape(line.strip()).replace("…", ".*") + r"\n" for line in expected
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


@pytest.mark.slow
@pytest.mark.parametrize("journey", sorted(path.name for path in HERE.glob("*.txt")))
def test_the_journey_goes_as_told(journey: str, tmp_path: Path) -> None:
    for file in (*HERE.glob("*.csv"), *HERE.glob("*.yaml")):
        shutil.copy(file, tmp_path)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TROTH_")},
        "COLUMNS": "160",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    next_year = f"{datetime.now(UTC) + timedelta(days=365):%Y-%m-%d}"
    for step in _steps((HERE / journey).read_text().replace("{next year}", next_year)):
        done = subprocess.run(
            shlex.split(step.command),
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        printed = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        told = f"{journey}:{step.line}: $ {step.command}\n" + "\n".join(printed)
        assert done.returncode == step.code, told
        assert _matches(step.expected, printed), told
    assert not list(tmp_path.glob("*.part"))


def test_the_comparison_can_fail() -> None:
    assert _matches(("…", "12 taken in", "…"), ["13 lines read", "12 taken in", "more"])
    assert not _matches(("…", "12 taken in", "…"), ["13 lines read", "11 taken in"])
    assert not _matches(("12 taken in",), ["12 taken in", "more"])
    assert _matches(("a…z",), ["a to z"])
