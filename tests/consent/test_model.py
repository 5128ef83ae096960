import csv
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installations import NOW, ORDERS, PAGE_VIEWS
from troth.consent import model
from troth.consent.model import VALID, Answer, Choice, Status, fold, folded

DPV_STATES = Path(__file__).parents[3] / "shared" / "vectors" / "consent" / "dpv" / "consent_status.csv"
DPV = "https://w3id.org/dpv#"

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


@given(st.lists(st.sampled_from(Answer), min_size=1))
def test_the_first_yes_the_last_no_and_the_last_word_tell_all_that_the_fold_knows(answers: list[Answer]) -> None:
    choices = _choices(answers)
    yes = [place for place, answer in enumerate(answers) if answer is YES]
    no = [place for place, answer in enumerate(answers) if answer is NO]
    standing = folded(choices[-1], first_yes=min(yes, default=None), last_no=max(no, default=None))
    assert standing == fold(choices)[ORDERS]


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


@pytest.mark.parametrize(
    ("status", "name", "valid"),
    [
        (Status.UNKNOWN, "ConsentUnknown", False),
        (Status.REQUESTED, "ConsentRequested", False),
        (Status.REQUEST_DEFERRED, "ConsentRequestDeferred", False),
        (Status.GIVEN, "ConsentGiven", True),
        (Status.RENEWED_GIVEN, "RenewedConsentGiven", True),
        (Status.REFUSED, "ConsentRefused", False),
        (Status.WITHDRAWN, "ConsentWithdrawn", False),
        (Status.REVOKED, "ConsentRevoked", False),
        (Status.EXPIRED, "ConsentExpired", False),
        (Status.INVALIDATED, "ConsentInvalidated", False),
    ],
    ids=lambda value: value.value if isinstance(value, Status) else "",
)
def test_each_state_has_its_name_on_the_web_and_two_allow_a_use(*, status: Status, name: str, valid: bool) -> None:
    assert status.iri == DPV + name
    assert (status in VALID) == valid


def test_there_are_ten_states() -> None:
    assert len(Status) == 10
    assert len(VALID) == 2


@pytest.mark.shared
def test_the_states_are_those_of_the_vocabulary() -> None:
    if not DPV_STATES.exists():
        pytest.skip(f"the vocabulary is missing: {DPV_STATES}")
    with DPV_STATES.open(newline="", encoding="utf-8") as file:
        rows = {row["iri"]: row["hasbroader"].removeprefix(DPV + "ConsentStatus") for row in csv.DictReader(file)}
    states = {iri: broader for iri, broader in rows.items() if broader.endswith("ForProcessing")}
    assert states == {
        status.iri: "ValidForProcessing" if status in VALID else "InvalidForProcessing" for status in Status
    }


def test_every_step_is_the_one_in_the_table_beside_it() -> None:
    lines = re.findall(r"^ +(\w+) +(\w+) +(\w+)$", model._next.__doc__ or "", re.MULTILINE)
    table = {before: (yes, no) for before, yes, no in lines if before != "before"}
    assert table == {status: (model._next(status, YES), model._next(status, NO)) for status in Status}


@given(st.sampled_from(Status), st.sampled_from(Answer))
def test_from_any_state_only_a_yes_allows_a_use(status: Status, answer: Answer) -> None:
    assert (model._next(status, answer) in VALID) == (answer is YES)
