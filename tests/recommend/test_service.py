import math
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, WEB, install, order, promise_after, say, view
from recommend.shops import checked, checkerboard, database_of, engine_of, number_of, pass_time, product
from troth.actors import of_service
from troth.app import App
from troth.catalogue.model import Product
from troth.errors import InputError, NotAllowedError
from troth.gate.use import Arrival, Value
from troth.recommend.answer import Answer, How
from troth.recommend.ladder import Rung
from troth.recommend.service import GRACE, VISITOR


def colours(answer: Answer) -> set[int]:
    return {int(item.product[1:]) % 2 for item in answer.items}


def everything_stored(app: App) -> dict[str, list[tuple[object, ...]]]:
    with database_of(app).reading() as connection:
        names = inspect(connection).get_table_names()
        return {name: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))] for name in names}  # noqa: S608 - names come from the database itself


def test_who_bought_even_things_is_suggested_even_things_with_reasons_that_add_up(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    for name, colour in (("c04", 0), ("c07", 1)):
        answer = suggestions.suggest(WEB, number_of(app, name), most=5, now=NOW)
        assert answer.rung is Rung.PERSONAL
        assert colours(answer) == {colour}
        assert answer.used == (ORDERS,)
        assert [one.clause for one in answer.not_used] == [PAGE_VIEWS]
        for item in answer.items:
            parts = [reason.part for reason in item.reasons]
            assert parts
            assert sum(parts) + item.other == item.score
            assert math.isclose(sum(reason.share for reason in item.reasons) + item.other / item.score, 1.0)
            assert {reason.how for reason in item.reasons} == {How.BOUGHT}
            assert all(reason.title.startswith("Product ") for reason in item.reasons)


def test_a_visitor_sees_best_sellers_and_is_told_so(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    answer = suggestions.suggest(WEB, VISITOR, most=5, now=NOW)
    assert answer.rung is Rung.BEST_SELLERS
    assert answer.words == "Our best sellers. Nothing about you was used."
    assert [item.score for item in answer.items] == sorted((item.score for item in answer.items), reverse=True)
    assert answer.used == ()
    assert {one.code for one in answer.not_used} == {"no_choice"}
    assert not any(item.reasons for item in answer.items)


def test_where_nobody_agreed_the_catalogue_is_shown_in_its_own_order(app: App) -> None:
    app.catalogue.put([Product("b", "Bulb"), Product("a", ""), Product("post", "Postage", is_fee=True)])
    app.gate.collect(IMPORT, [order("c1", "b")], NOW)
    suggestions = engine_of(app)
    before = suggestions.suggest(WEB, number_of(app, "c1"), most=5, now=NOW)
    suggestions.refresh(now=NOW)
    after = suggestions.suggest(WEB, number_of(app, "c1"), most=5, now=NOW)
    for answer in (before, after):
        assert answer.rung is Rung.CATALOGUE
        assert [(item.product, item.title) for item in answer.items] == [("a", "a"), ("b", "Bulb")]
    assert (before.epoch, after.epoch) == (0, 1)


def test_best_sellers_count_only_those_who_agreed_and_only_where_enough_have_it(app: App) -> None:
    app.catalogue.put(Product(one, one) for one in ("rare", "known"))
    for name in ("c1", "c2", "c3"):
        app.gate.collect(IMPORT, [order(name, "known"), order(name, "rare")], NOW)
        say(app, name, ORDERS, "yes" if name != "c3" else "no")
    for name in ("c4", "c5"):
        app.gate.collect(IMPORT, [order(name, "known")], NOW)
        say(app, name, ORDERS, "yes")
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    answer = suggestions.suggest(WEB, VISITOR, most=5, now=NOW)
    assert [(item.product, item.score) for item in answer.items] == [("known", 4.0)]


def test_after_a_no_the_very_next_answer_uses_nothing_and_the_model_has_forgotten(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    before = checked(app)
    who = say(app, "c04", ORDERS, "no")
    answer = suggestions.suggest(WEB, who, most=5, now=NOW)
    assert answer.rung is Rung.BEST_SELLERS
    assert answer.used == ()
    assert {one.clause: one.code for one in answer.not_used}[ORDERS] == "withdrawn"
    after = checked(app)
    assert after.holds
    assert (before.customers, after.customers) == (24, 23)
    assert before.served != after.served


def test_a_yes_works_after_the_next_refresh_and_a_purchase_too(app: App) -> None:
    names = checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    app.gate.collect(IMPORT, [order("new", product(1))], NOW)
    who = say(app, "new", ORDERS, "yes")
    own = suggestions.suggest(WEB, who, most=3, now=NOW)
    assert own.rung is Rung.PERSONAL
    assert colours(own) == {1}
    assert suggestions.refresh(now=NOW).changed == 1
    assert checked(app).customers == len(names) + 1
    assert checked(app).holds


def test_somebody_elses_removal_may_wait_a_moment_and_then_nobody_is_served_from_the_model(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    other = number_of(app, "c05")
    say(app, "c04", ORDERS, "no")
    assert suggestions.suggest(WEB, other, most=3, now=NOW).rung is Rung.PERSONAL
    late = pass_time(app, GRACE.total_seconds() + 0.001)
    for who in (other, VISITOR):
        answer = suggestions.suggest(WEB, who, most=3, now=late, session=[product(3)])
        assert answer.rung is Rung.CATALOGUE
        assert answer.used == ()
    said = {one.clause: one.code for one in suggestions.suggest(WEB, other, most=3, now=late).not_used}
    assert said[ORDERS] == "updating"
    suggestions.refresh(now=late)
    assert suggestions.suggest(WEB, other, most=3, now=late).rung is Rung.PERSONAL


def test_another_process_serves_the_newer_model_and_sees_what_waits(app: App) -> None:
    checkerboard(app)
    writer, reader = engine_of(app), engine_of(app)
    writer.fit(now=NOW)
    other = number_of(app, "c05")
    first = reader.suggest(WEB, other, most=3, now=NOW)
    say(app, "c04", ORDERS, "no")
    late = pass_time(app, 2)
    assert reader.suggest(WEB, other, most=3, now=late).rung is Rung.CATALOGUE
    writer.refresh(now=late)
    again = reader.suggest(WEB, other, most=3, now=late)
    assert again.rung is Rung.PERSONAL
    assert again == writer.suggest(WEB, other, most=3, now=late)
    assert first.epoch == again.epoch == 1


def test_the_present_visit_alone_gives_suggestions_and_nothing_is_stored(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    before = everything_stored(app)
    answer = suggestions.suggest(WEB, VISITOR, most=3, now=NOW, session=[product(3), "no such product"])
    assert answer.rung is Rung.SESSION
    assert colours(answer) == {1}
    assert product(3) not in {item.product for item in answer.items}
    assert {reason.how for item in answer.items for reason in item.reasons} == {How.THIS_VISIT}
    assert answer.used == ()
    assert everything_stored(app) == before


def test_who_said_no_to_pages_they_look_at_is_not_judged_by_this_visit_either(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    who = say(app, "stranger", PAGE_VIEWS, "no")
    suggestions.refresh(now=NOW)
    answer = suggestions.suggest(WEB, who, most=3, now=NOW, session=[product(3)])
    assert answer.rung is Rung.BEST_SELLERS


def test_pages_looked_at_join_at_serving_and_never_the_model(app: App) -> None:
    checkerboard(app)
    who = say(app, "c04", PAGE_VIEWS, "yes")
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    before = checked(app)
    app.gate.collect(IMPORT, [view("c04", product(1)), view("c04", product(3)), view("c04", product(2))], NOW)
    suggestions.refresh(now=NOW)
    answer = suggestions.suggest(WEB, who, most=9, now=NOW)
    assert answer.used == (ORDERS, PAGE_VIEWS)
    hows = {reason.product: reason.how for item in answer.items for reason in item.reasons}
    assert hows[product(1)] is How.LOOKED_AT
    assert hows[product(2)] is How.BOUGHT
    assert checked(app).served == before.served


def test_what_was_brought_back_is_no_longer_an_own_thing(app: App) -> None:
    checkerboard(app)
    back: dict[str, Value] = {
        "order_id": "r1",
        "products.product_id": product(1),
        "products.quantity": 1,
        "products.price": "2.50",
    }
    app.gate.collect(IMPORT, [order("new", product(1))], NOW)
    who = say(app, "new", ORDERS, "yes")
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    assert suggestions.suggest(WEB, who, most=3, now=NOW).rung is Rung.PERSONAL
    app.gate.collect(IMPORT, [Arrival("new", "Order Refunded", NOW, back, ("r1",))], NOW)
    answer = suggestions.suggest(WEB, who, most=3, now=NOW)
    assert answer.rung is Rung.BEST_SELLERS
    assert {one.clause: one.code for one in answer.not_used}[ORDERS] == "nothing_fits"
    suggestions.refresh(now=NOW)
    assert checked(app).holds


def test_a_fee_is_never_suggested(app: App) -> None:
    checkerboard(app)
    app.catalogue.put([Product("post", "Postage", is_fee=True)])
    app.gate.collect(IMPORT, [order(f"c{number:02d}", "post", order_id="o2") for number in range(24)], NOW)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    for who in (VISITOR, number_of(app, "c04")):
        answer = suggestions.suggest(WEB, who, most=50, now=NOW)
        assert "post" not in {item.product for item in answer.items}
        assert "post" not in {reason.product for item in answer.items for reason in item.reasons}


@pytest.mark.parametrize("most", [0, -1, 101, 10**9])
def test_how_many_must_be_within_bounds(app: App, most: int) -> None:
    with pytest.raises(InputError, match="from 1 to 100"):
        engine_of(app).suggest(WEB, VISITOR, most=most, now=NOW)


@pytest.mark.parametrize("session", [["p"] * 101, ["x" * 10_000]])
def test_a_session_must_be_within_bounds(app: App, session: list[str]) -> None:
    with pytest.raises(InputError, match="at most 100 product ids"):
        engine_of(app).suggest(WEB, VISITOR, most=3, now=NOW, session=session)


def test_a_key_without_the_purpose_gets_no_suggestions(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    with pytest.raises(NotAllowedError, match="not given this purpose"):
        suggestions.suggest(of_service("mail", "newsletter"), number_of(app, "c04"), most=3, now=NOW)


def test_a_new_product_is_noticed_and_known_after_a_new_fit(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    assert suggestions.outgrown()
    suggestions.fit(now=NOW)
    assert not suggestions.outgrown()
    app.catalogue.put([Product("p99", "New"), Product("post", "Postage", is_fee=True)])
    assert suggestions.outgrown()
    assert suggestions.fit(now=NOW).epoch == 2
    assert not suggestions.outgrown()
    assert checked(app).holds


def test_a_model_made_under_another_promise_is_not_served_and_is_made_anew(tmp_path: Path) -> None:
    first = install(tmp_path / "home")
    checkerboard(first)
    first.suggestions.fit(now=NOW)
    assert first.suggestions.suggest(WEB, number_of(first, "c05"), most=3, now=NOW).rung is Rung.PERSONAL
    second = install(tmp_path / "home", promise=promise_after(tmp_path, ("fit what you own", "fit you")))
    # Everybody has to be asked again, so nobody is in any model.
    for customer in (number_of(second, "c05"), VISITOR):
        assert second.suggestions.suggest(WEB, customer, most=3, now=NOW).rung is Rung.CATALOGUE
    second.suggestions.refresh(now=NOW)
    assert second.verify_model().holds
    assert second.verify_model().customers == 0
    # A process that still has the older promise neither serves the newer model nor replaces it.
    assert first.suggestions.suggest(WEB, number_of(first, "c05"), most=3, now=NOW).rung is Rung.CATALOGUE
    first.suggestions.refresh(now=NOW)
    assert second.verify_model().holds
    first.close()
    second.close()
