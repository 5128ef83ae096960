"""A no as the journal spells it, and back."""

import msgspec

from troth.canonical import JSON
from troth.consent.model import Answer, Choice
from troth.journal.model import Entry, What
from troth.promise.model import Clause


class _No(msgspec.Struct):
    purpose: str
    data: str
    words: str
    language: str
    via: str
    promise: int


def entry_of(customer: int, choice: Choice) -> Entry:
    """Return the entry that tells of a no."""
    detail: dict[str, JSON] = {
        "purpose": choice.clause.purpose,
        "data": choice.clause.data,
        "words": choice.words.hex(),
        "language": choice.language,
        "via": choice.via,
        "promise": choice.promise,
    }
    return Entry(What.REFUSED, customer, choice.at, detail)


def choice_of(entry: Entry) -> Choice:
    """Return the no that an entry tells of."""
    no = msgspec.convert(entry.detail, _No)
    clause, words = Clause(no.purpose, no.data), bytes.fromhex(no.words)
    return Choice(clause, Answer.NO, entry.at, words, no.language, no.via, no.promise)
