from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from troth.clock import FixedClock
from troth.web.session import Session, Sessions

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def _sessions(clock: FixedClock | None = None, *, most: int = 10) -> Sessions:
    numbers = count(1)
    return Sessions(b"k" * 32, clock or FixedClock(NOW), new_id=lambda: f"id{next(numbers)}", most=most)


def _cookie(sessions: Sessions, session: Session) -> str:
    return sessions.cookie(session, secure=False).split(";")[0].removeprefix("troth=")


def test_a_browser_that_comes_back_finds_its_visit() -> None:
    sessions = _sessions()
    session = sessions.open(None)
    sessions.change_customer(session, "c1")
    assert sessions.open(_cookie(sessions, session)).customer == "c1"


def test_the_cookie_holds_nothing_of_the_customer() -> None:
    sessions = _sessions()
    session = sessions.open(None)
    sessions.change_customer(session, "customer-of-ours")
    assert "customer-of-ours" not in sessions.cookie(session, secure=True)


def test_over_https_the_cookie_never_travels_in_the_clear() -> None:
    sessions = _sessions()
    line = sessions.cookie(sessions.open(None), secure=True)
    assert line.startswith("__Host-troth=")
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(line.split("; "))


@pytest.mark.parametrize("cookie", ["", "id1", "id1.", ".", "id1.0000", "é.é", "x" * 5000])
def test_a_cookie_we_did_not_sign_opens_a_new_empty_visit(cookie: str) -> None:
    sessions = _sessions()
    first = sessions.open(None)
    sessions.change_customer(first, "c1")
    assert sessions.open(cookie).customer == ""


def test_an_id_from_before_is_worth_nothing_after_the_customer_changed() -> None:
    sessions = _sessions()
    session = sessions.open(None)
    before = _cookie(sessions, session)
    sessions.change_customer(session, "c1")
    assert sessions.open(before).customer == ""


def test_a_visit_that_did_nothing_leaves_nothing() -> None:
    sessions = _sessions()
    sessions.open(None)
    assert len(sessions) == 0


def test_a_visit_ends_after_half_a_day() -> None:
    clock = FixedClock(NOW)
    sessions = _sessions(clock)
    session = sessions.open(None)
    sessions.change_customer(session, "c1")
    clock.at = NOW + timedelta(hours=12, seconds=1)
    assert sessions.open(_cookie(sessions, session)).customer == ""
    assert len(sessions) == 0


def test_too_many_visits_push_out_the_oldest() -> None:
    sessions = _sessions(most=2)
    visits = [sessions.open(None) for _ in range(3)]
    for visit in visits:
        sessions.change_customer(visit, f"of {visit.id}")
    assert sessions.open(_cookie(sessions, visits[0])).customer == ""
    assert sessions.open(_cookie(sessions, visits[2])).customer
    assert len(sessions) == 2


def test_each_visit_has_a_form_token_of_its_own() -> None:
    sessions = _sessions()
    one, other = sessions.open(None), sessions.open(None)
    assert sessions.token(one) == sessions.token(one) != sessions.token(other)


def test_a_short_secret_signs_nothing() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Sessions(b"short", FixedClock(NOW), new_id=lambda: "id")
