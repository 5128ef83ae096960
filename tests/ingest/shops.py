"""Real installations and small files of orders for the tests of this folder."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from troth import promise
from troth.actors import of_job
from troth.app import App, build
from troth.clock import FixedClock, SystemClock
from troth.gate.use import Item, Use
from troth.ingest.files import Plan, run_import
from troth.ingest.rejects import rejects_path
from troth.ingest.summary import Summary
from troth.settings import Settings

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"

DIRTY = f"""{HEADER}
536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850,United Kingdom
536366,71053,LANTERN METAL,1,2010-12-02 10:00:00,3.39,13047,United Kingdom
536367,71053,WHITE METAL LANTERN,1,2010-12-02 11:00:00,3.39,13047,United Kingdom
C536379,85123A,WHITE HANGING HEART,-1,2010-12-03 09:41:00,2.55,17850,United Kingdom
536380,POST,POSTAGE,1,2010-12-03 10:00:00,18.00,12583,France
536380,22728,,24,2010-12-03 10:00:00,0.0,12583,France
536381,22728,ALARM CLOCK,1,2010-12-03 10:10:00,3.75,,United Kingdom
536382,22728,"ALARM ""CLOCK"", 5 £",-2,2010-12-03 10:20:00,3.75,12583,France
536383,22728,ALARM CLOCK,1,2010-12-03 10:30:00,-11062.06,12583,France
536384,22728,ALARM CLOCK,NaN,2010-12-03 10:30:00,3.75,12583,France
536385,22728,ALARM CLOCK,1,2010-12-03 10:30:00,1e400,12583,France
536386,22728,ALARM CLOCK,1,2010-12-03 10:30:00,3.75,12583
536387,22728,ALARM CLOCK,0,2010-12-03 10:30:00,3.75,12583,France
536388,22728,ALARM CLOCK,1,2110-12-03 10:30:00,3.75,12583,France
"""
"""Every kind of dirt of UCI Online Retail, and a few more; save it in Latin-1."""


def keep_long(folder: Path, *, years: int = 60) -> Path:
    """Write the example's promise with orders kept for `years`: the lines of the tests are from 2010."""
    example = Path(promise.__file__).with_name("example.yaml").read_text(encoding="utf-8")
    path = folder / "promise.yaml"
    kept = example.replace("keep: 6 years", f"keep: {years} years").replace("lasts: 2 years", f"lasts: {years} years")
    path.write_text(kept, encoding="utf-8")
    return path


@contextmanager
def shop(folder: Path, *, years: int = 60) -> Iterator[App]:
    """Open a real installation in `folder`."""
    folder.mkdir(exist_ok=True)
    with build_with(folder, keep_long(folder, years=years)) as app:
        yield app


@contextmanager
def build_with(folder: Path, promise_file: Path) -> Iterator[App]:
    """Open a real installation in `folder` under the promise in `promise_file`."""
    app = build(Settings(home=folder, promise=promise_file), clock=FixedClock(NOW))
    try:
        yield app
    finally:
        app.close()


def take(app: App, plan: Plan, *, rejects: Path | None = None) -> Summary:
    """Import as the command does."""
    return run_import(
        plan,
        app.gate,
        shelf=app.catalogue,
        actor=of_job("import", "collect"),
        now=NOW,
        rejects=rejects or rejects_path(plan.path),
    )


def kept(app: App, customer: str) -> Sequence[Item]:
    """Return the orders that the gate lets a job read to send what was ordered."""
    number = app.identity.get(customer)
    use = Use(of_job("parcels", "service"), "service", frozenset({"orders"}))
    return app.gate.read(use, number, now=NOW).items["orders"]


def everything(app: App) -> dict[str, list[str]]:
    """Return customer → what is kept of them, in words that can be compared between installations."""
    use = Use(of_job("parcels", "service"), "service", frozenset({"orders"}))
    found: dict[str, list[str]] = {}
    for number, items in app.gate.read_many(use, now=max(NOW, SystemClock().now())):
        customer = app.identity.outside_id(number)
        assert customer is not None
        lines = (f"{item.at} {item.event} {sorted(item.values.items())}" for item in items["orders"])
        found[customer] = sorted(lines)
    return found


def many_lines(count: int, *, seed: int = 1) -> str:
    """Return a CSV of `count` lines, some of them identical, some of guests."""
    draw = random.Random(seed)  # noqa: S311 - test data
    lines = [HEADER]
    for number in range(count):
        invoice = 500_000 + number // 5
        customer = "" if draw.random() < 0.1 else 10_000 + invoice % 97
        product = 20_000 + draw.randrange(3)
        day = 1 + number * 28 // count
        lines.append(
            f"{invoice},{product},THING {product},{draw.randrange(1, 3)},2011-01-{day:02} 10:00,2.5,{customer},X"
        )
    return "\n".join(lines) + "\n"
