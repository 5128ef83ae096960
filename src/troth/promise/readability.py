"""How hard a text is to read, as the school year a reader needs.

English has the Flesch-Kincaid grade (Kincaid et al. 1975, Naval Technical Training Command report 8-75), with
syllables counted by rule, not from a dictionary: about one word in ten is off by one. Other languages have LIX, which
counts long words and so needs no syllables (Björnsson 1968), turned into school years by the table of Anderson 1983
("Lix and Rix", Journal of Reading 26). Both were made for passages and say nothing of a few words: in a text of eight
words one syllable more is a grade and a half, and in one of twenty a single long word is five points of LIX.
"""

import re

FEWEST_WORDS = 8
"""Below this an English text has no grade."""
FEWEST_WORDS_LIX = 20
"""Below this a text in another language has no grade."""
_LONG_WORD = 7

_SENTENCE_END = re.compile(r"[.!?…。！？]+(?=\s|$)|\n{2,}")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
# Endings whose vowel is written and not spoken: "liked", "makes", "time"; but "wanted", "boxes", "table".
_SILENT = re.compile(r"(?:[^aeiouytd]ed|[^aeiouyscxzgh]es|[^aeiouyl]e|[aeiouy]le)$")
# Two vowels that are spoken apart: "idea", "science", "create", "radio", "video", "usual".
_APART = re.compile(r"ia(?!l$|n$)|ie(?=nc|t$)|iou?s?(?<=io)$|eo$|ea(?=te|$)|ua(?=l|t)|[aeiou]ing$")

# LIX at which a school year begins.
_LIX_GRADES = (
    (10, 2),
    (15, 3),
    (20, 4),
    (24, 5),
    (28, 6),
    (32, 7),
    (36, 8),
    (40, 9),
    (44, 10),
    (48, 11),
    (52, 12),
    (56, 13),
)


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`, without what ends them."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def words(text: str) -> list[str]:
    """Return the words of `text`. A number is no word; “don't” and “e-mail” are one each."""
    return _WORD.findall(text)


def syllables(word: str) -> int:
    """Return about how many syllables the English `word` has; at least 1."""
    low = word.lower().replace("’", "'").removesuffix("'s")
    count = len(_VOWELS.findall(low)) + len(_APART.findall(low))
    if _SILENT.search(low):
        count -= 1
    return max(1, count)


def flesch_kincaid(text: str) -> float:
    """Return the Flesch-Kincaid grade of the English `text`; 0 when it has no words."""
    found = words(text)
    if not found:
        return 0.0
    spoken = sum(syllables(word) for word in found)
    return 0.39 * len(found) / max(1, len(sentences(text))) + 11.8 * spoken / len(found) - 15.59


def lix(text: str) -> float:
    """Return the LIX of `text`: words per sentence plus per cent of words with more than six letters."""
    found = words(text)
    if not found:
        return 0.0
    long = sum(len(word) >= _LONG_WORD for word in found)
    return len(found) / max(1, len(sentences(text))) + 100 * long / len(found)


def grade(text: str, language: str) -> float | None:
    """Return the school year that reading `text` takes, or None when it is too short to tell."""
    count = len(words(text))
    if language.partition("-")[0] == "en":
        return max(0.0, flesch_kincaid(text)) if count >= FEWEST_WORDS else None
    if count < FEWEST_WORDS_LIX:
        return None
    reached = [year for bound, year in _LIX_GRADES if lix(text) >= bound]
    return float(reached[-1]) if reached else 1.0
