"""Each fault is planted, found by its name, and gone when it is mended."""

import json
import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest
from sqlalchemy import text

from backup.restores import back_up
from installations import GARDEN, IMPORT, NOW, ORDERS, install, order, promise_after, say, url
from troth.app import App
from troth.backup.place import FolderPlace
from troth.clock import FixedClock
from troth.db.engine import Database
from troth.doctor.examine import examine
from troth.doctor.model import Finding, Level, worst
from troth.settings import Settings
from troth.web.api.calls import build_api
from troth.web.serving import listen

Plant = Callable[["Shop"], object]


@dataclass(slots=True)
class Shop:
    """An installation in which all is well, and what to ask the doctor about it."""

    folder: Path
    settings: Settings
    clock: FixedClock
    patch: pytest.MonkeyPatch

    def sql(self, what: str, statement: str) -> None:
        """Change a database past Troth."""
        address = self.settings.database_url if what == "main" else self.settings.keys_database_url
        with closing(Database(address)) as database, database.writing() as connection:
            connection.execute(text(statement))

    def setting(self, **values: object) -> None:
        self.settings = self.settings.model_copy(update=values)

    def app(self) -> App:
        return install(self.settings.home, promise=self.settings.promise, now=self.clock.at)

    def found(self) -> dict[str, Finding]:
        return {one.code: one for one in examine(self.settings, self.clock)}


class _Usage(NamedTuple):
    """As `shutil.disk_usage` tells it."""

    total: int
    used: int
    free: int


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    # A disk with room, whatever machine this runs on.
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: _Usage(10**12, 0, 10**12))
    home = tmp_path / "home"
    app = install(home)
    app.gate.collect(IMPORT, [order("c1", "p1"), order("c2", "p2")], NOW)
    say(app, "c1", ORDERS, "yes")
    back_up(app, FolderPlace(tmp_path / "backups"))
    app.close()
    settings = Settings(home=home, promise=GARDEN, database=url(home, "main"), keys_database=url(home, "keys"))
    return Shop(tmp_path, settings, FixedClock(NOW), monkeypatch)


def test_where_all_is_well_only_the_place_of_the_master_key_is_told(shop: Shop) -> None:
    found = shop.found()
    assert [one.code for one in found.values() if one.level is not Level.OK] in (["master_key_same_disk"], [])
    assert len(found) > 12
    assert all(not one.mend for one in found.values() if one.level is Level.OK)


def _someone_left_open(shop: Shop) -> None:
    shop.settings.data_folder.chmod(0o755)


def _key_open(shop: Shop) -> None:
    shop.settings.master_key_file.chmod(0o644)


def _key_gone(shop: Shop) -> None:
    shop.settings.master_key_file.unlink()


def _key_in_data(shop: Shop) -> None:
    shop.setting(master_key=shop.settings.data_folder / "master.key")


def _key_in_backup(shop: Shop) -> None:
    place = shop.folder / "backups" / "master.key"
    shutil.copy(shop.settings.master_key_file, place)
    place.chmod(0o600)
    shop.setting(master_key=place)


def _git(folder: Path) -> None:
    subprocess.run(["git", "init", "-q", str(folder)], check=True)


def _disk_with(free: int) -> Plant:
    return lambda shop: shop.patch.setattr(shutil, "disk_usage", lambda _path: _Usage(10**12, 10**12 - free, free))


def _truncate(name: str) -> Plant:
    def plant(shop: Shop) -> None:
        file = shop.settings.home / name
        file.write_bytes(file.read_bytes()[:5_000])

    return plant


def _break_an_index(shop: Shop) -> None:
    """Let the index of the outbox tell of a row that there is not: the file opens, and does not hold together."""
    shop.sql("main", "PRAGMA writable_schema=ON")
    with closing(Database(shop.settings.database_url)) as database, database.writing() as connection:
        connection.execute(text("PRAGMA writable_schema=ON"))
        connection.execute(
            text("UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name='ix_links_one')"
                 " WHERE name = 'ix_outbox_removal'")
        )  # fmt: skip


def _waiting_erasure(shop: Shop) -> None:
    shop.sql("main", "INSERT INTO erasures (customer, asked, done) VALUES (1, 0, NULL)")


def _missing_in_journal(shop: Shop) -> None:
    detail = '{"hashes"\\:[],"until"\\:0}'
    shop.sql("keys", f"INSERT INTO journal (at, customer, what, detail) VALUES (0, 99, 'erased', '{detail}')")  # noqa: S608 - of a test


def _gap(shop: Shop) -> None:
    for number in (901, 903):
        values = f"VALUES (1, 1, {number}, 0, 0, '')"
        shop.sql("main", f"INSERT INTO ledger_entries (customer, log, number, leaf, at, sealed) {values}")


def _model_waits(shop: Shop) -> None:
    app = shop.app()
    app.suggestions.fit(now=NOW)
    say(app, "c1", ORDERS, "no")
    app.close()
    shop.clock.at = NOW + timedelta(hours=2)


