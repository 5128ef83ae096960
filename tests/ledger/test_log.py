from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from installations import NOW, install
from troth.app import App
from troth.canonical import JSON
from troth.errors import UnavailableError
from troth.keys.ring import KeyGoneError
from troth.ledger import leaf, store
from troth.ledger.log import Written
from troth.ledger.model import COMPANY, Entry, Kind, Story, is_one_line
from troth.ledger.store import ledger_entries, ledger_leaves, ledger_streams
from troth.ledger.tree import leaf_hash

MINUTE = timedelta(minutes=1)


def _append(app: App, *entries: Entry) -> list[Written]:
    with app._databases[0].writing() as connection:
        return app.ledger.append_in(connection, entries)


def _entry(customer: int, minutes: int = 0) -> Entry:
    return Entry(customer, Kind.READ, NOW + minutes * MINUTE, {"reason": f"case {minutes}"})


@dataclass(frozen=True)
class Said:
    """What a story tells, entry by entry: its number, its kind, when, what; and how many are lost."""

    entries: Sequence[tuple[int, Kind, object, object]] = ()
    lost: int = 0


def _said(story: Story) -> Said:
    return Said([(one.number, one.kind, one.at, one.body) for one in story.entries], story.lost)


def _as(number: int, entry: Entry) -> tuple[int, Kind, object, object]:
    return number, entry.kind, entry.at, entry.body


def test_what_was_appended_is_told_in_order_and_only_of_its_customer(app: App) -> None:
    choice = Entry(7, Kind.CHOICE_MADE, NOW, {"answer": "yes"})
    _append(app, choice, _entry(8, 1), _entry(7, 2))
    _append(app, _entry(7, 3))
    assert _said(app.ledger.of_customer(7)) == Said([_as(1, choice), _as(2, _entry(7, 2)), _as(3, _entry(7, 3))])
    assert _said(app.ledger.of_customer(8)) == Said([_as(1, _entry(8, 1))])
    assert app.ledger.of_customer(9) == Story()


TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
BODIES: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcé", max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.slow
@settings(max_examples=20)
@given(bodies=st.lists(st.dictionaries(st.text("abcé", max_size=5), BODIES, max_size=4), min_size=1, max_size=3))
def test_every_body_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[dict[str, JSON]]
) -> None:
    app = install(tmp_path_factory.mktemp("home"))
    _append(app, *(Entry(1, Kind.DISCLOSED, NOW, body) for body in bodies))
    assert [one.body for one in app.ledger.of_customer(1).entries] == bodies
    app.close()


def test_each_entry_names_the_one_before_and_its_leaf_stands_under_the_next_index(app: App) -> None:
    before = app.publisher.state().size
    written = _append(app, _entry(7), _entry(8), _entry(7, 1)) + _append(app, _entry(8, 1), _entry(7, 2))
    assert [one.leaf for one in written] == list(range(before, before + 5))
    assert app.publisher.state().size == before + 5
    (key,) = app.ledger.log_keys()
    with app._databases[0].reading() as connection:
        leaves = dict(store.leaves(connection, before, 10))
    by_stream: dict[bytes, list[leaf.Statement]] = {}
    for one in written:
        assert leaves[one.leaf] == leaf_hash(leaf.leaf_of(one.envelope, key.key))
        assert key.key.holds(leaf.signed_bytes(one.envelope.payload), one.envelope.signature)
        said = leaf.read_statement(one.envelope.payload)
        assert said.log == app.publisher.state().origin
        by_stream.setdefault(said.stream, []).append(said)
    assert sorted(len(of_one) for of_one in by_stream.values()) == [2, 3]
    hashes = {leaf.read_statement(one.envelope.payload).salt: leaves[one.leaf] for one in written}
    for of_one in by_stream.values():
        assert [said.number for said in of_one] == list(range(1, len(of_one) + 1))
        assert of_one[0].previous == leaf.NOTHING
        assert all(after.previous == hashes[first.salt] for first, after in pairwise(of_one))
    assert len(hashes) == 5


