"""The shop front, plugged into the real site over a small invented shop."""

import re
from collections.abc import Iterator

import pytest

from installations import NOW
from troth.cli.demo import Opened, prepare
from troth.clock import FixedClock
from troth.demo import shop
from troth.demo.people import people
from visitors import Visitor, forms, words

SHOP = shop.build(now=NOW, customers=500)
PEOPLE = {person.grows: person.customer for person in people(SHOP)}
ALLOTMENT = PEOPLE["Digs an allotment"]
ROSES = PEOPLE["Grows roses"]
HOUSEPLANTS = PEOPLE["Keeps houseplants"]


# One shop for all: a test that changes somebody's mind changes it back.
@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    folder = tmp_path_factory.mktemp("demo")
    made = prepare(folder, customers=500, seed=7, say=lambda _: None, clock=FixedClock(NOW))
    yield made
    made.close()


def _as(opened: Opened, customer: str) -> Visitor:
    visitor = Visitor(opened.site)
    form = forms(visitor.get("/people").text)[0]
    assert visitor.post("/people", form | {"person": customer}).headers["location"] == "/"
    return visitor


def _shelf(visitor: Visitor) -> list[str]:
    page = visitor.get("/").text
    first = page[page.index('class="picked"') : page.index('class="shelf"')]
    return re.findall(r'href="/p/([^"]+)"', first)


def _looks_kept(opened: Opened, customer: str) -> int:
    span = opened.app.gate.spans(opened.app.identity.get(customer)).get("page_views")
    return span.count if span else 0


def test_the_shelf_of_who_said_yes_is_about_their_garden_and_gives_reasons(opened: Opened) -> None:
    visitor = _as(opened, ALLOTMENT)
    shelf = _shelf(visitor)
    assert SHOP.truth.share_right(ALLOTMENT, shelf) > 0.5
    text = words(visitor.get("/").text)
    assert "Picked for you From what you bought. You said we may." in text
    why = words(visitor.get(f"/why/{shelf[0]}").text)
    assert "Things you bought: used. You said yes to this." in why
    shares = [int(one) for one in re.findall(r"(-?\d+)%", why) if one != "100"]
    assert sum(shares) == 100


def test_a_no_changes_the_shelf_at_the_next_load_and_a_yes_brings_it_back(opened: Opened) -> None:
    visitor = _as(opened, ALLOTMENT)
    mine = _shelf(visitor)
    visitor.save(visitor.get("/you"), suggestions__orders="no")
    assert "Best sellers Our best sellers. Nothing about you was used." in words(visitor.get("/").text)
    assert _shelf(visitor) == _shelf(_as(opened, ROSES))
    assert "/why/" not in visitor.get("/").text
    visitor.save(visitor.get("/you"), suggestions__orders="yes")
    assert _shelf(visitor) == mine


def test_the_front_tells_the_truth_about_what_was_said(opened: Opened) -> None:
    assert "You said yes to using your orders." in words(_as(opened, ALLOTMENT).get("/").text)
    assert "You said no to using your orders." in words(_as(opened, ROSES).get("/").text)
    assert "You have not said yet whether we may use your orders." in words(_as(opened, HOUSEPLANTS).get("/").text)
    assert "We know nothing about you." in words(Visitor(opened.site).get("/").text)


def test_only_who_has_not_answered_is_asked_in_the_shop(opened: Opened) -> None:
    question = "May we use what you bought to suggest products?"
    assert question in words(_as(opened, HOUSEPLANTS).get("/").text)
    assert question not in words(_as(opened, ALLOTMENT).get("/").text)
    assert question not in words(_as(opened, ROSES).get("/").text)
    assert question not in words(Visitor(opened.site).get("/").text)


def test_a_look_is_kept_only_after_a_yes_to_it(opened: Opened) -> None:
    visitor = _as(opened, HOUSEPLANTS)
    visitor.get("/p/terracotta-pot-20-cm")
    assert _looks_kept(opened, HOUSEPLANTS) == 0
    visitor.save(visitor.get("/you"), suggestions__page_views="yes")
    visitor.get("/p/terracotta-pot-20-cm")
    assert _looks_kept(opened, HOUSEPLANTS) == 1
    visitor.save(visitor.get("/you"), suggestions__page_views="no")
    assert _looks_kept(opened, HOUSEPLANTS) == 0


