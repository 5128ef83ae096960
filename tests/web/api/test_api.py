import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, order, say
from troth.app import App
from troth.catalogue.model import Product
from troth.web.api.calls import build_api
from troth.web.api.http import LARGEST_BODY


@pytest.fixture
def shop(app: App) -> App:
    """Two kinds of customers: those who buy pots together, and those who buy seeds together."""
    pots, seeds = [f"pot{n}" for n in range(4)], [f"seed{n}" for n in range(4)]
    app.catalogue.put(Product(code, f"Product {code}") for code in pots + seeds)
    arrivals = []
    for number in range(40):
        side = pots if number % 2 else seeds
        for place in range(3):
            product = side[(number // 2 + place) % 4]
            at = NOW - timedelta(days=number + 1, minutes=place)
            arrivals.append(order(f"c{number}", product, order_id=f"o{number}", at=at))
    app.gate.collect(IMPORT, arrivals, NOW)
    for number in range(30):
        say(app, f"c{number}", ORDERS, "yes")
    app.suggestions.fit(now=NOW)
    return app


@pytest.fixture
def client(shop: App) -> Iterator[TestClient]:
    token = shop.access.create("webshop", frozenset({"suggestions", "choices"}), now=NOW)
    with TestClient(build_api(shop), headers={"Authorization": f"Bearer {token}"}) as opened:
        yield opened


def _suggest(client: TestClient, **asked: Any) -> dict[str, Any]:
    answer = client.post("/v1/suggestions", json={"placement": "home", "k": 5, **asked})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_who_buys_pots_is_shown_the_pot_they_lack_and_why(client: TestClient) -> None:
    answer = _suggest(client, customer="c1")
    assert answer["rung"] == "personal"
    first = answer["items"][0]
    assert first["product"] == "pot3"
    assert {reason["product"] for reason in first["reasons"]} <= {"pot0", "pot1", "pot2"}
    assert {reason["how"] for reason in first["reasons"]} == {"bought"}
    assert sum(reason["part"] for reason in first["reasons"]) + first["other"] == first["score"]
    assert answer["clauses"]["used"] == ["suggestions/orders"]
    assert answer["clauses"]["not_used"][0] == {
        "clause": "suggestions/page_views",
        "code": "no_choice",
        "says": "You have not been asked, or have not answered.",
    }


@pytest.mark.parametrize("customer", ["c35", "nobody", ""], ids=["who was not asked", "a stranger", "a visitor"])
def test_without_a_yes_there_are_best_sellers_and_it_says_so(client: TestClient, customer: str) -> None:
    answer = _suggest(client, customer=customer)
    assert answer["rung"] == "best_sellers"
    assert "Nothing about you was used" in answer["says"]
    assert answer["clauses"]["used"] == []
    assert all(item["reasons"] == [] for item in answer["items"])


def test_a_visit_of_a_stranger_is_used_and_not_kept(client: TestClient, shop: App) -> None:
    answer = _suggest(client, customer="stranger", session=["seed0", "seed1", "no such product"])
    assert answer["rung"] == "session"
    assert answer["items"][0]["product"].startswith("seed")
    assert {reason["how"] for reason in answer["items"][0]["reasons"]} == {"in this visit"}
    assert shop.identity.find("stranger") is None


def test_a_no_over_the_api_works_from_the_next_call_on(client: TestClient) -> None:
    questions = client.get("/v1/questions").json()["questions"]
    asked = next(one for one in questions if one["clause"] == "suggestions/orders")
    assert asked["question"] == "Use your orders to suggest products?"
    sent = {"clause": asked["clause"], "answer": "no", "words": asked["words"]}
    told = client.post("/v1/choices", json={"customer": "c1", "choices": [sent]})
    assert told.status_code == 200, told.text
    assert told.json()["recorded"][0]["answer"] == "no"
    answer = _suggest(client, customer="c1")
    assert answer["rung"] == "best_sellers"
    assert answer["clauses"]["not_used"][0]["code"] == "withdrawn"
    standing = client.post("/v1/choices/show", json={"customer": "c1"}).json()["standing"]
    assert standing[0]["clause"] == "suggestions/orders"
    assert standing[0]["status"] == "withdrawn"


def test_a_stranger_has_answered_nothing_and_asking_makes_no_customer(client: TestClient, shop: App) -> None:
    standing = client.post("/v1/choices/show", json={"customer": "new"}).json()["standing"]
    assert {one["status"] for one in standing} == {"unknown"}
    assert shop.identity.find("new") is None


def test_a_first_choice_makes_the_customer_and_a_wrong_one_does_not(client: TestClient, shop: App) -> None:
    words = shop.consent.words(PAGE_VIEWS).digest.hex()
    wrong = {"clause": "suggestions/page_views", "answer": "yes", "words": "00" * 32}
    refused = client.post("/v1/choices", json={"customer": "new", "choices": [wrong]})
    assert (refused.status_code, refused.json()["code"]) == (400, "words_changed")
    assert shop.identity.find("new") is None
    right = {**wrong, "words": words}
    assert client.post("/v1/choices", json={"customer": "new", "choices": [right]}).status_code == 200
    assert shop.identity.find("new") is not None


def _choosing(
    *, customer: str = "c1", clause: str = "suggestions/orders", answer: str = "no", words: str = "00"
) -> dict[str, Any]:
    return {"customer": customer, "choices": [{"clause": clause, "answer": answer, "words": words}]}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/suggestions", {"k": 0}),
        ("/v1/suggestions", {"k": 10**9}),
        ("/v1/suggestions", {"k": -1}),
        ("/v1/suggestions", {"k": "ten"}),
        ("/v1/suggestions", {"customer": "x" * 10_000}),
        ("/v1/suggestions", {"customer": "a\x00b"}),
        ("/v1/suggestions", {"customer": 7}),
        ("/v1/suggestions", {"placement": "../../etc"}),
        ("/v1/suggestions", {"session": ["x"] * 101}),
        ("/v1/suggestions", {"session": ["x" * 300]}),
        ("/v1/suggestions", {"customr": "c1"}),
        ("/v1/suggestions", []),
        ("/v1/choices", {"customer": "c1", "choices": []}),
        ("/v1/choices", _choosing(answer="maybe")),
        ("/v1/choices", _choosing(clause="tax/orders")),
        ("/v1/choices", _choosing(clause="nonsense")),
        ("/v1/choices", _choosing(words="zz")),
        ("/v1/choices", _choosing(customer="")),
        ("/v1/choices/show", {}),
    ],
)  # fmt: skip
def test_a_wrong_request_is_told_in_words_and_changes_nothing(
    client: TestClient, shop: App, path: str, body: object
) -> None:
    before = shop.consent.history(shop.identity.get("c1"))
    answer = client.post(path, json=body)
    assert answer.status_code == 400, answer.text
    told = answer.json()
    assert set(told) == {"code", "message"}
    assert told["code"]
    assert "xxxxxxxx" not in told["message"]
    assert shop.consent.history(shop.identity.get("c1")) == before


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null", b'"' + b"x" * 70_000 + b'"'])
def test_bytes_that_are_no_request_are_told(client: TestClient, body: bytes) -> None:
    answer = client.post("/v1/suggestions", content=body)
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message"}


@settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=300) | st.text().map(lambda text: json.dumps(text).encode()))
def test_no_bytes_bring_the_api_down(api_for_fuzzing: TestClient, body: bytes) -> None:
    answer = api_for_fuzzing.post("/v1/suggestions", content=body)
    assert answer.status_code in {200, 400}


@pytest.fixture(scope="module")
def api_for_fuzzing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    from installations import install

    app = install(tmp_path_factory.mktemp("home"))
    token = app.access.create("webshop", frozenset({"suggestions"}), now=NOW)
    with TestClient(build_api(app), headers={"Authorization": f"Bearer {token}"}) as opened:
        yield opened
    app.close()


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "key_missing"),
        ("", "key_missing"),
        ("Bearer", "key_missing"),
        ("Basic dXNlcjpwdw==", "key_missing"),
        ("Bearer wrong", "key_unknown"),
        ("Bearer " + "x" * 9000, "key_unknown"),
    ],
)
def test_without_a_key_of_ours_nothing_is_answered(shop: App, header: str | None, code: str) -> None:
    with TestClient(build_api(shop)) as client:
        headers = {} if header is None else {"Authorization": header}
        answer = client.post("/v1/suggestions", json={"customer": "c1"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("may", "path", "status"),
    [
        ({"choices"}, "/v1/suggestions", 403),
        ({"collect"}, "/v1/suggestions", 403),
        ({"tax"}, "/v1/suggestions", 403),
        ({"suggestions"}, "/v1/choices/show", 403),
        ({"suggestions"}, "/v1/suggestions", 200),
        ({"choices"}, "/v1/choices/show", 200),
    ],
)
def test_a_key_opens_only_what_it_was_made_for(shop: App, may: set[str], path: str, status: int) -> None:
    token = shop.access.create("narrow", frozenset(may), now=NOW)
    with TestClient(build_api(shop), headers={"Authorization": f"Bearer {token}"}) as client:
        assert client.post(path, json={"customer": "c1"}).status_code == status


def test_a_revoked_key_ends_at_the_next_call(client: TestClient, shop: App) -> None:
    _suggest(client, customer="c1")
    shop.access.revoke("webshop", now=NOW)
    assert client.post("/v1/suggestions", json={"customer": "c1"}).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/suggestions", 405),
        ("POST", "/v1/questions", 405),
        ("GET", "/v1/customers", 404),
        ("GET", "/", 404),
    ],
)
def test_a_wrong_address_or_method_is_told(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"code", "message"}


