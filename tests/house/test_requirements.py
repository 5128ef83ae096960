"""The locked requirements: few, hashed, and without the address of any registry."""

import re
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
LOCKS = sorted(path.name for path in REQUIREMENTS.glob("*.txt"))


def _names(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9_.-]+)==", (REQUIREMENTS / lock).read_text(), re.MULTILINE))


def test_what_runs_is_few() -> None:
    assert len(_names("run.txt")) <= 40


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_its_hashes_and_no_address(lock: str) -> None:
    text = (REQUIREMENTS / lock).read_text()
    packages = re.split(r"^(?=[a-z0-9_.-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(packages) >= len(_names(lock))
    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in text
    assert "--index" not in text


def test_what_runs_is_the_same_everywhere_it_is_locked() -> None:
    run = set(re.findall(r"^[a-z0-9_.-]+==\S+", (REQUIREMENTS / "run.txt").read_text(), re.MULTILINE))
    for lock in ("dev.txt", "bench.txt"):
        assert run <= set(re.findall(r"^[a-z0-9_.-]+==\S+", (REQUIREMENTS / lock).read_text(), re.MULTILINE)), lock
