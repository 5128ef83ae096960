"""Small logs in memory, with keys that are the same every time: what tests, and the examples in docs, are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from operator import attrgetter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from troth.canonical import JSON
from troth.ledger.bundle import Bundle, Last
from troth.ledger.checkpoint import Checkpoint, sign_checkpoint
from troth.ledger.heads import Head, head_of, part_of, place_of, prove
from troth.ledger.leaf import COMPANY, HEADS, NOTHING, Envelope, Statement, leaf_of, sign_statement
from troth.ledger.note import Kind, Sign, VerifierKey, cosign, with_line
from troth.ledger.proof import inclusion_proof
from troth.ledger.receipt import Logged, Receipt
from troth.ledger.spelling import to_base64
from troth.ledger.tree import Tree, leaf_hash
from troth.ledger.trust import LogKey, Trust

ORIGIN = "larkfield.example/log"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WITNESSED_AT = 1_795_348_800


@dataclass(frozen=True, slots=True)
class Pair:
    """A key pair whose private half is a hash of its name. Never do this outside a test."""

    key: VerifierKey
    sign: Sign


def pair(seed: str, name: str = ORIGIN, kind: Kind = Kind.NOTE) -> Pair:
    private = Ed25519PrivateKey.from_private_bytes(sha256(f"test key {seed}".encode()).digest())
    return Pair(VerifierKey(name, private.public_key().public_bytes_raw(), kind), private.sign)


LOG = pair("log 1")
LATER_LOG = pair("log 2")
WITNESS = pair("witness 1", "witness.example/w1", Kind.COSIGNATURE)
OTHER_WITNESS = pair("witness 2", "witness.example/w2", Kind.COSIGNATURE)
TRUST = Trust((LogKey(LOG.key, NOW - timedelta(days=365)),))

ANNA = sha256(b"stream of anna").digest()
BEN = sha256(b"stream of ben").digest()


@dataclass
class SmallLog:
    """A log as an installation keeps one, without the disk."""

    signer: Pair = LOG
    witnesses: Sequence[Pair] = ()
    tree: Tree = field(default_factory=Tree)
    envelopes: list[tuple[bytes, Envelope]] = field(default_factory=list)
    last: dict[bytes, Last] = field(default_factory=dict)
    map: tuple[int, tuple[Head, ...], Mapping[bytes, Last]] = (0, (), {})

    def write(self, kind: str, stream: bytes, body: Mapping[str, JSON], at: datetime = NOW) -> int:
        """Append an entry; return the index of its leaf."""
        before = self.last.get(stream, Last(0, NOTHING))
        salt = sha256(b"salt %d" % self.tree.size).digest()
        said = Statement(self.signer.key.name, kind, at, stream, before.number + 1, before.head, salt, body)
        envelope = sign_statement(said, self.signer.key, self.signer.sign)
        hashed = leaf_hash(leaf_of(envelope, self.signer.key))
        self.last[stream] = Last(before.number + 1, hashed)
        self.envelopes.append((stream, envelope))
        return self.tree.append(hashed)

    def tell_heads(self) -> int:
        """Append the entry that tells the root of the map of heads."""
        size = self.tree.size
        last = {stream: one for stream, one in self.last.items() if stream != COMPANY}
        heads = [head_of(stream, one.number, one.head) for stream, one in last.items()]
        heads.sort(key=attrgetter("place"))
        told = part_of(heads)
        index = self.write(HEADS, COMPANY, {"root": to_base64(told.hash), "size": size, "streams": told.streams})
        self.map = (index, tuple(heads), last)
        return index

    def checkpoint(self) -> str:
        """Return the signed checkpoint of what is there, with the witnesses' lines."""
        head = Checkpoint(ORIGIN, self.tree.size, self.tree.root())
        note = sign_checkpoint(head, self.signer.key, self.signer.sign)
        for one in self.witnesses:
            note = with_line(note, cosign(head.text, one.key, one.sign, at=WITNESSED_AT))
        return note

    def logged(self, index: int) -> Logged:
        return Logged(self.envelopes[index][1], index, inclusion_proof(self.tree, index, self.tree.size))

    def receipt(self, index: int) -> Receipt:
        return Receipt(self.logged(index), self.checkpoint())

    def bundle(self, stream: bytes) -> Bundle:
        index, heads, last = self.map
        own = [at for at, (whose, _) in enumerate(self.envelopes) if whose == stream]
        return Bundle(
            stream=stream,
            checkpoint=self.checkpoint(),
            entries=tuple(map(self.logged, own)),
            heads=self.logged(index),
            last=last.get(stream),
            proof=prove(heads, place_of(stream)),
        )


def filled(witnesses: Sequence[Pair] = ()) -> SmallLog:
    """Return a log in which Anna and Ben have some entries, with the map told, and one entry after it."""
    log = SmallLog(witnesses=witnesses)
    log.write("promise_published", COMPANY, {"number": 1})
    log.write("choice_made", ANNA, {"answer": "yes", "clause": "suggestions/orders"})
    log.write("choice_made", BEN, {"answer": "no", "clause": "suggestions/orders"})
    log.write("read", ANNA, {"allowed": ["orders"], "name": "ana", "purpose": "service", "reason": "Case 17"})
    for number in range(5):
        log.write("machine_use", sha256(b"stream of %d" % number).digest(), {"clause": "suggestions/orders"})
    log.tell_heads()
    log.write("machine_use", ANNA, {"clause": "suggestions/orders", "day": "2026-11-22"})
    return log
