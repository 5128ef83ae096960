"""How long `troth import` takes for 541,909 lines of real orders: read, checked, decided, sealed, durable.

No free peer does the same work. Beside it stands the floor: the same file into a bare SQLite table with Python's own
`sqlite3`; nothing checked, nothing sealed, no one asked, and a second import would double it.
"""

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import troth.promise

FILE = Path(__file__).parents[2] / "shared" / "data" / "online_retail_uci" / "transactions.parquet"
COMMAND = "make bench ONLY=import_online_retail"
_FLOOR = "bare sqlite3, nothing sealed"


def measure(scale: str) -> list[dict[str, Any]]:
    """Return the wall time of the whole command; an empty list, said by name, when the data set is missing.

    Args:
        scale: ``small`` imports once, ``full`` three times and takes the median.
    """
    if not FILE.exists():
        print(f"import_online_retail: left out, the data set is missing: {FILE}")
        return []
    runs = 3 if scale == "full" else 1
    ours = statistics.median(_timed(_troth) for _ in range(runs))
    floor = statistics.median(_timed(_bare_sqlite) for _ in range(runs))
    print(f"troth import {ours:.1f} s; {_FLOOR} {floor:.1f} s")
    return [
        {
            "name": "import.online_retail.wall_s",
            "value": round(ours, 2),
            "unit": "s wall",
            "best_peer": round(floor, 2),
            "best_peer_name": _FLOOR,
            "ratio": round(ours / floor, 2),
            "command": COMMAND,
        }
    ]


def _timed(work: Callable[[Path], None]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        work(Path(folder))
        return time.perf_counter() - start


def _troth(folder: Path) -> None:
    """Import as a user does. The lines are from 2010, so the promise must keep orders longer than the example's."""
    example = Path(troth.promise.__file__).with_name("example.yaml").read_text(encoding="utf-8")
    long = example.replace("keep: 6 years", "keep: 60 years").replace("lasts: 2 years", "lasts: 60 years")
    (folder / "promise.yaml").write_text(long, encoding="utf-8")
    command = Path(sys.executable).with_name("troth")
    done = subprocess.run(
        [command, "import", FILE, "--as", "orders", "--rejects", folder / "rejected.csv"],
        cwd=folder,
        env={**os.environ, "TROTH_HOME": str(folder / "home"), "TROTH_PROMISE": str(folder / "promise.yaml")},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode or "406,829 taken in" not in done.stdout:
        raise SystemExit(f"the import failed:\n{done.stdout}{done.stderr}")


def _bare_sqlite(folder: Path) -> None:
    from pyarrow import parquet

    table = sqlite3.connect(folder / "bare.db")
    table.execute("PRAGMA journal_mode = WAL")
    table.execute("CREATE TABLE line (invoice, product, title, quantity, at, price, customer, country)")
    with parquet.ParquetFile(FILE) as file:
        for batch in file.iter_batches(10_000):
            rows = (tuple(map(str, row.values())) for row in batch.to_pylist())
            table.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            table.commit()
    table.close()


if __name__ == "__main__":
    measure("small")
