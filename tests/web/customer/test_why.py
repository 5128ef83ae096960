import pytest
from hypothesis import given
from hypothesis import strategies as st

from installations import GARDEN, ORDERS, PAGE_VIEWS
from troth.promise.read import read_promise
from troth.recommend.answer import Answer, How, NotUsed, Reason, Suggestion
from troth.recommend.ladder import Rung
from troth.web.customer.why import Term, page, shares


def test_shares_of_own_things_and_the_rest_add_up_to_a_hundred() -> None:
    found = shares([Term("Tomato", 0.5), Term("Courgette", 0.25)], 0.25)
    assert [(one.name, one.percent) for one in found] == [("Tomato", 50), ("Courgette", 25), ("Other things", 25)]


def test_thirds_still_add_up_and_none_is_off_by_one_or_more() -> None:
    found = shares([Term("a", 1.0), Term("b", 1.0), Term("c", 1.0)], 0.0)
    assert [one.percent for one in found] == [34, 33, 33]


def test_a_rest_that_speaks_against_is_shown_below_zero() -> None:
    found = shares([Term("a", 0.9), Term("b", 0.3)], -0.2)
    assert [one.percent for one in found] == [90, 30, -20]


def test_a_rest_of_nothing_has_no_line() -> None:
    assert [one.name for one in shares([Term("a", 1.0)], 0.0)] == ["a"]


@given(
    st.lists(st.floats(0.001, 100, allow_nan=False), min_size=1, max_size=3),
    st.floats(-0.0009, 100, allow_nan=False),
)
def test_shares_add_up_to_a_hundred_whatever_the_score(values: list[float], other: float) -> None:
    found = shares([Term(str(place), value) for place, value in enumerate(values)], other)
    whole = sum(values) + other
    assert sum(one.percent for one in found) == 100
    assert all(abs(one.percent - 100 * value / whole) < 1 for one, value in zip(found, values, strict=False))


def test_a_score_of_nothing_has_no_shares() -> None:
    with pytest.raises(ValueError, match="above 0"):
        shares([], 0.0)


PROMISE = read_promise(GARDEN)


def _answer(*reasons: Reason, other: float = 0.0) -> Answer:
    score = sum(reason.part for reason in reasons) + other
    return Answer(
        rung=Rung.PERSONAL if reasons else Rung.BEST_SELLERS,
        words="Our best sellers. Nothing about you was used.",
        items=(Suggestion("basil", "Basil", score, reasons, other),),
        used=(ORDERS,) if reasons else (),
        not_used=(NotUsed(PAGE_VIEWS, "refused", "You said no."),),
        epoch=1,
    )


def test_the_page_names_what_speaks_for_it_most_and_admits_what_speaks_against() -> None:
    mint = Reason("mint", "Mint", How.BOUGHT, part=0.9, share=0.9)
    sage = Reason("sage", "Sage", How.LOOKED_AT, part=0.3, share=0.3)
    found = page(_answer(mint, sage, other=-0.2), "basil", "Basil plant", promise=PROMISE, choices=())
    assert found.lead == "Most of all because of one thing: Mint."
    assert [share.name for share in found.shares] == [
        "Mint (you bought it)",
        "Sage (you looked at it)",
        "Other things",
    ]
    assert "below zero" in found.arithmetic


def test_the_page_says_which_data_was_used_and_why_the_other_was_not() -> None:
    mint = Reason("mint", "Mint", How.BOUGHT, part=1.0, share=1.0)
    found = page(_answer(mint), "basil", "Basil plant", promise=PROMISE, choices=())
    assert [(one.title, one.used, one.why) for one in found.data] == [
        ("Things you bought", True, "You said yes to this."),
        ("Pages you looked at", False, "You said no."),
    ]


def test_a_best_seller_has_no_bars_and_says_that_nothing_was_used() -> None:
    found = page(_answer(other=12.0), "basil", "Basil plant", promise=PROMISE, choices=())
    assert found.shares == ()
    assert found.lead == "Our best sellers. Nothing about you was used."


def test_what_is_not_suggested_any_more_says_so() -> None:
    found = page(_answer(), "rose", "Rose", promise=PROMISE, choices=())
    assert found.lead.startswith("We do not suggest this to you now.")
