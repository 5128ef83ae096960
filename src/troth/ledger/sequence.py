"""Whether a customer's entries are whole: none missing in between, none left out at the end, and the map agrees.

A writer who cheats may have signed and logged anything. So every rule that an honest one keeps is looked at here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from troth.ledger.leaf import COMPANY, HEADS, NOTHING, Statement
from troth.ledger.spelling import HASH_BYTES, from_base64


class FailedError(Exception):
    """A rule does not hold; the text says which, in words for the person who checks."""


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of the file that was read.

    Attributes:
        statement: what it says.
        index: of its leaf in the log.
        hash: its leaf hash.
    """

    statement: Statement
    index: int
    hash: bytes


def must(holds: bool, why: str) -> None:  # noqa: FBT001 - a condition, told in words where it is called
    """Go on when `holds`.

    Raises:
        FailedError: it does not.
    """
    if not holds:
        raise FailedError(why)


def must_follow(stream: bytes, entries: Sequence[Found]) -> None:
    """Check that `entries` are of `stream`, numbered one by one, each naming the one before."""
    must(stream != COMPANY, "A bundle is a customer’s; this is the company’s own stream.")
    must(all(one.statement.stream == stream for one in entries), "An entry is of another stream.")
    for before, after in pairwise(entries):
        number = after.statement.number
        must(number == before.statement.number + 1, f"Before entry number {number} one is missing.")
        must(after.statement.previous == before.hash, f"Entry number {number} follows another one than the one here.")
        must(after.index > before.index, f"Entry number {number} stands in the log before the one it follows.")
    if entries and entries[0].statement.number == 1:
        must(entries[0].statement.previous == NOTHING, "The first entry says that it follows another.")


def map_of(heads: Found) -> tuple[bytes, int]:
    """Return the root of the map of heads, and the size of the log it speaks of."""
    said = heads.statement
    must(said.kind == HEADS and said.stream == COMPANY, "The entry is not the company’s word on the map of heads.")
    root, size = said.body.get("root"), said.body.get("size")
    if not isinstance(root, str) or not isinstance(size, int) or isinstance(size, bool):
        raise FailedError("The entry does not tell the root of the map and the size of the log.")
    must(0 <= size <= heads.index, "The map says that it speaks of entries that came after it.")
    return from_base64(root, "The root of the map", size=HASH_BYTES), size


def must_reach(entries: Sequence[Found], last: int, head: bytes, size: int) -> None:
    """Check that `entries` hold all up to number `last`, that its hash is `head`, and that later ones are later.

    Entries at index `size` or beyond came after the map was made, and it cannot speak of them.
    """
    numbers = {one.statement.number: one for one in entries}
    first = min(numbers, default=last + 1)
    must(first <= last + 1, "Entries between the map’s last and the first here are missing.")
    must(max(numbers, default=last) >= last, "The last entry that the map speaks of is missing.")
    if last in numbers:
        must(numbers[last].hash == head, "The last entry here is not the one that the map speaks of.")
    elif last + 1 in numbers:
        must(numbers[last + 1].statement.previous == head, "The first entry here does not follow the map’s last.")
    for number, one in numbers.items():
        must((number <= last) == (one.index < size), f"Entry number {number} is not where the map says it is.")
