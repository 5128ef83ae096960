"""A linked person is one person in the model: one row, followed through links, noes and erasures."""

import random
from pathlib import Path

import pytest

from installations import IMPORT, NOW, ORDERS, WEB, install, order, say
from recommend.shops import checked, checkerboard, database_of, engine_of, number_of, pass_time, product
from troth.app import App
from troth.cases.merging import Id
from troth.errors import InputError, NotFoundError
from troth.recommend import store
from troth.recommend.ladder import Rung


def link(app: App, one: str, other: str) -> None:
    app.merging.link(Id(one), Id(other), by="test", now=app.clock.now(), two_accounts=True)


def unlink(app: App, one: str, other: str) -> None:
    app.merging.unlink(Id(one), Id(other), by="test", now=app.clock.now())


def parts(app: App) -> set[int]:
    with database_of(app).reading() as connection:
        return set(store.parts(connection, "suggestions"))


def test_two_who_are_linked_count_once_and_apart_again_twice(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    before = checked(app)
    one, two = number_of(app, "c03"), number_of(app, "c04")
    link(app, "c03", "c04")
    suggestions.refresh(now=NOW)
    assert checked(app).holds
    assert checked(app).customers == before.customers - 1
    assert parts(app) & {one, two} == {min(one, two)}
    unlink(app, "c03", "c04")
    suggestions.refresh(now=NOW)
    assert checked(app).served == before.served
    assert checked(app).holds
    assert {one, two} <= parts(app)


def test_a_fit_begins_with_persons_and_not_with_numbers(app: App) -> None:
    checkerboard(app)
    link(app, "c03", "c04")
    engine_of(app).fit(now=NOW)
    assert checked(app).holds
    assert checked(app).customers == 23


def test_a_no_under_the_one_id_takes_out_what_was_bought_under_the_other(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    one, two = number_of(app, "c03"), number_of(app, "c04")
    link(app, "c03", "c04")
    suggestions.refresh(now=NOW)
    say(app, "c04", ORDERS, "no")
    # At once for both ids, before any clock: nothing of theirs is used, and the model forgets right here.
    for number in (one, two):
        answer = suggestions.suggest(WEB, number, most=3, now=NOW)
        assert answer.rung is Rung.BEST_SELLERS
        assert answer.used == ()
    assert not parts(app) & {one, two}
    assert checked(app).holds


def test_within_the_grace_nobody_is_served_from_a_model_that_holds_a_person_who_said_no(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    link(app, "c03", "c04")
    suggestions.refresh(now=NOW)
    say(app, "c04", ORDERS, "no")
    later = pass_time(app, 2)
    assert suggestions.suggest(WEB, number_of(app, "c06"), most=3, now=later).rung is Rung.CATALOGUE


def test_what_both_bought_is_theirs_under_either_id_and_never_suggested(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    link(app, "c03", "c04")
    suggestions.refresh(now=NOW)
    answers = [suggestions.suggest(WEB, number_of(app, who), most=12, now=NOW) for who in ("c03", "c04")]
    assert answers[0] == answers[1]
    assert answers[0].rung is Rung.PERSONAL
    # One bought every odd product but 3, the other every even one but 4.
    assert {item.product for item in answers[0].items} == {product(3), product(4)}


def test_a_purchase_under_any_id_reaches_the_row_of_the_person(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    link(app, "c03", "c04")
    suggestions.refresh(now=NOW)
    app.gate.collect(IMPORT, [order("c04", product(1), order_id="new")], NOW)
    assert suggestions.refresh(now=NOW).changed <= 1
    assert checked(app).holds


def test_an_erased_person_leaves_the_model_whole(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    link(app, "c03", "c04")
    suggestions.refresh(now=NOW)
    one, two = number_of(app, "c03"), number_of(app, "c04")
    app.suggestions.refresh(now=NOW)
    app.erasure.erase(two, now=NOW)
    assert not parts(app) & {one, two}
    suggestions.refresh(now=NOW)
    assert checked(app).holds
    assert checked(app).customers == 22


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_linked_and_said_the_model_ends_where_a_fit_ends(tmp_path: Path, seed: int) -> None:
    app = install(tmp_path)
    names = checkerboard(app)[:8]
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    choose = random.Random(seed)  # noqa: S311 - repeats the same changes
    for step in range(40):
        one, other = choose.sample(names, 2)
        try:
            match choose.choice(["link", "link", "unlink", "yes", "no", "buys", "erase"] if step < 30 else ["link"]):
                case "link":
                    link(app, one, other)
                case "unlink":
                    unlink(app, one, other)
                case "buys":
                    app.gate.collect(IMPORT, [order(one, product(choose.randrange(12)), order_id=f"n{step}")], NOW)
                case "erase" if step % 5 == 0:
                    app.erasure.erase(number_of(app, one), now=NOW)
                case "yes" | "no" as answer:
                    say(app, one, ORDERS, answer)
        except (InputError, NotFoundError):
            continue  # no such link, or erased meanwhile
        if choose.random() < 0.4:
            suggestions.refresh(now=NOW)
            assert checked(app).holds
    suggestions.refresh(now=NOW)
    kept_up = checked(app)
    assert kept_up.holds
    engine_of(app).fit(now=NOW)
    assert checked(app).served == kept_up.served
    app.close()


def test_many_changes_at_once_are_read_in_one_go_also_of_the_linked(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    from troth.recommend import learn

    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    monkeypatch.setattr(learn, "_READ_ALL_FROM", 2)
    link(app, "c03", "c04")
    say(app, "c08", ORDERS, "no")
    suggestions.refresh(now=NOW)
    assert checked(app).holds
    assert checked(app).customers == 22
