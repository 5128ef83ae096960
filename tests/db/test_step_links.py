"""Migration 0003 over an installation that had customers before."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

import troth.db.migrate
from installations import url
from troth.db.engine import Database, sqlite_url
from troth.db.migrate import Steps, upgrade
from troth.identity import store
from troth.identity.model import IdKind, Seen


def test_who_was_a_customer_before_is_one_by_the_companys_own_id_and_linked_to_nobody(tmp_path: Path) -> None:
    database = Database(url(tmp_path, "old") or sqlite_url(tmp_path / "old.db"))
    here = Path(troth.db.migrate.__file__).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(here))
    config.set_main_option("version_locations", str(here / "main"))
    config.set_main_option("path_separator", "newline")
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.execute(
            text("INSERT INTO customers (number, since, restricted) VALUES (7, 1, false), (8, 2, true)")
        )
        connection.execute(text("INSERT INTO identifiers (hash, customer) VALUES (:hash, 7)"), {"hash": b"h"})
    upgrade(database, Steps.MAIN)
    with database.writing() as connection:
        assert store.find_one(connection, b"h") == 7
        assert store.kinds_of(connection, [7, 8]) == {7: (IdKind.CUSTOMER,)}
        assert [store.seen(connection, number) for number in (7, 8, 9)] == [Seen(), Seen(restricted=True), Seen()]
    database.close()