def _days_later(days: int) -> Plant:
    def plant(shop: Shop) -> None:
        shop.clock.at = NOW + timedelta(days=days)

    return plant


def _untrained(shop: Shop) -> None:
    app = shop.app()
    app.staff.add("sam", "support", trained_until=date(2026, 11, 21), by="Isa", now=NOW)
    app.close()


def _recipient(contract_until: str, checked: str) -> Plant:
    words = f"""
recipients:
  parcelo:
    title: Parcelo, who brings your parcel
    role: processor
    country: GB
    for: {{service: [email]}}
    contract: {{signed: 2025-02-01, until: {contract_until}, reference: DPA-17}}
    checked: {{on: {checked}, every: 12 months, evidence: docs/parcelo-soc2.pdf}}
    keep: 30 days
"""

    def plant(shop: Shop) -> None:
        shop.setting(promise=promise_after(shop.folder, ("recipients: {}\n", words)))

    return plant


def _never_backed_up(shop: Shop) -> None:
    shop.sql("main", "DELETE FROM backups")


def _renews(shop: Shop) -> None:
    shop.setting(renew_master="yes")


def _epoch_ended_since(shop: Shop) -> None:
    shop.setting(renew_master="yes")
    from troth.app import build

    with closing(build(shop.settings, clock=shop.clock)) as app:
        app.epochs.end(now=NOW)


def _newer(shop: Shop) -> None:
    shop.sql("main", "UPDATE alembic_version SET version_num = '9999'")


def _older(shop: Shop) -> None:
    shop.sql("main", "DROP TABLE backups")
    shop.sql("main", "UPDATE alembic_version SET version_num = '0001'")


def _orphan(shop: Shop) -> None:
    shop.sql("main", "INSERT INTO items (customer, kind, at, mark, sealed) VALUES (77, 'orders', 0, '', '')")


def _orphan_note(shop: Shop) -> None:
    shop.sql("main", "INSERT INTO deleted (customer, kind, mark, until) VALUES (77, 'orders', '', 0)")


def _orphan_key_to_destroy(shop: Shop) -> None:
    shop.sql("main", "INSERT INTO keys_to_destroy (customer, kind) VALUES (77, 'orders')")


def _stranger(shop: Shop) -> None:
    shop.sql("keys", "INSERT INTO customer_keys (customer, kind, epoch, wrapped) VALUES (77, 'orders', 1, '')")


def _keyless(shop: Shop) -> None:
    shop.sql("keys", "DELETE FROM customer_keys WHERE customer = 1 AND kind = 'identity'")


FAULTS: dict[str, tuple[str, Level, Plant]] = {
    "others may enter the folder": ("folder_open", Level.WARNING, _someone_left_open),
    "others may read the master key": ("master_key_open", Level.ERROR, _key_open),
    "the master key is gone": ("master_key_missing", Level.ERROR, _key_gone),
    "the master key lies with the data": ("master_key_place", Level.ERROR, _key_in_data),
    "the master key lies with the backups": ("master_key_place", Level.ERROR, _key_in_backup),
    "the master key could be committed": (
        "master_key_in_git",
        Level.ERROR,
        lambda shop: _git(shop.settings.master_key_file.parent),
    ),
    "the data could be committed": ("data_in_git", Level.ERROR, lambda shop: _git(shop.settings.data_folder)),
    "a restore left something": (
        "old_copy",
        Level.WARNING,
        lambda shop: (shop.settings.data_folder / "troth.db.before-20261122T120000Z").write_bytes(b""),
    ),
    "the disk is full": ("disk_space", Level.ERROR, _disk_with(10**6)),
    "the disk is nearly full": ("disk_space", Level.WARNING, _disk_with(5 * 10**8)),
    "the home is not there": ("home_missing", Level.ERROR, lambda shop: shop.setting(home=shop.folder / "nowhere")),
    "the data is gone": ("data_missing", Level.ERROR, lambda shop: _remove(shop.settings.data_folder)),
    "the keys are gone": ("keys_missing", Level.ERROR, lambda shop: _remove(shop.settings.keys_folder)),
    "the data is cut off": ("database_damaged", Level.ERROR, _truncate("data/troth.db")),
    "the keys are cut off": ("database_damaged", Level.ERROR, _truncate("keys/keys.db")),
    "an index does not fit": ("database_damaged", Level.ERROR, _break_an_index),
    "the data is of a newer Troth": ("database_newer", Level.ERROR, _newer),
    "the data is of an older Troth": ("database_older", Level.WARNING, _older),
    "the clock went back": ("clock_behind", Level.ERROR, _days_later(-3)),
    "an erasure waits": ("erasure_unfinished", Level.WARNING, _waiting_erasure),
    "the data is older than the journal": ("data_older", Level.WARNING, _missing_in_journal),
    "the journal is older than the data": (
        "keys_older",
        Level.ERROR,
        lambda shop: shop.sql("main", "UPDATE journal_position SET seq = 7"),
    ),
    "a note of who looked is gone": ("ledger_gap", Level.ERROR, _gap),
    "a no waits for the model": ("model_behind", Level.WARNING, _model_waits),
    "a row has no customer": ("orphans", Level.ERROR, _orphan),
    "a note of a deletion has no customer": ("orphans", Level.ERROR, _orphan_note),
    "a key that waits to be destroyed has no customer": ("orphans", Level.ERROR, _orphan_key_to_destroy),
    "no copy is made when the epoch ends": ("epoch_copy", Level.WARNING, _renews),
    "a key has no customer": ("key_without_customer", Level.WARNING, _stranger),
    "a customer has no key": ("customer_without_key", Level.ERROR, _keyless),
    "somebody is not trained any more": ("training_ended", Level.WARNING, _untrained),
    "a contract ends soon": ("contract_ends", Level.WARNING, _recipient("2026-12-20", "2026-09-01")),
    "a contract has ended": ("contract_ended", Level.ERROR, _recipient("2026-11-21", "2026-09-01")),
    "a check is due soon": ("check_due", Level.WARNING, _recipient("2027-12-20", "2025-12-01")),
    "a check is overdue": ("check_overdue", Level.ERROR, _recipient("2027-12-20", "2025-11-22")),
    "the epoch is over": ("epoch_overdue", Level.WARNING, _days_later(31)),
    "nothing was ever backed up": ("never_backed_up", Level.WARNING, _never_backed_up),
    "the backup is old": ("backup_old", Level.WARNING, _days_later(3)),
    "the copy of the keys opens no more": ("backup_of_keys_dead", Level.ERROR, _epoch_ended_since),
    "the promise is damaged": (
        "promise_not_valid",
        Level.ERROR,
        lambda shop: _write_promise(shop, "troth: 1\n"),
    ),
}

