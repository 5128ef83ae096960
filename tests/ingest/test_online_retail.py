"""The real file: 541,909 invoice lines of a shop, with the counts that its description tells."""

import time
from pathlib import Path

import pytest

from ingest.shops import LONDON, NOW, everything, shop, take
from troth.ingest.files import plan_import, rehearse_import
from troth.ingest.reasons import Reason

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "online_retail_uci"

pytestmark = [pytest.mark.shared, pytest.mark.slow]


def file(name: str) -> Path:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"the data set is missing: {path}")
    return path


def test_the_first_50_000_lines_come_in_and_a_second_time_change_nothing(tmp_path: Path) -> None:
    plan = plan_import(file("online_retail_first_50000.csv.gz"), LONDON)
    assert (plan.table.form, plan.table.encoding, plan.columns.layout.name) == (
        "CSV (gzip)",
        "UTF-8",
        "UCI Online Retail",
    )
    rejects = tmp_path / "rejected.csv"
    with shop(tmp_path / "home") as app:
        summary = take(app, plan, rejects=rejects)
        assert (summary.read, summary.taken) == (50_000, 32_119)
        assert summary.rejected == {Reason.NO_CUSTOMER: 17_881}
        assert summary.customers == 1_039
        state = everything(app)
        assert len(state) == 1_039
        assert sum(len(items) for items in state.values()) == 32_119
        again = take(app, plan, rejects=rejects)
        assert (again.taken, again.known) == (0, 32_119)
        assert everything(app) == state


def test_the_whole_file_has_the_counts_of_its_description_in_a_few_seconds() -> None:
    path = file("transactions.parquet")
    start = time.process_time()
    summary = rehearse_import(plan_import(path, LONDON), now=NOW)
    took = time.process_time() - start
    assert (summary.read, summary.customers) == (541_909, 4_372)
    assert summary.rejected == {Reason.NO_CUSTOMER: 135_080}
    assert summary.taken == 541_909 - 135_080
    assert (f"{summary.first:%Y-%m-%d %H:%M}", f"{summary.last:%Y-%m-%d %H:%M}") == (
        "2010-12-01 08:26",
        "2011-12-09 12:50",
    )
    # 5 s on the machine it was written on; far above that is a fault, not noise.
    assert took < 20
