"""What companies use that keep their promise in git: the hook of pre-commit and the action of GitHub."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from promise.examples import TEXT

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "integrations" / "github-action"
BIN = Path(sys.executable).parent
ENVIRONMENT = {
    "PATH": f"{BIN}:{os.environ['PATH']}",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "Ana"),
    **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "ana@example.com"),
}
LONGER = TEXT.replace("keep: 6 years", "keep: 8 years")


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text("utf-8"))


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=ENVIRONMENT | environment, capture_output=True, text=True, timeout=60, check=False
    )


def git(folder: Path, *arguments: str) -> str:
    done = run(folder, "git", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def committed(folder: Path, text: str, name: str = "promise.yaml") -> str:
    """Commit `text` as the promise and return the commit."""
    (folder / name).write_text(text, "utf-8")
    git(folder, "add", name)
    git(folder, "commit", "-q", "-m", "promise")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(name="repository")
def _repository(tmp_path: Path) -> Path:
    folder = tmp_path / "company"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    # A server lets a commit be fetched by name; a folder must be told to.
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    return folder


def check(folder: Path, against: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "bash", str(ACTION / "check.sh"), PROMISE="promise.yaml", AGAINST=against)


def test_the_hook_has_what_pre_commit_asks_for() -> None:
    (hook,) = read(ROOT / ".pre-commit-hooks.yaml")
    assert hook["id"] == "troth-check"
    assert hook["language"] == "python"
    assert hook["files"] == r"(^|/)promise\.yaml$"
    # `troth check` takes one file; pre-commit would hand in all that changed.
    assert hook["pass_filenames"] is False
    done = run(ROOT, "pre-commit", "validate-manifest", ".pre-commit-hooks.yaml")
    assert done.returncode == 0, done.stdout


def test_the_hook_runs_a_command_that_is_there(tmp_path: Path) -> None:
    (hook,) = read(ROOT / ".pre-commit-hooks.yaml")
    (tmp_path / "promise.yaml").write_text(TEXT, "utf-8")
    done = run(tmp_path, *shlex.split(hook["entry"]), *hook["args"])
    assert done.returncode == 0, done.stderr
    (tmp_path / "promise.yaml").write_text(TEXT.replace("rights_for", "right_for"), "utf-8")
    assert run(tmp_path, *shlex.split(hook["entry"]), *hook["args"]).returncode == 2


def test_the_action_is_composed_of_steps_that_name_what_is_there() -> None:
    action = read(ACTION / "action.yml")
    assert action["runs"]["using"] == "composite"
    install, compare = action["runs"]["steps"]
    for name in ("run", "build"):
        assert f'"$TROTH/requirements/{name}.txt"' in install["run"]
        assert (ACTION / ".." / ".." / "requirements" / f"{name}.txt").is_file()
    assert compare["run"].endswith('/check.sh"')
    assert (ACTION / "check.sh").is_file()


def test_the_action_runs_no_text_from_outside() -> None:
    for step in read(ACTION / "action.yml")["runs"]["steps"]:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]


def test_a_widening_under_the_old_number_fails_the_build(repository: Path) -> None:
    before = committed(repository, TEXT)
    committed(repository, LONGER)
    done = check(repository, before)
    assert done.returncode == 1
    assert "We would keep “Things you bought” for 8 years instead of 6 years." in done.stdout
    assert "error P301" in done.stdout


def test_a_widening_that_is_numbered_dated_and_told_passes(repository: Path) -> None:
    before = committed(repository, TEXT)
    new = LONGER.replace("number: 4", "number: 5").replace("from: 2026-09-01", "from: 2026-12-01")
    committed(repository, new.replace("says: We stopped asking for your date of birth.", "says: We keep more."))
    done = check(repository, before)
    assert done.returncode == 0, done.stdout
    assert "suggestions/orders" in done.stdout


def test_the_older_commit_is_fetched_when_the_checkout_has_only_the_last(repository: Path, tmp_path: Path) -> None:
    before = committed(repository, TEXT)
    committed(repository, LONGER)
    git(tmp_path, "clone", "-q", "--depth=1", repository.as_uri(), "shallow")
    assert run(tmp_path / "shallow", "git", "cat-file", "-e", before).returncode != 0
    assert check(tmp_path / "shallow", before).returncode == 1


@pytest.mark.parametrize("against", ["", "0" * 40])
def test_a_first_promise_is_only_checked(repository: Path, against: str) -> None:
    committed(repository, TEXT)
    done = check(repository, against)
    assert done.returncode == 0
    assert "no older commit" in done.stdout


def test_a_promise_that_is_new_in_the_repository_is_only_checked(repository: Path) -> None:
    before = committed(repository, "hello\n", "README.md")
    committed(repository, TEXT)
    done = check(repository, before)
    assert done.returncode == 0
    assert "The older commit has no promise.yaml." in done.stdout


def test_a_commit_that_cannot_be_had_fails_the_build(repository: Path) -> None:
    committed(repository, TEXT)
    assert check(repository, "1" * 40).returncode != 0
