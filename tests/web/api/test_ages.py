"""`POST /v1/declared-age`: a child is flagged, and the age is gone."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from installations import NOW, PAGE_VIEWS, say
from troth.app import App
from troth.stops.model import Kind
from troth.web.api.calls import build_api


@pytest.fixture
def client(app: App) -> Iterator[TestClient]:
    say(app, "c1", PAGE_VIEWS, "yes")
    token = app.access.create("webshop", frozenset({"choices"}), now=NOW)
    with TestClient(build_api(app), headers={"Authorization": f"Bearer {token}"}) as opened:
        yield opened


def _declare(client: TestClient, **sent: Any) -> dict[str, Any]:
    answer = client.post("/v1/declared-age", json={"customer": "c1", **sent})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("sent", [{"years": 14}, {"born": "2011-05-03"}])
def test_a_child_is_flagged_and_an_older_age_lifts_nothing(
    client: TestClient, app: App, sent: dict[str, Any]
) -> None:
    told = _declare(client, **sent)
    assert (told["child"], told["changed"]) == (True, True)
    assert [stop.kind for stop in app.stops.standing(app.identity.get("c1"))] == [Kind.CHILD]
    again = _declare(client, years=30)
    assert (again["child"], again["changed"]) == (True, False)
    assert "troth stop lift child" in again["says"]


@pytest.mark.parametrize("sent", [{"years": 16}, {"born": "2010-11-22"}])
def test_who_is_old_enough_is_not_flagged(client: TestClient, app: App, sent: dict[str, Any]) -> None:
    told = _declare(client, **sent)
    assert told == {"child": False, "changed": False, "says": "They are not flagged as a child.", "deleted": {}}
    assert app.stops.history(app.identity.get("c1")) == []


def test_a_declaration_may_carry_the_signal_of_the_browser(client: TestClient, app: App) -> None:
    client.post("/v1/declared-age", json={"customer": "c1", "years": 40}, headers={"Sec-GPC": "1"})
    assert [stop.kind for stop in app.stops.standing(app.identity.get("c1"))] == [Kind.OPT_OUT]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"years": 14, "born": "2012-01-01"},
        {"years": -1},
        {"years": 131},
        {"years": 13.5},
        {"years": "14"},
        {"born": "2026-11-23"},
        {"born": "03/05/2012"},
        {"born": "2012-02-30"},
        {"years": 14, "customer": ""},
        {"years": 14, "name": "Ann"},
    ],
)
def test_what_is_no_age_is_told_without_repeating_it_and_changes_nothing(
    client: TestClient, app: App, sent: dict[str, Any]
) -> None:
    answer = client.post("/v1/declared-age", json={"customer": "c1", **sent})
    assert answer.status_code == 400, answer.text
    assert not {"2012", "03/05", "Ann", "131", "2026-11-23"} & set(answer.text.split())
    assert app.stops.history(app.identity.get("c1")) == []


def test_a_key_that_may_not_record_choices_records_no_age(app: App) -> None:
    token = app.access.create("reader", frozenset({"suggestions", "explain"}), now=NOW)
    with TestClient(build_api(app), headers={"Authorization": f"Bearer {token}"}) as client:
        assert client.post("/v1/declared-age", json={"customer": "c1", "years": 14}).status_code == 403
