"""One question to the gate about one kind of data, with the words in which an explanation speaks of it.

Dates are those of the company's time zone. Titles come from the promise. Nothing here knows a customer's values: a
state has none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from troth.consent.model import Standing
from troth.gate.state import Grant, State
from troth.gate.terms import Terms
from troth.gate.use import Use
from troth.promise.model import Clause, Data, Promise, Purpose, Recipient
from troth.vault.model import Span


@dataclass(frozen=True, slots=True)
class Ground:
    """What a step rests on.

    Attributes:
        fact: a sentence or two for a person of the staff.
        key: the dotted key of the promise that it rests on; empty when no line of the promise decides it.
        applies: whether the step had anything to ask.
    """

    fact: str
    key: str = ""
    applies: bool = True


@dataclass(frozen=True, slots=True)
class Matter:
    """What is asked about one kind of data, and of whom.

    Attributes:
        use: who asks for what, for what.
        terms: the promise, made ready.
        state: what is known of the customer.
        now: the moment.
        clause: the clause that was decided about; for a comparison, the compared one.
        grant: what was granted; None when it was refused.
        customer: the customer's number.
    """

    use: Use
    terms: Terms
    state: State
    now: datetime
    clause: Clause
    grant: Grant | None
    customer: int | None

    @property
    def promise(self) -> Promise:
        """The promise that is asked."""
        return self.terms.promise

    @property
    def purpose(self) -> Purpose | None:
        """The purpose of the clause, when the promise has it."""
        return self.promise.purposes.get(self.clause.purpose)

    @property
    def data(self) -> Data | None:
        """The kind of data, when the promise has it."""
        return self.promise.data.get(self.clause.data)

    @property
    def standing(self) -> Standing | None:
        """Where the clause stands; None without a recorded choice."""
        return self.state.standing.get(self.clause)

    @property
    def outside(self) -> tuple[str, ...]:
        """The names of those outside who are involved: the agency of who asks, then who receives."""
        return tuple(dict.fromkeys(filter(None, (self.use.actor.recipient, self.use.recipient))))

    def recipient(self, name: str) -> Recipient | None:
        """Return the recipient called `name`, when the promise has it."""
        return self.promise.recipients.get(name)

    def day(self, at: datetime) -> str:
        """Return the day of `at`, e.g. ``2026-11-02``."""
        return f"{at.astimezone(self.promise.company.time_zone):%Y-%m-%d}"

    def last_day(self, end: datetime) -> str:
        """Return the last day on which something holds that no longer holds at `end`; not for what never ends."""
        return self.day(end - timedelta(microseconds=1))

    def purpose_title(self) -> str:
        """Return the purpose's title in quotes; its key when the promise has no such purpose."""
        return f"“{self.purpose.title.say('')}”" if self.purpose else f"“{self.clause.purpose}”"

    def data_title(self) -> str:
        """Return the kind's title in quotes; its key when the promise has no such kind."""
        return self.titles([self.clause.data])

    def titles(self, kinds: Iterable[str]) -> str:
        """Return the titles of `kinds` in quotes, with commas between; ``nothing`` for none."""
        known = self.promise.data
        return ", ".join(f"“{known[kind].title.say('') if kind in known else kind}”" for kind in kinds) or "nothing"

    def name_of(self, recipient: str) -> str:
        """Return a recipient's title in quotes; its key when the promise has no such recipient."""
        found = self.recipient(recipient)
        return f"“{found.title.say('')}”" if found else f"“{recipient}”"

    def begun(self) -> Span | None:
        """Return when what starts the purpose's relationship first and last happened; None when it never did."""
        purpose = self.purpose
        kinds = self.promise.kind_of_event(purpose.starts) if purpose else ()
        spans = [self.state.spans[kind.key] for kind in kinds if kind.key in self.state.spans]
        if not spans:
            return None
        return Span(
            min(span.first for span in spans), max(span.last for span in spans), sum(span.count for span in spans)
        )
