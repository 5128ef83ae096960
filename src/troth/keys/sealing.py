"""Randomness, and sealing with it. The only source of randomness in Troth is the operating system's, here.

Sealing is AES-256-GCM (NIST SP 800-38D) with a fresh random 96-bit nonce: version ‖ nonce ‖ ciphertext ‖ tag. One key
seals the items of one customer and kind, far below the 2**32 messages after which random nonces wear thin.
"""

import secrets
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = b"\x01"
_BODY = len(_VERSION) + _NONCE_BYTES


def new_key() -> bytes:
    """Return a fresh 256-bit key."""
    return secrets.token_bytes(KEY_BYTES)


def new_token() -> str:
    """Return 256 fresh random bits in URL-safe letters, for bearer keys, sessions and forms."""
    return secrets.token_urlsafe(KEY_BYTES)


def cipher(key: bytes) -> AESGCM:
    """Return the cipher of a 256-bit key.

    Raises:
        InvalidTag: a key of another size. AES-GCM would take it; nothing of ours was ever sealed with one.
    """
    if len(key) != KEY_BYTES:
        raise InvalidTag
    return AESGCM(key)


def seal(key: AESGCM, plaintext: bytes, bound_to: bytes) -> bytes:
    """Seal `plaintext`; `bound_to` is associated data, and the same must be given to unseal."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + key.encrypt(nonce, plaintext, bound_to)


def unseal(key: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
    """Return what was sealed.

    Raises:
        InvalidTag: another key, other associated data, another version, or a changed byte.
    """
    if sealed[:1] != _VERSION or len(sealed) < _BODY:
        raise InvalidTag
    return key.decrypt(sealed[1:_BODY], sealed[_BODY:], bound_to)


def unseal_each(key: AESGCM, rows: Iterable[tuple[bytes, bytes]], label: bytes) -> list[bytes]:
    """Return what was sealed, for rows of (sealed, what names the row), all bound to `label` and then to their row.

    As `unseal` for each. Readers of everybody come here with every row there is, so nothing is called in between.

    Raises:
        InvalidTag: as `unseal`, for any of them.
    """
    decrypt, opened = key.decrypt, []
    for sealed, row in rows:
        if sealed[:1] != _VERSION or len(sealed) < _BODY:
            raise InvalidTag
        opened.append(decrypt(sealed[1:_BODY], sealed[_BODY:], label + row))
    return opened