def test_a_transaction_that_fails_leaves_no_entry(app: App) -> None:
    def fail() -> None:
        with app._databases[0].writing() as connection:
            app.ledger.append_in(connection, [_entry(7)])
            raise RuntimeError

    before = app.publisher.state()
    with pytest.raises(RuntimeError):
        fail()
    assert app.ledger.of_customer(7) == Story()
    assert app.publisher.state() == before


def test_appending_nothing_does_nothing(app: App) -> None:
    before = app.publisher.state()
    assert _append(app) == []
    assert app.publisher.state() == before


def test_an_entry_that_was_changed_or_moved_to_another_place_customer_or_log_does_not_open(app: App) -> None:
    _append(app, *(_entry(7, minutes) for minutes in range(1, 6)), _entry(8))
    with app._databases[0].writing() as connection:
        of_seven = ledger_entries.c.customer == 7
        found = connection.execute(select(ledger_entries).where(of_seven))
        rows = {row.number: bytes(row.sealed) for row in found}
        changed = rows[3][:-1] + bytes([rows[3][-1] ^ 1])
        for where, values in (
            (of_seven & (ledger_entries.c.number == 2), {"sealed": rows[1]}),
            (of_seven & (ledger_entries.c.number == 3), {"sealed": changed}),
            (of_seven & (ledger_entries.c.number == 5), {"log": 2}),
            (ledger_entries.c.customer == 8, {"sealed": rows[1]}),
        ):
            connection.execute(update(ledger_entries).where(where).values(values))
    # The one in another log neither opens there nor stands at the end of this one.
    assert _said(app.ledger.of_customer(7)) == Said([_as(1, _entry(7, 1)), _as(4, _entry(7, 4))], lost=4)
    assert _said(app.ledger.of_customer(8)) == Said([], lost=1)


@pytest.mark.parametrize(("gone", "lost"), [((2, 3), 2), ((4, 5), 2), ((5,), 1), ((2, 5), 2)])
def test_entries_that_are_missing_in_between_or_at_the_end_are_counted(
    app: App, gone: tuple[int, ...], lost: int
) -> None:
    _append(app, *(_entry(7, minutes) for minutes in range(1, 6)))
    with app._databases[0].writing() as connection:
        of_seven = ledger_entries.c.customer == 7
        connection.execute(delete(ledger_entries).where(of_seven & ledger_entries.c.number.in_(gone)))
    left = [_as(number, _entry(7, number)) for number in range(1, 6) if number not in gone]
    assert _said(app.ledger.of_customer(7)) == Said(left, lost)


def test_each_customer_has_a_random_stream_of_their_own_which_nobody_can_name_without_their_key(
    app: App, tmp_path: Path
) -> None:
    _append(app, _entry(7), _entry(8))
    other = install(tmp_path / "other")
    _append(other, _entry(7))
    with app._databases[0].reading() as connection, other._databases[0].reading() as elsewhere:
        names = [app.ledger.stream_name(connection, one) for one in (7, 8)]
        names.append(other.ledger.stream_name(elsewhere, 7))
        assert app.ledger.stream_name(connection, 9) is None
        assert app.ledger.stream_name(connection, COMPANY) == leaf.COMPANY
        sealed = {bytes(one) for one in connection.execute(select(ledger_streams.c.stream)).scalars()}
    other.close()
    assert len({leaf.COMPANY, *names}) == 4
    assert not sealed & {*names}
    app._ring.destroy(7)
    with app._databases[0].reading() as connection, pytest.raises(KeyGoneError):
        app.ledger.stream_name(connection, 7)


def test_the_streams_name_is_bound_to_its_customer(app: App) -> None:
    _append(app, _entry(7), _entry(8))
    with app._databases[0].writing() as connection:
        here = ledger_streams.c.customer == 7
        stolen = connection.execute(select(ledger_streams.c.stream).where(here)).scalar_one()
        connection.execute(update(ledger_streams).where(ledger_streams.c.customer == 8).values(stream=stolen))
    with app._databases[0].reading() as connection, pytest.raises(KeyGoneError):
        app.ledger.stream_name(connection, 8)


