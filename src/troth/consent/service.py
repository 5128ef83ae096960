"""Recording choices, and showing them back.

Laws:

1. A choice is recorded with the words that were shown. Who asks hands in the digest of the words on the page; one
   that is not of today's words is refused, so nobody consents to words they did not see.
2. A no is recorded as readily as a yes, also when it is the first answer.
3. The choice and the row that tells the other rooms of it are one transaction. A no (and a yes) holds for every read
   that begins after it.
4. Of linked customers the choices of all count as those of one person, by the laws of `model.join`. Each choice stays
   recorded under the number under which it was made.
5. A no is in the journal too, so that it holds also after an older copy of the data was put back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from troth.canonical import JSON
from troth.clock import to_micros
from troth.consent import store
from troth.consent.journalled import choice_of, entry_of
from troth.consent.model import Answer, Choice, Joined, Standing, fold, join
from troth.consent.notice import Words, words_for
from troth.db import outbox
from troth.db.engine import Connection, Database
from troth.errors import InputError
from troth.identity.service import Identity
from troth.journal.model import Entry
from troth.journal.service import Journal
from troth.keeper import KeeperReport
from troth.ledger.log import Ledger
from troth.ledger.model import Entry as Noted
from troth.ledger.model import Kind
from troth.promise.model import Basis, Clause, Promise


@dataclass(frozen=True, slots=True)
class Said:
    """A choice and the words it was made under."""

    choice: Choice
    words: Words


class Consent:
    """Records and shows choices.

    Args:
        database: the main database.
        identity: knows which customers there are.
        promise: the promise in force.
        journal: where a no is kept outside the main database.
        ledger: where every choice is noted, with the words that were shown.
    """

    room = "consent"

    def __init__(
        self, database: Database, identity: Identity, promise: Promise, journal: Journal, ledger: Ledger
    ) -> None:
        self._database = database
        self._identity = identity
        self._promise = promise
        self._journal = journal
        self._ledger = ledger

    def words(self, clause: Clause, language: str = "") -> Words:
        """Return the words in which `clause` is asked today, in `language` or the promise's first.

        Raises:
            InputError: the promise has no such clause, or it rests on no choice.
        """
        purpose = self._promise.purposes.get(clause.purpose)
        if purpose is None or clause.data not in purpose.data:
            raise InputError("clause_unknown", "The promise has no such clause.", _asked(self._promise))
        spoken = language if language in self._promise.company.languages else self._promise.company.languages[0]
        words = words_for(purpose, clause.data, spoken)
        if purpose.basis is not Basis.CONSENT or words is None:
            raise InputError(
                "clause_not_asked",
                f"{clause} rests on {purpose.basis.value.replace('_', ' ')}, not on a choice.",
                _asked(self._promise),
            )
        return words

    def choose(self, customer: int, clause: Clause, answer: Answer, *, shown: bytes, via: str, now: datetime) -> Said:
        """Record one choice. Durable when it returns.

        Args:
            customer: the customer's number.
            clause: what it is about.
            answer: yes or no.
            shown: the digest of the words the customer saw.
            via: ``page``, ``api``, ``cli`` or ``import``.
            now: the moment.

        Raises:
            InputError: an unknown clause, or words that are not today's.
            NotFoundError: the customer left meanwhile.
        """
        return self.choose_many([(customer, clause, answer, shown)], via=via, now=now)[0]

    def choose_many(
        self, made: Sequence[tuple[int, Clause, Answer, bytes]], *, via: str, now: datetime
    ) -> list[Said]:
        """Record choices as (customer, clause, answer, shown), all or none, in one transaction."""
        said = [self._said(clause, answer, shown=shown, via=via, now=now) for _, clause, answer, shown in made]
        numbers = [customer for customer, *_ in made]
        with self._database.writing() as connection:
            # Without this a choice that crosses an erasure would leave rows of somebody who is gone.
            self._identity.must_be_here(connection, numbers)
            heard = [(customer, one.choice) for customer, one in zip(numbers, said, strict=True)]
            store.record(connection, heard, list({one.words.digest: one.words for one in said}.values()))
            for answer, removal in ((Answer.NO, True), (Answer.YES, False)):
                who = dict.fromkeys(customer for customer, choice in heard if choice.answer is answer)
                outbox.tell(
                    connection, self._identity.people.together(connection, who), "chose", removal=removal, at=now
                )
            self._ledger.append_in(connection, [noted for one in heard for noted in self._noted(connection, *one)])
            self._journal.write(connection, [entry_of(*one) for one in heard if one[1].answer is Answer.NO])
        return said

    def redo(self, connection: Connection, entry: Entry, customer: int) -> None:
        """Record a no of the journal again, under the number of somebody who is here, inside an open `writing`."""
        choice = choice_of(entry)
        try:
            words = [self.must_be_todays(choice.clause, choice.words)]
        except InputError:
            # The words are those of an earlier day. Unless the data has them they can't be shown; the no holds.
            words = []
        store.record(connection, [(customer, choice)], words)
        whose = self._identity.people.together(connection, [customer])
        outbox.tell(connection, whose, "chose", removal=True, at=entry.at)

    def must_be_todays(self, clause: Clause, shown: bytes) -> Words:
        """Return the words that `shown` names, in whichever language.

        Raises:
            InputError: an unknown clause, or words that are not today's.
        """
        for language in self._promise.company.languages:
            words = self.words(clause, language)
            if words.digest == shown:
                return words
        raise InputError(
            "words_changed",
            "The words of this question changed since they were shown; nothing was recorded.",
            "Show the question again and ask once more.",
        )

    def standing(self, customer: int) -> Mapping[Clause, Standing]:
        """Return where each clause stands for the customer as a person; clauses without a choice are absent."""
        with self._database.reading() as connection:
            numbers = self._identity.people.numbers(connection, customer)
            if len(numbers) == 1:
                return self.standing_in(connection, customer)
            return self.joined(connection, numbers).standing

    def joined(self, connection: Connection, numbers: Sequence[int]) -> Joined:
        """Return where the clauses of a linked person stand, inside an open transaction.

        Args:
            connection: an open transaction.
            numbers: all numbers of the person, smallest first.
        """
        return join(store.recorded(connection, numbers), self._identity.people.links(connection, numbers[0]))

    def newest(self, connection: Connection) -> int:
        """Return the number of the newest choice of anybody, inside an open transaction."""
        return store.newest(connection)

    def standing_in(self, connection: Connection, customer: int) -> Mapping[Clause, Standing]:
        """Return where each clause stands by the choices made under one number, inside an open transaction."""
        return store.standing(connection, customer)

    def standing_of(self, connection: Connection, customers: Sequence[int]) -> dict[int, Mapping[Clause, Standing]]:
        """As `standing_in`, for many. Who made no choice is absent."""
        return {who: fold(made) for who, made in store.of_customers(connection, customers).items()}

    def standing_on(self, connection: Connection, purpose: str) -> dict[int, Mapping[Clause, Standing]]:
        """As `standing_in`, on the clauses of `purpose`, for everybody who made a choice on one."""
        return {who: fold(made) for who, made in store.of_clauses(connection, purpose).items()}

    def history(self, customer: int) -> list[Said]:
        """Return every choice of the customer as a person with the words of its day, newest first."""
        with self._database.reading() as connection:
            numbers = self._identity.people.numbers(connection, customer)
            return self._shown(connection, [one.choice for one in store.recorded(connection, numbers)])

    def said_under(self, customer: int) -> list[Said]:
        """As `history`, of the choices made under this one number: what a record of consent tells."""
        with self._database.reading() as connection:
            return self._shown(connection, store.of_customer(connection, customer))

    def _shown(self, connection: Connection, made: Sequence[Choice]) -> list[Said]:
        shown = {digest: store.words_of(connection, digest) for digest in {choice.words for choice in made}}
        return [Said(choice, words) for choice in reversed(made) if (words := shown[choice.words]) is not None]

    def describe(self, customer: int) -> KeeperReport:
        """Count the customer's choices."""
        with self._database.reading() as connection:
            return KeeperReport(self.room, {"choices": store.count(connection, customer)})

    def forget(self, customer: int, *, now: datetime) -> KeeperReport:  # noqa: ARG002 - the Keeper's form
        """Delete the customer's choices."""
        with self._database.writing() as connection:
            return KeeperReport(self.room, {"choices": store.drop(connection, customer)})

    def _noted(self, connection: Connection, customer: int, choice: Choice) -> Iterator[Noted]:
        """Yield the entries about a choice: that the words were shown, when they were not before, and the answer."""
        is_past = choice.via == "import"
        words: dict[str, JSON] = {
            "language": choice.language,
            "promise": choice.promise,
            "words": choice.words.hex(),
        }
        if self._ledger.is_first_in(connection, customer, f"notice:{choice.words.hex()}", choice.at):
            yield Noted(customer, Kind.NOTICE_SHOWN, choice.at, words, is_of_the_past=is_past)
        said: dict[str, JSON] = {"answer": choice.answer.value, "clause": str(choice.clause), "via": choice.via}
        if is_past:
            said["made"] = to_micros(choice.at)
        yield Noted(customer, Kind.CHOICE_MADE, choice.at, words | said, is_of_the_past=is_past)

    def _said(self, clause: Clause, answer: Answer, *, shown: bytes, via: str, now: datetime) -> Said:
        words = self.must_be_todays(clause, shown)
        version = self._promise.version.number
        return Said(Choice(clause, answer, now, shown, words.language, via, version), words)


def _asked(promise: Promise) -> str:
    asked = [
        str(clause)
        for purpose in promise.purposes.values()
        if purpose.basis is Basis.CONSENT
        for clause in purpose.clauses
    ]
    return f"Choices are asked for: {', '.join(asked) or 'nothing'}."
