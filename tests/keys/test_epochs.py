import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from installations import NOW
from keys.tables import KINDS, Sealed, every_byte, fill, open_ring, open_store
from troth.errors import UnavailableError
from troth.keys.epochs.change import Epochs
from troth.keys.epochs.store import EpochStore
from troth.keys.file import FileKeyProvider
from troth.keys.ring import KeyGoneError, KeyRing

LATER = NOW + timedelta(days=30)
MANY = 30


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return open_ring(tmp_path)


@pytest.fixture
def sealed(ring: KeyRing) -> Sealed:
    return fill(ring, MANY)


def epochs(folder: Path, *, renews_master: bool | None = None) -> Epochs:
    return Epochs(open_store(folder), FileKeyProvider(folder / "master.key"), renews_master=renews_master)


def wrapped_keys(store: EpochStore) -> list[bytes]:
    """Return every wrapped key there is: of customers, of the installation, of epochs."""
    found = [wrapped for _, wrapped in store.of_kinds(KINDS).values()]
    named = store.named("index")
    assert named is not None
    return [*found, named[1], *(one.wrapped for one in store.all_epochs() if one.wrapped)]


def test_after_the_change_everything_opens_here_in_other_processes_and_in_new_ones(
    tmp_path: Path, ring: KeyRing, sealed: Sealed
) -> None:
    other = open_ring(tmp_path)
    changed = epochs(tmp_path).end(now=LATER)
    assert (changed.epoch, changed.rewrapped, changed.destroyed) == (2, MANY * len(KINDS), 1)
    for one in (ring, other, open_ring(tmp_path)):
        sealed.must_open(one)


def test_every_key_is_wrapped_anew_and_only_the_new_epoch_lives(tmp_path: Path, sealed: Sealed) -> None:
    store = open_store(tmp_path)
    before = wrapped_keys(store)
    epochs(tmp_path).end(now=LATER)
    assert not set(before) & set(wrapped_keys(store))
    assert {epoch for epoch, _ in store.of_kinds(KINDS).values()} == {2}
    assert store.living(before=2) == 0
    new, old = store.all_epochs()
    assert (new.number, new.began, new.settled, new.destroyed) == (2, LATER, LATER, None)
    assert (old.number, old.wrapped, old.destroyed) == (1, b"", LATER)
    sealed.must_open(open_ring(tmp_path))


@pytest.mark.sqlite
def test_no_wrapped_key_of_the_old_epoch_stands_in_any_file(tmp_path: Path, ring: KeyRing, sealed: Sealed) -> None:
    store = open_store(tmp_path)
    before = wrapped_keys(store)
    for number in range(2, MANY, 3):
        ring.destroy(number)
    text = every_byte(tmp_path)
    assert sum(one in text for one in before) > MANY  # so the search does find what is there
    epochs(tmp_path).end(now=LATER)
    text = every_byte(tmp_path)
    assert [one for one in before if one in text] == []
    # Not even a part of one: pages that were split leave pieces behind, until the file is written anew.
    assert [one for one in before if any(one[at : at + 12] in text for at in range(0, len(one) - 12, 12))] == []
    assert ring.open(1, "orders", sealed.items[1, "orders"], bound_to=b"row") == b"orders of 1"


@pytest.mark.sqlite
def test_an_old_copy_of_the_key_table_opens_with_nothing_once_the_master_key_is_renewed(
    tmp_path: Path, sealed: Sealed
) -> None:
    home, copy = tmp_path, tmp_path / "copy"
    open_store(home).scrub()  # its log emptied into the file
    copy.mkdir()
    shutil.copy(home / "keys.db", copy / "keys.db")
    sealed.must_open(open_ring(copy, FileKeyProvider(home / "master.key")))
    epochs(home, renews_master=True).end(now=LATER)
    with pytest.raises(UnavailableError, match="newest backup"):
        open_ring(copy, FileKeyProvider(home / "master.key"))
    sealed.must_open(open_ring(home))


