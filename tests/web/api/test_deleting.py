"""Deleting over the API."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, order, say, told, view
from troth.app import App
from troth.web.api.calls import build_api

COPIES = {"unreadable_after": None, "deleted_by": "2026-12-27T12:00:00Z"}


def opened(app: App, *may: str) -> TestClient:
    token = app.access.create("-".join(("key", *may)), frozenset(may), now=NOW)
    return TestClient(build_api(app), headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def client(app: App) -> Iterator[TestClient]:
    app.gate.collect(IMPORT, [order("c1", "p1"), told("c1", email="c1@example.com")], NOW)
    say(app, "c1", ORDERS, "yes")
    say(app, "c1", PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view("c1", "p1"), view("c1", "p2", at=NOW - timedelta(hours=2))], NOW)
    with opened(app, "delete") as one:
        yield one


def test_a_plan_changes_nothing_and_tells_what_the_deletion_then_does(client: TestClient, app: App) -> None:
    body = {"customer": "c1", "data": "orders"}
    planned = client.post("/v1/delete", json={**body, "dry_run": True}).json()
    assert app.gate.spans(app.identity.get("c1")).keys() == {"orders", "email", "page_views"}
    done = client.post("/v1/delete", json=body).json()
    assert (
        done
        == planned
        == {
            "deleted": {},
            "locked": {"orders": 1},
            "deleted_besides": {"email": 1},
            "kept_by_law": {"orders": "UK Companies Act 2006 s388, until 2032-11-12"},
            "still_needed_for": [],
            "no_longer_works": ["service/email", "service/orders", "suggestions/orders"],
            "keys_destroyed": 1,
            "copies": COPIES,
        }
    )


def test_one_item_goes_by_its_handle(client: TestClient) -> None:
    listed = client.post("/v1/delete/list", json={"customer": "c1", "data": "page_views"}).json()["items"]
    assert [set(one) for one in listed] == [{"data", "at", "handle", "locked"}] * 2
    done = client.post("/v1/delete", json={"customer": "c1", "handle": listed[0]["handle"]}).json()
    assert done["deleted"] == {"page_views": 1}
    assert done["copies"] == COPIES
    left = client.post("/v1/delete/list", json={"customer": "c1", "data": "page_views"}).json()["items"]
    assert left == listed[1:]


def test_everything_goes_and_what_the_law_keeps_is_told(client: TestClient, app: App) -> None:
    planned = client.post("/v1/erase", json={"customer": "c1", "dry_run": True}).json()
    assert app.identity.find("c1") is not None
    done = client.post("/v1/erase", json={"customer": "c1"}).json()
    assert done["kept_by_law"] == planned["kept_by_law"] == {"orders": "UK Companies Act 2006 s388, until 2032-11-12"}
    assert done["erased"]["vault"] == planned["erased"]["vault"] == {"email": 1, "page_views": 2}
    assert done["keys_destroyed"] > 0
    assert done["copies"] == COPIES
    assert app.identity.find("c1") is None
    assert client.post("/v1/erase", json={"customer": "c1"}).status_code == 404


@pytest.mark.parametrize("address", ["/v1/delete", "/v1/delete/list", "/v1/erase"])
def test_another_key_may_not(client: TestClient, app: App, address: str) -> None:
    with opened(app, "choices", "explain", "link", "suggestions") as other:
        answer = other.post(address, json={"customer": "c1", "data": "orders"})
    assert (answer.status_code, answer.json()["code"]) == (403, "actor_may_not")
    assert client.post(address, json={"customer": "nobody"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "delete_what"),
        ({"data": "orders", "clause": "tax/orders"}, "delete_what"),
        ({"data": "horoscope"}, "data_unknown"),
        ({"clause": "orders"}, "clause_unknown"),
        ({"handle": "A" * 22}, "item_unknown"),
    ],
)
def test_what_names_nothing_is_refused(client: TestClient, body: dict[str, str], code: str) -> None:
    answer = client.post("/v1/delete", json={"customer": "c1", **body})
    assert answer.json()["code"] == code
    assert answer.status_code in {400, 404}
