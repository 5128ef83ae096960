from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.setting import (
    ALL,
    BUYER,
    LAPSED,
    PROMISE,
    SUPPORT,
    TASTE,
    TERMS,
    WRITER,
    YES,
    Case,
    asking,
    said,
)
from gate.table import ENDS, TABLE
from gate.versions import GRANTS
from installations import NOW, ORDERS, PAGE_VIEWS
from troth.actors import Actor, ActorKind, of_customer, of_job, of_service
from troth.consent.model import Status
from troth.gate.decide import Grant, State, Terms, decide, hold
from troth.gate.reasons import Code
from troth.gate.use import Act, Use
from troth.promise.model import Clause, Promise
from troth.stops.model import CommonStops, CustomerStops


@pytest.mark.parametrize("case", TABLE.values(), ids=TABLE.keys())
def test_the_gate_says(case: Case) -> None:
    assert case.told(decide(case.use, case.terms, case.state, case.now, customer=case.customer)) == case.expected


def test_every_reason_of_a_use_stands_in_the_table() -> None:
    at_the_door = {"past_keep", "erased", "event_undeclared", "nothing_declared", "in_the_future", "before_promise"}
    at_the_door.add("deleted")
    assert {code.word for code in Code} == {case.expected for case in TABLE.values()} - {"allowed"} | at_the_door


@pytest.mark.parametrize("case", TABLE.values(), ids=TABLE.keys())
def test_every_refusal_says_which_clause_and_why_in_words(case: Case) -> None:
    for data, refusal in decide(case.use, case.terms, case.state, case.now, customer=case.customer).refused.items():
        assert refusal.clause is not None
        assert refusal.clause.data == data or case.use.purpose == "measure"
        assert refusal.code.number.strip("b").isdigit()
        says = refusal.says(PROMISE)
        assert says.endswith(".")
        assert "{" not in says


def test_asking_for_nothing_gives_nothing() -> None:
    verdict = decide(asking("suggestions"), TERMS, YES, NOW)
    assert (verdict.allowed, verdict.refused) == ({}, {})


def test_a_refused_kind_does_not_take_the_allowed_one_with_it() -> None:
    verdict = decide(asking("suggestions", "orders", "page_views", "shoe_size"), TERMS, YES, NOW)
    assert set(verdict.allowed) == {"orders"}
    assert {data: one.code.word for data, one in verdict.refused.items()} == {
        "page_views": "no_choice",
        "shoe_size": "no_clause",
    }


def test_a_contract_says_until_when_it_holds() -> None:
    verdict = decide(asking("service", "orders"), TERMS, State(spans=BUYER), NOW)
    assert verdict.until == BUYER["orders"].last.replace(year=2028)


_actors = st.sampled_from(
    [
        ALL,
        SUPPORT,
        WRITER,
        of_customer(7),
        of_job("fit", "suggestions"),
        Actor(ActorKind.PERSON, "x"),
        of_service("none"),
    ]
)
_names = st.sampled_from([*PROMISE.data, "unknown", ""])
_uses: st.SearchStrategy[Use] = st.builds(
    Use,
    _actors,
    st.sampled_from([*PROMISE.purposes, "rights", "measure", "unknown", ""]),
    st.frozensets(_names, max_size=4),
    st.sampled_from(Act),
    st.sampled_from(["", "why"]),
    st.sampled_from(["", "parcelo", "brightmail", "unknown"]),
    st.just(frozenset({ORDERS, PAGE_VIEWS})),
    st.booleans(),
)
_standing = st.builds(
    lambda clauses, status, known: said(*clauses, status=status, words=None if known else b"old"),
    st.lists(st.sampled_from([ORDERS, PAGE_VIEWS, TASTE, Clause("newsletter", "email")])),
    st.sampled_from(Status),
    st.booleans(),
)
_when = st.sampled_from([NOW - timedelta(days=2), NOW])
_own = st.builds(
    CustomerStops,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.none() | _when,
    st.dictionaries(st.sampled_from(list(PROMISE.purposes)), _when, max_size=2),
)
_common = st.builds(
    CommonStops,
    st.frozensets(st.sampled_from(list(PROMISE.purposes)), max_size=1),
    st.just(frozenset({"brightmail"})),
)
_states = st.builds(State, _standing, st.sampled_from([{}, BUYER, LAPSED]), st.booleans(), _own, _common)
_LESS: list[Callable[[State], State]] = [
    lambda state: replace(state, restricted=True),
    lambda state: replace(state, standing={}),
    lambda state: replace(state, own=replace(state.own, restricted=True)),
    lambda state: replace(state, own=replace(state.own, child=True)),
    lambda state: replace(state, own=replace(state.own, opted_out=NOW)),
    lambda state: replace(state, own=replace(state.own, objections=dict.fromkeys(PROMISE.purposes, NOW))),
    lambda state: replace(state, common=CommonStops(frozenset(PROMISE.purposes), state.common.cut_off)),
    lambda state: replace(state, common=CommonStops(state.common.paused, frozenset(PROMISE.recipients))),
]


