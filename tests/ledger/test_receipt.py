"""Receipts in their two forms: spelled one way, read back the same."""

import json
from pathlib import Path

import pytest

from ledger.logs import LATER_LOG, LOG, NOW, ORIGIN, WITNESS, filled, pair
from troth.canonical import canonical_json
from troth.ledger.leaf import leaf_of
from troth.ledger.receipt import as_tlog_proof, read_tlog_proof
from troth.ledger.sigstore import as_bundle, as_trusted_root, read_bundle, read_trusted_root
from troth.ledger.spelling import SpellingError, to_base64
from troth.ledger.trust import LogKey

SHARED = Path(__file__).parents[3] / "shared" / "vectors" / "c2sp" / "spec-examples" / "tlog-proof-abbreviated.txt"
SMALL = filled((WITNESS,))
PROOF = as_tlog_proof(SMALL.receipt(3))
BUNDLE = as_bundle(SMALL.receipt(3), LOG.key)
BODY = to_base64(leaf_of(SMALL.receipt(3).logged.envelope, LOG.key)).encode()


def test_both_forms_are_read_back_for_every_entry() -> None:
    for index in range(SMALL.tree.size):
        receipt = SMALL.receipt(index)
        assert read_tlog_proof(as_tlog_proof(receipt)) == receipt
        assert read_bundle(as_bundle(receipt, LOG.key)) == receipt


def test_a_tlog_proof_has_the_lines_of_the_specification() -> None:
    head, _, checkpoint = PROOF.decode().partition("\n\n")
    first, extra, index, *hashes = head.split("\n")
    assert (first, index, len(hashes)) == ("c2sp.org/tlog-proof@v1", "index 3", 4)
    assert extra.startswith("extra ")
    assert checkpoint == SMALL.checkpoint()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"c2sp.org/tlog-proof@v1", b"c2sp.org/tlog-proof@v2"),
        (b"extra ", b"extra  "),
        (b"extra ", b"Extra "),
        (b"index 3", b"index 03"),
        (b"index 3", b"index -3"),
        (b"index 3", b"index 9007199254740992"),
        (b"\nindex", b"\r\nindex"),
        (b"\nindex 3\n", b"\n"),
        (b"\nindex 3\n", b"\nindex 3\n" + (to_base64(bytes(32)).encode() + b"\n") * 64),
        (b"\nindex 3\n", b"\nindex 3\nAAAA\n"),
    ],
)
def test_another_spelling_is_refused(old: bytes, new: bytes) -> None:
    changed = PROOF.replace(old, new, 1)
    assert changed != PROOF
    with pytest.raises(SpellingError):
        read_tlog_proof(changed)


def _envelope(**changes: object) -> bytes:
    value = {
        "payload": "AAAA",
        "payloadType": "application/vnd.troth.entry.v1+json",
        "signatures": [{"keyid": "", "sig": to_base64(bytes(64))}],
    } | changes
    return canonical_json(value)  # type: ignore[arg-type] # JSON of a test


@pytest.mark.parametrize(
    "envelope",
    [
        b"",
        b"{}",
        b"[" * 10_000,
        b" " + _envelope(),
        _envelope(payloadType="text/plain"),
        _envelope(signatures=[]),
        _envelope(signatures=[{"keyid": "", "sig": to_base64(bytes(64))}] * 2),
        _envelope(signatures=[{"keyid": "", "sig": to_base64(bytes(63))}]),
        _envelope(more=1),
        _envelope().replace(b'""', b'"\\ud800"'),
    ],
)
def test_an_extra_line_that_is_no_envelope_is_refused(envelope: bytes) -> None:
    lines = PROOF.split(b"\n")
    lines[1] = b"extra " + to_base64(_envelope()).encode()
    assert read_tlog_proof(b"\n".join(lines)).logged.envelope.payload == bytes(3)
    lines[1] = b"extra " + to_base64(envelope).encode()
    with pytest.raises(SpellingError):
        read_tlog_proof(b"\n".join(lines))


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(SpellingError, match="UTF-8"):
        read_tlog_proof(b"c2sp.org/tlog-proof@v1\n\xff")


