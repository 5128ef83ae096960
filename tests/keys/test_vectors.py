"""Test vectors of others, through our own way of opening: what seals and opens customers' items, not the library."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from troth.keys.sealing import KEY_BYTES, cipher, seal, unseal

SHARED = Path(__file__).parents[3] / "shared" / "vectors" / "wycheproof" / "aes_gcm_test.json"
VERSION = b"\x01"

# McGrew and Viega, “The Galois/Counter Mode of Operation (GCM)”, test cases 13 to 16: key, nonce, associated data,
# plaintext, ciphertext, tag.
_KEY = "feffe9928665731c6d6a8f9467308308" * 2
_NONCE = "cafebabefacedbaddecaf888"
_PLAIN = (
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
)
_CIPHER = (
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
)
PUBLISHED = [
    ("00" * 32, "00" * 12, "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
    ("00" * 32, "00" * 12, "", "00" * 16, "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"),
    (_KEY, _NONCE, "", _PLAIN, _CIPHER, "b094dac5d93471bdec1a502270e3cc6c"),
    (
        _KEY,
        _NONCE,
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        _PLAIN[:120],
        _CIPHER[:120],
        "76fc6ece0f4e1768cddf8853bb2d551b",
    ),
]


@pytest.mark.parametrize("vector", PUBLISHED, ids=["13", "14", "15", "16"])
def test_published_vectors_open_and_a_changed_tag_does_not(vector: tuple[str, ...]) -> None:
    key, nonce, bound_to, plaintext, ciphertext, tag = map(bytes.fromhex, vector)
    sealed = VERSION + nonce + ciphertext + tag
    assert unseal(cipher(key), sealed, bound_to) == plaintext
    for place in (1, -1):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(InvalidTag):
            unseal(cipher(key), bytes(changed), bound_to)


def _wycheproof() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for group in json.loads(SHARED.read_text(encoding="utf-8"))["testGroups"]:
        for test in group["tests"]:
            yield group, test


@pytest.mark.shared
def test_wycheproof_opens_what_is_valid_and_nothing_else() -> None:
    if not SHARED.exists():
        pytest.skip(f"missing: {SHARED.parent.name}/{SHARED.name}, the Wycheproof vectors")
    opened = refused = of_other_sizes = 0
    for group, test in _wycheproof():
        key, nonce, bound_to, plaintext, ciphertext, tag = (
            bytes.fromhex(test[name]) for name in ("key", "iv", "aad", "msg", "ct", "tag")
        )
        # Ours is one size of each: 256-bit keys, 96-bit nonces, 128-bit tags. The rest is refused by intent.
        is_ours = (group["keySize"], group["ivSize"], group["tagSize"]) == (256, 96, 128)
        sealed = VERSION + nonce + ciphertext + tag
        if is_ours and test["result"] == "valid":
            assert unseal(cipher(key), sealed, bound_to) == plaintext, test["tcId"]
            opened += 1
        else:
            with pytest.raises(InvalidTag):
                unseal(cipher(key), sealed, bound_to)
            of_other_sizes += not is_ours
            refused += is_ours
    assert (opened, refused, of_other_sizes) == (39, 27, 250)


@pytest.mark.shared
def test_wycheproof_comes_back_through_our_own_sealing() -> None:
    if not SHARED.exists():
        pytest.skip(f"missing: {SHARED.parent.name}/{SHARED.name}, the Wycheproof vectors")
    for _, test in _wycheproof():
        key, bound_to, plaintext = (bytes.fromhex(test[name]) for name in ("key", "aad", "msg"))
        if len(key) == KEY_BYTES:
            assert unseal(cipher(key), seal(cipher(key), plaintext, bound_to), bound_to) == plaintext


@pytest.mark.parametrize("size", [0, 1, 16, 24, 31, 33, 64])
def test_a_key_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(InvalidTag):
        cipher(bytes(size))


@pytest.mark.parametrize("sealed", [b"", VERSION, VERSION + bytes(12), VERSION + bytes(27), b"\x02" + bytes(40)])
def test_what_is_too_short_or_of_another_version_does_not_open(sealed: bytes) -> None:
    with pytest.raises(InvalidTag):
        unseal(cipher(bytes(32)), sealed, b"")
