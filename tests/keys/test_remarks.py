"""Who and why, sealed: they open while everybody they are about is here, and only in their own place."""

import pytest

from installations import PAGE_VIEWS, say
from troth.app import App
from troth.keys.remarks import Remark, Remarks

WORDS = Remark("the desk ✓", 'case 17, "urgent"')


@pytest.fixture
def numbers(app: App) -> list[int]:
    return [say(app, who, PAGE_VIEWS, "yes") for who in ("c1", "c2")]


def test_what_is_sealed_comes_back_and_tells_nothing_before(app: App, numbers: list[int]) -> None:
    remarks = Remarks(app._ring, "room:test")
    sealed = remarks.seal(numbers, WORDS, bound_to=b"row 1")
    assert b"desk" not in sealed
    assert remarks.open(reversed(numbers), sealed, bound_to=b"row 1") == WORDS
    assert remarks.seal(numbers, WORDS, bound_to=b"row 1") != sealed


@pytest.mark.parametrize("gone", [0, 1])
def test_of_two_the_key_of_either_takes_it_along(app: App, numbers: list[int], gone: int) -> None:
    remarks = Remarks(app._ring, "room:test")
    sealed = remarks.seal(numbers, WORDS, bound_to=b"row 1")
    app._ring.destroy(numbers[gone])
    assert remarks.open(numbers, sealed, bound_to=b"row 1") == Remark()


def test_moved_changed_or_of_another_room_it_does_not_open(app: App, numbers: list[int]) -> None:
    remarks = Remarks(app._ring, "room:test")
    sealed = remarks.seal(numbers[:1], WORDS, bound_to=b"row 1")
    assert remarks.open(numbers[:1], sealed, bound_to=b"row 2") == Remark()
    assert remarks.open(numbers[1:], sealed, bound_to=b"row 1") == Remark()
    assert remarks.open(numbers[:1], sealed[:-1] + bytes([sealed[-1] ^ 1]), bound_to=b"row 1") == Remark()
    assert Remarks(app._ring, "room:other").open(numbers[:1], sealed, bound_to=b"row 1") == Remark()


def test_its_words_are_not_in_its_repr() -> None:
    assert "17" not in repr(WORDS)
