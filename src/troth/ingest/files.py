"""Importing a file of orders.

Laws:

1. Nothing is written before the file is known to be whole, its columns are known and its dates can be read.
2. Every line read is taken, known already, refused by the promise, or rejected with a reason; the summary adds up.
3. Lines reach the vault only through the door (`gate.collect`), a batch in one transaction. Killed half-way, the
   batches so far are there; run again, they are known and the rest follows. So the end state is the same.
4. Only the columns with a role are read. All others never leave the file.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from troth.actors import Actor
from troth.catalogue.model import Product
from troth.gate.use import Arrival, Arrived, Outcome
from troth.ingest.columns import Columns, choose_columns
from troth.ingest.layouts import Role
from troth.ingest.orders import OrderLine, OrderReader
from troth.ingest.reasons import Cell, Rejected
from troth.ingest.rejects import Rejects
from troth.ingest.summary import Summary
from troth.ingest.tables import Table, open_table
from troth.ingest.tally import Tally
from troth.ingest.times import DateOrder, find_date_order

BATCH = 10_000
"""Lines a transaction. More are faster, but hold the write lock longer: this many take it for under a second."""

_STEP = 5_000
_OBJECTS = 100_000


class Door(Protocol):
    """Where lines go in: the gate."""

    def collect(self, actor: Actor, arrivals: Sequence[Arrival], now: datetime) -> Sequence[Outcome]:
        """Take `arrivals` in one durable transaction; one outcome each, in order."""
        ...


class Shelf(Protocol):
    """Where titles of products go: the catalogue."""

    def put(self, products: Iterable[Product]) -> object:
        """Add the products, or replace what was known of them."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file will be read; shown to the person before it is.

    Attributes:
        table: the opened file.
        columns: which column says what.
        date_order: what comes first in dates with the year last; None when the file has none.
        zone: the company's time zone, for times without one.
    """

    path: Path
    table: Table
    columns: Columns
    date_order: DateOrder | None
    zone: ZoneInfo


def plan_import(
    path: Path,
    zone: ZoneInfo,
    *,
    given: Mapping[Role, str] | None = None,
    product_pattern: str | None = None,
    currency: str | None = None,
    date_order: DateOrder | None = None,
) -> Plan:
    """Open the file and decide how it is read. Writes nothing.

    Args:
        path: a CSV, TSV (each also gzipped) or Parquet file.
        zone: the company's time zone.
        given: role → column name, where the guess is not wanted.
        product_pattern: what product codes begin with, instead of the layout's.
        currency: instead of the layout's.
        date_order: instead of what the file's own dates show.

    Raises:
        InputError: see `tables.open_table`, `columns.choose_columns` and `times.find_date_order`.
    """
    table = open_table(path)
    columns = choose_columns(table.header, given or {}, product_pattern=product_pattern, currency=currency)
    if date_order is None:
        date_order = find_date_order(_column(table, columns.index[Role.TIME]))
    return Plan(path, table, columns, date_order, zone)


def _column(table: Table, position: int) -> Iterator[Cell]:
    for row in table.rows():
        if not isinstance(row, Rejected):
            yield row[1][position]


def run_import(
    plan: Plan,
    door: Door,
    *,
    shelf: Shelf,
    actor: Actor,
    now: datetime,
    rejects: Path,
    progress: Callable[[int], None] = lambda _lines: None,
) -> Summary:
    """Hand every line of the file to the gate, and the titles of its products to the catalogue.

    Args:
        plan: how the file is read.
        door: the gate.
        shelf: the catalogue.
        actor: who imports.
        now: the present moment, taken once.
        rejects: where the lines go that did not come in.
        progress: called with the number of lines read so far, now and then.

    Raises:
        InputError: `file_changed`, or the rejects file can't be written.
        UnavailableError: the disk is full, or the vault can't be written.
    """
    tally = Tally()
    with _rare_collections(), Rejects(rejects, plan.path, header=plan.table.header) as refused:
        batch: list[tuple[int, OrderLine]] = []
        for line, read in _read(plan, now):
            tally.read += 1
            if isinstance(read, Rejected):
                tally.reject(read)
                refused.add(read)
            else:
                batch.append((line, read))
            if len(batch) >= BATCH:
                _hand_over(batch, tally, door=door, actor=actor, now=now, refused=refused)
                # Durable up to here. Dying now loses nothing: a second run finds these lines known.
                batch.clear()
            if tally.read % _STEP == 0:
                progress(tally.read)
        _hand_over(batch, tally, door=door, actor=actor, now=now, refused=refused)
    products = tally.products()
    shelf.put(products)
    progress(tally.read)
    return tally.summary(rejects=refused.written, titles=len(products), rehearsal=False)


def rehearse_import(plan: Plan, *, now: datetime, progress: Callable[[int], None] = lambda _lines: None) -> Summary:
    """Read the whole file and count, without a gate and without writing anything.

    Raises:
        InputError: `file_changed`.
    """
    tally = Tally()
    with _rare_collections():
        for _line, read in _read(plan, now):
            tally.read += 1
            if isinstance(read, Rejected):
                tally.reject(read)
            else:
                tally.note(read)
                tally.taken += 1
            if tally.read % _STEP == 0:
                progress(tally.read)
    progress(tally.read)
    return tally.summary(rejects=None, titles=len(tally.products()), rehearsal=True)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let Python look for reference cycles rarely while a batch is built up and thrown away.

    Lines make no cycles. Looking for them among half a million lines costs a quarter of the whole import.
    """
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _read(plan: Plan, now: datetime) -> Iterator[tuple[int, OrderLine | Rejected]]:
    reader = OrderReader(plan.columns, plan.zone, date_order=plan.date_order, now=now)
    for row in plan.table.rows():
        if isinstance(row, Rejected):
            yield row.line, row
        else:
            yield row[0], reader.read(*row)


def _hand_over(
    batch: Sequence[tuple[int, OrderLine]],
    tally: Tally,
    *,
    door: Door,
    actor: Actor,
    now: datetime,
    refused: Rejects,
) -> None:
    if not batch:
        return
    outcomes = door.collect(actor, [order.arrival for _line, order in batch], now)
    for (line, order), outcome in zip(batch, outcomes, strict=True):
        tally.note(order)
        tally.count(outcome)
        if outcome.arrived is Arrived.REFUSED:
            refused.add_refused(line, outcome.code, outcome.says)
