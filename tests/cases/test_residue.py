"""After an erasure and the end of the epoch nothing of somebody is left: no word in any spelling, no key that opens.

The one who stays is found by the same search and opened by the same keys, so that these tests can fail.
"""

import logging
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from cases.residue import (
    Copied,
    columns_that_seal,
    copied,
    files_of_server,
    found_in,
    living_keys,
    opened,
    rescued_keys,
    rows_of,
)
from house.planted import CONTROL, CUSTOMER, ERASED, PLANTED, plant, readable
from house.using import EVERYTHING as EVERY_PURPOSE
from house.using import bring_in, call, site_of, visit
from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, order, promise_after, say, told, url, view
from troth.app import App, build
from troth.backup.place import FolderPlace
from troth.backup.restoring import Restore, Target
from troth.cases.merging import Id
from troth.clock import FixedClock
from troth.consent.recording import pseudonym, records_of
from troth.consent.records import write
from troth.gate.removal import Wanted
from troth.ground import key_provider
from troth.identity.model import IdKind
from troth.settings import Settings
from troth.stops.model import Kind

LATER = NOW + timedelta(days=30)
MANY = 300 if os.environ.get("TROTH_SOAK") else 12
"""Others in the same tables, so that these have more than a page."""
TAX = """  tax:
    title: Keep our books
    owner: Tom Weir
    use: essential.legal_obligation
    basis: legal_obligation
    law: UK Companies Act 2006 s388
    data: [orders]
    benefit: Receipts you can ask for.
"""


pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Left:
    """What is left after it, and where."""

    app: App
    before: Copied
    gone: tuple[int, ...]
    stays: int
    folder: Path


def _settings(folder: Path, promise: Path) -> Settings:
    home = folder / "home"
    return Settings(
        home=home,
        promise=promise,
        database=url(home, "main"),
        keys_database=url(home, "keys"),
        renew_master="yes",
    )


def _use(app: App, folder: Path) -> None:
    """Do with the planted customer whatever can be done, and let everything that can write write."""
    bring_in(app, folder / "operator", now=NOW)
    visit(site_of(app))
    call(app, app.access.create("shop", EVERY_PURPOSE, now=NOW))
    seen = [
        view(CUSTOMER, PLANTED["a product that was looked at"], at=NOW + timedelta(minutes=one)) for one in (1, 2)
    ]
    app.gate.collect(IMPORT, seen, NOW)
    browser = Id(PLANTED["the id of a browser"], IdKind.ANONYMOUS)
    app.merging.link(
        Id(CUSTOMER), browser, by=PLANTED["who linked two"], why=PLANTED["the reason of a link"], now=NOW
    )
    app.stopping.put(
        Kind.OBJECTION,
        customer=app.identity.get(CUSTOMER),
        target="newsletter",
        by=PLANTED["who put a stop"],
        why=PLANTED["the reason of a stop"],
        now=NOW,
    )
    number = app.identity.get(CUSTOMER)
    listed = app.gate.deleting.listed(number, kind="page_views")
    app.deleting.delete(Wanted(handle=listed[0].handle), number, now=NOW)
    said = [(one.choice, one.words) for one in reversed(app.consent.said_under(number))]
    records = records_of(said, app.promise, subject=pseudonym(app.secret("consent-records"), number))
    (folder / "exports").mkdir()
    (folder / "exports" / "records.jsonld").write_text(write(records))
    app.suggestions.refresh(now=NOW)


def _others(app: App) -> None:
    names = [f"other-{number}" for number in range(MANY)]
    lines = [order(who, f"p{place % 6}", order_id=who) for place, who in enumerate(names)]
    app.gate.collect(IMPORT, [*lines, *(told(who, email=f"{who}@example.com") for who in names)], NOW)
    for who in names:
        say(app, who, ORDERS, "yes")
        say(app, who, PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view(who, "p2") for who in names], NOW)
    # Who stays has one of everything too, so that a key that fails to open is seen.
    stays = app.identity.get("other-1")
    app.stopping.put(Kind.OBJECTION, customer=stays, target="newsletter", by="case 1", now=NOW)


