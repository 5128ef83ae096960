from datetime import timedelta
from pathlib import Path
from threading import Event
from time import sleep

import structlog

from installations import IMPORT, NOW, ORDERS, SUGGEST, install, order, say
from stories import entries_of
from troth.app import App
from troth.clock import FixedClock
from troth.errors import UnavailableError
from troth.jobs.publishing import PublishingLoop
from troth.ledger.model import Kind


def test_a_round_signs_what_is_noted(app: App) -> None:
    loop = PublishingLoop(app, FixedClock(NOW))
    loop.once()
    assert not app.publisher.is_due()
    say(app, "c1", ORDERS, "yes")
    assert app.publisher.is_due()
    loop.once()
    assert not app.publisher.is_due()


def test_it_signs_by_itself_and_at_its_end_counts_and_signs_the_rest(app: App) -> None:
    loop = PublishingLoop(app, FixedClock(NOW), every=0.01)
    loop.start()
    app.gate.collect(IMPORT, [order("c1", "p1")], NOW)
    customer = say(app, "c1", ORDERS, "yes")
    for _ in range(500):
        if not app.publisher.is_due():
            break
        sleep(0.01)
    assert not app.publisher.is_due()
    for _ in range(2):
        app.gate.read(SUGGEST, customer, now=NOW)
    loop.stop()
    assert not app.publisher.is_due()
    assert app.gate.uses.tell_days(now=NOW + timedelta(days=2)) == 1


def test_evidence_goes_when_the_promise_says_and_the_proofs_stay(tmp_path: Path) -> None:
    app = install(tmp_path / "home")
    customer = say(app, "c1", ORDERS, "yes")
    app.publish(now=NOW)
    kept = app.promise.evidence_keep.after(NOW, app.promise.company.time_zone)
    app.tidy(now=kept - timedelta(days=2))
    assert len(entries_of(app, customer, Kind.CHOICE_MADE)) == 1
    app.tidy(now=kept + timedelta(days=2))
    assert entries_of(app, customer) == ()
    head = app.publisher.publish(now=kept + timedelta(days=2))
    assert head.size == head.signed > 3
    app.close()


class Failing:
    """Evidence that can't be signed until it is told."""

    def __init__(self) -> None:
        self.tried, self.mended = 0, Event()

    def publish(self, *, now: object) -> None:  # noqa: ARG002 - the form of what is done
        self.tried += 1
        if not self.mended.is_set():
            raise UnavailableError("database_busy", "busy with c1@example.com")

    def count(self) -> None:
        pass

    def tidy(self, *, now: object) -> None:
        pass


def test_a_failure_is_told_once_by_its_code_and_tried_again() -> None:
    evidence = Failing()
    with structlog.testing.capture_logs() as told:
        loop = PublishingLoop(evidence, FixedClock(NOW), every=0.005)
        loop.start()
        for _ in range(1000):
            if evidence.tried > 2:
                break
            sleep(0.005)
        evidence.mended.set()
        loop.stop()
    assert told == [{"event": "publishing_failed", "code": "database_busy", "log_level": "error"}]
