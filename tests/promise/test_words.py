"""The promise speaks in sentences that a customer understands."""

import pytest

from promise.examples import GONE, TEXT, changed
from troth.promise.model import Keep, Period, Source, Unit
from troth.promise.read import read_promise_text
from troth.promise.words import (
    basis_in_words,
    how_we_protect,
    how_you_benefit,
    keep_in_words,
    origin_in_words,
    period_in_words,
    source_in_words,
    what_we_do,
    who_receives,
    who_sees,
)

PROMISE = read_promise_text(TEXT, name="example.yaml")


@pytest.mark.parametrize(
    ("keep", "said"),
    [
        (Keep(Period(90, Unit.DAYS)), "90 days after we got it"),
        (Keep(Period(1, Unit.YEARS)), "1 year after we got it"),
        (Keep(Period(2, Unit.YEARS), "orders"), "2 years after the last of “Things you bought”"),
        (Keep(Period(2, Unit.WEEKS), "change"), "2 weeks after you last changed it"),
        (None, "As long as we need it for what we told you"),
    ],
)
def test_how_long(keep: Keep | None, said: str) -> None:
    assert keep_in_words(keep, "en", promise=PROMISE) == said


def test_without_the_promise_the_key_is_said() -> None:
    assert keep_in_words(Keep(Period(2, Unit.YEARS), "orders")) == "2 years after the last of “orders”"


def test_every_unit_has_one_and_many() -> None:
    for unit in Unit:
        assert period_in_words(Period(1, unit)) == f"1 {unit.value.removesuffix('s')}"
        assert period_in_words(Period(3, unit)) == f"3 {unit.value}"


def test_every_source_is_told_apart() -> None:
    assert len({source_in_words(source) for source in Source}) == len(Source)


def test_where_a_guess_and_a_gift_come_from() -> None:
    changes = {"data/topics/source": "received", "data/topics/from": "Your garden club"}
    promise = read_promise_text(changed(changes), name="p.yaml")
    assert origin_in_words(promise, promise.data["topics"]) == "We got it from Your garden club"
    assert origin_in_words(promise, promise.data["orders"]) == "We noted it when you dealt with us"
    guess = {
        "title": "Your kind of garden",
        "source": "guessed",
        "from": ["orders"],
        "how": "From what you bought.",
        "category": "user.demographic.profile",
        "sensitivity": 2,
        "keep": "1 year",
    }
    changes = {"data/style": guess, "purposes/service/data": ["email", "orders", "style"]}  # type: ignore[dict-item] # values of any kind
    promise = read_promise_text(changed(changes), name="p.yaml")
    assert origin_in_words(promise, promise.data["style"]) == "We guessed it from: Things you bought"


def test_why_we_may() -> None:
    assert [basis_in_words(purpose) for purpose in PROMISE.purposes.values()] == [
        "Because you are our customer",
        "Because the law asks for it: UK Companies Act 2006 s388",
        "Only if you say yes",
        "Only if you say yes",
    ]


def test_what_we_do_and_what_the_customer_gets() -> None:
    assert what_we_do(PROMISE, "orders") == ("Send what you order", "Keep our books", "Suggest products")
    assert how_you_benefit(PROMISE, "page_views") == ("You search less and find things that fit your garden.",)
    assert what_we_do(PROMISE, "nothing") == ()


def test_who_sees_names_people_and_never_those_who_see_numbers() -> None:
    assert who_sees(PROMISE, "orders") == ("Support, to do this: Send what you order. They must give a reason",)
    assert who_sees(PROMISE, "page_views") == ()
    promise = read_promise_text(changed({"roles/support/reason": GONE}), name="p.yaml")
    assert who_sees(promise, "email") == ("Support, to do this: Send what you order",)


def test_who_receives_and_how_long_they_keep_it() -> None:
    assert who_receives(PROMISE, "email") == ("Parcelo, who brings your parcel. They keep it 30 days",)
    assert who_receives(PROMISE, "orders") == ()
    promise = read_promise_text(changed({"recipients/parcelo/keep": GONE}), name="p.yaml")
    assert who_receives(promise, "email") == ("Parcelo, who brings your parcel",)


def test_how_it_is_protected() -> None:
    said = how_we_protect(PROMISE, "orders")
    assert said.startswith("On our own servers in London. Each customer's data is locked")
    assert said.endswith("Copies are gone after 35 days.")
    changes = {"storage/orders": {"where": "In a safe.", "protected": "It is shut."}}
    promise = read_promise_text(changed(changes), name="p.yaml")
    assert how_we_protect(promise, "orders") == "In a safe. It is shut."


def test_a_language_that_troth_does_not_speak_is_answered_in_english() -> None:
    assert period_in_words(Period(90, Unit.DAYS), "cy") == "90 days"
