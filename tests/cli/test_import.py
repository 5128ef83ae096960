"""`troth import` as a person uses it."""

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from ingest.shops import DIRTY, HEADER, everything, keep_long, shop
from troth.cli.import_ import import_
from troth.errors import InputError, TrothError

commands = typer.Typer(pretty_exceptions_enable=False)
commands.command()(import_)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("TROTH_HOME", str(folder))
    monkeypatch.setenv("TROTH_PROMISE", str(keep_long(folder)))
    return folder


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(DIRTY, encoding="utf-8")
    return path


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(commands, [str(one) for one in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: str | Path) -> TrothError:
    with pytest.raises(TrothError) as caught:
        CliRunner().invoke(commands, [str(one) for one in arguments], catch_exceptions=False)
    return caught.value


def test_the_mapping_is_shown_before_the_counts(orders: Path) -> None:
    told = run(orders, "--as", "orders")
    assert told.startswith("orders.csv: CSV, UTF-8, commas\nRead as UCI Online Retail:\n")
    assert re.search(r"customer +CustomerID", told)
    assert re.search(r"currency +GBP", told)
    assert "Left in the file, unread: Country" in told
    assert told.index("CustomerID") < told.index("16 lines read")


def test_the_summary_adds_up_and_names_each_reason(orders: Path) -> None:
    told = run(orders, "--as", "orders")
    count, _read, after = told.partition(" lines read")
    assert count.endswith("\n16")
    assert " 9 taken in\n 0 known already, unchanged\n 0 refused by your promise\n 7 not usable\n" in after
    assert "1     The line has more or fewer cells than the header. (ragged)" in after
    assert "Customers: 3, from 2010-12-01 to 2010-12-03. Lines of returns: 2; of fees: 1. Products named: 4." in after
    assert f"{orders}.rejected.csv" in after


def test_importing_again_says_that_nothing_is_new(orders: Path) -> None:
    run(orders, "--as", "orders")
    assert " 0 taken in\n 9 known already, unchanged\n" in run(orders, "--as", "orders")


def test_no_message_carries_a_customers_data(orders: Path) -> None:
    told = run(orders, "--as", "orders")
    for value in ("17850", "536365", "12583", "11062"):
        assert value not in told


def test_a_dry_run_makes_no_installation_and_no_file(orders: Path, home: Path) -> None:
    told = run(orders, "--as", "orders", "--dry-run")
    assert " 9 fit to take in\n" in told
    assert "Nothing was written." in told
    assert [path.name for path in home.iterdir()] == ["promise.yaml"]
    assert sorted(path.name for path in orders.parent.iterdir()) == ["home", "orders.csv"]


def test_columns_pattern_currency_and_rejects_can_be_set(orders: Path, tmp_path: Path, home: Path) -> None:
    rejects = tmp_path / "not taken.csv"
    told = run(
        orders, "--as", "orders", "--map", "customer=Country,title=", "--product-pattern", "7", "--currency", "eur",
        "--rejects", rejects,
    )  # fmt: skip
    assert re.search(r"customer +Country +set by you", told)
    assert re.search(r"currency +EUR", told)
    assert "Product codes begin with 7" in told
    assert not re.search(r"title +", told)
    assert rejects.exists()
    with shop(home) as app:
        assert set(everything(app)) == {"United Kingdom", "France"}
        assert {one.product_id for one in app.catalogue.all().values() if one.is_fee} == {"85123A", "POST", "22728"}


def test_dates_that_can_be_read_in_two_ways_must_be_told(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(f"{HEADER}\n1,85123A,T,1,1/2/2010 8:26,2.5,17850,X\n", encoding="utf-8")
    assert refused(path, "--as", "orders").code == "dates_unclear"
    told = run(path, "--as", "orders", "--dates", "month-first")
    assert "Dates are month-first." in told
    assert "from 2010-01-02 to 2010-01-02" in told


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--as", "customers"], "import_kind"),
        (["--as", "orders", "--dates", "sideways"], "dates_unknown"),
        (["--as", "orders", "--map", "customer"], "map_unreadable"),
        (["--as", "orders", "--map", "customer=Nobody"], "column_unknown"),
        (["--as", "orders", "--currency", "pounds"], "currency_unreadable"),
        (["--as", "orders", "--product-pattern", "["], "pattern_unreadable"),
        (["--as", "orders", "--rejects", "/nowhere/at/all.csv"], "rejects_unwritable"),
    ],
)
def test_what_can_not_be_meant_is_told_and_takes_nothing_in(
    orders: Path, home: Path, arguments: list[str], code: str
) -> None:
    error = refused(orders, *arguments)
    assert isinstance(error, InputError)
    assert (error.exit_code, error.code) == (2, code)
    with shop(home) as app:
        assert everything(app) == {}


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 900, b"\x1f\x8b\x08", b"PAR1 and no more"])
def test_a_file_that_is_no_table_makes_no_installation(tmp_path: Path, home: Path, content: bytes) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    assert refused(path, "--as", "orders").exit_code == 2
    assert [one.name for one in home.iterdir()] == ["promise.yaml"]


def test_what_it_holds_must_be_said(orders: Path) -> None:
    result = CliRunner().invoke(commands, [str(orders)])
    assert result.exit_code == 2
    assert "--as" in result.output
