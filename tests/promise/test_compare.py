"""What a new promise changes: every field of the model, the laws, who is asked, what is deleted, what is refused."""

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promise.edits import (
    BASE,
    FIELDS,
    HALF,
    NARROWED,
    NEWSLETTER,
    NOT_COMPARED,
    ORDERS,
    PAGE_VIEWS,
    SAME,
    WIDENED,
    Edit,
    data,
    entry,
    parcelo,
    part,
    promise,
    purpose,
    support,
    unasked,
    whole,
    without,
)
from promise.examples import GONE, TEXT
from troth.promise import model
from troth.promise.changes.change import Comparison, Direction, Kind
from troth.promise.compare import UNPROMISED, asked, compare, unpromised
from troth.promise.model import AtMost, Basis, Clause, Keep, Never, Period, Promise, Text, Unit
from troth.promise.read import read_promise_text


def fields_of_the_model() -> set[str]:
    classes = [one for one in vars(model).values() if isinstance(one, type) and dataclasses.is_dataclass(one)]
    assert len(classes) > 20
    return {f"{one.__name__}.{field.name}" for one in classes for field in dataclasses.fields(one)}


def test_no_field_of_the_model_is_forgotten() -> None:
    assert fields_of_the_model() == set(FIELDS) | set(NOT_COMPARED), "compare it, and show here that it is compared"
    assert not set(FIELDS) & set(NOT_COMPARED)


@pytest.mark.parametrize("name", FIELDS)
def test_a_change_of_each_field_is_told_with_its_direction(name: str) -> None:
    edit, path, direction = FIELDS[name]
    comparison = compare(BASE, edit(BASE))
    found = {(change.path, change.direction) for change in comparison.changes}
    assert (path, direction) in found
    # The edit is of this one field, so nothing goes the other way.
    assert {told for _, told in found} <= {direction, SAME}
    for change in comparison.changes:
        assert change.words
        assert change.words[-1] in ".”"
        assert "{" not in change.words
        assert "Text(" not in change.words
        assert change.place is not None
        assert change.place.line > 1


@pytest.mark.parametrize("name", FIELDS)
def test_the_way_back_is_the_other_direction(name: str) -> None:
    there, back = compare(BASE, FIELDS[name][0](BASE)), compare(FIELDS[name][0](BASE), BASE)
    assert counted(back) == counted(there, swapped=True)


def counted(comparison: Comparison, *, swapped: bool = False) -> Counter[tuple[Kind, str, Direction, bool]]:
    turned = {NARROWED: WIDENED, WIDENED: NARROWED, SAME: SAME}
    return Counter(
        (
            change.kind,
            change.path,
            turned[change.direction] if swapped and not change.both_ways else change.direction,
            change.both_ways,
        )
        for change in comparison.changes
    )


MORE_EDITS: tuple[Edit, ...] = (
    without("data", "page_views"),
    without("data", "email"),
    without("purposes", "suggestions"),
    without("recipients", "brightmail"),
    without("roles", "marketer"),
    data(keep=None),
    data(keep=Keep(Period(70, Unit.MONTHS))),
    data(keep=Keep(Period(2000, Unit.DAYS))),
    data(sensitivity=4),
    data(events={}),
    data(category="user.behavior.purchase_history.garden"),
    entry("data", "page_views", keep=Keep(Period(1, Unit.MONTHS))),
    entry("data", "page_views", keep=Keep(Period(28, Unit.DAYS))),
    purpose("newsletter", topics={}),
    purpose("newsletter", channels=()),
    purpose("newsletter", at_most=None),
    purpose("newsletter", at_most=AtMost(1, Unit.YEARS)),
    purpose("service", lasts=Keep(Period(1, Unit.MONTHS), "orders")),
    purpose("service", use="essential.service.delivery"),
    parcelo(keep=Period(3, Unit.WEEKS)),
    parcelo(receives={}),
    parcelo(safeguard="Another"),
    support(training=("privacy-basics", "more")),
    support(may={}),
    whole(never=(Never(),)),
    whole(never=(*BASE.never, Never(act="sell", data="user"))),
    whole(evidence_keep=Period(35, Unit.MONTHS)),
    whole(deadlines=dict.fromkeys(BASE.deadlines)),
    part("children", under=18),
    part("listening", answer_working_days=1),
)
EDITS: dict[str, Edit] = {name: edit for name, (edit, _, _) in FIELDS.items()} | {
    f"more {number}": edit for number, edit in enumerate(MORE_EDITS)
}
# `same_meaning` is the new promise's word about the old one: it has no way back.
EDITS.pop("Version.same_meaning")


