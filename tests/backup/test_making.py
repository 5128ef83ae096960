"""A backup is made while others write, and is whole or none."""

import hashlib
import hmac
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import msgspec
import pytest

from backup.restores import back_up, lose, restore, settings_of
from installations import IMPORT, NOW, ORDERS, SUGGEST, install, order, say
from troth.app import App
from troth.backup import parts
from troth.backup.finding import names_in, readable_in, unfinished_in
from troth.backup.model import MANIFEST
from troth.backup.place import FolderPlace
from troth.errors import TrothError, UnavailableError

TESTS = Path(__file__).parents[1]


@pytest.fixture
def place(tmp_path: Path) -> FolderPlace:
    return FolderPlace(tmp_path / "backups")


def test_what_it_says_of_itself(app: App, place: FolderPlace) -> None:
    say(app, "c1", ORDERS, "no")
    made = app.backups.make({"main": place, "keys": place}, now=NOW)
    assert [(one.what, one.name) for one in made] == [
        ("main", "troth-main-20261122T120000Z"),
        ("keys", "troth-keys-20261122T120000Z"),
    ]
    (main,) = readable_in(place, "main")
    assert (main.manifest.at, main.manifest.promise.number, main.manifest.epoch) == (NOW, 1, 1)
    assert main.manifest.promise.fingerprint == app.promise.fingerprint
    assert main.manifest.journal == 1
    assert {rows.table: sum(part.rows for part in rows.parts) for rows in main.manifest.tables}["choices"] == 1
    assert main.manifest.size == sum(
        file.stat().st_size for file in Path(place.words, main.name).iterdir() if file.name != MANIFEST
    )
    assert {what: one.at for what, one in app.backups.newest().items()} == {"main": NOW, "keys": NOW}


def test_no_customers_id_stands_in_it(app: App, place: FolderPlace) -> None:
    app.gate.collect(IMPORT, [order("somebody-we-look-for", "p1")], NOW)
    back_up(app, place)
    assert not [name for name in place.names() if b"somebody-we-look-for" in place.get(name)]
    assert [name for name in place.names() if b"identity-index" in place.get(name)]


def test_large_tables_are_cut_into_parts(app: App, place: FolderPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART_BYTES", 100)
    customers = [say(app, f"c{number}", ORDERS, "yes") for number in range(10)]
    back_up(app, place)
    (main,) = readable_in(place, "main")
    assert len({rows.table: rows for rows in main.manifest.tables}["customers"].parts) > 2
    home = app.settings.home
    app.close()
    lose(home, "main")
    _, again = restore(home, place)
    assert [again.identity.outside_id(number) for number in customers] == [f"c{number}" for number in range(10)]
    again.close()


@contextmanager
def somebody_who_writes(home: Path) -> Iterator[list[str]]:
    """Bring in customers, each with an order and a yes, from another thread with its own installation."""
    written: list[str] = []
    ending = Event()

    def write() -> None:
        app = install(home)
        while not ending.is_set():
            who = f"w{len(written)}"
            app.gate.collect(IMPORT, [order(who, "p1")], NOW)
            say(app, who, ORDERS, "yes")
            written.append(who)
        app.close()

    thread = Thread(target=write)
    thread.start()
    try:
        yield written
    finally:
        ending.set()
        thread.join()


@pytest.mark.slow
def test_while_somebody_writes_every_row_in_it_can_be_opened(tmp_path: Path, place: FolderPlace) -> None:
    home = tmp_path / "home"
    app = install(home)
    app.gate.collect(IMPORT, [order(f"c{number}", "p1") for number in range(500)], NOW)
    with somebody_who_writes(home) as written:
        while len(written) < 5:
            pass
        before = len(written)
        back_up(app, place)
        while len(written) < before + 5:
            pass
    app.close()
    lose(home, "main")
    lose(home, "keys")
    _, again = restore(home, place)
    everybody = [f"c{number}" for number in range(500)] + written[:before]
    assert None not in [again.identity.find(who) for who in everybody]
    assert again.identity.find(written[-1]) is None
    agreed = dict(again.gate.read_many(SUGGEST, now=NOW))
    assert len(agreed) >= before
    here = [who for who in written if again.identity.find(who) is not None]
    assert [again.identity.outside_id(again.identity.get(who)) for who in here] == here
    again.close()


class Lossy(FolderPlace):
    """A place that keeps something else than it was given, from the n-th file on."""

    def __init__(self, folder: Path, after: int) -> None:
        super().__init__(folder)
        self._left = after

    def put(self, name: str, data: bytes) -> None:
        self._left -= 1
        super().put(name, data if self._left >= 0 else data[:-1])


@pytest.mark.parametrize("after", [0, 1, 5, 9])
def test_what_does_not_come_back_as_it_was_is_no_backup(app: App, tmp_path: Path, after: int) -> None:
    say(app, "c1", ORDERS, "yes")
    place = Lossy(tmp_path / "backups", after)
    with pytest.raises(UnavailableError):
        app.backups.make({"main": place, "keys": place}, now=NOW)
    assert app.backups.newest() == {}


class Full(FolderPlace):
    """A place that is full at the n-th file."""

    def __init__(self, folder: Path, after: int) -> None:
        super().__init__(folder)
        self._left = after

    def put(self, name: str, data: bytes) -> None:
        self._left -= 1
        if self._left < 0:
            raise UnavailableError("backup_place_full", "full")
        super().put(name, data)


@pytest.mark.parametrize("after", ["at once", "amid the data", "amid the keys"])
def test_what_was_broken_off_is_never_taken_for_a_backup(app: App, tmp_path: Path, after: str) -> None:
    say(app, "c1", ORDERS, "yes")
    whole = FolderPlace(tmp_path / "whole")
    back_up(app, whole, now=NOW - timedelta(days=1))
    # In the next one the note of this one is a row of a table that had none.
    of_data = sum(name.startswith(names_in(whole, "main")[0]) for name in whole.names())
    with pytest.raises(UnavailableError, match="full"):
        back_up(app, Full(tmp_path, {"at once": 0, "amid the data": 3}.get(after, of_data + 2)))
    place = FolderPlace(tmp_path)
    assert len(names_in(place, "main")) == (after == "amid the keys")
    assert len(unfinished_in(place)) == (after != "at once")
    # And the next one, a second later, is.
    back_up(app, place, now=NOW + timedelta(seconds=1))
    assert names_in(place, "main")[-1].endswith("120001Z")


_FULL_DISK = """
import resource, sys
from pathlib import Path
from installations import NOW, install
from backup.restores import back_up
from troth.backup.place import FolderPlace
from troth.errors import TrothError

app = install(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    back_up(app, FolderPlace(Path(sys.argv[2])))
except TrothError as error:
    print(error.code)
else:
    print("made")
"""


@pytest.mark.sqlite
@pytest.mark.slow
@pytest.mark.parametrize("limit", [0, 100, 1_000, 5_000, 10_000_000])
def test_where_no_file_may_grow_there_is_no_backup_and_the_installation_is_as_it_was(
    tmp_path: Path, limit: int
) -> None:
    app = install(tmp_path / "home")
    for number in range(20):
        say(app, f"c{number}", ORDERS, "yes")
    app.close()
    command = [sys.executable, "-c", _FULL_DISK, str(tmp_path / "home"), str(tmp_path / "backups"), str(limit)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])}
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60).stdout
    place = FolderPlace(tmp_path / "backups")
    if limit == 10_000_000:
        assert told.strip() == "made"
        return
    assert told.strip() in {"backup_place", "disk_full", "disk_failed"}
    assert names_in(place, "keys") == []
    again = install(tmp_path / "home")
    assert again.identity.find("c19") is not None
    assert again.backups.newest() == {}
    again.close()


