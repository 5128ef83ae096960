"""Checkpoints of ours and of others."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.logs import LOG, ORIGIN
from troth.errors import InputError
from troth.ledger.checkpoint import Checkpoint, checked_origin, open_checkpoint, read_checkpoint, sign_checkpoint
from troth.ledger.note import open_note, read_key
from troth.ledger.proof import is_consistent
from troth.ledger.spelling import SpellingError, from_base64, from_decimal, to_base64

SHARED = Path(__file__).parents[3] / "shared" / "vectors" / "c2sp"
ROOT = to_base64(bytes(range(32)))


def test_a_checkpoint_has_three_lines_and_a_signature() -> None:
    head = Checkpoint(ORIGIN, 12, bytes(range(32)))
    signed = sign_checkpoint(head, LOG.key, LOG.sign)
    assert signed.startswith(f"{ORIGIN}\n12\n{ROOT}\n\n— {ORIGIN} ")
    read, note = open_checkpoint(signed)
    assert read == head
    assert open_note(note, [LOG.key]).signed == {LOG.key}


def test_further_lines_of_others_are_kept() -> None:
    text = f"{ORIGIN}\n0\n{ROOT}\nmore\nand more\n"
    head = read_checkpoint(text)
    assert head.extensions == ("more", "and more")
    assert head.text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"{ORIGIN}\n12\n",
        f"{ORIGIN}\n12\n{ROOT}",
        f"\n12\n{ROOT}\n",
        f"{ORIGIN}\n012\n{ROOT}\n",
        f"{ORIGIN}\n+12\n{ROOT}\n",
        f"{ORIGIN}\n-1\n{ROOT}\n",
        f"{ORIGIN}\n1_2\n{ROOT}\n",
        f"{ORIGIN}\n١\n{ROOT}\n",
        f"{ORIGIN}\n \n{ROOT}\n",
        f"{ORIGIN}\n{2**53}\n{ROOT}\n",
        f"{ORIGIN}\n{'9' * 5000}\n{ROOT}\n",
        f"{ORIGIN}\n12\n{ROOT[:-4]}\n",
        f"{ORIGIN}\n12\n{ROOT[:-2]}9=\n",
        f"{ORIGIN}\n12\n{ROOT}\n\nmore\n",
    ],
)
def test_what_is_not_spelled_as_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(SpellingError):
        read_checkpoint(text)


@pytest.mark.parametrize("origin", ["larkfield.example/log", "a", "log-1.example/2026/a_b"])
def test_a_log_may_be_called(origin: str) -> None:
    assert checked_origin(origin) == origin


@pytest.mark.parametrize(
    "origin", ["", "A.example", "a b", "a+b", "https://a.example", "a/", "/a", "a//b", "a.*", "(a", "a\n", "a" * 129]
)
def test_a_log_may_not_be_called(origin: str) -> None:
    with pytest.raises(InputError, match="like a web address"):
        checked_origin(origin)


@given(st.integers(0, 2**53 - 1))
def test_a_number_has_one_spelling(number: int) -> None:
    assert from_decimal(str(number), "it") == number


@given(st.binary(max_size=40))
def test_bytes_have_one_spelling(data: bytes) -> None:
    assert from_base64(to_base64(data), "it") == data


@pytest.mark.parametrize("text", ["AB==", "AAB=", "AA", "AA=", "A===", "AA==\n", " AA==", "AA==AA==", "-_==", "é==="])
def test_no_other_spelling_is_taken_for_base64(text: str) -> None:
    with pytest.raises(SpellingError):
        from_base64(text, "it")


def _shared(name: str) -> str:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"missing: vectors/c2sp/{name}")
    return path.read_text("utf-8")


@pytest.mark.shared
@pytest.mark.parametrize("name", ["checkpoint", "checkpoint-cosigned"])
def test_the_examples_of_the_specifications_are_read(name: str) -> None:
    text = _shared(f"spec-examples/{name}.txt")
    head, note = open_checkpoint(text)
    assert (head.origin, head.size, str(note)) == ("example.com/behind-the-sofa", 20852163, text)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["witness", "witness2", "mirror"])
def test_cosignatures_of_others_verify_beside_lines_of_unknown_kinds(name: str) -> None:
    (written,) = json.loads(_shared(f"sunlight/{name}.v0.json"))["verifier_keys"]
    head, note = open_checkpoint(_shared(f"sunlight/{name}-checkpoint.txt"))
    opened = open_note(note, [read_key(written)])
    assert head.size == 300
    assert len(opened.unknown) == len(note.lines) - 1
    assert opened.times == {read_key(written): 1767139200}


@pytest.mark.shared
def test_a_checkpoint_of_the_go_checksum_database_verifies() -> None:
    (case,) = json.loads(_shared("torchwood/sumdb.json"))
    key = read_key("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
    head, note = open_checkpoint(case["request_body"].partition("\n\n")[2])
    assert (head.origin, head.size) == ("go.sum database tree", 35225469)
    assert key in open_note(note, [key]).signed


@pytest.mark.shared
def test_consistency_as_a_witness_of_others_decides_it() -> None:
    held: dict[str, tuple[int, bytes]] = {}
    decided = []
    for case in json.loads(_shared("torchwood/litewitness.json")):
        if case["expect_status"] not in {200, 422} or not case["request_body"].startswith("old "):
            continue
        first, _, checkpoint = case["request_body"].partition("\n\n")
        old, *path = first.split("\n")
        # Signatures are left to the other tests: one 422 case has a false one on purpose.
        head = read_checkpoint(checkpoint.partition("\n\n")[0] + "\n")
        size = int(old.removeprefix("old "))
        before = held.get(head.origin, (0, b""))
        hashes = [from_base64(one, "a hash") for one in path]
        fits = not path if size == 0 else is_consistent(before[1], size, head.root, head.size, hashes)
        decided.append((fits, case["expect_status"]))
        if fits:
            held[head.origin] = (head.size, head.root)
    assert all(fits == (status == 200) for fits, status in decided)
    assert len(decided) >= 4
