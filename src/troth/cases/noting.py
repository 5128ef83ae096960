"""What the company itself did, told to the ledger: promises published, epochs ended, incidents.

Each is noted when it is found to be on record and not noted yet: at every opening, and by the clock. So a crash
between an act and its note is mended by the next look, and nothing is noted twice. An entry is dated by the moment of
the note; when it was done stands in it.
"""

from collections.abc import Mapping
from datetime import datetime

from troth.canonical import JSON
from troth.clock import to_micros
from troth.db.engine import Connection, Database
from troth.keys.epochs.store import EpochStore
from troth.ledger.log import Ledger
from troth.ledger.model import COMPANY, Entry, Kind
from troth.promise.versions import Versions


class Noting:
    """Notes what the company did.

    Args:
        database: the main database.
        ledger: where it is noted.
        versions: the promises on record.
        epochs: the epochs of the keys.
    """

    def __init__(self, database: Database, *, ledger: Ledger, versions: Versions, epochs: EpochStore) -> None:
        self._database = database
        self._ledger = ledger
        self._versions = versions
        self._epochs = epochs

    def catch_up(self, *, now: datetime) -> int:
        """Note what is on record and not noted yet; return how many entries."""
        found: list[tuple[str, Kind, Mapping[str, JSON]]] = [
            (
                f"promise:{one.fingerprint}",
                Kind.PROMISE_PUBLISHED,
                {"fingerprint": one.fingerprint, "number": one.number, "recorded": to_micros(one.recorded)},
            )
            for one in self._versions.on_record()
        ]
        found += [
            (f"epoch:{one.number}", Kind.EPOCH_ENDED, {"ended": to_micros(one.destroyed), "number": one.number})
            for one in self._epochs.all_epochs()
            if one.destroyed is not None
        ]
        with self._database.reading() as connection:
            names = [self._name(connection, what) for what, _, _ in found]
            is_known = [self._ledger.is_noted(connection, COMPANY, name) for name in names]
        new = [one for one, known in zip(found, is_known, strict=True) if not known]
        if not new:
            return 0
        with self._database.writing() as connection:
            return sum(
                self._ledger.note_once_in(connection, self._name(connection, what), Entry(COMPANY, kind, now, body))
                for what, kind, body in new
            )

    def incident(self, asked: str, *, by: str, why: str, now: datetime) -> None:
        """Note that somebody asks whom an incident touches; durable when it returns.

        Args:
            asked: what is asked, e.g. ``--key-epoch 3``. Never a customer's id.
            by: who asks; hidden, as why.
            why: the number of the incident, say.
            now: the moment.
        """
        with self._database.writing() as connection:
            said = Entry(COMPANY, Kind.INCIDENT, now, {"asked": asked}, {"by": by, "why": why})
            self._ledger.append_in(connection, [said])

    def _name(self, connection: Connection, what: str) -> str:
        # Each log tells it: a log that begins after a loss must not lack the promise that holds.
        return f"{what}:{self._ledger.current(connection).number}"
