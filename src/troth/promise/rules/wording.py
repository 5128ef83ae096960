"""Rules about words: a promise that is not understood is none."""

import re
from collections.abc import Iterator

from troth.promise.model import Promise, Text
from troth.promise.readability import grade, sentences, words
from troth.promise.rules.rule import Breach, error, warning
from troth.promise.threats import threatens

MOST_WORDS = 20
"""Words in a sentence. Plain-language guides agree on 15 to 20 on average (ISO 24495-1)."""
MOST_UNEQUAL = 1.5
"""How many times as long the longer of yes and no may be."""


def texts_of(promise: Promise) -> Iterator[tuple[str, Text]]:
    """Yield every text that people read, with its dotted key."""
    yield "version.says", promise.version.says
    for key, data in promise.data.items():
        yield f"data.{key}.title", data.title
        yield f"data.{key}.how", data.how
        if data.received_from:
            yield f"data.{key}.from", data.received_from
    for key, storage in promise.storage.items():
        yield f"storage.{key}.where", storage.where
        yield f"storage.{key}.protected", storage.protected
    for key, purpose in promise.purposes.items():
        yield f"purposes.{key}.title", purpose.title
        if purpose.benefit:
            yield f"purposes.{key}.benefit", purpose.benefit
        for topic, title in purpose.topics.items():
            yield f"purposes.{key}.topics.{topic}", title
        for where, notice in _notices(promise, key):
            yield from ((f"{where}.{part}", text) for part, text in notice.items())
    for key, recipient in promise.recipients.items():
        yield f"recipients.{key}.title", recipient.title


@error("P160")
def every_language_is_there(promise: Promise) -> Iterator[Breach]:
    """A text written by language is there in every language of the company.

    A question that a customer can't read is no question (GDPR Art. 12(1)).
    """
    for where, text in texts_of(promise):
        missing = [language for language in promise.company.languages if language not in text.by_language]
        if missing:
            mend = f"Add “{missing[0]}: …” beside the others."
            yield Breach(where, f"The text is missing in {', '.join(missing)}.", mend)


@error("P161")
def nobody_pays_for_a_no(promise: Promise) -> Iterator[Breach]:
    """What a no means does not threaten: price, service and support are the same for all.

    No one pays for a no (M3). Found with word lists for English, Welsh, German and French; a threat that is put
    cleverly is not found, and another language is not tested.
    """
    for key in promise.purposes:
        for where, notice in _notices(promise, key):
            for language, said in notice["no"].by_language.items():
                if threatens(said, language):
                    says = "This reads as if a no costs price, service or support."
                    mend = "Say what stays, e.g. “Returns still work.”; a no must cost nothing."
                    yield Breach(f"{where}.no", says, mend)


@warning("P260")
def yes_and_no_weigh_the_same(promise: Promise) -> Iterator[Breach]:
    """What a yes brings and what a no means are about equally long.

    A longer answer looks like the right one (EDPB Guidelines 03/2022 on deceptive design).
    """
    for key in promise.purposes:
        for where, notice in _notices(promise, key):
            for language, yes in _different(notice["yes"]).items():
                lengths = sorted((len(yes), len(notice["no"].by_language.get(language, yes))))
                if lengths[1] > MOST_UNEQUAL * lengths[0]:
                    ratio = f"{lengths[1] / max(1, lengths[0]):.1f}"
                    says = f"One of yes and no is {ratio} times as long as the other ({language})."
                    yield Breach(where, says, "Make them about equally long.")


@warning("P261")
def words_are_easy(promise: Promise) -> Iterator[Breach]:
    """No text asks for more school years than the brand's voice allows.

    A question counts together with its yes and no, as it is shown. Short texts are not graded: fewer than
    eight words in English, fewer than twenty in other languages.
    """
    most = promise.brand.reading_grade_at_most
    for where, language, said in _passages(promise):
        years = grade(said, language)
        if years is not None and years > most + 0.5:
            says = f"This takes {years:.0f} school years to read; the brand's voice allows {most} ({language})."
            yield Breach(where, says, "Use shorter words and sentences.")


@warning("P262")
def sentences_are_short(promise: Promise) -> Iterator[Breach]:
    """No sentence has more than 20 words.

    Long sentences are read twice or not at all.
    """
    for where, text in texts_of(promise):
        for language, said in _different(text).items():
            longest = max((len(words(sentence)) for sentence in sentences(said)), default=0)
            if longest > MOST_WORDS:
                says = f"A sentence has {longest} words ({language})."
                yield Breach(where, says, f"Cut it into sentences of at most {MOST_WORDS} words.")


@warning("P263")
def languages_are_declared(promise: Promise) -> Iterator[Breach]:
    """A text has no language that the company does not speak.

    Nobody would ever be shown it.
    """
    for where, text in texts_of(promise):
        for language in text.by_language:
            if language not in promise.company.languages:
                mend = "Add it to “company.languages”, or take the text out."
                yield Breach(f"{where}.{language}", f"“{language}” is no language of the company.", mend)


@warning("P264")
def each_language_has_its_own_words(promise: Promise) -> Iterator[Breach]:
    """A company of several languages writes each text in each of them.

    One string is shown to everyone, whichever language they read. For a name that is right.
    """
    if len(promise.company.languages) == 1:
        return
    once = [where for where, text in texts_of(promise) if len(set(text.by_language.values())) == 1]
    if once:
        many = ", ".join(promise.company.languages)
        says = f"{len(once)} texts have the same words in {many}; the first is {once[0]}."
        yield Breach("company.languages", says, "Write them as “{en: …, cy: …}”, with your languages.")


@warning("P265")
def words_to_avoid_are_avoided(promise: Promise) -> Iterator[Breach]:
    """No text uses a word that the brand's voice avoids.

    Trustworthy rather than flighty (M21).
    """
    avoid = [(word, re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)) for word in promise.brand.avoid]
    for where, text in texts_of(promise):
        for said in text.by_language.values():
            for word, pattern in avoid:
                if pattern.search(said):
                    yield Breach(where, f"This says “{word}”, which the brand's voice avoids.", "Say it plainly.")


def _notices(promise: Promise, purpose: str) -> Iterator[tuple[str, dict[str, Text]]]:
    """Yield where each question of a purpose stands, with its three texts; one asked together only once."""
    asked = promise.purposes[purpose]
    together = f"purposes.{purpose}.question"
    if together in promise.places:
        places = [(together, next(iter(asked.data.values()), None))]
    else:
        places = [(f"purposes.{purpose}.data.{data}", question) for data, question in asked.data.items()]
    for where, question in places:
        if question is not None:
            yield where, {"question": question.question, "yes": question.yes, "no": question.no}


def _passages(promise: Promise) -> Iterator[tuple[str, str, str]]:
    """Yield where, language and words of each passage as a reader meets it; a notice is one passage."""
    notices = [notice for key in promise.purposes for notice in _notices(promise, key)]
    inside = {f"{where}.{part}" for where, notice in notices for part in notice}
    for where, notice in notices:
        for language in _different(notice["question"]):
            parts = (text.by_language.get(language, "") for text in notice.values())
            yield where, language, " ".join(parts)
    for where, text in texts_of(promise):
        if where not in inside:
            yield from ((where, language, said) for language, said in _different(text).items())


def _different(text: Text) -> dict[str, str]:
    """Return the words of `text` by language, the same words only once: one string is of the first language."""
    found: dict[str, str] = {}
    for language, said in text.by_language.items():
        if said not in found.values():
            found[language] = said
    return found
