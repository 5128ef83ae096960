"""Each rule breaks for a reason a lawyer could read, and for no other."""

from collections.abc import Mapping
from typing import Any

import pytest

from promise.examples import GONE, TEXT, changed, checked, codes, only
from troth.promise.errors import Severity
from troth.promise.read import check_promise_text, read_promise_text
from troth.promise.rules.every import EVERY

QUESTION = {
    "question": "May we use this to suggest things?",
    "yes": "Better suggestions.",
    "no": "We show best sellers.",
}


def kind(**more: Any) -> dict[str, Any]:
    """Return a new kind of data."""
    return {
        "title": "Something",
        "source": "told",
        "how": "You told us.",
        "category": "user.content",
        "sensitivity": 2,
        "traits": ["something"],
        "keep": "1 year",
    } | more


BROKEN: list[tuple[str, str, dict[str, Any]]] = [
    ("consent without a benefit", "P101", {"purposes/suggestions/benefit": GONE}),
    ("a contract that nothing starts", "P102", {"purposes/service/starts": GONE}),
    ("a contract that never ends", "P102", {"purposes/service/lasts": GONE}),
    ("a legal obligation without a law", "P103", {"purposes/tax/law": GONE}),
    ("an interest nobody weighed", "P104", {"purposes/service/basis": "legitimate_interest"}),
    ("a clause with undeclared data", "P105", {"purposes/service/data": ["email", "orders", "shoe_size"]}),
    ("a start that no data carries", "P106", {"purposes/service/starts": "Account Opened"}),
    ("a reserved purpose", "P107", {"purposes/evidence": {
        "title": "Prove", "use": "essential.service", "basis": "contract", "starts": "Order Completed",
        "lasts": "1 year", "data": ["orders"], "benefit": "Proof.",
    }}),
    ("consent that asks nothing", "P108", {"purposes/suggestions/data": ["orders"]}),
    ("a question whose no changes nothing", "P109", {"purposes/tax/data": {"orders": QUESTION}}),
    ("a use of another taxonomy", "P110", {"purposes/tax/use": "accounting.books"}),
    ("personal without a yes", "P111", {"purposes/tax/use": "personalize.content"}),
    ("sharing without a yes", "P111", {"purposes/tax/use": "third_party_sharing", "never": []}),
    ("one choice, two questions", "P112", {"purposes/newsletter/ask": "together"}),
    ("two choices, one question", "P112", {
        "purposes/suggestions/data/orders": QUESTION, "purposes/suggestions/data/page_views": QUESTION,
    }),
    ("pushed suggestions", "P113", {"purposes/suggestions/channels": ["push"]}),
    ("pushed marketing", "P113", {"purposes/newsletter/channels": ["email", "push"]}),
    ("data that nothing ends", "P120", {"data/page_views/keep": GONE}),
    ("an unknown anchor", "P121", {"data/email/keep": "2 years after last visits"}),
    ("a contract with an unknown anchor", "P121", {"purposes/service/lasts": "2 years after last visits"}),
    ("a contract that waits for a change of itself", "P121", {"purposes/service/lasts": "2 years after last change"}),
    ("sacrosanct data that personalises", "P123", {"data/page_views/sensitivity": 5}),
    ("a guess about health", "P124", {
        "data/guess": kind(source="guessed", **{"from": ["orders"]}, category="user.health.condition"),
        "purposes/suggestions/data/guess": QUESTION,
    }),
    ("a guess about religion", "P124", {
        "data/guess": kind(source="guessed", **{"from": ["orders"]}, category="user.demographic.religious_belief"),
        "purposes/suggestions/data/guess": QUESTION,
    }),
    ("location that personalises", "P125", {
        "data/town": kind(category="user.location.imprecise"), "purposes/suggestions/data/town": QUESTION,
    }),
    ("a postcode that personalises", "P125", {
        "data/town": kind(category="user.contact.address.postal_code"), "purposes/suggestions/data/town": QUESTION,
    }),
    ("a device token that personalises", "P125", {
        "data/token": kind(category="user.device.device_id"), "purposes/suggestions/data/token": QUESTION,
    }),
    ("a guess from nothing", "P126", {
        "data/guess": kind(source="guessed"), "purposes/suggestions/data/guess": QUESTION,
    }),
    ("received from nobody", "P126", {"data/topics/source": "received"}),
    ("told, and from somebody", "P126", {"data/topics/from": "A friend"}),
    ("a guess without its source", "P127", {
        "data/guess": kind(source="guessed", **{"from": ["topics"]}), "purposes/suggestions/data/guess": QUESTION,
    }),
    ("a category of another taxonomy", "P128", {"data/topics/category": "customer.tastes"}),
    ("storage without a default", "P129", {"storage": {"orders": {"where": "Here.", "protected": "Locked."}}}),
    ("storage of undeclared data", "P129", {"storage/shoes": {"where": "Here.", "protected": "Locked."}}),
    ("a recipient of undeclared data", "P140", {"recipients/parcelo/for": {"service": ["email", "topics"]}}),
    ("a recipient for an undeclared purpose", "P140", {"recipients/parcelo/for": {"delivery": ["email"]}}),
    ("a recipient without a contract", "P141", {"recipients/parcelo/contract": GONE}),
    ("a contract that ends before it begins", "P141", {"recipients/parcelo/contract/until": "2025-01-01"}),
    ("a recipient nobody checks", "P142", {"recipients/parcelo/checked": GONE}),
    ("insiders without a role", "P143", {"recipients/brightmail/works_inside_as": "marketers"}),
    ("a role that sees undeclared data", "P144", {"roles/support/may": {"service": ["topics"]}}),
    ("a role with an undeclared purpose", "P144", {"roles/support/may": {"snooping": "aggregate"}}),
    ("an empty never", "P145", {"never/x": {}}),
    ("a misspelt never", "P145", {"never/x": {"data": "order", "purpose": "suggestions"}}),
    ("a never against its own clause", "P146", {"never/x": {"data": "orders", "purpose": "suggestions"}}),
    ("a never against its own clause, by category", "P146", {"never/x": {"data": "user.behavior", "purpose": "tax"}}),
    ("a never against its own recipient", "P146", {"never/x": {"act": "disclose", "data": "email"}}),
    ("a consent tool with an unknown purpose", "P147", {"wire/consent_categories/Advertising": ["adverts"]}),
    ("nobody answers by default", "P148", {"listening/specialists/default": GONE}),
    ("a specialist for nothing", "P148", {"listening/specialists/adverts": "ana@larkfield.example"}),
    ("a right after two months", "P149", {"deadlines/access": "2 months"}),
    ("a right after 45 days", "P149", {"deadlines/erasure": "45 days"}),
    ("a language that is missing", "P160", {"data/email/title": {"cy": "Eich cyfeiriad e-bost"}}),
    ("a no that costs money", "P161", {"purposes/suggestions/data/orders/no": "Delivery costs you a little more."}),
    ("a no that costs support", "P161", {"purposes/suggestions/data/orders/no": "You lose our phone support line."}),
]  # fmt: skip

