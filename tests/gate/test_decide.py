from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installations import GARDEN, NOW, ORDERS, PAGE_VIEWS
from troth.actors import Actor, ActorKind, of_customer, of_job, of_service
from troth.consent.model import Answer, Choice, Standing, Status
from troth.gate.decide import VISITOR, State, Terms, Verdict, decide
from troth.gate.use import Act, Use
from troth.promise.model import Clause, Never, Promise
from troth.promise.read import read_promise
from troth.vault.model import Span

PROMISE = read_promise(GARDEN)
TERMS = Terms.of(PROMISE)
WEB = of_service("web", "suggestions", "newsletter", "service", "tax")
SUPPORT = Actor(ActorKind.PERSON, "sam", role="support", trained_until=NOW + timedelta(days=30))
BUYER = {"orders": Span(NOW - timedelta(days=400), NOW - timedelta(days=10), 3)}
LAPSED = {"orders": Span(NOW - timedelta(days=1500), NOW - timedelta(days=900), 3)}


def said(clause: Clause, status: Status = Status.GIVEN, words: bytes | None = None) -> dict[Clause, Standing]:
    digest = next(iter(TERMS.digests[clause])) if words is None else words
    return {clause: Standing(status, Choice(clause, Answer.YES, NOW, digest, "en", "page", 1))}


def asking(purpose: str, *data: str, actor: Actor = WEB, reason: str = "") -> Use:
    return Use(actor, purpose, frozenset(data), reason=reason)


def _why(verdict: Verdict, data: str = "orders") -> str:
    return verdict.refused[data].code.word if data in verdict.refused else "allowed"


def _with(**changes: object) -> Terms:
    return Terms.of(replace(PROMISE, **changes))  # type: ignore[arg-type] # each case names real fields


_KIND = PROMISE.data["orders"]
_PURPOSE = PROMISE.purposes["suggestions"]

