"""Parts: rows as files. A part is rows one after another, each a MessagePack array in the order of the columns."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from troth.backup.model import MANIFEST, Manifest, Part, damaged, understood
from troth.backup.place import Place
from troth.db.copying import Value
from troth.errors import NotFoundError

PART_BYTES = 16 << 20
"""About how long a part is. One lies in memory at a time."""

Progress = Callable[[str, int, int], object]
"""Told (what is being done, bytes or rows done, of how many; 0: nobody knows)."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[list[object]]).decode


def packed(table: str, rows: Iterable[Sequence[Value]]) -> Iterator[tuple[Part, bytes]]:
    """Yield the rows of a table as parts: what the manifest says of each, and its bytes."""
    some: list[bytes] = []
    size, number = 0, 0
    for row in rows:
        spelled = _encode(row)
        some.append(spelled)
        size += len(spelled)
        if size >= PART_BYTES:
            number += 1
            yield _part(table, number, some)
            some, size = [], 0
    if some:
        yield _part(table, number + 1, some)


def fetched(place: Place, name: str, part: Part) -> Sequence[Sequence[object]]:
    """Return the rows of a part of the backup `name`.

    Raises:
        UnavailableError: they are not what the manifest says, or can't be read.
    """
    try:
        data = place.get(f"{name}/{part.name}")
    except NotFoundError:
        raise damaged(name, part.name) from None
    if len(data) != part.size or hashlib.sha256(data).hexdigest() != part.sha256:
        raise damaged(name, part.name)
    try:
        # An array of all of them: its head tells how many, and then they follow as they lie there.
        return _decode(b"\xdd" + part.rows.to_bytes(4, "big") + data)
    except (msgspec.DecodeError, OverflowError):
        raise damaged(name, part.name) from None


def must_be_whole(place: Place, name: str, manifest: Manifest, progress: Progress) -> None:
    """Read every part of the backup `name` again and compare it with the manifest, down to the number of rows.

    Raises:
        UnavailableError: one is not what the manifest says, or can't be read.
    """
    done = 0
    for rows in manifest.tables:
        for part in rows.parts:
            if any(len(row) != len(rows.columns) for row in fetched(place, name, part)):
                raise damaged(name, part.name)
            done += part.size
            progress(f"check {manifest.what}", done, manifest.size)


def manifest_of(place: Place, name: str) -> Manifest:
    """Return the manifest of the backup `name`.

    Raises:
        UnavailableError: it is damaged, of a newer Troth, or can't be read.
    """
    try:
        return understood(place.get(f"{name}/{MANIFEST}"), name=name)
    except NotFoundError:
        raise damaged(name, MANIFEST) from None


def _part(table: str, number: int, rows: Sequence[bytes]) -> tuple[Part, bytes]:
    data = b"".join(rows)
    return Part(f"{table}-{number:05}.rows", len(data), hashlib.sha256(data).hexdigest(), len(rows)), data
