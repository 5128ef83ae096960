"""One spelling for each identifier, so that two spellings are not two strangers."""

import unicodedata

from troth.errors import InputError
from troth.identity.model import IdKind

LONGEST_ID_BYTES = 255


def normalised(outside_id: str, kind: IdKind = IdKind.CUSTOMER) -> str:
    """Return the one spelling of an identifier.

    All are trimmed and brought to Unicode NFC. An e-mail address is also put in small letters, on both sides of the
    @: RFC 5321 (2.4) lets a host tell capitals apart before it, but people type them as they please, and an erased
    customer must not come back by a capital. In small letters, not case-folded: folding would make ``straße`` and
    ``strasse`` one mailbox. Dots and ``+tags`` stay, since only the host knows what they mean.

    Raises:
        InputError: empty, longer than 255 bytes, with control characters, or no e-mail address.
    """
    one = unicodedata.normalize("NFC", outside_id).strip()
    if kind is IdKind.EMAIL:
        one = _address(one)
    if not one:
        raise InputError("customer_id_empty", "The customer's id is empty.", "Give the id your shop uses.")
    try:
        size = len(one.encode())
    except UnicodeEncodeError:
        raise InputError("customer_id_unreadable", "The customer's id is not valid text.", "Send UTF-8.") from None
    if size > LONGEST_ID_BYTES:
        raise InputError(
            "customer_id_long",
            f"The customer's id has {size} bytes; at most {LONGEST_ID_BYTES} are taken.",
            "Give the short id your shop uses, not a record.",
        )
    if any(unicodedata.category(char) == "Cc" for char in one):
        raise InputError("customer_id_control", "The customer's id has control characters.", "Take them out.")
    return one


def _address(text: str) -> str:
    local, at, host = text.rpartition("@")
    if not at or not local.strip() or not host.strip() or any(char.isspace() for char in text):
        raise InputError("email_unreadable", "This is not an e-mail address.", "For example: ana@example.com")
    return unicodedata.normalize("NFC", text.lower())
