from pathlib import Path

import pytest

from installations import NOW
from troth.app import App
from troth.errors import InputError, KeyNeededError, NotFoundError


def test_a_key_says_who_calls_and_for_what(app: App) -> None:
    token = app.access.create("webshop", frozenset({"suggestions"}), now=NOW)
    actor = app.access.check(token)
    assert (actor.name, actor.may) == ("webshop", frozenset({"suggestions"}))


@pytest.mark.parametrize("token", ["", "troth_", "x" * 10_000, "ключ", "\udcff"])
def test_any_other_key_opens_nothing(app: App, token: str) -> None:
    app.access.create("webshop", frozenset({"suggestions"}), now=NOW)
    with pytest.raises(KeyNeededError, match="not known"):
        app.access.check(token)


def test_a_revoked_key_ends_at_once(app: App) -> None:
    token = app.access.create("webshop", frozenset({"suggestions"}), now=NOW)
    app.access.revoke("webshop", now=NOW)
    with pytest.raises(KeyNeededError):
        app.access.check(token)
    with pytest.raises(NotFoundError):
        app.access.revoke("webshop", now=NOW)


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("", {"suggestions"}),
        ("Web Shop", {"suggestions"}),
        ("x" * 64, {"suggestions"}),
        ("a", {"spying"}),
        ("a", set()),
    ],
    ids=["no name", "not a name", "too long", "an unknown purpose", "no purpose"],
)
def test_a_wrong_request_makes_no_key(app: App, name: str, may: set[str]) -> None:
    with pytest.raises(InputError):
        app.access.create(name, frozenset(may), now=NOW)
    assert app.access.all_keys() == []


def test_a_name_is_taken_once(app: App) -> None:
    token = app.access.create("webshop", frozenset({"suggestions"}), now=NOW)
    with pytest.raises(InputError, match="already"):
        app.access.create("webshop", frozenset({"collect"}), now=NOW)
    assert app.access.check(token).may == frozenset({"suggestions"})


@pytest.mark.sqlite
def test_the_key_itself_is_never_stored(app: App, tmp_path: Path) -> None:
    token = app.access.create("webshop", frozenset({"suggestions"}), now=NOW)
    app.close()
    for file in (tmp_path / "home").rglob("*"):
        assert not file.is_file() or token.encode() not in file.read_bytes()
