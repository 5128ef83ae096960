import csv
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingest import shops
from ingest.shops import DIRTY, LONDON, NOW, everything, kept, many_lines, shop, take
from troth.actors import of_job
from troth.catalogue.model import Product
from troth.errors import InputError, NotAllowedError
from troth.ingest import files
from troth.ingest.files import Plan, plan_import, rehearse_import, run_import
from troth.ingest.layouts import Role
from troth.ingest.reasons import Reason
from troth.ingest.rejects import rejects_path
from troth.ingest.times import DateOrder


def plan_of(folder: Path, content: str, *, name: str = "orders.csv", encoding: str = "utf-8") -> Plan:
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return plan_import(path, LONDON)


def test_every_kind_of_dirt_is_taken_or_named(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, DIRTY, encoding="latin-1")
    with shop(tmp_path / "home") as app:
        summary = take(app, plan)
        assert plan.table.encoding == "Windows-1252"
        assert (summary.read, summary.taken, summary.known, summary.lines_refused) == (16, 9, 0, 0)
        assert summary.rejected == {
            Reason.NO_CUSTOMER: 1,
            Reason.NEGATIVE_PRICE: 1,
            Reason.BAD_QUANTITY: 1,
            Reason.BAD_PRICE: 1,
            Reason.RAGGED: 1,
            Reason.ZERO_QUANTITY: 1,
            Reason.FUTURE_TIME: 1,
        }
        assert (summary.customers, summary.refunds, summary.fees) == (3, 2, 1)
        assert (f"{summary.first:%Y-%m-%d %H:%M}", f"{summary.last:%Y-%m-%d %H:%M}") == (
            "2010-12-01 08:26",
            "2010-12-03 10:20",
        )
        assert len(kept(app, "17850")) == 4


def test_the_rejected_lines_are_listed_with_their_numbers(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, DIRTY)
    with shop(tmp_path / "home") as app:
        summary = take(app, plan)
    assert summary.rejects == tmp_path / "orders.csv.rejected.csv"
    with summary.rejects.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    source = DIRTY.splitlines()
    assert [int(row["line"]) for row in rows] == [10, 12, 13, 14, 15, 16, 17]
    for row in rows:
        assert source[int(row["line"]) - 1].startswith(f"{row['InvoiceNo']},{row['StockCode']}")


def test_the_list_of_rejected_lines_can_be_mended_and_imported(tmp_path: Path) -> None:
    with shop(tmp_path / "home") as app:
        first = take(app, plan_of(tmp_path, DIRTY))
        assert first.rejects is not None
        mended = first.rejects.read_text(encoding="utf-8").replace("1e400", "3.75")
        second = take(app, plan_of(tmp_path, mended, name="mended.csv"))
        assert (second.taken, second.known, second.lines_rejected) == (1, 0, first.lines_rejected - 1)


def test_what_is_read_back_is_what_stood_in_the_line(tmp_path: Path) -> None:
    with shop(tmp_path / "home") as app:
        take(app, plan_of(tmp_path, DIRTY))
        returned = [item for item in kept(app, "12583") if item.event == "Order Refunded"]
    assert [(f"{item.at:%Y-%m-%d %H:%M}", dict(item.values)) for item in returned] == [
        (
            "2010-12-03 10:20",
            {
                "order_id": "536382",
                "products.product_id": "22728",
                "products.quantity": 2,
                "products.price": "3.75",
                "currency": "GBP",
            },
        )
    ]