def only_narrows(name: str) -> bool:
    comparison = compare(BASE, EDITS[name](BASE))
    return bool(comparison.of(NARROWED)) and not comparison.of(WIDENED)


NARROWING = [name for name in EDITS if only_narrows(name)]


def applied(base: Promise, names: list[str]) -> Promise:
    return reduce(lambda found, name: EDITS[name](found), names, base)


# Edits by name, so that a failure is told in a line.
names_of_edits = st.lists(st.sampled_from(list(EDITS)), max_size=8)
narrowings = st.lists(st.sampled_from(NARROWING), max_size=5)
some = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@some
@given(names_of_edits)
def test_a_promise_changes_nothing_beside_itself(names: list[str]) -> None:
    one = applied(BASE, names)
    assert compare(one, one) == Comparison(())
    assert unpromised(one, one, compare(one, one)) == ()


@some
@given(names_of_edits, names_of_edits)
def test_swapped_what_was_narrowed_is_widened(names: list[str], others: list[str]) -> None:
    one, other = applied(BASE, names), applied(BASE, others)
    assert counted(compare(other, one)) == counted(compare(one, other), swapped=True)


def test_there_are_many_narrowings_to_compose() -> None:
    assert len(NARROWING) > 30


@some
@given(names_of_edits, narrowings, narrowings)
def test_narrowed_and_narrowed_again_is_nowhere_widened(
    names: list[str], first: list[str], second: list[str]
) -> None:
    base = applied(BASE, names)
    middle = applied(base, first)
    last = applied(middle, second)
    if not compare(base, middle).of(WIDENED) and not compare(middle, last).of(WIDENED):
        assert compare(base, last).of(WIDENED) == ()


@some
@given(names_of_edits, names_of_edits)
def test_only_consent_is_asked_and_only_for_what_widens(names: list[str], others: list[str]) -> None:
    one, other = applied(BASE, names), applied(BASE, others)
    comparison = compare(one, other)
    widened = {clause for change in comparison.of(WIDENED) for clause in change.clauses}
    for clause in (*comparison.asked_again, *comparison.asked_first):
        assert other.purposes[clause.purpose].basis is Basis.CONSENT
        assert comparison.widening(clause)
    assert set(comparison.asked_again) <= set(one.clauses)
    assert not set(comparison.asked_again) & set(comparison.asked_first)
    everyone = {*comparison.asked_again, *comparison.asked_first, *comparison.told}
    assert everyone == widened & set(other.clauses)


SAME_MEANING = "version/same_meaning"
NEXT = {"version/number": 5, "version/from": "2026-12-01", "version/says": "We keep orders for longer."}


def said(changes: Mapping[str, Any]) -> list[str]:
    return [
        change.words
        for change in compare(BASE, promise(NEXT | dict(changes))).changes
        if change.kind is not Kind.VERSION
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"data/orders/keep": "8 years"}, "We would keep “Things you bought” for 8 years instead of 6 years."),
        (
            {"data/page_views/keep": "90 days after last orders"},
            (
                "We would keep “Pages you looked at” until 90 days after the last of “Things you bought” "
                "instead of 90 days."
            ),
        ),
        (
            {"purposes/service/data": ["email", "orders", "page_views"]},
            "We would also use “Pages you looked at” for “Send what you order”.",
        ),
        (
            {"recipients/parcelo/for": {"service": ["email", "orders"]}},
            (
                "“Parcelo, who brings your parcel” would receive more. "
                "What: “Things you bought” for “Send what you order”."
            ),
        ),
        (
            {"recipients/parcelo/keep": GONE},
            (
                "“Parcelo, who brings your parcel” would keep what it receives for as long as it likes "
                "instead of 30 days."
            ),
        ),
        (
            {"roles/marketer/may": {"suggestions": ["orders"], "newsletter": "aggregate"}},
            "People with the role “marketer” would see single customers for “Suggest products”: “Things you bought”.",
        ),
        (
            {"roles/support/reason": "optional"},
            "People with the role “support” would no longer have to give a reason.",
        ),
        ({"never": []}, "We would no longer promise that this never happens: act “sell”."),
        (
            {"deadlines/access": "20 days"},
            "We would answer a request for access within 20 days instead of within 15 days.",
        ),
        (
            {"purposes/newsletter/at_most": GONE},
            "“Garden letter” would come at most as often as we like instead of 1 per week.",
        ),
        (
            {"purposes/suggestions/data/orders/no": "You see best sellers. Returns still work."},
            "The words of the no in “Suggest products” with “Things you bought” would change.",
        ),
    ],
)
def test_a_change_is_told_in_a_plain_sentence(changes: Mapping[str, Any], expected: str) -> None:
    assert expected in said(changes)


