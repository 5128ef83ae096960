"""`POST /v1/explain`: why, for staff tools; never what."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from installations import GARDEN, IMPORT, NOW, ORDERS, order, say, told
from troth.app import App
from troth.gate.explain import STEPS
from troth.web.api.calls import build_api


@pytest.fixture
def shop(app: App) -> App:
    say(app, "c1", ORDERS, "yes")
    app.gate.collect(IMPORT, [order("c1", "terracotta"), told("c1", email="c1@example.com")], NOW)
    app.staff.add("sam", "support", trained_until=date(2027, 1, 31), by="desk", now=NOW)
    return app


@pytest.fixture
def client(shop: App) -> Iterator[TestClient]:
    token = shop.access.create("desk", frozenset({"explain"}), now=NOW)
    with TestClient(build_api(shop), headers={"Authorization": f"Bearer {token}"}) as opened:
        yield opened


def _ask(client: TestClient, **asked: Any) -> dict[str, Any]:
    answer = client.post(
        "/v1/explain", json={"customer": "c1", "purpose": "suggestions", "data": ["orders"], **asked}
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_every_step_is_told_in_order_with_its_line(client: TestClient) -> None:
    told = _ask(client, data=["page_views", "orders"])
    assert (told["customer_known"], told["allowed"], told["version"]) == (True, False, 1)
    assert [one["data"] for one in told["data"]] == ["orders", "page_views"]
    allowed, refused = told["data"]
    assert (allowed["answer"], allowed["decided_by"], allowed["until"]) == ("allowed", None, None)
    assert (refused["answer"], refused["decided_by"]) == ("no_choice", "6")
    assert refused["says"] == "You have not been asked, or have not answered."
    assert [step["step"] for step in refused["steps"]] == list(STEPS)
    step = next(step for step in refused["steps"] if step["came"] == "refuses")
    assert step["key"] == "purposes.suggestions.data.page_views"
    assert Path(step["place"]["file"]) == GARDEN
    assert GARDEN.read_text().splitlines()[step["place"]["line"] - 1].strip() == "page_views:"
    assert [step["came"] for step in refused["steps"]][-3:] == ["not_reached"] * 3


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({}, "allowed"),
        ({"as_role": "marketer"}, "aggregate_only"),
        ({"purpose": "service", "as_role": "support"}, "reason_missing"),
        ({"purpose": "service", "as_role": "support", "reason": "case 12"}, "allowed"),
        ({"purpose": "service", "as_staff": "sam", "reason": "case 12"}, "allowed"),
        ({"purpose": "rights", "as_customer": True}, "allowed"),
        ({"as_customer": True}, "not_their_own"),
        ({"purpose": "service", "act": "disclose"}, "recipient_unknown"),
        ({"purpose": "service", "act": "disclose", "recipient": "ink"}, "recipient_unknown"),
        ({"at": "2019-12-31T12:00:00Z"}, "promise_not_in_force"),
        ({"customer": "nobody", "purpose": "service"}, "no_relationship"),
        ({"data": ["shoe_size"]}, "no_clause"),
    ],
)
def test_who_asks_for_what_and_when_can_be_set(client: TestClient, asked: dict[str, Any], answer: str) -> None:
    told = _ask(client, **asked)
    assert told["data"][0]["answer"] == answer
    assert told["allowed"] == (answer == "allowed")


def test_a_customer_nobody_knows_is_told_as_a_visitor_and_not_made(client: TestClient, shop: App) -> None:
    assert _ask(client, customer="nobody")["customer_known"] is False
    assert shop.identity.find("nobody") is None


def test_no_value_of_the_customer_is_told_and_no_look_is_noted(client: TestClient, shop: App) -> None:
    before = shop.ledger.of_customer(shop.identity.get("c1"))
    answer = client.post(
        "/v1/explain",
        json={"customer": "c1", "purpose": "service", "data": ["orders", "email"], "as_staff": "sam", "reason": "x"},
    )
    assert answer.json()["allowed"]
    for value in ("terracotta", "c1@example.com", "2.50", "sam"):
        assert value not in answer.text
    assert shop.ledger.of_customer(shop.identity.get("c1")) == before


@pytest.mark.parametrize(
    "asked",
    [
        {"data": []},
        {"data": ["x"] * 101},
        {"data": ["x" * 101]},
        {"purpose": 7},
        {"act": "sell"},
        {"at": "2026-11-22T12:00:00"},
        {"at": "yesterday"},
        {"as_role": "support", "as_customer": True},
        {"as_staff": "sam", "as_role": "support"},
        {"customer": ""},
        {"nonsense": 1},
    ],
)
def test_a_wrong_question_is_told_in_words(client: TestClient, asked: dict[str, Any]) -> None:
    answer = client.post("/v1/explain", json={"customer": "c1", "purpose": "service", "data": ["orders"], **asked})
    assert answer.status_code == 400, answer.text
    assert set(answer.json()) == {"code", "message"}


def test_somebody_who_does_not_work_here_is_told(client: TestClient) -> None:
    asked = {"customer": "c1", "purpose": "service", "data": ["orders"], "as_staff": "nobody"}
    assert client.post("/v1/explain", json=asked).status_code == 404


@pytest.mark.parametrize("may", [{"choices"}, {"suggestions"}, {"collect", "tax"}])
def test_only_a_key_made_for_it_may_ask_why(shop: App, may: set[str]) -> None:
    token = shop.access.create("other", frozenset(may), now=NOW)
    with TestClient(build_api(shop), headers={"Authorization": f"Bearer {token}"}) as client:
        answer = client.post("/v1/explain", json={"customer": "c1", "purpose": "suggestions", "data": ["orders"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "actor_may_not")
