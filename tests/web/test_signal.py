"""The browser's opt-out signal: heard on pages and over the API, recorded once, told in true words."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from installations import GARDEN, NOW, install, say
from troth.actors import of_job
from troth.app import App
from troth.clock import FixedClock
from troth.gate.decide import Verdict
from troth.gate.use import Use
from troth.promise.model import Clause
from troth.stops.model import Kind
from troth.web.api.calls import build_api
from troth.web.face import Face
from troth.web.signal import is_sent
from troth.web.site import build_site
from visitors import Visitor, forms, words

PARTNERS = Clause("partners", "orders")
SHARING = """\
  partners:
    title: Share with garden partners
    owner: Tom Weir
    use: third_party_sharing
    basis: consent
    data: {orders: {question: "May garden partners have your orders?", yes: "They may.", no: "They may not."}}
    benefit: Offers from garden partners.
recipients: {}
"""


@pytest.mark.parametrize(
    ("values", "said"),
    [([b"1"], True), ([], False), ([b"0"], False), ([b"true"], False), ([b"1 "], False), ([b""], False),
     ([b"1", b"1"], False), ([b"1, 1"], False), ([b"1;a=b"], False)],
)  # fmt: skip
def test_only_the_exact_value_says_something(values: list[bytes], *, said: bool) -> None:
    assert is_sent([(b"accept", b"1"), *((b"sec-gpc", value) for value in values)]) is said


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A garden shop that also shares orders, on a yes."""
    promise = tmp_path / "promise.yaml"
    promise.write_text(GARDEN.read_text().replace("recipients: {}\n", SHARING).replace("  - {act: sell}", "  []"))
    opened = install(tmp_path / "home", promise=promise)
    yield opened
    opened.close()


def _faces(face: Face) -> Sequence[BaseRoute]:
    async def come_in(request: Request) -> Response:
        face.become(request, request.path_params["who"])
        return RedirectResponse("/you", 303)

    return [Route("/in/{who}", come_in)]


@pytest.fixture
def site(app: App) -> ASGIApp:
    return build_site(app, secret=b"k" * 32, faces=_faces)


def _later(app: App, minutes: int) -> None:
    assert isinstance(app.clock, FixedClock)
    app.clock.at = NOW + timedelta(minutes=minutes)


def _signals(app: App, customer: str) -> int:
    number = app.identity.find(customer)
    return 0 if number is None else sum(stop.kind is Kind.OPT_OUT for stop in app.stops.history(number))


def _shares(app: App, customer: str) -> Verdict:
    use = Use(of_job("share", "partners"), "partners", frozenset({"orders"}))
    return app.gate.decide(use, app.identity.get(customer), now=app.clock.now())


def test_the_first_page_of_a_known_customer_records_it_and_the_others_change_nothing(site: ASGIApp, app: App) -> None:
    say(app, "c1", PARTNERS, "yes")
    visitor = Visitor(site)
    visitor.get("/in/c1")
    assert _signals(app, "c1") == 0
    _later(app, 1)
    for _ in range(3):
        visitor.get("/you", sec_gpc="1")
    assert _signals(app, "c1") == 1
    assert _shares(app, "c1").refused["orders"].code.word == "opted_out"


@pytest.mark.parametrize("value", ["0", "true", "1;q=1", "yes"])
def test_another_value_records_nothing(site: ASGIApp, app: App, value: str) -> None:
    say(app, "c1", PARTNERS, "yes")
    visitor = Visitor(site)
    visitor.get("/in/c1")
    assert "browser" not in words(visitor.get("/you", sec_gpc=value).text)
    assert _signals(app, "c1") == 0


def test_a_yes_on_the_page_in_spite_of_the_signal_counts_and_goes_on_counting(site: ASGIApp, app: App) -> None:
    say(app, "c1", Clause("newsletter", "email"), "no")
    visitor = Visitor(site)
    visitor.get("/in/c1")
    page = visitor.get("/you", sec_gpc="1")
    form = visitor.save(page, partners__orders="yes")
    assert form.status_code == 303
    _later(app, 5)
    text = words(visitor.get("/you", sec_gpc="1").text)
    assert "orders" in _shares(app, "c1").allowed
    assert "After that you said yes to this, so it goes on: “Share with garden partners”." in text


def test_who_said_yes_before_the_signal_is_asked_again_and_may_say_yes_again(site: ASGIApp, app: App) -> None:
    say(app, "c1", PARTNERS, "yes")
    _later(app, 1)
    visitor = Visitor(site)
    visitor.get("/in/c1")
    page = visitor.get("/you", sec_gpc="1")
    assert "Your browser has asked us not to since, so it counts as no until you choose again." in words(page.text)
    assert "orders" in _shares(app, "c1").refused
    _later(app, 2)
    visitor.save(page, partners__orders="yes")
    _later(app, 3)
    visitor.get("/you", sec_gpc="1")
    assert "orders" in _shares(app, "c1").allowed


