"""The npm package @sigstore/verify, unmodified: it takes our receipts, and refuses every change of what it looks at.

What it does not look at is listed here too, so that docs/formats/receipt.md can say it truly; our own verifier
refuses those changes.
"""

import base64
import copy
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ledger.logs import LATER_LOG, LOG, NOW, TRUST, WITNESS, filled
from troth.ledger.leaf import COMPANY
from troth.ledger.sigstore import as_bundle, as_trusted_root
from troth.ledger.trust import LogKey
from troth.ledger.verify import verify

HERE = Path(__file__).parent / "sigstore"
SMALL = filled()
BUNDLE: dict[str, Any] = json.loads(as_bundle(SMALL.receipt(3), LOG.key))
ROOT = as_trusted_root([LogKey(LOG.key, NOW)])
CHANGES = 100

# Where a value lies in a bundle. What is base64 is changed bit by bit, other text letter by letter.
_ENTRY = ("verificationMaterial", "tlogEntries", 0)
_PROOF = (*_ENTRY, "inclusionProof")
BOUND_BYTES = {
    "payload": ("dsseEnvelope", "payload"),
    "signature of the entry": ("dsseEnvelope", "signatures", 0, "sig"),
    "leaf": (*_ENTRY, "canonicalizedBody"),
    "hash of the path": (*_PROOF, "hashes", 1),
}
BOUND_TEXT = {
    "type of the payload": ("dsseEnvelope", "payloadType"),
    "hint": ("verificationMaterial", "publicKey", "hint"),
    "index in the proof": (*_PROOF, "logIndex"),
    "kind": (*_ENTRY, "kindVersion", "kind"),
    "version of the kind": (*_ENTRY, "kindVersion", "version"),
}
NOT_BOUND = {
    "outer index": ((*_ENTRY, "logIndex"), "4"),
    "id of the log": ((*_ENTRY, "logId", "keyId"), base64.b64encode(bytes(32)).decode()),
    "time": ((*_ENTRY, "integratedTime"), "7"),
    "root beside the checkpoint": ((*_PROOF, "rootHash"), base64.b64encode(bytes(32)).decode()),
    "size beside the checkpoint": ((*_PROOF, "treeSize"), "99"),
    "key id in the envelope": (("dsseEnvelope", "signatures", 0, "keyid"), "x"),
    "media type": (("mediaType",), "application/vnd.dev.sigstore.bundle.v0.4+json"),
}