def test_a_clock_behind_the_signers_first_day_is_told_and_nothing_is_written(app: App) -> None:
    before = app.publisher.state()
    with pytest.raises(UnavailableError, match="Nothing was noted") as told:
        _append(app, _entry(7), Entry(7, Kind.READ, NOW - timedelta(days=1)))
    assert told.value.code == "clock_behind"
    assert app.ledger.of_customer(7) == Story()
    assert app.publisher.state() == before
    assert [one.leaf for one in _append(app, _entry(7))] == [before.size]


def test_what_was_under_way_while_the_key_changed_is_dated_to_the_change(app: App) -> None:
    changed = NOW + 10 * MINUTE
    app.ledger.change_signer(now=changed)
    _append(app, Entry(7, Kind.READ, changed - timedelta(seconds=5)))
    assert [one.at for one in app.ledger.of_customer(7).entries] == [changed]


def test_a_name_is_noted_once_per_customer_and_goes_with_the_customer(app: App) -> None:
    with app._databases[0].writing() as connection:
        first = [app.ledger.is_first_in(connection, one, "use:a", NOW) for one in (7, 7, 8)]
        noted = [app.ledger.note_once_in(connection, "shown", _entry(7)) for _ in range(2)]
    assert first == [True, False, True]
    assert noted == [True, False]
    assert len(app.ledger.of_customer(7).entries) == 1
    app.ledger.forget(7, now=NOW)
    with app._databases[0].reading() as connection:
        assert [app.ledger.is_noted(connection, one, "use:a") for one in (7, 8)] == [False, True]


def test_what_was_noted_is_counted_until_it_is_told(app: App) -> None:
    with app._databases[0].writing() as connection:
        for customer, what in ((7, "use:a"), (7, "use:b"), (8, "use:a"), (8, "use:z"), (9, "other")):
            app.ledger.is_first_in(connection, customer, what, NOW)
        app.ledger.count_in(connection, [(7, "use:a", 2), (7, "use:a", 3), (8, "use:z", 1), (7, "use:unknown", 4)])
        counted = app.ledger.counted_in(connection, "use:", before="use:m", most=10)
        assert counted == {7: {"use:a": 5, "use:b": 0}, 8: {"use:a": 0}}
        assert app.ledger.counted_in(connection, "use:", before="use:m", most=1) == {7: {"use:a": 5, "use:b": 0}}
        app.ledger.forget_counts_in(connection, {one: list(names) for one, names in counted.items()})
        assert app.ledger.counted_in(connection, "use:", before="use:m", most=10) == {}
        assert app.ledger.counted_in(connection, "use:", before="zzz", most=10) == {8: {"use:z": 1}}


def test_what_is_past_its_keep_goes_and_is_not_missed(app: App) -> None:
    _append(app, *(_entry(7, minutes) for minutes in range(5)), _entry(8))
    assert app.ledger.delete_before(NOW) == 0
    # The company's own first entries are as old as the oldest here.
    gone = app.ledger.delete_before(NOW + 3 * MINUTE)
    assert gone >= 4
    assert _said(app.ledger.of_customer(7)) == Said([_as(4, _entry(7, 3)), _as(5, _entry(7, 4))])
    assert app.ledger.of_customer(8) == Story()
    _append(app, _entry(8, 9))
    assert _said(app.ledger.of_customer(8)) == Said([_as(2, _entry(8, 9))])


def test_keys_sign_one_after_the_other_and_each_change_is_the_last_word_of_the_old_one(app: App) -> None:
    _append(app, _entry(7, 1))
    new = app.ledger.change_signer(now=NOW + 2 * MINUTE)
    _append(app, _entry(7, 3))
    newest = app.ledger.change_signer(now=NOW + 4 * MINUTE)
    first, second, third = app.ledger.log_keys()
    assert (second.key, third.key) == (new.key, newest.key)
    assert [(one.since, one.until) for one in (first, second, third)] == [
        (NOW, NOW + 2 * MINUTE),
        (NOW + 2 * MINUTE, NOW + 4 * MINUTE),
        (NOW + 4 * MINUTE, None),
    ]
    assert len({one.key.public for one in (first, second, third)}) == 3
    told = [one for one in app.ledger.of_customer(COMPANY).entries if one.kind is Kind.SIGNER_CHANGED]
    assert [one.body["key"] for one in told] == [second.key.written, third.key.written]
    with app._databases[0].reading() as connection:
        keys = app.ledger.keys(connection)
        for row in store.every(connection):
            envelope, said = app.ledger.envelope(row, keys), app.ledger.statement(row)
            assert envelope is not None
            assert said is not None
            (signed,) = (one for one in (first, second, third) if one.key.short == envelope.key)
            assert signed.was_used(said.at)
            assert signed.key.holds(leaf.signed_bytes(envelope.payload), envelope.signature)