WARNED: list[tuple[str, str, dict[str, Any]]] = [
    ("no benefit on another basis", "P201", {"purposes/tax/benefit": GONE}),
    ("a purpose without data", "P202", {"purposes/tax/data": []}),
    ("the same meaning as nothing", "P203", {"version/same_meaning": ["suggestions/order"]}),
    ("unused data", "P220", {"data/shoes": kind()}),
    ("kept longer than needed", "P221", {
        "purposes/newsletter/data/email": GONE, "data/email/keep": "3 years after last orders",
    }),
    ("data that nothing carries", "P222", {"data/topics/traits": GONE}),
    ("a recipient of nothing", "P240", {"recipients/parcelo/for": GONE}),
    ("an unequal yes and no", "P260", {"purposes/suggestions/data/orders/no": "Best sellers."}),
    ("words that are too hard", "P261", {
        "purposes/service/benefit":
            "Facilitating expeditious fulfilment necessitates comprehensive infrastructure investments everywhere.",
    }),
    ("a sentence of 22 words", "P262", {
        "purposes/service/benefit":
            "You get it and it fits and if it does not you say so and we come and we take it back.",
    }),
    ("a language nobody speaks", "P263", {"data/email/title": {"en": "Your email", "cy": "Eich e-bost"}}),
    ("one text for two languages", "P264", {"company/languages": ["en", "cy"]}),
    ("words to avoid", "P265", {"purposes/newsletter/benefit": "Act now and plant."}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "changes"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_rule_is_an_error(code: str, changes: Mapping[str, Any]) -> None:
    found = checked(changes)
    errors = {finding.code for finding in found.findings if finding.severity is Severity.ERROR}
    assert errors == {code}
    assert found.promise is None


@pytest.mark.parametrize(("code", "changes"), [case[1:] for case in WARNED], ids=[case[0] for case in WARNED])
def test_a_warning_leaves_the_promise_in_force(code: str, changes: Mapping[str, Any]) -> None:
    found = checked(changes)
    assert {finding.code for finding in found.findings} == {code}
    assert found.promise is not None


def test_every_rule_has_a_case() -> None:
    tried = {code for _, code, _ in [*BROKEN, *WARNED]} | {"P122"}
    assert tried == {rule.code for rule in EVERY}


def test_every_rule_has_its_own_code_and_says_why() -> None:
    assert len({rule.code for rule in EVERY}) == len(EVERY)
    for rule in EVERY:
        sentence, _, why = (rule.check.__doc__ or "").partition("\n\n")
        assert sentence.endswith("."), rule.code
        assert why.strip(), rule.code


def test_errors_and_warnings_are_told_by_their_codes() -> None:
    assert all((rule.severity is Severity.ERROR) == rule.code.startswith("P1") for rule in EVERY)


def test_data_that_keep_each_other_are_both_named() -> None:
    changes = {"data/email/keep": "1 year after last topics", "data/topics/keep": "1 year after last email"}
    found = checked(changes)
    assert [finding.code for finding in found.findings] == ["P122", "P122"]
    assert "email → topics → email" in found.findings[0].message


def test_a_circle_is_told_only_where_it_is() -> None:
    changes = {
        "data/orders/keep": "1 year after last email",
        "data/email/keep": "1 year after last topics",
        "data/topics/keep": "1 year after last email",
    }
    assert codes(changes) == ["P122", "P122"]


def test_orders_may_be_kept_until_some_time_after_the_last_order() -> None:
    assert codes({"data/orders/keep": "6 years after last orders"}) == []


def test_location_behind_a_guess_is_found() -> None:
    guess = kind(source="guessed", **{"from": ["town"]}, category="user.content")
    changes = {
        "data/town": kind(category="user.device.ip_address"),
        "data/climate": guess,
        "purposes/service/data": ["email", "orders", "town"],
        "purposes/suggestions/data/climate": QUESTION,
    }
    assert set(codes(changes)) == {"P125", "P127"}


def test_sacrosanct_data_may_serve_a_contract() -> None:
    changes = {
        "data/allergy": kind(sensitivity=5, category="user.health"),
        "purposes/service/data": ["email", "orders", "allergy"],
    }
    assert codes(changes) == []


def test_a_sacrosanct_guess_and_a_sacrosanct_interest_are_refused() -> None:
    guessed = {
        "data/mood": kind(sensitivity=5, source="guessed", **{"from": ["orders"]}),
        "purposes/service/data": ["email", "orders", "mood"],
    }
    assert codes(guessed) == ["P123"]
    interest = {
        "data/email/sensitivity": 5,
        "purposes/service/basis": "legitimate_interest",
        "purposes/service/assessment": "docs/test.md",
    }
    assert codes(interest) == ["P123"]


def test_a_never_to_sell_forbids_a_purpose_that_shares() -> None:
    changes = {"purposes/newsletter/use": "third_party_sharing", "purposes/newsletter/channels": []}
    assert set(codes(changes)) == {"P146"}


def test_a_question_asked_once_for_all_serves_every_clause() -> None:
    changes = {
        "purposes/newsletter/ask": "together",
        "purposes/newsletter/data": ["email", "topics"],
        "purposes/newsletter/question": QUESTION,
    }
    promise = read_promise_text(changed(changes), name="promise.yaml")
    asked = promise.purposes["newsletter"].data
    assert asked["email"] == asked["topics"]
    assert asked["email"] is not None
    assert asked["email"].yes.say("en") == "Better suggestions."


def test_a_near_name_is_suggested() -> None:
    assert only(checked({"purposes/tax/data": ["order"]})).mend == "Did you mean “orders”?"
    assert only(checked({"purposes/service/starts": "Order Complete"})).mend == "Did you mean “Order Completed”?"


def test_a_rule_points_at_its_line() -> None:
    text = TEXT.replace("    benefit: You search less and find things that fit your garden.\n", "")
    found = only(check_promise_text(text, name="p.yaml"))
    line = text.splitlines().index("  suggestions:") + 1
    assert str(found.place) == f"p.yaml:{line}:3"


def test_all_broken_rules_are_told_at_once() -> None:
    changes = {
        "purposes/tax/law": GONE,
        "purposes/suggestions/benefit": GONE,
        "recipients/parcelo/contract": GONE,
        "company/languages": ["en", "cy"],
    }
    assert set(codes(changes)) == {"P103", "P101", "P141", "P264"}


WELSH = {
    "question": {"en": "May we suggest products?", "cy": "Gawn ni awgrymu cynnyrch?"},
    "yes": {"en": "You see things that fit.", "cy": "Gwelwch bethau sy’n addas."},
    "no": {"en": "We show best sellers.", "cy": "Dangoswn y rhai mwyaf poblogaidd."},
}
BILINGUAL: dict[str, Any] = {"company/languages": ["en", "cy"], "purposes/suggestions/data/orders": WELSH}


def test_a_question_in_english_and_welsh_is_fair_in_both() -> None:
    assert codes(BILINGUAL) == ["P264"]  # the other texts of the example are English only


@pytest.mark.parametrize(
    ("code", "part", "said"),
    [
        ("P161", "no", "Byddwch yn talu mwy am ddanfon."),
        ("P260", "no", "Dim newid."),
        ("P262", "yes", " ".join(["gair"] * 21) + "."),
        (
            "P261",
            "yes",
            "Gwasanaethau personoledig ychwanegol gwerthfawr cynhwysfawr i bawb ledled Cymru heddiw ac yfory hefyd.",
        ),
    ],
)
def test_welsh_words_are_checked_like_english_ones(code: str, part: str, said: str) -> None:
    welsh = WELSH | {part: {"en": WELSH[part]["en"], "cy": said}}
    found = checked(BILINGUAL | {"purposes/suggestions/data/orders": welsh})
    mine = [finding for finding in found.findings if finding.code == code]
    assert len(mine) == 1
    assert "(cy)" in mine[0].message or code == "P161"


def test_a_question_without_welsh_is_an_error() -> None:
    welsh = WELSH | {"no": {"en": "We show best sellers."}}
    assert "P160" in codes(BILINGUAL | {"purposes/suggestions/data/orders": welsh})
