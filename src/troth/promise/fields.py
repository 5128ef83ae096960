"""The single values of a promise file: how each is written, and what it becomes.

A type here is an `Annotated` one: its validator takes the plain value from the file and returns the value of the
model, or says what is wrong and how to mend it. Beside it stands the same rule as JSON Schema, for editors.
"""

import re
from collections.abc import Callable
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from troth.promise.model import AtMost, Keep, Period, Unit
from troth.promise.tree import shown

LONGEST_TEXT = 2000
LONGEST_LINE = 200
_MOST_DAYS = 36_525  # a hundred years
_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7, Unit.MONTHS: 31, Unit.YEARS: 366}

_PERIOD = r"[1-9][0-9]{0,4} (?:day|week|month|year)s?"
_KEY = r"[a-z][a-z0-9_]{0,63}"
_DOTTED = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){0,9}"
_LANGUAGE = r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}"
_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
_EMAIL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@" + _DOMAIN
_URL = r"https://" + _DOMAIN + r"(?::[0-9]{1,5})?(?:/[^\s<>\"]*)?"


def wrong(says: str, mend: str) -> PydanticCustomError:
    """Return the error of a value that is not understood."""
    return PydanticCustomError("promise", "{says}", {"says": says, "mend": mend})


def nearest(word: str, words: list[str]) -> str:
    """Return the entry of `words` that `word` was probably meant to be, or an empty text."""
    found = get_close_matches(word[:LONGEST_LINE], words, n=1, cutoff=0.6)
    return found[0] if found else ""


def text_of(value: object) -> str:
    """Return `value` when it is a text with something in it.

    Raises:
        PydanticCustomError: it is something else, or empty.
    """
    if isinstance(value, bool | int | float):
        raise wrong("A text is due here, and this is a number, true or false.", "Put it in quotes.")
    if not isinstance(value, str):
        raise wrong("A text is due here.", "Write it on the same line, after the colon.")
    if not value.strip():
        raise wrong("The text is empty.", "Fill it in, or delete the key.")
    return value


def _matching(pattern: str, says: str, mend: str) -> Callable[[object], str]:
    compiled = re.compile(pattern)

    def parse(value: object) -> str:
        text = text_of(value)
        if not compiled.fullmatch(text):
            raise wrong(f"{shown(text)} {says}", mend)
        return text

    return parse


def _line(value: object) -> str:
    text = text_of(value)
    if len(text) > LONGEST_LINE or "\n" in text.strip():
        raise wrong(f"This is longer than one line of {LONGEST_LINE} signs.", "Shorten it.")
    return text.strip()


def _words(value: object) -> str | dict[str, str]:
    if not isinstance(value, dict):
        return _one_text(value)
    if not value:
        raise wrong("The text is empty.", "Fill it in, e.g. “en: Your email address”.")
    for language in value:
        if not re.fullmatch(_LANGUAGE, language):
            raise wrong(f"{shown(language)} is no language.", "Write codes such as en, cy or pt-BR before the texts.")
    return {language: _one_text(text) for language, text in value.items()}


def _one_text(value: object) -> str:
    text = text_of(value).strip()
    if len(text) > LONGEST_TEXT:
        raise wrong(f"The text is longer than {LONGEST_TEXT} signs.", "People stop reading: shorten it.")
    return text


def _period(value: object) -> Period:
    if not isinstance(value, str) or not re.fullmatch(_PERIOD, value.strip()):
        raise wrong("A length of time is due here.", "Write a number and a unit, e.g. “90 days” or “6 years”.")
    count, _, unit = value.strip().partition(" ")
    period = Period(int(count), Unit(unit if unit.endswith("s") else unit + "s"))
    if period.count * _DAYS[period.unit] > _MOST_DAYS + period.count:
        raise wrong("This is longer than a hundred years.", "Say how long it is truly needed.")
    return period


