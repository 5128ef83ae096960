from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installations import IMPORT, NOW, ORDERS, install, order, say
from troth.app import App
from troth.errors import InputError, NotFoundError, UnavailableError
from troth.gate.use import Arrived
from troth.identity.naming import normalised


@pytest.mark.parametrize(
    "outside",
    ["", "   ", "x" * 256, "é" * 128, "a\x00b", "a\nb", "\ud800"],
    ids=["empty", "blank", "too long", "too long in bytes", "a NUL", "a line break", "half a character"],
)
def test_what_is_no_id_is_refused_with_the_mend(app: App, outside: str) -> None:
    with pytest.raises(InputError) as refused:
        app.identity.find(outside)
    assert outside not in str(refused.value) or outside.strip() == ""


def test_ten_kilobytes_are_refused_without_being_quoted(app: App) -> None:
    with pytest.raises(InputError, match="10000 bytes") as refused:
        app.identity.obtain("z" * 10_000, now=NOW)
    assert "zzz" not in str(refused.value)


@pytest.mark.parametrize("outside", ["17850", "عميل-7", "客户", "a b", "x" * 255, "o'brien; DROP TABLE"])
def test_any_other_id_finds_the_same_customer_again(app: App, outside: str) -> None:
    number = app.identity.obtain(outside, now=NOW)
    assert app.identity.obtain(outside, now=NOW) == number
    assert app.identity.find(f" {outside} ") == number
    assert app.identity.outside_id(number) == outside


def test_two_spellings_of_one_character_are_one_customer(app: App) -> None:
    assert app.identity.obtain("Zoë", now=NOW) == app.identity.obtain("Zoe\u0308", now=NOW)


@given(st.text(max_size=60))
def test_an_id_is_normal_or_refused_and_normal_stays_normal(outside: str) -> None:
    try:
        one = normalised(outside)
    except InputError:
        return
    assert normalised(one) == one


def test_an_unknown_customer_is_told(app: App) -> None:
    with pytest.raises(NotFoundError, match="no customer with this id"):
        app.identity.get("nobody")


@pytest.mark.sqlite
def test_the_id_stands_nowhere_in_clear(app: App, tmp_path: Path) -> None:
    app.identity.obtain("very-particular-customer-4711", now=NOW)
    app.close()
    for file in (tmp_path / "home").rglob("*"):
        if file.is_file():
            assert b"very-particular" not in file.read_bytes(), file.name


def test_the_erased_do_not_come_back_by_an_old_file_but_by_a_fresh_order(app: App) -> None:
    first = say(app, "c1", ORDERS, "yes")
    app.gate.collect(IMPORT, [order("c1", "p1")], NOW)
    app.erasure.erase(first, now=NOW)
    old = app.gate.collect(IMPORT, [order("c1", "p2", at=NOW - timedelta(days=1))], NOW + timedelta(days=1))
    assert (old[0].arrived, old[0].code) == (Arrived.REFUSED, "erased")
    assert app.identity.find("c1") is None
    fresh = app.gate.collect(IMPORT, [order("c1", "p2", at=NOW + timedelta(hours=1))], NOW + timedelta(days=1))
    assert fresh[0].arrived is Arrived.TAKEN
    second = app.identity.get("c1")
    assert second != first
    assert app.consent.standing(second) == {}


@pytest.mark.sqlite
def test_identifiers_without_their_key_are_not_taken_for_an_empty_house(tmp_path: Path) -> None:
    home = tmp_path / "home"
    app = install(home)
    app.gate.collect(IMPORT, [order("c1", "p1")], NOW)
    app.erasure.erase(app.identity.get("c1"), now=NOW)
    app.close()
    (home / "keys" / "keys.db").write_bytes(b"")
    for _ in range(2):
        with pytest.raises(UnavailableError, match="keys that belong to it are not"):
            install(home)
