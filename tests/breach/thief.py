"""A thief, who knows the published forms and nothing of our code: tries every stolen key on every stolen row.

What really opens is the truth that `troth breach` is held to.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text

from troth.app import App

Pair = tuple[int, str]
Opened = Mapping[Pair, int]
"""(customer, kind as `troth breach` names it) → how many rows opened."""


@dataclass(frozen=True)
class Rows:
    """A copy of the data: items and sealed ids."""

    items: tuple[tuple[int, str, int, bytes, bytes], ...]
    ids: Mapping[int, bytes]


@dataclass(frozen=True)
class KeyTable:
    """A copy of the key table: the newest epoch then, each epoch's wrapped key, each customer's wrapped key."""

    epoch: int
    epochs: Mapping[int, bytes] = field(repr=False)
    keys: Mapping[Pair, tuple[int, bytes]] = field(repr=False)


def copy_rows(app: App) -> Rows:
    with app._databases[0].reading() as connection:
        items = connection.execute(text("SELECT customer, kind, at, mark, sealed FROM items")).all()
        ids = connection.execute(text("SELECT number, sealed_id FROM customers WHERE sealed_id IS NOT NULL")).all()
    return Rows(
        tuple((row[0], row[1], row[2], bytes(row[3]), bytes(row[4])) for row in items),
        {row[0]: bytes(row[1]) for row in ids},
    )


def copy_keys(app: App) -> KeyTable:
    with app._databases[1].reading() as connection:
        epochs = connection.execute(text("SELECT number, wrapped FROM epochs")).all()
        keys = connection.execute(text("SELECT customer, kind, epoch, wrapped FROM customer_keys")).all()
    return KeyTable(
        max(row[0] for row in epochs),
        {row[0]: bytes(row[1]) for row in epochs},
        {(row[0], row[1]): (row[2], bytes(row[3])) for row in keys},
    )


def masters(home: Path) -> list[bytes]:
    """Return the versions of the master key in its file."""
    import base64

    lines = (home / "secret" / "master.key").read_bytes().splitlines()
    return [base64.b64decode(line) for line in lines[1:]]


def epoch_key(table: KeyTable, epoch: int, with_masters: Iterable[bytes]) -> bytes | None:
    """Return the key of an epoch; None when none of the master keys unwraps it."""
    found = (_unsealed(master, table.epochs.get(epoch, b""), b"epoch %d" % epoch) for master in with_masters)
    return next((key for key in found if key is not None), None)


def opened(table: KeyTable, epoch_keys: Mapping[int, bytes | None], rows: Rows) -> Opened:
    """Return what of `rows` really opens with the keys of `table` under the epochs of which the key is had."""
    had: dict[Pair, bytes] = {}
    for (customer, kind), (epoch, wrapped) in table.keys.items():
        above = epoch_keys.get(epoch)
        key = None if above is None else _unsealed(above, wrapped, _label(customer, kind))
        if key is not None:
            had[customer, kind] = key
    found: Counter[Pair] = Counter()
    for customer, kind, at, mark, sealed in rows.items:
        name = kind.split("/")[0]
        bound = _label(customer, name) + at.to_bytes(8, "big", signed=True) + mark
        found[customer, name] += _unsealed(had.get((customer, name)), sealed, bound) is not None
    for customer, sealed in rows.ids.items():
        bound = _label(customer, "identity") + b"id"
        found[customer, "room:identity"] += _unsealed(had.get((customer, "identity")), sealed, bound) is not None
    return {pair: count for pair, count in found.items() if count}


def _label(customer: int, kind: str) -> bytes:
    return b"customer\0" + str(customer).encode() + b"\0" + kind.encode() + b"\0"


def _unsealed(key: bytes | None, sealed: bytes, bound: bytes) -> bytes | None:
    if key is None or len(sealed) < 29 or sealed[:1] != b"\x01":
        return None
    try:
        return AESGCM(key).decrypt(sealed[1:13], sealed[13:], bound)
    except InvalidTag:
        return None