def _keep(value: object) -> Keep:
    text = value.strip() if isinstance(value, str) else ""
    found = re.fullmatch(rf"({_PERIOD})(?: after last ({_KEY}))?", text)
    if not found:
        raise wrong(
            "How long is not understood.",
            "Write e.g. “6 years”, “2 years after last orders” or “2 years after last change”.",
        )
    return Keep(_period(found[1]), found[2] or "")


def _deadline(value: object) -> Period | None:
    return None if value == "at once" else _period(value)


def _date(value: object) -> date:
    text = value if isinstance(value, str) else ""
    try:
        if re.fullmatch(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # the 31st of November
    raise wrong("A day of the calendar is due here.", "Write year, month and day, e.g. 2026-11-22.")


def _working_days(value: object) -> int:
    found = re.fullmatch(r"([1-9][0-9]{0,2}) working days?", value) if isinstance(value, str) else None
    if not found:
        raise wrong("A number of working days is due here.", "Write e.g. “5 working days”.")
    return int(found[1])


def _complaints(value: object) -> int:
    found = re.fullmatch(r"([1-9][0-9]{0,3}) complaints? per 10000", value) if isinstance(value, str) else None
    if not found:
        raise wrong("A rate of complaints is due here.", "Write e.g. “5 complaints per 10000”.")
    return int(found[1])


def _at_most(value: object) -> AtMost:
    found = re.fullmatch(r"([1-9][0-9]{0,2}) per (day|week|month|year)", value) if isinstance(value, str) else None
    if not found:
        raise wrong("How often is not understood.", "Write e.g. “1 per week” or “2 per month”.")
    return AtMost(int(found[1]), Unit(found[2] + "s"))


@cache
def countries() -> frozenset[str]:
    """Return the two-letter country codes of ISO 3166-1, from the time zone database that Python installs."""
    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text("utf-8")
    return frozenset(line[:2] for line in table.splitlines() if line and not line.startswith("#"))


_OFTEN_MEANT = {"UK": "GB", "EN": "GB", "USA": "US", "EL": "GR"}


def _country(value: object) -> str:
    if isinstance(value, bool):
        raise wrong("A country is due here, and this is true or false.", "Write its two letters in quotes.")
    text = text_of(value)
    if text not in countries():
        meant = _OFTEN_MEANT.get(text.upper(), text.upper())
        hint = (
            f"Did you mean {meant}?" if meant in countries() else "Write the two letters of ISO 3166, e.g. GB or ZA."
        )
        raise wrong(f"{shown(text)} is no country code.", hint)
    return text


def _zone(value: object) -> ZoneInfo:
    text = text_of(value)
    try:
        if re.fullmatch(r"[A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}", text):
            return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        pass  # no such zone, or a folder of zones such as “Europe”
    meant = nearest(text, sorted(available_timezones()))
    hint = f"Did you mean {meant}?" if meant else "Write one of the IANA time zones, e.g. Europe/London."
    raise wrong(f"{shown(text)} is no time zone.", hint)


def _may(value: object) -> tuple[str, ...] | str:
    if value == "aggregate":
        return "aggregate"
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise wrong("What the role may see is not understood.", "Write “aggregate”, or a list such as [email, orders].")


def _from(value: object) -> tuple[str, ...] | str | dict[str, str]:
    if isinstance(value, list):
        parse = _matching(_KEY, "is no name of data.", "List kinds of data, e.g. [orders].")
        if not value:
            raise wrong("The list is empty.", "Name what the guess is made from, e.g. [orders].")
        return tuple(parse(item) for item in value)
    return _words(value)


def _pattern(pattern: str, **more: object) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{pattern}$", **more}


_WORDS_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT},
        {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": f"^{_LANGUAGE}$"},
            "additionalProperties": {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT},
        },
    ]
}
_KEY_SAYS = ("is no name.", "Begin with a small letter; go on with small letters, digits and _; at most 64.")
_DOTTED_SAYS = ("is not written as fideslang does.", "Write small words joined by dots, e.g. user.contact.email.")

