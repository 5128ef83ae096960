"""From committed entries to a signed checkpoint. Each step below may be the last before the power goes.

1. *One transaction of the main database*, in which nobody else writes: if a sequence moved since the map of heads was
   last told, the map is brought up to date and an entry tells its root; then all leaves go into tiles, and size and
   root of the tree are recorded. Stopped before it ends: nothing of it happened. After: the tree has grown, unsigned.
2. *One transaction of the key database*: size and root are put on record. Refused when what is on record is not the
   beginning of this tree: then this data is older than what was signed, and to sign would be to fork. Where another
   process has put more on record meanwhile, its round is done instead.
   Stopped after: nothing was signed, and the same size and root are the only ones that ever will be.
3. *The checkpoint is signed.* Ed25519 gives the same bytes each time. Witnesses are asked.
4. *One transaction of the main database* records the note. From here on receipts are made against it, never before.

There is no other recovery than to go on: whatever was left undone is what the next round finds to do. The clock is in
none of this; a wrong one makes wrong times in entries, never a fork.

When the data is opened it is compared with what is on record. Data that is older (a backup was put back) can't go on
with its log: somebody may hold receipts of what it lost. So that log has ended and another begins, whose first entry
says what was last signed in the one before. Its name is the old one with a number. What was signed there stays good.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from threading import Lock
from typing import Protocol

from troth.canonical import JSON
from troth.db.engine import Connection, Database
from troth.errors import UnavailableError
from troth.ledger import store as entries
from troth.ledger.checkpoint import Checkpoint, checked_origin
from troth.ledger.heads import Head, Part, part_of, whole
from troth.ledger.log import Ledger
from troth.ledger.model import COMPANY, Entry, Kind
from troth.ledger.note import Line, Note, sign_note
from troth.ledger.proof import consistency_proof
from troth.ledger.publishing import store
from troth.ledger.publishing.store import Recorded, TreeHead
from troth.ledger.spelling import to_base64
from troth.ledger.store import Log
from troth.ledger.tiles import Edge, Tile, TileNodes
from troth.ledger.tree import EMPTY_ROOT, tree_root

PARTS_BITS = 12
"""The map of heads is kept in 2**12 parts: with a million streams each has about 250."""

OVERLAP = timedelta(days=30)
"""For how long checkpoints are signed by the key before the newest too, for verifiers that don't know the new one."""

_AT_ONCE = 50_000
"""Leaves that one transaction puts into tiles."""

_FIRST = 2
"""Bytes of a place that say which part it is in."""


@dataclass(frozen=True, slots=True)
class State:
    """How far a log has come: its name, how many entries it has, and of how many the checkpoint speaks."""

    origin: str
    size: int
    signed: int


class Witness(Protocol):
    """Somebody outside who signs that they saw a checkpoint, and never two that contradict each other."""

    def cosign(self, checkpoint: Note, prove: Callable[[int], Sequence[bytes]]) -> Line | None:
        """Return the witness's line; None when it can't be reached.

        Args:
            checkpoint: the signed checkpoint.
            prove: returns the consistency proof from a smaller size, the one that the witness knows.

        Raises:
            UnavailableError: the witness knows another history of this log.
        """
        ...


