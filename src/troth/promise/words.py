"""The promise in plain sentences, for pages and for the command line.

Every sentence is built from a template by name, so that a translator sees whole sentences: `_ENGLISH` is the
message catalogue that later languages stand beside. A language without one is answered in English.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from troth.promise.model import Basis, Data, Keep, Period, Promise, Purpose, Role, Source, Storage

ENGLISH: Final = "en"

_ENGLISH: Final[Mapping[str, str]] = {
    "period.days.one": "{count} day",
    "period.days.many": "{count} days",
    "period.weeks.one": "{count} week",
    "period.weeks.many": "{count} weeks",
    "period.months.one": "{count} month",
    "period.months.many": "{count} months",
    "period.years.one": "{count} year",
    "period.years.many": "{count} years",
    "keep.plain": "{period} after we got it",
    "keep.change": "{period} after you last changed it",
    "keep.after": "{period} after the last of “{title}”",
    "keep.purposes": "As long as we need it for what we told you",
    "source.told": "You told us",
    "source.transacted": "We noted it when you dealt with us",
    "source.observed": "We noted it as you used our site",
    "source.technical": "Your device sent it",
    "source.guessed": "We guessed it",
    "source.received": "Somebody gave it to us",
    "source.guessed.from": "We guessed it from: {titles}",
    "source.received.from": "We got it from {name}",
    "basis.consent": "Only if you say yes",
    "basis.contract": "Because you are our customer",
    "basis.legal_obligation": "Because the law asks for it: {law}",
    "basis.legitimate_interest": "Unless you object",
    "sees.role": "{role}, to do this: {purposes}",
    "sees.role.reason": "{role}, to do this: {purposes}. They must give a reason",
    "receives.plain": "{recipient}",
    "receives.keep": "{recipient}. They keep it {period}",
    "storage.plain": "{where} {protected}",
    "storage.backups": "{where} {protected} Copies are gone after {period}.",
}
_CATALOGUES: Final[Mapping[str, Mapping[str, str]]] = {ENGLISH: _ENGLISH}


def _say(language: str, message: str, **values: object) -> str:
    catalogue = _CATALOGUES.get(language.partition("-")[0], _ENGLISH)
    return catalogue.get(message, _ENGLISH[message]).format(**values)


def _titles(promise: Promise, keys: Sequence[str], language: str) -> str:
    return ", ".join(promise.data[key].title.say(language) if key in promise.data else key for key in keys)


def period_in_words(period: Period, language: str = ENGLISH) -> str:
    """Return a length of time in words: “1 year”, “90 days”."""
    number = "one" if period.count == 1 else "many"
    return _say(language, f"period.{period.unit.value}.{number}", count=period.count)


def keep_in_words(keep: Keep | None, language: str = ENGLISH, *, promise: Promise | None = None) -> str:
    """Return how long something is kept: “2 years after the last of “Things you bought””.

    Args:
        keep: None when only the end of its purposes ends it.
        language: of the answer.
        promise: gives the titles of the data that `keep` counts from; without it, their keys are said.
    """
    if keep is None:
        return _say(language, "keep.purposes")
    period = period_in_words(keep.period, language)
    if not keep.after:
        return _say(language, "keep.plain", period=period)
    if keep.after == "change":
        return _say(language, "keep.change", period=period)
    title = _titles(promise, [keep.after], language) if promise else keep.after
    return _say(language, "keep.after", period=period, title=title)


def source_in_words(source: Source, language: str = ENGLISH) -> str:
    """Return how we came to have something, in a few words."""
    return _say(language, f"source.{source.value}")


def origin_in_words(promise: Promise, data: Data, language: str = ENGLISH) -> str:
    """Return how we came to have `data`, with what it was guessed from or who gave it."""
    if data.guessed_from:
        return _say(language, "source.guessed.from", titles=_titles(promise, data.guessed_from, language))
    if data.received_from is not None:
        return _say(language, "source.received.from", name=data.received_from.say(language))
    return source_in_words(data.source, language)


def basis_in_words(purpose: Purpose, language: str = ENGLISH) -> str:
    """Return why we may: “Only if you say yes”."""
    law = purpose.law if purpose.basis is Basis.LEGAL_OBLIGATION else ""
    return _say(language, f"basis.{purpose.basis.value}", law=law)


def what_we_do(promise: Promise, data: str, language: str = ENGLISH) -> tuple[str, ...]:
    """Return what we do with the kind `data`: the title of each purpose that uses it, in the order of the file."""
    return tuple(purpose.title.say(language) for purpose in promise.purposes_of(data))


def how_you_benefit(promise: Promise, data: str, language: str = ENGLISH) -> tuple[str, ...]:
    """Return what the customer gets: the benefit of each purpose that uses the kind `data`."""
    return tuple(purpose.benefit.say(language) for purpose in promise.purposes_of(data) if purpose.benefit)


def who_sees(promise: Promise, data: str, language: str = ENGLISH) -> tuple[str, ...]:
    """Return which of our own people may see the kind `data` of one person, and what for.

    A role that has a purpose only in aggregate sees no person, and is not named.
    """
    found: list[str] = []
    for role in promise.roles.values():
        purposes = [purpose for purpose, kinds in role.may.items() if data in kinds and purpose not in role.aggregate]
        if purposes:
            titles = ", ".join(promise.purposes[purpose].title.say(language) for purpose in purposes)
            message = "sees.role.reason" if role.reason_required else "sees.role"
            found.append(_say(language, message, role=_name(role), purposes=titles))
    return tuple(found)


def who_receives(promise: Promise, data: str, language: str = ENGLISH) -> tuple[str, ...]:
    """Return who outside receives the kind `data`, and how long they keep it."""
    found: list[str] = []
    for recipient in promise.recipients.values():
        if any(data in kinds for kinds in recipient.receives.values()):
            title = recipient.title.say(language)
            if recipient.keep is None:
                found.append(_say(language, "receives.plain", recipient=title))
            else:
                period = period_in_words(recipient.keep, language)
                found.append(_say(language, "receives.keep", recipient=title, period=period))
    return tuple(found)


def how_we_protect(promise: Promise, data: str, language: str = ENGLISH) -> str:
    """Return where the kind `data` lies and how it is protected."""
    storage: Storage = promise.storage.get(data) or promise.storage["default"]
    where, protected = storage.where.say(language), storage.protected.say(language)
    if storage.backups_keep is None:
        return _say(language, "storage.plain", where=where, protected=protected)
    period = period_in_words(storage.backups_keep, language)
    return _say(language, "storage.backups", where=where, protected=protected, period=period)


def _name(role: Role) -> str:
    return role.key.replace("_", " ").capitalize()
