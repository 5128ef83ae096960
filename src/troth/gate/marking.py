"""Names of items, by keyed hash: nobody without the keys can tell from one what it names, or make one.

A *mark* recognises an arrival that comes again. A *deletion's mark* recognises one that was deleted and must not come
back; unlike the item's row it does not tell when it happened. A *handle* lets one customer name one item of theirs.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from troth.canonical import keyed_hash


class Marking:
    """Makes the three.

    Args:
        items: the key that marks items, and what was deleted of them.
        handles: the key of handles.
    """

    def __init__(self, *, items: bytes, handles: bytes) -> None:
        self._items = items
        self._handles = handles

    def __getstate__(self) -> object:
        raise TypeError("keys stay in memory")

    def mark(self, kind: str, identity: Sequence[str]) -> bytes:
        """Return the mark of an item of `kind` with this identity, 16 bytes."""
        return keyed_hash(self._items, kind.encode(), *(part.encode() for part in identity))

    def deleted(self, kind: str, at: int, mark: bytes) -> bytes:
        """Return what recognises an item that was deleted; `at` in microseconds since 1970."""
        return keyed_hash(self._items, b"deleted", kind.encode(), _spelled(at), mark)

    def handle(self, customer: int, kind: str, at: int, mark: bytes) -> str:
        """Return the handle of an item on `customer`'s own pages: 22 letters, digits, ``-`` and ``_``."""
        named = keyed_hash(self._handles, _spelled(customer), kind.encode(), _spelled(at), mark)
        return urlsafe_b64encode(named).decode().rstrip("=")


def _spelled(number: int) -> bytes:
    return number.to_bytes(8, "big", signed=True)
