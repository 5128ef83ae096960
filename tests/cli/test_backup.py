"""`troth backup`, `troth restore` and `troth doctor` as a person types them."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from installations import GARDEN, IMPORT, ORDERS, install, order, say
from troth.cli.main import commands
from troth.clock import SystemClock
from troth.errors import InputError, NotFoundError, TrothError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("TROTH_HOME", str(folder))
    monkeypatch.setenv("TROTH_PROMISE", str(GARDEN))
    monkeypatch.setenv("COLUMNS", "200")
    now = SystemClock().now()
    app = install(folder, now=now)
    app.gate.collect(IMPORT, [order("c1", "p1", at=now), order("c2", "p1", at=now)], now)
    say(app, "c1", ORDERS, "yes")
    app.close()
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, list(arguments), catch_exceptions=False)


def told(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_backed_up_erased_restored_and_still_erased(home: Path, tmp_path: Path) -> None:
    place, keys = str(tmp_path / "data"), str(tmp_path / "keys")
    said = told("backup", "--to", place, "--keys-to", keys)
    assert "The data: troth-main-" in said
    assert "The keys: troth-keys-" in said
    assert "check keys: 100 %" in said
    told("forget", "c2", "--yes")
    checked = told("restore", "--from", place, "--check")
    assert "The keys that are here stay" in checked
    assert "Nothing was changed." in checked
    with pytest.raises(InputError, match="--replace"):
        run("restore", "--from", place)
    restored = told("restore", "--from", place, "--replace")
    assert "Done again, because it came after the backup: 1 × erased." in restored
    assert "The old file is kept as troth.db.before-" in restored
    app = install(home, now=SystemClock().now())
    assert (app.identity.find("c1"), app.identity.find("c2")) == (1, None)
    app.close()


def test_lost_entirely_and_restored_onto_a_new_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, keys = str(tmp_path / "data"), str(tmp_path / "keys")
    told("backup", "--to", place, "--keys-to", keys)
    new = tmp_path / "new"
    (new / "secret").mkdir(parents=True)
    key = new / "secret" / "master.key"
    key.write_bytes((tmp_path / "home" / "secret" / "master.key").read_bytes())
    key.chmod(0o600)
    monkeypatch.setenv("TROTH_HOME", str(new))
    with pytest.raises(InputError, match="--keys-from"):
        run("restore", "--from", place)
    said = told("restore", "--from", place, "--keys-from", keys)
    assert "is not known here" in said
    app = install(new, now=SystemClock().now())
    assert app.identity.find("c2") == 2
    assert app.backups.newest().keys() == {"main", "keys"}
    app.close()


def test_only_the_keys(tmp_path: Path) -> None:
    said = told("backup", "--only", "keys", "--to", str(tmp_path / "keys"))
    assert "The keys" in said
    assert "The data" not in said


def test_both_in_one_place_is_told(tmp_path: Path) -> None:
    assert "Better: --keys-to" in told("backup", "--to", str(tmp_path / "all"))


def test_what_was_broken_off_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "all" / "troth-main-20260101T000000Z"
    broken.mkdir(parents=True)
    (broken / "items-00001.rows").write_bytes(b"half")
    assert "Broken off, and no backup: troth-main-20260101T000000Z" in told("backup", "--to", str(tmp_path / "all"))


@pytest.mark.parametrize("below", ["data", "keys/deeper"])
def test_beside_what_it_is_a_copy_of_it_is_refused(home: Path, below: str) -> None:
    with pytest.raises(InputError, match="lost with them"):
        run("backup", "--to", str(home / below))


def test_beside_the_master_key_it_is_refused(home: Path) -> None:
    with pytest.raises(InputError, match="master key"):
        run("backup", "--to", str(home))


@pytest.mark.parametrize("arguments", [(), ("--keys-to", "x"), ("--only", "main"), ("--only", "all", "--to", "x")])
def test_what_is_not_said_is_asked_for(arguments: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        run("backup", *arguments)


def test_a_backup_of_another_name_is_unknown(tmp_path: Path) -> None:
    told("backup", "--to", str(tmp_path / "all"))
    with pytest.raises(NotFoundError, match="There are: troth-main-"):
        run("restore", "--from", str(tmp_path / "all"), "--backup", "troth-main-20200101T000000Z")


def test_the_promise_is_asked_for_before_anything_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told("backup", "--to", str(tmp_path / "all"))
    monkeypatch.setenv("TROTH_PROMISE", str(tmp_path / "nothing.yaml"))
    with pytest.raises(TrothError, match=r"nothing\.yaml"):
        run("restore", "--from", str(tmp_path / "all"), "--replace")


@pytest.mark.slow
def test_while_it_is_served_it_is_backed_up_and_not_restored(home: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "troth.cli.main"]
    place = str(tmp_path / "all")
    with subprocess.Popen(
        [*command, "serve", "--port", port], env=dict(os.environ), stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            assert "Serving" in server.stdout.readline()
            made = subprocess.run([*command, "backup", "--to", place], capture_output=True, text=True, check=False)
            assert made.returncode == 0, made.stderr
            refused = subprocess.run(
                [*command, "restore", "--from", place, "--replace"], capture_output=True, text=True, check=False
            )
            assert refused.returncode == 1
            assert "Stop troth serve" in refused.stderr
            assert "Traceback" not in refused.stderr
        finally:
            server.terminate()
    restored = subprocess.run(
        [*command, "restore", "--from", place, "--replace"], capture_output=True, text=True, check=False
    )
    assert restored.returncode == 0, restored.stderr
    assert home.exists()


def test_the_doctor_says_what_to_do_and_how_bad_it_is(home: Path, tmp_path: Path) -> None:
    found = run("doctor")
    assert found.exit_code == 1
    assert "No backup of the data was ever made." in found.output
    assert "troth backup --to PLACE" in found.output
    told("backup", "--to", str(tmp_path / "all"))
    assert "never" not in run("doctor").output
    (home / "secret" / "master.key").chmod(0o644)
    found = run("doctor")
    assert found.exit_code == 2
    assert "chmod 600" in found.output


def test_the_doctor_speaks_json() -> None:
    result = run("doctor", "--json")
    found = json.loads(result.output)
    assert {"code", "level", "says", "mend"} == set(found[0])
    assert {"never_backed_up", "opens"} <= {one["code"] for one in found}
    assert result.exit_code == 1
