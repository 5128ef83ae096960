"""What is told is what a thief can really open: nobody too few, nobody too many."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from breach.lives import Life, live
from breach.thief import Opened, copy_keys, copy_rows, epoch_key, masters, opened
from troth.breach.model import Report
from troth.breach.theft import Stolen

pytestmark = pytest.mark.slow
_KINDS = ("room:identity", "email", "orders", "page_views")


@pytest.fixture(scope="module", params=[1, 2, 3])
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    lived = live(tmp_path_factory.mktemp("life"), seed=request.param)
    yield lived
    lived.app.close()


def ask(life: Life, stolen: Stolen) -> tuple[Report, Opened]:
    """Return the answer, and whom and what it told, of items and ids."""
    found: Counter[tuple[int, str]] = Counter()

    def told(customer: int, lots: object) -> None:
        for lot in lots:  # type: ignore[attr-defined]  # a sink's own type is a Sequence of lots
            if lot.name in _KINDS:
                found[customer, lot.name] += lot.items

    report = life.app.breach.stolen(stolen, now=life.app.clock.now(), sink=told)
    items = {kind.name: kind.items for kind in report.reached.kinds if kind.name in _KINDS}
    assert items == _by_kind(found), "the sums and the list are the same"
    return report, dict(found)


def _by_kind(found: Mapping[tuple[int, str], int]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for (_, kind), count in found.items():
        sums[kind] += count
    return dict(sums)


def test_the_newest_epochs_key_opens_what_is_told(life: Life) -> None:
    table = copy_keys(life.app)
    key = epoch_key(table, table.epoch, masters(life.home))
    truth = opened(table, {table.epoch: key}, copy_rows(life.app))
    report, found = ask(life, Stolen(epoch=table.epoch))
    assert found == truth
    assert report.is_exact
    assert len({customer for customer, _ in truth}) > 5


@pytest.mark.parametrize("epoch", [1, 2])
def test_a_past_epochs_key_and_a_copy_of_its_keys_open_what_is_told(life: Life, epoch: int) -> None:
    copied = life.copies[epoch]
    stolen_key = epoch_key(copied.keys, epoch, masters(life.home))
    truth = opened(copied.keys, {epoch: stolen_key}, copy_rows(life.app))
    report, found = ask(life, Stolen(epoch=epoch, backups=(copied.wrapped,)))
    assert found == truth
    assert report.is_exact
    assert truth
    assert report.spared.customers, "who came later is spared"


@pytest.mark.parametrize("epoch", [1, 2])
def test_without_a_copy_of_the_keys_nobody_is_missed_and_who_came_later_is_spared(life: Life, epoch: int) -> None:
    table = life.copies[epoch].keys
    truth = opened(table, {epoch: epoch_key(table, epoch, masters(life.home))}, copy_rows(life.app))
    report, found = ask(life, Stolen(epoch=epoch))
    assert all(found.get(pair) == count for pair, count in truth.items())
    here_then = {customer for customer, _ in table.keys}
    assert {customer for customer, _ in found} <= here_then
    assert all(kind != "room:identity" for _, kind in found.keys() - truth.keys()), "an id is as old as its customer"
    assert report.is_exact == (found == truth and report.is_exact)


@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_a_copy_of_the_data_opens_with_todays_keys_as_told_and_the_rest_is_shredded(life: Life, epoch: int) -> None:
    copied = life.copies[epoch]
    table, keys = copy_keys(life.app), masters(life.home)
    truth = opened(table, {one: epoch_key(table, one, keys) for one in table.epochs}, copied.rows)
    report, found = ask(life, Stolen(backups=(copied.main,)))
    assert found == truth
    rest = Counter((row[0], row[1].split("/")[0]) for row in copied.rows.items)
    rest.update((number, "room:identity") for number in copied.rows.ids)
    rest.subtract(truth)
    shredded = {kind.name: kind.items for kind in report.shredded.kinds if kind.name in _KINDS}
    assert shredded == _by_kind({pair: count for pair, count in rest.items() if count})
    assert shredded, "somebody was erased since"
    assert report.is_sealed


@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_copies_of_the_data_and_of_the_keys_open_what_is_told(life: Life, epoch: int) -> None:
    copied = life.copies[epoch]
    keys = {one: epoch_key(copied.keys, one, masters(life.home)) for one in copied.keys.epochs}
    report, found = ask(life, Stolen(backups=(copied.main, copied.wrapped)))
    assert found == opened(copied.keys, keys, copied.rows)
    assert found
    assert not report.is_sealed
    # The place with both in it is the same question.
    assert ask(life, Stolen(backups=(str(Path(copied.main).parent),)))[1] == found


@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_a_copy_of_the_keys_opens_what_is_told_of_the_data_that_is_here(life: Life, epoch: int) -> None:
    table = life.copies[epoch].keys
    keys = {one: epoch_key(table, one, masters(life.home)) for one in table.epochs}
    truth = opened(table, keys, copy_rows(life.app))
    assert ask(life, Stolen(backups=(life.copies[epoch].wrapped,)))[1] == truth
    assert truth


def test_copies_that_do_not_belong_together_open_what_they_have_in_common(life: Life) -> None:
    rows, table = life.copies[3].rows, life.copies[1].keys
    keys = {one: epoch_key(table, one, masters(life.home)) for one in table.epochs}
    asked = Stolen(backups=(life.copies[3].main, life.copies[1].wrapped))
    assert ask(life, asked)[1] == opened(table, keys, rows)


@pytest.mark.parametrize("epoch", [1, 2, 3])
@pytest.mark.parametrize("of", [1, 2, 3])
def test_an_epochs_key_and_a_copy_of_the_data_open_no_more_than_is_told(life: Life, epoch: int, of: int) -> None:
    table, rows = life.copies[epoch].keys, life.copies[of].rows
    truth = opened(table, {epoch: epoch_key(table, epoch, masters(life.home))}, rows)
    report, found = ask(life, Stolen(epoch=epoch, backups=(life.copies[of].main,)))
    assert all(found.get(pair) == count for pair, count in truth.items())
    if epoch == of:
        assert found == truth
        assert report.is_exact


@pytest.mark.parametrize("kind", ["orders", "page_views", "email"])
def test_one_kind_is_that_part_of_everything(life: Life, kind: str) -> None:
    for stolen in (Stolen(epoch=3), Stolen(backups=(life.copies[2].main,)), Stolen(epoch=1)):
        _, all_kinds = ask(life, stolen)
        _, one = ask(life, Stolen(stolen.epoch, stolen.backups, kind))
        assert one == {pair: count for pair, count in all_kinds.items() if pair[1] == kind}
    _, holders = ask(life, Stolen(kind=kind))
    rows = Counter((row[0], row[1].split("/")[0]) for row in copy_rows(life.app).items)
    assert holders == {pair: count for pair, count in rows.items() if pair[1] == kind}


def test_after_the_master_key_is_renewed_older_copies_of_the_keys_open_nothing(tmp_path: Path) -> None:
    lived = live(tmp_path, seed=4, epochs=2, acts=8)
    app, copied = lived.app, lived.copies[1]
    before, _ = ask(lived, Stolen(backups=(copied.main, copied.wrapped)))
    assert before.reached.customers
    app.epochs.rotate(now=app.clock.now())
    for backups in ((copied.wrapped,), (copied.main, copied.wrapped)):
        report, found = ask(lived, Stolen(backups=backups))
        assert (found, report.reached.customers) == ({}, 0)
    # The key of the epoch itself needs no master key.
    report, found = ask(lived, Stolen(epoch=1, backups=(copied.main, copied.wrapped)))
    assert report.reached.customers == before.reached.customers
    assert not report.is_exact, "it can't be tried here any more"
    app.close()
