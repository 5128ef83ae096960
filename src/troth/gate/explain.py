"""Why the gate says what it says: the steps of a verdict, in words, each with its place in the promise file.

Laws:

1. An explanation is never a second opinion. It is handed the verdict; the steps before the one that refused held, the
   steps after it were not reached.
2. It shows dates and what is recorded about a customer's choices, and no value of theirs: it is made from a state,
   which has none.
3. It points to a line of the promise wherever one decided. What another record decided (a key, a stop, a choice) is
   named as such.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from troth.actors import Actor, ActorKind, of_customer, of_service
from troth.gate.asking import RIGHTS
from troth.gate.held import HELD
from troth.gate.matter import Ground, Matter
from troth.gate.reasons import Refusal
from troth.gate.refused import REFUSED
from troth.gate.retention import FOREVER
from troth.gate.state import Grant, State, Verdict
from troth.gate.terms import Terms
from troth.gate.use import Use
from troth.promise.model import Clause, Place, Promise

STEPS: Mapping[str, str] = {
    "1": "The promise is in force.",
    "2": "Who asks may use this purpose.",
    "3": "The purpose is declared.",
    "3b": "Nothing of it is stopped for everybody.",
    "7": "The customer is neither restricted nor a child.",
    "4": "No “never” forbids it.",
    "5": "The promise lets this purpose use this kind of data.",
    "6": "What it rests on holds for this customer now.",
    "8": "It is not past its keep.",
    "9": "Everybody outside who is involved is bound.",
    "10": "It is not too private, and no guess that fell.",
}
"""Number → what must hold, in the order in which `decide` asks."""

_WHATEVER_IS_KEPT = Ground("Everything that is kept of a customer is theirs to see.", applies=False)
_LAST_OF_THE_USE = list(STEPS).index("3")


class Came(StrEnum):
    """How a step came out."""

    HOLDS = "holds"
    REFUSES = "refuses"
    NOT_REACHED = "not_reached"
    DOES_NOT_APPLY = "does_not_apply"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a verdict.

    Attributes:
        number: as in docs/guarantee.md, e.g. ``3b``.
        asks: what must hold.
        came: how it came out.
        fact: what it rests on; empty when it was not reached.
        key: the dotted key of the promise that it rests on; empty for none.
        place: where that key stands; None where the promise has no such line, or came from no file.
    """

    number: str
    asks: str
    came: Came
    fact: str = ""
    key: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """Why one kind of data is allowed or refused.

    Attributes:
        data: the kind, as it was asked for.
        clause: the clause that decided; None for a customer's look at their own.
        word: ``allowed``, or the refusal's machine word.
        says: for a refusal its sentence, as everywhere; else until when it holds.
        until: until when it stays allowed if nothing else happens; None when refused.
        steps: every step, in the order asked.
    """

    data: str
    clause: Clause | None
    word: str
    says: str
    until: datetime | None
    steps: tuple[Step, ...]

    @property
    def is_allowed(self) -> bool:
        """Whether the verdict allows it."""
        return self.until is not None

    @property
    def decided(self) -> Step | None:
        """The step that refused; None when nothing did."""
        return next((step for step in self.steps if step.came is Came.REFUSES), None)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a verdict is as it is.

    Attributes:
        use: what was asked.
        at: the moment it was asked about.
        version: the number of the promise's version.
        kinds: one for each kind asked for, by name.
    """

    use: Use
    at: datetime
    version: int
    kinds: tuple[Explained, ...]

    @property
    def is_allowed(self) -> bool:
        """Whether all that was asked for is allowed; nothing asked for is nothing allowed."""
        return bool(self.kinds) and all(kind.is_allowed for kind in self.kinds)


def explain(
    use: Use, terms: Terms, state: State, now: datetime, *, verdict: Verdict, customer: int | None = None
) -> Explanation:
    """Return why `verdict` is what `decide` said of `use`.

    Args:
        use: who asked for what, for what.
        terms: the promise, made ready.
        state: what is known of the customer.
        now: the moment that was asked about.
        verdict: what `decide` said to exactly these.
        customer: the customer's number, as `decide` had it.
    """
    kinds = []
    for data in sorted(use.data):
        answer = verdict.refused.get(data) or verdict.allowed[data]
        grant = answer if isinstance(answer, Grant) else None
        clause = answer.clause or Clause(use.purpose, data)
        matter = Matter(use, terms, state, now, clause, grant, customer)
        kinds.append(
            _refused(data, answer, matter) if isinstance(answer, Refusal) else _allowed(data, answer, matter)
        )
    return Explanation(use, now, terms.promise.version.number, tuple(kinds))


def anybody(purpose: str, customer: int, *, role: str = "", is_customer: bool = False) -> Actor:
    """Return somebody to ask about, when it is not about one key or person.

    Args:
        purpose: what a program would have been given.
        customer: the customer's number.
        role: a person of this role whose training holds; empty for none.
        is_customer: the very customer. Without it and without a role: a program that was given the purpose.
    """
    if is_customer:
        return of_customer(customer)
    if role:
        return Actor(ActorKind.PERSON, "", role=role, trained_until=FOREVER)
    return of_service("", purpose)


def _allowed(data: str, grant: Grant, matter: Matter) -> Explained:
    steps = []
    for place, number in enumerate(STEPS):
        whatever = matter.use.purpose == RIGHTS and place > _LAST_OF_THE_USE
        steps.append(_held(number, _WHATEVER_IS_KEPT if whatever else HELD[number](matter), matter.promise))
    says = "As long as nothing changes."
    if grant.until != FOREVER:
        says = f"Until {matter.last_day(grant.until)}, if nothing changes before."
    return Explained(data, grant.clause, "allowed", says, grant.until, tuple(steps))


def _refused(data: str, refusal: Refusal, matter: Matter) -> Explained:
    numbers, code = list(STEPS), refusal.code
    at = numbers.index(code.number)
    steps = [_held(number, HELD[number](matter), matter.promise) for number in numbers[:at]]
    ground = REFUSED[code](matter)
    key, place = _stands(ground.key, matter.promise)
    steps.append(Step(code.number, STEPS[code.number], Came.REFUSES, ground.fact, key, place))
    steps += [Step(number, STEPS[number], Came.NOT_REACHED) for number in numbers[at + 1 :]]
    return Explained(data, refusal.clause, code.word, refusal.says(matter.promise), None, tuple(steps))


def _held(number: str, ground: Ground, promise: Promise) -> Step:
    key, place = _stands(ground.key, promise)
    came = Came.HOLDS if ground.applies else Came.DOES_NOT_APPLY
    return Step(number, STEPS[number], came, ground.fact, key, place)


def _stands(key: str, promise: Promise) -> tuple[str, Place | None]:
    """Return the nearest line of the promise to `key`: what is missing is shown where it would stand."""
    nearest = key
    while nearest and nearest not in promise.places:
        nearest = nearest.rpartition(".")[0]
    return (nearest, promise.places[nearest]) if nearest else (key, None)
