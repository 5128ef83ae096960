"""Disks that are full or read-only, while keys are made and epochs change: told, and no key is lost."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from installations import NOW
from keys.tables import as_nobody, fill, open_database, open_ring, open_store
from troth.db.engine import Database, sqlite_url
from troth.errors import UnavailableError
from troth.keys.epochs.change import Epochs
from troth.keys.file import FileKeyProvider
from troth.keys.ring import KeyRing
from troth.keys.store import KeyStore

TESTS = Path(__file__).parents[1]
ENDING = """
import resource, sys
from datetime import timedelta
from pathlib import Path
from installations import NOW
from keys.tables import open_store
from troth.errors import UnavailableError
from troth.keys.epochs.change import Epochs
from troth.keys.file import FileKeyProvider

home = Path(sys.argv[1])
epochs = Epochs(open_store(home), FileKeyProvider(home / "master.key"), renews_master=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    epochs.end(now=NOW + timedelta(days=30))
except UnavailableError as error:
    print(error.code)
else:
    print("ended")
"""


@pytest.mark.sqlite
@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
@pytest.mark.parametrize("kilobytes", [0, 8, 40, 80, 120, 160, 100_000])
def test_where_no_file_may_grow_further_no_key_is_lost_and_it_goes_on_when_there_is_room(
    tmp_path: Path, kilobytes: int
) -> None:
    sealed = fill(open_ring(tmp_path), 400)
    open_store(tmp_path).scrub()  # its log emptied into the file
    assert 80_000 < (tmp_path / "keys.db").stat().st_size < 160_000
    command = [sys.executable, "-c", ENDING, str(tmp_path), str(kilobytes * 1024)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])}
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60).stdout
    expected = {"ended"} if kilobytes == 100_000 else {"disk_full", "disk_failed", "master_key_unwritable", "ended"}
    assert told.strip() in expected - ({"ended"} if kilobytes < 80 else set())
    sealed.must_open(open_ring(tmp_path))
    Epochs(open_store(tmp_path), FileKeyProvider(tmp_path / "master.key")).end(now=NOW + timedelta(days=31))
    sealed.must_open(open_ring(tmp_path))


@pytest.mark.sqlite
def test_a_full_key_database_takes_no_new_key_and_keeps_the_old(tmp_path: Path) -> None:
    sealed = fill(open_ring(tmp_path), 5)
    full = Database(sqlite_url(tmp_path / "keys.db"))
    event.listen(full._engine, "connect", lambda connection, _record: connection.execute("PRAGMA max_page_count=1"))
    ring = KeyRing(KeyStore(full), FileKeyProvider(tmp_path / "master.key"), now=NOW)
    with pytest.raises(UnavailableError) as caught:
        ring.ensure([(number, "orders") for number in range(100, 2000)])
    assert caught.value.code == "disk_full"
    sealed.must_open(ring)
    full.close()
    assert KeyStore(open_database(tmp_path)).count(1999) == 0


@pytest.mark.sqlite
def test_a_folder_that_became_read_only_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = fill(open_ring(tmp_path), 2)
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    here = Path()
    files = [file for file in here.iterdir() if file.is_file()]
    with as_nobody(*files):  # the folder stays root's, and nobody may make a file in it
        for file in files:
            file.chmod(0o400)
        with pytest.raises(UnavailableError) as caught:
            open_ring(here).ensure([(9, "orders")])
        for file in files:
            file.chmod(0o600)
    assert caught.value.code == "database_unreachable"
    sealed.must_open(open_ring(tmp_path))
