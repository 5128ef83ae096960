"""Whatever a company answers, its first promise passes every rule."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from troth.promise.draft import REGULATORS, Answers, Regulator, draft
from troth.promise.fields import countries
from troth.promise.read import check_promise_text, read_promise_text

ANSWERS = Answers(
    name="Larkfield",
    legal_name="Larkfield Garden Shop Ltd",
    country="GB",
    time_zone="Europe/London",
    site="https://larkfield.example",
    mail_domain="larkfield.example",
    privacy_name="Ana Reyes",
    privacy_email="privacy@larkfield.example",
    owner_of_use="Tom Weir",
    owner_of_safeguards="Isa Moor",
    regulator=REGULATORS["GB"],
    where="On our own servers.",
    books_law="UK Companies Act 2006 s388",
    page_views=True,
    newsletter=True,
)
DAY = date(2026, 11, 22)


@pytest.mark.parametrize("books_law", ["", "UK Companies Act 2006 s388"])
@pytest.mark.parametrize("page_views", [False, True])
@pytest.mark.parametrize("newsletter", [False, True])
def test_every_choice_makes_a_promise_without_a_finding(
    *, books_law: str, page_views: bool, newsletter: bool
) -> None:
    answers = replace(ANSWERS, books_law=books_law, page_views=page_views, newsletter=newsletter)
    found = check_promise_text(draft(answers, today=DAY), name="promise.yaml")
    assert [str(finding) for finding in found.findings] == []
    assert found.promise is not None
    assert ("tax" in found.promise.purposes) == bool(books_law)
    assert ("page_views" in found.promise.data) == page_views
    assert ("newsletter" in found.promise.purposes) == newsletter
    assert (found.promise.version.number, found.promise.version.since) == (1, DAY)


NAMES = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=60).filter(str.strip)


@settings(max_examples=60, deadline=None)
@given(NAMES, NAMES, NAMES)
def test_any_name_can_be_written(name: str, legal_name: str, law: str) -> None:
    answers = replace(ANSWERS, name=name, legal_name=legal_name, books_law=law)
    promise = read_promise_text(draft(answers, today=DAY), name="promise.yaml")
    assert promise.company.name == name.strip()
    assert promise.purposes["tax"].law == law.strip()


def test_regulators_are_of_countries_and_can_be_reached() -> None:
    assert set(REGULATORS) <= countries()
    for country, regulator in REGULATORS.items():
        text = draft(replace(ANSWERS, country=country, regulator=regulator), today=DAY)
        assert read_promise_text(text, name="p.yaml").company.regulator.name == regulator.name


def test_norway_stays_norway() -> None:
    text = draft(
        replace(ANSWERS, country="NO", regulator=Regulator("Datatilsynet", "https://www.datatilsynet.no")), today=DAY
    )
    assert read_promise_text(text, name="p.yaml").company.country == "NO"
