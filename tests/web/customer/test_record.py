from dataclasses import replace
from pathlib import Path

from installations import NOW, ORDERS, install, promise_after, say
from troth.actors import of_job
from troth.app import App
from troth.gate.use import Use
from troth.promise.model import Source
from troth.web.customer import record
from troth.web.customer.record import Record, answer, choices, known


def _record(app: App, customer: int) -> Record:
    job = of_job("pages", *app.promise.purposes)
    return Record(
        promise=app.promise,
        items={},
        verdicts={
            key: app.gate.decide(Use(job, key, frozenset(purpose.data)), customer, now=NOW)
            for key, purpose in app.promise.purposes.items()
        },
        standing=app.consent.standing(customer),
        history=app.consent.history(customer),
        names={},
    )


def test_every_kind_of_the_promise_stands_on_the_page_told_first(app: App) -> None:
    page = known(_record(app, 0))
    assert {kind.key for kind in page.kinds} == set(app.promise.data)
    order = list(Source)
    sources = [order.index(kind.words.source) for kind in page.kinds]
    assert sources == sorted(sources)


def test_only_what_rests_on_a_choice_is_asked(app: App) -> None:
    asked = {choice.field for kind in known(_record(app, 0)).kinds for choice in kind.choices}
    resting = {str(clause) for purpose in app.promise.purposes.values() for clause in purpose.clauses}
    assert asked < resting
    assert "service/orders" not in asked
    assert str(ORDERS) in asked


def test_a_yes_counts_until_the_words_change(tmp_path: Path) -> None:
    opened = install(tmp_path / "home")
    number = say(opened, "c1", ORDERS, "yes")
    assert answer(_record(opened, number), ORDERS) == "yes"
    opened.close()
    edit = ("Use your orders to suggest products?", "May we use them?")
    reopened = install(tmp_path / "home", promise=promise_after(tmp_path, edit))
    later = _record(reopened, number)
    (choice,) = choices(later, [ORDERS])
    assert choice.answered == ""
    assert choice.question == "May we use them?"
    assert "We changed these words since, so it counts as no until you choose again." in choice.state
    (kind,) = [kind for kind in known(later).kinds if kind.key == "orders"]
    assert [use.on for use in kind.uses if use.does == "Suggest products"] == [False]
    reopened.close()


def test_the_page_says_on_only_where_the_gate_lets_through(app: App) -> None:
    number = say(app, "c1", ORDERS, "no")
    (kind,) = [kind for kind in known(_record(app, number)).kinds if kind.key == "orders"]
    told = {use.does: (use.on, use.because) for use in kind.uses}
    assert told["Suggest products"] == (False, "Off: you said no")
    # Nobody has ordered anything, so the shop has no ground to use orders for service either: the page says that too.
    assert told["Send what you order"] == (False, "Off: There is no order or account that needs this.")


def test_a_page_beyond_the_last_does_not_exist(app: App) -> None:
    found = _record(app, 0)
    assert record.every(found, "orders", 1) is not None
    assert record.every(found, "orders", 2) is None
    assert record.every(replace(found, items={}), "email", 1) is None
