import pytest

from troth.demo.truth import Truth

TRUTH = Truth({"c1": "roses", "c2": "lawn"}, {"roses": frozenset({"r1", "r2"}), "lawn": frozenset({"l1"})}, 10)


def test_the_share_right_counts_what_belongs_to_the_customers_own_kind() -> None:
    assert TRUTH.share_right("c1", ["r1", "l1", "pot", "r2"]) == 0.5
    assert TRUTH.share_right("c2", ["r1"]) == 0.0


def test_chance_is_the_share_of_the_whole_shop() -> None:
    assert TRUTH.chance("c1") == 0.2


def test_nothing_suggested_can_be_neither_right_nor_wrong() -> None:
    with pytest.raises(ValueError, match="no suggestions"):
        TRUTH.share_right("c1", [])
