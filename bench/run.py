"""Run the benchmarks, print a table, and write `bench/results.json`.

Every other file here is one table: it has ``measure(scale) -> list[dict]`` with name, value, unit, best_peer,
best_peer_name, ratio and command. Figures of a benchmark that was not run stay as they were.
"""

import argparse
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"


def main() -> None:
    """Measure what was asked for."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", default="", help="the name of one file here, without .py")
    arguments.add_argument("--scale", choices=("small", "full"), default="small")
    asked = arguments.parse_args()
    tables = sorted(
        path for path in HERE.glob("*.py") if path.name not in {"run.py", "places.py", "gdpr_acts.py", "crowd.py"}
    )
    names = [path.stem for path in tables]
    if asked.only and asked.only not in names:
        sys.exit(f"There is no benchmark called {asked.only}. There are: {', '.join(names)}.")
    sys.path.insert(0, str(HERE))
    results: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    table = Table("what", "value", "best peer", "ratio", "unit")
    for path in tables:
        if asked.only in {"", path.stem}:
            for row in _load(path).measure(asked.scale):
                results[row["name"]] = {key: value for key, value in row.items() if key != "name"}
                peer = "" if row["best_peer"] is None else f"{row['best_peer']:.4g} ({row['best_peer_name']})"
                ratio = "" if row["ratio"] is None else f"{row['ratio']:.3g}"
                table.add_row(row["name"], f"{row['value']:.4g}", peer, ratio, row["unit"])
    RESULTS.write_text(json.dumps(results, indent=2, sort_keys=True) + "\n")
    Console().print(table)


def _load(path: Path) -> Any:  # noqa: ANN401 - a module, by name
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
