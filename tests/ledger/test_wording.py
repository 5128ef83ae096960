"""What entries say in plain words."""

from collections.abc import Mapping

from troth.canonical import JSON
from troth.ledger.leaf import VERSION, VOCABULARY
from troth.ledger.wording import KINDS, MEMBERS, told


def test_every_kind_has_words_and_none_that_is_not_there() -> None:
    assert set(KINDS) == VOCABULARY[VERSION]
    assert all(words and not words.endswith(".") for words in [*KINDS.values(), *MEMBERS.values()])


def test_values_are_told_in_words_and_empty_ones_left_out() -> None:
    body: Mapping[str, JSON] = {
        "zone": 0,
        "allowed": ["orders", "topics"],
        "refused": [["email", "no_yes"]],
        "is_last": True,
        "agency": "",
        "none": [],
        "nothing": None,
        "empty": {},
        "deep": {"b": [1], "a": False},
    }
    assert told(body) == (
        ("Let out", "orders, topics"),
        ("Deep", '{"a":false,"b":[1]}'),
        ("Is last", "yes"),
        ("Not let out", '[["email","no_yes"]]'),
        ("Zone", "0"),
    )
