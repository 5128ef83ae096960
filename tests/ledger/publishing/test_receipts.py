"""Whatever an installation goes through, what it gave to outsiders holds, and what it gives out holds."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installations import NOW
from ledger.publishing.histories import CUSTOMERS, History, Step, history, steps
from troth.app import App
from troth.errors import NotFoundError, UnavailableError
from troth.ledger.bundle import as_json
from troth.ledger.model import Entry, Kind
from troth.ledger.publishing.store import TreeHead
from troth.ledger.receipt import as_tlog_proof

DRAWN = settings(max_examples=20)


@pytest.mark.slow
@DRAWN
@given(done=steps())
def test_every_receipt_and_bundle_ever_given_out_holds_with_the_keys_of_today(
    tmp_path_factory: pytest.TempPathFactory, done: Sequence[Step]
) -> None:
    with history(tmp_path_factory.mktemp("home")) as made:
        made.go(done)
        for customer in sorted({*CUSTOMERS} - made.gone):
            made.bundle(customer)
            made.receipts(customer)
        made.must_hold()


@pytest.mark.slow
@DRAWN
@given(done=steps("age"))
def test_a_bundle_has_all_that_is_told_of_a_customer_in_this_log_and_receipts_all_of_every_log(
    tmp_path_factory: pytest.TempPathFactory, done: Sequence[Step]
) -> None:
    with history(tmp_path_factory.mktemp("home")) as made:
        made.go(done)
        log = made.publish().log
        for customer in sorted({*CUSTOMERS} - made.gone):
            report, story = made.bundle(customer), made.app.ledger.of_customer(customer)
            assert story.lost == 0
            here = [(one.number, one.at) for one in story.entries if one.log == log]
            if report is None:
                assert here == []
                continue
            assert report.holds, report.why
            assert [(one.statement.number, one.statement.at) for one in report.entries] == here
            assert (report.covered, report.gone) == (len(here), 0)
            # Of a log that ended, entries that came after its last checkpoint have no receipt.
            assert len(here) <= len(made.receipts(customer)) <= len(story.entries)


@pytest.mark.slow
@DRAWN
@given(done=steps("age"), more=st.integers(0, 3))
def test_what_others_append_while_a_bundle_is_made_is_not_in_it_and_breaks_nothing(
    tmp_path_factory: pytest.TempPathFactory, done: Sequence[Step], more: int
) -> None:
    with history(tmp_path_factory.mktemp("home")) as made:
        made.go(done)
        publisher = made.app.publisher
        publish = publisher.publish
        for customer in sorted({*CUSTOMERS} - made.gone):
            made.append(customer, 1)
            expected = len([one for one in made.app.ledger.of_customer(customer).entries if one.log == made.log])

            def publish_and_append(*, now: datetime, customer: int = customer) -> TreeHead:
                head = publish(now=now)
                made.append(customer, more)
                return head

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(publisher, "publish", publish_and_append)
                report = made.check(as_json(made.app.receipts.bundle(customer, now=made.now)))
            assert report.holds, report.why
            assert len(report.entries) == expected


def test_a_bundle_gives_up_where_others_sign_all_the_time(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    made = History(app.settings.home, app)
    made.append(1, 1)
    publish, grow = app.publisher.publish, app.publisher._grown

    def publish_and_grow(*, now: datetime) -> TreeHead:
        head = publish(now=now)
        made.append(2, 1)
        grow(now)
        return head

    monkeypatch.setattr(app.publisher, "publish", publish_and_grow)
    with pytest.raises(UnavailableError) as told:
        app.receipts.bundle(1, now=NOW)
    assert told.value.code == "ledger_busy"


def test_whoever_is_erased_gets_the_receipt_that_says_so_and_keeps_what_they_had(app: App) -> None:
    made = History(app.settings.home, app)
    made.append(1, 2)
    made.append(2, 2)
    made.bundle(1)
    made.receipts(1)
    (written,) = made.write([Entry(1, Kind.ERASED, made.now)])
    made.erase(1)
    made.given.append(as_tlog_proof(app.receipts.of_written(written, now=made.now).receipt))
    made.bundle(2)
    made.must_hold()
    assert made.check(made.given[-2]).entries[0].statement.kind == "erased"
    with pytest.raises(NotFoundError):
        app.receipts.bundle(1, now=made.now)
    with pytest.raises(NotFoundError):
        app.receipts.of_entry(1, 1, 1, now=made.now)
    assert list(app.receipts.each(1, now=made.now)) == []


def test_one_entry_has_its_receipt_and_what_is_not_there_has_none(app: App) -> None:
    made = History(app.settings.home, app)
    made.append(1, 3)
    issued = app.receipts.of_entry(1, 1, 2, now=NOW)
    report = made.check(as_tlog_proof(issued.receipt))
    assert report.holds
    assert [one.statement.number for one in report.entries] == [2]
    for customer, log, number in ((1, 1, 4), (1, 2, 1), (2, 1, 1), (1, 1, 0)):
        with pytest.raises(NotFoundError) as told:
            app.receipts.of_entry(customer, log, number, now=NOW)
        assert told.value.code == "entry_unknown"


def test_of_a_log_that_was_never_signed_there_are_no_receipts_and_of_others_there_are(app: App) -> None:
    made = History(app.settings.home, app)
    made.append(1, 1)
    made.lose()
    made.append(1, 2)
    assert [one.receipt.logged.index for one in made.receipts(1)] == [1, 2]
    made.must_hold()


def test_after_its_time_the_beginning_of_a_bundle_is_gone_and_says_so(app: App) -> None:
    made = History(app.settings.home, app)
    made.append(1, 3)
    early = made.bundle(1)
    assert early is not None
    assert early.gone == 0
    for _ in range(20):
        made.go([("publish", 1, 1)])
    made.append(1, 2)
    made.age()
    late = made.bundle(1)
    assert late is not None
    assert late.holds, late.why
    assert (late.gone, late.covered, len(late.entries)) == (3, 5, 2)
    for _ in range(20):
        made.go([("publish", 1, 1)])
    made.age()
    empty = made.bundle(1)
    assert empty is not None
    assert empty.holds, empty.why
    assert (empty.gone, empty.covered, empty.entries) == (5, 5, ())
    made.must_hold()


def test_the_map_in_a_bundle_speaks_of_the_log_up_to_itself(app: App) -> None:
    made = History(app.settings.home, app)
    made.append(1, 3)
    bundle = app.receipts.bundle(1, now=NOW)
    report = made.check(as_json(bundle))
    assert report.as_of == NOW
    assert bundle.heads.index == app.publisher.state().size - 1
    assert bundle.last is not None
    assert bundle.last.number == 3
