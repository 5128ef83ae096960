"""The customer's pages through the door a browser uses, over a real installation."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, order, say, told, view
from troth.app import App
from troth.catalogue.model import Product
from troth.errors import UnavailableError
from troth.web.face import Face
from troth.web.headers import HEADERS
from troth.web.site import LARGEST_FORM, build_site
from visitors import Visitor, forms, words


def _faces(face: Face) -> Sequence[BaseRoute]:
    """A door in for tests, and two pages that fail."""

    async def come_in(request: Request) -> Response:
        face.become(request, request.path_params["who"])
        return RedirectResponse("/you", 303)

    async def fail(_: Request) -> Response:
        msg = "secret inside"
        raise RuntimeError(msg)

    async def unavailable(_: Request) -> Response:
        raise UnavailableError("disk_full", "The disk is full.", "Free some room.")

    return [
        Route("/in/{who}", come_in),
        Route("/fail", fail),
        Route("/full", unavailable),
    ]


@pytest.fixture
def site(app: App) -> ASGIApp:
    app.catalogue.put([Product("p1", "Terracotta pot 20 cm"), Product("p2", "Basil plant")])
    say(app, "c1", PAGE_VIEWS, "yes")
    app.gate.collect(
        IMPORT,
        [
            order("c1", "p1", at=NOW - timedelta(days=10)),
            order("c1", "p2", at=NOW - timedelta(days=10), quantity=2),
            told("c1", email="c1@example.com"),
            view("c1", "p2"),
        ],
        NOW,
    )
    return build_site(app, secret=b"k" * 32, faces=_faces)


def _as(site: ASGIApp, customer: str) -> Visitor:
    visitor = Visitor(site)
    visitor.get(f"/in/{customer}")
    return visitor


def test_the_page_shows_each_kind_with_how_we_got_it_and_what_it_is_for(site: ASGIApp) -> None:
    text = words(_as(site, "c1").get("/you").text)
    assert "We keep 4 things about you." in text
    assert "Things you bought From what you bought 2 things in 1 order Noted each time you order." in text
    assert "c1@example.com" in text
    assert "Send what you order Because you are our customer Your order arrives" in text
    assert "Who sees it Support, to do this: Send what you order. They must give a reason." in text
    assert "How long 6 years after we got it. Then we delete it." in text


def test_the_tally_tells_six_sources_apart(site: ASGIApp) -> None:
    text = words(_as(site, "c1").get("/you").text)
    assert (
        "1 you told us 2 from what you bought 1 from what you did here "
        "0 from your device 0 we guessed 0 from others" in text
    )


def test_no_answer_is_set_before_the_customer_chose(site: ASGIApp) -> None:
    page = _as(site, "c1").get("/you").text
    question = page[page.index('name="words:suggestions/orders"') :]
    question = question[: question.index("</form>")]
    assert "checked" not in question
    assert "You have not chosen yet. Until you do, it counts as no." in question


def test_saving_says_what_changed_and_when_and_the_gate_obeys(site: ASGIApp, app: App) -> None:
    visitor = _as(site, "c1")
    answer = visitor.save(visitor.get("/you"), suggestions__orders="yes")
    assert (answer.status_code, answer.headers["location"]) == (303, "/you#saved")
    text = words(visitor.get("/you").text)
    assert "Saved on 22 November 2026 at 12:00. It counts from now on." in text
    assert "You said yes on 22 November 2026 at 12:00. Suggestions that fit what you own." in text
    assert "Suggest products On: you said yes" in text
    assert app.consent.standing(app.identity.get("c1"))[ORDERS].latest.answer == "yes"
    assert "Saved on" not in words(visitor.get("/you").text)


def test_a_no_deletes_what_nothing_needs_and_says_so(site: ASGIApp, app: App) -> None:
    visitor = _as(site, "c1")
    visitor.save(visitor.get("/you"), suggestions__page_views="no")
    text = words(visitor.get("/you").text)
    assert "We deleted 1 thing that nothing needs any more: pages you looked at." in text
    assert "page_views" not in app.gate.spans(app.identity.get("c1"))


def test_saving_twice_records_once(site: ASGIApp, app: App) -> None:
    visitor = _as(site, "c1")
    page = visitor.get("/you")
    visitor.save(page, suggestions__orders="yes")
    visitor.save(page, suggestions__orders="yes")
    assert "Nothing changed: this is what you said before." in words(visitor.get("/you").text)
    assert len([said for said in app.consent.history(app.identity.get("c1")) if said.choice.clause == ORDERS]) == 1


def test_saving_without_an_answer_says_that_nothing_changed(site: ASGIApp) -> None:
    visitor = _as(site, "c1")
    page = visitor.get("/you")
    form = next(one for one in forms(page.text) if "words:suggestions/orders" in one)
    visitor.post("/you/choices", form)
    assert "You did not choose an answer, so nothing changed." in words(visitor.get("/you").text)


def test_every_choice_is_listed_with_the_words_of_its_day(site: ASGIApp) -> None:
    visitor = _as(site, "c1")
    visitor.save(visitor.get("/you"), suggestions__orders="no")
    text = words(visitor.get("/you/choices").text)
    assert "Each with the words we showed you that day, newest first." in text
    assert text.index("Use your orders to suggest products?") < text.index("Use pages you look at")


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"csrf": "0" * 32}, 403, "did not come from your own visit"),
        ({"csrf": ""}, 403, "did not come from your own visit"),
        ({"choice:suggestions/shoe_size": "yes"}, 400, "We do not ask about this."),
        ({"choice:service/orders": "no"}, 400, "rests on contract"),
        ({"choice:suggestions/orders": "maybe"}, 400, "An answer is yes or no."),
        ({"choice:suggestions/orders": "yes", "words:suggestions/orders": "00" * 32}, 400, "words of this question"),
        ({"choice:suggestions/orders": "yes", "words:suggestions/orders": "no hex"}, 400, "words of this question"),
    ],
)
def test_a_form_that_is_not_what_we_showed_changes_nothing(
    site: ASGIApp, app: App, change: dict[str, str], status: int, says: str
) -> None:
    visitor = _as(site, "c1")
    form = next(one for one in forms(visitor.get("/you").text) if "words:suggestions/orders" in one)
    answer = visitor.post("/you/choices", form | change)
    assert answer.status_code == status
    assert says in words(answer.text)
    assert ORDERS not in app.consent.standing(app.identity.get("c1"))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec_fetch_site": "cross-site", "origin": "null"}, 403),
        ({"sec_fetch_site": "same-site", "origin": "http://127.0.0.1:8000"}, 403),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"sec_fetch_site": "same-origin", "origin": "null"}, 303),
        ({"origin": "http://127.0.0.1:8000"}, 303),
    ],
)
def test_a_form_counts_only_from_our_own_pages(site: ASGIApp, headers: dict[str, str], status: int) -> None:
    visitor = _as(site, "c1")
    form = next(one for one in forms(visitor.get("/you").text) if "words:suggestions/orders" in one)
    answer = visitor.post("/you/choices", form | {"choice:suggestions/orders": "yes"}, **headers)
    assert answer.status_code == status


@pytest.mark.parametrize("back", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere", "/you?x=1", ""])
def test_saving_never_leads_to_another_site(site: ASGIApp, back: str) -> None:
    visitor = _as(site, "c1")
    form = next(one for one in forms(visitor.get("/you").text) if "words:suggestions/orders" in one)
    answer = visitor.post("/you/choices", form | {"choice:suggestions/orders": "yes", "back": back})
    assert answer.headers["location"] == "/you#saved"


def test_somebody_new_sees_that_we_keep_nothing_and_may_choose(site: ASGIApp) -> None:
    visitor = Visitor(site)
    page = visitor.get("/you")
    assert "We keep nothing about you." in words(page.text)
    visitor.save(page, suggestions__page_views="yes")
    assert "You said yes" in words(visitor.get("/you").text)


def test_two_visitors_never_see_each_other(site: ASGIApp) -> None:
    _as(site, "c1").get("/you")
    assert "c1@example.com" not in Visitor(site).get("/you").text


def test_every_thing_of_a_kind_is_one_readable_line(site: ASGIApp) -> None:
    text = words(_as(site, "c1").get("/you/orders").text)
    assert "12 November 2026 at 12:00 Basil plant 2 × £2.50" in text
    assert "12 November 2026 at 12:00 Terracotta pot 20 cm £2.50" in text


@pytest.mark.parametrize(
    "address",
    ["/you/shoe_size", "/you/email", "/you/orders?page=2", "/you/orders?page=0", "/you/orders?page=x", "/nowhere"],
)
def test_what_is_not_there_is_said_calmly(site: ASGIApp, address: str) -> None:
    answer = _as(site, "c1").get(address)
    assert answer.status_code == 404
    assert "There is no such page" in words(answer.text)


def test_many_things_come_in_pages(site: ASGIApp, app: App) -> None:
    many = [
        order("c1", "p1", at=NOW - timedelta(days=20, minutes=place), order_id=f"o{place}") for place in range(120)
    ]
    app.gate.collect(IMPORT, many, NOW)
    visitor = _as(site, "c1")
    assert "Page 1 of 3" in words(visitor.get("/you/orders").text)
    last = visitor.get("/you/orders?page=3").text
    assert last.count('<span class="when') == 22
    assert "Older" not in words(last)


def test_leaving_says_what_goes_and_what_stays_before_and_after(site: ASGIApp, app: App) -> None:
    visitor = _as(site, "c1")
    page = visitor.get("/delete")
    text = words(page.text)
    assert "What we delete" in text
    assert "Pages you looked at (1 thing). All of it goes." in text
    assert "Things you bought (stays for now). The law asks us to: UK Companies Act 2006 s388, until" in text
    before = app.identity.get("c1")
    after = words(visitor.post("/delete", forms(page.text)[0]).text)
    assert "Your data is deleted" in after
    assert "We destroyed the keys too" in after
    assert set(app.gate.spans(before)) == {"orders"}
    assert app.identity.find("c1") is None
    assert "We keep nothing about you." in words(visitor.get("/you").text)


def test_leaving_needs_the_form_of_ones_own_visit(site: ASGIApp, app: App) -> None:
    visitor = _as(site, "c1")
    assert visitor.post("/delete", {"csrf": "0" * 32}).status_code == 403
    assert app.identity.find("c1") is not None


def test_nobody_can_be_deleted_by_somebody_new(site: ASGIApp) -> None:
    visitor = Visitor(site)
    answer = visitor.post("/delete", forms(visitor.get("/delete").text)[0])
    assert answer.headers["location"] == "/delete"


@pytest.mark.parametrize("address", ["/you", "/nowhere", "/fail", "/v1/nowhere", "/static/x/troth.css"])
def test_every_answer_carries_the_headers(site: ASGIApp, address: str) -> None:
    answer = Visitor(site).get(address)
    assert {name: answer.headers.get(name) for name, _ in HEADERS} == dict(HEADERS)


def test_nothing_personal_may_stay_in_a_cache(site: ASGIApp) -> None:
    assert _as(site, "c1").get("/you").headers["cache-control"] == "no-store"


def test_a_fault_of_ours_shows_nothing_of_the_inside(site: ASGIApp) -> None:
    answer = Visitor(site).get("/fail")
    assert answer.status_code == 500
    assert "our fault" in words(answer.text)
    assert "secret inside" not in answer.text
    assert "Traceback" not in answer.text


def test_an_error_is_told_in_its_own_words(site: ASGIApp) -> None:
    answer = Visitor(site).get("/full")
    assert answer.status_code == 503
    assert "The disk is full. Free some room." in words(answer.text)


def test_a_program_gets_a_code_and_a_sentence(site: ASGIApp) -> None:
    answer = Visitor(site).get("/v1/nowhere")
    assert (answer.status_code, set(answer.json())) == (404, {"code", "message"})
    assert "set-cookie" not in answer.headers


def test_a_way_of_calling_that_is_not_offered_is_refused(site: ASGIApp) -> None:
    assert Visitor(site).post("/you", {}).status_code == 405


def test_a_form_with_too_many_fields_is_refused(site: ASGIApp) -> None:
    visitor = _as(site, "c1")
    answer = visitor.post("/you/choices", {f"f{place}": "x" for place in range(200)})
    assert answer.status_code == 400


def test_a_form_that_does_not_end_is_cut_off(site: ASGIApp) -> None:
    visitor = _as(site, "c1")
    form = next(one for one in forms(visitor.get("/you").text) if "words:suggestions/orders" in one)
    answer = visitor.post("/you/choices", form | {"filler": "x" * LARGEST_FORM})
    assert answer.status_code == 413
    assert "That was too large" in words(answer.text)


def test_no_form_data_type_leaks_into_a_page(site: ASGIApp) -> None:
    for address in ("/you", "/you/orders", "/you/choices", "/delete", "/nowhere"):
        text = _as(site, "c1").get(address).text
        for sign in ("built-in method", "object at 0x", "&lt;", "None", "Source.", FormData.__name__):
            assert sign not in text, (address, sign)