@pytest.mark.sqlite
def test_by_default_a_file_is_not_renewed_so_that_its_copy_in_the_safe_still_opens(
    tmp_path: Path, sealed: Sealed
) -> None:
    shutil.copy(tmp_path / "master.key", tmp_path / "safe.key")
    changing = epochs(tmp_path)
    changing.end(now=LATER)
    assert not changing.renews_master
    sealed.must_open(open_ring(tmp_path, FileKeyProvider(tmp_path / "safe.key")))


def test_rotating_renews_the_master_key_and_wraps_nothing_else(tmp_path: Path, sealed: Sealed) -> None:
    store = open_store(tmp_path)
    before = store.of_kinds(KINDS)
    shutil.copy(tmp_path / "master.key", tmp_path / "old.key")
    changed = epochs(tmp_path).rotate(now=LATER)
    assert changed.epoch == 1
    assert len(changed.retired) == 1
    assert store.of_kinds(KINDS) == before
    sealed.must_open(open_ring(tmp_path))
    with pytest.raises(UnavailableError, match="does not belong"):
        open_ring(tmp_path, FileKeyProvider(tmp_path / "old.key"))
    assert [one.retired for one in store.all_masters()] == [None, LATER]


def test_a_key_made_while_the_epoch_changes_goes_under_the_new_one(tmp_path: Path, ring: KeyRing) -> None:
    sealed = fill(ring, 3)
    late: list[bytes] = []

    def meanwhile(_done: int, _all: int) -> None:
        # The ring still has the old epoch in hand, as another process would.
        late.append(ring.seal(99, "orders", b"late", bound_to=b""))

    epochs(tmp_path).end(now=LATER, progress=meanwhile)
    fresh = open_ring(tmp_path)
    assert fresh.open(99, "orders", late[0], bound_to=b"") == b"late"
    sealed.must_open(fresh)


def test_a_named_key_first_asked_for_while_the_epoch_changes_is_kept(tmp_path: Path, ring: KeyRing) -> None:
    fill(ring, 3)
    made: list[bytes] = []
    epochs(tmp_path).end(now=LATER, progress=lambda _done, _all: made.append(ring.named("late")))
    assert open_ring(tmp_path).named("late") == made[0]


