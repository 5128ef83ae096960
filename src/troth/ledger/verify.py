"""What an outsider runs: check a receipt or a bundle, with nothing but the file and the keys they trust.

No database, no network, no clock. The steps are those of docs/formats/receipt.md, under the same numbers and in the
same order. The first that fails ends it and is told by its number; whatever bytes are handed in, the answer is a
report, never an exception.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum, StrEnum

import msgspec

from troth.ledger import bundle as bundles
from troth.ledger.bundle import Bundle
from troth.ledger.checkpoint import Checkpoint, open_checkpoint
from troth.ledger.heads import head_of, place_of, shows, shows_nothing
from troth.ledger.leaf import NOTHING, VOCABULARY, leaf_of, read_statement, signed_bytes
from troth.ledger.note import VerifierKey, open_note
from troth.ledger.proof import includes
from troth.ledger.receipt import FIRST_LINE, Logged, Receipt, read_tlog_proof
from troth.ledger.sequence import FailedError, Found, map_of, must, must_follow, must_reach
from troth.ledger.sigstore import read_bundle
from troth.ledger.spelling import UNREADABLE, SpellingError
from troth.ledger.tree import leaf_hash
from troth.ledger.trust import LogKey, Trust


class Form(StrEnum):
    """What kind of file it is."""

    UNKNOWN = "unknown"
    TLOG_PROOF = "tlog-proof"
    SIGSTORE = "sigstore bundle"
    BUNDLE = "customer bundle"


class Step(IntEnum):
    """The steps of a check. A receipt has the first seven, a customer's bundle all."""

    FORM = 1
    LOG = 2
    LOG_SIGNATURE = 3
    WITNESSES = 4
    INCLUSION = 5
    SIGNATURE = 6
    ENTRY = 7
    SEQUENCE = 8
    HEADS = 9
    PLACE = 10
    NOTHING_LEFT_OUT = 11


