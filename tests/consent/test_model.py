from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installations import NOW, ORDERS, PAGE_VIEWS
from troth.consent.model import VALID, Answer, Choice, Status, fold

YES, NO = Answer.YES, Answer.NO


def _choices(answers: list[Answer]) -> list[Choice]:
    return [
        Choice(ORDERS, answer, NOW + timedelta(seconds=index), b"w", "en", "page", 1)
        for index, answer in enumerate(answers)
    ]


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ([YES], Status.GIVEN),
        ([NO], Status.REFUSED),
        ([YES, YES], Status.GIVEN),
        ([NO, NO], Status.REFUSED),
        ([YES, NO], Status.WITHDRAWN),
        ([NO, YES], Status.GIVEN),
        ([YES, NO, NO], Status.WITHDRAWN),
        ([YES, NO, YES], Status.RENEWED_GIVEN),
        ([YES, NO, YES, YES], Status.RENEWED_GIVEN),
        ([YES, NO, YES, NO], Status.WITHDRAWN),
    ],
    ids=lambda value: " then ".join(value) if isinstance(value, list) else value.value,
)
def test_where_a_question_stands_after(answers: list[Answer], status: Status) -> None:
    assert fold(_choices(answers))[ORDERS].status is status


def test_silence_is_no_record() -> None:
    assert fold([]) == {}


@given(st.lists(st.sampled_from(Answer), min_size=1))
def test_the_last_word_decides(answers: list[Answer]) -> None:
    standing = fold(_choices(answers))[ORDERS]
    assert (standing.status in VALID) == (answers[-1] is YES)
    assert standing.latest.at == NOW + timedelta(seconds=len(answers) - 1)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(Answer))))
def test_questions_do_not_touch_each_other(made: list[tuple[bool, Answer]]) -> None:
    choices = [Choice(ORDERS if first else PAGE_VIEWS, answer, NOW, b"w", "en", "page", 1) for first, answer in made]
    together = fold(choices)
    for clause in (ORDERS, PAGE_VIEWS):
        assert together.get(clause) == fold([one for one in choices if one.clause == clause]).get(clause)
