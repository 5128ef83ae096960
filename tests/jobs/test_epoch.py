import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from installations import NOW
from keys.tables import Sealed, close_all, fill, open_ring, open_store
from troth.clock import FixedClock
from troth.jobs.epoch import EpochChanger, end_when_due
from troth.keys.epochs.change import Epochs
from troth.keys.file import FileKeyProvider

MONTH = timedelta(days=30)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    close_all()


@pytest.fixture
def sealed(tmp_path: Path) -> Sealed:
    return fill(open_ring(tmp_path), 10)


def epochs(folder: Path) -> Epochs:
    return Epochs(open_store(folder), FileKeyProvider(folder / "master.key"))


def test_it_ends_an_epoch_that_is_over_once(tmp_path: Path, sealed: Sealed) -> None:
    assert end_when_due(epochs(tmp_path), lasts=MONTH, now=NOW + MONTH / 2) is None
    changed = end_when_due(epochs(tmp_path), lasts=MONTH, now=NOW + MONTH)
    assert changed is not None
    assert changed.epoch == 2
    assert end_when_due(epochs(tmp_path), lasts=MONTH, now=NOW + MONTH) is None
    sealed.must_open(open_ring(tmp_path))


def test_ended_by_hand_only_means_never_by_the_clock(tmp_path: Path, sealed: Sealed) -> None:
    assert end_when_due(epochs(tmp_path), lasts=None, now=NOW + 1000 * MONTH) is None
    sealed.must_open(open_ring(tmp_path))


def test_the_loop_ends_it_at_its_start_and_stops_when_asked(tmp_path: Path, sealed: Sealed) -> None:
    changer = EpochChanger(epochs(tmp_path), FixedClock(NOW + MONTH), lasts=MONTH, every=0.01)
    with capture_logs() as told:
        changer.start()
        _until(lambda: bool(told))
        changer.stop()
    assert [(one["event"], one["epoch"], one["keys"]) for one in told] == [("epoch_ended", 2, 20)]
    sealed.must_open(open_ring(tmp_path))


def test_a_failure_is_told_once_by_its_code_and_the_next_look_mends_it(tmp_path: Path, sealed: Sealed) -> None:
    (tmp_path / "master.key").rename(tmp_path / "elsewhere")
    changer = EpochChanger(epochs(tmp_path), FixedClock(NOW + MONTH), lasts=MONTH, every=0.01)
    with capture_logs() as told:
        changer.start()
        threading.Event().wait(0.2)
        (tmp_path / "elsewhere").rename(tmp_path / "master.key")
        _until(lambda: len(told) > 1)
        changer.stop()
    assert [(one["event"], one.get("code")) for one in told] == [
        ("epoch_failed", "master_key_missing"),
        ("epoch_ended", None),
    ]
    sealed.must_open(open_ring(tmp_path))


def test_asked_to_stop_it_stops_between_two_transactions_and_loses_nothing(tmp_path: Path, sealed: Sealed) -> None:
    changer = EpochChanger(epochs(tmp_path), FixedClock(NOW + MONTH), lasts=MONTH, every=0.01)
    changer._ending.set()
    changer.start()
    changer.stop()
    assert epochs(tmp_path).is_due(now=NOW, lasts=None)  # begun, and not finished
    sealed.must_open(open_ring(tmp_path))
    assert end_when_due(epochs(tmp_path), lasts=None, now=NOW + MONTH) is not None
    sealed.must_open(open_ring(tmp_path))


def _until(done: Callable[[], bool]) -> None:
    for _ in range(500):
        if done():
            return
        threading.Event().wait(0.02)
    pytest.fail("it did not happen within 10 seconds")