Judge = Callable[[Sequence[bytes]], list[str]]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package in a folder of its own, as the lock file names it by version and digest."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on this machine: the verifier of Sigstore runs on Node.js 20.17 or newer")
    folder = tmp_path_factory.mktemp("sigstore")
    for name in ("package.json", "package-lock.json", "check.mjs"):
        shutil.copy(HERE / name, folder)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    if done.returncode != 0:
        if any(word in done.stderr for word in ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENOTCACHED")):
            pytest.skip("npm ci can't reach a registry: the package @sigstore/verify is not on this machine")
        pytest.fail(done.stderr)
    return folder


@pytest.fixture(scope="module")
def judge(package: Path) -> Judge:
    return lambda bundles: judged(package, ROOT, bundles)


def judged(package: Path, root: bytes, bundles: Sequence[bytes]) -> list[str]:
    """Return what the package says of each bundle: ``holds``, or what is wrong."""
    lines = [json.dumps(json.loads(root)).encode(), *map(base64.b64encode, bundles)]
    done = subprocess.run(
        ["node", "check.mjs"], cwd=package, input=b"\n".join(lines), capture_output=True, check=False, timeout=150
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().splitlines()


def _changed(path: tuple[str | int, ...], change: Callable[[str], str]) -> bytes:
    value = copy.deepcopy(BUNDLE)
    holder: Any = value
    for step in path[:-1]:
        holder = holder[step]
    assert holder[path[-1]] != change(holder[path[-1]]), path
    holder[path[-1]] = change(holder[path[-1]])
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _at(path: tuple[str | int, ...]) -> str:
    value: Any = BUNDLE
    for step in path:
        value = value[step]
    return str(value)


def _flips(path: tuple[str | int, ...]) -> Iterator[bytes]:
    bits = 8 * len(base64.b64decode(_at(path)))
    # Spread over the whole value, and not always the same bit of a byte.
    for bit in (number * bits // CHANGES for number in range(CHANGES)):

        def flip(text: str, bit: int = bit) -> str:
            data = bytearray(base64.b64decode(text))
            data[bit // 8] ^= 1 << bit % 8
            return base64.b64encode(data).decode()

        yield _changed(path, flip)


def _letters(path: tuple[str | int, ...], text: str) -> Iterator[bytes]:
    for at, letter in enumerate(text):
        other = str((int(letter) + 1) % 10) if letter.isdigit() else ("x" if letter != "x" else "y")
        changed = text[:at] + other + text[at + 1 :]
        yield _changed(path, partial(_instead, changed))


def _instead(changed: str, _: str) -> str:
    return changed


@pytest.mark.slow
def test_every_receipt_is_accepted(judge: Judge) -> None:
    bundles = [as_bundle(SMALL.receipt(index), LOG.key) for index in range(SMALL.tree.size)]
    assert judge(bundles) == ["holds"] * SMALL.tree.size


@pytest.mark.slow
def test_receipts_with_cosignatures_and_after_a_change_of_key_are_accepted(package: Path) -> None:
    log = filled((WITNESS,))
    log.signer = LATER_LOG
    index = log.write("signer_changed", COMPANY, {"key": LATER_LOG.key.written})
    old, new = as_bundle(log.receipt(3), LOG.key), as_bundle(log.receipt(index), LATER_LOG.key)
    both = as_trusted_root([LogKey(LOG.key, NOW, NOW), LogKey(LATER_LOG.key, NOW)])
    assert judged(package, both, [old, new]) == ["holds", "holds"]
    assert "holds" not in judged(package, ROOT, [old, new])


@pytest.mark.slow
@pytest.mark.parametrize("what", BOUND_BYTES)
def test_every_changed_bit_of_what_it_looks_at_is_refused(judge: Judge, what: str) -> None:
    changed = list(_flips(BOUND_BYTES[what]))
    answers = judge(changed)
    assert len(answers) == CHANGES
    assert "holds" not in answers


@pytest.mark.slow
@pytest.mark.parametrize("what", BOUND_TEXT)
def test_every_changed_letter_of_what_it_looks_at_is_refused(judge: Judge, what: str) -> None:
    changed = list(_letters(BOUND_TEXT[what], _at(BOUND_TEXT[what])))
    answers = judge(changed)
    assert len(answers) == len(changed) > 0
    assert "holds" not in answers


@pytest.mark.slow
def test_every_changed_letter_of_the_checkpoint_is_refused(judge: Judge) -> None:
    path = (*_PROOF, "checkpoint", "envelope")
    text = _at(path)
    body = text.index("\n\n")
    bound = range(body)  # what is signed
    changed = list(_letters(path, text))
    answers = judge([changed[at] for at in bound])
    assert "holds" not in answers
    # Of the signature line, every letter of the base64 but the last: its spare bits stand for nothing.
    line = range(text.rindex(" ") + 1, len(text) - 3)
    assert "holds" not in judge([changed[at] for at in line])


@pytest.mark.slow
@pytest.mark.parametrize("what", NOT_BOUND)
def test_what_it_does_not_look_at_it_accepts_and_our_own_verifier_refuses(judge: Judge, what: str) -> None:
    path, other = NOT_BOUND[what]
    changed = _changed(path, lambda _: other)
    assert judge([changed]) == ["holds"]
    assert not verify(changed, TRUST).holds


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        json.dumps(BUNDLE, indent=2).encode(),
        json.dumps(BUNDLE | {"more": 1}).encode(),
        _changed(BOUND_BYTES["hash of the path"], lambda text: text.rstrip("=")),
        _changed(BOUND_BYTES["payload"], lambda text: text + "\n"),
    ],
    ids=["blanks", "a further member", "base64 cut short", "base64 with a line end"],
)
def test_another_spelling_it_accepts_and_our_own_verifier_refuses(judge: Judge, changed: bytes) -> None:
    assert judge([changed]) == ["holds"]
    assert not verify(changed, TRUST).holds


@pytest.mark.slow
def test_a_false_cosignature_it_accepts_and_our_own_verifier_refuses(judge: Judge) -> None:
    text = _at((*_PROOF, "checkpoint", "envelope"))
    changed = _changed(
        (*_PROOF, "checkpoint", "envelope"), lambda _: text + "— witness.example/w1 " + "A" * 104 + "\n"
    )
    assert judge([changed]) == ["holds"]
    assert not verify(changed, TRUST).holds


def test_the_lock_file_names_digests_and_no_place() -> None:
    lock = json.loads((HERE / "package-lock.json").read_text("utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages
    assert all(one["integrity"].startswith("sha512-") and "resolved" not in one for one in packages.values())
    assert packages["node_modules/@sigstore/verify"]["version"] == "3.1.1"