WORDS: dict[Step, str] = {
    Step.FORM: "The file is spelled exactly as its form is written",
    Step.LOG: "The checkpoint is of a log you trust",
    Step.LOG_SIGNATURE: "The log has signed the checkpoint",
    Step.WITNESSES: "Every other signature is of a witness you named, holds, and they are enough",
    Step.INCLUSION: "What is signed leads, hash by hash, to the root in the checkpoint",
    Step.SIGNATURE: "The company has signed what the entry says",
    Step.ENTRY: "The entry is one of this log, in its words, signed by a key that was in use",
    Step.SEQUENCE: "The customer's entries follow each other without a gap",
    Step.HEADS: "The root of the map of heads is an entry of the log itself",
    Step.PLACE: "The map says which of the customer's entries is the last",
    Step.NOTHING_LEFT_OUT: "Every entry the map speaks of is here, up to the last",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a check.

    Attributes:
        form: what kind of file it is.
        passed: the steps that held, in order.
        failed: the step that did not; None when the file holds.
        why: what was wrong, in words.
        checkpoint: what the log says of itself; trusted from step 3 on.
        witnesses: witness → when it signed, in seconds since 1970.
        passed_over: how many signature lines were by nobody that was named.
        entries: what the entries say; those of a customer's bundle without the entry of the map.
        covered: how many of the customer's entries the map speaks of, from 1 to this number; None in a receipt.
        as_of: when the map was made; what came later it can't speak of. None in a receipt.
    """

    form: Form = Form.UNKNOWN
    passed: tuple[Step, ...] = ()
    failed: Step | None = None
    why: str = ""
    checkpoint: Checkpoint | None = None
    witnesses: dict[VerifierKey, int] = field(default_factory=dict)
    passed_over: int = 0
    entries: tuple[Found, ...] = ()
    covered: int | None = None
    as_of: datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether every step held."""
        return self.failed is None

    @property
    def gone(self) -> int:
        """How many of the customer's first entries are not in the bundle, because their time to be kept is over."""
        if self.covered is None:
            return 0
        return self.entries[0].statement.number - 1 if self.entries else self.covered


def verify(data: bytes, trust: Trust) -> Report:
    """Check a receipt, in either form, or a customer's bundle.

    Args:
        data: the file.
        trust: whom to believe.

    Returns:
        The report; `Report.holds` says whether all is well. Never raises.
    """
    run = _Run(trust)
    try:
        run.check(data)
    except (SpellingError, FailedError) as error:
        why = error.message if isinstance(error, SpellingError) else str(error)
        return replace(run.report, passed=tuple(run.passed), failed=run.step, why=why)
    return replace(run.report, passed=(*run.passed, run.step))


class _Run:
    """One check on its way."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._logs: tuple[LogKey, ...] = ()
        self._checkpoint = Checkpoint("", 0, NOTHING)
        self.passed: list[Step] = []
        self.step = Step.FORM
        self.report = Report()

    def check(self, data: bytes) -> None:
        form = _form_of(data)
        self.report = Report(form)
        if form is Form.BUNDLE:
            bundle = bundles.read_json(data)
            self._check_checkpoint(bundle.checkpoint)
            # Steps 5 to 7 for all, and the map's own among them.
            *entries, heads = self._check_entries([*bundle.entries, bundle.heads])
            self.report = replace(self.report, entries=tuple(entries))
            self._check_bundle(bundle, entries, heads)
        else:
            receipt = _READERS[form](data)
            self._check_checkpoint(receipt.checkpoint)
            self.report = replace(self.report, entries=tuple(self._check_entries([receipt.logged])))

    def _next(self, step: Step) -> None:
        self.passed.append(self.step)
        self.step = step

    def _check_checkpoint(self, checkpoint: str) -> None:
        """Go steps 2 to 4."""
        head, note = open_checkpoint(checkpoint)
        self._checkpoint = head
        self._next(Step.LOG)
        self._logs = self._trust.of_origin(head.origin)
        must(bool(self._logs), "You named no key of the log that this checkpoint is of.")
        keys = [one.key for one in self._logs]
        self._next(Step.LOG_SIGNATURE)
        must(bool(open_note(note, keys).signed), "No key that you named for this log has signed the checkpoint.")
        self.report = replace(self.report, checkpoint=head)
        self._next(Step.WITNESSES)
        opened = open_note(note, [*keys, *self._trust.witnesses])
        must(
            self._trust.passes_over_unknown or not opened.unknown,
            f"{len(opened.unknown)} of the signature lines are by keys you did not name, so nobody has checked them.",
        )
        must(self._trust.quorum.is_met(opened.signed), "Fewer witnesses have signed than you ask for.")
        self.report = replace(self.report, witnesses=opened.times, passed_over=len(opened.unknown))

    def _check_entries(self, entries: Sequence[Logged]) -> list[Found]:
        """Go steps 5 to 7, each for all entries."""
        keys = {one.key.short: one.key for one in self._logs}
        self._next(Step.INCLUSION)
        head, hashes = self._checkpoint, []
        for number, one in enumerate(entries, 1):
            key = keys.get(one.envelope.key)
            if key is None:
                raise FailedError(f"Entry {number} of the file is signed by a key you did not name for this log.")
            hashed = leaf_hash(leaf_of(one.envelope, key))
            led = includes(head.root, head.size, one.index, hashed, one.path)
            must(led, f"The path of entry {number} of the file does not lead to the root.")
            hashes.append(hashed)
        self._next(Step.SIGNATURE)
        for number, one in enumerate(entries, 1):
            signed = keys[one.envelope.key].holds(signed_bytes(one.envelope.payload), one.envelope.signature)
            must(signed, f"The company’s signature on entry {number} of the file does not hold.")
        self._next(Step.ENTRY)
        found = []
        for number, (one, hashed) in enumerate(zip(entries, hashes, strict=True), 1):
            said = read_statement(one.envelope.payload)
            must(said.log == head.origin, f"Entry {number} of the file says that it is of another log.")
            unknown = said.version in VOCABULARY and not said.is_known
            must(not unknown, f"Entry {number} of the file is of a kind that its vocabulary does not have.")
            used = any(log.key.short == one.envelope.key and log.was_used(said.at) for log in self._logs)
            must(used, f"Entry {number} of the file is dated to a time when its key was not in use.")
            found.append(Found(said, one.index, hashed))
        return found

    def _check_bundle(self, bundle: Bundle, entries: Sequence[Found], heads: Found) -> None:
        """Go steps 8 to 11."""
        self._next(Step.SEQUENCE)
        must_follow(bundle.stream, entries)
        self._next(Step.HEADS)
        root, size = map_of(heads)
        self._next(Step.PLACE)
        last = bundle.last
        if last is None:
            is_shown = shows_nothing(root, place_of(bundle.stream), bundle.proof)
        else:
            is_shown = shows(root, head_of(bundle.stream, last.number, last.head), bundle.proof)
        must(is_shown, "The path does not lead to the root of the map.")
        self._next(Step.NOTHING_LEFT_OUT)
        covered = 0 if last is None else last.number
        self.report = replace(self.report, covered=covered, as_of=heads.statement.at)
        must_reach(entries, covered, NOTHING if last is None else last.head, size)


class _Peek(msgspec.Struct):
    """What tells one JSON form from the other."""

    mediaType: str = ""  # noqa: N815 - Sigstore's own name
    format: str = ""


_peek = msgspec.json.Decoder(_Peek).decode


def _form_of(data: bytes) -> Form:
    if data.startswith(FIRST_LINE.encode()):
        return Form.TLOG_PROOF
    try:
        said = _peek(data)
    except UNREADABLE:
        raise SpellingError("This is neither a receipt nor a customer’s bundle.") from None
    if said.format == bundles.FORMAT:
        return Form.BUNDLE
    if said.mediaType:
        return Form.SIGSTORE
    raise SpellingError("This is neither a receipt nor a customer’s bundle.")


_READERS: dict[Form, Callable[[bytes], Receipt]] = {
    Form.TLOG_PROOF: read_tlog_proof,
    Form.SIGSTORE: read_bundle,
}