def test_a_year_written_as_months_is_told_and_no_change_of_scope() -> None:
    comparison = compare(BASE, promise({"data/orders/keep": "72 months"}))
    assert [(change.kind, change.direction) for change in comparison.changes] == [(Kind.KEEP, SAME)]
    assert comparison.deleted == ()


def test_a_change_stands_where_it_is_written_and_what_is_gone_where_it_was() -> None:
    new = read_promise_text(
        TEXT.replace("keep: 6 years", "keep: 8 years").replace("  - {act: sell}\n", ""), name="new.yaml"
    )
    keep, never = [change for change in compare(BASE, new).changes if change.kind in {Kind.KEEP, Kind.NEVER}]
    assert keep.place is not None
    assert (keep.place.file, keep.place.line) == ("new.yaml", TEXT[: TEXT.index("keep: 6 years")].count("\n") + 1)
    assert never.place is not None
    assert (never.place.file, never.place.line) == (
        "promise.yaml",
        TEXT[: TEXT.index("- {act: sell}")].count("\n") + 1,
    )


def test_a_longer_keep_asks_those_who_consented_and_tells_the_others() -> None:
    comparison = compare(BASE, promise(NEXT | {"data/orders/keep": "8 years"}))
    assert comparison.asked_again == (ORDERS,)
    assert comparison.asked_first == ()
    assert comparison.told == (Clause("service", "orders"), Clause("tax", "orders"))


def test_a_new_clause_on_consent_is_asked_for_the_first_time() -> None:
    old = promise({"purposes/suggestions/data/page_views": GONE})
    comparison = compare(old, BASE)
    assert comparison.asked_again == ()
    assert comparison.asked_first == (PAGE_VIEWS,)
    assert [change.clause for change in comparison.of(WIDENED) if change.kind is Kind.CLAUSE] == [PAGE_VIEWS]


def test_a_purpose_that_comes_to_rest_on_consent_is_asked_for_the_first_time() -> None:
    old = purpose("newsletter", basis=Basis.LEGITIMATE_INTEREST, data=unasked("newsletter"))(BASE)
    assert compare(old, BASE).asked_first == tuple(NEWSLETTER.clauses)


def test_another_basis_is_told_once_and_not_as_its_terms_too() -> None:
    new = purpose("newsletter", basis=Basis.CONTRACT, data=unasked("newsletter"), starts="Order Completed")(BASE)
    (change,) = compare(BASE, new).changes
    assert change.words == "“Garden letter” would rest on a contract instead of consent."
    assert change.both_ways


def test_same_meaning_spares_the_clauses_it_names_and_no_others() -> None:
    words = {"data/orders/title": "What you bought"}
    assert compare(BASE, promise(NEXT | words)).asked_again == (ORDERS,)
    spared = compare(BASE, promise(NEXT | words | {SAME_MEANING: ["suggestions/orders"]}))
    assert spared.asked_again == ()
    assert spared.told == (Clause("service", "orders"), Clause("tax", "orders"))


def test_words_in_one_language_of_two_are_told_with_the_language() -> None:
    both = part("company", languages=("en", "cy"))
    old = data(title=Text({"en": "Things you bought", "cy": "Pethau"}))(both(BASE))
    new = data(title=Text({"en": "Things you bought", "cy": "Nwyddau"}))(old)
    (change,) = compare(old, new).changes
    assert change.words == "The words of the title of “Things you bought” would change (cy)."


def test_a_dropped_language_asks_everybody_again() -> None:
    old = part("company", languages=("en", "cy"))(BASE)
    comparison = compare(old, BASE)
    assert [change.kind for change in comparison.of(WIDENED)] == [Kind.LANGUAGES]
    consented = [clause for clause in BASE.clauses if BASE.purposes[clause.purpose].basis is Basis.CONSENT]
    assert list(comparison.asked_again) == consented