@pytest.fixture(scope="module", params=["nothing stays by law", "orders stay by law"])
def left(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Left]:
    """Somebody did everything, a backup was made, they were erased, and the epoch has ended."""
    folder = tmp_path_factory.mktemp("residue")
    for name in ("temporary", "operator"):
        (folder / name).mkdir()
    edits = [] if "orders" in request.param else [(TAX, "")]
    promise = promise_after(folder, *edits)
    settings = _settings(folder, promise)
    log = logging.FileHandler(folder / "log.txt")
    root = logging.getLogger()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TMPDIR", "SQLITE_TMPDIR"):
            patch.setenv(name, str(folder / "temporary"))
        patch.setattr(tempfile, "tempdir", str(folder / "temporary"))
        # All that libraries say. What SQLAlchemy says when it is told to say everything is searched in tests/house.
        patch.setattr(root, "level", logging.DEBUG)
        # The client that asks for addresses is the test's own.
        for name in ("sqlalchemy", "httpx", "httpx2"):
            patch.setattr(logging.getLogger(name), "level", logging.WARNING)
        root.addHandler(log)
        root.info("the shelf: %s", CONTROL)
        app = build(settings, clock=FixedClock(NOW))
        _others(app)
        plant(app, now=NOW)
        _use(app, folder)
        place = FolderPlace(folder / "backups")
        app.backups.make({"main": place, "keys": FolderPlace(folder / "backups of keys")}, now=NOW)
        before = copied(app)
        customer, stays = app.identity.get(CUSTOMER), app.identity.get("other-1")
        browser = app.identity.get(PLANTED["the id of a browser"], IdKind.ANONYMOUS)
        app.erasure.erase(customer, now=NOW)
        app.suggestions.refresh(now=NOW)
        app.epochs.end(now=LATER)
        assert app.erasure.scrub()
        yield Left(app, before, (customer, browser), stays, folder)
        app.close()
    root.removeHandler(log)
    log.close()


def _by_law(left: Left) -> set[str]:
    return {"orders"} if "tax" in left.app.promise.purposes else set()


def test_what_is_sealed_is_all_in_the_copy_that_is_tried(left: Left) -> None:
    tried = {
        *("items.sealed", "customers.sealed_id", "ledger_entries.sealed", "contributions.sealed"),
        *("stops.sealed", "links.sealed"),
    }
    assert columns_that_seal(left.app) == tried, "a new table with something sealed: add it to cases/residue.py"
    kinds = {one.kind for one in left.before.of(left.gone)}
    rooms = {"identity", "room:ledger", "room:stops", "room:links"}
    assert kinds >= {*left.app.promise.data, *rooms}
    assert len(kinds) == len(left.app.promise.data) + len(rooms) + 1, "and a part of the model"


def test_no_file_holds_a_word_of_who_left_and_the_shelf_is_found(left: Left) -> None:
    tables, _ = files_of_server(left.app)
    here = [left.folder / name for name in ("home", "temporary", "log.txt", "exports")]
    assert found_in([*here, *tables], PLANTED) == {}
    with_control = found_in([*here, *tables], {"the control": CONTROL})
    assert str(left.folder / "log.txt") in with_control
    assert len(with_control) > 1, "the shelf stands in a database"


def test_no_row_holds_a_word_of_who_left(left: Left) -> None:
    assert readable(rows_of(left.app), PLANTED) == []
    assert readable(rows_of(left.app), {"the control": CONTROL}) != []


def test_no_backup_and_no_log_of_a_server_holds_what_was_sealed(left: Left) -> None:
    _, logs = files_of_server(left.app, since=left.folder / "operator")
    backups = [left.folder / "backups", left.folder / "backups of keys"]
    assert found_in([*backups, *logs], PLANTED) == {}
    assert found_in(backups, {"the control": CONTROL}) != {}, "so this search finds what is there"


def test_no_key_that_is_left_opens_anything_of_who_left_in_an_old_copy(left: Left) -> None:
    keys = living_keys(left.app)
    assert {kind for customer, kind in keys if customer in left.gone} == _by_law(left)
    found = opened(left.before.of(left.gone), keys.values())
    assert {kind for _, kind in found} == _by_law(left)
    theirs = left.before.of([left.stays])
    assert opened(theirs, keys.values()) == {(one.customer, one.kind) for one in theirs}
    assert len(theirs) >= 5


def test_no_key_comes_out_of_an_old_copy_of_the_key_table(left: Left) -> None:
    assert len(left.before.wrapped) > MANY
    assert rescued_keys(left.app, left.before) == {}
    assert rescued_keys(left.app, copied(left.app)).keys() == living_keys(left.app).keys(), "today's table opens"


def test_a_backup_from_before_restored_beside_the_newest_keys_brings_nothing_back(left: Left) -> None:
    settings = left.app.settings
    left.app.close()
    target = Target(settings.database_url, settings.keys_database_url, key_provider(settings))
    work = Restore(
        target, FolderPlace(left.folder / "backups"), FolderPlace(left.folder / "backups of keys"), now=LATER
    )
    for old in work.carry_out(work.plan(), replace=True):
        # What was here before stays beside until somebody deletes it. It was searched above.
        old.unlink(missing_ok=True)
    app = build(settings, clock=FixedClock(LATER))
    try:
        assert app.replayed.done
        for name in (CUSTOMER, ERASED):
            assert app.identity.find(name) is None
        assert readable(rows_of(app), PLANTED) == []
        found = opened([one for one in copied(app).sealed if one.customer in left.gone], living_keys(app).values())
        assert {kind for _, kind in found} == _by_law(left)
        assert app.identity.outside_id(left.stays) == "other-1"
        assert app.erasure.scrub()
        tables, _ = files_of_server(app)
        assert found_in([left.folder / "home", left.folder / "temporary", *tables], PLANTED) == {}
        app.suggestions.refresh(now=LATER)
        assert app.verify_model().holds
    finally:
        app.close()
