"""One spelling for one thing: bytes that are hashed or compared are made here and nowhere else.

`canonical_json` follows RFC 8785 for the values Troth hashes: objects with string keys, arrays, strings, integers
within ±(2**53 − 1), booleans and null. Floats are refused: their spelling is where implementations differ.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

JSON: TypeAlias = "bool | int | str | Sequence[JSON] | Mapping[str, JSON] | None"

_encode = msgspec.json.Encoder(order="sorted").encode
_LARGEST = 2**53 - 1
_PLAIN = frozenset({str, bool, type(None)})
_LAST_OF_BASIC_PLANE = 0xFFFF


def canonical_json(value: JSON) -> bytes:
    """Return the RFC 8785 bytes of `value`.

    Raises:
        ValueError: a float, an integer beyond ±(2**53 − 1), or a key beyond the Basic Multilingual Plane.
    """
    _refuse_what_has_two_spellings(value)
    # RFC 8785 sorts keys by UTF-16 code units; msgspec sorts by code points. They differ only for keys beyond
    # the Basic Multilingual Plane, which `_refuse_what_has_two_spellings` does not let through.
    return _encode(value)


def _refuse_what_has_two_spellings(value: JSON) -> None:
    # By their very type first: nearly all are, and this is done for every value of every entry of the ledger.
    if type(value) in _PLAIN or isinstance(value, bool | str):
        return
    if isinstance(value, int):
        if abs(value) > _LARGEST:
            msg = "an integer beyond 2**53 - 1 has no exact JSON spelling"
            raise ValueError(msg)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if not key.isascii() and any(ord(char) > _LAST_OF_BASIC_PLANE for char in key):
                msg = "a key must be made of characters of the Basic Multilingual Plane"
                raise ValueError(msg)
            _refuse_what_has_two_spellings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_what_has_two_spellings(inner)
    else:
        msg = f"no canonical spelling for {type(value).__name__}"
        raise ValueError(msg)  # noqa: TRY004 - the caller gets one class for everything that can't be spelled


def sha256(data: bytes) -> bytes:
    """Return the 32-byte SHA-256 of `data`."""
    return hashlib.sha256(data).digest()


def keyed_hash(key: bytes, *parts: bytes) -> bytes:
    """Return the first 16 bytes of HMAC-SHA-256 over the length-prefixed `parts`.

    The length prefix keeps ("ab", "c") and ("a", "bc") apart. Without `key` nobody can test a guess; with the key
    destroyed nobody can at all.
    """
    message = b"".join([field for part in parts for field in (len(part).to_bytes(8, "big"), part)])
    return hmac.digest(key, message, "sha256")[:16]
