"""Who works here: added, trained, changed, gone; and as who they ask the gate.

Laws:

1. Everything is recorded with its day and who recorded it, and nothing is changed in place: who was trained until
   when, on the day of a look, can still be told years later.
2. A name belongs to one person for good. Whoever left leaves it behind, so that an old entry never seems to be about
   somebody new (NIST SP 800-53 IA-4: identifiers are not given out again).
3. Training is for a role. A new role starts without it, unless it asks for nothing that the old one did not.
4. Training holds until the end of its last day in the company's time zone.
5. Every line is in the journal too, so that whoever left stays away after an older copy of the data was put back.
"""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from troth.actors import Actor, ActorKind
from troth.db.engine import Connection, Database
from troth.errors import InputError, NotAllowedError, NotFoundError
from troth.journal.model import Entry
from troth.journal.service import Journal
from troth.promise.model import Promise
from troth.staff import store
from troth.staff.journalled import entry_of, line_of
from troth.staff.model import Act, Line, Person, end_of, fold

LONGEST_BY = 200
"""Characters of who records it."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_LONGEST_TRAINING = timedelta(days=5 * 366)


class Staff:
    """The people who work here.

    Args:
        database: the main database.
        promise: the promise in force, which says what roles there are.
        journal: where the record is kept outside the main database.
    """

    room = "staff"

    def __init__(self, database: Database, promise: Promise, journal: Journal) -> None:
        self._database = database
        self._promise = promise
        self._journal = journal

    def add(
        self, name: str, role: str, *, agency: str = "", trained_until: date | None = None, by: str, now: datetime
    ) -> Person:
        """Record somebody who begins to work here. Durable when it returns.

        Args:
            name: a short name, small letters, digits and dashes.
            role: a role of the promise.
            agency: for an agency's people: a recipient that the promise lets work inside as `role`.
            trained_until: the last day on which their training holds; None when not trained yet.
            by: who records it.
            now: the moment.

        Raises:
            InputError: the name is none or was used before; the promise has no such role or agency; the day is too
                far away.
        """
        if not _NAME.fullmatch(name):
            raise InputError(
                "staff_name", "A name here is made of small letters, digits and dashes.", "For example: ana"
            )
        line = Line(name, Act.ADDED, role, agency, trained_until, now, by.strip())
        self._must_be_possible(line)
        with self._database.writing() as connection:
            known = store.lines_of(connection, name)
            if known:
                person = fold(known)
                gone = f", by somebody who left on {person.left:%Y-%m-%d}" if person.left else ""
                raise InputError(
                    "staff_taken",
                    f"This name was used already{gone}. A name stays one person’s for good.",
                    "Choose another, for example with a number.",
                )
            self._record(connection, line)
        return fold([line])

    def change(self, name: str, role: str, *, agency: str = "", by: str, now: datetime) -> Person:
        """Record that somebody has another role, or works for somebody else. The arguments are those of `add`.

        Raises:
            InputError: the promise has no such role or agency.
            NotFoundError: nobody has this name.
            NotAllowedError: they left.
        """
        with self._database.writing() as connection:
            person = self._here(connection, name)
            until = person.trained_until if self._is_trained_for(role, person) else None
            line = Line(name, Act.CHANGED, role, agency, until, now, by.strip())
            self._must_be_possible(line)
            self._record(connection, line)
        return fold([*self.history(name)])

    def train(self, name: str, until: date, *, by: str, now: datetime) -> Person:
        """Record until when somebody is trained for their role; an earlier day than before ends it earlier.

        Raises:
            InputError: the day is too far away.
            NotFoundError: nobody has this name.
            NotAllowedError: they left.
        """
        return self._add_line(name, Act.TRAINED, until, by=by, now=now)

    def leave(self, name: str, *, by: str, now: datetime) -> Person:
        """Record that somebody left. From now on they are no actor.

        Raises:
            NotFoundError: nobody has this name.
            NotAllowedError: they left before.
        """
        return self._add_line(name, Act.LEFT, None, by=by, now=now)

    def all(self) -> list[Person]:
        """Return everybody who works here or did, by name."""
        with self._database.reading() as connection:
            return [fold(lines) for lines in store.everything(connection).values()]

    def history(self, name: str) -> list[Line]:
        """Return what was recorded of somebody, oldest first.

        Raises:
            NotFoundError: nobody has this name.
        """
        with self._database.reading() as connection:
            return self._known(connection, name)

    def actor(self, name: str) -> Actor:
        """Return `name` as who asks the gate.

        Raises:
            NotFoundError: nobody has this name.
            NotAllowedError: they left.
        """
        with self._database.reading() as connection:
            person = self._here(connection, name)
        until = person.trained_until
        return Actor(
            ActorKind.PERSON,
            person.name,
            role=person.role,
            trained_until=None if until is None else end_of(until, self._promise.company.time_zone),
            recipient=person.agency,
        )

    def redo(self, connection: Connection, entry: Entry) -> None:
        """Record a line of the journal again, inside an open `writing`."""
        store.record(connection, line_of(entry))

    def _record(self, connection: Connection, line: Line) -> None:
        store.record(connection, line)
        self._journal.write(connection, [entry_of(line)])

    def _add_line(self, name: str, act: Act, until: date | None, *, by: str, now: datetime) -> Person:
        with self._database.writing() as connection:
            person = self._here(connection, name)
            kept = person.trained_until if until is None else until
            line = Line(name, act, person.role, person.agency, kept, now, by.strip())
            if act is not Act.LEFT:
                self._must_be_near(line)
            _must_say_who(line)
            self._record(connection, line)
        return replace(person, trained_until=kept, left=now if act is Act.LEFT else None)

    def _known(self, connection: Connection, name: str) -> list[Line]:
        # What is no name is nobody's; it is not handed to the database, which may not take every text.
        lines = store.lines_of(connection, name) if _NAME.fullmatch(name) else []
        if not lines:
            raise NotFoundError("staff_unknown", "Nobody here has this name.", "See everybody: troth staff list")
        return lines

    def _here(self, connection: Connection, name: str) -> Person:
        person = fold(self._known(connection, name))
        if person.left is not None:
            raise NotAllowedError(
                "staff_left",
                f"Who had this name left on {person.left:%Y-%m-%d}, and may not see or change anything.",
                "Ask under your own name.",
            )
        return person

    def _is_trained_for(self, role: str, person: Person) -> bool:
        old, new = self._promise.roles.get(person.role), self._promise.roles.get(role)
        return old is not None and new is not None and set(new.training) <= set(old.training)

    def _must_be_possible(self, line: Line) -> None:
        """Check a new line against the promise."""
        _must_say_who(line)
        self._must_be_near(line)
        if line.role not in self._promise.roles:
            named = ", ".join(self._promise.roles) or "none"
            raise InputError("role_unknown", "The promise has no such role.", f"It names: {named}.")
        if not line.agency:
            return
        inside = [one.key for one in self._promise.recipients.values() if one.works_inside_as == line.role]
        if line.agency not in inside:
            named = ", ".join(inside) or "nobody"
            raise InputError(
                "agency_not_inside",
                "The promise does not let this recipient’s people work inside in this role.",
                f"It lets in, as {line.role}: {named}.",
            )

    def _must_be_near(self, line: Line) -> None:
        today = line.at.astimezone(self._promise.company.time_zone).date()
        if line.trained_until is not None and line.trained_until > today + _LONGEST_TRAINING:
            raise InputError(
                "training_far", "Training can’t hold for more than five years from today.", "Check the year."
            )


def _must_say_who(line: Line) -> None:
    if not line.by or len(line.by) > LONGEST_BY or not line.by.isprintable():
        raise InputError("staff_by", f"Say who records it, on one line of at most {LONGEST_BY} characters.")
