"""The pages on formats: every value in their tables is the computed one, every file the one that is written."""

import json
import re
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.logs import ANNA, LOG, NOW, WITNESS, SmallLog, filled
from troth.ledger.bundle import as_json
from troth.ledger.heads import head_of, part_of, place_of
from troth.ledger.leaf import VOCABULARY, leaf_of, payload_of, read_statement
from troth.ledger.receipt import as_tlog_proof
from troth.ledger.sigstore import as_bundle, as_trusted_root
from troth.ledger.tree import Tree, leaf_hash
from troth.ledger.trust import LogKey
from troth.ledger.verify import WORDS

FORMATS = Path(__file__).parents[2] / "docs" / "formats"
LEDGER = (FORMATS / "ledger.md").read_text("utf-8")
RECEIPT = (FORMATS / "receipt.md").read_text("utf-8")


@cache
def small() -> SmallLog:
    return filled((WITNESS,))


def vectors() -> dict[str, str]:
    log = small()
    envelope = log.envelopes[3][1]
    leaf = leaf_of(envelope, LOG.key)
    hashed = leaf_hash(leaf)
    return {
        "log key": LOG.key.written,
        "witness key": WITNESS.key.written,
        "statement at index 3 (`read`), SHA-256": sha256(envelope.payload).hexdigest(),
        "its leaf, SHA-256": sha256(leaf).hexdigest(),
        "its leaf hash": hashed.hex(),
        "root of the 11 entries": log.tree.root().hex(),
        "place of the stream": place_of(ANNA).hex(),
        "commitment to (2, that leaf hash)": head_of(ANNA, 2, hashed).commitment.hex(),
        "root of the map of 7 streams": part_of(log.map[1]).hash.hex(),
        "root of 3 leaves `0x00`, `0x01`, `0x02`": Tree(leaf_hash(bytes([n])) for n in range(3)).root().hex(),
    }


def files() -> dict[str, bytes]:
    log = small()
    return {
        "read.tlog-proof": as_tlog_proof(log.receipt(3)),
        "read.sigstore.json": as_bundle(log.receipt(3), LOG.key),
        "bundle.json": as_json(log.bundle(ANNA)),
        "trusted_root.json": as_trusted_root([LogKey(LOG.key, NOW - timedelta(days=365))]),
        "policy.txt": f"witness auditor {WITNESS.key.written}\nquorum auditor\n".encode(),
    }


def rows(page: str) -> dict[str, str]:
    """Return first cell → second of every row whose second is code."""
    return dict(re.findall(r"^\| (.+?) \| `([^`]+)` \|$", page, re.MULTILINE))


@pytest.mark.parametrize("what", vectors())
def test_a_vector_of_the_page_is_what_is_computed(what: str) -> None:
    assert rows(LEDGER)[what] == vectors()[what]


def test_the_page_shows_the_statement_and_the_checkpoint() -> None:
    (shown,) = re.findall(r"```json\n(.*?)\n```", LEDGER, re.DOTALL)
    payload = small().envelopes[3][1].payload
    assert json.loads(shown) == json.loads(payload) | {"pad": ""}
    assert payload_of(read_statement(payload)) == payload
    assert f"```\n{small().checkpoint()}```" in LEDGER


def test_the_page_names_every_word_of_the_vocabulary() -> None:
    (listed,) = re.findall(r"Vocabulary 1: (.*?)\. A version", LEDGER, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", listed)) == VOCABULARY[1]


@pytest.mark.parametrize("name", files())
def test_an_example_file_is_the_one_that_is_written(name: str) -> None:
    data = files()[name]
    assert (FORMATS / "receipt" / name).read_bytes() == data
    digest = rows(RECEIPT).get(f"`{name}`")
    assert digest in {sha256(data).hexdigest(), None}
    assert (digest is None) == (name in {"trusted_root.json", "policy.txt"})


def test_there_is_no_other_example_file() -> None:
    assert {path.name for path in (FORMATS / "receipt").iterdir()} == set(files())


def test_the_page_shows_the_policy() -> None:
    assert f"```\n{files()['policy.txt'].decode()}```" in RECEIPT


def test_the_page_tells_the_steps_as_they_are_checked() -> None:
    told = re.findall(r"^\| (\d+) \| (.+) \|$", RECEIPT, re.MULTILINE)
    assert told == [(str(int(step)), words) for step, words in WORDS.items()]
    assert re.findall(r"^(\d+)\. \*\*", RECEIPT, re.MULTILINE) == [str(int(step)) for step in WORDS]
