"""One change between two promises, and all of them together."""

from dataclasses import dataclass
from enum import StrEnum

from troth.promise.model import Clause, Place


class Direction(StrEnum):
    """Which way a change goes, seen from the company.

    * narrowed: it may do less, or owes customers more. Acts at once.
    * widened: it may do more, owes less, or says something else. Nobody agreed to it yet.
    * same: told, and nothing that is done or owed changes.
    """

    NARROWED = "narrowed"
    WIDENED = "widened"
    SAME = "same"


class Kind(StrEnum):
    """What a change is about."""

    ASK = "ask"
    AT_MOST = "at_most"
    BASIS = "basis"
    BRAND = "brand"
    CATEGORY = "category"
    CHANNELS = "channels"
    CHECK = "check"
    CHILDREN = "children"
    CLAUSE = "clause"
    COLLECTED = "collected"
    COMPANY = "company"
    CONTRACT = "contract"
    COUNTRY = "country"
    DATA = "data"
    DEADLINE = "deadline"
    EVIDENCE = "evidence"
    INSIDE = "inside"
    KEEP = "keep"
    LANGUAGES = "languages"
    LASTS = "lasts"
    LISTENING = "listening"
    NEVER = "never"
    OWNER = "owner"
    PURPOSE = "purpose"
    REASON = "reason"
    RECEIVES = "receives"
    RECIPIENT = "recipient"
    RECIPIENT_KEEP = "recipient_keep"
    RECIPIENT_ROLE = "recipient_role"
    RIGHTS = "rights"
    ROLE = "role"
    SAFEGUARD = "safeguard"
    SENSITIVITY = "sensitivity"
    SOURCE = "source"
    BACKUPS = "backups"
    TERMS = "terms"
    TOOLS = "tools"
    TOPICS = "topics"
    TRAINING = "training"
    USE = "use"
    VERSION = "version"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between an old and a new promise.

    Attributes:
        kind: what it is about.
        direction: narrowed, widened or same.
        path: dotted key, e.g. ``data.orders.keep``.
        place: where it stands in the new file, or in the old one when it is gone; None for a promise without a file.
        clauses: the clauses it touches, in the order of the file; none for what concerns no clause.
        words: one plain sentence.
        both_ways: neither promise lies within the other here (another country, other words), so that the change
            counts as widened whichever of the two is the new one.
    """

    kind: Kind
    direction: Direction
    path: str
    place: Place | None
    clauses: tuple[Clause, ...]
    words: str
    both_ways: bool = False

    @property
    def clause(self) -> Clause | None:
        """The clause it touches, when that is one alone."""
        return self.clauses[0] if len(self.clauses) == 1 else None


@dataclass(frozen=True, slots=True)
class Deletion:
    """Something that is kept under the old promise and would be deleted under the new one.

    Attributes:
        data: the kind of data; empty for evidence.
        words: one plain sentence.
    """

    data: str
    words: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a new promise changes.

    Attributes:
        changes: every difference, in the order of the format.
        asked_again: clauses on consent that stay and widen: an earlier yes goes on for the old scope only.
        asked_first: clauses that rest on consent and did not before.
        told: clauses on another basis that widen: the new scope is for data collected after notice.
        deleted: what would be deleted.
    """

    changes: tuple[Change, ...]
    asked_again: tuple[Clause, ...] = ()
    asked_first: tuple[Clause, ...] = ()
    told: tuple[Clause, ...] = ()
    deleted: tuple[Deletion, ...] = ()

    def of(self, direction: Direction) -> tuple[Change, ...]:
        """Return the changes that go in `direction`."""
        return tuple(change for change in self.changes if change.direction is direction)

    def widening(self, clause: Clause) -> tuple[Change, ...]:
        """Return the changes that widen `clause`."""
        return tuple(change for change in self.of(Direction.WIDENED) if clause in change.clauses)