CASES: dict[str, tuple[Use, Terms, State, str]] = {
    "a yes allows the clause it was about": (asking("suggestions", "orders"), TERMS, State(said(ORDERS)), "allowed"),
    "a renewed yes allows": (
        asking("suggestions", "orders"), TERMS, State(said(ORDERS, Status.RENEWED_GIVEN)), "allowed"),
    "silence is a no": (asking("suggestions", "orders"), TERMS, VISITOR, "no_choice"),
    "a yes to something else is no yes": (
        asking("suggestions", "orders"), TERMS, State(said(PAGE_VIEWS)), "no_choice"),
    "a no refuses": (asking("suggestions", "orders"), TERMS, State(said(ORDERS, Status.REFUSED)), "refused"),
    "a withdrawal refuses": (
        asking("suggestions", "orders"), TERMS, State(said(ORDERS, Status.WITHDRAWN)), "withdrawn"),
    "an unknown status refuses": (
        asking("suggestions", "orders"), TERMS, State(said(ORDERS, Status.UNKNOWN)), "withdrawn"),
    "a yes under other words has to be asked again": (
        asking("suggestions", "orders"), TERMS, State(said(ORDERS, words=b"old")), "words_changed"),
    "unless the company says they mean the same": (
        asking("suggestions", "orders"),
        _with(version=replace(PROMISE.version, same_meaning=frozenset({ORDERS}))),
        State(said(ORDERS, words=b"old")),
        "allowed",
    ),
    "a contract needs an order": (asking("service", "orders"), TERMS, VISITOR, "no_relationship"),
    "a contract stands after an order": (asking("service", "orders"), TERMS, State(spans=BUYER), "allowed"),
    "a contract ends two years after the last order": (
        asking("service", "orders"), TERMS, State(spans=LAPSED), "relationship_over"),
    "the law holds without a choice": (asking("tax", "orders"), TERMS, State(spans=LAPSED), "allowed"),
    "a restricted customer's choices are locked": (
        asking("suggestions", "orders"), TERMS, State(said(ORDERS), restricted=True), "restricted"),
    "a restricted customer's contract is locked": (
        asking("service", "orders"), TERMS, State(spans=BUYER, restricted=True), "restricted"),
    "what the law demands is not": (asking("tax", "orders"), TERMS, State(spans=BUYER, restricted=True), "allowed"),
    "a kind that the purpose does not name": (asking("newsletter", "orders"), TERMS, State(spans=BUYER), "no_clause"),
    "a purpose that is not declared": (asking("profiling", "orders"), TERMS, State(said(ORDERS)), "purpose_unknown"),
    "a reserved purpose not built yet": (asking("measure", "orders"), TERMS, State(said(ORDERS)), "purpose_unknown"),
    "a key without the purpose": (
        asking("suggestions", "orders", actor=of_service("erp", "tax")), TERMS, State(said(ORDERS)), "actor_may_not"),
    "a job without the purpose": (
        asking("suggestions", "orders", actor=of_job("nightly")), TERMS, State(said(ORDERS)), "actor_may_not"),
    "a customer asks for more than their rights": (
        asking("suggestions", "orders", actor=of_customer(7)), TERMS, State(said(ORDERS)), "not_their_own"),
    "a customer looks at their own": (
        asking("rights", "orders", actor=of_customer(7)), TERMS, State(spans=BUYER), "allowed"),
    "a customer looks at another's": (
        asking("rights", "orders", actor=of_customer(8)), TERMS, State(spans=BUYER), "not_their_own"),
    "a trained person with a reason": (
        asking("service", "orders", actor=SUPPORT, reason="return LF-2041"), TERMS, State(spans=BUYER), "allowed"),
    "a person without a reason": (
        asking("service", "orders", actor=SUPPORT, reason="  "), TERMS, State(spans=BUYER), "reason_missing"),
    "a person whose training ends now": (
        asking("service", "orders", actor=replace(SUPPORT, trained_until=NOW), reason="r"),
        TERMS, State(spans=BUYER), "training_lapsed"),
    "a person never trained": (
        asking("service", "orders", actor=replace(SUPPORT, trained_until=None), reason="r"),
        TERMS, State(spans=BUYER), "training_lapsed"),
    "a person of an unknown role": (
        asking("service", "orders", actor=replace(SUPPORT, role="intern"), reason="r"),
        TERMS, State(spans=BUYER), "role_unknown"),
    "a purpose the role was not given": (
        asking("tax", "orders", actor=SUPPORT, reason="r"), TERMS, State(spans=BUYER), "role_may_not"),
    "a marketer gets no person": (
        asking("suggestions", "orders", actor=replace(SUPPORT, role="marketer"), reason="r"),
        TERMS, State(said(ORDERS)), "aggregate_only"),
    "a promise of tomorrow": (
        asking("suggestions", "orders"),
        _with(version=replace(PROMISE.version, since=(NOW + timedelta(days=1)).date())),
        State(said(ORDERS)), "promise_not_in_force"),
    "the company's own never": (
        asking("suggestions", "orders"),
        _with(never=(Never(data="user.behavior", purpose="suggestions"),)), State(said(ORDERS)), "never"),
    "a never about selling does not stop a suggestion": (
        asking("suggestions", "orders"), _with(never=(Never(act="sell"),)), State(said(ORDERS)), "allowed"),
    "location never personalises whatever the promise says": (
        asking("suggestions", "orders"),
        _with(data={**PROMISE.data, "orders": replace(_KIND, category="user.location.precise")}),
        State(said(ORDERS)), "never"),
    "a push token never personalises": (
        asking("suggestions", "orders"),
        _with(data={**PROMISE.data, "orders": replace(_KIND, category="user.device.push_token")}),
        State(said(ORDERS)), "never"),
    "what is sacrosanct never personalises": (
        asking("suggestions", "orders"),
        _with(data={**PROMISE.data, "orders": replace(_KIND, sensitivity=5)}), State(said(ORDERS)), "sacrosanct"),
    "what is sacrosanct may be used by law": (
        asking("tax", "orders"),
        _with(data={**PROMISE.data, "orders": replace(_KIND, sensitivity=5)}), State(spans=BUYER), "allowed"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_gate_says(case: tuple[Use, Terms, State, str]) -> None:
    use, terms, state, expected = case
    assert _why(decide(use, terms, state, NOW, customer=7)) == expected


def test_asking_for_nothing_gives_nothing() -> None:
    verdict = decide(asking("suggestions"), TERMS, State(said(ORDERS)), NOW)
    assert (verdict.allowed, verdict.refused) == ({}, {})


def test_a_refused_kind_does_not_take_the_allowed_one_with_it() -> None:
    verdict = decide(asking("suggestions", "orders", "page_views", "shoe_size"), TERMS, State(said(ORDERS)), NOW)
    assert set(verdict.allowed) == {"orders"}
    assert {data: one.code.word for data, one in verdict.refused.items()} == {
        "page_views": "no_choice",
        "shoe_size": "no_clause",
    }


def test_a_contract_says_until_when_it_holds() -> None:
    verdict = decide(asking("service", "orders"), TERMS, State(spans=BUYER), NOW)
    assert verdict.until == BUYER["orders"].last.replace(year=2028)


_actors = st.sampled_from(
    [WEB, SUPPORT, of_customer(7), of_job("fit", "suggestions"), Actor(ActorKind.PERSON, "x"), of_service("none")]
)
_names = st.sampled_from([*PROMISE.data, "unknown", ""])
_uses: st.SearchStrategy[Use] = st.builds(
    Use,
    _actors,
    st.sampled_from([*PROMISE.purposes, "rights", "measure", "unknown", ""]),
    st.frozensets(_names, max_size=4),
    st.sampled_from(Act),
    st.sampled_from(["", "why"]),
)
_standing = st.builds(
    lambda clause, status, known: said(clause, status, None if known else b"old"),
    st.sampled_from([ORDERS, PAGE_VIEWS, Clause("newsletter", "email")]),
    st.sampled_from(Status),
    st.booleans(),
)
_states = st.builds(State, _standing, st.sampled_from([{}, BUYER, LAPSED]), st.booleans())


@given(_uses, _states)
def test_every_use_gets_a_verdict_on_everything_asked_and_nothing_else(use: Use, state: State) -> None:
    verdict = decide(use, TERMS, state, NOW, customer=7)
    assert set(verdict.allowed) | set(verdict.refused) == use.data
    assert not set(verdict.allowed) & set(verdict.refused)


@given(_uses, _states, st.sampled_from([lambda s: replace(s, restricted=True), lambda s: replace(s, standing={})]))
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
        assert set(late.allowed) == set(early.allowed) or use.actor is SUPPORT
