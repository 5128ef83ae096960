from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text

import troth.app
import troth.db.migrate
from troth.db.engine import Database, sqlite_url
from troth.db.migrate import Steps, upgrade
from troth.db.tables import KEYS, MAIN
from troth.errors import UnavailableError


@pytest.mark.parametrize(("steps", "tables"), [(Steps.MAIN, MAIN), (Steps.KEYS, KEYS)])
def test_the_migrations_make_the_tables_that_the_rooms_use(tmp_path: Path, steps: Steps, tables: MetaData) -> None:
    database = Database(sqlite_url(tmp_path / "new.db"))
    upgrade(database, steps)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": False}), tables) == []


@pytest.mark.parametrize("steps", list(Steps))
def test_the_last_step_is_known_by_name(steps: Steps) -> None:
    here = Path(troth.db.migrate.__file__).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(here))
    config.set_main_option("version_locations", str(here / steps.value[0]))
    config.set_main_option("path_separator", "newline")
    assert ScriptDirectory.from_config(config).get_current_head() == steps.value[1]


def test_upgrading_twice_changes_nothing(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "new.db"))
    upgrade(database, Steps.MAIN)
    before = (tmp_path / "new.db").read_bytes()
    upgrade(database, Steps.MAIN)
    assert (tmp_path / "new.db").read_bytes() == before


def test_a_database_of_a_newer_troth_is_left_alone(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "new.db"))
    upgrade(database, Steps.MAIN)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnavailableError, match="newer Troth"):
        upgrade(database, Steps.MAIN)
