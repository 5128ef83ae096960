"""Why the gate says no: a closed list of codes, each with the step that said it and a sentence for a person."""

from dataclasses import dataclass
from enum import Enum

from troth.promise.model import Clause, Promise


class Code(Enum):
    """Why a use is refused. The value is (machine word, step of `decide`, sentence).

    In the sentences ``{purpose}`` and ``{data}`` stand for the titles in the promise.
    """

    TIME_UNKNOWN = ("time_unknown", 1, "The time has no time zone, so nobody knows when this is.")
    PROMISE_NOT_YET = ("promise_not_in_force", 1, "This promise is not in force yet.")
    ACTOR_MAY_NOT = ("actor_may_not", 2, "Who asks was not given this purpose.")
    NOT_THEIR_OWN = ("not_their_own", 2, "A customer sees only what is their own.")
    ROLE_UNKNOWN = ("role_unknown", 2, "The promise has no such role.")
    ROLE_MAY_NOT = ("role_may_not", 2, "The promise does not give this role “{data}” for “{purpose}”.")
    AGGREGATE_ONLY = ("aggregate_only", 2, "This role gets statistics for “{purpose}”, never a person.")
    TRAINING_LAPSED = ("training_lapsed", 2, "The training for this role has lapsed or was never done.")
    REASON_MISSING = ("reason_missing", 2, "This role must give a reason.")
    NOT_INSIDE = ("not_inside", 2, "The promise does not let this recipient’s people work inside in this role.")
    PURPOSE_UNKNOWN = ("purpose_unknown", 3, "The promise has no such purpose.")
    RESERVED = ("reserved", 3, "Who asks may not use this purpose, which every installation keeps for itself.")
    NOTHING_ASKED = ("nothing_asked", 3, "Nothing was asked for.")
    PAUSED = ("paused", 3, "“{purpose}” is paused for everybody.")
    CUT_OFF = ("cut_off", 3, "This recipient is cut off: they receive nothing and see nothing.")
    NEVER = ("never", 4, "The promise says never.")
    NO_CLAUSE = ("no_clause", 5, "The promise does not let “{purpose}” use this.")
    NO_CHOICE = ("no_choice", 6, "You have not been asked, or have not answered.")
    REFUSED = ("refused", 6, "You said no.")
    WITHDRAWN = ("withdrawn", 6, "You said yes once and then no.")
    WORDS_CHANGED = ("words_changed", 6, "The question changed since you answered; it has to be asked again.")
    CONSENT_ENDED = ("consent_ended", 6, "Your yes no longer counts; it has to be asked again.")
    WIDENED = ("widened", 6, "This came after your yes; you have not been asked about it yet.")
    OBJECTED = ("objected", 6, "You objected to this.")
    OPTED_OUT = ("opted_out", 6, "Your browser asks not to sell or share your data.")
    NO_ASSESSMENT = ("no_assessment", 6, "Nobody has weighed this interest against yours.")
    NO_RELATIONSHIP = ("no_relationship", 6, "There is no order or account that needs this.")
    RELATIONSHIP_OVER = ("relationship_over", 6, "The time after the last order is over.")
    RESTRICTED = ("restricted", 7, "It is locked: only what a law demands may be done with it.")
    CHILD = ("child", 7, "It is not for children.")
    PAST_KEEP = ("past_keep", 8, "It is older than the promise keeps it.")
    RECIPIENT_UNKNOWN = ("recipient_unknown", 9, "The promise has no such recipient.")
    RECIPIENT_MAY_NOT = ("recipient_may_not", 9, "The promise does not give this recipient “{data}” for “{purpose}”.")
    NO_CONTRACT = ("no_contract", 9, "There is no contract with this recipient that holds today.")
    CHECK_OVERDUE = ("check_overdue", 9, "This recipient was not checked in time.")
    COUNTRY_MISSING = ("country_missing", 9, "The promise does not say in which country this recipient is.")
    SACROSANCT = (
        "sacrosanct",
        10,
        "Data this private needs a contract, a law or a yes of its own, and never personalises.",
    )
    GUESS_FELL = ("guess_fell", 10, "It is a guess, and what it is made from may not be used.")
    CUSTOMER_ERASED = ("erased", 6, "The customer was erased after this happened.")
    ITEM_DELETED = ("deleted", 6, "The customer had it deleted.")
    EVENT_UNDECLARED = ("event_undeclared", 5, "No kind of data in the promise carries this event.")
    NOTHING_DECLARED = ("nothing_declared", 5, "Nothing in it is named by the promise.")
    BEFORE_PROMISE = ("before_promise", 8, "It happened before the promise allowed this use.")
    IN_THE_FUTURE = ("in_the_future", 8, "It is dated in the future.")

    # Each is the only one of its kind, so it is told apart by what it is: a verdict looks many of them up.
    __hash__ = object.__hash__

    @property
    def word(self) -> str:
        """The stable machine word."""
        return self.value[0]

    @property
    def step(self) -> int:
        """The numbered step of `decide` that refuses with it."""
        return self.value[1]

    @property
    def number(self) -> str:
        """The step as it is written: ``3b`` for what is stopped for everybody, else the number."""
        return "3b" if self in {Code.PAUSED, Code.CUT_OFF} else str(self.step)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One clause (or one whole use, when `clause` is None), refused."""

    code: Code
    clause: Clause | None = None

    def says(self, promise: Promise, language: str = "") -> str:
        """Return the reason as a sentence in `language`."""
        sentence: str = self.code.value[2]
        purpose = promise.purposes.get(self.clause.purpose) if self.clause else None
        data = promise.data.get(self.clause.data) if self.clause else None
        return sentence.replace("{purpose}", purpose.title.say(language) if purpose else "this purpose").replace(
            "{data}", data.title.say(language) if data else "this"
        )
