from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from installations import NOW, install
from troth.actors import ActorKind
from troth.app import App
from troth.ledger.model import Entry, Kind, Look, Story, is_one_line
from troth.ledger.store import ledger

LOOK = Look(
    actor=ActorKind.PERSON,
    name="sam",
    purpose="service",
    role="support",
    agency="brightmail",
    reason="parcel lost, “case 12”",
    allowed=("email", "orders"),
    refused={"page_views": "role_may_not"},
)


def _append(app: App, *entries: Entry) -> None:
    with app._databases[0].writing() as connection:
        app.ledger.append_in(connection, entries)


def _entry(customer: int, minutes: int = 0) -> Entry:
    return Entry(customer, Kind.READ, NOW + timedelta(minutes=minutes), replace(LOOK, reason=f"case {minutes}"))


def test_what_was_appended_is_told_in_order_and_only_of_its_customer(app: App) -> None:
    entries = [Entry(7, Kind.READ, NOW, LOOK), _entry(8, 1), _entry(7, 2)]
    _append(app, *entries)
    _append(app, _entry(7, 3))
    assert app.ledger.of_customer(7) == Story((entries[0], entries[2], _entry(7, 3)))
    assert app.ledger.of_customer(8) == Story((entries[1],))
    assert app.ledger.of_customer(9) == Story()


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(
    names=st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=5, max_size=5),
    allowed=st.frozensets(st.text(st.characters(codec="utf-8"), max_size=9), max_size=3),
    refused=st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=9), st.just("never"), max_size=3),
)
def test_every_text_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], allowed: frozenset[str], refused: dict[str, str]
) -> None:
    app = install(tmp_path_factory.mktemp("home"))
    name, purpose, role, reason, recipient = names
    look = Look(
        actor=ActorKind.SERVICE,
        name=name,
        purpose=purpose,
        role=role,
        reason=reason,
        recipient=recipient,
        allowed=tuple(sorted(allowed)),
        refused=refused,
    )
    _append(app, Entry(1, Kind.DISCLOSED, NOW, look))
    assert app.ledger.of_customer(1).entries == (Entry(1, Kind.DISCLOSED, NOW, look),)
    app.close()


def test_a_transaction_that_fails_leaves_no_entry(app: App) -> None:
    def fail() -> None:
        with app._databases[0].writing() as connection:
            app.ledger.append_in(connection, [_entry(7)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert app.ledger.of_customer(7) == Story()


def test_an_entry_that_was_moved_to_another_place_or_customer_does_not_open(app: App) -> None:
    _append(app, _entry(7, 1), _entry(7, 2), _entry(7, 3), _entry(8))
    with app._databases[0].writing() as connection:
        rows = dict(connection.execute(select(ledger.c.number, ledger.c.sealed).where(ledger.c.customer == 7)).all())
        here = ledger.c.customer == 7
        connection.execute(update(ledger).where(here & (ledger.c.number == 2)).values(sealed=rows[1]))
        connection.execute(update(ledger).where(ledger.c.customer == 8).values(sealed=rows[1]))
    assert app.ledger.of_customer(7) == Story((_entry(7, 1), _entry(7, 3)), lost=1)
    assert app.ledger.of_customer(8) == Story(lost=1)


def test_one_that_is_missing_between_two_others_is_counted(app: App) -> None:
    _append(app, *(_entry(7, minutes) for minutes in range(5)))
    with app._databases[0].writing() as connection:
        connection.execute(delete(ledger).where(ledger.c.number.in_([2, 3])))
    assert app.ledger.of_customer(7) == Story((_entry(7, 0), _entry(7, 3), _entry(7, 4)), lost=2)


@pytest.mark.sqlite
def test_nothing_of_an_entry_stands_in_clear_but_whose_and_when(app: App, tmp_path: Path) -> None:
    _append(app, replace(_entry(7), what=replace(LOOK, name="somebody-here", reason="parcel-of-the-customer")))
    app.close()
    files = [file for file in (tmp_path / "home" / "data").rglob("*") if file.is_file()]
    assert files
    for file in files:
        content = file.read_bytes()
        for secret in (b"somebody-here", b"parcel-of-the-customer", b"role_may_not"):
            assert secret not in content


def test_forgetting_takes_all_of_one_customer_and_nothing_of_another(app: App) -> None:
    _append(app, _entry(7), _entry(7, 1), _entry(8))
    assert app.ledger.describe(7).counts == {"looks": 2}
    assert app.ledger.forget(7, now=NOW).counts == {"looks": 2}
    assert app.ledger.forget(7, now=NOW).counts == {}
    assert app.ledger.of_customer(7) == Story()
    assert app.ledger.of_customer(8) == Story((_entry(8),))


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
