"""Installations whose ledger goes through a drawn history, with all that outsiders were given on the way."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st

from installations import NOW, install
from troth.app import App
from troth.errors import NotFoundError
from troth.ledger import store as entries
from troth.ledger.bundle import as_json
from troth.ledger.leaf import leaf_of
from troth.ledger.log import Written
from troth.ledger.model import COMPANY, Entry, Kind
from troth.ledger.note import VerifierKey
from troth.ledger.publishing.receipts import Issued
from troth.ledger.publishing.store import TreeHead
from troth.ledger.receipt import as_tlog_proof
from troth.ledger.sigstore import as_bundle
from troth.ledger.tree import Tree, leaf_hash
from troth.ledger.trust import Trust
from troth.ledger.verify import Report, verify

CUSTOMERS = (1, 2, 3, 4, 5)
KEPT = timedelta(minutes=12)
"""How long a history keeps evidence where it deletes what is old; a step takes a minute."""

Step = tuple[str, int, int]
"""What is done, to which customer, how often."""

ACTS = ("append", "append", "append", "publish", "bundle", "receipts", "erase", "change", "reopen", "lose", "age")


def steps(*without: str) -> st.SearchStrategy[list[Step]]:
    """Return histories, without the acts named."""
    acts = [act for act in ACTS if act not in without]
    return st.lists(
        st.tuples(st.sampled_from(acts), st.sampled_from(CUSTOMERS), st.integers(1, 3)), min_size=1, max_size=14
    )


@dataclass
class History:
    """An installation on its way, and what is known of it from outside.

    Attributes:
        home: its folder.
        app: open.
        now: a minute later with each step.
        hashes: (log, index) → the hash of the leaf that was appended there.
        given: files that outsiders were given.
        checkpoints: every checkpoint that was seen.
        gone: customers who were erased.
    """

    home: Path
    app: App
    now: datetime = NOW
    hashes: dict[tuple[int, int], bytes] = field(default_factory=dict)
    given: list[bytes] = field(default_factory=list)
    checkpoints: set[str] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)

    def go(self, history: Sequence[Step]) -> None:
        """Go through `history`."""
        for act, customer, times in history:
            self.now += timedelta(minutes=1)
            if customer not in self.gone or act not in {"append", "bundle", "receipts", "erase"}:
                getattr(self, act)(customer, times)
            self.look()

    @property
    def log(self) -> int:
        """The number of the log that is being written."""
        with self.app._databases[0].reading() as connection:
            return self.app.ledger.current(connection).number

    def append(self, customer: int, times: int) -> list[Written]:
        return self.write([Entry(customer, Kind.READ, self.now, {"case": at}) for at in range(times)])

    def write(self, new: Sequence[Entry]) -> list[Written]:
        with self.app._databases[0].writing() as connection:
            written = self.app.ledger.append_in(connection, new)
        log = self.log
        keys = {one.key.short: one.key for one in self.app.ledger.log_keys()}
        for one in written:
            self.learn(log, one, keys[one.envelope.key])
        return written

    def learn(self, log: int, written: Written, key: VerifierKey) -> None:
        hashed = leaf_hash(leaf_of(written.envelope, key))
        assert self.hashes.setdefault((log, written.leaf), hashed) == hashed

    def look(self) -> None:
        """Note the leaves of the company's entries, and the checkpoint."""
        with self.app._databases[0].reading() as connection:
            keys = self.app.ledger.keys(connection)
            by_short = {key.short: key for key in keys.values()}
            for row in entries.of_customer(connection, COMPANY):
                envelope = self.app.ledger.envelope(row, keys)
                assert envelope is not None
                self.learn(row.log, Written(row.leaf, envelope), by_short[envelope.key])

    def publish(self, _customer: int = 0, _times: int = 0) -> TreeHead:
        head = self.app.publisher.publish(now=self.now)
        self.checkpoints.add(head.checkpoint)
        return head

    def bundle(self, customer: int, _times: int = 0) -> Report | None:
        """Hand out a customer's bundle; None where nothing was noted of them yet."""
        try:
            made = self.app.receipts.bundle(customer, now=self.now)
        except NotFoundError:
            return None
        self.given.append(as_json(made))
        return self.check(self.given[-1])

    def receipts(self, customer: int, _times: int = 0) -> list[Issued]:
        made = list(self.app.receipts.each(customer, now=self.now))
        for one in made:
            self.given += [as_tlog_proof(one.receipt), as_bundle(one.receipt, one.key)]
        return made

    def erase(self, customer: int, _times: int = 0) -> None:
        self.app.ledger.forget(customer, now=self.now)
        self.app._ring.destroy(customer)
        self.gone.add(customer)

    def change(self, _customer: int = 0, _times: int = 0) -> None:
        self.app.ledger.change_signer(now=self.now)

    def reopen(self, _customer: int = 0, _times: int = 0) -> None:
        self.app.close()
        self.app = install(self.home, now=self.now)

    def lose(self, _customer: int = 0, _times: int = 0) -> None:
        """Begin a new log, as after a restore that says that something was lost."""
        assert self.app.publisher.open(now=self.now, is_older=True)

    def age(self, _customer: int = 0, _times: int = 0) -> None:
        self.app.ledger.delete_before(self.now - KEPT)

    def check(self, file: bytes) -> Report:
        """Check a file as an outsider does who has the keys of today."""
        return verify(file, Trust(self.app.ledger.log_keys()))

    def must_hold(self) -> None:
        """Check all that was ever given out."""
        for file in self.given:
            report = self.check(file)
            assert report.holds, report.why

    def trees(self) -> dict[int, Tree]:
        """Return each log's tree, put together from what was appended."""
        found: dict[int, list[bytes]] = {}
        for at, ((log, index), hashed) in enumerate(sorted(self.hashes.items())):
            of_log = found.setdefault(log, [])
            assert index == len(of_log), f"a gap or a fork: {log}, {index}, {at}"
            of_log.append(hashed)
        return {log: Tree(of_log) for log, of_log in found.items()}


@contextmanager
def history(home: Path) -> Iterator[History]:
    """Open a new installation; close it at the end."""
    begun = History(home, install(home))
    begun.look()
    try:
        yield begun
    finally:
        begun.app.close()