class Publisher:
    """Lets the log grow, and signs how far it has come.

    Args:
        database: the main database.
        keys: the key database.
        ledger: appends the company's entries, and signs.
        origin: the name of the first log, e.g. ``larkfield.example/log``. Once recorded, the recorded one holds.
        witnesses: who is asked to cosign.
    """

    def __init__(
        self, database: Database, keys: Database, ledger: Ledger, *, origin: str, witnesses: Sequence[Witness] = ()
    ) -> None:
        self._database = database
        self._keys = keys
        self._ledger = ledger
        self._origin = origin
        self._witnesses = tuple(witnesses)
        self._lock = Lock()

    def open(self, *, now: datetime, is_older: bool = False) -> bool:
        """Compare data and record; begin the first log, or the next one when the data is older than what was signed.

        Args:
            now: the moment.
            is_older: whether it is known that something was lost, also where the record does not tell.

        Returns:
            Whether a log was begun because something was lost.
        """
        with self._database.reading() as connection:
            if not is_older and self._reaches(connection):
                return False
        with self._database.writing() as connection:
            if not is_older and self._reaches(connection):
                return False
            return self._begin(connection, now)

    def publish(self, *, now: datetime) -> TreeHead:
        """Do every step that is left to do; return the tree's head, signed.

        Raises:
            UnavailableError: this data is older than what was signed, or a witness knows another history.
        """
        with self._lock:
            while True:
                log, head = self._grown(now)
                if head.signed == head.size:
                    return head
                # Not before the tree of that size is on the disk.
                if self._put_on_record(Recorded(head.log, head.size, head.root)):
                    break
            note = self._signed(log, head, now)
            with self._database.writing() as connection:
                store.sign(connection, head.log, head.size, note)
            return replace(head, signed=head.size, checkpoint=note)

    def state(self) -> State:
        """Return how far the log has come."""
        with self._database.reading() as connection:
            log = self._ledger.current(connection)
            head = store.tree(connection, log.number)
        return State(log.origin, log.size, 0 if head is None else head.signed)

    def is_due(self) -> bool:
        """Return whether there is anything to publish."""
        state = self.state()
        return state.signed < state.size

    def _grown(self, now: datetime) -> tuple[Log, TreeHead]:
        while True:
            with self._database.writing() as connection:
                head = self._grow(connection, self._ledger.current(connection), now)
                log = self._ledger.current(connection)
            if head.size == log.size:
                return log, head

    def _grow(self, connection: Connection, log: Log, now: datetime) -> TreeHead:
        head = store.tree(connection, log.number) or TreeHead(log.number, 0, EMPTY_ROOT)
        moved = entries.moved(connection)
        # It goes by its age too, as every entry; a bundle needs one.
        is_told = not head.heads or entries.one(connection, COMPANY, log.number, head.heads) is not None
        if moved or not is_told:
            root, streams = _mapped(connection, moved)
            said: dict[str, JSON] = {"root": to_base64(root), "size": log.size, "streams": streams}
            self._ledger.append_in(connection, [Entry(COMPANY, Kind.HEADS, now, said)])
            told = entries.stream(connection, COMPANY)
            assert told is not None, "an entry was appended just now"
            head = replace(head, heads=told.number)
        return _fill(connection, head, self._ledger.current(connection).size)

    def _put_on_record(self, new: Recorded) -> bool:
        """Put what is to be signed on record; return False when others have put more of this tree on record."""
        # Apart: what others committed meanwhile must be seen here.
        with self._database.apart(), self._keys.writing() as keys, self._database.reading() as connection:
            known = store.recorded(keys)
            if known == new:
                return True
            if known is not None and known.log >= new.log and not self._has(connection, known):
                raise UnavailableError(
                    "ledger_older",
                    "This data is older than what its ledger has signed; nothing was signed, so that the log does "
                    "not fork.",
                    "Stop every troth and start it again: a new log begins, and says so.",
                )
            if known is not None and (known.log, known.size) > (new.log, new.size):
                return False
            store.record(keys, new)
            return True

    def _signed(self, log: Log, head: TreeHead, now: datetime) -> str:
        """Return the checkpoint of `head`, signed by the log, and by those witnesses that can be reached."""
        text = Checkpoint(log.origin, head.size, head.root).text
        (key, signer, since), *before = self._ledger.pens(log)
        lines = [sign_note(text, key, signer.sign)]
        if before and now < since + OVERLAP:
            lines.append(sign_note(text, before[0][0], before[0][1].sign))
        note = Note(text, tuple(lines))
        prove = partial(self._prove, log.number, head.size)
        asked = [witness.cosign(note, prove) for witness in self._witnesses]
        return str(replace(note, lines=(*note.lines, *(line for line in asked if line is not None))))

    def _prove(self, log: int, size: int, old: int) -> Sequence[bytes]:
        with self._database.reading() as connection:
            return consistency_proof(nodes(connection, log, size), old, size)

    def _reaches(self, connection: Connection) -> bool:
        """Whether a log was begun, and the data has all of it that is on record."""
        # What is on record first: by then the data holds at least that.
        known, log = self._recorded(), entries.newest_log(connection)
        if known is None or log is None:
            return log is not None
        # A log that was begun and never signed yet has lost nothing that anybody holds.
        return known.log < log.number or (known.is_known and self._has(connection, known))

    def _has(self, connection: Connection, known: Recorded) -> bool:
        """Whether what is on record is the beginning of a tree that is here."""
        head = store.tree(connection, known.log)
        if head is None or known.size > head.size:
            return False
        tree = nodes(connection, known.log, head.size)
        # A damaged tree is not an older one.
        if tree_root(tree, head.size) != head.root:
            raise _broken("A piece of the ledger’s tree is not what it was")
        return tree_root(tree, known.size) == known.root

    def _recorded(self) -> Recorded | None:
        with self._keys.reading() as keys:
            return store.recorded(keys)

    def _begin(self, connection: Connection, now: datetime) -> bool:
        """Begin the first log or the next; return whether it is a next one."""
        known, log = self._recorded(), entries.newest_log(connection)
        number = 1 + max(0 if log is None else log.number, 0 if known is None else known.log)
        base = entries.origins(connection).get(1) or checked_origin(self._origin)
        body: dict[str, JSON] = {}
        if known is not None and known.is_known:
            body = {"before": _origin(base, known.log), "size": known.size, "root": to_base64(known.root)}
        elif log is not None:
            # What was last signed can't be told: the keys are older too.
            body = {"before": log.origin}
        if log is not None:
            # What ends is whole, though the rest of it is never signed.
            head = store.tree(connection, log.number) or TreeHead(log.number, 0, EMPTY_ROOT)
            while head.size < log.size:
                head = _fill(connection, head, log.size)
        store.drop_map(connection)
        self._ledger.begin_in(connection, number, _origin(base, number), Entry(COMPANY, Kind.LOG_BEGUN, now, body))
        return bool(body)


