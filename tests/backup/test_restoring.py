"""What is not whole, not ours or does not fit is refused, and what is here stays as it is."""

import hashlib
import json
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backup.restores import back_up, lose, restore, restorer, settings_of
from installations import IMPORT, NOW, ORDERS, POSTGRESQL, install, order, say
from stories import entries_of
from troth.app import App
from troth.backup.finding import readable_in
from troth.backup.making import Backups, Keys
from troth.backup.model import MANIFEST
from troth.backup.place import FolderPlace
from troth.backup.signing import sign
from troth.db.copying import form_of, put_rows, snapshot, step_of
from troth.db.engine import Connection, Database, sqlite_url
from troth.db.migrate import Steps, bring_to
from troth.errors import InputError, NotFoundError, TrothError, UnavailableError
from troth.journal.service import Journal
from troth.ledger.bundle import as_json
from troth.ledger.examine import examine
from troth.ledger.log import Ledger
from troth.ledger.model import COMPANY, Entry, Kind
from troth.ledger.trust import Trust
from troth.ledger.verify import verify

MAIN, KEYS = "troth-main-20261122T120000Z", "troth-keys-20261122T120000Z"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def place(tmp_path: Path) -> FolderPlace:
    return FolderPlace(tmp_path / "backups")


def shop(home: Path) -> App:
    app = install(home)
    app.gate.collect(IMPORT, [order("c1", "p1")], NOW)
    say(app, "c1", ORDERS, "yes")
    return app


def backed_up(home: Path, place: FolderPlace) -> None:
    app = shop(home)
    back_up(app, place)
    app.close()


def still_works(home: Path, who: str = "c1") -> bool:
    app = install(home)
    try:
        return app.identity.outside_id(app.identity.get(who)) == who
    finally:
        app.close()


def change_manifest(place: FolderPlace, name: str, change: Callable[[dict[str, Any]], None]) -> None:
    path = Path(place.words, name, MANIFEST)
    said = json.loads(path.read_text())
    change(said)
    path.write_text(json.dumps(said))


def _table(said: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in said["tables"] if one["table"] == name)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("harm", [Path.unlink, _cut, _flip, lambda path: path.write_bytes(b"")])
@pytest.mark.parametrize("part", ["customers-00001.rows", MANIFEST])
def test_a_damaged_one_is_refused_before_anything_is_touched(
    home: Path, place: FolderPlace, harm: Callable[[Path], None], part: str
) -> None:
    backed_up(home, place)
    harm(Path(place.words, MAIN, part))
    with pytest.raises(TrothError) as caught:
        restore(home, place, replace=True)
    assert caught.value.code in {"backup_damaged", "backup_unknown", "backup_not_ours"}
    assert still_works(home)


def test_every_part_of_both_is_looked_at(home: Path, place: FolderPlace) -> None:
    backed_up(home, place)
    lose(home, "main")
    lose(home, "keys")
    for name in place.names():
        path = Path(place.words, name)
        whole = path.read_bytes()
        _flip(path)
        with pytest.raises(TrothError):
            restorer(home, place).plan()
        path.write_bytes(whole)
    assert restorer(home, place).plan().keys is not None


def _a_yes_for_a_no(said: dict[str, Any], folder: Path) -> None:
    """Change a choice, and let the manifest say the hash of what it is now."""
    (part,) = _table(said, "choices")["parts"]
    path = folder / part["name"]
    data = path.read_bytes().replace(b"orders\x00", b"orders\x01")
    assert data != path.read_bytes()
    path.write_bytes(data)
    part["sha256"] = hashlib.sha256(data).hexdigest()


