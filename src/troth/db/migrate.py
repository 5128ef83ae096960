"""Bringing a database up to the form this version of Troth reads.

Each step is a file in `migrations/main` or `migrations/keys`; nothing else ever creates or changes a table. Alembic
takes a fifth of a second to import, so a database that is up to date is recognised without it.
"""

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from troth.db.engine import Connection, Database
from troth.errors import UnavailableError

if TYPE_CHECKING:
    from alembic.config import Config


class Steps(Enum):
    """The two sets of migrations, each with the name of its last step."""

    MAIN = ("main", "0009")
    KEYS = ("keys", "0004")


def upgrade(database: Database, steps: Steps, *, may_be_new: bool = True) -> None:
    """Bring `database` up to the last of `steps`. Does nothing when it is there already.

    Args:
        database: which one.
        steps: its set of steps.
        may_be_new: whether an empty database is a beginning. Beside keys that were used it is a loss.

    Raises:
        UnavailableError: the database was written by a newer Troth, or is empty and may not be.
    """
    folder, last = steps.value
    with database.reading() as connection:
        known = inspect(connection).has_table("alembic_version")
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
    if version == last:
        return
    if version is None and not may_be_new:
        raise UnavailableError(
            "data_lost",
            "The keys of this installation are here but its data is not; nothing was changed.",
            "Put back the database from its backup. To begin anew, remove the folder of the keys as well.",
        )
    if version is not None and version > last:
        raise UnavailableError(
            "database_newer",
            f"The {folder} database was written by a newer Troth (step {version}, this one knows {last}).",
            "Install that version or a later one.",
        )
    with database.writing() as connection:
        bring_to(connection, steps, "head")


def bring_to(connection: Connection, steps: Steps, step: str) -> None:
    """Bring a database to one of `steps`, or to ``head``, inside an open `writing`.

    Raises:
        CommandError: of Alembic: there is no such step.
    """
    from alembic import command

    config = _config(steps)
    config.attributes["connection"] = connection
    command.upgrade(config, step)


def is_step(steps: Steps, step: str) -> bool:
    """Return whether this version knows `step` as one of `steps`."""
    from alembic.script import ScriptDirectory

    return step in {one.revision for one in ScriptDirectory.from_config(_config(steps)).walk_revisions()}


def _config(steps: Steps) -> "Config":
    from alembic.config import Config

    here = Path(__file__).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(here))
    config.set_main_option("version_locations", str(here / steps.value[0]))
    config.set_main_option("path_separator", "newline")
    return config
