"""Compares a new promise with the old one: what narrows, what widens, who is asked, what is deleted.

Laws:

1. A promise compared with itself has no change.
2. Swap old and new, and what was narrowed is widened and what was widened is narrowed, but for what can't be
   compared (other words, another country): that is widened either way.
3. Narrowed and narrowed again is nowhere widened.
4. Whatever the model can say is compared; a field that is added to it without being compared fails a test.

A new promise may widen anything, as long as it says so. What it may not do is take an earlier yes, or data that was
collected earlier, for something it was not given for. `unpromised` finds where that would happen:

* P301: the number is not raised. Choices and notices are recorded under a number; two promises would share one.
* P302: `same_meaning` names a clause that does not mean the same: its yes would be taken for what is new.
* P303: the new promise holds from no later day than the old one: data collected under the old one would be used
  under the new one.
* P304: `says` is the old sentence: customers would not be told.
"""

from collections.abc import Callable
from dataclasses import dataclass

from troth.promise.changes.change import Change, Comparison, Deletion, Direction, Kind
from troth.promise.changes.data import compare_data, compare_storage
from troth.promise.changes.effect import Effect, effect
from troth.promise.changes.people import compare_recipients, compare_roles
from troth.promise.changes.purposes import compare_purposes
from troth.promise.changes.rest import compare_company, compare_duties, compare_never, compare_version
from troth.promise.changes.walk import Walk, joined
from troth.promise.errors import Finding, Severity
from troth.promise.model import Basis, Clause, Place, Promise

_NOWHERE = Place("promise.yaml", 1, 1)

UNPROMISED = {
    "P301": "A promise that changes what is done, owed or said has a higher number than the one before.",
    "P302": "“same_meaning” names no clause whose scope widens.",
    "P303": "A promise that widens holds from a later day than the one before.",
    "P304": "“says” tells customers what changed.",
}
"""Code → what must hold of a new promise beside the old one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A clause that customers would be asked about.

    Attributes:
        first: whether it is the first time, so that no earlier choice is touched.
        why: what widens it.
        customers: how many have an earlier yes; None where nobody counted.
        goes_on: whether the old scope goes on until they are asked. It does not where what is done, or the question,
            is another one now.
    """

    clause: Clause
    first: bool
    why: tuple[Change, ...]
    customers: int | None
    goes_on: bool


def compare(old: Promise, new: Promise, *, language: str = "") -> Comparison:
    """Return what `new` changes.

    Args:
        old: the promise before.
        new: the promise after.
        language: of the titles in the sentences; by default the first of the new promise.
    """
    walk = Walk(old, new, language or new.company.languages[0])
    for part in (
        compare_company,
        compare_version,
        compare_data,
        compare_storage,
        compare_purposes,
        compare_recipients,
        compare_roles,
        compare_never,
        compare_duties,
    ):
        part(walk)
    widened = {
        clause for change in walk.changes if change.direction is Direction.WIDENED for clause in change.clauses
    }
    touched = [clause for clause in new.clauses if clause in widened]
    consented = [clause for clause in touched if new.purposes[clause.purpose].basis is Basis.CONSENT]
    again = tuple(clause for clause in consented if _asked_before(old, clause))
    return Comparison(
        changes=tuple(walk.changes),
        asked_again=again,
        asked_first=tuple(clause for clause in consented if clause not in again),
        told=tuple(clause for clause in touched if clause not in consented),
        deleted=_deleted(walk),
    )


def asked(comparison: Comparison, *, touched: Callable[[Clause], int] | None = None) -> tuple[Asked, ...]:
    """Return the clauses to be asked about, each with what widens it.

    Args:
        comparison: of the two promises.
        touched: counts the customers whose yes to a clause is only for its old scope; an installation can, a file
            can't.
    """
    found = []
    for clause in (*comparison.asked_again, *comparison.asked_first):
        first = clause in comparison.asked_first
        customers = None if first or touched is None else touched(clause)
        why = comparison.widening(clause)
        goes_on = not first and all(effect(change) is not Effect.ENDS for change in why)
        found.append(Asked(clause, first=first, why=why, customers=customers, goes_on=goes_on))
    return tuple(found)


def unpromised(old: Promise, new: Promise, comparison: Comparison) -> tuple[Finding, ...]:
    """Return where `new` would use something that was never promised; none when it may follow `old`.

    Only what is done, owed or said counts: a new date of a contract or a new name of an owner needs no new number.
    """
    before, now = old.version, new.version
    widened = comparison.of(Direction.WIDENED)
    said = any(change.kind is Kind.WORDS for change in comparison.changes)
    counts = widened or comparison.of(Direction.NARROWED) or said
    found: list[Finding] = []
    if now.number < before.number or (counts and now.number == before.number):
        message = f"This promise has the number {now.number}; the one before, which says something else, has "
        message += f"{before.number}."
        found.append(_finding(new, "P301", "number", message, f"Write {before.number + 1}."))
    for clause in new.clauses:
        scope = [change for change in comparison.widening(clause) if change.kind is not Kind.WORDS]
        if clause in now.same_meaning and scope:
            message = f"{clause} is said to mean the same, and it widens: {scope[0].words}"
            mend = "Take it out of “same_meaning”, so that customers are asked again; or undo what widens it."
            found.append(_finding(new, "P302", "same_meaning", message, mend))
    if widened and now.since <= before.since:
        message = f"This promise widens, and holds from {now.since}; the one before holds from {before.since}."
        found.append(_finding(new, "P303", "from", message, "Write a later day."))
    if widened and now.says == before.says:
        message = "“says” is the sentence of the promise before."
        found.append(_finding(new, "P304", "says", message, "Tell customers what changes now."))
    return tuple(found)


def _finding(promise: Promise, code: str, key: str, message: str, mend: str) -> Finding:
    place = promise.places.get(f"version.{key}") or promise.places.get("version") or _NOWHERE
    return Finding(code, Severity.ERROR, place, message, mend)


def _asked_before(old: Promise, clause: Clause) -> bool:
    purpose = old.purposes.get(clause.purpose)
    return purpose is not None and clause.data in purpose.data and purpose.basis is Basis.CONSENT


def _deleted(walk: Walk) -> tuple[Deletion, ...]:
    """Return what would be deleted: what no purpose holds for any more, and what is past a keep that got shorter."""
    found = []
    for data in walk.old.data:
        title = walk.data_titles([data])
        uses = [use.key for use in walk.old.purposes_of(data)]
        left = [use.key for use in walk.new.purposes_of(data)]
        gone = [walk.purpose_title(key) for key in uses if key not in left]
        if data not in walk.new.data or (gone and not left):
            found.append(Deletion(data, f"All we keep of {title}."))
        elif gone:
            found.append(Deletion(data, f"{title} of customers for whom nothing held but {joined(gone)}."))
    for change in walk.changes:
        if change.direction is not Direction.NARROWED and not change.both_ways:
            continue
        part = change.path.split(".")[1] if "." in change.path else ""
        past = "What may be" if change.both_ways else "What is"
        if change.kind is Kind.KEEP:
            found.append(Deletion(part, f"{past} past the new keep of {walk.data_titles([part])}."))
        elif change.kind is Kind.LASTS:
            ends = f"of customers for whom nothing held but {walk.purpose_title(part)}, which ends sooner."
            found += [Deletion(data, f"{walk.data_titles([data])} {ends}") for _, data in change.clauses]
        elif change.kind is Kind.EVIDENCE:
            found.append(Deletion("", f"{past} past the new keep of evidence."))
    return tuple(found)
