from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from installations import NOW
from troth.identity.model import Act, Link, persons, standing

PAIRS = st.sampled_from([(1, 2), (1, 3), (2, 3), (3, 4)])


def rows(made: list[tuple[tuple[int, int], Act]]) -> list[Link]:
    return [Link(number, *pair, act, 0, NOW) for number, (pair, act) in enumerate(made)]


@given(st.lists(st.tuples(PAIRS, st.sampled_from(Act)), max_size=12))
def test_a_pair_stands_as_its_last_row_says(made: list[tuple[tuple[int, int], Act]]) -> None:
    last = dict(made)
    assert {(one.one, one.other) for one in standing(rows(made))} == {
        p for p, act in last.items() if act is Act.LINKED
    }


def test_a_pair_linked_again_stands_by_its_new_row() -> None:
    first, ended, again = rows([((1, 2), Act.LINKED), ((1, 2), Act.UNLINKED), ((1, 2), Act.LINKED)])
    assert standing([first, ended, replace(again, after=9)]) == [replace(again, after=9)]


@given(st.lists(PAIRS, max_size=6))
def test_persons_are_the_parts_that_links_hold_together(pairs: list[tuple[int, int]]) -> None:
    links = rows([(pair, Act.LINKED) for pair in pairs])
    parts = persons([1, 2, 3, 4, 5], links)
    assert sorted(number for part in parts for number in part) == [1, 2, 3, 4, 5]
    assert all(any({one, other} <= part for part in parts) for one, other in pairs)
    assert frozenset({5}) in parts
    assert set(parts) == set(persons([5, 4, 3, 2, 1], links[::-1]))
