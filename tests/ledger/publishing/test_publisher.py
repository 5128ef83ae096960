"""The log grows, and what was signed stays the beginning of it, whatever is done in between."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from installations import NOW, install
from ledger.publishing.histories import CUSTOMERS, History, Step, history, steps
from troth.app import App
from troth.errors import UnavailableError
from troth.ledger import store as entries
from troth.ledger.checkpoint import open_checkpoint
from troth.ledger.heads import EMPTY, whole
from troth.ledger.model import COMPANY, Entry, Kind
from troth.ledger.note import open_note
from troth.ledger.proof import consistency_proof, is_consistent
from troth.ledger.publishing import publisher, store
from troth.ledger.publishing.publisher import all_parts, nodes
from troth.ledger.publishing.store import Recorded, ledger_recorded
from troth.ledger.spelling import from_base64
from troth.ledger.tiles import FULL

DRAWN = settings(max_examples=15)


def _must_be_one_log(made: History) -> None:
    """Check that each log is what was appended to it, and has every checkpoint that was ever seen."""
    trees = made.trees()
    with made.app._databases[0].reading() as connection:
        origins = entries.origins(connection)
        for log, tree in trees.items():
            head = store.tree(connection, log)
            if head is not None:
                assert head.root == tree.root(head.size)
    by_name = {origin: trees[log] for log, origin in origins.items()}
    for checkpoint in made.checkpoints:
        said, note = open_checkpoint(checkpoint)
        assert said.root == by_name[said.origin].root(said.size)
        assert open_note(note, [one.key for one in made.app.ledger.log_keys()]).signed


@pytest.mark.slow
@DRAWN
@given(done=steps())
def test_whatever_is_done_each_log_is_what_was_appended_and_every_checkpoint_is_of_it(
    tmp_path_factory: pytest.TempPathFactory, done: Sequence[Step]
) -> None:
    with history(tmp_path_factory.mktemp("home")) as made:
        made.go(done)
        head = made.publish()
        made.look()
        _must_be_one_log(made)
        state = made.app.publisher.state()
        assert (head.size, head.signed) == (state.size, state.signed) == (state.size, state.size)
        assert not made.app.publisher.is_due()


@pytest.mark.slow
@DRAWN
@given(done=steps(), pairs=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=5, max_size=5))
def test_between_any_two_sizes_it_is_proven_that_the_log_only_grew(
    tmp_path_factory: pytest.TempPathFactory, done: Sequence[Step], pairs: Sequence[tuple[float, float]]
) -> None:
    with history(tmp_path_factory.mktemp("home")) as made:
        made.go(done)
        head = made.publish()
        made.look()
        tree = made.trees()[head.log]
        with made.app._databases[0].reading() as connection:
            at_hand = nodes(connection, head.log, head.size)
            for pair in pairs:
                old, size = sorted(1 + int(one * (head.size - 1)) for one in pair)
                path = consistency_proof(at_hand, old, size)
                assert is_consistent(tree.root(old), old, tree.root(size), size, path)


def test_the_map_that_was_told_is_the_one_that_stands_there(app: App) -> None:
    made = History(app.settings.home, app)
    for customer in CUSTOMERS:
        made.append(customer, 2)
    made.publish()
    made.erase(1)
    made.append(2, 1)
    head = made.publish()
    with app._databases[0].reading() as connection:
        row = entries.one(connection, COMPANY, head.log, head.heads)
        assert row is not None
        said = app.ledger.statement(row)
        assert said is not None
        told = whole(all_parts(connection))
    # Whoever was erased stays in the map: as a number that tells nothing.
    assert (told.streams, said.body["streams"]) == (len(CUSTOMERS), len(CUSTOMERS))
    assert said.body["size"] == row.leaf == head.size - 1
    assert from_base64(str(said.body["root"]), "root") == told.hash != EMPTY


def test_nothing_new_means_nothing_signed_anew(app: App) -> None:
    head = app.publisher.publish(now=NOW)
    assert app.publisher.publish(now=NOW + timedelta(days=1)) == head
    assert not app.publisher.open(now=NOW)


def test_more_leaves_than_one_transaction_takes_come_to_the_same_tree(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "_AT_ONCE", 100)
    made = History(app.settings.home, app)
    made.look()
    for at in range(5):
        made.write([Entry(one, Kind.READ, NOW, {"case": at}) for one in CUSTOMERS for _ in range(40)])
        made.publish()
        made.look()
    head = made.publish()
    assert head.size > 3 * FULL
    _must_be_one_log(made)
    with app._databases[0].reading() as connection:
        assert entries.leaves(connection, 0, head.size) == []


def test_for_a_month_both_keys_sign_and_then_the_new_one_alone(app: App) -> None:
    made = History(app.settings.home, app)
    made.append(1, 1)
    made.change()
    old, new = (one.key for one in app.ledger.log_keys())
    signed = {}
    for days in (1, 29, 31):
        made.now = NOW + timedelta(days=days)
        made.append(1, 1)
        _, note = open_checkpoint(made.publish().checkpoint)
        signed[days] = Counter(open_note(note, [old, new]).signed)
    assert signed == {1: {old: 1, new: 1}, 29: {old: 1, new: 1}, 31: {new: 1}}


def test_older_data_beside_newer_keys_is_never_signed_and_begins_a_new_log(app: App) -> None:
    made = History(app.settings.home, app)
    made.look()
    made.append(1, 3)
    before = made.publish()
    with app._databases[1].writing() as keys:
        keys.execute(update(ledger_recorded).values(size=before.size + 1))
    made.append(2, 1)
    with pytest.raises(UnavailableError) as told:
        app.publisher.publish(now=NOW)
    assert told.value.code == "ledger_older"
    assert app.publisher.state().signed == before.signed
    assert app.publisher.open(now=NOW)
    after = app.publisher.publish(now=NOW)
    assert after.log == before.log + 1
    begun = app.ledger.of_customer(COMPANY).entries[-1]
    assert [one.kind for one in app.ledger.of_customer(COMPANY).entries if one.log == after.log] == [Kind.LOG_BEGUN]
    assert begun.body["size"] == before.size + 1
    assert begun.body["before"] == app.publisher.state().origin.removesuffix("/2")


def test_what_grew_past_the_record_by_another_way_is_a_fork_and_is_not_signed(app: App) -> None:
    made = History(app.settings.home, app)
    made.append(1, 3)
    before = made.publish()
    with app._databases[1].writing() as keys:
        keys.execute(update(ledger_recorded).values(root=bytes(32)))
    made.append(1, 5)
    with pytest.raises(UnavailableError) as told:
        app.publisher.publish(now=NOW)
    assert told.value.code == "ledger_older"
    assert app.publisher.state().signed == before.signed


def test_a_log_that_was_begun_and_not_signed_yet_goes_on_at_the_next_opening(app: App) -> None:
    made = History(app.settings.home, app)
    made.append(1, 3)
    made.publish()
    made.lose()
    made.append(2, 1)
    again = install(app.settings.home)
    assert again.publisher.state() == app.publisher.state()
    assert again.publisher.publish(now=NOW).log == 2
    again.close()


def test_the_word_on_the_map_is_told_again_once_its_time_is_over(app: App) -> None:
    made = History(app.settings.home, app)
    made.append(1, 1)
    before = made.publish()
    made.now += timedelta(days=400)
    made.write([Entry(COMPANY, Kind.INCIDENT, made.now)])
    app.ledger.delete_before(made.now - timedelta(days=365))
    head = made.publish()
    assert head.heads > before.heads
    assert made.bundle(1) is not None
    made.must_hold()


@pytest.mark.parametrize("piece", ["tile", "first leaf", "last leaf"])
def test_with_a_piece_missing_nothing_is_signed(app: App, piece: str) -> None:
    made = History(app.settings.home, app)
    made.append(1, 3)
    before = made.publish()
    made.append(2, 3)
    table = store.ledger_tiles if piece == "tile" else entries.ledger_leaves
    at = {"tile": 0, "first leaf": before.size, "last leaf": before.size + 2}[piece]
    if piece != "tile":
        # The word on the map, which publishing appends, is told already.
        with app._databases[0].writing() as connection:
            entries.drop_moved(connection)
    with app._databases[0].writing() as connection:
        connection.execute(table.delete().where(list(table.primary_key)[-1] == at))
    with pytest.raises(UnavailableError) as told:
        app.publisher.publish(now=NOW)
    assert told.value.code == "ledger_broken"
    assert app.publisher.state().signed == before.signed


def test_a_tile_that_was_changed_is_damage_and_not_older_data(app: App) -> None:
    made = History(app.settings.home, app)
    made.append(1, 3)
    before = made.publish()
    with app._databases[0].writing() as connection:
        connection.execute(update(store.ledger_tiles).values(hashes=bytes(32 * before.size)))
    with pytest.raises(UnavailableError) as told:
        app.publisher.open(now=NOW)
    assert told.value.code == "ledger_broken"
    assert made.log == 1


def test_who_was_overtaken_by_another_process_signs_what_that_one_put_on_record(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = History(app.settings.home, app)
    made.append(1, 3)
    other = install(app.settings.home)
    put, overtakes = app.publisher._put_on_record, iter([True])

    def overtaken(new: Recorded) -> bool:
        if next(overtakes, False):
            made.append(2, 3)
            made.checkpoints.add(other.publisher.publish(now=NOW).checkpoint)
        return put(new)

    monkeypatch.setattr(app.publisher, "_put_on_record", overtaken)
    head = made.publish()
    assert made.checkpoints == {head.checkpoint}
    assert head.size == app.publisher.state().size
    other.close()


def test_what_is_signed_was_put_on_record_before(app: App) -> None:
    made = History(app.settings.home, app)
    made.append(1, 3)
    head = made.publish()
    with app._databases[1].reading() as keys:
        (row,) = keys.execute(select(ledger_recorded)).all()
    assert (row.log, row.size, bytes(row.root)) == (head.log, head.size, head.root)