def test_anyone_may_ask_whether_the_server_runs(shop: App) -> None:
    with TestClient(build_api(shop)) as client:
        assert client.get("/healthz").json() == {"status": "ok"}


def test_a_request_may_be_as_large_as_said_and_not_larger(client: TestClient) -> None:
    padding = " " * (LARGEST_BODY - len('{"customer":""}'))
    assert client.post("/v1/suggestions", content='{"customer":""}' + padding).status_code == 200
    too_large = client.post("/v1/suggestions", content='{"customer":""}' + padding + " ")
    assert too_large.json()["code"] == "body_large"


def test_a_fault_of_ours_says_nothing_about_anybody(
    client: TestClient, shop: App, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_(*_: object, **__: object) -> None:
        msg = "secret of c1@example.com"
        raise RuntimeError(msg)

    monkeypatch.setattr(type(shop.identity), "find", break_)
    answer = client.post("/v1/suggestions", json={"customer": "c1"})
    assert answer.status_code == 500
    assert "example.com" not in answer.text
    printed = capsys.readouterr()
    assert "RuntimeError" in printed.out + printed.err
    assert "example.com" not in printed.out + printed.err


def test_no_answer_may_be_kept_by_anyone_between(client: TestClient) -> None:
    answer = client.post("/v1/suggestions", json={"customer": "c1"})
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "body",
    [
        {"anna@example.com": 1},
        {"customer": "c1", "choices": [{"clause": "a/b", "answer": "anna@example.com", "words": ""}]},
        {"customer": "c1", "choices": [{"x` - at `$.anna@example.com": "yes"}]},
    ],
)
def test_what_is_wrong_is_told_by_its_place_and_never_quoted(client: TestClient, body: object) -> None:
    answer = client.post("/v1/choices", json=body)
    assert answer.status_code == 400
    assert "anna" not in answer.text