def test_one_question_for_several_kinds_is_told_once() -> None:
    question = {"question": "May we use this?", "yes": "We suggest things.", "no": "We show best sellers."}
    together = {
        "purposes/suggestions/ask": "together",
        "purposes/suggestions/data": ["orders", "page_views"],
        "purposes/suggestions/question": question,
    }
    old = promise(together)
    new = promise(together | {"purposes/suggestions/question": question | {"yes": "We suggest what fits."}})
    (change,) = compare(old, new).changes
    assert change.path == "purposes.suggestions.question.yes"
    assert change.clauses == (ORDERS, PAGE_VIEWS)
    assert change.clause is None


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (without("data", "topics"), "All we keep of “What you like to grow”."),
        (
            without("purposes", "newsletter"),
            "“Your email address” of customers for whom nothing held but “Garden letter”.",
        ),
        (without("purposes", "newsletter"), "All we keep of “What you like to grow”."),
        (data(keep=Keep(Period(5, Unit.YEARS))), "What is past the new keep of “Things you bought”."),
        (data(keep=Keep(Period(6, Unit.YEARS), "email")), "What may be past the new keep of “Things you bought”."),
        (whole(evidence_keep=HALF), "What is past the new keep of evidence."),
        (
            purpose("service", lasts=Keep(HALF, "orders")),
            "“Your email address” of customers for whom nothing held but “Send what you order”, which ends sooner.",
        ),
    ],
)
def test_what_would_be_deleted_is_told(edit: Edit, expected: str) -> None:
    assert expected in [deletion.words for deletion in compare(BASE, edit(BASE)).deleted]


def test_a_longer_keep_deletes_nothing() -> None:
    assert compare(BASE, data(keep=Keep(Period(8, Unit.YEARS)))(BASE)).deleted == ()


def refused(changes: Mapping[str, Any]) -> list[str]:
    new = promise(changes)
    return [finding.code for finding in unpromised(BASE, new, compare(BASE, new))]


LONGER = {"data/orders/keep": "8 years"}
YES = "purposes/suggestions/data/orders/yes"
SAYS = BASE.version.says.say("en")


@pytest.mark.parametrize(
    ("why", "changes", "expected"),
    [
        ("a widening that is numbered, dated and told", NEXT | LONGER, []),
        ("a new number and nothing else", {"version/number": 5}, []),
        ("a new owner under the old number", {"purposes/tax/owner": "Bo Ek"}, []),
        ("a new contract under the old number", {"recipients/parcelo/contract/until": "2028-02-01"}, []),
        ("a widening under the old number", NEXT | LONGER | {"version/number": 4}, ["P301"]),
        ("a narrowing under the old number", {"data/orders/keep": "5 years"}, ["P301"]),
        (
            "a narrowing under a new number, from the same day",
            {"data/orders/keep": "5 years", "version/number": 5},
            [],
        ),
        ("a number that goes back", {"version/number": 3}, ["P301"]),
        (
            "other words with the same meaning under the old number",
            {
                SAME_MEANING: ["suggestions/orders"],
                YES: "We suggest what fits.",
            },
            ["P301"],
        ),
        (
            "other words with the same meaning",
            {
                "version/number": 5,
                SAME_MEANING: ["suggestions/orders"],
                YES: "We suggest what fits.",
            },
            [],
        ),
        (
            "a longer keep as the same meaning",
            NEXT | LONGER | {SAME_MEANING: ["suggestions/orders"]},
            ["P302"],
        ),
        ("a widening from the same day", NEXT | LONGER | {"version/from": "2026-09-01"}, ["P303"]),
        (
            "a widening that customers are not told",
            NEXT | LONGER | {"version/says": SAYS},
            ["P304"],
        ),
    ],
)
def test_what_was_never_promised_is_refused(why: str, changes: Mapping[str, Any], expected: list[str]) -> None:
    assert refused(changes) == expected, why


def test_a_refusal_stands_at_the_line_to_mend() -> None:
    new = promise(LONGER)
    found = unpromised(BASE, new, compare(BASE, new))
    assert [(finding.code, finding.place) for finding in found] == [
        ("P301", new.places["version.number"]),
        ("P303", new.places["version.from"]),
        ("P304", new.places["version.says"]),
    ]


def test_an_installation_can_count_who_is_touched() -> None:
    comparison = compare(BASE, promise(NEXT | LONGER))
    (plain,) = asked(comparison)
    assert (plain.clause, plain.first, plain.customers) == (ORDERS, False, None)
    (counted_,) = asked(comparison, touched=lambda clause: 7 if clause == ORDERS else 0)
    assert counted_.customers == 7
    assert [change.kind for change in counted_.why] == [Kind.KEEP]


def test_the_guide_names_what_is_refused() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "new-version.md").read_text("utf-8")
    assert dict(re.findall(r"^\| `(P3[0-9]{2})` \| (.+?) \|", guide, re.MULTILINE)) == UNPROMISED
