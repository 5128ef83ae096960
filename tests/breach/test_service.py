"""Questions that can't be asked, looks, people who are linked, and times."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, table, text

from backup.restores import folder_place
from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, install, order, say, told, view
from troth.app import App
from troth.breach.looking import Looked
from troth.breach.model import Cause, Lot, Must, Report
from troth.breach.theft import Stolen
from troth.catalogue.model import Product
from troth.errors import InputError, NotFoundError, TrothError, UnavailableError
from troth.gate.use import Use

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def shop(app: App) -> App:
    app.staff.add("sam", "support", trained_until=date(2026, 12, 31), by="Isa", now=NOW)
    app.staff.add("ida", "support", trained_until=date(2026, 12, 31), by="Isa", now=NOW)
    app.gate.collect(IMPORT, [order("c1", "p1"), order("c2", "p1"), told("c2", email="c2@example.com")], NOW)
    return app


def look(
    app: App, name: str, customer: str, *, data: str = "orders", purpose: str = "service", later: int = 0
) -> None:
    use = Use(app.staff.actor(name), purpose, frozenset(data.split()), reason="case 12")
    app.gate.read(use, app.identity.get(customer), now=NOW + later * HOUR)


def whom(app: App, asked: Looked) -> tuple[Report, list[tuple[int, Sequence[Lot]]]]:
    found: list[tuple[int, Sequence[Lot]]] = []
    report = app.breach.looked(asked, now=NOW + DAY, sink=lambda customer, lots: found.append((customer, lots)))
    return report, found


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Stolen(epoch=2), "breach_epoch"),
        (Stolen(epoch=0), "breach_epoch"),
        (Stolen(kind="shoe_size"), "breach_kind"),
        (Stolen(epoch=1, kind="room:identity"), "breach_kind"),
        (Stolen(backups=("nowhere",)), "backup_unknown"),
        (Stolen(backups=("nowhere/troth-main-20261122T120000Z",)), "backup_unknown"),
        (Stolen(backups=("ftp://example.com/x",)), "backup_place"),
        (Looked(NOW, NOW), "breach_time"),
        (Looked(NOW + 2 * DAY, NOW + 3 * DAY), "breach_time"),
        (Looked(NOW - DAY, NOW, kind="shoe_size"), "breach_kind"),
        (Looked(NOW - DAY, NOW, to="nobody"), "breach_recipient"),
        (Looked(NOW - DAY, NOW, by="sum"), "breach_nobody"),
    ],
)
def test_what_can_not_be_asked_is_told(
    shop: App, asked: Stolen | Looked, code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = partial(shop.breach.stolen, asked) if isinstance(asked, Stolen) else partial(shop.breach.looked, asked)
    with pytest.raises(TrothError) as refused:
        answer(now=NOW)
    assert refused.value.code == code


def test_a_place_with_several_copies_is_no_answer_and_names_one(shop: App, tmp_path: Path) -> None:
    place = folder_place(tmp_path / "copies")
    made = [shop.backups.make({"main": place}, now=NOW + minutes * HOUR)[0].name for minutes in (0, 1)]
    with pytest.raises(InputError, match="2 backups of the data") as several:
        shop.breach.stolen(Stolen(backups=(str(tmp_path / "copies"),)), now=NOW)
    assert made[1] in several.value.mend
    paths = [str(tmp_path / "copies" / name) for name in made]
    with pytest.raises(InputError, match="Two backups of the data"):
        shop.breach.stolen(Stolen(backups=tuple(paths)), now=NOW)
    # Its own folder, with or without the slash at the end, and its manifest are the same copy.
    for named in (paths[0], paths[0] + "/", paths[0] + "/manifest.json"):
        assert shop.breach.stolen(Stolen(backups=(named,)), now=NOW).reached.customers == 2


def test_a_changed_copy_and_that_of_another_shop_are_refused(shop: App, tmp_path: Path) -> None:
    place = folder_place(tmp_path / "copies")
    name = shop.backups.make({"main": place}, now=NOW)[0].name
    other = install(tmp_path / "other")
    other.gate.collect(IMPORT, [order("c1", "p1")], NOW)
    with pytest.raises(UnavailableError, match="not made with these keys"):
        other.breach.stolen(Stolen(backups=(str(tmp_path / "copies"),)), now=NOW)
    other.close()
    (part,) = (tmp_path / "copies" / name).glob("items-*")
    part.write_bytes(part.read_bytes()[:-1] + b"\0")
    with pytest.raises(UnavailableError, match="damaged"):
        shop.breach.stolen(Stolen(backups=(str(tmp_path / "copies"),)), now=NOW)


def test_who_is_linked_counts_once(shop: App) -> None:
    from troth.cases.merging import Id
    from troth.identity.model import IdKind

    shop.gate.collect(IMPORT, [order("b1", "p1")], NOW, ids=IdKind.ANONYMOUS)
    assert shop.breach.stolen(Stolen(epoch=1), now=NOW).reached.customers == 3
    shop.merging.link(Id("c1"), Id("b1", IdKind.ANONYMOUS), by="desk", now=NOW)
    report = shop.breach.stolen(Stolen(epoch=1), now=NOW)
    assert report.reached.customers == 2
    assert {kind.name: kind.customers for kind in report.reached.kinds}["orders"] == 3


def test_who_left_and_is_kept_by_law_is_counted_and_has_no_name(shop: App) -> None:
    shop.erasure.erase(shop.identity.get("c1"), now=NOW)
    report = shop.breach.stolen(Stolen(epoch=1), now=NOW)
    assert (report.reached.customers, report.reached.nameless) == (2, 1)
    assert report.gone.customers == 1
    assert report.gone.keys >= 1


def test_words_of_the_staff_and_parts_of_the_model_are_told_too(shop: App, tmp_path: Path) -> None:
    from troth.cases.merging import Id
    from troth.identity.model import IdKind
    from troth.stops.model import Kind

    shop.gate.collect(IMPORT, [order("b1", "p1")], NOW, ids=IdKind.ANONYMOUS)
    shop.merging.link(Id("c1"), Id("b1", IdKind.ANONYMOUS), by="desk", why="case 7", now=NOW)
    shop.stopping.put(Kind.HOLD, customer=shop.identity.get("c2"), by="desk", why="case 8", now=NOW)
    shop.catalogue.put(Product(f"p{place}", f"Product {place}") for place in range(9))
    for customer in ("c2", "c3", "c4", "c5"):
        say(shop, customer, ORDERS, "yes")
        shop.gate.collect(IMPORT, [order(customer, "p7"), order(customer, "p8", order_id="o2")], NOW)
    shop.suggestions.fit(now=NOW)
    look(shop, "sam", "c2")
    shop.backups.make({"main": folder_place(tmp_path)}, now=NOW)
    for asked in (Stolen(epoch=1), Stolen(backups=(str(tmp_path),))):
        report = shop.breach.stolen(asked, now=NOW)
        told_ = {kind.name: (kind.customers, kind.items) for kind in report.reached.kinds}
        assert told_["room:links"] == (2, 2)
        assert told_["room:stops"] == (1, 1)
        # Of each a use for the model, of four a choice and the words it was made under; links, the stop and the look.
        assert told_["room:ledger"] == (6, 16)
        assert told_["room:identity"] == (6, 6)
        assert told_[f"model:{shop.suggestions.purpose}"] == (4, 4)


def test_only_what_happened_before_counts(shop: App) -> None:
    shop.gate.collect(IMPORT, [order("c1", "p9", at=NOW - HOUR, order_id="o9")], NOW)
    report = shop.breach.stolen(Stolen(epoch=1, kind="orders"), now=NOW)
    assert report.reached.items == 3
    assert report.reached.last == NOW - HOUR
    before = shop.breach.stolen(Stolen(epoch=1, kind="orders", until=NOW - HOUR), now=NOW)
    assert before.reached.items == 2
    assert before.reached.first == before.reached.last == NOW - 10 * DAY


def test_a_key_made_anew_is_another_key(shop: App, tmp_path: Path) -> None:
    say(shop, "c1", PAGE_VIEWS, "yes")
    shop.gate.collect(IMPORT, [view("c1", "p2")], NOW)
    name = shop.backups.make({"main": folder_place(tmp_path)}, now=NOW)[0].name
    from troth.gate.removal import Wanted

    shop.deleting.delete(Wanted(kind="page_views"), shop.identity.get("c1"), now=NOW)
    shop.gate.collect(IMPORT, [view("c1", "p3", at=NOW + HOUR)], NOW + 2 * HOUR)
    report = shop.breach.stolen(Stolen(backups=(str(tmp_path / name),), kind="page_views"), now=NOW)
    assert (report.reached.customers, report.shredded.items) == (0, 1)
    assert report.clocks.authority is Must.NO


def test_looks_are_told_by_who_and_what_for(shop: App) -> None:
    look(shop, "sam", "c1")
    look(shop, "sam", "c2", data="orders email", later=1)
    look(shop, "sam", "c1", later=2)
    look(shop, "ida", "c2", purpose="suggestions", later=3)
    report, found = whom(shop, Looked(NOW, NOW + DAY))
    assert report.cause is Cause.MISUSE
    assert [(one.name, one.role, one.customers, one.looks, one.refused) for one in report.lookers] == [
        ("sam", "support", 2, 3, 0),
        ("ida", "support", 0, 0, 1),
    ]
    one, two = (shop.identity.get(customer) for customer in ("c1", "c2"))
    assert [(number, [(lot.name, lot.items, list(lot.looks)) for lot in lots]) for number, lots in found] == [
        (one, [("orders", 2, [("sam", "service")])]),
        (two, [("email", 1, [("sam", "service")]), ("orders", 1, [("sam", "service")])]),
    ]
    assert {kind.name: (kind.customers, kind.items) for kind in report.reached.kinds} == {
        "email": (1, 1),
        "orders": (2, 3),
    }
    assert report.clocks.authority is Must.WEIGH


@pytest.mark.parametrize(
    ("asked", "customers"),
    [
        (Looked(NOW, NOW + HOUR), {"c1"}),
        (Looked(NOW, NOW + 2 * HOUR), {"c1", "c2"}),
        (Looked(NOW + HOUR, NOW + 2 * HOUR), {"c2"}),
        (Looked(NOW - DAY, NOW), set()),
        (Looked(NOW, NOW + DAY, by="ida"), {"c2"}),
        (Looked(NOW, NOW + DAY, by="sam"), {"c1"}),
        (Looked(NOW, NOW + DAY, kind="email"), {"c2"}),
    ],
)
def test_only_the_looks_that_are_asked_about_count(shop: App, asked: Looked, customers: set[str]) -> None:
    look(shop, "sam", "c1")
    look(shop, "ida", "c2", data="orders email", later=1)
    report, found = whom(shop, asked)
    assert {number for number, _ in found} == {shop.identity.get(customer) for customer in customers}
    assert report.reached.customers == len(customers)


def test_a_lost_note_and_somebody_erased_since_are_told(shop: App) -> None:
    for later in range(3):
        look(shop, "sam", "c1", later=later)
    look(shop, "sam", "c2")
    with shop._databases[0].writing() as connection:
        connection.execute(text("DELETE FROM ledger_entries WHERE customer = 1 AND number = 2"))
    report, _ = whom(shop, Looked(NOW, NOW + DAY))
    assert (report.lost, report.reached.customers) == (1, 2)
    shop.erasure.erase(shop.identity.get("c2"), now=NOW + HOUR)
    report, _ = whom(shop, Looked(NOW, NOW + DAY))
    assert (report.gone.customers, report.reached.customers) == (1, 1)


def test_who_has_the_name_and_never_looked_is_an_answer(shop: App) -> None:
    report, found = whom(shop, Looked(NOW, NOW + DAY, by="ida"))
    assert (report.reached.customers, found, report.lookers) == (0, [], ())
    assert report.clocks.authority is Must.NO
    with pytest.raises(NotFoundError):
        whom(shop, Looked(NOW, NOW + DAY, by="who"))


def test_nothing_is_changed_by_asking(shop: App, tmp_path: Path) -> None:
    shop.backups.make({"main": folder_place(tmp_path), "keys": folder_place(tmp_path)}, now=NOW)

    def everything() -> list[tuple[object, ...]]:
        found: list[tuple[object, ...]] = []
        for database, tables in zip(
            shop._databases,
            (("items", "customers", "ledger_entries", "outbox"), ("customer_keys", "epochs")),
            strict=True,
        ):
            with database.reading() as connection:
                for name in tables:
                    found += [tuple(row) for row in connection.execute(select(text("*")).select_from(table(name)))]
        return found

    before = everything()
    for asked in (Stolen(epoch=1), Stolen(kind="orders"), Stolen(backups=(str(tmp_path),))):
        shop.breach.stolen(asked, now=NOW)
    shop.breach.looked(Looked(NOW - DAY, NOW), now=NOW)
    assert everything() == before
