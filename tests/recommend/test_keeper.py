from installations import IMPORT, NOW, order
from recommend.shops import checked, checkerboard, database_of, engine_of, number_of
from troth.app import App
from troth.cases.erasure import Erasure
from troth.recommend import store
from troth.recommend.keeper import ModelKeeper

WHAT = "purchases in the suggestion model"


def test_it_counts_what_the_model_holds_and_forgets_it_durably(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    keeper = ModelKeeper(database_of(app), app._ring, suggestions)
    who = number_of(app, "c04")
    assert keeper.describe(who).counts == {WHAT: 5}
    assert keeper.forget(who, now=NOW).counts == {WHAT: 5}
    assert keeper.describe(who).counts == {WHAT: 0}
    assert keeper.forget(who, now=NOW).counts == {WHAT: 0}
    with database_of(app).reading() as connection:
        assert who not in store.parts(connection, "suggestions")


def test_where_there_is_no_model_there_is_nothing_to_forget(app: App) -> None:
    app.gate.collect(IMPORT, [order("c1", "a")], NOW)
    keeper = ModelKeeper(database_of(app), app._ring, engine_of(app))
    assert keeper.describe(1).counts == {WHAT: 0}
    assert keeper.forget(1, now=NOW).counts == {WHAT: 0}
    with database_of(app).reading() as connection:
        assert store.header(connection, "suggestions") is None


def test_an_erasure_takes_the_customer_out_of_the_model(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    keepers = (ModelKeeper(database_of(app), app._ring, suggestions), app.consent)
    erasure = Erasure(
        database_of(app),
        gate=app.gate,
        identity=app.identity,
        ring=app._ring,
        ledger=app.ledger,
        journal=app._journal,
        keepers=keepers,
    )
    who = number_of(app, "c04")
    assert checked(app).customers == 24
    erasure.erase(who, now=NOW)
    suggestions.refresh(now=NOW)
    assert checked(app).customers == 23
    assert checked(app).holds
    # What the law keeps has its key; the part in the model has none.
    assert app._ring.count(who) <= 1
