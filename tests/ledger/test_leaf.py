"""What is signed, what is public, and that the one gives the other away to nobody."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.logs import ANNA, LOG, NOW, ORIGIN
from troth.canonical import canonical_json
from troth.ledger.leaf import (
    COMPANY,
    NOTHING,
    VOCABULARY,
    Statement,
    leaf_of,
    payload_of,
    public_of,
    read_statement,
    sign_statement,
    signed_bytes,
    spki,
)
from troth.ledger.model import Kind
from troth.ledger.spelling import SpellingError, to_base64

SALT = sha256(b"salt").digest()
SAID = Statement(ORIGIN, "read", NOW, ANNA, 3, sha256(b"before").digest(), SALT, {"name": "ana", "n": 1})

bodies = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=0xD7FF)), inner),
)
statements = st.builds(
    Statement,
    log=st.just(ORIGIN),
    kind=st.sampled_from(sorted(VOCABULARY[1])),
    at=st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - UTC is added
    stream=st.binary(min_size=32, max_size=32),
    number=st.integers(1, 2**53 - 1),
    previous=st.binary(min_size=32, max_size=32),
    salt=st.binary(min_size=32, max_size=32),
    body=st.dictionaries(st.text(st.characters(max_codepoint=0xD7FF), max_size=9), bodies, max_size=4),
)


@given(statements)
def test_what_is_said_is_read_again_and_fills_whole_blocks(said: Statement) -> None:
    payload = payload_of(said)
    assert read_statement(payload) == said
    assert len(payload) % 256 == 0
    assert canonical_json(json.loads(payload)) == payload


def test_a_body_that_looks_like_a_pad_is_no_pad() -> None:
    said = replace(SAID, body={"pad": '"pad":"', "previous": '"pad":""'})
    assert read_statement(payload_of(said)) == said


@pytest.mark.parametrize(
    "said", [replace(SAID, stream=bytes(31)), replace(SAID, previous=bytes(33)), replace(SAID, salt=b"")]
)
def test_a_hash_of_another_length_is_not_written(said: Statement) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        payload_of(said)


@pytest.mark.parametrize(
    "said",
    [replace(SAID, number=2**53), replace(SAID, version=2**53), replace(SAID, at=datetime(2300, 1, 1, tzinfo=UTC))],
)
def test_a_number_without_an_exact_spelling_is_not_written(said: Statement) -> None:
    with pytest.raises(ValueError, match="exact"):
        payload_of(said)


def _with(**changes: object) -> bytes:
    value = json.loads(payload_of(SAID)) | {"pad": ""} | changes
    text = canonical_json({name: one for name, one in value.items() if one != "gone"})
    before, empty, after = text.rpartition(b'"pad":"')
    return before + empty + b"." * (-len(text) % 256) + after


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 0},
        {"number": -1},
        {"number": "3"},
        {"v": 0},
        {"kind": 7},
        {"kind": "gone"},
        {"more": 1},
        {"stream": ""},
        {"salt": to_base64(bytes(31))},
        {"previous": to_base64(bytes(32))[:-2] + "B="},
        {"body": []},
    ],
)
def test_a_statement_of_another_form_is_refused(changes: dict[str, object]) -> None:
    assert read_statement(_with()) == SAID
    with pytest.raises(SpellingError):
        read_statement(_with(**changes))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b'{"body":' + b'{"a":' * 100_000,
        payload_of(SAID).replace(b"{", b"{ ", 1),
        payload_of(SAID)[:-256],
        payload_of(SAID).replace(b'"at":', b'"at":9999', 1),
        payload_of(SAID).replace(b'"at":', b'"at":-9999', 1),
        payload_of(SAID).replace(b"....", b"...\xc3", 1),
        payload_of(SAID).replace(b"....", b"....." * 52, 1),
        payload_of(SAID).replace(b'"n":1', b'"n":1.0', 1).replace(b"....", b"..", 1),
        payload_of(SAID).replace(b'"n":1', b'"n":1,"n":1', 1).replace(b"......", b"", 1),
        payload_of(SAID).replace(b"ana", b"\\ud800", 1).replace(b"...", b"", 1),
    ],
)
def test_another_spelling_of_the_same_is_refused(payload: bytes) -> None:
    with pytest.raises(SpellingError):
        read_statement(payload)


def test_the_leaf_is_canonical_and_has_the_form_of_rekor() -> None:
    envelope = sign_statement(SAID, LOG.key, LOG.sign)
    leaf = leaf_of(envelope, LOG.key)
    read: dict[str, Any] = json.loads(leaf)
    assert canonical_json(read) == leaf
    assert read == {
        "apiVersion": "0.0.2",
        "kind": "dsse",
        "spec": {
            "dsseV002": {
                "payloadHash": {"algorithm": "SHA2_256", "digest": to_base64(sha256(envelope.payload).digest())},
                "signatures": [
                    {
                        "content": to_base64(envelope.signature),
                        "verifier": {
                            "keyDetails": "PKIX_ED25519",
                            "publicKey": {"rawBytes": to_base64(spki(LOG.key.public))},
                        },
                    }
                ],
            }
        },
    }


@pytest.mark.slow
@given(statements, statements)
def test_leaves_are_of_one_length_whatever_is_said(one: Statement, other: Statement) -> None:
    first, second = (leaf_of(sign_statement(said, LOG.key, LOG.sign), LOG.key) for said in (one, other))
    assert len(first) == len(second) < 450


def test_the_same_said_with_another_salt_is_another_leaf_in_every_part() -> None:
    leaves = [
        json.loads(leaf_of(sign_statement(said, LOG.key, LOG.sign), LOG.key))["spec"]["dsseV002"]
        for said in (SAID, replace(SAID, salt=bytes(32)))
    ]
    assert leaves[0]["payloadHash"]["digest"] != leaves[1]["payloadHash"]["digest"]
    assert leaves[0]["signatures"][0]["content"] != leaves[1]["signatures"][0]["content"]


def test_what_is_signed_is_the_pre_authentication_encoding_of_dsse() -> None:
    assert signed_bytes(b"{}") == b"DSSEv1 35 application/vnd.troth.entry.v1+json 2 {}"
    envelope = sign_statement(SAID, LOG.key, LOG.sign)
    assert LOG.key.holds(signed_bytes(envelope.payload), envelope.signature)
    assert envelope.key == LOG.key.short


def test_what_an_entry_signs_can_never_be_a_checkpoint() -> None:
    # One key signs both: their first bytes keep them apart, because no log may have a space in its name.
    assert signed_bytes(b"x\n1\n").partition(b"\n")[0].startswith(b"DSSEv1 ")


def test_only_ed25519_keys_have_this_form() -> None:
    assert public_of(spki(LOG.key.public)) == LOG.key.public
    for der in (b"", spki(LOG.key.public)[:-1], b"\0" + spki(LOG.key.public)[1:], LOG.key.public):
        with pytest.raises(SpellingError):
            public_of(der)


def test_what_is_noted_already_is_in_the_vocabulary() -> None:
    assert {kind.value for kind in Kind} <= VOCABULARY[1]
    assert SAID.is_known
    assert not replace(SAID, kind="dreamt").is_known
    assert not replace(SAID, version=2).is_known


def test_the_places_of_nobody_and_of_nothing_are_zero() -> None:
    assert bytes(32) == COMPANY == NOTHING
