"""The proof, handed out on the customer's pages: all notes in one file, and the receipt of an erasure."""

import re
from base64 import b64decode
from collections.abc import Sequence

import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from installations import IMPORT, NOW, ORDERS, order, say
from troth.app import App
from troth.errors import UnavailableError
from troth.ledger.model import Kind
from troth.ledger.publishing.publisher import Publisher
from troth.ledger.sigstore import read_trusted_root
from troth.ledger.trust import Trust
from troth.ledger.verify import verify
from troth.web.face import Face
from troth.web.site import build_site
from troth.web.verify.page import shipped
from visitors import Visitor, forms, words


def _faces(face: Face) -> Sequence[BaseRoute]:
    async def come_in(request: Request) -> Response:
        face.become(request, request.path_params["who"])
        return RedirectResponse("/you", 303)

    return [Route("/in/{who}", come_in)]


@pytest.fixture
def site(app: App) -> ASGIApp:
    for customer in ("c1", "c2"):
        app.gate.collect(IMPORT, [order(customer, "p1")], NOW)
        say(app, customer, ORDERS, "yes")
    return build_site(app, secret=b"k" * 32, faces=_faces)


def _as(site: ASGIApp, customer: str) -> Visitor:
    visitor = Visitor(site)
    visitor.get(f"/in/{customer}")
    return visitor


def _trust(visitor: Visitor) -> Trust:
    return Trust(read_trusted_root(visitor.get("/log/trusted_root.json").content))


def test_a_customer_saves_all_their_notes_and_they_hold(site: ASGIApp) -> None:
    visitor = _as(site, "c1")
    assert "Save all notes about you" in words(visitor.get("/you/looks").text)
    answer = visitor.get("/you/looks/bundle")
    assert answer.headers["content-disposition"] == 'attachment; filename="notes-about-you.json"'
    assert answer.headers["cache-control"] == "no-store"
    report = verify(answer.content, _trust(visitor))
    assert report.holds
    assert [one.statement.kind for one in report.entries] == [Kind.NOTICE_SHOWN, Kind.CHOICE_MADE]
    assert _as(site, "c2").get("/you/looks/bundle").content != answer.content


def test_who_is_nobody_gets_no_notes(site: ASGIApp) -> None:
    visitor = Visitor(site)
    assert "There is no note about you yet." in words(visitor.get("/you/looks").text)
    assert visitor.get("/you/looks/bundle").status_code == 404
    assert "What we noted" not in words(visitor.get("/delete").text)


def test_who_leaves_gets_the_receipt_in_the_page_itself(site: ASGIApp, app: App) -> None:
    visitor = _as(site, "c1")
    page = visitor.post("/delete", forms(visitor.get("/delete").text)[0])
    (address,) = re.findall(r'href="data:application/octet-stream;base64,([^"]+)"', page.text)
    report = verify(b64decode(address), _trust(visitor))
    assert report.holds
    assert [(one.statement.kind, one.statement.body) for one in report.entries] == [(Kind.ERASED, {"what": "all"})]
    assert app.identity.find("c1") is None
    # Another visit can't have it again.
    assert visitor.get("/you/looks/bundle").status_code == 404


def test_where_the_receipt_can_not_be_made_the_page_still_says_that_it_is_done(
    site: ASGIApp, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = _as(site, "c1")

    def fail(*_: object, **__: object) -> None:
        raise UnavailableError("disk_full", "The disk is full.")

    monkeypatch.setattr(Publisher, "publish", fail)
    page = visitor.post("/delete", forms(visitor.get("/delete").text)[0])
    assert "The proof of it can’t be handed out just now. It was done all the same." in words(page.text)
    assert app.identity.find("c1") is None


def test_the_page_that_checks_is_there_to_be_saved(site: ASGIApp) -> None:
    answer = Visitor(site).get("/log/verify.html")
    assert answer.content == shipped()
    assert answer.headers["content-disposition"] == 'attachment; filename="verify.html"'
