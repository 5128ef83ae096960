"""Who of the staff did something with a customer, and why: words about a person, sealed like the person's data.

A remark about several customers is sealed under the key of each, one around the other. So it opens only as long as
all of them are here: the words on one may name the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from troth.canonical import canonical_json
from troth.keys.ring import KeyGoneError, KeyRing


@dataclass(frozen=True, slots=True)
class Remark:
    """Who, and why, in a few words each; both empty where nobody can read them any more."""

    by: str = field(default="", repr=False)
    why: str = field(default="", repr=False)


_decode = msgspec.json.Decoder(tuple[str, str]).decode


class Remarks:
    """Seals and opens the remarks of one room.

    Args:
        ring: the key ring.
        kind: the kind of key. With a colon, so that it can never be the name of a kind of data.
    """

    def __init__(self, ring: KeyRing, kind: str) -> None:
        self._ring = ring
        self._kind = kind

    def seal(self, customers: Iterable[int], remark: Remark, *, bound_to: bytes) -> bytes:
        """Return `remark`, sealed; inside a `writing` of the main database in which all of `customers` are here.

        Args:
            customers: whom it is about.
            remark: the words.
            bound_to: what names the row; the same must be given to open.
        """
        whose = sorted(set(customers))
        self._ring.ensure((one, self._kind) for one in whose)
        sealed = canonical_json([remark.by, remark.why])
        for one in whose:
            sealed = self._ring.seal(one, self._kind, sealed, bound_to=bound_to)
        return sealed

    def open(self, customers: Iterable[int], sealed: bytes, *, bound_to: bytes) -> Remark:
        """Return what `seal` was given; an empty remark when a key is gone, or it is not what was sealed here."""
        opened = sealed
        try:
            for one in sorted(set(customers), reverse=True):
                opened = self._ring.open(one, self._kind, opened, bound_to=bound_to)
        except KeyGoneError:
            return Remark()
        return Remark(*_decode(opened))
