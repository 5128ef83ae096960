"""From every state that an earlier Troth left, up to today's: nothing is lost, and nothing stops half-way."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import troth.app  # noqa: F401 - so that every room has said which tables it has
from db.earlier import (
    FROZEN,
    at_step,
    given_up,
    install_frozen,
    lost,
    rows_of,
    step_of_state,
    steps_of,
    thaw,
    version_of,
)
from installations import IMPORT, NOW, ORDERS, SUGGEST, WEB, order
from troth.actors import of_job
from troth.app import build
from troth.clock import FixedClock
from troth.consent.model import Answer, Status
from troth.db.engine import Database
from troth.db.migrate import Steps, upgrade
from troth.db.tables import KEYS, MAIN
from troth.gate.use import Arrived, Use

TABLES = {Steps.MAIN: MAIN, Steps.KEYS: KEYS}
EVERY_STEP = [(steps, number) for steps in Steps for number in steps_of(steps)]


def _differences(database: Database, steps: Steps) -> list[object]:
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, TABLES[steps]))


@pytest.mark.parametrize(("steps", "number"), EVERY_STEP)
def test_from_every_step_no_row_is_lost_and_the_tables_are_todays(tmp_path: Path, steps: Steps, number: str) -> None:
    database = at_step(tmp_path, steps, number)
    before = rows_of(database)
    assert version_of(database) == number
    assert all(before.values())
    upgrade(database, steps)
    gone = given_up(steps, since=number)
    assert lost(before, rows_of(database)) == [f"the table {name}" for name in gone if name in before]
    assert version_of(database) == steps.value[1]
    assert _differences(database, steps) == []
    upgrade(database, steps)
    database.close()


@pytest.mark.parametrize("steps", list(Steps))
def test_a_row_or_a_table_that_went_missing_would_be_seen(tmp_path: Path, steps: Steps) -> None:
    database = at_step(tmp_path, steps, steps_of(steps)[0])
    before = rows_of(database)
    table = next(iter(before))
    without_row = before | {table: before[table][1:]}
    without_table = {name: rows for name, rows in before.items() if name != table}
    changed = before | {table: [before[table][0] | dict.fromkeys(before[table][0], "other"), *before[table][1:]]}
    assert lost(before, without_row) == lost(before, changed) == [f"a row of {table}"]
    assert lost(before, without_table) == [f"the table {table}"]
    assert lost(before, before) == []
    assert _differences(database, Steps.KEYS if steps is Steps.MAIN else Steps.MAIN) != []
    database.close()


@pytest.mark.parametrize("state", FROZEN)
def test_an_installation_of_an_earlier_version_opens_and_keeps_its_word(tmp_path: Path, state: str) -> None:
    app = build(install_frozen(tmp_path, state), clock=FixedClock(NOW))
    known = {name: app.identity.find(name) for name in ("c1", "c2", "c3", "c4", "visitor")}
    assert {name for name, number in known.items() if number is None} == {"c3", "visitor"}
    agreed, withdrawn = app.identity.get("c1"), app.identity.get("c2")

    items = app.gate.read(SUGGEST, agreed, now=NOW).items
    assert {kind: len(of_kind) for kind, of_kind in items.items()} == {"orders": 4, "page_views": 1}
    assert {item.values["products.product_id"] for item in items["orders"]} == {"p0", "p1", "p2", "p3"}
    assert app.identity.outside_id(agreed) == "c1"
    assert app.gate.read(SUGGEST, withdrawn, now=NOW).items == {}
    assert app.consent.standing(withdrawn)[ORDERS].status is Status.WITHDRAWN
    if state >= "0002":
        assert app.gate.read(SUGGEST, app.identity.get("c4"), now=NOW).items == {}

    back = app.gate.collect(IMPORT, [order("c3", "p1")], NOW)
    assert [one.arrived for one in back] == [Arrived.REFUSED]
    known_already = app.gate.collect(IMPORT, [order("c1", "p0", order_id="o0")], NOW)
    assert [one.arrived for one in known_already] == [Arrived.KNOWN]
    books = Use(of_job("books", "tax"), "tax", frozenset({"orders"}))
    assert len(app.gate.read(books, 3, now=NOW).items["orders"]) == 4

    app.suggestions.refresh(now=NOW)
    assert app.verify_model().holds
    words = app.consent.words(ORDERS).digest
    app.choosing.choose(agreed, [(ORDERS, Answer.NO, words)], via="page", now=NOW)
    assert ORDERS not in app.suggestions.suggest(WEB, agreed, most=3, now=NOW).used
    app.erasure.erase(withdrawn, now=NOW)
    app.suggestions.refresh(now=NOW)
    assert app.verify_model().holds
    app.close()


def test_a_frozen_state_stands_for_each_step_that_was_released() -> None:
    assert FROZEN
    assert [step_of_state(state, Steps.MAIN) for state in FROZEN] == FROZEN


_DIE_AT_EACH_STATEMENT = """
import os, signal, sys
from itertools import count
from sqlalchemy import event
from sqlalchemy.engine import Engine
from alembic import command
from troth.db.engine import Database
from troth.db.migrate import Steps, upgrade

for left in count():
    if os.fork():
        _, status = os.wait()
        print(os.waitstatus_to_exitcode(status), flush=True)
        sys.stdin.readline() or sys.exit()
        continue
    done = count()

    def die(*_):
        next(done) < left or os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", die)
    event.listen(Engine, "commit", die)
    upgrade(Database(sys.argv[2]), Steps[sys.argv[1]])
    os._exit(0)
"""


@pytest.mark.slow
@pytest.mark.parametrize("steps", list(Steps))
def test_killed_at_any_statement_an_upgrade_leaves_the_old_state_and_can_be_done_again(
    tmp_path: Path, steps: Steps
) -> None:
    first, last = steps_of(steps)[0], steps.value[1]
    address = thaw(tmp_path, FROZEN[0], steps)
    database = Database(address)
    before = rows_of(database)
    command = [sys.executable, "-c", _DIE_AT_EACH_STATEMENT, steps.name, address]
    kills = 0
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as upgrading:
        assert upgrading.stdin is not None
        assert upgrading.stdout is not None
        while (code := int(upgrading.stdout.readline())) == -signal.SIGKILL:
            kills += 1
            assert version_of(database) == first
            assert rows_of(database) == before
            upgrading.stdin.write("again\n")
            upgrading.stdin.flush()
        upgrading.stdin.close()
    assert code == 0
    assert kills > 5 * (last > first)
    assert version_of(database) == last
    assert lost(before, rows_of(database)) == []
    assert _differences(database, steps) == []
    database.close()
