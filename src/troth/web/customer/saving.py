"""From a form to recorded choices, and to the words that say what changed.

Laws:

1. All answers of a form are recorded, or none.
2. An answer that stands already is not recorded again: pressing Save twice changes nothing.
3. No answer is an answer too: nothing is recorded, and the page says so.
4. The words that were on the page travel with the form. Words that changed meanwhile are refused, not guessed.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from starlette.datastructures import FormData

from troth.cases.choosing import Chosen
from troth.cases.merging import Merged
from troth.consent.model import Answer
from troth.errors import InputError
from troth.promise.model import Clause, Promise
from troth.web.customer import wording
from troth.web.customer.record import Record, answer, change
from troth.web.customer.views import SavedView

_CHOICE = "choice:"
_WORDS = "words:"
_BACK = re.compile(r"/[A-Za-z0-9/_-]*")

Answered = tuple[Clause, Answer, bytes]


def answers(form: FormData, promise: Promise) -> list[Answered]:
    """Return the answers that a form gives, as (clause, answer, digest of the words shown).

    Raises:
        InputError: an unknown clause, something that is neither yes nor no, or no word of what was shown.
    """
    found: list[Answered] = []
    known = {str(clause): clause for clause in promise.clauses}
    for name, value in form.multi_items():
        if not name.startswith(_CHOICE):
            continue
        field = name.removeprefix(_CHOICE)
        if field not in known:
            raise InputError("clause_unknown", "We do not ask about this.", "Load the page again and choose there.")
        if value not in {"yes", "no"}:
            raise InputError("answer_unknown", "An answer is yes or no.", "Load the page again and choose there.")
        shown = form.get(_WORDS + field)
        try:
            digest = bytes.fromhex(shown) if isinstance(shown, str) else b""
        except ValueError:
            digest = b""
        found.append((known[field], Answer(str(value)), digest))
    return found


def new_ones(given: Sequence[Answered], record: Record) -> list[Answered]:
    """Return those of `given` that do not stand already."""
    return [one for one in given if answer(record, one[0]) != one[1].value]


def place(form: FormData, promise: Promise) -> str:
    """Return where on the page the form stands: a kind of data, or the page about a suggestion."""
    found = form.get("place")
    return found if isinstance(found, str) and (found in promise.data or found == "why") else ""


def back(form: FormData) -> str:
    """Return the page to go back to, on this site only; what else is named leads to the first page."""
    found = form.get("back")
    ours = isinstance(found, str) and _BACK.fullmatch(found) is not None and not found.startswith("//")
    return str(found) if ours else "/you"


def saved(chosen: Chosen, record: Record, *, where: str, now: datetime) -> SavedView:
    """Return what the page says after `chosen` was recorded."""
    says = f"Saved on {wording.moment(now, record.promise.company.time_zone)}. It counts from now on."
    says += _gone(chosen.deleted, record.promise, record.language)
    return SavedView(where, tuple(change(said, record) for said in chosen.said), says)


def joined(merged: Merged, promise: Promise, language: str) -> SavedView:
    """Return what the page says when somebody signed in whose browser had answered before."""
    says = (
        "You answered here before you signed in. Those answers and your account’s now count together, "
        "and where one of the two said no, it is no."
    )
    return SavedView("", (), says + _gone(merged.deleted, promise, language))


def _gone(deleted: Mapping[str, int], promise: Promise, language: str) -> str:
    says = ""
    for kind, count in deleted.items():
        data = promise.data.get(kind)
        title = data.title.say(language) if data is not None else kind
        things = wording.counted(count, "thing", "things")
        says += f" We deleted {things} that nothing needs any more: {title.lower()}."
    return says


def unchanged(given: Sequence[Answered], *, where: str) -> SavedView:
    """Return what the page says when there was nothing to record."""
    if given:
        return SavedView(where, (), "Nothing changed: this is what you said before.")
    return SavedView(where, (), "You did not choose an answer, so nothing changed. It still counts as no.")