def nodes(connection: Connection, log: int, size: int) -> TileNodes:
    """Return the nodes of a tree of `size` leaves, read from its tiles inside an open transaction."""
    return TileNodes(size, partial(_read, connection, log))


def all_parts(connection: Connection) -> list[Part]:
    """Return the map of heads as its 2**`PARTS_BITS` parts."""
    filled = store.parts(connection)
    return [filled.get(at, Part()) for at in range(1 << PARTS_BITS)]


def part_at(place: bytes) -> int:
    """Return the part of the map that a place is in."""
    return int.from_bytes(place[:_FIRST], "big") >> (8 * _FIRST - PARTS_BITS)


def _mapped(connection: Connection, moved: Sequence[Head]) -> tuple[bytes, int]:
    """Bring the map up to date; return its root, and how many sequences it has."""
    store.put_heads(connection, [(part_at(one.place), one) for one in moved])
    changed = sorted({part_at(one.place) for one in moved})
    store.put_parts(connection, [(at, part_of(store.heads_of(connection, at), PARTS_BITS)) for at in changed])
    entries.drop_moved(connection)
    root = whole(all_parts(connection))
    return root.hash, root.streams


def _fill(connection: Connection, head: TreeHead, size: int) -> TreeHead:
    """Put leaves into the tiles of a tree, some at once, until it has `size`; return its new head."""
    found = entries.leaves(connection, head.size, _AT_ONCE)
    if (head.size >= size) is bool(found):
        raise _broken("The ledger’s tree and its log are not of one length")
    if not found:
        return head
    _must_follow(found, head.size)
    edge = Edge(head.size, partial(_read, connection, head.log))
    full = edge.extend([hashed for _, hashed in found])
    store.put_tiles(connection, head.log, [*full, *edge.partial()])
    entries.drop_leaves(connection, edge.size)
    head = replace(head, size=edge.size, root=edge.root())
    store.put_tree(connection, head)
    return head


def _read(connection: Connection, log: int, tile: Tile) -> bytes:
    found = store.tile(connection, log, tile)
    if found is None:
        raise _broken("A piece of the ledger’s tree is missing")
    return found


def _must_follow(found: Sequence[tuple[int, bytes]], first: int) -> None:
    if [index for index, _ in found] != list(range(first, first + len(found))):
        raise _broken("A leaf of the ledger is missing")


def _broken(what: str) -> UnavailableError:
    return UnavailableError(
        "ledger_broken",
        f"{what}; nothing was signed.",
        "See what is wrong with: troth ledger fsck. Then restore the newest backup.",
    )


def _origin(base: str, number: int) -> str:
    return base if number == 1 else f"{base}/{number}"
