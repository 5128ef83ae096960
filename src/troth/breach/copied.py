"""A backup read as it lies there, without putting it back: which rows are in it, and which keys.

Both are read part by part, and nothing of them is kept. Only the epochs of a copy of the keys are laid out, in a
folder of our own while it is looked at, readable by us alone.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from troth.backup.choosing import place_named
from troth.backup.finding import Found, is_name, names_in
from troth.backup.loading import load
from troth.backup.model import MANIFEST, Part, What
from troth.backup.parts import Progress, fetched, manifest_of
from troth.backup.place import Place
from troth.breach.model import LINKS, NOTES, STOPS, Lot
from troth.breach.store import Item, Key, id_of, in_order, part_of
from troth.db.engine import Database, sqlite_url
from troth.errors import InputError, NotFoundError

_KEYS = "customer_keys"
_NOTED_IN = ("ledger_entries", "ledger")
"""The table of the ledger's notes, and what it was called in older copies."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A backup and the place where it lies."""

    place: Place
    found: Found


@dataclass(frozen=True, slots=True)
class Taken:
    """The copies that were taken: of the data, of the keys, or both. None: not taken."""

    main: Copy | None = None
    keys: Copy | None = None


def taken(named: Sequence[str]) -> Taken:
    """Return the copies that a person names.

    Args:
        named: each a backup's folder (``…/troth-main-20261122T120000Z``) or its manifest, or a place in which there
            is no more than one of the data and one of the keys.

    Raises:
        InputError: two of one sort are named, or a place has several.
        NotFoundError: there is no such backup.
        UnavailableError: its manifest is damaged or of a newer Troth.
    """
    copies: dict[What, Copy] = {}
    for words in named:
        for place, name in _in(words):
            manifest = manifest_of(place, name)
            if manifest.what in copies:
                raise InputError(
                    "breach_two_backups",
                    f"Two backups of the {'data' if manifest.what == 'main' else 'keys'} are named.",
                    "Ask for each of them by itself: an older one may hold what the newer one does not.",
                )
            copies[manifest.what] = Copy(place, Found(name, manifest))
    return Taken(copies.get("main"), copies.get("keys"))


def _in(words: str) -> Iterator[tuple[Place, str]]:
    path = words.rstrip("/").removesuffix("/" + MANIFEST)
    folder, slash, name = path.rpartition("/")
    if is_name(name):
        place = place_named(folder or ("/" if slash else "."))
        if name not in {*names_in(place, "main"), *names_in(place, "keys")}:
            raise NotFoundError(
                "backup_unknown", "There is no finished backup of this name there.", "Check the name."
            )
        yield place, name
        return
    place = place_named(path or "/")
    names = {what: names_in(place, what) for what in ("main", "keys")}
    if not any(names.values()):
        raise NotFoundError(
            "backup_unknown", f"There is no finished backup in {place.words}.", "Name a backup’s own folder."
        )
    for what, some in names.items():
        if len(some) > 1:
            raise InputError(
                "breach_two_backups",
                f"There are {len(some)} backups of the {'data' if what == 'main' else 'keys'} in {place.words}.",
                f"Ask for each by itself, for example: --backup {path}/{some[-1]}",
            )
    yield from ((place, some[0]) for some in names.values() if some)