def test_a_customer_erased_while_the_epoch_changes_stays_erased(
    tmp_path: Path, ring: KeyRing, sealed: Sealed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("troth.keys.epochs.store._NEXT", _at_once(4))
    left = [1, MANY]
    epochs(tmp_path).end(now=LATER, progress=lambda _done, _all: [ring.destroy(left.pop())] if left else [])
    fresh = open_ring(tmp_path)
    for gone in (1, MANY):
        with pytest.raises(KeyGoneError):
            fresh.open(gone, "orders", sealed.items[gone, "orders"], bound_to=b"row")
    assert fresh.open(2, "orders", sealed.items[2, "orders"], bound_to=b"row") == b"orders of 2"


def test_stopped_in_the_middle_it_goes_on_from_there(
    tmp_path: Path, sealed: Sealed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("troth.keys.epochs.store._NEXT", _at_once(10))

    class StopError(Exception):
        pass

    def stop(done: int, _all: int) -> None:
        if done >= 20:
            raise StopError

    changing = epochs(tmp_path)
    with pytest.raises(StopError):
        changing.end(now=LATER, progress=stop)
    assert changing.status().to_rewrap == MANY * len(KINDS) - 20
    sealed.must_open(open_ring(tmp_path))
    assert changing.is_due(now=LATER, lasts=None)
    changed = changing.end(now=LATER)
    assert (changed.epoch, changed.rewrapped) == (2, MANY * len(KINDS) - 20)
    assert not changing.is_due(now=LATER, lasts=None)
    sealed.must_open(open_ring(tmp_path))


def test_a_key_that_does_not_open_stops_the_change_and_nothing_is_destroyed(tmp_path: Path, sealed: Sealed) -> None:
    store = open_store(tmp_path)
    with store._database.writing() as connection:
        connection.exec_driver_sql("UPDATE customer_keys SET wrapped = epochs.wrapped FROM epochs WHERE customer = 7")
    with pytest.raises(UnavailableError, match="nothing was destroyed"):
        epochs(tmp_path).end(now=LATER)
    assert all(one.wrapped for one in store.all_epochs())
    ring = open_ring(tmp_path)
    assert ring.open(30, "orders", sealed.items[30, "orders"], bound_to=b"row") == b"orders of 30"


def test_two_changes_at_once_end_in_one_state(tmp_path: Path, sealed: Sealed) -> None:
    one, other = epochs(tmp_path, renews_master=True), epochs(tmp_path, renews_master=True)
    begun: list[bool] = []

    def also(_done: int, _all: int) -> None:
        if not begun:
            begun.append(True)
            other.end(now=LATER)

    one.end(now=LATER, progress=also)
    assert [epoch.number for epoch in open_store(tmp_path).all_epochs() if epoch.wrapped] == [2]
    sealed.must_open(open_ring(tmp_path))


def test_many_epochs_later_everything_opens_and_one_master_key_lives(tmp_path: Path, sealed: Sealed) -> None:
    changing = epochs(tmp_path, renews_master=True)
    for month in range(1, 6):
        changing.end(now=NOW + timedelta(days=30 * month))
    changing.rotate(now=NOW + timedelta(days=170))
    sealed.must_open(open_ring(tmp_path))
    assert len((tmp_path / "master.key").read_text().splitlines()) == 2
    status = changing.status()
    assert [one.number for one in status.epochs] == [6, 5, 4, 3, 2, 1]
    assert sum(one.retired is None for one in status.masters) == 1


def test_what_was_destroyed_is_counted_in_its_epoch(tmp_path: Path, ring: KeyRing, sealed: Sealed) -> None:
    ring.destroy(1)
    changing = epochs(tmp_path)
    changing.end(now=LATER)
    ring.destroy(2, keep=["orders"])
    status = changing.status()
    assert [one.keys_destroyed for one in status.epochs] == [1, 2]
    assert status.living == MANY * len(KINDS) - 3
    assert sealed.named == ring.named("index")


def test_it_is_due_when_the_epoch_is_as_old_as_it_may_become(tmp_path: Path, ring: KeyRing) -> None:
    fill(ring, 1)
    changing, month = epochs(tmp_path), timedelta(days=30)
    assert not changing.is_due(now=NOW + month - timedelta(seconds=1), lasts=month)
    assert changing.is_due(now=NOW + month, lasts=month)
    assert not changing.is_due(now=NOW + 100 * month, lasts=None)


def test_the_day_after_which_old_copies_open_nothing_is_told_only_where_it_is_true(
    tmp_path: Path, ring: KeyRing
) -> None:
    fill(ring, 1)
    month = timedelta(days=30)
    assert epochs(tmp_path, renews_master=True).dead_by(lasts=month) == NOW + month
    assert epochs(tmp_path, renews_master=True).dead_by(lasts=None) is None
    assert epochs(tmp_path).dead_by(lasts=month) is None


def test_an_epoch_from_before_epochs_had_times_is_due_and_its_master_key_is_renewed(
    tmp_path: Path, sealed: Sealed
) -> None:
    store = open_store(tmp_path)
    with store._database.writing() as connection:
        connection.exec_driver_sql("UPDATE epochs SET began = NULL, settled = 0, master = ''")
        connection.exec_driver_sql("DELETE FROM masters")
    shutil.copy(tmp_path / "master.key", tmp_path / "old.key")
    changing = epochs(tmp_path, renews_master=True)
    assert changing.is_due(now=NOW, lasts=timedelta(days=30))
    changing.end(now=NOW)
    sealed.must_open(open_ring(tmp_path))
    with pytest.raises(UnavailableError, match="does not belong"):
        open_ring(tmp_path, FileKeyProvider(tmp_path / "old.key"))


def _at_once(many: int) -> object:
    """Return the statement that fetches the keys to wrap anew, for smaller transactions."""
    from sqlalchemy import literal_column

    from troth.db.statements import Prepared
    from troth.keys.epochs.store import _NEXT

    return Prepared(_NEXT._statement.limit(literal_column(str(many))))
