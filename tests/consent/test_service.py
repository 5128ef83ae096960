import random
from itertools import product
from pathlib import Path

import pytest

from installations import NOW, ORDERS, PAGE_VIEWS, SUGGEST, install, promise_after, say
from troth.app import App
from troth.consent.model import Answer, Status, fold
from troth.errors import InputError, NotFoundError
from troth.promise.model import Clause


def test_a_choice_is_kept_with_the_exact_words_that_were_shown(app: App) -> None:
    customer = say(app, "c1", ORDERS, "yes")
    said = app.consent.history(customer)[0]
    assert said.words.question == "Use your orders to suggest products?"
    assert said.words.no == "We show best sellers."
    assert (said.choice.answer, said.choice.at, said.choice.via) == (Answer.YES, NOW, "page")


def test_a_no_as_the_first_answer_is_recorded_too(app: App) -> None:
    customer = say(app, "c1", ORDERS, "no")
    assert app.consent.standing(customer)[ORDERS].status is Status.REFUSED


def test_the_newest_choice_comes_first_in_the_history(app: App) -> None:
    customer = say(app, "c1", ORDERS, "yes")
    say(app, "c1", ORDERS, "no")
    assert [said.choice.answer for said in app.consent.history(customer)] == [Answer.NO, Answer.YES]


def test_words_nobody_saw_cannot_be_agreed_to(app: App) -> None:
    customer = app.identity.obtain("c1", now=NOW)
    with pytest.raises(InputError, match="words of this question changed"):
        app.consent.choose(customer, ORDERS, Answer.YES, shown=b"\x00" * 32, via="page", now=NOW)
    assert app.consent.history(customer) == []


def test_words_of_one_question_are_no_answer_to_another(app: App) -> None:
    customer = app.identity.obtain("c1", now=NOW)
    with pytest.raises(InputError, match="changed"):
        app.consent.choose(
            customer, ORDERS, Answer.YES, shown=app.consent.words(PAGE_VIEWS).digest, via="page", now=NOW
        )


@pytest.mark.parametrize(
    "clause",
    [Clause("suggestions", "email"), Clause("nothing", "orders"), Clause("service", "orders"), Clause("", "")],
    ids=["a kind the purpose has not", "no such purpose", "rests on contract", "empty"],
)
def test_only_what_is_asked_can_be_answered(app: App, clause: Clause) -> None:
    with pytest.raises(InputError, match="suggestions/orders"):
        app.consent.words(clause)


def test_answers_given_together_are_recorded_all_or_none(app: App) -> None:
    customer = app.identity.obtain("c1", now=NOW)
    good = app.consent.words(ORDERS).digest
    with pytest.raises(InputError):
        app.consent.choose_many(
            [(customer, ORDERS, Answer.YES, good), (customer, PAGE_VIEWS, Answer.YES, b"x")], via="page", now=NOW
        )
    assert app.consent.standing(customer) == {}


def test_somebody_who_left_meanwhile_leaves_no_choice_behind(app: App) -> None:
    customer = say(app, "c1", ORDERS, "yes")
    app.erasure.erase(customer, now=NOW)
    with pytest.raises(NotFoundError, match="has left"):
        app.consent.choose(customer, ORDERS, Answer.YES, shown=app.consent.words(ORDERS).digest, via="page", now=NOW)
    assert app.consent.describe(customer).counts == {"choices": 0}


def test_a_choice_survives_the_process(tmp_path: Path) -> None:
    first = install(tmp_path)
    customer = say(first, "c1", ORDERS, "yes")
    first.close()
    second = install(tmp_path)
    assert second.consent.standing(customer)[ORDERS].status is Status.GIVEN
    second.close()


def test_a_yes_does_not_hold_under_changed_words_until_asked_again(tmp_path: Path) -> None:
    first = install(tmp_path / "home")
    customer = say(first, "c1", ORDERS, "yes")
    assert "orders" in first.gate.decide(SUGGEST, customer, now=NOW).allowed
    first.close()
    edit = ("Suggestions that fit what you own.", "Suggestions and a letter from friends.")
    second = install(tmp_path / "home", promise=promise_after(tmp_path, edit))
    refused = second.gate.decide(SUGGEST, customer, now=NOW).refused["orders"]
    assert refused.code.word == "words_changed"
    say(second, "c1", ORDERS, "yes")
    assert "orders" in second.gate.decide(SUGGEST, customer, now=NOW).allowed
    second.close()


def test_the_database_folds_choices_as_the_model_does(app: App) -> None:
    dice = random.Random(3)  # noqa: S311 - an order of choices, no secret
    shown = {clause: app.consent.words(clause).digest for clause in (ORDERS, PAGE_VIEWS)}
    histories = [list(answers) for length in range(1, 6) for answers in product(Answer, repeat=length)]
    for place, answers in enumerate(histories):
        customer = app.identity.obtain(f"c{place}", now=NOW)
        mixed = [(ORDERS, one) for one in answers] + [(PAGE_VIEWS, one) for one in dice.choice(histories)]
        dice.shuffle(mixed)
        app.consent.choose_many(
            [(customer, clause, answer, shown[clause]) for clause, answer in mixed], via="import", now=NOW
        )
        said = [one.choice for one in reversed(app.consent.said_under(customer))]
        assert app.consent.standing(customer) == fold(said)