def test_old_ones_go_when_asked_and_the_newest_stays(app: App, place: FolderPlace, tmp_path: Path) -> None:
    for days in (60, 50, 10, 1):
        back_up(app, place, now=NOW - timedelta(days=days))
    stranger = install(tmp_path / "stranger")
    back_up(stranger, place, now=NOW - timedelta(days=70))
    stranger.close()
    gone = app.backups.prune(place, now=NOW)
    days_left = [(NOW - one.manifest.at).days for one in readable_in(place, "main")]
    assert days_left == [70, 10, 1]
    assert [(NOW - one.manifest.at).days for one in readable_in(place, "keys")] == [70, 10, 1]
    assert len(gone) == 4
    assert unfinished_in(place) == []
    assert app.backups.prune(place, now=NOW + timedelta(days=365)) != []
    assert [(NOW - one.manifest.at).days for one in readable_in(place, "main")] == [70, 1]


def test_the_newest_copy_of_the_data_stays_however_old_it_is(app: App, place: FolderPlace) -> None:
    back_up(app, place, now=NOW - timedelta(days=400))
    assert app.backups.prune(place, now=NOW) == []


def test_a_second_one_in_the_same_second_is_refused_and_the_first_stays(app: App, place: FolderPlace) -> None:
    back_up(app, place)
    before = {name: place.get(name) for name in place.names()}
    with pytest.raises(TrothError, match="very second"):
        back_up(app, place)
    assert {name: place.get(name) for name in place.names()} == before


def test_the_manifest_is_json_that_a_person_can_read(app: App, place: FolderPlace) -> None:
    back_up(app, place)
    said = json.loads(place.get(f"troth-keys-20261122T120000Z/{MANIFEST}"))
    assert said["what"] == "keys"
    assert said["at"] == "2026-11-22T12:00:00Z"
    assert settings_of(app.settings.home).home == app.settings.home


def test_the_files_are_as_the_format_says(app: App, place: FolderPlace) -> None:
    """Read with no code of ours but the key: docs/formats/backup.md."""
    customer = say(app, "c1", ORDERS, "no")
    back_up(app, place)
    for name in ("troth-main-20261122T120000Z", "troth-keys-20261122T120000Z"):
        said = json.loads(place.get(f"{name}/{MANIFEST}"))
        unsigned = json.dumps(said | {"mac": ""}, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        message = len(unsigned).to_bytes(8, "big") + unsigned
        assert hmac.digest(app._ring.named("backups"), message, "sha256")[:16].hex() == said["mac"]
        for table in said["tables"]:
            for number, part in enumerate(table["parts"], start=1):
                data = place.get(f"{name}/{part['name']}")
                assert part["name"] == f"{table['table']}-{number:05}.rows"
                assert (len(data), hashlib.sha256(data).hexdigest()) == (part["size"], part["sha256"])
    said = json.loads(place.get(f"troth-main-20261122T120000Z/{MANIFEST}"))
    (choices,) = (table for table in said["tables"] if table["table"] == "choices")
    row = msgspec.msgpack.decode(place.get("troth-main-20261122T120000Z/choices-00001.rows"))
    values = dict(zip(choices["columns"], row, strict=True))
    assert (values["customer"], values["purpose"], values["data"], values["yes"]) == (
        customer,
        ORDERS.purpose,
        ORDERS.data,
        0,
    )
    assert choices["last_number"] == values["seq"] == 1
