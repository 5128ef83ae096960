"""What short names mean: prefixes, terms, and the ``@context`` of a record."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from troth.consent.linked.strict_json import JSON, Object
from troth.errors import InputError

PREFIXES: Mapping[str, str] = {
    "dpv": "https://w3id.org/dpv#",
    "dpv-27560": "https://w3id.org/dpv/schema/dpv-27560#",
    "pd": "https://w3id.org/dpv/pd#",
    "loc": "https://w3id.org/dpv/loc#",
    "tech": "https://w3id.org/dpv/tech#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_EXAMPLES = {"ex": "https://example.com/"}
_KNOWN_CONTEXTS = ("https://w3id.org/dpv", "http://w3id.org/dpv")
_KEYWORD = re.compile(r"@[A-Za-z]+")
_LOCAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MOST_TERMS = 200
_LONGEST_IRI = 500


@dataclass(frozen=True, slots=True)
class _Term:
    iri: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What the short names of one part of a record mean."""

    terms: Mapping[str, _Term]
    vocabulary: str = ""

    def within(self, given: JSON) -> "Context":
        """Return this context with an inner ``@context`` laid over it.

        Raises:
            InputError: it would have to be fetched, or has something that can't be kept exactly.
        """
        context = self
        for one in given if isinstance(given, list) else [given]:
            if one is None:
                context = PLAIN
            elif isinstance(one, str):
                if not one.startswith(_KNOWN_CONTEXTS):
                    raise InputError(
                        "record_context_elsewhere",
                        "The record's @context is on another site, and nothing is fetched.",
                        "Write the @context into the record.",
                    )
            elif isinstance(one, dict):
                context = context.defining(one)
            else:
                raise _unreadable()
        return context

    def defining(self, given: Object) -> "Context":
        """As `within`, for one object of definitions."""
        if len(given) > _MOST_TERMS:
            raise _unreadable()
        vocabulary = given.get("@vocab", self.vocabulary)
        if (
            not isinstance(vocabulary, str)
            or len(vocabulary) > _LONGEST_IRI
            or any(name.startswith("@") and name not in {"@vocab", "@version", "@protected"} for name in given)
        ):
            raise _unreadable()
        # Two rounds: a definition may use a prefix that stands below it.
        terms = {name: _Term(one, "") for name, one in given.items() if isinstance(one, str) and name[0:1] != "@"}
        rough = Context({**self.terms, **terms}, vocabulary)
        for name, one in given.items():
            if not name.startswith("@"):
                terms[name] = rough._term(name, one)
        return Context({**self.terms, **terms}, vocabulary)

    def _term(self, name: str, given: JSON) -> _Term:
        if isinstance(given, str):
            return _Term(given if is_keyword(given) else _short(self.expand(given) or given))
        if not isinstance(given, dict) or given.keys() - {"@id", "@type", "@container", "@protected"}:
            raise _unreadable()
        iri, kind = given.get("@id", name), given.get("@type", "")
        if not isinstance(iri, str) or not isinstance(kind, str) or given.get("@container", "@set") != "@set":
            raise _unreadable()
        known = iri if is_keyword(iri) else _short(self.expand(iri) or iri)
        return _Term(known, kind if is_keyword(kind) else _short(self.expand(kind) or kind))

    def expand(self, text: str) -> str:
        """Return the IRI that ``prefix:name`` stands for; empty when `text` is none, or its prefix is not known."""
        prefix, colon, rest = text.partition(":")
        term = self.terms.get(prefix)
        if not colon or term is None or rest.startswith("//") or any(char.isspace() for char in rest):
            return ""
        return term.iri + rest

    def name(self, key: str) -> str:
        """Return the IRI (or keyword) that a key or a type stands for, or the key itself when nothing explains it."""
        term = self.terms.get(key)
        if term is not None:
            return term.iri
        if is_keyword(key):
            return key
        known = self.expand(key)
        return known or (self.vocabulary + key if ":" not in key else key)

    def coerced(self, key: str) -> str:
        """Return what the values of `key` are read as: ``@id``, ``@vocab``, the IRI of a datatype; empty: plainly."""
        term = self.terms.get(key)
        return term.type if term is not None else ""


PLAIN = Context({prefix: _Term(iri) for prefix, iri in (*PREFIXES.items(), *_EXAMPLES.items())})
"""What names mean where a record says nothing else."""


def compact(iri: str) -> str:
    """Return ``prefix:name`` for an IRI of a known vocabulary, the IRI itself for any other."""
    for prefix, base in PREFIXES.items():
        if iri.startswith(base) and _LOCAL.fullmatch(iri, len(base)):
            return f"{prefix}:{iri.removeprefix(base)}"
    return iri


def is_keyword(name: str) -> bool:
    """Tell whether JSON-LD keeps `name` for itself: ``@id``, ``@type`` and so on."""
    return _KEYWORD.fullmatch(name) is not None


def _short(iri: str) -> str:
    # Else a name of a few bytes, written thousands of times, could stand for half a megabyte each.
    if len(iri) > _LONGEST_IRI:
        raise _unreadable()
    return iri


def _unreadable() -> InputError:
    return InputError(
        "record_context_unreadable",
        "The record's @context has something that is not understood here.",
        "Name prefixes and terms only: no @base, no @language, no lists, nothing empty, at most 200 names.",
    )
