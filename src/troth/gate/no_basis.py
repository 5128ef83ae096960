"""Why step 6 refuses, in words: what the customer said, objected to or never began. As `refused`, it only tells."""

from collections.abc import Callable
from types import MappingProxyType

from troth.consent.model import Status
from troth.gate.matter import Ground, Matter
from troth.promise.changes.effect import Effect, effect
from troth.promise.compare import compare
from troth.promise.words import keep_in_words


def _clause(matter: Matter) -> str:
    return f"purposes.{matter.clause.purpose}.data.{matter.clause.data}"


def said(fact: str) -> Callable[[Matter], Ground]:
    """Return a teller of what the customer said last; in `fact` stand ``{day}`` and ``{version}``."""

    def tell(matter: Matter) -> Ground:
        where = _clause(matter)
        standing = matter.standing
        if standing is None:
            return Ground("No answer of the customer is recorded.", where)
        choice = standing.latest
        return Ground(fact.format(day=matter.day(choice.at), version=choice.promise), where)

    return tell


def no_choice(matter: Matter) -> Ground:
    """There is no answer, or the question was put off."""
    standing = matter.standing
    asked = standing is not None and standing.status in {Status.REQUESTED, Status.REQUEST_DEFERRED}
    fact = "The customer was asked and has not answered." if asked else "No answer of the customer is recorded."
    return Ground(fact, _clause(matter))


_HOW_ENDED = MappingProxyType(
    {
        Status.REVOKED: "the company ended it",
        Status.EXPIRED: "its time has passed",
        Status.INVALIDATED: "it was found never to have been valid",
    }
)


def consent_ended(matter: Matter) -> Ground:
    """A yes that somebody else ended."""
    how = _HOW_ENDED.get(matter.standing.status, "it ended") if matter.standing else "it ended"
    return said("The customer said yes on {day}, and " + how + ".")(matter)


def widened(matter: Matter) -> Ground:
    """What an earlier yes does not cover, with what was added since."""
    where, standing = _clause(matter), matter.standing
    if standing is None:
        return Ground("The customer has not been asked about what was added.", where)
    number = standing.latest.promise
    fact = f"The customer said yes on {matter.day(standing.latest.at)}, under version {number} of the promise."
    then = next((one.promise for one in matter.terms.earlier if one.promise.version.number == number), None)
    if then is None:
        return Ground(f"{fact} That version is not on record, so it promised nothing.", where)
    added = [
        change
        for change in compare(then, matter.promise).widening(matter.clause)
        if effect(change) in {Effect.ENDS, Effect.NEW_PART}
        or (effect(change) is Effect.RECIPIENT and change.path.split(".")[1] in matter.outside)
    ]
    since = " ".join(change.words for change in added) or "what was added since."
    return Ground(f"{fact} Until they are asked, this waits: {since}", added[0].path if added else where)


def objected(matter: Matter) -> Ground:
    """An objection, and a yes that did not come after it."""
    at = matter.state.own.objections.get(matter.clause.purpose)
    fact = f"The customer objected on {matter.day(at)}" if at else "The customer objected"
    return Ground(f"{fact}{_earlier_yes(matter)}.", f"purposes.{matter.clause.purpose}")


def opted_out(matter: Matter) -> Ground:
    """An opt-out signal, recorded or on this very call."""
    at = matter.state.own.opted_out
    fact = f"The customer’s browser asked on {matter.day(at)}" if at else "This call carries the browser’s signal"
    fact = f"{fact} not to sell or share their data (Sec-GPC: 1){_earlier_yes(matter)}."
    return Ground(fact, f"purposes.{matter.clause.purpose}.use")


def _earlier_yes(matter: Matter) -> str:
    return f"; their yes of {matter.day(matter.standing.latest.at)} did not come after it" if matter.standing else ""


def no_relationship(matter: Matter) -> Ground:
    """What begins the relationship is not there."""
    starts = matter.purpose.starts if matter.purpose else ""
    return Ground(f"No “{starts}” of the customer is kept.", f"purposes.{matter.clause.purpose}.starts")


def over(matter: Matter) -> Ground:
    """The relationship has ended."""
    begun, lasts = matter.begun(), matter.purpose.lasts if matter.purpose else None
    length = keep_in_words(lasts, promise=matter.promise)
    fact = f"It lasted {length}" + (f"; the latest was on {matter.day(begun.last)}." if begun else ".")
    return Ground(fact, f"purposes.{matter.clause.purpose}.lasts")
