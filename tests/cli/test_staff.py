"""`troth staff` as a person types it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from agencies import promise_with_agency
from installations import url
from troth.cli.staff import commands
from troth.errors import InputError, NotAllowedError, NotFoundError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "home"
    for name, value in {
        "TROTH_HOME": str(folder),
        "TROTH_PROMISE": str(promise_with_agency(tmp_path)),
        "TROTH_DATABASE": url(folder, "main"),
        "TROTH_KEYS_DATABASE": url(folder, "keys"),
        "COLUMNS": "160",
    }.items():
        monkeypatch.setenv(name, value)


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(commands, list(arguments), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def test_people_come_are_trained_change_and_leave_and_the_record_stays() -> None:
    assert "Nobody." in run("list")
    assert "sam: support, not trained." in run("add", "sam", "--role", "support", "--by", "Isa [b]Moor")
    assert "trained until 2028-01-31" in run("train", "sam", "--until", "2028-01-31")
    added = run("add", "bea", "--role", "support", "--agency", "brightmail", "--trained-until", "2027-06-30")
    assert "bea: support, for brightmail, trained until 2027-06-30." in added
    assert "sam: marketer" in run("change", "sam", "--role", "marketer")
    assert "left on" in run("leave", "sam")
    listed = run("list")
    assert listed.index("bea") < listed.index("sam")
    assert "brightmail" in listed
    shown = run("show", "sam")
    assert [word for word in ("added", "trained", "changed", "left") if word in shown] == [
        "added",
        "trained",
        "changed",
        "left",
    ]
    assert "Isa [b]Moor" in shown


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        (("add", "sam", "--role", "boss"), InputError),
        (("add", "sam", "--role", "marketer", "--agency", "brightmail"), InputError),
        (("add", "Sam", "--role", "support"), InputError),
        (("train", "nobody", "--until", "2027-01-31"), NotFoundError),
        (("leave", "nobody"), NotFoundError),
        (("show", "nobody"), NotFoundError),
    ],
)
def test_what_can_not_be_is_refused_in_words(typed: tuple[str, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        run(*typed)


@pytest.mark.parametrize("day", ["31.01.2027", "2027-02-30", "soon", "2027-01-31T00:00:00"])
def test_a_day_is_written_in_one_way(day: str) -> None:
    run("add", "sam", "--role", "support")
    run("train", "sam", "--until", day, code=2)


def test_a_name_does_not_come_back() -> None:
    run("add", "sam", "--role", "support")
    run("leave", "sam")
    with pytest.raises(InputError, match="somebody who left"):
        run("add", "sam", "--role", "support")
    with pytest.raises(NotAllowedError):
        run("train", "sam", "--until", "2027-01-31")