def test_who_may_write_where_backups_lie_can_make_no_yes_of_a_no(home: Path, place: FolderPlace) -> None:
    app = install(home)
    say(app, "c1", ORDERS, "no")
    back_up(app, place)
    app.close()
    change_manifest(place, MAIN, lambda said: _a_yes_for_a_no(said, Path(place.words, MAIN)))
    with pytest.raises(UnavailableError) as caught:
        restore(home, place, replace=True)
    assert caught.value.code == "backup_not_ours"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda said: said.update(format=2), "backup_newer"),
        (lambda said: said.update(step="9999"), "backup_newer"),
        (lambda said: said.update(step="0000"), "backup_newer"),
        (lambda said: said.update(journal=7), "backup_not_ours"),
        (lambda said: said.update(at="2026-11-22T11:00:00Z"), "backup_not_ours"),
        (lambda said: said.update(installation="0" * 32), "backup_not_ours"),
        (lambda said: said.update(mac=""), "backup_not_ours"),
        (lambda said: said.update(what="keys"), "backup_damaged"),
        (lambda said: said.pop("tables"), "backup_damaged"),
        (lambda said: said.update(more="more"), "backup_damaged"),
    ],
)
def test_a_changed_or_newer_manifest_is_refused(
    home: Path, place: FolderPlace, change: Callable[[dict[str, Any]], None], code: str
) -> None:
    backed_up(home, place)
    change_manifest(place, MAIN, change)
    with pytest.raises(UnavailableError) as caught:
        restore(home, place, replace=True)
    assert caught.value.code == code
    assert still_works(home)


@pytest.mark.parametrize(
    "change",
    [
        lambda said: _table(said, "named_keys").update(table="no_such_table"),
        lambda said: _table(said, "named_keys")["columns"].append("more"),
        lambda said: said["tables"].pop(),
        lambda said: _table(said, "named_keys")["parts"][0].update(rows=1),
        lambda said: _table(said, "named_keys")["parts"][0].update(name="../../escape"),
    ],
)
def test_a_changed_manifest_of_the_keys_is_refused_before_it_can_be_checked_with_them(
    home: Path, place: FolderPlace, change: Callable[[dict[str, Any]], None]
) -> None:
    backed_up(home, place)
    lose(home, "main")
    lose(home, "keys")
    change_manifest(place, KEYS, change)
    with pytest.raises(UnavailableError) as caught:
        restore(home, place)
    assert caught.value.code in {"backup_damaged", "backup_not_ours"}


def test_what_is_here_is_not_replaced_unasked(home: Path, place: FolderPlace) -> None:
    backed_up(home, place)
    app = install(home)
    say(app, "c2", ORDERS, "yes")
    app.close()
    with pytest.raises(InputError, match="--replace"):
        restore(home, place)
    assert still_works(home, "c2")


@pytest.mark.sqlite
def test_the_old_data_is_kept_beside_the_new(home: Path, place: FolderPlace) -> None:
    backed_up(home, place)
    app = install(home)
    late = say(app, "c2", ORDERS, "yes")
    app.close()
    work = restorer(home, place)
    kept = work.carry_out(work.plan(), replace=True)
    app = install(home)
    assert app.identity.find("c2") is None
    app.close()
    (file,) = kept
    file.replace(home / "data" / "troth.db")
    for log in (home / "data").glob("troth.db-*"):
        log.unlink()
    app = install(home)
    assert app.identity.find("c2") == late
    app.close()


def test_while_somebody_uses_the_installation_nothing_is_put_back(home: Path, place: FolderPlace) -> None:
    app = shop(home)
    back_up(app, place)
    with pytest.raises(UnavailableError, match="Stop troth serve"):
        restore(home, place, replace=True)
    assert app.identity.find("c1") is not None
    app.close()
    assert still_works(home)


def test_another_shops_backup_is_refused(home: Path, place: FolderPlace, tmp_path: Path) -> None:
    backed_up(home, place)
    other = tmp_path / "other"
    shop(other).close()
    lose(other, "main")
    with pytest.raises(UnavailableError) as caught:
        restore(other, place)
    assert caught.value.code == "backup_not_ours"


