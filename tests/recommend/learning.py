"""Changes a shop and refreshes its model until it is killed; started by test_learn in a process of its own."""

import sys
from itertools import count
from pathlib import Path

from installations import IMPORT, NOW, ORDERS, install, order, say
from recommend.shops import engine_of, product

if __name__ == "__main__":
    app = install(Path(sys.argv[1]))
    suggestions = engine_of(app)
    suggestions.refresh(now=NOW)
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    for step in count():
        name = f"c{step * 5 % 24:02d}"
        say(app, name, ORDERS, "no" if step % 3 else "yes")
        app.gate.collect(IMPORT, [order(name, product(step % 12), order_id=f"k{step}")], NOW)
        suggestions.refresh(now=NOW)
