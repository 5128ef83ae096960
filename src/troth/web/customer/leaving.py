"""From what an erasure would do (or did) to the page that says so. Pure: values in, values out.

What goes and what stays is said before the click, with the law and the end of what stays (GDPR Art. 17(3)(b)).
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime

from troth.cases.copies import Copies, in_words
from troth.cases.erasure import Erased
from troth.promise.model import Promise
from troth.web.customer import wording
from troth.web.customer.record import contact
from troth.web.customer.views import GoesView, LeavePage

_OTHER_ROOMS = {
    "choices": ("Your choices", "choice", "choices", "Each yes and each no goes."),
    "purchases in the suggestion model": (
        "Your part of our suggestions",
        "thing you bought",
        "things you bought",
        "We take it out of the numbers, so suggestions to others no longer know of it.",
    ),
    "deletions": (
        "What you deleted before",
        "note",
        "notes",
        "Our notes of it go too. They only kept old files from bringing it back.",
    ),
    "entries": (
        "What we noted",
        "note",
        "notes",
        "Our notes of your choices, of who looked and of what was used go with it. A receipt you took stays good.",
    ),
    "stops": ("What was stopped", "stop", "stops", "Our notes of what you, your browser or we stopped go with it."),
    "links": ("Ids that are yours", "note", "notes", "Our notes that these ids are one person go with it."),
    "identifiers": (
        "Who you are",
        "id",
        "ids",
        "Only a scrambled mark stays, so that an old file can’t bring you back. Nobody can read it.",
    ),
}
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def before(would: Erased, promise: Promise, language: str = "en") -> LeavePage:
    """Return the page that is shown before the click; `would` is what the erasure would do."""
    goes, stays = _fates(would, promise, language=language)
    if not goes and not stays:
        lead = "We keep nothing about you, so there is nothing to delete."
    else:
        lead = "One press, and it is done. You can’t undo it. The shop stays open to you as to anyone."
    return LeavePage(lead, goes, stays, contact(promise))


def after(
    did: Erased, promise: Promise, copies: Copies, receipts: Sequence[bytes] = (), *, language: str = "en"
) -> LeavePage:
    """Return the page that says what was done, and until when copies made before hold it.

    Args:
        did: what was done.
        promise: the one in force.
        copies: what is left in copies, and until when.
        receipts: the files that prove it, for the customer alone: we can't open the note any more.
        language: of the page.
    """
    goes, stays = _fates(did, promise, language=language)
    zone = promise.company.time_zone
    lead = f"We did it on {wording.moment(copies.at, zone)}."
    if did.keys_destroyed:
        lead += " We destroyed the keys too."
    lead = " ".join((lead, *in_words(copies, lambda at: wording.day(at, zone))))
    return LeavePage(lead, goes, stays, contact(promise), tuple(map(_address, receipts)))


def _address(receipt: bytes) -> str:
    # In the page itself: after this answer nobody here has it, and no address of ours could give it out again.
    return f"data:application/octet-stream;base64,{b64encode(receipt).decode('ascii')}"


def _fates(erased: Erased, promise: Promise, *, language: str) -> tuple[tuple[GoesView, ...], tuple[GoesView, ...]]:
    goes: list[GoesView] = []
    besides: list[GoesView] = []
    stays: list[GoesView] = []
    for report in erased.reports:
        for what, count in report.counts.items():
            if not count or what in erased.kept:
                continue
            kind = promise.data.get(what)
            if kind is not None:
                number = wording.counted(count, "thing", "things")
                goes.append(GoesView(kind.title.say(language), number, "All of it goes."))
            elif what in _OTHER_ROOMS:
                title, one, many, fate = _OTHER_ROOMS[what]
                besides.append(GoesView(title, wording.counted(count, one, many), fate))
            else:
                # Rooms may keep what has no words here yet; it is named all the same, never left out.
                number = wording.counted(count, "record", "records")
                besides.append(GoesView(f"Other records ({report.room})", number, "All of it goes."))
    for what, law in erased.kept.items():
        kind = promise.data.get(what)
        title = kind.title.say(language) if kind is not None else what
        fate = f"The law asks us to: {written_out(law, promise)}. It is locked, and used for nothing else."
        stays.append(GoesView(title, "stays for now", fate))
    return (*goes, *besides), tuple(stays)


def written_out(law: str, promise: Promise) -> str:
    """Return `law` with its ISO day written out, e.g. ``until 22 November 2032``."""

    def day(found: re.Match[str]) -> str:
        at = datetime.fromisoformat(found.group()).replace(hour=12, tzinfo=UTC)
        return wording.day(at, promise.company.time_zone)

    return _ISO_DAY.sub(day, law)
