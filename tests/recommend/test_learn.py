import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, WEB, install, order, say
from recommend.shops import agree, checked, checkerboard, database_of, engine_of, number_of, product
from troth.app import App
from troth.catalogue.model import Product
from troth.catalogue.store import Catalogue
from troth.recommend import store
from troth.recommend.ladder import Rung
from troth.recommend.solve import Route

LEARNING = Path(__file__).parent / "learning.py"


class Interrupted(Catalogue):
    """The shop's products, with something that happens just before they are asked for: in the middle of a fit."""

    def __init__(self, app: App, meanwhile: Callable[[], object]) -> None:
        super().__init__(database_of(app))
        self._meanwhile = meanwhile
        self._times = 0

    def all(self) -> Mapping[str, Product]:
        self._times += 1
        if self._times == 1:
            self._meanwhile()
        return super().all()


def parts(app: App) -> dict[int, bytes]:
    with database_of(app).reading() as connection:
        return store.parts(connection, "suggestions")


def test_only_those_whose_clause_holds_are_in_the_model(app: App) -> None:
    checkerboard(app, customers=10)
    app.gate.collect(IMPORT, [order("silent", product(1)), order("refuses", product(1))], NOW)
    say(app, "refuses", ORDERS, "no")
    say(app, "silent", PAGE_VIEWS, "yes")
    learnt = engine_of(app).fit(now=NOW)
    assert learnt.changed == 10
    assert parts(app).keys() == {number_of(app, f"c{place:02d}") for place in range(10)}
    assert checked(app).holds


def test_many_changes_one_after_another_end_where_a_fit_ends(app: App) -> None:
    names = checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    choose = random.Random(5)  # noqa: S311 - repeats the same changes
    for step in range(40):
        name = choose.choice(names)
        match choose.choice(["yes", "no", "buys"]):
            case "buys":
                bought = order(name, product(choose.randrange(12)), order_id=f"n{step}")
                app.gate.collect(IMPORT, [bought], NOW)
            case answer:
                say(app, name, ORDERS, answer)
        if choose.random() < 0.5:
            suggestions.refresh(now=NOW)
            assert checked(app).holds
    suggestions.refresh(now=NOW)
    kept_up = checked(app)
    engine_of(app).fit(now=NOW)
    assert kept_up.holds
    assert checked(app).served == kept_up.served


def test_taking_the_same_in_twice_changes_nothing(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    first = suggestions.refresh(now=NOW)
    held = parts(app)
    assert suggestions.refresh(now=NOW) == type(first)(1, first.seq, 0, Route.UNCHANGED)
    say(app, "c04", PAGE_VIEWS, "no")  # a removal that is none of the model's
    again = suggestions.refresh(now=NOW)
    assert again.changed == 0
    assert again.seq > first.seq
    assert parts(app) == held


def test_one_who_leaves_is_taken_out_by_a_low_rank_update(app: App) -> None:
    app.catalogue.put(Product(product(place), "") for place in range(90))
    names = [f"c{number:02d}" for number in range(30)]
    bought = [
        order(name, product((place * 7 + step * step) % 90)) for place, name in enumerate(names) for step in range(8)
    ]
    app.gate.collect(IMPORT, bought, NOW)
    agree(app, names)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    say(app, "c03", ORDERS, "no")
    assert suggestions.refresh(now=NOW).route is Route.LOW_RANK
    assert checked(app).holds


def test_two_processes_take_turns_and_never_mix_up_their_numbers(app: App) -> None:
    checkerboard(app)
    one, two = engine_of(app), engine_of(app)
    one.fit(now=NOW)
    for turn, name in enumerate(["c01", "c02", "c03", "c04", "c01"]):
        say(app, name, ORDERS, "yes" if turn == 4 else "no")
        (one, two)[turn % 2].refresh(now=NOW)
        assert checked(app).holds


def test_who_leaves_in_the_middle_of_a_fit_is_not_in_the_model_it_makes(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app, Interrupted(app, lambda: say(app, "c04", ORDERS, "no")))
    suggestions.fit(now=NOW)
    assert number_of(app, "c04") not in parts(app)
    suggestions.refresh(now=NOW)
    assert checked(app).holds


def test_a_fit_that_loses_the_race_starts_again_from_what_won(app: App) -> None:
    checkerboard(app)
    winner = engine_of(app)
    loser = engine_of(app, Interrupted(app, lambda: winner.fit(now=NOW)))
    assert loser.fit(now=NOW).epoch == 2
    assert checked(app).holds


def test_whose_key_is_gone_leaves_the_model_with_the_next_change(app: App) -> None:
    checkerboard(app)
    engine_of(app).fit(now=NOW)
    gone = number_of(app, "c04")
    say(app, "c04", ORDERS, "no")
    app._ring.destroy(gone)
    engine_of(app).refresh(now=NOW)
    assert gone not in parts(app)
    assert checked(app).holds


def test_a_part_is_sealed_and_opens_only_for_its_customer_and_epoch(app: App) -> None:
    checkerboard(app)
    engine_of(app).fit(now=NOW)
    sealed = parts(app)[number_of(app, "c04")]
    assert len(set(parts(app).values())) == 24
    plain = app._ring.open(number_of(app, "c04"), "model:suggestions", sealed, bound_to=b"epoch 1")
    assert plain not in sealed
    with pytest.raises(Exception, match="can't be opened"):
        app._ring.open(number_of(app, "c06"), "model:suggestions", sealed, bound_to=b"epoch 1")
    with pytest.raises(Exception, match="can't be opened"):
        app._ring.open(number_of(app, "c04"), "model:suggestions", sealed, bound_to=b"epoch 2")


def test_many_changes_at_once_are_read_in_one_go(app: App) -> None:
    app.catalogue.put(Product(product(place), "") for place in range(6))
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    bought = [order(f"m{number}", product(place)) for number in range(210) for place in {number % 6, 5}]
    app.gate.collect(IMPORT, bought, NOW)
    agree(app, [f"m{number}" for number in range(0, 210, 2)])
    assert suggestions.refresh(now=NOW).changed == 105
    assert checked(app).holds


def test_made_ready_beforehand_the_model_forgets_as_well(app: App) -> None:
    checkerboard(app)
    engine_of(app).fit(now=NOW)
    suggestions = engine_of(app)
    suggestions.warm()
    say(app, "c04", ORDERS, "no")
    assert suggestions.refresh(now=NOW).changed == 1
    assert checked(app).holds


def test_a_call_does_not_wait_for_a_fit_that_runs_but_shows_the_catalogue(app: App) -> None:
    checkerboard(app)
    rungs = []

    def meanwhile() -> None:
        who = say(app, "c04", ORDERS, "no")
        rungs.append(suggestions.suggest(WEB, who, most=3, now=NOW).rung)

    engine_of(app).fit(now=NOW)
    suggestions = engine_of(app, Interrupted(app, meanwhile))
    suggestions.fit(now=NOW)
    suggestions.refresh(now=NOW)
    assert rungs == [Rung.CATALOGUE]
    assert checked(app).holds


@pytest.mark.slow
def test_killed_anywhere_the_same_is_done_again_and_the_model_is_right(tmp_path: Path) -> None:
    home = tmp_path / "home"
    app = install(home)
    checkerboard(app)
    engine_of(app).fit(now=NOW)
    app.close()
    delay = random.Random(3)  # noqa: S311 - repeats the same moments
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, str(LEARNING), str(home)],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(LEARNING.parents[1])},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(delay.uniform(0.0, 0.4))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        app = install(home)
        engine_of(app).refresh(now=NOW)
        assert checked(app).holds
        app.close()
