"""`troth receipt`, `troth bundle` and `troth ledger` as a person types them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from installations import GARDEN, ORDERS, install, say, url
from troth.app import App
from troth.cli.main import commands
from troth.clock import SystemClock
from troth.errors import InputError, NotFoundError, TrothError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    for name, value in {
        "TROTH_HOME": str(folder),
        "TROTH_PROMISE": str(GARDEN),
        "TROTH_DATABASE": url(folder, "main"),
        "TROTH_KEYS_DATABASE": url(folder, "keys"),
        "COLUMNS": "160",
    }.items():
        monkeypatch.setenv(name, value)
    return folder


@pytest.fixture(autouse=True)
def shop(home: Path) -> Iterator[App]:
    app = install(home, now=SystemClock().now())
    say(app, "c1", ORDERS, "yes")
    say(app, "c2", ORDERS, "no")
    yield app
    app.close()


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(commands, [str(one) for one in arguments])
    if isinstance(result.exception, TrothError):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def test_a_receipt_is_written_in_both_forms_and_holds(tmp_path: Path) -> None:
    assert "choice_made" in run("receipt", "c1")
    run("receipt", "c1", 2, "--to", tmp_path / "out")
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {"note-2.tlog-proof", "note-2.sigstore.json", "trusted_root.json"}
    for name in ("note-2.tlog-proof", "note-2.sigstore.json"):
        assert "Holds" in run("verify", tmp_path / "out" / name)


def test_a_bundle_holds_and_one_changed_byte_is_told_with_its_step(tmp_path: Path) -> None:
    assert "2 notes, and the proof that they are all." in run("bundle", "c1", "--to", tmp_path)
    file = tmp_path / "bundle.json"
    assert "None is left out." in run("verify", file)
    whole = file.read_bytes()
    at = whole.index(b'"payload":"') + 300
    file.write_bytes(whole[:at] + (b"A" if whole[at : at + 1] != b"A" else b"B") + whole[at + 1 :])
    assert "✗" in run("verify", file, code=1)


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    run("bundle", "c1", "--to", tmp_path)
    with pytest.raises(InputError, match="is there already"):
        run("bundle", "c2", "--to", tmp_path)


def test_of_nobody_and_of_no_note_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        run("bundle", "nobody", "--to", tmp_path)
    with pytest.raises(NotFoundError):
        run("receipt", "c1", 99, "--to", tmp_path)
    with pytest.raises(NotFoundError):
        run("receipt", "c1", 1, "--log", 7, "--to", tmp_path)
    assert not list(tmp_path.glob("*.json")) + list(tmp_path.glob("*.tlog-proof"))


def test_the_log_tells_its_name_size_and_keys_and_changes_its_key(tmp_path: Path) -> None:
    told = run("ledger", "status")
    assert "larkfield.example/log" in told
    assert "of which 0 are signed" in told
    run("bundle", "c1", "--to", tmp_path / "before")
    assert run("ledger", "publish").startswith("larkfield.example/log\n")
    assert "Signs from now on" in run("ledger", "change-key")
    assert run("ledger", "status").count("Key  ") == 2
    run("bundle", "c1", "--to", tmp_path / "after")
    for folder in ("before", "after"):
        held = run(
            "verify", tmp_path / folder / "bundle.json", "--trusted-root", tmp_path / "after/trusted_root.json"
        )
        assert "None is left out." in held


def test_fsck_says_that_all_holds_and_names_what_does_not(shop: App) -> None:
    run("ledger", "publish")
    assert "hold together" in run("ledger", "fsck")
    with shop._databases[0].writing() as connection:
        connection.execute(text("DELETE FROM ledger_entries WHERE customer = 1 AND number = 1"))
    told = run("ledger", "fsck", code=1)
    assert "✗" in told
    assert "do not hold" in told


def test_a_witness_that_is_named_cosigns_and_one_that_is_away_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("ledger", "publish")
    log = run("ledger", "status").split("Key")[1].split()[0]
    home = tmp_path / "witness"
    run("witness", "init", "--name", "witness.example/w1", "--log", log, "--home", home)
    clock = SystemClock()
    from ledger.test_witnesses import served
    from troth.witness.service import Witness

    signing = Witness(home, clock)
    with served(signing) as url:
        monkeypatch.setenv("TROTH_WITNESSES", f"{url} {signing.key.written}")
        run("staff", "add", "sam", "--role", "support", "--trained-until", "2030-01-01", "--by", "Isa")
        run("bundle", "c1", "--to", tmp_path / "none")
        run("consent", "set", "c1", "suggestions/orders", "no")
        note = run("ledger", "publish")
        assert "— witness.example/w1 " in note
        run("bundle", "c1", "--to", tmp_path / "out")
        policy = tmp_path / "policy"
        policy.write_text(f"witness w {signing.key.written}\nquorum w\n", encoding="utf-8")
        assert "None is left out" in run("verify", tmp_path / "out" / "bundle.json", "--policy", policy)
    run("consent", "set", "c1", "suggestions/orders", "yes")
    assert "— witness.example/w1" not in run("ledger", "publish")


@pytest.mark.parametrize("setting", ["https://w.example", "https://w.example key", "http://w.example w+1+2"])
def test_a_setting_of_witnesses_that_can_not_be_understood_is_told(
    setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TROTH_WITNESSES", setting)
    with pytest.raises(InputError, match="TROTH_WITNESSES"):
        run("ledger", "status")