def test_keys_that_are_older_than_the_data_are_refused_and_the_older_data_is_taken(
    home: Path, place: FolderPlace, tmp_path: Path
) -> None:
    app = shop(home)
    back_up(app, place)
    app.backups.make({"main": place}, now=NOW + timedelta(hours=1))
    app.close()
    for what in ("main", "keys"):
        lose(home, what)
    with pytest.raises(UnavailableError, match="newer copy of the keys"):
        restorer(home, place).plan("troth-main-20261122T130000Z")
    assert restorer(home, place).plan().main.name == MAIN
    with pytest.raises(InputError, match="--keys-from"):
        restorer(home, place, keys_place=FolderPlace(tmp_path / "nowhere")).plan()


def test_the_keys_that_are_here_stay_also_when_there_is_a_copy_of_them(home: Path, place: FolderPlace) -> None:
    app = shop(home)
    gone = app.identity.get("c1")
    back_up(app, place)
    app.erasure.erase(gone, now=NOW)
    app.close()
    lose(home, "main")
    plan, app = restore(home, place)
    assert plan.keys is None
    assert app._ring.count(gone) == 1
    app.close()


@pytest.mark.sqlite
def test_keys_that_were_made_by_an_accidental_start_are_none(home: Path, place: FolderPlace) -> None:
    backed_up(home, place)
    lose(home, "keys")
    with pytest.raises(UnavailableError) as caught:
        install(home)
    assert caught.value.code == "keys_lost"
    assert (home / "keys" / "keys.db").exists()
    plan, app = restore(home, place, replace=True)
    assert plan.keys is not None
    assert app.identity.find("c1") is not None
    app.close()


@pytest.mark.sqlite
@pytest.mark.parametrize("what", ["data/troth.db", "keys/keys.db"])
def test_a_truncated_database_is_told_and_replaced_and_kept(home: Path, place: FolderPlace, what: str) -> None:
    backed_up(home, place)
    file = home / what
    file.write_bytes(file.read_bytes()[:5_000])
    with pytest.raises(UnavailableError) as caught:
        install(home)
    assert caught.value.code == "database_damaged"
    assert file.stat().st_size == 5_000
    work = restorer(home, place)
    kept = work.carry_out(work.plan(), replace=True)
    assert still_works(home)
    assert any(one.stat().st_size == 5_000 for one in kept if one.parent == file.parent)


def test_data_that_is_older_than_the_journal_reaches_is_refused(home: Path, place: FolderPlace) -> None:
    backed_up(home, place)
    app = install(home, now=NOW + timedelta(days=1))
    say(app, "c1", ORDERS, "no")
    app.close()
    app = install(home, now=NOW + timedelta(days=50))
    # The promise lets copies be 35 days old; the next backup lets go what is older.
    back_up(app, place, now=NOW + timedelta(days=50))
    app.close()
    with pytest.raises(UnavailableError) as caught:
        restorer(home, place).plan(MAIN)
    assert caught.value.code == "data_too_old"
    plan = restorer(home, place).plan()
    assert plan.main.name != MAIN
    assert still_works(home)


@pytest.mark.parametrize("name", ["", "troth-main-20200101T000000Z"])
def test_where_there_is_no_backup_it_is_told(home: Path, tmp_path: Path, name: str) -> None:
    shop(home).close()
    with pytest.raises(NotFoundError):
        restorer(home, FolderPlace(tmp_path / "nothing")).plan(name)


def test_a_wrong_master_key_is_told_before_anything_is_touched(home: Path, place: FolderPlace) -> None:
    backed_up(home, place)
    lose(home, "main")
    lose(home, "keys")
    key = settings_of(home).master_key_file
    right = key.read_bytes()
    other = install(home.parent / "other")
    other.close()
    key.write_bytes(settings_of(home.parent / "other").master_key_file.read_bytes())
    with pytest.raises(UnavailableError) as caught:
        restore(home, place)
    assert caught.value.code == "master_key_wrong"
    key.write_bytes(right)
    _, app = restore(home, place)
    app.close()
    assert still_works(home)


