"""What a log asks a witness, and what it is told: the call ``add-checkpoint`` of c2sp.org/tlog-witness, as bytes.

old <the size that the witness knows, decimal>
<hashes that show that the log only grew since, base64, one a line>

<the signed checkpoint>
"""

from dataclasses import dataclass

from troth.ledger.spelling import HASH_BYTES, SpellingError, from_base64, from_decimal, to_base64

PATH = "/add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
"""The content type of an answer that tells which size the witness knows (status 409)."""

MOST_HASHES = 63
"""Hashes of a proof at most (c2sp.org/tlog-witness)."""

_OLD = "old "


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a cosignature.

    Attributes:
        old: the size that the witness is thought to know; 0 when it never saw the log.
        proof: the hashes that lead from there to the checkpoint (`proof.consistency_proof`); none from size 0.
        checkpoint: the signed note.
    """

    old: int
    proof: tuple[bytes, ...]
    checkpoint: str


def as_request(asked: Asked) -> bytes:
    """Return the body of the request."""
    lines = [f"{_OLD}{asked.old}", *map(to_base64, asked.proof), "", asked.checkpoint]
    return "\n".join(lines).encode()


def read_request(body: bytes) -> Asked:
    """Return what is asked. The checkpoint is not looked at yet.

    Raises:
        SpellingError: not such a request, or one that `as_request` spells otherwise.
    """
    try:
        head, empty, checkpoint = body.decode("utf-8").partition("\n\n")
    except UnicodeDecodeError:
        raise SpellingError("The request is not text in UTF-8.") from None
    old, *hashes = head.split("\n")
    if not empty or not old.startswith(_OLD):
        raise SpellingError("The request does not begin with the old size, the proof, and an empty line.")
    if len(hashes) > MOST_HASHES:
        raise SpellingError(f"A proof has at most {MOST_HASHES} hashes.")
    proof = tuple(from_base64(one, "A hash of the proof", size=HASH_BYTES) for one in hashes)
    return Asked(from_decimal(old.removeprefix(_OLD), "The old size"), proof, checkpoint)
