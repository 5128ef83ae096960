"""One spelling for each thing an outsider reads: base64 and decimals are taken only as they are written.

Where a value has two spellings, a byte of a receipt could change and nobody would notice. Here it has one.
"""

import base64
import binascii
from binascii import b2a_base64

import msgspec

from troth.errors import InputError

LARGEST = 2**53 - 1
"""The largest number that is written: JSON readers keep it exactly (RFC 7493). No log of ours comes near it."""

HASH_BYTES = 32

UNREADABLE = (msgspec.DecodeError, ValueError, OverflowError, RecursionError)
"""All that reading JSON from anybody may raise: another form, bytes that are no text, too large, too deep."""


class SpellingError(InputError):
    """Something is not spelled as docs/formats says.

    Args:
        what: what was read and where, never what stood there.
    """

    def __init__(self, what: str) -> None:
        super().__init__("ledger_spelling", what, "Get the file again from where it was handed out.")


def to_base64(data: bytes) -> str:
    """Return the base64 of `data` (RFC 4648, section 4), on one line, with its padding."""
    return b2a_base64(data, newline=False).decode("ascii")


def from_base64(text: str, what: str, *, size: int | None = None) -> bytes:
    """Return the bytes that `to_base64` spells as `text`.

    Args:
        text: the base64.
        what: what it is, for the message.
        size: how many bytes there must be; None when any number will do.

    Raises:
        SpellingError: another spelling, such as one with stray last bits; or another size.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SpellingError(f"{what} is not base64.") from None
    if to_base64(data) != text:
        raise SpellingError(f"{what} has another base64 spelling than the one that is written.")
    if size is not None and len(data) != size:
        raise SpellingError(f"{what} has {len(data)} bytes, not {size}.")
    return data


def from_decimal(text: str, what: str) -> int:
    """Return the number spelled `text`: ASCII digits, no sign, no leading zero, at most 2**53 − 1.

    Raises:
        SpellingError: another spelling, or a larger number.
    """
    if not (text.isascii() and text.isdigit()) or (text[0] == "0" and text != "0") or len(text) > len(str(LARGEST)):
        raise SpellingError(f"{what} is not a plain decimal number.")
    number = int(text)
    if number > LARGEST:
        raise SpellingError(f"{what} is larger than 2^53 - 1.")
    return number