def test_a_sigstore_bundle_has_the_shape_of_version_0_3() -> None:
    value = json.loads(BUNDLE)
    assert value["mediaType"] == "application/vnd.dev.sigstore.bundle.v0.3+json"
    (entry,) = value["verificationMaterial"]["tlogEntries"]
    assert entry["logIndex"] == entry["inclusionProof"]["logIndex"] == "3"
    assert entry["inclusionProof"]["treeSize"] == str(SMALL.tree.size)
    assert value["verificationMaterial"]["publicKey"] == {"hint": LOG.key.short}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        BUNDLE.replace(BODY, to_base64(b'{"spec":' + b'{"a":' * 100_000).encode()),
        BUNDLE.replace(BODY, to_base64(b'{"a":' * 100_000).encode()),
        BUNDLE.replace(BODY, to_base64(b"\xff").encode()),
        BUNDLE[:-1],
        BUNDLE + b"\n",
        json.dumps(json.loads(BUNDLE), indent=2).encode(),
        BUNDLE.replace(b'"integratedTime":"0"', b'"integratedTime":"1"'),
        BUNDLE.replace(b'"integratedTime":"0"', b'"integratedTime":"0","more":1'),
        BUNDLE.replace(b'"logIndex":"3"}', b'"logIndex":"4"}'),
        BUNDLE.replace(b"v0.3", b"v0.2"),
        BUNDLE.replace(b'"hint":"', b'"hint":"\\ud800'),
        BUNDLE.replace(b'"envelope":"', b'"envelope":"\\ud800'),
        BUNDLE.replace(b'"tlogEntries":[', b'"tlogEntries":[],"tlogEntries":['),
        BUNDLE.replace(b'"tlogEntries":[{', b'"tlogEntries":[],"other":[{'),
    ],
)
def test_another_spelling_of_a_bundle_is_refused(data: bytes) -> None:
    assert data != BUNDLE
    with pytest.raises(SpellingError):
        read_bundle(data)


def test_a_trusted_root_is_read_back_and_may_be_spelled_otherwise() -> None:
    keys = (LogKey(LOG.key, NOW, NOW), LogKey(LATER_LOG.key, NOW))
    root = as_trusted_root(keys)
    assert read_trusted_root(root) == keys
    assert read_trusted_root(json.dumps(json.loads(root)).encode()) == keys
    value = json.loads(root)
    assert value["tlogs"][0]["publicKey"]["validFor"] == {
        "start": "2026-11-22T12:00:00Z",
        "end": "2026-11-22T12:00:00Z",
    }
    value["tlogs"].insert(0, json.loads(root)["tlogs"][0])
    value["tlogs"][0]["publicKey"]["keyDetails"] = "PKIX_ECDSA_P256_SHA_256"
    assert read_trusted_root(json.dumps(value).encode()) == keys


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"trustedroot+json", b"trusted+json"),
        (b"PKIX_ED25519", b"PKIX_RSA"),
        (b'"tlogs"', b'"logs"'),
        (b'"rawBytes": "M', b'"rawBytes": "N'),
        (b"larkfield.example", b"larkfeld.example"),
        (b"2026-11", b"2026-13"),
        (b"00:00Z", b"00:00"),  # a time without its zone
        (b"{", b"["),
    ],
)
def test_what_is_no_trusted_root_of_ours_is_refused(old: bytes, new: bytes) -> None:
    root = as_trusted_root([LogKey(LOG.key, NOW)])
    assert old in root
    with pytest.raises(SpellingError):
        read_trusted_root(root.replace(old, new))


def test_a_key_belongs_to_the_log_of_its_name() -> None:
    other = pair("log 1", "other.example/log")
    assert other.key.public == LOG.key.public
    assert other.key.id != LOG.key.id
    assert ORIGIN in LOG.key.written


@pytest.mark.shared
def test_the_shortened_example_of_the_specification_is_refused() -> None:
    if not SHARED.exists():
        pytest.skip("missing: vectors/c2sp/spec-examples, a tlog-proof as printed")
    with pytest.raises(SpellingError):
        read_tlog_proof(SHARED.read_bytes())
