"""From JSON-LD to nodes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from troth.consent.linked.context import PLAIN, PREFIXES, Context, compact, is_keyword
from troth.consent.linked.node import Kind, Linked, Literal, Node, Value, fields_by_property
from troth.consent.linked.strict_json import JSON, Object
from troth.errors import InputError

_N = TypeVar("_N", bound=Node)
_XSD = PREFIXES["xsd"]
_PLAIN = frozenset({"", _XSD + "string", _XSD + "date", _XSD + "dateTime", _XSD + "duration"})
"""Datatypes that a plain text says as well."""


def read_node(kind: type[_N], given: Object, context: Context = PLAIN, place: str = "") -> _N:
    """Return the node that a JSON-LD object tells.

    Args:
        kind: the class of the node.
        given: the object.
        context: what names mean outside it.
        place: the way to it, in the names of fields, for the error.

    Raises:
        InputError: a value of the wrong kind, or something that can't be kept exactly.
    """
    if "@context" in given:
        context = context.within(given["@context"])
    told: dict[str, list[tuple[str, JSON]]] = {}
    for key, value in given.items():
        if key != "@context":
            told.setdefault(context.name(key), []).extend((key, one) for one in _several(value))
    name, types = _name_and_types(told, context, place)
    parts: dict[str, Any] = {}
    more: dict[str, tuple[Value, ...]] = {}
    known = fields_by_property(kind)
    for iri, values in told.items():
        if not values:
            continue
        if iri not in known:
            more[iri] = tuple(_value(context, key, value, place) for key, value in values)
            continue
        one, linked = known[iri]
        where = f"{place}/{compact(iri)}" if place else compact(iri)
        plain = [pair for pair in values if not _is_tagged(linked.kind, pair[1], context)]
        if plain:
            parts[one] = _field(linked, plain, context, where)
        if len(plain) < len(values):
            tagged = (pair for pair in values if _is_tagged(linked.kind, pair[1], context))
            more[iri] = tuple(_value(context, key, value, where) for key, value in tagged)
    return kind(id=name, types=types, more=more, **parts)


def _name_and_types(
    told: dict[str, list[tuple[str, JSON]]], context: Context, place: str
) -> tuple[str, tuple[str, ...]]:
    """Take the keywords out of `told`; return what ``@id`` and ``@type`` say."""
    ids = [_keyword_text(one, place) for _, one in told.pop("@id", [])]
    types = [_keyword_text(one, place) for _, one in told.pop("@type", [])]
    if any(is_keyword(name) for name in told):
        raise _unsupported(place)
    if len(ids) > 1:
        raise _wrong(place, "two names (@id) where there can be one")
    return (context.expand(ids[0]) or ids[0] if ids else ""), tuple(context.name(one) for one in types)


def _several(value: JSON) -> list[JSON]:
    """Return what a property has: JSON-LD knows no difference between one value and a list of one."""
    if value is None:
        return []
    if isinstance(value, list):
        return [inner for one in value for inner in _several(one)]
    if isinstance(value, dict) and value.keys() == {"@set"}:
        return _several(value["@set"])
    return [value]


def _is_tagged(kind: Kind, value: JSON, context: Context) -> bool:
    """Tell whether a text has a language or a datatype that a plain text field would lose."""
    if kind in {Kind.NODE, Kind.NODES} or not isinstance(value, dict) or "@value" not in value:
        return False
    literal = _literal(value, context, "")
    return isinstance(literal, Literal) and (bool(literal.language) or literal.type not in _PLAIN)


def _field(linked: Linked, values: Sequence[tuple[str, JSON]], context: Context, place: str) -> object:
    if linked.kind in {Kind.TEXT, Kind.TIME}:
        texts = [_text(one, context, place) for _, one in values]
        if len(set(texts)) > 1:
            raise _wrong(place, "two values where there can be one")
        if linked.kind is Kind.TIME:
            for text in texts:
                _must_be_a_time(text, place)
        return texts[0]
    if linked.kind is Kind.TEXTS:
        return tuple(_text(one, context, place) for _, one in values)
    if linked.kind is Kind.TEXTS_OR_NODES:
        return tuple(
            _text(one, context, place)
            if isinstance(one, str) or (isinstance(one, dict) and "@value" in one)
            else _inner(linked, key, one, context, place)
            for key, one in values
        )
    nodes = tuple(_inner(linked, key, one, context, place) for key, one in values)
    if linked.kind is Kind.NODES:
        return nodes
    if len(nodes) > 1:
        raise _wrong(place, "two values where there can be one")
    return nodes[0]


def _inner(linked: Linked, key: str, value: JSON, context: Context, place: str) -> Node:
    kind = linked.inner()
    if isinstance(value, str):
        return kind(id=_pointed_at(context, key, value))
    if isinstance(value, dict) and "@value" not in value:
        return read_node(kind, value, context, place)
    raise _wrong(place, "a name or an object is wanted")


def _pointed_at(context: Context, key: str, value: str) -> str:
    return context.name(value) if context.coerced(key) == "@vocab" else context.expand(value) or value


def _text(value: JSON, context: Context, place: str) -> str:
    if isinstance(value, dict) and "@value" in value:
        literal = _literal(value, context, place)
        value = literal.value if isinstance(literal, Literal) else literal
    if not isinstance(value, str):
        raise _wrong(place, "a text is wanted")
    return value


def _must_be_a_time(text: str, place: str) -> None:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise _wrong(place, "a date or time as in ISO 8601 is wanted") from None


def _value(context: Context, key: str, value: JSON, place: str) -> Value:
    coerced = context.coerced(key)
    if isinstance(value, str):
        if coerced in {"@id", "@vocab"}:
            return Node(id=_pointed_at(context, key, value))
        if coerced not in _PLAIN:
            return Literal(value, coerced)
        iri = context.expand(value) if not coerced else ""
        return Node(id=iri) if iri else value
    if isinstance(value, dict):
        return _literal(value, context, place) if "@value" in value else read_node(Node, value, context, place)
    assert isinstance(value, int | float), "lists and null were taken apart before"
    return Literal(value, coerced) if coerced not in _PLAIN | {"@id", "@vocab"} else value


def _literal(value: Object, context: Context, place: str) -> str | int | float | bool | Literal:
    inner, kind, language = value["@value"], value.get("@type", ""), value.get("@language", "")
    if (
        value.keys() - {"@value", "@type", "@language"}
        or not isinstance(inner, str | int | float)
        or not isinstance(kind, str)
        or not isinstance(language, str)
        or (kind and language)
    ):
        raise _unsupported(place)
    if not kind and not language:
        return inner
    return Literal(inner, context.name(kind) if kind else "", language)


def _keyword_text(value: JSON, place: str) -> str:
    if not isinstance(value, str):
        raise _wrong(place, "@id and @type are texts")
    return value


def _unsupported(place: str) -> InputError:
    return InputError(
        "record_keyword_unsupported",
        f"The record uses JSON-LD that can't be kept exactly{_at(place)}.",
        "Write it without @list, @reverse, @graph and @nest inside the record.",
    )


def _wrong(place: str, what: str) -> InputError:
    return InputError(
        "record_value_wrong", f"The record can't be read{_at(place)}: {what}.", "Mend it and try again."
    )


def _at(place: str) -> str:
    return f" at {place}" if place else ""
