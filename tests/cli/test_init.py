"""`troth init` asks as a person would, and writes what `troth check` accepts."""

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from promise.examples import TEXT
from troth.cli.init import init
from troth.errors import InputError, UnavailableError
from troth.promise.read import check_promise

commands = typer.Typer()
commands.command()(init)

PROGRAM = "import typer; from troth.cli.init import init; typer.run(init)"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(commands, list(arguments), catch_exceptions=False)
    return result.exit_code, result.output


def at_a_terminal(folder: Path, answers: list[str]) -> tuple[int, str]:
    """Run `troth init` in `folder` at a real terminal and type each answer when a question stands there."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    seen = b""
    waiting = list(answers)
    while select.select([ours], [], [], 20)[0]:
        try:
            seen += os.read(ours, 4096)
        except OSError:  # how Linux says that the other side has closed
            break
        if seen.endswith(b"\n> "):
            assert waiting, seen.decode()
            os.write(ours, waiting.pop(0).encode() + b"\n")
    process.kill()  # changes nothing when it has ended, and ends it when it asks for more than it was told
    os.close(ours)
    assert not waiting, seen.decode()
    return process.wait(timeout=30), seen.decode()


ANSWERS = [
    "Larkfield",  # name
    "gb",  # country
    "privacy@larkfield.example",  # privacy e-mail
    "larkfield.example",  # site
    "Larkfield Garden Shop Ltd",  # legal name
    "Europe/London",  # time zone
    "",  # mail domain: the one of the e-mail address
    "Ana Reyes",  # who answers
    "Tom Weir",  # use of data
    "Isa Moor",  # safeguards
    "",  # where: our own servers
    "y",  # books
    "UK Companies Act 2006 s388",  # law
    "y",  # page views
    "n",  # newsletter
]


def test_answers_become_a_promise_without_a_finding(tmp_path: Path) -> None:
    code, output = at_a_terminal(tmp_path, ANSWERS)
    assert code == 0, output
    found = check_promise(tmp_path / "promise.yaml")
    assert found.findings == ()
    assert found.promise is not None
    company = found.promise.company
    assert (company.name, company.country, company.site) == ("Larkfield", "GB", "https://larkfield.example")
    assert company.mail_domains == ("larkfield.example",)
    assert company.regulator.name == "Information Commissioner's Office"
    assert "newsletter" not in found.promise.purposes
    assert "page_views" in found.promise.data
    assert "Wrote promise.yaml" in output


def test_an_answer_that_is_not_understood_is_asked_again(tmp_path: Path) -> None:
    answers = [ANSWERS[0], "England", "uk", *ANSWERS[1:]]
    code, output = at_a_terminal(tmp_path, answers)
    assert code == 0, output
    assert "is no country code" in output
    assert "Did you mean GB?" in output
    assert check_promise(tmp_path / "promise.yaml").promise is not None


def test_stopping_half_way_writes_nothing(tmp_path: Path) -> None:
    code, output = at_a_terminal(tmp_path, ["Larkfield", "\x04"])
    assert code != 0
    assert "Wrote" not in output
    assert list(tmp_path.iterdir()) == []


def test_the_example_is_written_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "promise.yaml"
    code, output = run("--example", "--output", str(file))
    assert code == 0
    assert file.read_text("utf-8") == TEXT
    assert f"troth check {file}" in output


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "promise.yaml"
    file.write_text("mine", "utf-8")
    with pytest.raises(InputError, match="is there already"):
        run("--example", "--output", str(file))
    assert file.read_text("utf-8") == "mine"


def test_a_link_to_nowhere_is_not_followed(tmp_path: Path) -> None:
    link = tmp_path / "promise.yaml"
    link.symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(InputError, match="is there already"):
        run("--example", "--output", str(link))
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        run("--example", "--output", str(tmp_path / "gone" / "promise.yaml"))


def test_without_a_terminal_nobody_is_asked(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nobody to ask"):
        run("--output", str(tmp_path / "promise.yaml"))
    assert list(tmp_path.iterdir()) == []


def test_a_name_the_disk_refuses_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="could not be written"):
        run("--example", "--output", str(tmp_path / ("x" * 300)))
    assert list(tmp_path.iterdir()) == []
