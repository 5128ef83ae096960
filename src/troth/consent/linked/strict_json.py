"""JSON from outside, with its size, depth and spelling bounded before anything is made of it.

Python's reader takes more than JSON: ``NaN``, a text with half a character, numbers of any length, and of a name that
stands twice only the last. Here the first three are refused, and nothing that stands twice is dropped.
"""

import json
from collections.abc import Sequence
from typing import NoReturn, TypeAlias

from troth.errors import InputError

LONGEST_BYTES = 1_000_000
"""The longest text that is read. The longest example of the W3C guide has 3,353 bytes."""

DEEPEST = 32
"""How deep objects and lists may lie in each other. The examples of the W3C guide go 7 deep."""

_LARGEST = 2**53 - 1

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"
Object: TypeAlias = dict[str, JSON]


def load(text: str | bytes) -> JSON:
    """Return the value that `text` tells. A name that stands twice in an object has the values of both, in a list.

    Raises:
        InputError: not JSON, longer than 1,000,000 bytes, deeper than 32, a keyword (``@…``) that stands twice, a
            number that is not finite or beyond ±(2**53 − 1), or text that is not valid Unicode.
    """
    if len(text) > LONGEST_BYTES:
        raise InputError(
            "record_too_long", f"The record is longer than {LONGEST_BYTES:,} bytes.", "Send records one by one."
        )
    try:
        spelled = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        value = json.loads(spelled, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise InputError(
            "record_not_json",
            f"The record is not JSON: line {error.lineno}, column {error.colno}.",
            "Often a comma or a quotation mark is missing, or one comma too many stands before a bracket.",
        ) from None
    except UnicodeDecodeError:
        raise _not_text() from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise _number() from None  # Python reads no number of more than 4,300 digits
    _must_be_bounded(value, 0)
    return value  # type: ignore[no-any-return] # json.loads has no type of its own


def _object(pairs: Sequence[tuple[str, JSON]]) -> Object:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    told: dict[str, list[JSON]] = {}
    for name, value in pairs:
        told.setdefault(name, []).append(value)
    for name, values in told.items():
        if len(values) > 1:
            if name.startswith("@"):
                raise InputError(
                    "record_keyword_twice",
                    "The record has the same keyword (@id, @type, @context …) twice in one object.",
                    "Leave one of them.",
                )
            found[name] = [one for value in values for one in (value if isinstance(value, list) else [value])]
    return found


def _must_be_bounded(value: JSON, depth: int) -> None:
    if depth > DEEPEST:
        raise _too_deep()
    if isinstance(value, dict | list):
        for inner in value if isinstance(value, list) else (*value, *value.values()):
            _must_be_bounded(inner, depth + 1)
    elif isinstance(value, str):
        _must_be_text(value)
    elif isinstance(value, int | float) and not abs(value) <= _LARGEST:  # so that NaN is refused too
        raise _number()


def _must_be_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _not_text() from None


def _refuse_constant(_: str) -> NoReturn:
    raise _number()


def _number() -> InputError:
    return InputError("record_number", "The record has a number that JSON can't hold exactly.", "Write it as text.")


def _not_text() -> InputError:
    return InputError("record_not_text", "The record is not valid Unicode text.", "Send it as UTF-8.")


def _too_deep() -> InputError:
    return InputError(
        "record_too_deep",
        f"The record nests deeper than {DEEPEST} levels.",
        "Take levels out; no record needs so many.",
    )
