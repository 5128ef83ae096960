"""Linking over the API, and what a program with the wrong key might try."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from installations import NOW, PAGE_VIEWS, say
from troth.app import App
from troth.identity.model import IdKind
from troth.web.api.calls import build_api

ANA = {"id": "ana"}
PHONE = {"id": "b-phone", "kind": "anonymous"}


def opened(app: App, *may: str) -> TestClient:
    token = app.access.create("-".join(("key", *may)), frozenset(may), now=NOW)
    return TestClient(build_api(app), headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def client(app: App) -> Iterator[TestClient]:
    with opened(app, "link", "choices", "suggestions") as one:
        yield one


def choose(client: TestClient, app: App, answer: str, **who: str) -> None:
    words = app.consent.words(PAGE_VIEWS).digest.hex()
    sent = {"clause": str(PAGE_VIEWS), "answer": answer, "words": words}
    told = client.post("/v1/choices", json={**who, "choices": [sent]})
    assert told.status_code == 200, told.text


def standing(client: TestClient, **who: str) -> str:
    rows = client.post("/v1/choices/show", json=who).json()["standing"]
    return str(next(row["status"] for row in rows if row["clause"] == str(PAGE_VIEWS)))


def test_a_browser_that_said_no_and_an_account_that_said_yes_are_one_no_until_they_part(
    client: TestClient, app: App
) -> None:
    choose(client, app, "yes", customer="ana")
    choose(client, app, "no", customer="b-phone", kind="anonymous")
    assert standing(client, customer="b-phone") == "unknown", "the same text is no account"
    told = client.post("/v1/links", json={"one": ANA, "other": PHONE})
    assert (told.status_code, told.json()) == (200, {"changed": True, "deleted": {}})
    assert standing(client, customer="ana") == standing(client, customer="b-phone", kind="anonymous") == "refused"
    assert client.post("/v1/links", json={"one": PHONE, "other": ANA}).json()["changed"] is False
    assert client.post("/v1/links/end", json={"one": ANA, "other": PHONE}).json()["changed"] is True
    assert standing(client, customer="ana") == "given"
    (row, end) = app.identity.people.history(app.identity.get("ana"))
    assert row.by == end.by == "key key-link-choices-suggestions"


def test_a_browser_is_suggested_to_as_itself(client: TestClient, app: App) -> None:
    choose(client, app, "yes", customer="b-phone", kind="anonymous")
    answer = client.post("/v1/suggestions", json={"customer": "b-phone", "kind": "anonymous"}).json()
    codes = {one["clause"]: one["code"] for one in answer["clauses"]["not_used"]}
    assert codes[str(PAGE_VIEWS)] == "no_model"
    answer = client.post("/v1/suggestions", json={"customer": "b-phone"}).json()
    assert {one["code"] for one in answer["clauses"]["not_used"]} == {"no_choice"}
    assert app.identity.find("b-phone") is None


@pytest.mark.parametrize("may", [("choices",), ("suggestions",), ("collect",)])
@pytest.mark.parametrize("path", ["/v1/links", "/v1/links/end"])
def test_a_key_without_the_right_links_nobody_and_learns_nothing(app: App, may: tuple[str, ...], path: str) -> None:
    say(app, "ana", PAGE_VIEWS, "yes")
    with opened(app, *may) as client:
        known = client.post(path, json={"one": ANA, "other": PHONE})
        unknown = client.post(path, json={"one": {"id": "nobody"}, "other": PHONE})
    assert (known.status_code, known.json()["code"]) == (403, "actor_may_not")
    assert known.json() == unknown.json()
    assert app.identity.people.history(app.identity.get("ana")) == []
    assert app.identity.find("b-phone", IdKind.ANONYMOUS) is None


def test_two_accounts_on_one_browser_are_not_joined_by_a_program(client: TestClient, app: App) -> None:
    choose(client, app, "yes", customer="ana")
    choose(client, app, "yes", customer="ben")
    assert client.post("/v1/links", json={"one": ANA, "other": PHONE}).status_code == 200
    for other in (PHONE, ANA):
        told = client.post("/v1/links", json={"one": {"id": "ben"}, "other": other})
        assert (told.status_code, told.json()["code"]) == (403, "two_accounts")
    assert len(app.identity.people.history(app.identity.get("ben"))) == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"one": ANA, "other": ANA}, "link_to_self"),
        ({"one": ANA, "other": {"id": " ana "}}, "link_to_self"),
        ({"one": ANA}, "body_wrong"),
        ({"one": ANA, "other": {"id": "x", "kind": "passport-of-ana"}}, "body_wrong"),
        ({"one": ANA, "other": {"id": 7}}, "body_wrong"),
        ({"one": ANA, "other": {"id": "x", "two_accounts": True}}, "body_wrong"),
        ({"one": ANA, "other": PHONE, "two_accounts": True}, "body_wrong"),
        ({"one": ANA, "other": {"id": "no address", "kind": "email"}}, "email_unreadable"),
        ({"one": ANA, "other": {"id": "x" * 300}}, "customer_id_long"),
        ([], "body_wrong"),
    ],
)
def test_a_wrong_request_is_told_in_words_and_changes_nothing(
    client: TestClient, app: App, body: Any, code: str
) -> None:
    say(app, "ana", PAGE_VIEWS, "yes")
    for path in ("/v1/links", "/v1/links/end"):
        answer = client.post(path, json=body)
        assert answer.status_code in {400, 404}, answer.text
        assert "ana" not in answer.json()["message"].replace("ana@example.com", "")
    assert client.post("/v1/links", json=body).json()["code"] == code
    assert app.identity.people.history(app.identity.get("ana")) == []


def test_of_two_that_nobody_knows_nothing_is_recorded(client: TestClient, app: App) -> None:
    told = client.post("/v1/links", json={"one": ANA, "other": PHONE})
    assert (told.status_code, told.json()["code"]) == (404, "customer_unknown")
    assert app.identity.find("ana") is None
