from datetime import timedelta
from pathlib import Path

from installations import IMPORT, NOW, install, order, promise_after
from stories import entries_of
from troth.app import App
from troth.ledger.model import COMPANY, Kind

LATER = NOW + timedelta(days=40)


def test_a_promise_on_record_is_noted_once(tmp_path: Path) -> None:
    for _ in range(2):
        app = install(tmp_path / "home")
        (one,) = entries_of(app, COMPANY, Kind.PROMISE_PUBLISHED)
        assert one.body["number"] == 1
        assert one.body["fingerprint"] == app.promise.fingerprint
        app.gate.collect(IMPORT, [order("c1", "p1")], NOW)
        app.close()
    app = install(tmp_path / "home", promise=promise_after(tmp_path))
    assert [one.body["number"] for one in entries_of(app, COMPANY, Kind.PROMISE_PUBLISHED)] == [1, 2]
    app.close()


def test_the_end_of_an_epoch_is_noted_by_the_next_look_and_once(app: App) -> None:
    app.gate.collect(IMPORT, [order("c1", "p1")], NOW)
    app.epochs.end(now=LATER)
    assert entries_of(app, COMPANY, Kind.EPOCH_ENDED) == ()
    assert [app.noting.catch_up(now=LATER) for _ in range(2)] == [1, 0]
    (one,) = entries_of(app, COMPANY, Kind.EPOCH_ENDED)
    assert (one.at, one.body["number"]) == (LATER, 1)


def test_an_incident_is_noted_each_time(app: App) -> None:
    for _ in range(2):
        app.noting.incident("--key-epoch 3", by="ida", why="incident 12", now=NOW)
    assert [one.body["asked"] for one in entries_of(app, COMPANY, Kind.INCIDENT)] == ["--key-epoch 3"] * 2
    assert {one.hidden["by"] for one in entries_of(app, COMPANY, Kind.INCIDENT)} == {"ida"}


def test_a_log_that_begins_after_a_loss_tells_the_promise_again(app: App) -> None:
    assert app.publisher.open(now=NOW, is_older=True)
    app.noting.catch_up(now=NOW)
    told = entries_of(app, COMPANY, Kind.LOG_BEGUN, Kind.PROMISE_PUBLISHED)
    assert [(one.log, one.kind) for one in told] == [
        (1, Kind.LOG_BEGUN),
        (1, Kind.PROMISE_PUBLISHED),
        (2, Kind.LOG_BEGUN),
        (2, Kind.PROMISE_PUBLISHED),
    ]
