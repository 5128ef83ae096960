from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from troth.demo import shop
from troth.demo.truth import EVERYONE, GROWERS

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SHOP = shop.build(now=NOW)
SHELVES = 12


def _times() -> list[list[datetime]]:
    return [
        [one.at for one in SHOP.lines],
        [one.at for one in SHOP.views],
        [one.at for one in SHOP.told],
        [one.at for one in SHOP.said],
    ]


def test_there_are_four_hundred_products_with_their_own_id_name_and_price() -> None:
    assert len(SHOP.products) == 400
    assert len({one.product for one in SHOP.products}) == 400
    assert len({one.name for one in SHOP.products}) == 400
    assert all(one.pence > 0 for one in SHOP.products)
    assert len({one.shelf for one in SHOP.products}) == SHELVES
    assert {one.grower for one in SHOP.products} == {*GROWERS, EVERYONE}


def test_a_product_id_can_stand_in_an_address_as_it_is() -> None:
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert all(set(one.product) <= allowed for one in SHOP.products)


def test_the_same_seed_gives_the_same_shop_and_another_seed_another() -> None:
    again = shop.build(now=NOW, customers=50, seed=3)
    assert again == shop.build(now=NOW, customers=50, seed=3)
    assert again.lines != shop.build(now=NOW, customers=50, seed=4).lines


def test_nothing_happens_after_now_or_before_the_two_years() -> None:
    for times in _times():
        assert max(times) < NOW
    assert min(one.at for one in SHOP.lines) >= NOW - timedelta(days=shop.OLDEST_DAYS + 1)
    assert min(one.at for one in SHOP.views) > NOW - timedelta(days=85)


def test_every_list_is_in_the_order_of_time() -> None:
    for times in _times():
        assert times == sorted(times)


def test_most_of_what_a_customer_buys_belongs_to_what_they_grow() -> None:
    own = sum(one.product in SHOP.truth.belongs[SHOP.truth.grows[one.customer]] for one in SHOP.lines)
    assert 0.70 < own / len(SHOP.lines) < 0.90


def test_the_best_sellers_say_little_about_a_person() -> None:
    best = [product for product, _ in Counter(one.product for one in SHOP.lines).most_common(12)]
    shares = [SHOP.truth.share_right(customer, best) for customer in SHOP.truth.grows]
    assert sum(shares) / len(shares) < 0.2


def test_about_seven_in_ten_say_yes_to_their_orders_and_fewer_to_their_page_views() -> None:
    yes = Counter(one.data for one in SHOP.said if one.yes)
    assert 0.66 < yes["orders"] / 2000 < 0.74
    assert yes["page_views"] < yes["orders"]


def test_pages_are_noted_only_after_a_yes_to_it() -> None:
    agreed = {one.customer: one.at for one in SHOP.said if one.data == "page_views" and one.yes}
    assert SHOP.views
    assert all(one.at > agreed[one.customer] for one in SHOP.views)


def test_no_customer_buys_the_same_thing_on_two_lines() -> None:
    assert max(Counter((one.customer, one.product) for one in SHOP.lines).values()) == 1


def test_no_address_leads_to_a_real_person() -> None:
    assert all(one.value.endswith("@example.com") for one in SHOP.told if one.trait == "email")


@pytest.mark.parametrize("customers", [0, 10_000, -1])
def test_a_number_of_customers_that_ids_cannot_hold_is_refused(customers: int) -> None:
    with pytest.raises(ValueError, match="1 to 9999"):
        shop.build(now=NOW, customers=customers)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        shop.build(now=datetime(2026, 11, 22))  # noqa: DTZ001 - the naive time is the point
