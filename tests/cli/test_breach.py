"""`troth breach` as a person types it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backup.restores import folder_place
from installations import GARDEN, IMPORT, install, order, url
from troth.app import App
from troth.cli.main import commands
from troth.clock import SystemClock
from troth.errors import InputError, NotAllowedError, NotFoundError
from troth.gate.use import Use

WHO = ("--as", "sam", "--why", "incident 12")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    for name, value in {
        "TROTH_HOME": str(folder),
        "TROTH_PROMISE": str(GARDEN),
        "TROTH_DATABASE": url(folder, "main"),
        "TROTH_KEYS_DATABASE": url(folder, "keys"),
        "COLUMNS": "160",
    }.items():
        monkeypatch.setenv(name, value)
    return folder


@pytest.fixture
def shop(home: Path) -> Iterator[App]:
    now = SystemClock().now()
    app = install(home, now=now)
    app.staff.add("sam", "support", trained_until=(now + timedelta(days=30)).date(), by="Isa", now=now)
    app.staff.add("old", "support", by="Isa", now=now)
    app.staff.leave("old", by="Isa", now=now)
    ids = [f"customer-{number}" for number in range(4)]
    app.gate.collect(IMPORT, [order(one, "p1", at=now - timedelta(days=3)) for one in ids], now)
    yield app
    app.close()


def run(*arguments: str) -> str:
    result = CliRunner().invoke(commands, ["breach", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_stolen_key_is_told_in_words_without_a_single_id(shop: App, tmp_path: Path) -> None:
    file = tmp_path / "whom.csv"
    noticed = f"{shop.clock.now():%Y-%m-%dT%H:%M}+00:00"
    said = run("--key-epoch", "1", "--noticed-at", noticed, "--list", str(file), *WHO)
    assert "Data of 4 customers can be read with this." in said
    assert "Intrusion" in said
    assert "Things you bought (little sensitive, 2 of 5): 4 ids, 4 items" in said
    assert f"by {shop.clock.now() + timedelta(days=3):%Y-%m-%d %H:%M} GMT (GDPR Art. 33)" in said
    assert "customer-" not in said
    lines = file.read_text().splitlines()
    assert sorted(line.split(",")[0] for line in lines if ",orders," in line) == [
        f"customer-{one}" for one in range(4)
    ]


def test_a_stolen_copy_and_its_shredded_rows_are_told(shop: App, tmp_path: Path) -> None:
    place = tmp_path / "copies"
    shop.backups.make({"main": folder_place(place)}, now=shop.clock.now())
    shop.erasure.erase(shop.identity.get("customer-0"), now=shop.clock.now())
    said = run("--backup", str(place), *WHO)
    assert "by somebody who also has today’s keys and master key" in said
    assert "Already shredded: 1 items of 1 customer" in said
    assert "Copies of the key database made before now" in said
    assert "Left already: 1 of them" in said
    with pytest.raises(InputError, match="may not lie"):
        run("--backup", str(place), "--list", str(place / "whom.csv"), *WHO)
    with pytest.raises(InputError, match="may not lie"):
        run("--key-epoch", "1", "--list", str(shop.settings.home / "data" / "whom.csv"), *WHO)


def test_looks_are_told_as_misuse_and_machines_get_json(shop: App) -> None:
    now = shop.clock.now()
    use = Use(shop.staff.actor("sam"), "service", frozenset({"orders"}), reason="case 12")
    shop.gate.read(use, shop.identity.get("customer-1"), now=now)
    day = f"{now - timedelta(days=1):%Y-%m-%d}"
    said = run("--since", day, "--by", "sam", *WHO)
    assert "Misuse, if it was any" in said
    assert "sam (support): 1 times, 1 customer, for service" in said
    found = json.loads(run("--since", day, "--json", *WHO))
    assert (found["cause"], found["reached"]["customers"]) == ("misuse", 1)
    assert "customer-" not in json.dumps(found)


@pytest.mark.parametrize(
    ("typed", "error", "says"),
    [
        ((), InputError, "What happened"),
        (("--key-epoch", "1", "--since", "2026-01-01"), InputError, "two questions"),
        (("--by", "sam", "--kind", "orders"), InputError, "Since when"),
        (("--backup", "x", "--until", "2026-01-01"), InputError, "of one moment"),
        (("--key-epoch", "7"), InputError, "no such epoch"),
        (("--kind", "shoes"), InputError, "Nothing of this kind"),
        (("--since", "soon"), InputError, "--since is not a day"),
        (("--since", "2026-01-02", "--until", "2026-01-01"), InputError, "empty"),
        (("--key-epoch", "1", "--noticed-at", "2099-01-01"), InputError, "not come yet"),
        (("--since", "2026-01-01", "--by", "sum"), NotFoundError, "has or had this name"),
        (("--backup", "nowhere"), NotFoundError, "no finished backup"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_what_can_not_be_asked_is_told(
    typed: tuple[str, ...], error: type[Exception], says: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=says):
        run(*typed, *WHO)


@pytest.mark.usefixtures("shop")
def test_only_somebody_who_works_here_asks_and_says_why() -> None:
    with pytest.raises(NotFoundError):
        run("--kind", "orders", "--as", "eve", "--why", "incident 12")
    with pytest.raises(NotAllowedError):
        run("--kind", "orders", "--as", "old", "--why", "incident 12")
    for why in ("", "  ", "two\nlines", "x" * 201):
        with pytest.raises(InputError, match="one line"):
            run("--kind", "orders", "--as", "sam", "--why", why)
