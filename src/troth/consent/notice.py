"""Which words were shown. A choice holds only under words that mean what they meant when it was made."""

from collections.abc import Sequence
from dataclasses import dataclass

from troth.canonical import canonical_json, sha256
from troth.promise.model import Clause, Promise, Purpose, Question


@dataclass(frozen=True, slots=True)
class Words:
    """The exact words of one question in one language.

    Attributes:
        digest: SHA-256 of the canonical JSON of the rest; the words' name in every record.
        clause: what is asked about.
        language: a BCP 47 tag.
        question: the question.
        yes: what a yes brings.
        no: what a no brings.
    """

    digest: bytes
    clause: Clause
    language: str
    question: str
    yes: str
    no: str


def words_for(purpose: Purpose, data: str, language: str) -> Words | None:
    """Return the words in which `purpose` asks for `data`; None where it asks nothing."""
    asked: Question | None = purpose.data.get(data)
    if asked is None:
        return None
    question, yes, no = asked.question.say(language), asked.yes.say(language), asked.no.say(language)
    spelled = canonical_json(
        {
            "clause": f"{purpose.key}/{data}",
            "language": language,
            "question": question,
            "yes": yes,
            "no": no,
        }
    )
    return Words(sha256(spelled), Clause(purpose.key, data), language, question, yes, no)


def digests_now(promise: Promise) -> dict[Clause, frozenset[bytes]]:
    """Return clause → the digests of its words in every language, as the promise asks today."""
    found: dict[Clause, frozenset[bytes]] = {}
    for purpose in promise.purposes.values():
        for data in purpose.data:
            shown = (words_for(purpose, data, language) for language in promise.company.languages)
            found[Clause(purpose.key, data)] = frozenset(words.digest for words in shown if words is not None)
    return found


def accepted(history: Sequence[Promise], today: Promise) -> dict[Clause, frozenset[bytes]]:
    """Return clause → the digests of the words under which a yes holds today.

    A yes under earlier words holds only while each promise since says that they mean the same.

    Args:
        history: every earlier promise on record, oldest first.
        today: the promise in force.
    """
    found = digests_now(today)
    spoken = [digests_now(promise) for promise in history]
    for clause, words in found.items():
        newer, listed = words, clause in today.version.same_meaning
        for promise, said in zip(reversed(history), reversed(spoken), strict=True):
            older = said.get(clause, frozenset())
            if not older or not (listed or older <= newer):
                break
            found[clause] |= older
            newer, listed = older, clause in promise.version.same_meaning
    return found