def test_products_get_their_most_frequent_title_and_fees_are_marked(tmp_path: Path) -> None:
    with shop(tmp_path / "home") as app:
        assert take(app, plan_of(tmp_path, DIRTY)).titles == 4
        assert dict(app.catalogue.all()) == {
            "22728": Product("22728", 'ALARM "CLOCK", 5 £'),
            "71053": Product("71053", "WHITE METAL LANTERN"),
            "85123A": Product("85123A", "WHITE HANGING HEART"),
            "POST": Product("POST", "POSTAGE", is_fee=True),
        }


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, DIRTY)
    with shop(tmp_path / "home") as app:
        first = take(app, plan)
        before, listed = everything(app), first.rejects and first.rejects.read_bytes()
        second = take(app, plan)
        assert (second.taken, second.known, second.rejected) == (0, first.taken, first.rejected)
        assert everything(app) == before
        assert second.rejects is not None
        assert second.rejects.read_bytes() == listed


def test_a_longer_export_of_the_same_orders_adds_only_what_is_new(tmp_path: Path) -> None:
    whole = many_lines(400)
    part = "\n".join(whole.splitlines()[:200])
    with shop(tmp_path / "home") as app:
        first = take(app, plan_of(tmp_path, part, name="part.csv"))
        second = take(app, plan_of(tmp_path, whole, name="whole.csv"))
        assert second.known == first.taken
        together = everything(app)
    with shop(tmp_path / "other") as app:
        assert take(app, plan_of(tmp_path, whole, name="whole.csv")).taken == first.taken + second.taken
        assert everything(app) == together


def test_the_same_orders_in_another_format_are_the_same_orders(tmp_path: Path) -> None:
    semicolons = "\n".join(line.replace(",", ";") for line in many_lines(200).splitlines())
    with shop(tmp_path / "home") as app:
        first = take(app, plan_of(tmp_path, many_lines(200)))
        second = take(app, plan_of(tmp_path, semicolons, name="other.csv"))
    assert (second.taken, second.known) == (0, first.taken)


def test_batches_of_any_size_end_in_the_same_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    states = []
    for size in (1, 7, 10_000):
        monkeypatch.setattr(files, "BATCH", size)
        with shop(tmp_path / f"home{size}") as app:
            summary = take(app, plan_of(tmp_path, many_lines(120)))
            states.append((summary, everything(app)))
    assert states[0] == states[1] == states[2]


KILLED = """
import os, signal, sys
from pathlib import Path
from ingest.shops import LONDON, shop
from ingest import shops
from troth.ingest import files

files.BATCH, files._STEP = 50, 10
home, source, last = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
shops.run_import = lambda *given, **named: files.run_import(
    *given, **named, progress=lambda done: done >= last and os.kill(os.getpid(), signal.SIGKILL)
)
with shop(home) as app:
    shops.take(app, files.plan_import(source, LONDON))
"""


@pytest.mark.parametrize("last", [10, 120, 490], ids=["before the first batch", "amid batches", "at the end"])
def test_a_killed_import_that_is_run_again_ends_in_the_same_state(tmp_path: Path, last: int) -> None:
    plan = plan_of(tmp_path, many_lines(500))
    with shop(tmp_path / "whole") as app:
        whole = take(app, plan)
        state, titles = everything(app), dict(app.catalogue.all())
    assert whole.rejects is not None
    listed = whole.rejects.read_bytes()
    whole.rejects.unlink()

    home = tmp_path / "killed"
    tests = str(Path(shops.__file__).parents[1])
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(home), str(plan.path), str(last)],
        check=False,
        env={**os.environ, "PYTHONPATH": tests},
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert not rejects_path(plan.path).exists()
    with shop(home) as app:
        half = sum(len(items) for items in everything(app).values())
        assert half < whole.taken
        summary = take(app, plan)
        assert (summary.known, summary.taken) == (half, whole.taken - half)
        assert everything(app) == state
        assert dict(app.catalogue.all()) == titles
    assert rejects_path(plan.path).read_bytes() == listed
    assert list(tmp_path.glob("*.part")) == []


def test_what_the_promise_refuses_is_counted_in_its_words_and_not_copied(tmp_path: Path) -> None:
    with shop(tmp_path / "home", years=6) as app:
        summary = take(app, plan_of(tmp_path, DIRTY))
        assert (summary.taken, summary.lines_refused) == (0, 9)
        assert all(refusal.words for refusal in summary.refused.values())
        assert summary.rejects is not None
        with summary.rejects.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        refused = [row for row in rows if row[1] in summary.refused]
        assert len(refused) == 9
        assert all(len(row) == 3 for row in refused)
        assert everything(app) == {}


