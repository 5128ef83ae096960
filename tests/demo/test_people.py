from installations import NOW
from troth.demo import shop
from troth.demo.people import NEW, people
from troth.demo.truth import GROWERS

SHOP = shop.build(now=NOW)


def test_there_are_six_people_and_somebody_new() -> None:
    found = people(SHOP)
    assert len(found) == 7
    assert found[-1] == NEW


def test_each_is_told_by_what_they_grow() -> None:
    for person in people(SHOP)[:-1]:
        assert person.grows == GROWERS[SHOP.truth.grows[person.customer]]


def test_all_three_answers_are_there_to_try() -> None:
    assert {SHOP.answer(person.customer, "orders") for person in people(SHOP)[:-1]} == {True, False, None}


def test_one_no_is_enough_for_each_of_them() -> None:
    assert all(SHOP.answer(person.customer, "page_views") is not True for person in people(SHOP)[:-1])


def test_a_very_small_shop_still_has_somebody() -> None:
    assert people(shop.build(now=NOW, customers=1))[-1] == NEW
