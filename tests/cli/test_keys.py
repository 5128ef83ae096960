"""`troth keys` as a person types it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from installations import GARDEN, IMPORT, install, order
from troth.cli.keys import commands
from troth.clock import SystemClock
from troth.errors import InputError, UnavailableError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("TROTH_HOME", str(folder))
    monkeypatch.setenv("TROTH_PROMISE", str(GARDEN))
    monkeypatch.setenv("COLUMNS", "160")
    now = SystemClock().now()
    app = install(folder, now=now)
    app.gate.collect(IMPORT, [order("c1", "p1", at=now)], now)
    app.close()
    return folder


def run(*arguments: str) -> str:
    result = CliRunner().invoke(commands, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def kept(home: Path) -> str | None:
    """Return the id of the customer, opened with their key."""
    app = install(home, now=SystemClock().now())
    try:
        return app.identity.outside_id(app.identity.get("c1"))
    finally:
        app.close()


def test_where_the_keys_stand(home: Path) -> None:
    told = run("status")
    assert "file master.key, answers" in told
    assert "Epoch        1, since" in told
    assert "2 of customers" in told
    assert "troth keys rotate" in told
    assert str(home) not in told


def test_an_epoch_is_ended_by_hand(home: Path) -> None:
    told = run("end-epoch")
    assert "Epoch 2 began. Keys wrapped anew: 2." in told
    assert "is destroyed" in told
    assert "The master key stayed the same" in told
    assert "keys of 1 epochs" in run("status")
    assert kept(home) == "c1"


def test_with_the_master_key_renewed_it_says_to_copy_the_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_RENEW_MASTER", "yes")
    before = (home / "secret" / "master.key").read_bytes()
    told = run("end-epoch")
    assert "old master key is retired" in told
    assert "copy the new master key file" in told
    assert (home / "secret" / "master.key").read_bytes() != before
    assert kept(home) == "c1"


def test_the_master_key_is_renewed(home: Path) -> None:
    before = (home / "secret" / "master.key").read_bytes()
    told = run("rotate")
    assert "wrapped by a new master key" in told
    assert "copy the new master key file" in told
    assert (home / "secret" / "master.key").read_bytes() != before
    assert kept(home) == "c1"


def test_a_change_that_was_broken_off_is_told_and_finished(home: Path) -> None:
    app = install(home, now=SystemClock().now())

    def stop(_done: int, _all: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        app.epochs.end(now=app.clock.now(), progress=stop)
    app.close()
    told = run("status")
    assert "not finished" in told
    assert "Epoch 2 began" in run("end-epoch")
    assert "not finished" not in run("status")
    assert kept(home) == "c1"


@pytest.mark.parametrize("what", ["lost", "another", "cut", "open"])
def test_a_key_file_that_is_not_right_is_told_and_nothing_is_destroyed(home: Path, what: str) -> None:
    file = home / "secret" / "master.key"
    right = file.read_bytes()
    if what == "lost":
        file.unlink()
    elif what == "another":
        file.write_bytes(right[:20] + right[20:-1].swapcase() + b"\n")
    elif what == "cut":
        file.write_bytes(right[:30])
    else:
        file.chmod(0o644)
    before = {one: one.read_bytes() for one in home.rglob("*.db")}
    codes = {
        "lost": "master_key_missing",
        "another": "master_key_wrong",
        "cut": "master_key_damaged",
        "open": "master_key_open",
    }
    for command in ("status", "rotate", "end-epoch"):
        with pytest.raises(UnavailableError) as caught:
            run(command)
        assert caught.value.code == codes[what]
        assert caught.value.mend
    assert {one: one.read_bytes() for one in home.rglob("*.db")} == before
    file.write_bytes(right)
    file.chmod(0o600)
    assert kept(home) == "c1"


@pytest.mark.sqlite
@pytest.mark.parametrize("left", [0, 100, 4096, 10_000], ids=["nothing", "no page", "one page", "some pages"])
def test_a_truncated_key_database_is_told_and_nothing_is_destroyed(home: Path, left: int) -> None:
    file = home / "keys" / "keys.db"
    whole, data = file.read_bytes(), (home / "data" / "troth.db").read_bytes()
    assert len(whole) > 10_000
    file.write_bytes(whole[:left])
    with pytest.raises(UnavailableError) as caught:
        run("status")
    assert caught.value.code in {"keys_lost", "database_damaged"}
    assert "backup" in caught.value.mend
    assert (home / "data" / "troth.db").read_bytes() == data
    for leftover in (home / "keys").glob("keys.db-*"):
        leftover.unlink()
    file.write_bytes(whole)
    assert kept(home) == "c1"


def test_a_provider_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_KEY_PROVIDER", "cloud:somewhere")
    with pytest.raises(InputError, match="TROTH_KEY_PROVIDER"):
        run("status")
