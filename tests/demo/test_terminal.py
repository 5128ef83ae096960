"""What the demo prints to type elsewhere is typed here, beside the open shop."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stories import looks_of
from troth.cli.demo import Opened, as_staff, prepare

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # A blank in its name: what is printed must be quoted where a shell needs it.
    made: Path = tmp_path_factory.mktemp("the demo")
    return made


@pytest.fixture(scope="module")
def opened(folder: Path) -> Iterator[Opened]:
    with pytest.MonkeyPatch.context() as patch:
        # Somebody's real places and keys. The demo must not hear of them.
        patch.setenv("TROTH_DATABASE", "sqlite:////nowhere/real.db")
        patch.setenv("TROTH_KEYS_DATABASE", "sqlite:////nowhere/keys.db")
        patch.setenv("TROTH_KEY_PROVIDER", "transit:https://bao.example.com:8200/transit/keys/real")
        patch.setenv("TROTH_EPOCH_DAYS", "never")
        made = prepare(folder, customers=100, seed=7, say=lambda _: None)
    yield made
    made.close()


def _typed(opened: Opened, folder: Path) -> list[subprocess.CompletedProcess[str]]:
    go, *commands = as_staff(opened.shown, folder)
    assert shlex.split(go) == ["cd", str(folder.resolve())]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TROTH_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    environment["COLUMNS"] = "160"
    return [
        subprocess.run(
            ["/bin/sh", "-c", f"{go} && {command}"], capture_output=True, text=True, env=environment, check=False
        )
        for command in commands
    ]


def test_what_is_printed_for_staff_works_beside_the_open_shop(opened: Opened, folder: Path) -> None:
    why, look, log = _typed(opened, folder)
    assert [why.returncode, look.returncode, log.returncode] == [0, 0, 0], why.stderr + look.stderr + log.stderr
    assert "suggestions/orders is allowed." in why.stdout
    assert "promise.yaml:" in why.stdout
    assert "Things you bought" in look.stdout
    assert "case 12" in log.stdout
    assert "max (marketer)" in log.stdout
    # And the shop sees it: three notes, one of a look refused.
    assert len(looks_of(opened.app, opened.app.identity.get(opened.shown))) == 3


def test_no_setting_of_the_environment_reaches_the_demo(opened: Opened, folder: Path) -> None:
    settings = opened.app.settings
    assert (settings.database, settings.keys_database, settings.key_provider) == ("", "", "")
    assert settings.master_key_file == folder / ".troth" / "secret" / "master.key"
    assert settings.epoch_days == 30