class CopiedData:
    """The rows of a copy of the data, in the order of customers' numbers.

    Args:
        copy: the backup.
        bound_to: (microseconds, mark) → what a sealed item is bound to besides its customer and kind.
        progress: told how far it is.
    """

    def __init__(self, copy: Copy, bound_to: Callable[[int, bytes], bytes], progress: Progress) -> None:
        self._copy = copy
        self._bound_to = bound_to
        self._progress = progress
        self._done = 0

    def held(self) -> Iterator[tuple[int, Lot]]:
        """Yield (customer, lot) of the items, each with one that can be tried."""
        rows = cast("Iterator[Item]", self._rows("items", "customer", "kind", "at", "mark", "sealed"))
        return lots_of(rows, self._bound_to)

    def ids(self) -> Iterator[tuple[int, Lot]]:
        """Yield (customer, lot) of the sealed ids."""
        for number, since, sealed in self._rows("customers", "number", "since", "sealed_id"):
            if sealed is not None:
                yield number, id_of(since, (sealed, b"id"))

    def noted(self) -> Iterator[tuple[int, Lot]]:
        """Yield (customer, lot) of the ledger's notes."""
        whose, count, first, last = 0, 0, 0, 0
        for name in _NOTED_IN:
            for customer, at in self._rows(name, "customer", "at"):
                if customer != whose:
                    if whose:
                        yield whose, Lot(NOTES, NOTES, count, first, last)
                    whose, count, first, last = customer, 0, at, at
                count, first, last = count + 1, min(first, at), max(last, at)
            if whose:
                yield whose, Lot(NOTES, NOTES, count, first, last)
                return

    def in_model(self) -> list[Iterator[tuple[int, Lot]]]:
        """Return, for each purpose that has a model, (customer, lot) of the parts of it."""
        purposes = dict.fromkeys(purpose for (purpose,) in self._rows("contributions", "purpose"))
        return [self._parts_of(purpose) for purpose in purposes]

    def remarks(self) -> list[Iterator[tuple[int, Lot]]]:
        """Return (customer, lot) of what the staff said of stops and of links, where the copy has it sealed."""
        stopped = ((one, at) for one, at, sealed in self._rows("stops", "customer", "at", "sealed") if sealed)
        linked = self._rows("links", "one", "other", "at", "sealed")
        both = ((number, at) for one, other, at, sealed in linked if sealed for number in (one, other))
        return [in_order(stopped, STOPS), in_order(both, LINKS)]

    def _parts_of(self, wanted: str) -> Iterator[tuple[int, Lot]]:
        lot = part_of(wanted)
        for customer, purpose in self._rows("contributions", "customer", "purpose"):
            if purpose == wanted:
                yield customer, lot

    def _rows(self, table: str, *columns: str) -> Iterator[Any]:
        return rows_of(self._copy, table, *columns, tell=self._tell)

    def _tell(self, part: Part) -> None:
        size = self._copy.found.manifest.size
        self._done += part.size
        self._progress("read", min(self._done, size), size)


def lots_of(rows: Iterator[Item], bound_to: Callable[[int, bytes], bytes]) -> Iterator[tuple[int, Lot]]:
    """Yield (customer, lot) of rows of items that lie customer by customer and kind by kind.

    Args:
        rows: the rows.
        bound_to: as for `CopiedData`.
    """
    whose, kind, count, first, last, sample = 0, "", 0, 0, 0, (b"", b"")
    for customer, its_kind, at, mark, sealed in rows:
        if customer == whose and its_kind == kind:
            count += 1
            if at < first:
                first = at
            elif at > last:
                last = at
            continue
        if count:
            name = kind.partition("/")[0]
            yield whose, Lot(name, name, count, first, last, sample)
        whose, kind, count, first, last = customer, its_kind, 1, at, at
        sample = (sealed, bound_to(at, mark))
    if count:
        name = kind.partition("/")[0]
        yield whose, Lot(name, name, count, first, last, sample)


@contextmanager
def copied_epochs(copy: Copy, progress: Progress) -> Iterator[Database]:
    """Lay out a copy of the keys as a database of its own while the block runs, without the customers' own keys."""
    with (
        TemporaryDirectory(prefix="troth-") as folder,
        closing(Database(sqlite_url(Path(folder) / "keys.db"))) as database,
    ):
        with database.writing() as connection:
            load(connection, "keys", copy.place, copy.found, progress, but=frozenset({_KEYS}))
        yield database


def copied_keys(copy: Copy) -> Iterator[Key]:
    """Yield the customers' keys in a copy of the keys, in the order of customers' numbers."""
    return cast("Iterator[Key]", rows_of(copy, _KEYS, "customer", "kind", "epoch", "wrapped"))


def rows_of(copy: Copy, table: str, *columns: str, tell: Callable[[Part], object] = lambda _: None) -> Iterator[Any]:
    """Yield some columns of a table's rows, in the order of its key; nothing where the copy has none such.

    Args:
        copy: the backup.
        table: the table.
        columns: the columns.
        tell: told each part that was read.
    """
    for rows in copy.found.manifest.tables:
        if rows.table != table or not set(columns) <= set(rows.columns):
            continue
        chosen = itemgetter(*(rows.columns.index(column) for column in columns))
        for part in rows.parts:
            fetch = fetched(copy.place, copy.found.name, part)
            yield from map(chosen, fetch) if len(columns) > 1 else ((chosen(row),) for row in fetch)
            tell(part)
