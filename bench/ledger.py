"""The work of the ledger's log, in memory: hashing, proofs, signing, checking. What the disk adds is not in here.

Proofs are asked at random places of a tree of ten million entries, and checked now and then. A receipt is counted
from what an entry says to the bytes of its file. A changed receipt is a true one with one byte changed at random.
"""

import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from troth.clock import SystemClock
from troth.keys.sealing import new_key
from troth.keys.signing import Signer
from troth.ledger.checkpoint import Checkpoint, sign_checkpoint
from troth.ledger.leaf import NOTHING, Envelope, Statement, leaf_of, sign_statement
from troth.ledger.note import VerifierKey
from troth.ledger.proof import includes, inclusion_proof
from troth.ledger.receipt import Logged, Receipt, as_tlog_proof
from troth.ledger.sigstore import as_bundle
from troth.ledger.spelling import HASH_BYTES
from troth.ledger.tiles import Edge
from troth.ledger.tree import Tree, leaf_hash
from troth.ledger.trust import LogKey, Trust
from troth.ledger.verify import verify

COMMAND = "make bench ONLY=ledger"
ORIGIN = "bench.example/log"
APPENDED, AT_ONCE = 200_000, 1_000
LARGE = 10_000_000
PROOFS = 100_000
RECEIPTS = 10_000
CHECKS = 1_000
MUTATIONS = 10_000
_PROMISED = {
    "ledger.tree_entries_per_cpu_s": 100_000,
    "ledger.receipts_per_s": 5_000,
    "ledger.proofs_per_s": 30_000,
    "ledger.verify_ms": 2.0,
    "ledger.mutations_accepted": 0,
}


def measure(_scale: str) -> list[dict[str, Any]]:
    """Return entries, proofs and receipts per second of CPU, milliseconds to check one, and how many got by."""
    dice = Random(6962)  # noqa: S311 - dice of a measurement
    signer = Signer(1, new_key())
    key = VerifierKey(ORIGIN, signer.public)
    now = SystemClock().now()
    trust = Trust((LogKey(key, now - timedelta(days=1)),))
    made_s, files = _receipts(key, signer, now)
    verify_s = [_seconds(partial(_check, form, trust)) / len(form) for form in files]
    accepted = sum(verify(_changed(dice.choice(dice.choice(files)), dice), trust).holds for _ in range(MUTATIONS))
    return [
        _row("ledger.tree_entries_per_cpu_s", round(APPENDED / _growing(dice)), "entries/s of CPU"),
        _row("ledger.proofs_per_s", round(PROOFS / _proving(dice)), "inclusion proofs/s of CPU, 10M entries"),
        _row("ledger.receipts_per_s", round(RECEIPTS / made_s), "signed receipts/s of CPU"),
        _row("ledger.verify_ms", round(max(verify_s) * 1000, 3), "ms CPU, one receipt, the slower form"),
        _row("ledger.mutations_accepted", accepted, f"of {MUTATIONS:,} receipts with a changed byte"),
    ]


def _check(receipts: Sequence[bytes], trust: Trust) -> None:
    if not all(verify(one, trust).holds for one in receipts):
        sys.exit("a true receipt was refused")


def _growing(dice: Random) -> float:
    """Return seconds of CPU to hash leaves of 400 bytes, let a tree of tiles grow by them, and tell its roots."""
    leaves = [dice.randbytes(400) for _ in range(AT_ONCE)]

    def grow() -> None:
        edge = Edge()
        for _ in range(0, APPENDED, AT_ONCE):
            edge.extend([leaf_hash(leaf) for leaf in leaves])
            edge.partial()
            edge.root()

    return _seconds(grow)


def _proving(dice: Random) -> float:
    """Return seconds of CPU to make proofs at random places of a large tree."""
    tree = Tree(dice.randbytes(AT_ONCE * HASH_BYTES) for _ in range(LARGE // AT_ONCE))
    places = [dice.randrange(LARGE) for _ in range(PROOFS)]
    took = _seconds(lambda: [inclusion_proof(tree, place, LARGE) for place in places])
    root = tree.root()
    for place in places[:: PROOFS // 100]:
        if not includes(root, LARGE, place, tree.node(0, place), inclusion_proof(tree, place, LARGE)):
            sys.exit("a true proof does not hold")
    return took


def _receipts(key: VerifierKey, signer: Signer, now: Any) -> tuple[float, list[list[bytes]]]:  # noqa: ANN401 - a time
    """Return seconds of CPU to make receipts, and some in both forms."""
    body = {
        "allowed": ["orders", "email"],
        "name": "ana",
        "purpose": "service",
        "reason": "Case 17",
        "role": "support",
    }
    salts = [new_key() for _ in range(RECEIPTS)]
    made: list[Receipt] = []
    files: list[bytes] = []

    def make() -> None:
        tree, envelopes, previous = Tree(), list[Envelope](), NOTHING
        for number, salt in enumerate(salts, 1):
            said = Statement(ORIGIN, "read", now, salts[0], number, previous, salt, body)
            envelope = sign_statement(said, key, signer.sign)
            previous = leaf_hash(leaf_of(envelope, key))
            envelopes.append(envelope)
            tree.append(previous)
        checkpoint = sign_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root()), key, signer.sign)
        for index, envelope in enumerate(envelopes):
            receipt = Receipt(Logged(envelope, index, inclusion_proof(tree, index, tree.size)), checkpoint)
            made.append(receipt)
            files.append(as_tlog_proof(receipt))

    took = _seconds(make)
    step = RECEIPTS // CHECKS
    return took, [files[::step], [as_bundle(receipt, key) for receipt in made[::step]]]


def _changed(receipt: bytes, dice: Random) -> bytes:
    at = dice.randrange(len(receipt))
    return receipt[:at] + bytes([receipt[at] ^ dice.randrange(1, 256)]) + receipt[at + 1 :]


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _row(name: str, value: float, unit: str) -> dict[str, Any]:
    promised = _PROMISED[name]
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "best_peer": promised,
        "best_peer_name": "what we promise",
        "ratio": round(value / promised, 3) if promised else None,
        "command": COMMAND,
    }
