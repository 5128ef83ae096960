import threading
from datetime import UTC, datetime, timedelta

import pytest

from installations import IMPORT, NOW, ORDERS, WEB, order, say
from recommend.shops import checked, checkerboard, engine_of, number_of, pass_time, product
from troth.app import App
from troth.clock import FixedClock
from troth.errors import UnavailableError
from troth.jobs.refresh import EXPIRE_EVERY, FIT_AFTER, FIT_EVERY, LOOK_FOR_PRODUCTS_EVERY, PATIENCE, Refresher
from troth.recommend.ladder import Rung


class Recorder:
    """A model that writes down what is asked of it, and fails when told to."""

    def __init__(self, failures: int = 0) -> None:
        self.asked: list[str] = []
        self.failures = failures
        self.grown = False
        self.warmed = 0
        self.enough = threading.Event()

    def fit(self, *, now: datetime) -> None:
        assert now.tzinfo is UTC
        self.asked.append("fit")

    def outgrown(self) -> bool:
        return self.grown

    def warm(self) -> None:
        self.warmed += 1

    def refresh(self, *, now: datetime, patience: timedelta) -> None:
        assert now.tzinfo is UTC
        assert patience == PATIENCE
        self.asked.append("refresh")
        if len(self.asked) <= self.failures:
            raise UnavailableError("database_busy", "Busy.")
        if len(self.asked) > self.failures + 2:
            self.enough.set()


def test_each_round_takes_in_what_happened(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    refresher = Refresher(suggestions, app.clock)
    refresher.once()
    say(app, "c04", ORDERS, "no")
    refresher.once()
    assert checked(app).holds
    assert suggestions.suggest(WEB, number_of(app, "c05"), most=3, now=NOW).rung is Rung.PERSONAL


def test_a_purchase_waits_for_more_and_a_removal_never_does(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    refresher = Refresher(suggestions, app.clock)
    refresher.once()
    app.gate.collect(IMPORT, [order("c04", product(1), order_id="o2")], NOW)
    refresher.once()
    with pytest.raises(UnavailableError, match="not taken in yet"):
        checked(app)
    pass_time(app, PATIENCE.total_seconds())
    refresher.once()
    assert checked(app).holds
    app.gate.collect(IMPORT, [order("c04", product(3), order_id="o3")], app.clock.now())
    say(app, "c05", ORDERS, "no")
    refresher.once()
    assert checked(app).holds


def test_a_new_epoch_begins_by_the_clock_and_for_new_products() -> None:
    clock, model = FixedClock(NOW), Recorder()
    refresher = Refresher(model, clock)
    refresher.once()
    model.grown = True
    refresher.once()
    clock.at = NOW + LOOK_FOR_PRODUCTS_EVERY
    refresher.once()
    model.grown = False
    clock.at = NOW + FIT_AFTER
    refresher.once()
    clock.at = NOW + LOOK_FOR_PRODUCTS_EVERY + FIT_EVERY + timedelta(minutes=5)
    refresher.once()
    assert model.asked == ["refresh", "refresh", "fit", "refresh", "fit"]


def test_the_loop_goes_on_after_a_failure_and_tells_it_once(capsys: pytest.CaptureFixture[str]) -> None:
    model = Recorder(failures=3)
    refresher = Refresher(model, FixedClock(NOW), every=0.001)
    refresher.start()
    assert model.enough.wait(10)
    refresher.stop()
    done = len(model.asked)
    assert capsys.readouterr().out.count("refresh_failed") == 1
    assert len(model.asked) == done
    assert model.warmed == 1


def test_what_the_clock_ends_goes_at_the_start_and_then_every_hour() -> None:
    clock, called = FixedClock(NOW), list[datetime]()
    refresher = Refresher(Recorder(), clock, expire=called.append)
    refresher.once()
    refresher.once()
    clock.at = NOW + EXPIRE_EVERY
    refresher.once()
    assert called == [NOW, NOW + EXPIRE_EVERY]