def test_without_the_key_that_signs_nothing_is_noted(app: App) -> None:
    app.ledger.change_signer(now=NOW)
    before = app.publisher.state()
    with app._databases[1].writing() as keys:
        keys.execute(delete(store.ledger_signers).where(store.ledger_signers.c.signer == 2))
    with pytest.raises(UnavailableError) as told:
        _append(app, _entry(7))
    assert told.value.code == "ledger_key_missing"
    assert app.publisher.state() == before


def test_a_key_begins_no_earlier_than_the_last_entry_of_the_one_before(app: App) -> None:
    _append(app, _entry(7, 5))
    new = app.ledger.change_signer(now=NOW + MINUTE)
    first, second = app.ledger.log_keys()
    assert new.since == first.until == second.since == NOW + 5 * MINUTE


@pytest.mark.sqlite
def test_nothing_of_an_entry_stands_in_clear_but_whose_and_when(app: App, tmp_path: Path) -> None:
    _append(app, Entry(7, Kind.READ, NOW, {"name": "somebody-here", "reason": "parcel-of-the-customer"}))
    app.close()
    files = [file for file in (tmp_path / "home" / "data").rglob("*") if file.is_file()]
    assert files
    for file in files:
        content = file.read_bytes()
        for secret in (b"somebody-here", b"parcel-of-the-customer", b'"kind":"read"'):
            assert secret not in content


def test_forgetting_takes_all_of_one_customer_and_nothing_of_another(app: App) -> None:
    _append(app, _entry(7), _entry(7, 1), _entry(8))
    assert app.ledger.describe(7).counts == {"entries": 2}
    assert app.ledger.forget(7, now=NOW).counts == {"entries": 2}
    assert app.ledger.forget(7, now=NOW).counts == {}
    assert app.ledger.of_customer(7) == Story()
    assert _said(app.ledger.of_customer(8)) == Said([_as(1, _entry(8))])
    with app._databases[0].reading() as connection:
        assert connection.execute(select(ledger_streams).where(ledger_streams.c.customer == 7)).all() == []
        # The hashes stay: of everybody's proofs they are a part.
        size = app.publisher.state().size
        assert connection.execute(select(ledger_leaves)).all()
        assert [index for index, _ in store.leaves(connection, 0, size)] == list(range(size))


def test_what_a_copy_holds_does_not_open_once_the_key_is_destroyed(app: App) -> None:
    _append(app, _entry(7))
    app._ring.destroy(7, keep=["orders", "ledger"])
    assert app.ledger.of_customer(7) == Story(lost=1)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("parcel lost, case 12", True),
        ("Paket verloren – Fall 12 №\u00a03", True),
        ("می\u200cخواهم", True),
        ("", True),
        ("two\nlines", False),
        ("two\u2028lines", False),
        ("tab\there", False),
        ("\x1b[2Jgone", False),
        ("turned \u202egnor", False),
        ("\ud800", False),
        ("\x00", False),
    ],
)
def test_a_line_is_what_it_looks_like(text: str, is_one: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_one_line(text) is is_one


def test_the_companys_own_entries_are_nobodys_to_count_or_to_delete(app: App) -> None:
    before = app.ledger.of_customer(COMPANY)
    assert before.entries
    assert app.ledger.describe(COMPANY).counts == {}
    assert app.ledger.forget(COMPANY, now=NOW).counts == {}
    assert app.ledger.of_customer(COMPANY) == before
