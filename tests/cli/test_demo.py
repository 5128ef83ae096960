import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from troth.cli.demo import HOST, demo, suggested
from troth.errors import InputError, UnavailableError
from troth.promise.model import Clause
from troth.recommend.answer import Answer, Suggestion
from troth.recommend.ladder import Rung, words

_START = "from troth.cli.demo import demo; demo(port={port}, customers=40, seed=7, directory=None)"


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        port: int = taken.getsockname()[1]
        return port


def test_a_port_that_is_taken_is_told_before_any_work_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UnavailableError, match=f"--port {port + 1}"):
            demo(port=port, customers=10, seed=7, directory=tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_directory_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="not empty"):
        demo(port=_free_port(), customers=10, seed=7, directory=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_demo_serves_on_this_machine_and_leaves_nothing_behind(tmp_path: Path, how: signal.Signals) -> None:
    port = _free_port()
    # A database named in the environment is somebody's real one: the demo must not hear of it.
    environment = {**os.environ, "TMPDIR": str(tmp_path), "TROTH_DATABASE": "sqlite:////nowhere/real.db"}
    process = subprocess.Popen(
        [sys.executable, "-c", _START.format(port=port)], env=environment, stdout=subprocess.PIPE, text=True
    )
    page = _first_page(process, port)
    assert "Best sellers" in page
    assert list(tmp_path.iterdir())
    process.send_signal(how)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert f"http://{HOST}:{port}/" in said
    assert list(tmp_path.iterdir()) == []


def _first_page(process: "subprocess.Popen[str]", port: int) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/", timeout=5) as answer:
                page: str = answer.read().decode()
                return page
        except OSError:
            time.sleep(0.1)
    pytest.fail("the demo did not serve its first page")


@pytest.mark.parametrize(
    ("rung", "used", "title", "says"),
    [
        (Rung.PERSONAL, ("orders",), "Picked for you", "From what you bought. You said we may."),
        (
            Rung.PERSONAL,
            ("orders", "page_views"),
            "Picked for you",
            "From what you bought and the pages you looked at. You said we may.",
        ),
        (Rung.SESSION, (), "Goes well with this", "Often bought together with it. Nothing about you was used."),
        (Rung.BEST_SELLERS, (), "Best sellers", words(Rung.BEST_SELLERS)),
        (Rung.CATALOGUE, (), "From our shelves", words(Rung.CATALOGUE)),
    ],
)
def test_the_shelf_says_where_it_comes_from(rung: Rung, used: tuple[str, ...], title: str, says: str) -> None:
    clauses = tuple(Clause("suggestions", data) for data in used)
    answer = Answer(rung, words(rung), (Suggestion("p1", "Pot", 1.0),), clauses, (), 1)
    shown = suggested(answer)
    assert (shown.title, shown.says, shown.personal) == (title, says, bool(used))
    assert shown.products == ("p1",)