def test_what_goes_with_a_thing_is_the_same_for_everyone(opened: Opened) -> None:
    def beside(visitor: Visitor) -> list[str]:
        page = visitor.get("/p/tomato-gardeners-delight-seeds").text
        return re.findall(r'href="/p/([^"]+)"', page)

    assert beside(_as(opened, ALLOTMENT)) == beside(Visitor(opened.site)) != []


def test_the_list_of_people_says_what_they_said_by_now(opened: Opened) -> None:
    visitor = _as(opened, ALLOTMENT)
    assert "Digs an allotment Said yes" in words(visitor.get("/people").text)
    visitor.save(visitor.get("/you"), suggestions__orders="no")
    assert "Digs an allotment Said no" in words(visitor.get("/people").text)
    visitor.save(visitor.get("/you"), suggestions__orders="yes")


def test_the_people_one_can_shop_as_see_who_looked_and_what_was_refused(opened: Opened) -> None:
    visitor = _as(opened, ALLOTMENT)
    page = words(visitor.get("/you").text)
    assert "We noted 1 look at your data, before anything was seen. We refused 1 more." in page
    assert "Their reason: “Question about order" in page
    every = words(visitor.get("/you/looks").text)
    assert "Support saw “Your email address” and “Things you bought”, to do this: Send what you order." in every
    assert "Marketer asked to see “Things you bought”, to do this: Suggest products. We refused." in every


def test_a_browser_that_asks_not_to_sell_or_share_is_told_what_that_does(opened: Opened) -> None:
    assert "Their browser asks us not to sell or share" in words(Visitor(opened.site).get("/people").text)
    page = words(_as(opened, PEOPLE["Has a pond, feeds birds"]).get("/you").text)
    assert "your browser asked us not to sell your data, or share it with others for their own use. We do" in page
    assert "Your browser asks us not to sell your data" in words(Visitor(opened.site).get("/you", Sec_GPC="1").text)
    assert "Your browser" not in words(Visitor(opened.site).get("/you").text)


def test_the_page_about_leaving_has_words_for_all_that_goes(opened: Opened) -> None:
    page = words(_as(opened, PEOPLE["Has a pond, feeds birds"]).get("/delete").text)
    assert "What was stopped (1 stop)." in page
    assert "What we noted (" in page
    assert "Other records" not in page


def test_the_promise_says_which_version_holds_and_what_changed(opened: Opened) -> None:
    page = words(Visitor(opened.site).get("/you").text)
    assert "Version 4, since 1 September 2026. What changed: We stopped asking for your date of birth." in page


def test_somebody_new_who_says_yes_to_looks_gets_a_shelf_from_them(opened: Opened) -> None:
    visitor = Visitor(opened.site)
    visitor.save(visitor.get("/you"), suggestions__page_views="yes")
    visitor.get("/p/tomato-gardeners-delight-seeds")
    assert "Picked for you From the pages you looked at. You said we may." in words(visitor.get("/").text)


def test_one_cannot_become_anybody_else_or_without_ones_own_form(opened: Opened) -> None:
    visitor = Visitor(opened.site)
    form = forms(visitor.get("/people").text)[0]
    assert visitor.post("/people", form | {"person": "c0001-not-listed"}).status_code == 400
    assert visitor.post("/people", {"person": ALLOTMENT}).status_code == 403
    assert "We know nothing about you." in words(visitor.get("/").text)


@pytest.mark.parametrize("address", ["/p/no-such-thing", "/shelf/no-such-shelf", "/why/no-such-thing"])
def test_what_the_shop_does_not_have_is_not_there(opened: Opened, address: str) -> None:
    assert Visitor(opened.site).get(address).status_code == 404


def test_every_shelf_leads_to_all_its_products(opened: Opened) -> None:
    page = Visitor(opened.site).get("/").text
    shelves = dict.fromkeys(re.findall(r'href="(/shelf/[^"]+)"', page))
    found = [product for one in shelves for product in re.findall(r"/p/([^\"]+)", Visitor(opened.site).get(one).text)]
    assert sorted(found) == sorted(product.product for product in SHOP.products)


def test_no_customer_id_stands_in_any_address(opened: Opened) -> None:
    visitor = _as(opened, ALLOTMENT)
    for address in ("/", "/you", "/people", "/delete"):
        assert not re.findall(rf'(?:href|action)="[^"]*{ALLOTMENT}', visitor.get(address).text)
