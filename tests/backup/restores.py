"""Making and restoring in tests, as the commands do it."""

from contextlib import closing
from datetime import datetime
from pathlib import Path

from installations import GARDEN, NOW, install, url
from troth.app import App
from troth.backup.place import FolderPlace, Place
from troth.backup.restoring import Plan, Restore, Target
from troth.db.engine import Database
from troth.ground import key_provider
from troth.settings import Settings


def settings_of(home: Path) -> Settings:
    return Settings(home=home, promise=GARDEN, database=url(home, "main"), keys_database=url(home, "keys"))


def back_up(app: App, place: Place, *, keys_place: Place | None = None, now: datetime = NOW) -> None:
    app.backups.make({"main": place, "keys": keys_place or place}, now=now)


def restorer(home: Path, place: Place, *, keys_place: Place | None = None, now: datetime = NOW) -> Restore:
    settings = settings_of(home)
    target = Target(settings.database_url, settings.keys_database_url, key_provider(settings))
    return Restore(target, place, keys_place or place, now=now)


def restore(
    home: Path, place: Place, *, keys_place: Place | None = None, replace: bool = False, name: str = ""
) -> tuple[Plan, App]:
    """Restore the newest backup, or `name`; return what was put back, and the installation, open."""
    work = restorer(home, place, keys_place=keys_place)
    plan = work.plan(name)
    work.carry_out(plan, replace=replace)
    return plan, install(home)


def lose(home: Path, what: str) -> None:
    """Lose a database: ``main`` or ``keys``."""
    settings = settings_of(home)
    address = settings.database if what == "main" else settings.keys_database
    if address:
        from troth.db.copying import drop_everything

        with closing(Database(address)) as database, database.writing() as connection:
            drop_everything(connection)
        return
    folder = settings.data_folder if what == "main" else settings.keys_folder
    for file in folder.iterdir():
        file.unlink()


def folder_place(folder: Path) -> FolderPlace:
    return FolderPlace(folder)