def test_a_backup_of_one_database_is_restored_into_the_other_kind(
    home: Path, place: FolderPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run with --postgresql, this moves a shop from PostgreSQL to SQLite."""
    backed_up(home, place)
    monkeypatch.delenv(POSTGRESQL, raising=False)
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "secret").mkdir(parents=True)
    key = elsewhere / "secret" / "master.key"
    key.write_bytes(settings_of(home).master_key_file.read_bytes())
    key.chmod(0o600)
    _, app = restore(elsewhere, place)
    assert app.identity.outside_id(app.identity.get("c1")) == "c1"
    app.close()


class Changing(FolderPlace):
    """A place in which a part of the data changes after it was read once."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._seen: set[str] = set()

    def get(self, name: str) -> bytes:
        data = super().get(name)
        if name in self._seen and "-main-" in name and name.endswith("customers-00001.rows"):
            return data[:-1] + bytes([data[-1] ^ 1])
        self._seen.add(name)
        return data


def test_what_changes_between_the_check_and_the_restore_is_not_put_back(home: Path, place: FolderPlace) -> None:
    app = shop(home)
    back_up(app, place)
    say(app, "c2", ORDERS, "yes")
    app.close()
    with pytest.raises(UnavailableError) as caught:
        restore(home, Changing(Path(place.words)), replace=True)
    assert caught.value.code == "backup_damaged"
    assert still_works(home, "c2")


class _NoneYet(Ledger):
    """The ledger of an older Troth, which noted no backups."""

    def note_once_in(self, connection: Connection, what: str, entry: Entry) -> bool:  # noqa: ARG002 - nothing is noted
        return False


def test_a_backup_of_an_older_troth_is_brought_to_todays_form(home: Path, place: FolderPlace, tmp_path: Path) -> None:
    app = shop(home)
    main, keys = app._databases
    with closing(Database(sqlite_url(tmp_path / "older.db"))) as older:
        with older.writing() as connection:
            bring_to(connection, Steps.MAIN, "0006")
            tables = form_of(connection)
            with snapshot(main) as seen:
                for table, columns in tables.items():
                    if table not in seen.tables:
                        continue  # what the older had and this one has no more stays empty
                    wanted = [seen.columns(table).index(column) for column in columns]
                    rows = [tuple(row[place] for place in wanted) for row in seen.rows(table)]
                    put_rows(connection, table, list(columns), rows)
        made = Backups(
            older,
            keys,
            journal=Journal(older, keys),
            promise=app.promise,
            installation=app.identity.installation,
            keys_now=Keys(epoch=lambda: 1, sign=lambda data: sign(app._ring, data)),
            ledger=_NoneYet(main, keys, app._ring),
        ).make({"main": place}, now=NOW)
    app.close()
    assert readable_in(place, "main")[0].manifest.step == "0006" < Steps.MAIN.value[1]
    assert len(made) == 1
    _, app = restore(home, place, replace=True)
    with app._databases[0].reading() as connection:
        assert step_of(connection) == Steps.MAIN.value[1]
    app.close()
    assert still_works(home)


def test_when_data_and_keys_are_both_older_the_log_ends_and_the_next_says_so(home: Path, place: FolderPlace) -> None:
    """Else it would go on from where the copy stood, and contradict what was signed since."""
    app = shop(home)
    back_up(app, place)
    say(app, "c9", ORDERS, "yes")
    signed = app.publisher.publish(now=NOW).checkpoint
    trust, receipt = Trust(app.ledger.log_keys()), as_json(app.receipts.bundle(app.identity.get("c9"), now=NOW))
    app.close()
    lose(home, "main")
    lose(home, "keys")
    _, app = restore(home, place)
    assert app.publisher.state().origin == "larkfield.example/log/2"
    (begun,) = entries_of(app, COMPANY, Kind.LOG_BEGUN)[1:]
    assert begun.body == {"before": "larkfield.example/log"}
    assert app.publisher.publish(now=NOW).checkpoint.startswith("larkfield.example/log/2\n")
    assert verify(receipt, trust).holds
    assert signed.startswith("larkfield.example/log\n")
    assert list(examine(*app._databases, app.ledger, kept_from=NOW - timedelta(days=9))) == []
    app.close()
    app = install(home)
    assert app.publisher.state().origin == "larkfield.example/log/2"
    app.close()
