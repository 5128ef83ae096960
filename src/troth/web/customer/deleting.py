"""From what a deletion would do (or did) to the words that say so. Pure: values in, values out.

What goes, what stays and why, and what will no longer work is said before the click.
"""

from collections.abc import Mapping

from troth.cases.copies import Copies, in_words
from troth.cases.deleting import Deleted
from troth.promise.model import Promise
from troth.web.customer import wording
from troth.web.customer.leaving import written_out
from troth.web.customer.record import contact
from troth.web.customer.views import DeletePage, GoesView, LineView, SavedView


def before(would: Deleted, promise: Promise, data: str, *, line: LineView | None, language: str = "en") -> DeletePage:
    """Return the page that is shown before the click.

    Args:
        would: what the deletion would do.
        promise: the promise in force.
        data: the kind it is about.
        line: the single thing that was named; None for all of the kind.
        language: of the words.
    """
    title = _title(promise, data, language)
    if not would.changes:
        lead = "There is nothing of it that we could delete."
    elif line is not None:
        lead = f"This one: {line.what}, {line.at}. You can’t undo it."
    else:
        lead = "All of it. You can’t undo it. Something new can come later; you can delete that too."
    return DeletePage(
        title=f"Delete: {title}",
        lead=lead,
        goes=(
            *_goes(would.gone, promise, language, "It goes."),
            *_goes(would.besides, promise, language, "It goes too: nothing needs it any more."),
        ),
        stays=_stays(would, promise, language),
        loses=_loses(would, promise, language),
        changes=would.changes,
        address=f"/you/{data}/delete",
        back=f"/you/{data}" if line is not None else "/you",
        handle=line.handle if line is not None else "",
        contact=contact(promise),
    )


def after(did: Deleted, promise: Promise, data: str, *, copies: Copies, language: str = "en") -> SavedView:
    """Return what the page says after a deletion; `copies`: what becomes of copies made before."""
    zone = promise.company.time_zone
    said = []
    went = {**did.besides, **did.gone}
    if went:
        things = [
            f"{wording.counted(count, 'thing', 'things')} ({_title(promise, kind, language).lower()})"
            for kind, count in went.items()
        ]
        said.append(f"We deleted {wording.listed(things)} on {wording.moment(copies.at, zone)}.")
        said += in_words(copies, lambda at: wording.day(at, zone))
    said += [one.fate for one in _stays(did, promise, language)]
    if not said:
        said.append("There was nothing of it that we could delete.")
    return SavedView(data, (), " ".join(said))


def _goes(counts: Mapping[str, int], promise: Promise, language: str, fate: str) -> tuple[GoesView, ...]:
    return tuple(
        GoesView(_title(promise, kind, language), wording.counted(count, "thing", "things"), fate)
        for kind, count in counts.items()
    )


def _stays(told: Deleted, promise: Promise, language: str) -> tuple[GoesView, ...]:
    return tuple(
        GoesView(
            _title(promise, kind, language),
            "stays, locked",
            f"The law asks us to keep it: {written_out(law, promise)}. It is locked, and used for nothing else.",
        )
        for kind, law in told.laws.items()
    )


def _loses(told: Deleted, promise: Promise, language: str) -> tuple[str, ...]:
    """Return what will no longer work, each purpose once."""
    purposes = dict.fromkeys(clause.purpose for clause in told.loses)
    said = []
    for key in purposes:
        purpose = promise.purposes[key]
        gets = f" What it gave you: {purpose.benefit.say(language)}" if purpose.benefit is not None else ""
        said.append(f"{purpose.title.say(language)}.{gets}")
    return tuple(said)


def _title(promise: Promise, kind: str, language: str) -> str:
    data = promise.data.get(kind)
    return data.title.say(language) if data is not None else kind