_IN_FILES = {"data_missing", "keys_missing", "database_damaged", "folder_open", "data_in_git", "old_copy"}


def _remove(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


def _write_promise(shop: Shop, words: str) -> None:
    file = shop.folder / "promise.yaml"
    file.write_text(words, "utf-8")
    shop.setting(promise=file)


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_with_what_to_do(shop: Shop, name: str) -> None:
    code, level, plant = FAULTS[name]
    if code in _IN_FILES and shop.settings.database:
        pytest.skip("the databases are no files here")
    well = shop.found()
    assert well.get(code, Finding(code, Level.OK, "")).level is Level.OK
    plant(shop)
    found = shop.found()
    assert code in found, sorted(found)
    assert found[code].level is level
    assert found[code].says.endswith(".")
    assert found[code].mend
    assert worst(found.values()) >= list(Level).index(level)
    assert str(shop.folder) not in found[code].says or code in {"home_missing", "promise_not_valid"}


def test_every_fault_that_it_can_tell_is_planted() -> None:
    import ast

    source = Path(__file__).parents[2] / "src" / "troth" / "doctor"
    told = set()
    for file in source.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"error", "warning"}
            ):
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    told.add(first.value)
                elif isinstance(first, ast.JoinedStr):
                    told |= {"data_missing", "keys_missing"}
    planted = {code for code, _, _ in FAULTS.values()}
    # The place of the key is found everywhere; the server is asked below.
    assert told - planted == {"master_key_same_disk", "server"}


def test_it_says_nothing_of_a_customer(shop: Shop) -> None:
    assert "c1" not in json.dumps([one.says for one in shop.found().values()])


def test_looking_changes_nothing_that_is_damaged(shop: Shop) -> None:
    if shop.settings.database:
        pytest.skip("the databases are no files here")
    _truncate("data/troth.db")(shop)
    before = (shop.settings.data_folder / "troth.db").read_bytes()
    shop.found()
    assert (shop.settings.data_folder / "troth.db").read_bytes() == before


@pytest.mark.sqlite
def test_where_there_is_nothing_nothing_is_made(shop: Shop) -> None:
    shop.setting(home=shop.folder / "nowhere")
    shop.found()
    assert not (shop.folder / "nowhere").exists()
    shop.setting(home=shop.folder)
    shop.found()
    assert not (shop.folder / "data").exists()


def test_a_server_that_answers_and_one_that_does_not(shop: Shop) -> None:
    import uvicorn

    app = shop.app()
    with closing(listen("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(build_api(app), log_level="critical", lifespan="off"))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            pass
        found = {one.code: one for one in examine(shop.settings, shop.clock, server=f"http://127.0.0.1:{port}")}
        assert found["server"].level is Level.OK
        server.should_exit = True
        thread.join()
    app.close()
    found = {one.code: one for one in examine(shop.settings, shop.clock, server=f"http://127.0.0.1:{port}")}
    assert found["server"].level is Level.ERROR
