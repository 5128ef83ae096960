"""`troth import`: bring a file of orders in. Shows how it reads the file before it takes anything."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from troth.cli.opening import opened
from troth.cli.terminal import terminal
from troth.errors import InputError

if TYPE_CHECKING:
    from troth.ingest.files import Plan
    from troth.ingest.summary import Summary
    from troth.ingest.times import DateOrder

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_TENTHS = 10


def import_(
    file: Annotated[Path, typer.Argument(help="CSV, TSV (each also .gz) or Parquet.", show_default=False)],
    *,
    kind: Annotated[str, typer.Option("--as", help="What the file holds: orders.", show_default=False)],
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help="Which column says what, e.g. customer=CustomerID,order=InvoiceNo. May be repeated."
        ),
    ] = None,
    product_pattern: Annotated[
        str | None,
        typer.Option(help="What product codes begin with (a regular expression); all other codes are fees."),
    ] = None,
    currency: Annotated[str | None, typer.Option(help="The currency where no column says it, e.g. GBP.")] = None,
    dates: Annotated[str | None, typer.Option(help="day-first or month-first, for dates like 1/2/2010.")] = None,
    rejects: Annotated[Path | None, typer.Option(help="Where to list the lines that did not come in.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and count everything; write nothing.")] = False,
) -> None:
    """Take orders from a file into the vault. Importing the same file again changes nothing."""
    from troth.actors import of_job
    from troth.clock import SystemClock
    from troth.ingest.columns import parse_map
    from troth.ingest.files import plan_import, rehearse_import, run_import
    from troth.ingest.rejects import rejects_path
    from troth.promise.read import read_promise
    from troth.settings import from_environment

    if kind != "orders":
        raise InputError("import_kind", f"“{kind[:40]}” can't be imported.", "Use: --as orders")
    promise = read_promise(from_environment().promise)
    plan = plan_import(
        file,
        promise.company.time_zone,
        given=parse_map(maps or []),
        product_pattern=product_pattern,
        currency=currency,
        date_order=_date_order(dates),
    )
    console = terminal()
    _show_plan(console, plan)
    if dry_run:
        with _progress(plan.table.lines) as report:
            summary = rehearse_import(plan, now=SystemClock().now(), progress=report)
    else:
        with opened() as app, _progress(plan.table.lines) as report:
            summary = run_import(
                plan,
                app.gate,
                shelf=app.catalogue,
                actor=of_job("import", "collect"),
                now=app.clock.now(),
                rejects=rejects or rejects_path(file),
                progress=report,
            )
    _show_summary(console, summary)


def _date_order(word: str | None) -> "DateOrder | None":
    from troth.ingest.times import DateOrder

    try:
        return None if word is None else DateOrder(word)
    except ValueError:
        raise InputError(
            "dates_unknown", "That is no order of day and month.", "Use: --dates day-first or --dates month-first"
        ) from None


def _show_plan(console: Console, plan: "Plan") -> None:
    from troth.ingest.layouts import Role

    table, columns = plan.table, plan.columns
    facts = [table.form, table.encoding, _DELIMITERS.get(table.delimiter, "")]
    console.print(f"[b]{escape(plan.path.name)}[/b]: {', '.join(fact for fact in facts if fact)}", soft_wrap=True)
    console.print(f"Read as [b]{columns.layout.name}[/b]:")
    grid = Table.grid(padding=(0, 2))
    for role in Role:
        name = columns.name_of(role)
        if name or role is Role.CURRENCY:
            how = "set by you" if role in columns.given else ""
            grid.add_row(f"  {role}", escape(name) or columns.layout.currency or "not known", how)
    console.print(grid)
    if columns.layout.product_pattern:
        pattern = escape(columns.layout.product_pattern)
        console.print(
            f"  Product codes begin with {pattern}; other codes are fees and never suggested.", soft_wrap=True
        )
    if plan.date_order:
        console.print(f"  Dates are {plan.date_order}.")
    console.print(f"  Times without a zone are those of {plan.zone.key}.")
    if columns.unread:
        console.print(f"  Left in the file, unread: {escape(', '.join(columns.unread))}", soft_wrap=True)
    console.print()


def _show_summary(console: Console, summary: "Summary") -> None:
    rows = [(summary.read, "lines read"), (summary.taken, "fit to take in" if summary.rehearsal else "taken in")]
    if not summary.rehearsal:
        rows += [(summary.known, "known already, unchanged"), (summary.lines_refused, "refused by your promise")]
        rows += [(refusal.lines, f"  {escape(refusal.words)} ({code})") for code, refusal in summary.refused.items()]
    rows.append((summary.lines_rejected, "not usable"))
    rows += [(lines, f"  {reason.words} ({reason})") for reason, lines in summary.rejected.items()]
    width = len(f"{summary.read:,}")
    for number, words in rows:
        count = f"{number:>{width},}"
        console.print(f"{count}   {words}" if words.startswith(" ") else f"[b]{count}[/b] {words}", soft_wrap=True)
    if summary.first and summary.last:
        console.print(
            f"\nCustomers: {summary.customers:,}, from {summary.first:%Y-%m-%d} to {summary.last:%Y-%m-%d}. "
            f"Lines of returns: {summary.refunds:,}; of fees: {summary.fees:,}. Products named: {summary.titles:,}.",
            soft_wrap=True,
        )
    _show_dropped(console, summary.dropped)
    if summary.rejects:
        console.print(f"What did not come in, line by line: {escape(str(summary.rejects))}", soft_wrap=True)
        console.print("It holds customers' lines. Delete it when you are done.")
    if summary.rehearsal:
        console.print("Nothing was written. The promise decides on each line when you import.")


def _show_dropped(console: Console, dropped: Mapping[str, int]) -> None:
    if dropped:
        named = ", ".join(f"{name} ({count:,})" for name, count in dropped.items())
        console.print(f"Dropped at the door, because your promise does not name it: {escape(named)}", soft_wrap=True)


@contextmanager
def _progress(lines: int) -> Iterator[Callable[[int], None]]:
    """Show how far it is: a bar on a terminal, a line for each tenth elsewhere. On stderr, apart from the result."""
    console = terminal(stderr=True)
    if not console.is_terminal:
        yield _each_tenth(lines)
        return
    columns = (TextColumn("Taking in"), BarColumn(), MofNCompleteColumn(), TextColumn("lines"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=lines)
        yield lambda done: bar.update(task, completed=min(done, lines))


def _each_tenth(lines: int) -> Callable[[int], None]:
    said = 0

    def report(done: int) -> None:
        nonlocal said
        tenth = done * _TENTHS // max(lines, 1)
        if tenth > said:
            said = tenth
            sys.stderr.write(f"{done:,} of about {lines:,} lines{os.linesep}")

    return report
