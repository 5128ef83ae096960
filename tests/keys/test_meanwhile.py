"""Epochs end while others seal, open and destroy, each with connections of its own, as processes would."""

import threading
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from installations import NOW
from keys.tables import open_ring, open_store
from troth.keys.epochs.change import Epochs
from troth.keys.file import FileKeyProvider
from troth.keys.ring import KeyGoneError, KeyRing

EPOCHS = 6


class Busy:
    """Seals for new customers, opens what it sealed, destroys every fifth; until told to stop."""

    def __init__(self, ring: KeyRing, first: int, stopping: threading.Event) -> None:
        self._ring, self._numbers, self._stopping = ring, count(first), stopping
        self.sealed: dict[int, bytes] = {}
        self.gone: dict[int, bytes] = {}
        self.failure: BaseException | None = None
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            for number in self._numbers:
                if self._stopping.is_set():
                    return
                self.sealed[number] = self._ring.seal(number, "orders", b"%d" % number, bound_to=b"")
                earlier = number - 3
                if earlier in self.sealed:
                    assert self._ring.open(earlier, "orders", self.sealed[earlier], bound_to=b"") == b"%d" % earlier
                if number % 5 == 0:
                    self._ring.destroy(number)
                    self.gone[number] = self.sealed.pop(number)
        except BaseException as error:  # noqa: BLE001 - told by the test, not by the thread
            self.failure = error


@pytest.mark.slow
def test_epochs_end_while_others_work_and_no_key_is_lost_or_comes_back(tmp_path: Path) -> None:
    stopping = threading.Event()
    workers = [Busy(open_ring(tmp_path), 1_000_000 * number, stopping) for number in (1, 2, 3)]
    for worker in workers:
        worker.thread.start()
    epochs = Epochs(open_store(tmp_path), FileKeyProvider(tmp_path / "master.key"), renews_master=True)
    for month in range(1, EPOCHS + 1):
        threading.Event().wait(0.3)
        epochs.end(now=NOW + timedelta(days=30 * month))
    stopping.set()
    for worker in workers:
        worker.thread.join()
    assert [worker.failure for worker in workers] == [None, None, None]
    fresh = open_ring(tmp_path)
    assert open_store(tmp_path).all_epochs()[0].number == EPOCHS + 1
    for worker in workers:
        assert len(worker.sealed) > 20
        assert worker.gone
        for number, sealed in worker.sealed.items():
            assert fresh.open(number, "orders", sealed, bound_to=b"") == b"%d" % number
        for number, sealed in worker.gone.items():
            with pytest.raises(KeyGoneError):
                fresh.open(number, "orders", sealed, bound_to=b"")
