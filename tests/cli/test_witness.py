"""`troth witness` as an auditor types it, on a machine without an installation."""

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ledger.logs import LATER_LOG, LOG, WITNESS
from troth.cli.witness import commands
from troth.errors import InputError, UnavailableError
from troth.ledger.note import read_key
from troth.ledger.witnesses import Cosigned, Witness
from witness.growing import NAME, ONE, OTHER


def run(*arguments: object) -> str:
    result = CliRunner().invoke(commands, [str(one) for one in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def home(tmp_path: Path) -> Path:
    run("init", "--name", NAME, "--log", LOG.key.written, "--home", tmp_path / "w")
    return tmp_path / "w"


def test_a_witness_is_made_with_a_key_that_only_its_owner_may_read(home: Path) -> None:
    output = run("show", "--home", home)
    key = read_key(output.splitlines()[0].split()[1])
    assert key.name == NAME
    assert "larkfield.example/log" in output
    assert "nothing seen yet" in output
    assert [path.stat().st_mode & 0o077 for path in home.rglob("*")] == [0] * 4
    with pytest.raises(InputError, match="witness already"):
        run("init", "--name", NAME, "--log", LOG.key.written, "--home", home)


def test_a_key_that_others_can_read_and_a_folder_without_one_are_told(home: Path, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="troth witness init"):
        run("show", "--home", tmp_path / "nowhere")
    (home / "witness.key").chmod(0o644)
    with pytest.raises(UnavailableError, match="other users"):
        run("serve", "--home", home)
    (home / "witness.key").chmod(0o600)
    for damaged in (b"", b"troth witness key 1\nx\nAAAA\n", b"troth witness key 1\nx\n\xff\n", b"\xff\n" * 3):
        (home / "witness.key").write_bytes(damaged)
        with pytest.raises(UnavailableError, match="damaged"):
            run("show", "--home", home)


def test_a_new_key_of_the_log_is_taken_and_a_witnesses_is_not(home: Path) -> None:
    assert LATER_LOG.key.written in run("trust", "--log", LATER_LOG.key.written, "--home", home)
    with pytest.raises(InputError, match="key of a witness"):
        run("trust", "--log", WITNESS.key.written, "--home", home)
    with pytest.raises(InputError):
        run("trust", "--log", "larkfield.example/log", "--home", home)


def test_it_serves_alone_and_shows_what_it_saw(home: Path, tmp_path: Path) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # An environment of an installation that is not there, and a folder that is empty: neither is looked at.
    environment = {**os.environ, "TROTH_HOME": str(tmp_path / "none"), "TROTH_DATABASE": "nonsense"}
    command = [sys.executable, "-m", "troth.cli.main", "witness", "serve", "--port", str(port), "--home", str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path) as serving:
        try:
            assert serving.stdout is not None
            assert serving.stdout.readline().startswith(f"Witness {NAME} answers on http://127.0.0.1:{port}")
            key = read_key(run("show", "--home", home).splitlines()[0].split()[1])
            witness = Witness(f"http://127.0.0.1:{port}", key)
            assert isinstance(witness.cosign(ONE.note(12), 0, ()), Cosigned)
            assert re.search(r"12 entries, signed on \d{4}-", run("show", "--home", home))
            witness.cosign(OTHER.note(12), 12, ())
            assert "It signed two roots of one size." in run("show", "--home", home)
            assert not list(tmp_path.glob("none*"))
        finally:
            serving.send_signal(signal.SIGTERM)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["w"]


def test_it_imports_no_room_of_an_installation(home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from troth.cli.witness import show; from troth.witness import site\n"
        f"show(home=Path({str(home)!r}))\n"
        "heavy = {'sqlalchemy', 'troth.app', 'troth.settings', 'troth.db', 'troth.promise'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