def test_a_property_that_the_promise_does_not_name_is_dropped_and_counted(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with shop(home) as app:
        assert take(app, plan_of(tmp_path, DIRTY)).dropped == {}
    fewer = shops.keep_long(tmp_path)
    fewer.write_text(fewer.read_text(encoding="utf-8").replace(", currency]", "]"), encoding="utf-8")
    with shops.build_with(tmp_path / "fewer", fewer) as app:
        summary = take(app, plan_of(tmp_path, DIRTY))
        assert summary.dropped == {"currency": 9}
        assert all("currency" not in item.values for item in kept(app, "17850"))


def test_a_file_in_which_nothing_is_wrong_leaves_no_rejects_file(tmp_path: Path) -> None:
    with shop(tmp_path / "home") as app:
        summary = take(app, plan_of(tmp_path, "\n".join(DIRTY.splitlines()[:8])))
    assert summary.rejects is None
    assert not rejects_path(tmp_path / "orders.csv").exists()


def test_who_may_not_bring_data_in_changes_nothing(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, DIRTY)
    with shop(tmp_path / "home") as app:
        with pytest.raises(NotAllowedError):
            run_import(
                plan,
                app.gate,
                shelf=app.catalogue,
                actor=of_job("parcels", "service"),
                now=NOW,
                rejects=rejects_path(plan.path),
            )
        assert everything(app) == {}
        assert dict(app.catalogue.all()) == {}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "orders.csv"]


def test_a_rehearsal_counts_as_the_import_will_and_writes_nothing(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, DIRTY)
    summary = rehearse_import(plan, now=NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]
    with shop(tmp_path / "home") as app:
        taken = take(app, plan)
    assert (summary.read, summary.taken, summary.rejected, summary.titles) == (
        taken.read,
        taken.taken,
        taken.rejected,
        taken.titles,
    )


def test_progress_grows_to_the_number_of_lines(tmp_path: Path) -> None:
    told: list[int] = []
    rehearse_import(plan_of(tmp_path, many_lines(12_000)), now=NOW, progress=told.append)
    assert told == [5_000, 10_000, 12_000]


@pytest.mark.parametrize(
    ("written", "order", "seen"),
    [
        ("13/12/2010 8:26", None, DateOrder.DAY_FIRST),
        ("12/13/2010 8:26", None, DateOrder.MONTH_FIRST),
        ("1/2/2010 8:26", DateOrder.MONTH_FIRST, DateOrder.MONTH_FIRST),
        ("2010-12-01 08:26", None, None),
    ],
)
def test_the_order_of_dates_is_found_or_told(
    tmp_path: Path, written: str, order: DateOrder | None, seen: DateOrder | None
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(f"{shops.HEADER}\n1,85123A,T,1,{written},2.5,17850,X\n", encoding="utf-8")
    plan = plan_import(path, LONDON, date_order=order)
    assert plan.date_order is seen
    assert rehearse_import(plan, now=NOW).taken == 1


def test_dates_that_can_be_read_in_two_ways_are_asked_for_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        plan_of(tmp_path, f"{shops.HEADER}\n1,85123A,T,1,1/2/2010 8:26,2.5,17850,X\n")
    assert caught.value.code == "dates_unclear"


def test_a_column_that_is_set_by_hand_is_the_one_that_is_read(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(f"{shops.HEADER},Member\n1,85123A,T,1,2010-12-01,2.5,17850,X,m7\n", encoding="utf-8")
    with shop(tmp_path / "home") as app:
        take(app, plan_import(path, LONDON, given={Role.CUSTOMER: "Member"}))
        assert list(everything(app)) == ["m7"]
