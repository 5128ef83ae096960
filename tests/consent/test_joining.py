"""The laws of two who become one person, and of one who becomes two again."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installations import NOW, ORDERS, PAGE_VIEWS
from troth.consent.model import VALID, Answer, Choice, Recorded, Status, fold, join
from troth.identity.model import Act, Link

YES, NO = Answer.YES, Answer.NO
A, B, C, D = 1, 2, 3, 4


def said(*answers: tuple[int, Answer]) -> list[Recorded]:
    """Return choices on one clause in the order recorded, each as (whose number, what was said)."""
    return [_recorded(seq, number, answer) for seq, (number, answer) in enumerate(answers, start=1)]


def _recorded(seq: int, number: int, answer: Answer, data: str = "orders") -> Recorded:
    clause = ORDERS if data == "orders" else PAGE_VIEWS
    return Recorded(seq, number, Choice(clause, answer, NOW + timedelta(seconds=seq), b"w", "en", "page", 1))


def link(one: int, other: int, *, after: int, number: int = 1) -> Link:
    return Link(number, one, other, Act.LINKED, after, NOW)


@pytest.mark.parametrize(
    ("before", "later", "status"),
    [
        ([(A, YES), (B, NO)], [], Status.REFUSED),
        ([(A, NO), (B, YES)], [], Status.REFUSED),
        ([(A, YES), (A, NO), (B, YES)], [], Status.WITHDRAWN),
        ([(A, YES)], [], Status.GIVEN),
        ([(B, YES)], [], Status.GIVEN),
        ([(B, NO)], [], Status.REFUSED),
        ([(A, YES), (B, YES)], [], Status.GIVEN),
        ([(A, YES), (B, YES), (B, NO), (B, YES)], [], Status.RENEWED_GIVEN),
        ([(A, NO), (B, YES), (B, NO)], [], Status.WITHDRAWN),
        ([(A, YES), (B, NO)], [(A, YES)], Status.GIVEN),
        ([(A, YES), (B, NO)], [(B, YES)], Status.GIVEN),
        ([(A, YES), (B, NO)], [(A, YES), (B, NO)], Status.WITHDRAWN),
        ([(A, YES), (B, YES)], [(B, NO)], Status.WITHDRAWN),
        ([(A, YES), (B, YES)], [(B, NO), (A, YES)], Status.RENEWED_GIVEN),
        ([], [(A, NO), (B, YES)], Status.GIVEN),
    ],
    ids=[
        "a later no beats a yes",
        "an older no beats a later yes",
        "a withdrawal beats a yes",
        "no record is not a no",
        "no record is not a no, the other way round",
        "a no and no record stay a no",
        "two yeses are a yes",
        "of two yeses the later is told",
        "of two noes the later is told",
        "a later yes counts",
        "a later yes counts, whoever says it",
        "the last word after the link decides",
        "a later no of either counts",
        "a later no of either counts until a yes of the other",
        "two of whom nothing was recorded start anew",
    ],
)
def test_where_a_question_stands_for_two_who_became_one(
    before: list[tuple[int, Answer]], later: list[tuple[int, Answer]], status: Status
) -> None:
    person = join(said(*before, *later), [link(A, B, after=len(before))])
    assert person.standing[ORDERS].status is status


def test_the_no_that_decides_is_the_one_that_is_told() -> None:
    choices = said((A, YES), (B, NO), (A, YES))
    assert join(choices, [link(A, B, after=3)]).standing[ORDERS].latest is choices[1].choice


def test_nobody_said_anything() -> None:
    person = join([], [link(A, B, after=0)])
    assert person.standing == {}
    assert [side.numbers for pair in person.meetings for side in pair] == [{A}, {B}]


CHOICES = st.lists(
    st.tuples(st.sampled_from([A, B, C, D]), st.sampled_from(Answer), st.sampled_from(["orders", "page_views"])),
    max_size=14,
).map(lambda made: [_recorded(seq, *one) for seq, one in enumerate(made, start=1)])
TREES = [
    [(A, B)],
    [(A, B), (B, C)],
    [(A, B), (C, D), (B, D)],
    [(A, D), (B, D), (C, D)],
    [(A, B), (B, C), (C, D)],
]


@st.composite
def persons(draw: st.DrawFn) -> tuple[list[Recorded], list[Link]]:
    """Draw choices and links that stand between those who made them."""
    choices = draw(CHOICES)
    pairs = draw(st.sampled_from(TREES))
    afters = draw(st.lists(st.integers(0, len(choices)), min_size=len(pairs), max_size=len(pairs)))
    links = [link(*pair, after=after, number=n) for n, (pair, after) in enumerate(zip(pairs, afters, strict=True))]
    linked = {number for one in links for number in (one.one, one.other)}
    return [one for one in choices if one.customer in linked], links


def _numbers(links: Sequence[Link]) -> set[int]:
    return {number for one in links for number in (one.one, one.other)}


@given(persons())
def test_a_merge_never_allows_what_any_side_had_refused(person: tuple[list[Recorded], list[Link]]) -> None:
    choices, links = person
    latest = max(one.after for one in links)
    standing = join([one for one in choices if one.seq <= latest], links).standing
    for left, right in join(choices, links).meetings[-1:]:
        for clause in left.standing.keys() | right.standing.keys():
            sides = [side.standing[clause].latest.answer for side in (left, right) if clause in side.standing]
            assert (standing[clause].status in VALID) == (NO not in sides)


@given(persons())
def test_after_the_last_link_the_last_word_decides_whoever_says_it(
    person: tuple[list[Recorded], list[Link]],
) -> None:
    choices, links = person
    latest = max(one.after for one in links)
    standing = join(choices, links).standing
    for one in [one for one in choices if one.seq > latest]:
        last = max(other.seq for other in choices if other.choice.clause == one.choice.clause)
        if one.seq == last:
            assert standing[one.choice.clause].latest is one.choice
    for number in _numbers(links):
        moved = [replace(one, customer=number) if one.seq > latest else one for one in choices]
        assert join(moved, links).standing == standing


@given(persons(), st.randoms())
def test_neither_the_order_of_the_two_nor_that_of_the_rows_matters(
    person: tuple[list[Recorded], list[Link]], dice: random.Random
) -> None:
    choices, links = person
    turned = [replace(one, one=one.other, other=one.one) for one in links]
    shuffled = dice.sample(choices, len(choices))
    assert join(shuffled, dice.sample(turned, len(turned))).standing == join(choices, links).standing


@given(persons(), st.permutations([0, 1, 2]))
def test_links_made_at_one_moment_may_come_in_any_order(
    person: tuple[list[Recorded], list[Link]], order: list[int]
) -> None:
    choices, links = person
    at_once = [replace(one, after=links[0].after) for one in links]
    numbered = [replace(one, number=order[place]) for place, one in enumerate(at_once)]
    assert join(choices, numbered).standing == join(choices, at_once).standing


@given(CHOICES)
def test_who_stands_alone_has_exactly_their_own_choices(choices: list[Recorded]) -> None:
    alone = [one for one in choices if one.customer == A]
    assert join(alone, []).standing == fold(one.choice for one in alone)


@given(CHOICES)
def test_linked_before_anybody_spoke_they_are_as_one_who_said_it_all(choices: list[Recorded]) -> None:
    both = [one for one in choices if one.customer in {A, B}]
    assert join(both, [link(A, B, after=0)]).standing == fold(one.choice for one in both)


@given(persons())
def test_each_link_tells_both_sides_as_they_stood_right_before(person: tuple[list[Recorded], list[Link]]) -> None:
    choices, links = person
    meetings = join(choices, links).meetings
    assert len(meetings) == len(links)
    left, right = meetings[0]
    first = min(links, key=lambda one: (one.after, one.number))
    for side in (left, right):
        heard = [one.choice for one in choices if one.customer in side.numbers and one.seq <= first.after]
        assert side.standing == fold(heard)
    assert meetings[-1][0].numbers | meetings[-1][1].numbers == _numbers(links)
