"""Deleting on the customer's own pages, without JavaScript, in three taps at most."""

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, order, say, told, view
from troth.app import App
from troth.catalogue.model import Product
from troth.stops.model import Kind
from troth.web.face import Face
from troth.web.site import build_site
from visitors import Visitor, forms, words


def _faces(face: Face) -> Sequence[BaseRoute]:
    async def come_in(request: Request) -> Response:
        face.become(request, request.path_params["who"])
        return RedirectResponse("/you", 303)

    return [Route("/in/{who}", come_in)]


@pytest.fixture
def visitor(app: App) -> Visitor:
    app.catalogue.put([Product("p1", "Terracotta pot 20 cm"), Product("p2", "Basil plant")])
    for who in ("c1", "c2"):
        lines = [order(who, "p1", order_id=f"{who}a"), order(who, "p2", order_id=f"{who}b")]
        app.gate.collect(IMPORT, [*lines, told(who, email=f"{who}@example.com")], NOW)
        say(app, who, ORDERS, "yes")
        say(app, who, PAGE_VIEWS, "yes")
        app.gate.collect(IMPORT, [view(who, "p1"), view(who, "p2", at=NOW - timedelta(hours=2))], NOW)
    one = Visitor(build_site(app, secret=b"k" * 32, faces=_faces))
    one.get("/in/c1")
    return one


def buttons(html: str) -> list[str]:
    """Return the handles of the delete buttons of a page."""
    return re.findall(r'name="item" value="([^"]+)"', html)


def test_one_thing_goes_in_three_taps_and_the_page_says_so(visitor: Visitor, app: App) -> None:
    assert 'href="/you/page_views"' in visitor.get("/you").text
    every = visitor.get("/you/page_views")
    first, second = buttons(every.text)
    sure = visitor.post("/you/page_views/delete", forms(every.text)[0] | {"item": first})
    said = words(sure.text)
    assert "This one: Terracotta pot 20 cm" in said
    assert "What will no longer work" not in said, "the other page still serves"
    done = visitor.post("/you/page_views/delete", forms(sure.text)[0])
    assert (done.status_code, done.headers["location"]) == (303, "/you#saved")
    said = words(visitor.get("/you").text)
    assert "We deleted 1 thing (pages you looked at) on 22 November 2026 at 12:00." in said
    assert "deleted by 27 December 2026" in said, "the key stays with the other: copies last as long as backups"
    assert buttons(visitor.get("/you/page_views").text) == [second]
    assert len(app.gate.deleting.listed(app.identity.get("c2"), kind="page_views")) == 2


def test_all_of_a_kind_goes_in_two_taps_and_what_stops_working_is_said_before(visitor: Visitor) -> None:
    assert 'href="/you/orders/delete"' in visitor.get("/you").text
    sure = visitor.get("/you/orders/delete")
    said = words(sure.text)
    assert "UK Companies Act 2006 s388, until 12 November 2032. It is locked, and used for nothing else." in said
    assert "Your email address (1 thing). It goes too: nothing needs it any more." in said
    assert "Send what you order. What it gave you: Your order arrives and returns work." in said
    visitor.post("/you/orders/delete", forms(sure.text)[0])
    page = visitor.get("/you")
    said = words(page.text)
    assert "We deleted 1 thing (your email address)" in said
    assert "You had 2 of 2 deleted: locked, and kept only because the law asks us to." in said
    assert 'href="/you/orders/delete"' not in page.text, "there is nothing left to delete"
    every = visitor.get("/you/orders")
    assert buttons(every.text) == []
    assert "Terracotta pot 20 cm" in every.text
    assert words(every.text).count("Locked: the law asks us to keep it") == 2


def test_nothing_goes_without_the_second_press_or_by_somebody_elses_handle(visitor: Visitor, app: App) -> None:
    every = visitor.get("/you/orders")
    form = forms(every.text)[0] | {"item": buttons(every.text)[0]}
    assert visitor.post("/you/orders/delete", form).status_code == 200
    theirs = app.gate.deleting.listed(app.identity.get("c2"))[0].handle
    for sure in ({}, {"sure": "yes"}):
        assert visitor.post("/you/orders/delete", form | {"item": theirs} | sure).status_code == 404
    assert visitor.post("/you/orders/delete", {"sure": "yes"}).status_code == 403, "the form of another site"
    assert visitor.get("/you/horoscope/delete").status_code == 404
    for who in ("c1", "c2"):
        left = app.gate.deleting.listed(app.identity.get(who))
        assert len(left) == 5
        assert not any(one.is_locked for one in left)


def test_under_a_legal_hold_nothing_goes_and_it_is_said(visitor: Visitor, app: App) -> None:
    app.stopping.put(Kind.HOLD, customer=app.identity.get("c1"), by="court", now=NOW)
    sure = visitor.get("/you/page_views/delete")
    answer = visitor.post("/you/page_views/delete", forms(sure.text)[0])
    assert answer.status_code == 403
    assert "legal hold" in words(answer.text)
    assert len(app.gate.deleting.listed(app.identity.get("c1"))) == 5


def test_a_stranger_has_nothing_to_delete(visitor: Visitor) -> None:
    stranger = Visitor(visitor.site)
    page = stranger.get("/you/orders/delete")
    assert "There is nothing of it that we could delete." in words(page.text)
    token = forms(stranger.get("/you").text)[0]["csrf"]
    assert stranger.post("/you/orders/delete", {"csrf": token, "sure": "yes"}).status_code == 303


def test_the_goodbye_page_says_until_when_copies_hold_it(visitor: Visitor) -> None:
    page = visitor.get("/delete")
    said = words(visitor.post("/delete", forms(page.text)[0]).text)
    assert "Your data is deleted" in said
    assert "Backups we made before today are deleted by 27 December 2026." in said
