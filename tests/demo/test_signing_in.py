"""Somebody answers before signing in: their browser and their account become one person, and a no beats a yes."""

from collections.abc import Iterator

import pytest

from installations import NOW, ORDERS, PAGE_VIEWS
from troth.cases.merging import Id
from troth.cli.demo import Opened, prepare
from troth.clock import FixedClock
from troth.demo import shop
from troth.demo.people import people
from troth.identity.model import IdKind
from visitors import Visitor, forms, words

SHOP = shop.build(now=NOW, customers=300)
PEOPLE = {person.grows: person.customer for person in people(SHOP)}
SAID_YES = PEOPLE["Grows herbs on a balcony"]
SAID_NO = PEOPLE["Grows roses"]
SILENT = PEOPLE["Keeps houseplants"]
UNASKED = next(one for one in PEOPLE.values() if one and SHOP.answer(one, "page_views") is None)
REFUSING = next(one for one in PEOPLE.values() if one and SHOP.answer(one, "page_views") is False)
TOGETHER = "You answered here before you signed in. Those answers and your account’s now count together"
POT = "terracotta-pot-20-cm"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    made = prepare(tmp_path_factory.mktemp("demo"), customers=300, seed=7, say=lambda _: None, clock=FixedClock(NOW))
    yield made
    made.close()


@pytest.fixture
def visitor(opened: Opened) -> Iterator[Visitor]:
    """A visitor whose test leaves the accounts as it found them: what was linked is parted again."""
    yield Visitor(opened.site)
    for customer in filter(opened.app.identity.find, filter(None, PEOPLE.values())):
        for tie in opened.app.merging.ties(Id(customer)):
            opened.app.merging.unlink_number(Id(customer), tie.link.number, by="test", now=NOW)


def _sign_in(visitor: Visitor, customer: str) -> None:
    form = forms(visitor.get("/people").text)[0]
    assert visitor.post("/people", form | {"person": customer}).status_code == 303


def _answers(visitor: Visitor, **choices: str) -> None:
    visitor.save(visitor.get("/you"), **choices)


def test_a_no_before_signing_in_beats_the_yes_of_the_account(opened: Opened, visitor: Visitor) -> None:
    _answers(visitor, suggestions__orders="no")
    assert "Somebody new, not signed in. You said no to using your orders." in words(visitor.get("/").text)
    _sign_in(visitor, SAID_YES)
    home = words(visitor.get("/").text)
    assert TOGETHER in home
    assert "Best sellers" in home
    assert "You said no to using your orders." in home
    assert TOGETHER not in words(visitor.get("/").text)
    (tie,) = opened.app.merging.ties(Id(SAID_YES))
    assert set(tie.kinds) == {(IdKind.CUSTOMER,), (IdKind.ANONYMOUS,)}
    # And the next visit of that account, from anywhere, obeys it too.
    other = Visitor(opened.site)
    _sign_in(other, SAID_YES)
    assert "You said no to using your orders." in words(other.get("/").text)


def test_a_yes_before_signing_in_does_not_beat_the_no_of_the_account(opened: Opened, visitor: Visitor) -> None:
    _answers(visitor, suggestions__orders="yes")
    _sign_in(visitor, SAID_NO)
    assert "You said no to using your orders." in words(visitor.get("/").text)
    standing = opened.app.consent.standing(opened.app.identity.get(SAID_NO))[ORDERS]
    assert standing.latest.answer == "no"


def test_a_yes_comes_along_to_an_account_that_had_not_answered_with_what_was_kept_under_it(
    opened: Opened, visitor: Visitor
) -> None:
    _answers(visitor, suggestions__page_views="yes")
    visitor.get(f"/p/{POT}")
    assert "Picked for you From the pages you looked at. You said we may." in words(visitor.get("/").text)
    _sign_in(visitor, UNASKED)
    number = opened.app.identity.get(UNASKED)
    assert opened.app.consent.standing(number)[PAGE_VIEWS].latest.answer == "yes"
    assert "Terracotta pot 20 cm" in words(visitor.get("/you/page_views").text)
    # From here on looks are kept under the account.
    visitor.get("/p/tomato-gardeners-delight-seeds")
    assert "See all 2" in words(visitor.get("/you").text)


def test_what_a_no_of_the_account_ends_is_deleted_and_said(visitor: Visitor) -> None:
    _answers(visitor, suggestions__page_views="yes")
    visitor.get(f"/p/{POT}")
    _sign_in(visitor, REFUSING)
    assert "We deleted 1 thing that nothing needs any more: pages you looked at." in words(visitor.get("/").text)


def test_who_answered_nothing_before_signing_in_is_linked_to_nobody(opened: Opened, visitor: Visitor) -> None:
    visitor.get("/")
    _sign_in(visitor, SAID_YES)
    assert TOGETHER not in words(visitor.get("/").text)
    assert opened.app.merging.ties(Id(SAID_YES)) == []


def test_the_next_account_on_the_same_browser_is_not_joined_to_the_first(opened: Opened, visitor: Visitor) -> None:
    _answers(visitor, suggestions__orders="no")
    _sign_in(visitor, SAID_YES)
    _sign_in(visitor, SILENT)
    assert opened.app.merging.ties(Id(SILENT)) == []
    assert "You have not said yet" in words(visitor.get("/").text)
    _sign_in(visitor, "")
    assert "We know nothing about you." in words(visitor.get("/").text)


def test_an_erasure_after_signing_in_takes_the_browser_too(opened: Opened) -> None:
    visitor, leaver = Visitor(opened.site), PEOPLE["Raises chillies under glass"]
    _answers(visitor, suggestions__orders="no")
    _sign_in(visitor, leaver)
    page = visitor.get("/delete")
    assert "Ids that are yours" in words(page.text)
    visitor.post("/delete", forms(page.text)[0])
    assert opened.app.identity.find(leaver) is None
    assert "Other records" not in words(page.text)
