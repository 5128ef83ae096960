from datetime import timedelta

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, order, say, view
from troth.app import App
from troth.db import outbox
from troth.jobs.retention import delete_what_is_over


def test_what_is_past_its_keep_goes_and_the_rest_stays(app: App) -> None:
    for who in ("c1", "c2", "c3"):
        say(app, who, PAGE_VIEWS, "yes")
    views = [view("c1", "old", at=NOW - timedelta(days=80)), view("c1", "new"), view("c2", "new")]
    app.gate.collect(IMPORT, [*views, order("c3", "p1")], NOW)
    assert delete_what_is_over(app.gate, app.spent_keys, now=NOW) == {}
    later = NOW + timedelta(days=20)
    assert app.gate.overdue(now=later) == [app.identity.get("c1")]
    assert delete_what_is_over(app.gate, app.spent_keys, now=later) == {"page_views": 1}
    assert delete_what_is_over(app.gate, app.spent_keys, now=later) == {}
    assert app.gate.spans(app.identity.get("c1"))["page_views"].first == NOW - timedelta(hours=1)


def test_an_order_goes_when_the_law_has_had_its_years_and_not_before(app: App) -> None:
    say(app, "c1", ORDERS, "yes")
    app.gate.collect(IMPORT, [order("c1", "p1", at=NOW - timedelta(days=10))], NOW)
    six_years = NOW.replace(year=2032)
    assert delete_what_is_over(app.gate, app.spent_keys, now=six_years - timedelta(days=11)) == {}
    assert delete_what_is_over(app.gate, app.spent_keys, now=six_years) == {"orders": 1}


def test_what_the_law_kept_of_somebody_erased_goes_at_its_end(app: App) -> None:
    app.gate.collect(IMPORT, [order("c1", "p1")], NOW)
    customer = app.identity.get("c1")
    app.erasure.erase(customer, now=NOW)
    assert delete_what_is_over(app.gate, app.spent_keys, now=NOW.replace(year=2032)) == {"orders": 1}
    assert app.gate.spans(customer) == {}


def test_more_customers_than_one_look_takes_are_all_found(app: App) -> None:
    numbers = {say(app, f"c{n}", PAGE_VIEWS, "yes") for n in range(450)}
    app.gate.collect(IMPORT, [view(f"c{n}", "p1") for n in range(450)], NOW)
    assert set(app.gate.overdue(now=NOW + timedelta(days=91))) == numbers


def test_what_the_clock_ends_makes_nobody_wait(app: App) -> None:
    say(app, "c1", PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view("c1", "p1")], NOW)
    with app._databases[0].reading() as connection:
        before = outbox.newest(connection)
    delete_what_is_over(app.gate, app.spent_keys, now=NOW + timedelta(days=91))
    with app._databases[0].reading() as connection:
        told = outbox.since(connection, before)
    assert [(one.what, one.removal) for one in told] == [("settled", False)]
