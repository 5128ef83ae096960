"""An explanation tells what the verdict says, step by step, and points to lines that are there."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from gate.setting import BOUGHT, PROMISE, SUPPORT, TERMS, YES, Case, asking
from gate.table import TABLE
from installations import GARDEN, NOW, ORDERS
from troth.gate.decide import decide
from troth.gate.explain import STEPS, Came, Explained, explain
from troth.gate.held import HELD
from troth.gate.reasons import Code, Refusal
from troth.gate.refused import REFUSED
from troth.gate.state import VISITOR, State, Verdict
from troth.promise.model import Clause

LINES = GARDEN.read_text().splitlines()


def explained(case: Case) -> Explained:
    verdict = decide(case.use, case.terms, case.state, case.now, customer=case.customer)
    told = explain(case.use, case.terms, case.state, case.now, verdict=verdict, customer=case.customer)
    asked = case.data or min(case.use.data)
    return next(one for one in told.kinds if one.data == asked)


@pytest.mark.parametrize("case", TABLE.values(), ids=TABLE.keys())
def test_the_explanation_says_what_the_verdict_says(case: Case) -> None:
    told = explained(case)
    word = case.told(decide(case.use, case.terms, case.state, case.now, customer=case.customer))
    assert told.word == word
    assert told.is_allowed == (word == "allowed")
    assert [step.number for step in told.steps] == list(STEPS)
    came = [step.came for step in told.steps]
    if told.is_allowed:
        assert set(came) <= {Came.HOLDS, Came.DOES_NOT_APPLY}
        assert told.decided is None
        return
    at = came.index(Came.REFUSES)
    assert set(came[:at]) <= {Came.HOLDS, Came.DOES_NOT_APPLY}
    assert set(came[at + 1 :]) <= {Came.NOT_REACHED}
    code = next(code for code in Code if code.word == word)
    assert told.decided is not None
    assert told.decided.number == code.number


@pytest.mark.parametrize("case", TABLE.values(), ids=TABLE.keys())
def test_every_fact_is_a_sentence_and_every_place_is_a_line_of_the_file(case: Case) -> None:
    for step in explained(case).steps:
        assert bool(step.fact) == (step.came is not Came.NOT_REACHED)
        assert not re.search(r"[{}]|None|  |\.\.|datetime", step.fact), step.fact
        assert not step.fact or re.search(r"[.w]$", step.fact), step.fact
        if step.key:
            assert step.place is not None, step.key
            assert Path(step.place.file) == GARDEN
            line = LINES[step.place.line - 1][step.place.column - 1 :]
            last = step.key.rpartition(".")[2]
            assert line.startswith((last, f'"{last}"')) or last.isdigit(), (step.key, line)


def test_every_code_and_every_step_has_its_words() -> None:
    assert set(REFUSED) == set(Code), "a new code needs a line in gate/refused.py: what it rests on, and where"
    assert set(HELD) == set(STEPS)
    assert {code.number for code in Code} <= set(STEPS)


@pytest.mark.parametrize("code", Code, ids=lambda code: code.word)
@pytest.mark.parametrize("state", [VISITOR, YES, BOUGHT], ids=["visitor", "yes", "bought"])
def test_every_code_can_be_explained_whatever_is_known(code: Code, state: State) -> None:
    use = asking("suggestions", "orders")
    for clause in (ORDERS, Clause("no_such", "nothing")):
        verdict = Verdict({}, {"orders": Refusal(code, clause)})
        told = explain(use, TERMS, state, NOW, verdict=verdict)
        assert told.kinds[0].decided is not None
        assert told.kinds[0].decided.fact
        assert not told.is_allowed


def decided(case: Case) -> tuple[str, str]:
    step = explained(case).decided
    assert step is not None
    return step.key, step.fact


def test_a_refusal_names_the_line_that_decided() -> None:
    assert decided(TABLE["silence is a no"]) == (
        "purposes.suggestions.data.orders",
        "No answer of the customer is recorded.",
    )
    assert decided(TABLE["a person without a reason"])[0] == "roles.support.reason"
    assert decided(TABLE["a marketer gets no person"])[0] == "roles.marketer.may.suggestions"
    assert decided(TABLE["a contract needs an order"])[0] == "purposes.service.starts"
    assert decided(TABLE["a contract ends two years after the last order"])[0] == "purposes.service.lasts"
    assert decided(TABLE["a promise of tomorrow is not in force"])[0] == "version.from"
    assert decided(TABLE["a child's yes personalises nothing"])[0] == "children.rule"


def test_the_never_that_decided_is_found_among_several() -> None:
    from troth.promise.model import Never

    never = (Never(act="sell"), Never(data="user.financial"), Never(data="user.behavior", purpose="suggestions"))
    changed = replace(PROMISE, never=never)
    case = Case(asking("suggestions", "orders"), type(TERMS).of(changed), YES, "never")
    verdict = decide(case.use, case.terms, case.state, NOW)
    told = explain(case.use, case.terms, case.state, NOW, verdict=verdict).kinds[0].decided
    assert told is not None
    assert told.fact == "The promise says never to: data: user.behavior, purpose: suggestions."
    built_in = explained(TABLE["location never personalises whatever the promise says"]).decided
    assert built_in is not None
    assert "built in" in built_in.fact


def test_who_is_not_bound_is_named_when_two_are_outside() -> None:
    _, fact = decided(TABLE["an agency discloses only to who may receive"])
    assert "“Parcelo”" in fact
    key, fact = decided(TABLE["an agency without a contract"])
    assert "contract" in fact
    assert key.startswith("recipients")


def test_the_source_that_fell_is_named() -> None:
    _, fact = decided(TABLE["a guess falls with its last source"])
    assert fact.count("You have not been asked") == 1


def held(case: Case, number: str) -> str:
    return next(step.fact for step in explained(case).steps if step.number == number)


def test_what_held_is_told_with_its_day() -> None:
    assert held(TABLE["a yes allows the clause it was about"], "6") == (
        "The customer said yes on 2026-11-21, under the words shown then (version 1 of the promise)."
    )
    assert held(TABLE["a contract stands after an order"], "6") == (
        "The relationship stands since “Order Completed” of 2025-10-18, the latest of 2026-11-12. "
        "It lasts 2 years after the last of “Things you bought”."
    )
    assert held(TABLE["the law holds without a choice"], "6") == "A law demands it: UK Companies Act 2006 s388."
    assert held(TABLE["a trained person with a reason"], "2") == (
        "The role “support” has “Things you bought” for “Send what you order”. "
        "The training holds until 2026-12-22. A reason was given."
    )
    spite = held(TABLE["a yes to sharing in spite of the signal"], "6")
    assert spite.endswith("Their browser’s opt-out signal came before, on 2026-11-20; the later yes counts.")


def test_the_words_of_a_reason_are_not_repeated() -> None:
    told = explained(
        Case(asking("service", "orders", actor=SUPPORT, reason="case of anna@example.com"), TERMS, BOUGHT, "")
    )
    assert told.is_allowed
    assert "anna" not in repr(told.steps)


def test_what_is_kept_too_long_would_not_be_opened() -> None:
    later = NOW.replace(year=2034)
    told = explained(Case(asking("tax", "orders"), TERMS, BOUGHT, "allowed", later))
    fact = next(step.fact for step in told.steps if step.number == "8")
    assert fact == "Kept 6 years after we got it. The newest is of 2026-11-12: none would be opened."


def test_everything_of_a_customer_is_theirs_to_see_and_nothing_else_is_asked() -> None:
    told = explained(TABLE["a customer looks at their own"])
    assert {step.came for step in told.steps[3:]} == {Came.DOES_NOT_APPLY}


def test_each_kind_is_explained_by_itself() -> None:
    use = asking("suggestions", "orders", "page_views", "shoe_size")
    verdict = decide(use, TERMS, YES, NOW)
    told = explain(use, TERMS, YES, NOW, verdict=verdict)
    assert [(one.data, one.word) for one in told.kinds] == [
        ("orders", "allowed"),
        ("page_views", "no_choice"),
        ("shoe_size", "no_clause"),
    ]
    assert not told.is_allowed


def test_a_promise_without_a_file_has_no_places() -> None:
    terms = type(TERMS).of(replace(PROMISE, places={}))
    told = explained(Case(asking("suggestions", "orders"), terms, VISITOR, "no_choice"))
    assert {step.place for step in told.steps} == {None}
