"""Databases as an earlier Troth left them, with rows in every table.

`tests/db/states/NUMBER` holds whole installations, frozen when a step was released (see freeze.py). A step that is
not frozen yet is reached from the newest frozen one before it, by the steps between, and its new tables are filled
with made-up rows.
"""

import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.types import Integer

import troth.db.migrate
from installations import url
from troth.db.engine import Database, sqlite_url
from troth.db.migrate import Steps
from troth.settings import Settings

STATES = Path(__file__).parent / "states"
FROZEN = sorted(path.name for path in STATES.iterdir())

_GIVEN_UP = {(Steps.MAIN, "ledger"): "0009"}
"""Table that a step gave up with what was in it → that step. No state that was released had it."""

Rows = dict[str, list[dict[str, Any]]]


def steps_of(steps: Steps) -> list[str]:
    """Return the numbers of all steps, oldest first."""
    script = ScriptDirectory.from_config(_config(steps))
    return [step.revision for step in script.walk_revisions()][::-1]


def at_step(folder: Path, steps: Steps, number: str) -> Database:
    """Return a database that stands at step `number`, with rows in every table."""
    frozen = [state for state in FROZEN if step_of_state(state, steps) <= number]
    database = Database(thaw(folder, frozen[-1], steps))
    with database.writing() as connection:
        config = _config(steps)
        config.attributes["connection"] = connection
        command.upgrade(config, number)
        _fill_empty(connection)
    return database


def step_of_state(state: str, steps: Steps) -> str:
    """Return the step at which a frozen state's database stands."""
    dump = (STATES / state / f"{steps.value[0]}.sqlite.sql").read_text()
    return dump.split("""INSERT INTO "alembic_version" VALUES('""", 1)[1][:4]


def thaw(folder: Path, state: str, steps: Steps) -> str:
    """Make a frozen database anew for the installation in `folder`; return its URL."""
    name = steps.value[0]
    address = url(folder, name)
    if address:
        dump = (STATES / state / f"{name}.postgresql.sql").read_text()
        with psycopg.connect(address.replace("+psycopg", "")) as connection:
            connection.execute(dump.encode())
        return address
    file = folder / {"main": "data/troth.db", "keys": "keys/keys.db"}[name]
    file.parent.mkdir(parents=True, exist_ok=True)
    opened = sqlite3.connect(file)
    opened.executescript((STATES / state / f"{name}.sqlite.sql").read_text())
    opened.close()
    return sqlite_url(file)


def install_frozen(folder: Path, state: str) -> Settings:
    """Put a frozen installation into `folder`, as if an earlier Troth had made it there."""
    home = folder / "home"
    for steps in Steps:
        thaw(home, state, steps)
    secret = home / "secret"
    secret.mkdir(parents=True)
    shutil.copy(STATES / state / "master.key", secret / "master.key")
    (secret / "master.key").chmod(0o600)
    return Settings(
        home=home,
        promise=STATES / state / "promise.yaml",
        database=url(home, "main"),
        keys_database=url(home, "keys"),
    )


def given_up(steps: Steps, *, since: str) -> list[str]:
    """Return the tables that steps after `since` gave up."""
    return [table for (of, table), step in _GIVEN_UP.items() if of is steps and step > since]


def rows_of(database: Database) -> Rows:
    """Return table → rows, of every table but Alembic's own."""
    with database.reading() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in _tables(connection)
        }


def lost(before: Rows, after: Rows) -> list[str]:
    """Return in words what of `before` is not in `after`, column by column; columns may have been added."""
    found = []
    for table, rows in before.items():
        if table not in after:
            found.append(f"the table {table}")
            continue
        left = after[table].copy()
        for row in rows:
            same = next((one for one in left if row.items() <= one.items()), None)
            if same is None:
                found.append(f"a row of {table}")
            else:
                left.remove(same)
    return found


def version_of(database: Database) -> str:
    """Return the step at which a database stands."""
    with database.reading() as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _config(steps: Steps) -> Config:
    here = Path(troth.db.migrate.__file__).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(here))
    config.set_main_option("version_locations", str(here / steps.value[0]))
    config.set_main_option("path_separator", "newline")
    return config


def _tables(connection: Connection) -> Sequence[Table]:
    tables = MetaData()
    tables.reflect(connection)
    return [table for table in tables.sorted_tables if table.name != "alembic_version"]


def _fill_empty(connection: Connection) -> None:
    for table in _tables(connection):
        if connection.execute(select(table).limit(1)).first() is None:
            rows = [{column.name: _made_up(column, place) for column in table.columns} for place in (1, 2)]
            connection.execute(insert(table), rows)
    if connection.dialect.name == "postgresql":
        _move_sequences_on(connection)


def _made_up(column: Column[Any], place: int) -> object:
    match column.type:
        case Boolean():
            return place == 1
        case Integer() | Numeric():
            return place
        case LargeBinary():
            return bytes([place, 0, 255])
        case _:
            return f"{column.name} {place}"


def _move_sequences_on(connection: Connection) -> None:
    """Rows that came with a number do not move the sequence that gives numbers."""
    for table in _tables(connection):
        for column in inspect(connection).get_columns(table.name):
            if "nextval" in str(column["default"]):
                name = column["name"]
                wanted = text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{name}'), max({name})) FROM {table.name}"  # noqa: S608 - names of our own tables
                )
                connection.execute(wanted)
