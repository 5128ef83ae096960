from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from agencies import promise_with_agency
from installations import NOW, install, say
from installations import PAGE_VIEWS as VIEWS
from troth.actors import ActorKind
from troth.app import App
from troth.gate.use import Use
from troth.ledger.looks import Look, entry_of
from troth.ledger.model import Kind, Noted, Story
from troth.promise.model import Promise
from troth.promise.read import read_promise
from troth.web.customer import looks
from troth.web.customer.record import contact
from troth.web.customer.views import LooksView
from troth.web.face import Face
from troth.web.site import build_site
from visitors import Visitor, words

LOOK = Look(
    ActorKind.PERSON, "sam-smith", "service", role="support", reason="parcel lost", allowed=("email", "orders")
)


@pytest.fixture
def promise(tmp_path: Path) -> Promise:
    return read_promise(promise_with_agency(tmp_path))


def _view(promise: Promise, *entries: Look, kind: Kind = Kind.READ, lost: int = 0) -> LooksView:
    told = tuple(
        Noted(kind, NOW + timedelta(hours=hour), {**one.body, "name": ""}, 1, hour, hour, one.hidden)
        for hour, one in enumerate(entry_of(1, kind, NOW, look) for look in entries)
    )
    return looks.view(Story(told, lost), promise, contact(promise))


@pytest.mark.parametrize(
    ("look", "says"),
    [
        (LOOK, "Support saw “Your email address” and “Things you bought”, to do this: Send what you order."),
        (
            replace(LOOK, agency="brightmail", allowed=("orders",), refused={"page_views": "role_may_not"}),
            (
                "Support (from Brightmail, the agency that writes our letters) saw “Things you bought”, "
                "to do this: Send what you order. They also asked for “Pages you looked at”. We refused that."
            ),
        ),
        (
            replace(LOOK, role="marketer", purpose="suggestions", allowed=(), refused={"orders": "aggregate_only"}),
            "Marketer asked to see “Things you bought”, to do this: Suggest products. We refused. They saw nothing.",
        ),
        (
            replace(LOOK, role="boss", purpose="gossip", allowed=(), refused={"<b>": "no", "\x1b[2J": "no"}),
            (
                "Somebody who works for us asked to see something our promise does not name, "
                "for nothing our promise names. We refused. They saw nothing."
            ),
        ),
    ],
)
def test_a_look_is_told_by_role_purpose_and_kind(promise: Promise, look: Look, says: str) -> None:
    (shown,) = _view(promise, look).looks
    assert (shown.at, shown.says, shown.reason) == ("22 November 2026 at 12:00", says, "parcel lost")


@pytest.mark.parametrize(
    ("look", "says"),
    [
        (
            replace(LOOK, recipient="brightmail"),
            (
                "“Your email address” and “Things you bought” went to Brightmail, "
                "the agency that writes our letters, "
                "to do this: Send what you order."
            ),
        ),
        (
            replace(LOOK, recipient="brightmail", allowed=("email",), refused={"orders": "recipient_may_not"}),
            (
                "“Your email address” went to Brightmail, the agency that writes our letters, "
                "to do this: Send what you order. “Things you bought” did not: we refused that."
            ),
        ),
        (
            replace(LOOK, recipient="parcelo", allowed=(), refused={"orders": "recipient_unknown"}),
            (
                "“Things you bought” should have gone to somebody our promise does not name, "
                "to do this: Send what you order. We refused. Nothing went."
            ),
        ),
    ],
)
def test_what_was_handed_out_is_told_with_who_got_it(promise: Promise, look: Look, says: str) -> None:
    (shown,) = _view(promise, look, kind=Kind.DISCLOSED).looks
    assert shown.says == says


def test_the_newest_stands_first_and_what_was_refused_is_counted_apart(promise: Promise) -> None:
    page = _view(promise, LOOK, replace(LOOK, allowed=(), refused={"orders": "never"}), LOOK)
    assert [look.at[-5:] for look in page.looks] == ["14:00", "13:00", "12:00"]
    assert page.lead == "We noted 2 looks at your data, before anything was seen. We refused 1 more."
    assert page.lost == ""


def test_where_nobody_looked_the_page_says_so(promise: Promise) -> None:
    assert "Nobody has so far." in _view(promise).lead
    assert _view(promise, LOOK, lost=2).lost.startswith("2 notes can’t be shown")


def _faces(face: Face) -> list[BaseRoute]:
    async def come_in(request: Request) -> Response:
        face.become(request, request.path_params["who"])
        return RedirectResponse("/you", 303)

    return [Route("/in/{who}", come_in)]


def _look(app: App, reason: str) -> int:
    customer = say(app, "c1", VIEWS, "yes")
    app.staff.add("sam-smith", "support", trained_until=(NOW + timedelta(days=9)).date(), by="Isa", now=NOW)
    use = Use(app.staff.actor("sam-smith"), "service", frozenset({"orders"}), reason=reason)
    app.gate.read(use, customer, now=NOW)
    return customer


def test_the_customer_sees_who_looked_and_why_and_never_the_name(tmp_path: Path) -> None:
    app = install(tmp_path / "home")
    _look(app, "<script>case</script> “12”")
    visitor = Visitor(build_site(app, secret=b"k" * 32, faces=_faces))
    assert "Nobody has so far." in words(visitor.get("/you").text)
    visitor.get("/in/c1")
    for address in ("/you", "/you/looks"):
        page = visitor.get(address)
        assert page.status_code == 200
        assert "sam" not in page.text
        assert "<script>" not in page.text
        text = words(page.text)
        assert "22 November 2026 at 12:00 Support asked to see “Things you bought”" in text
        assert "Their reason: “<script>case</script> “12””" in text
    assert "We name the role and not the person." in words(visitor.get("/you/looks").text)
    app.close()


def test_what_goes_with_an_erasure_names_the_looks_and_they_go(tmp_path: Path) -> None:
    app = install(tmp_path / "home")
    customer = _look(app, "case 12")
    visitor = Visitor(build_site(app, secret=b"k" * 32, faces=_faces))
    visitor.get("/in/c1")
    leaving = words(visitor.get("/delete").text)
    assert "What we noted (" in leaving
    assert "Our notes of your choices, of who looked and of what was used go with it." in leaving
    app.erasure.erase(customer, now=NOW)
    assert app.ledger.of_customer(customer) == Story()
    app.close()
