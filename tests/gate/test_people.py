"""What is stopped for one of two who are linked, and what a merge may never allow."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.setting import BOUGHT, PROMISE, TERMS, asking
from installations import NOW
from troth.consent.model import Answer, Choice, Recorded, join
from troth.gate.decide import State, Verdict, decide
from troth.gate.people import all_spans, all_stops, as_one_person
from troth.identity.model import Act, Link
from troth.promise.model import Clause
from troth.stops.model import CustomerStops
from troth.vault.model import Item, Span

A, B = 1, 2
PARTNERS, SUGGESTIONS = Clause("partners", "orders"), Clause("suggestions", "orders")
START = NOW - timedelta(days=30)


def said(*made: tuple[int, int, Clause, Answer]) -> list[Recorded]:
    """Return choices as (hour, whose, clause, answer), oldest first."""
    return [
        Recorded(
            seq,
            number,
            Choice(clause, answer, START + timedelta(hours=hour), min(TERMS.digests[clause]), "en", "page", 1),
        )
        for seq, (hour, number, clause, answer) in enumerate(sorted(made, key=lambda one: one[0]), start=1)
    ]


def verdict(choices: list[Recorded], own: Mapping[int, CustomerStops], clause: Clause, *, linked: int = 0) -> Verdict:
    """Return what is allowed of `clause` to a person linked at the hour `linked`, or to A alone."""
    if linked:
        after = sum(one.choice.at <= START + timedelta(hours=linked) for one in choices)
        person = join(choices, [Link(1, A, B, Act.LINKED, after, START + timedelta(hours=linked))])
    else:
        person = join(choices, [])
    state = State(person.standing, BOUGHT.spans, own=all_stops(person, own, PROMISE))
    return decide(asking(clause.purpose, clause.data), TERMS, state, NOW)


def signal(hour: int) -> CustomerStops:
    return CustomerStops(opted_out=START + timedelta(hours=hour))


def objection(hour: int, purpose: str = "suggestions") -> CustomerStops:
    return CustomerStops(objections={purpose: START + timedelta(hours=hour)})


YES, NO = Answer.YES, Answer.NO


@pytest.mark.parametrize(
    ("made", "stops", "clause", "word"),
    [
        ([(5, B, PARTNERS, YES)], {A: signal(1)}, PARTNERS, "opted_out"),
        ([(5, B, PARTNERS, YES)], {A: signal(8)}, PARTNERS, "opted_out"),
        ([(5, A, PARTNERS, YES)], {A: signal(1)}, PARTNERS, "allowed"),
        ([(5, A, PARTNERS, YES), (6, B, PARTNERS, YES)], {A: signal(1)}, PARTNERS, "allowed"),
        ([(5, A, PARTNERS, YES), (6, B, PARTNERS, NO)], {A: signal(1)}, PARTNERS, "refused"),
        ([(5, A, PARTNERS, YES)], {A: signal(1), B: signal(2)}, PARTNERS, "opted_out"),
        ([(5, B, PARTNERS, YES), (20, A, PARTNERS, YES)], {A: signal(1)}, PARTNERS, "allowed"),
        ([(5, B, SUGGESTIONS, YES)], {A: signal(1)}, SUGGESTIONS, "allowed"),
        ([(5, B, SUGGESTIONS, YES)], {A: objection(1)}, SUGGESTIONS, "objected"),
        ([(5, A, SUGGESTIONS, YES)], {A: objection(1)}, SUGGESTIONS, "allowed"),
        ([(5, B, SUGGESTIONS, YES)], {A: objection(1, "partners")}, SUGGESTIONS, "allowed"),
        ([(5, B, SUGGESTIONS, YES), (20, B, SUGGESTIONS, YES)], {A: objection(1)}, SUGGESTIONS, "allowed"),
        ([(5, B, SUGGESTIONS, YES)], {A: objection(15)}, SUGGESTIONS, "objected"),
        ([(5, B, SUGGESTIONS, YES)], {A: CustomerStops(child=True)}, SUGGESTIONS, "child"),
        ([(5, B, SUGGESTIONS, YES)], {B: CustomerStops(restricted=True)}, SUGGESTIONS, "restricted"),
    ],
    ids=[
        "a signal on one device beats the later yes of the other",
        "and the earlier one",
        "a yes that was given in spite of the own signal still counts",
        "and so does another yes beside it",
        "but not beside a no",
        "a yes in spite of one signal does not speak for the other device, which sent one too",
        "after the link a yes speaks again",
        "a signal says nothing about our own use",
        "an objection on one side beats the later yes of the other",
        "a yes that took back the own objection still counts",
        "an objection is about its purpose only",
        "after the link a yes takes the objection back",
        "an objection after the link is one",
        "one flagged as a child, the other not: a child",
        "restricted on one side is restricted",
    ],
)
def test_at_a_link_a_stop_is_a_no_like_any_other(
    made: list[tuple[int, int, Clause, Answer]], stops: dict[int, CustomerStops], clause: Clause, word: str
) -> None:
    told = verdict(said(*made), stops, clause, linked=10)
    assert (told.refused[clause.data].code.word if told.refused else "allowed") == word


HOURS = st.integers(1, 9)
STOPS = st.builds(
    lambda optout, objected, child: CustomerStops(
        opted_out=None if optout is None else START + timedelta(hours=optout),
        objections={} if objected is None else {"partners": START + timedelta(hours=objected)},
        child=child,
    ),
    st.none() | HOURS,
    st.none() | HOURS,
    st.sampled_from([False, False, True]),
)
MADE = st.lists(
    st.tuples(HOURS, st.sampled_from([A, B]), st.sampled_from([PARTNERS, SUGGESTIONS]), st.sampled_from(Answer)),
    max_size=6,
)


@given(MADE, STOPS, STOPS, st.sampled_from([PARTNERS, SUGGESTIONS]))
def test_a_merge_never_allows_what_a_side_refused_and_needs_a_yes_of_a_side(
    made: list[tuple[int, int, Clause, Answer]], one: CustomerStops, other: CustomerStops, clause: Clause
) -> None:
    choices = said(*made)
    together = verdict(choices, {A: one, B: other}, clause, linked=10)
    alone = [
        verdict([choice for choice in choices if choice.customer == number], {number: stops}, clause)
        for number, stops in ((A, one), (B, other))
    ]
    words = [told.refused[clause.data].code.word if told.refused else "allowed" for told in alone]
    # Who never answered says no all the same by a signal or an objection about this purpose.
    silent_noes = [
        stops
        for word, stops in zip(words, (one, other), strict=True)
        if word == "no_choice" and clause == PARTNERS and (stops.opted_out or stops.objections)
    ]
    nobody_refused = set(words) <= {"allowed", "no_choice"} and not silent_noes
    assert bool(together.allowed) == (nobody_refused and "allowed" in words)


@given(MADE, STOPS, STOPS, st.sampled_from([PARTNERS, SUGGESTIONS]))
def test_a_later_yes_of_either_speaks_for_both_unless_they_are_a_child(
    made: list[tuple[int, int, Clause, Answer]], one: CustomerStops, other: CustomerStops, clause: Clause
) -> None:
    choices = said(*made, (20, B, clause, Answer.YES))
    told = verdict(choices, {A: one, B: other}, clause, linked=10)
    assert bool(told.allowed) == (not one.child and not other.child)


@given(MADE, STOPS, STOPS)
def test_it_does_not_matter_which_of_the_two_is_which(
    made: list[tuple[int, int, Clause, Answer]], one: CustomerStops, other: CustomerStops
) -> None:
    turned = [(hour, {A: B, B: A}[number], clause, answer) for hour, number, clause, answer in made]
    for clause in (PARTNERS, SUGGESTIONS):
        there = verdict(said(*made), {A: one, B: other}, clause, linked=10)
        back = verdict(said(*turned), {A: other, B: one}, clause, linked=10)
        assert there == back


def test_spans_of_several_are_one_span() -> None:
    day = timedelta(days=1)
    one, two = (
        {"orders": Span(NOW - 3 * day, NOW - day, 2)},
        {"orders": Span(NOW - 2 * day, NOW, 5), "email": Span(NOW, NOW, 1)},
    )
    expected = {"orders": Span(NOW - 3 * day, NOW, 7), "email": Span(NOW, NOW, 1)}
    assert all_spans([one, two]) == all_spans([two, one]) == expected
    assert all_spans([]) == {}


def test_items_of_several_are_in_time_order_and_each_once() -> None:
    def item(hour: int, mark: bytes) -> Item:
        return Item(START + timedelta(hours=hour), "Order Completed", {"order_id": str(hour)}, mark)

    first, same, other = item(1, b"a"), item(2, b"b"), item(2, b"c")
    found = as_one_person({1: {"orders": (same, other)}, 2: {"orders": (first, same)}}, ["orders", "email"])
    assert found == {"orders": (first, same, other), "email": ()}
