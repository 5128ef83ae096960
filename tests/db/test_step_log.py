"""Steps 0009 of the main and 0004 of the key database, which bring the ledger's log, over what was there before."""

from datetime import timedelta
from pathlib import Path

import pytest

from db.earlier import FROZEN, STATES, at_step, given_up, install_frozen, rows_of
from installations import NOW, ORDERS, say
from troth.app import build
from troth.clock import FixedClock
from troth.db.migrate import Steps, upgrade
from troth.ledger.bundle import as_json
from troth.ledger.examine import examine
from troth.ledger.model import COMPANY, Kind
from troth.ledger.trust import Trust
from troth.ledger.verify import verify


def test_the_notes_that_were_in_no_log_go_and_the_tables_of_the_log_are_empty(tmp_path: Path) -> None:
    database = at_step(tmp_path, Steps.MAIN, "0008")
    before = rows_of(database)
    assert before["ledger"]
    upgrade(database, Steps.MAIN)
    after = rows_of(database)
    new = sorted(after.keys() - before.keys())
    assert before.keys() - after.keys() == {*given_up(Steps.MAIN, since="0008")} == {"ledger"}
    assert len(new) == 10
    assert all(name.startswith("ledger_") and after[name] == [] for name in new)
    database.close()


def test_the_keys_get_the_record_and_the_signers(tmp_path: Path) -> None:
    database = at_step(tmp_path, Steps.KEYS, "0003")
    before = rows_of(database)
    upgrade(database, Steps.KEYS)
    after = rows_of(database)
    assert {name: rows for name, rows in after.items() if name in before} == before
    assert {name: after[name] for name in after.keys() - before.keys()} == {
        "ledger_recorded": [],
        "ledger_signers": [],
    }
    database.close()


@pytest.mark.parametrize("state", FROZEN)
@pytest.mark.parametrize("steps", list(Steps))
def test_no_released_state_had_what_was_given_up(state: str, steps: Steps) -> None:
    dump = (STATES / state / f"{steps.value[0]}.sqlite.sql").read_text()
    for table in given_up(steps, since="0000"):
        assert f"CREATE TABLE {table} " not in dump
        assert f'CREATE TABLE "{table}"' not in dump


@pytest.mark.parametrize("state", FROZEN)
def test_an_earlier_installation_begins_its_log_when_it_is_opened(tmp_path: Path, state: str) -> None:
    app = build(install_frozen(tmp_path, state), clock=FixedClock(NOW))
    told = [one.kind for one in app.ledger.of_customer(COMPANY).entries]
    assert told == [Kind.LOG_BEGUN, Kind.PROMISE_PUBLISHED]
    customer = say(app, "c1", ORDERS, "no")
    trust = Trust(app.ledger.log_keys())
    report = verify(as_json(app.receipts.bundle(customer, now=NOW)), trust)
    assert report.holds, report.why
    assert list(examine(*app._databases, app.ledger, kept_from=NOW - timedelta(days=1))) == []
    app.close()