@given(_uses, _states)
def test_every_use_gets_a_verdict_on_everything_asked_and_nothing_else(use: Use, state: State) -> None:
    verdict = decide(use, TERMS, state, NOW, customer=7)
    assert set(verdict.allowed) | set(verdict.refused) == use.data
    assert not set(verdict.allowed) & set(verdict.refused)


@given(_uses, _states, st.sampled_from(_LESS))
def test_one_more_refusal_never_allows_more(use: Use, state: State, less: Callable[[State], State]) -> None:
    before = set(decide(use, TERMS, state, NOW, customer=7).allowed)
    assert set(decide(use, TERMS, less(state), NOW, customer=7).allowed) <= before


@given(_uses, _states, st.sampled_from(list(PROMISE.purposes)))
def test_a_narrower_promise_never_allows_more(use: Use, state: State, gone: str) -> None:
    purposes = {key: purpose for key, purpose in PROMISE.purposes.items() if key != gone}
    narrower: Promise = replace(PROMISE, purposes=purposes)
    wide = decide(use, TERMS, state, NOW, customer=7)
    narrow = decide(use, Terms.of(narrower), state, NOW, customer=7)
    assert set(narrow.allowed) <= set(wide.allowed)


@given(_uses, _states, st.timedeltas(timedelta(0), timedelta(days=3000)))
def test_time_only_closes(use: Use, state: State, later: timedelta) -> None:
    early = decide(use, TERMS, state, NOW, customer=7)
    late = decide(use, TERMS, state, NOW + later, customer=7)
    assert set(late.allowed) <= set(early.allowed)
    if NOW + later < early.until:
        assert set(late.allowed) == set(early.allowed)


@pytest.mark.parametrize(("case", "end"), ENDS.values(), ids=ENDS.keys())
def test_a_verdict_says_until_when_it_holds(case: Case, end: datetime) -> None:
    verdict = decide(case.use, case.terms, case.state, case.now, customer=case.customer)
    assert (case.told(verdict), verdict.until) == ("allowed", end)


@pytest.mark.parametrize(("case", "grant"), GRANTS.values(), ids=GRANTS.keys())
def test_a_verdict_says_what_of_it_is_let_out(case: Case, grant: Grant) -> None:
    [granted] = decide(case.use, case.terms, case.state, case.now, customer=case.customer).allowed.values()
    assert granted == grant


def test_a_clause_that_is_asked_about_directly_is_decided_as_carefully() -> None:
    wrong = hold(Clause("unknown", "orders"), TERMS, YES, NOW, act=Act.READ)
    assert getattr(wrong, "code", None) is Code.PURPOSE_UNKNOWN
    stranger = hold(ORDERS, TERMS, YES, NOW, act=Act.READ, agency="inkwell")
    assert getattr(stranger, "code", None) is Code.RECIPIENT_UNKNOWN
