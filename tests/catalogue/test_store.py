from troth.app import App
from troth.catalogue.model import Product


def test_products_come_back_in_the_order_of_their_codes_and_the_newest_wins(app: App) -> None:
    app.catalogue.put([Product("p2", "Old title"), Product("p1", "Pot", "pots")])
    app.catalogue.put([Product("p2", "Trowel", is_fee=False), Product("POST", "Postage", is_fee=True)])
    assert list(app.catalogue.all().values()) == [
        Product("POST", "Postage", is_fee=True),
        Product("p1", "Pot", "pots"),
        Product("p2", "Trowel"),
    ]


def test_an_empty_shelf_is_empty(app: App) -> None:
    app.catalogue.put([])
    assert app.catalogue.all() == {}