Words: TypeAlias = Annotated[str | dict[str, str], PlainValidator(_words), WithJsonSchema(_WORDS_SCHEMA)]
"""A text for people: one string, or language → text."""
Line = Annotated[
    str, PlainValidator(_line), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST_LINE})
]
Key = Annotated[str, PlainValidator(_matching(_KEY, *_KEY_SAYS)), WithJsonSchema(_pattern(_KEY))]
Dotted = Annotated[str, PlainValidator(_matching(_DOTTED, *_DOTTED_SAYS)), WithJsonSchema(_pattern(_DOTTED))]
ClauseName = Annotated[
    str,
    PlainValidator(_matching(f"{_KEY}/{_KEY}", "is no clause.", "Write purpose/data, e.g. suggestions/orders.")),
    WithJsonSchema(_pattern(f"{_KEY}/{_KEY}")),
]
Language = Annotated[
    str,
    PlainValidator(_matching(_LANGUAGE, "is no language.", "Write a code such as en, cy or pt-BR.")),
    WithJsonSchema(_pattern(_LANGUAGE)),
]
Domain = Annotated[
    str,
    PlainValidator(_matching(_DOMAIN, "is no domain.", "Write it in small letters, e.g. larkfield.example.")),
    WithJsonSchema(_pattern(_DOMAIN)),
]
Email = Annotated[
    str,
    PlainValidator(_matching(_EMAIL, "is no e-mail address.", "Write e.g. privacy@larkfield.example.")),
    WithJsonSchema({"type": "string", "format": "email"}),
]
Url = Annotated[
    str,
    PlainValidator(_matching(_URL, "is no https address.", "Write e.g. https://larkfield.example.")),
    WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https://"}),
]
Colour = Annotated[
    str,
    PlainValidator(_matching("#[0-9a-fA-F]{6}", "is no colour.", 'Write # and six digits in quotes: "#0b5c52".')),
    WithJsonSchema(_pattern("#[0-9a-fA-F]{6}")),
]
Length = Annotated[Period, PlainValidator(_period), WithJsonSchema(_pattern(_PERIOD))]
HowLong = Annotated[Keep, PlainValidator(_keep), WithJsonSchema(_pattern(f"{_PERIOD}(?: after last {_KEY})?"))]
Deadline = Annotated[Period | None, PlainValidator(_deadline), WithJsonSchema(_pattern(f"(?:at once|{_PERIOD})"))]
Day = Annotated[date, PlainValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
WorkingDays = Annotated[int, PlainValidator(_working_days), WithJsonSchema(_pattern("[1-9][0-9]{0,2} working days?"))]
Complaints = Annotated[
    int, PlainValidator(_complaints), WithJsonSchema(_pattern("[1-9][0-9]{0,3} complaints? per 10000"))
]
HowOften = Annotated[
    AtMost, PlainValidator(_at_most), WithJsonSchema(_pattern("[1-9][0-9]{0,2} per (?:day|week|month|year)"))
]
Country = Annotated[str, PlainValidator(_country), WithJsonSchema(_pattern("[A-Z]{2}"))]
Zone = Annotated[ZoneInfo, PlainValidator(_zone), WithJsonSchema({"type": "string", "minLength": 1})]
May = Annotated[
    tuple[str, ...] | str,
    PlainValidator(_may),
    WithJsonSchema({"anyOf": [{"const": "aggregate"}, {"type": "array", "minItems": 1, "items": _pattern(_KEY)}]}),
]
From: TypeAlias = Annotated[
    tuple[str, ...] | str | dict[str, str],
    PlainValidator(_from),
    WithJsonSchema({"anyOf": [{"type": "array", "minItems": 1, "items": _pattern(_KEY)}, *_WORDS_SCHEMA["anyOf"]]}),
]
