"""What a new promise changes, for `troth check NEW --against OLD`: as lines for people and as JSON for programs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from troth.cli.terminal import terminal
from troth.promise.changes.change import Change, Comparison, Direction
from troth.promise.compare import Asked, asked
from troth.promise.model import Clause, Promise

_NARROWED = "Narrowed: holds for everybody at once."
_WIDENED = "Widened: for existing customers this stays off until they are asked or told."
_AGAIN = "To be asked again."
_FIRST = "To be asked for the first time."
_TOLD = "To be told: the new scope is for data collected after that."
_DELETED = "Would be deleted."
_COUNTED = "Of what is kept here today, this would go when the new promise holds."
_SAME = "Changed, and nothing that is done or owed with it."


@dataclass(frozen=True, slots=True)
class Touched:
    """Whom a new promise touches in an installation.

    Attributes:
        yeses: clause → for how many customers it holds today, where it rests on consent.
        deleted: kind of data → (customers, items) of which nothing is kept any more when the new promise holds.
    """

    yeses: Mapping[Clause, int]
    deleted: Mapping[str, tuple[int, int]]


def print_comparison(old: Promise, new: Promise, comparison: Comparison, touched: Touched | None = None) -> None:
    """Print what `new` changes, part by part; a part with nothing in it is left out."""
    console = terminal()
    console.print(f"Version {new.version.number} beside version {old.version.number}\n", style="bold")
    if not comparison.changes:
        console.print("Nothing changes.\n")
    _part(console, _NARROWED, [_told(change) for change in comparison.of(Direction.NARROWED)], "bold green")
    _part(console, _WIDENED, [_told(change) for change in comparison.of(Direction.WIDENED)], "bold yellow")
    asks = asked(comparison, touched=_counting(touched))
    _part(console, _AGAIN, [_ask(new, one) for one in asks if not one.first], "bold")
    _part(console, _FIRST, [_ask(new, one) for one in asks if one.first], "bold")
    _part(console, _TOLD, [_named(new, clause) for clause in comparison.told], "bold")
    _part(console, _DELETED, [deletion.words for deletion in comparison.deleted], "bold")
    if touched is not None:
        _part(console, _COUNTED, _deleted(old, touched), "bold")
    _part(console, _SAME, [_told(change) for change in comparison.of(Direction.SAME)], "bold")


def comparison_as_json(
    old: Promise, new: Promise, comparison: Comparison, touched: Touched | None = None
) -> dict[str, object]:
    """Return what `new` changes as plain values; the keys are those of docs/guides/new-version.md."""
    return {
        "versions": {"old": old.version.number, "new": new.version.number},
        "changes": [_change_as_json(change) for change in comparison.changes],
        "asked": [
            {
                "clause": str(one.clause),
                "first": one.first,
                "customers": one.customers,
                "goes_on": one.goes_on,
                "why": [change.words for change in one.why],
            }
            for one in asked(comparison, touched=_counting(touched))
        ],
        "told": [str(clause) for clause in comparison.told],
        "deleted": [{"data": deletion.data, "words": deletion.words} for deletion in comparison.deleted],
        "counted": None
        if touched is None
        else {data: {"customers": who, "items": items} for data, (who, items) in sorted(touched.deleted.items())},
    }


def _counting(touched: Touched | None) -> Callable[[Clause], int] | None:
    return None if touched is None else lambda clause: touched.yeses.get(clause, 0)


def _deleted(old: Promise, touched: Touched) -> list[str]:
    if not touched.deleted:
        return ["Nothing."]
    language = old.company.languages[0]
    titles = {key: f"“{data.title.say(language)}”" for key, data in old.data.items()}
    return [
        f"{titles.get(data, data)}: {items:,} of {customers:,} {'customer' if customers == 1 else 'customers'}."
        for data, (customers, items) in sorted(touched.deleted.items())
    ]


def _change_as_json(change: Change) -> dict[str, object]:
    place = change.place
    return {
        "kind": change.kind.value,
        "direction": change.direction.value,
        "both_ways": change.both_ways,
        "path": change.path,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "clauses": [str(clause) for clause in change.clauses],
        "words": change.words,
    }


def _part(console: Console, title: str, lines: list[str], style: str) -> None:
    if not lines:
        return
    console.print(Text(title, style=style))
    for line in lines:
        # Text, so that nothing of a file is read as markup.
        console.print(Text(f"  {line}"), soft_wrap=True)
    console.print()


def _told(change: Change) -> str:
    return f"{change.words}  [{change.place}]" if change.place else change.words


def _named(promise: Promise, clause: Clause) -> str:
    purpose, data = promise.purposes[clause.purpose], promise.data[clause.data]
    language = promise.company.languages[0]
    return f"{clause}: “{data.title.say(language)}” for “{purpose.title.say(language)}”."


def _ask(promise: Promise, one: Asked) -> str:
    told = _named(promise, one.clause)
    if one.customers is not None:
        told += f" {one.customers:,} said yes." if one.customers else " Nobody said yes so far."
    if one.first:
        return told
    off = "only what is new stays off, the rest goes on" if one.goes_on else "all of it stays off"
    return f"{told} Until they are asked, {off}."
