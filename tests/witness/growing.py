"""Logs for a witness to watch: one that grows, and one that shares its beginning and then tells another story."""

from datetime import UTC, datetime
from pathlib import Path

from ledger.logs import LOG, ORIGIN, Pair
from troth.clock import FixedClock
from troth.ledger.add_checkpoint import Asked, as_request
from troth.ledger.checkpoint import Checkpoint, sign_checkpoint
from troth.ledger.proof import consistency_proof
from troth.ledger.tree import Tree, leaf_hash
from troth.witness.service import Witness, make_witness

NAME = "witness.example/w1"
AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECOND = 1_795_348_800
SHARED = 5


class Growing:
    """A log of 100 leaves, of which as many are shown as one asks for.

    Args:
        story: leaves from number `SHARED` on are its own.
        signer: who signs its checkpoints.
    """

    def __init__(self, story: str = "one", signer: Pair = LOG) -> None:
        self._signer = signer
        said = [f"leaf {at} {story if at >= SHARED else ''}" for at in range(100)]
        self._tree = Tree(leaf_hash(one.encode()) for one in said)

    def note(self, size: int) -> str:
        head = Checkpoint(self._signer.key.name, size, self._tree.root(size))
        return sign_checkpoint(head, self._signer.key, self._signer.sign)

    def proof(self, old: int, size: int) -> tuple[bytes, ...]:
        return consistency_proof(self._tree, old, size) if 0 < old <= size else ()

    def request(self, old: int, size: int) -> bytes:
        return as_request(Asked(old, self.proof(old, size), self.note(size)))


ONE = Growing()
OTHER = Growing("another")


def witness_in(home: Path, clock: FixedClock | None = None, *, signer: Pair = LOG) -> Witness:
    """Return a new witness of the log."""
    make_witness(home, NAME, [signer.key])
    return Witness(home, clock or FixedClock(AT))


__all__ = ["AT", "NAME", "ONE", "ORIGIN", "OTHER", "SECOND", "SHARED", "Growing", "witness_in"]