def test_the_first_answer_of_somebody_new_counts_though_the_signal_came_with_it(site: ASGIApp, app: App) -> None:
    visitor = Visitor(site)
    page = visitor.get("/you", sec_gpc="1")
    form = next(one for one in forms(page.text) if "words:partners/orders" in one)
    visitor.post("/you/choices", form | {"choice:partners/orders": "yes"}, sec_gpc="1")
    _later(app, 5)
    assert "so it goes on" in words(visitor.get("/you", sec_gpc="1").text)


def test_a_visitor_without_a_record_is_heard_for_the_call(site: ASGIApp, app: App) -> None:
    text = words(Visitor(site).get("/you", sec_gpc="1").text)
    asks = "Your browser asks us not to sell your data, or share it with others for their own use."
    assert f"{asks} We do neither without your yes." in text
    with app._databases[0].reading() as connection:
        assert app.identity.everybody(connection) == []


def test_a_signal_of_before_is_told_with_its_day(site: ASGIApp, app: App) -> None:
    app.signals.note(say(app, "c1", PARTNERS, "no"), now=NOW)
    visitor = Visitor(site)
    visitor.get("/in/c1")
    for page in ("/you", "/you/choices"):
        assert "On 22 November 2026 your browser asked us not to sell" in words(visitor.get(page).text)
    other = Visitor(site)
    assert "browser" not in words(other.get("/you/choices").text)


def test_who_left_can_still_look_with_the_signal(site: ASGIApp, app: App) -> None:
    number = say(app, "c1", PARTNERS, "yes")
    visitor = Visitor(site)
    visitor.get("/in/c1")
    app.erasure.erase(number, now=NOW)
    assert visitor.get("/you", sec_gpc="1").status_code == 200


def test_the_promise_that_signals_are_heeded_is_served_to_anybody(site: ASGIApp) -> None:
    answer = Visitor(site).get("/.well-known/gpc.json")
    assert answer.json() == {"gpc": True, "lastUpdate": "2020-01-01"}
    assert answer.headers["content-type"] == "application/json"
    assert "set-cookie" not in answer.headers
    assert Visitor(site).get("/healthz").json() == {"status": "ok"}


@pytest.fixture
def client(app: App) -> Iterator[TestClient]:
    token = app.access.create("webshop", frozenset({"suggestions", "choices"}), now=NOW)
    with TestClient(build_api(app), headers={"Authorization": f"Bearer {token}"}) as opened:
        yield opened


GPC = {"Sec-GPC": "1"}


@pytest.mark.parametrize("path", ["/v1/suggestions", "/v1/choices/show"])
def test_a_call_that_forwards_the_signal_records_it_once(client: TestClient, app: App, path: str) -> None:
    say(app, "c1", PARTNERS, "yes")
    assert client.post(path, json={"customer": "c1"}).status_code == 200
    assert _signals(app, "c1") == 0
    _later(app, 1)
    for _ in range(2):
        assert client.post(path, json={"customer": "c1"}, headers=GPC).status_code == 200
    assert _signals(app, "c1") == 1
    assert "orders" in _shares(app, "c1").refused


@pytest.mark.parametrize("path", ["/v1/suggestions", "/v1/choices/show"])
def test_a_forwarded_signal_makes_nobody_a_customer(client: TestClient, app: App, path: str) -> None:
    assert client.post(path, json={"customer": "new"}, headers=GPC).status_code == 200
    assert app.identity.find("new") is None


@pytest.mark.parametrize("customer", ["c1", "new"])
def test_a_forwarded_yes_in_spite_of_the_signal_counts(client: TestClient, app: App, customer: str) -> None:
    say(app, "c1", Clause("newsletter", "email"), "no")
    shown = app.consent.words(PARTNERS).digest.hex()
    sent = {"customer": customer, "choices": [{"clause": "partners/orders", "answer": "yes", "words": shown}]}
    assert client.post("/v1/choices", json=sent, headers=GPC).status_code == 200
    _later(app, 5)
    client.post("/v1/suggestions", json={"customer": customer}, headers=GPC)
    assert _signals(app, customer) == 1
    assert "orders" in _shares(app, customer).allowed


def test_a_key_of_nobody_records_nothing(app: App) -> None:
    say(app, "c1", PARTNERS, "yes")
    with TestClient(build_api(app)) as stranger:
        answer = stranger.post(
            "/v1/suggestions", json={"customer": "c1"}, headers=GPC | {"Authorization": "Bearer x"}
        )
    assert answer.status_code == 401
    assert _signals(app, "c1") == 0
