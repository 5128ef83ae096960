"""Things with names and properties, and how a dataclass says which property each of its fields is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum, auto
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    """A value with a datatype or a language. `type` is an IRI, `language` a BCP 47 tag; one of them is empty."""

    value: str | int | float | bool
    type: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Something with a name or properties. A node that has only an `id` points at something told elsewhere.

    Attributes:
        id: its IRI, as far as the record's context can make one; empty: it has no name.
        types: what it is, as IRIs.
        more: properties that its class has no field for: IRI → values.
    """

    id: str = ""
    types: tuple[str, ...] = ()
    more: "Mapping[str, tuple[Value, ...]]" = field(default_factory=dict)


Value: TypeAlias = "str | int | float | bool | Literal | Node"


class Kind(Enum):
    """What a field holds."""

    TEXT = auto()
    TEXTS = auto()
    TIME = auto()
    NODE = auto()
    NODES = auto()
    TEXTS_OR_NODES = auto()


@dataclass(frozen=True, slots=True)
class Linked:
    """How a field of a node class stands in JSON-LD: the property's IRI, the kind, the class of inner nodes."""

    iri: str
    kind: Kind
    inner: Callable[[], type[Node]] = lambda: Node


def as_text(iri: str) -> Mapping[str, Linked]:
    """Return the metadata of a field that holds one text at most, as it stands; empty: none."""
    return {"linked": Linked(iri, Kind.TEXT)}


def as_texts(iri: str) -> Mapping[str, Linked]:
    """Return the metadata of a field that holds texts, as they stand."""
    return {"linked": Linked(iri, Kind.TEXTS)}


def as_time(iri: str) -> Mapping[str, Linked]:
    """Return the metadata of a field that holds one ISO 8601 date or time at most, as it is spelled; empty: none."""
    return {"linked": Linked(iri, Kind.TIME)}


def as_node(iri: str, inner: Callable[[], type[Node]]) -> Mapping[str, Linked]:
    """Return the metadata of a field that holds one node at most, of the class that `inner` returns."""
    return {"linked": Linked(iri, Kind.NODE, inner)}


def as_nodes(iri: str, inner: Callable[[], type[Node]]) -> Mapping[str, Linked]:
    """Return the metadata of a field that holds nodes of the class that `inner` returns."""
    return {"linked": Linked(iri, Kind.NODES, inner)}


def as_texts_or_nodes(iri: str, inner: Callable[[], type[Node]]) -> Mapping[str, Linked]:
    """Return the metadata of a field that holds texts, nodes of the class that `inner` returns, or both."""
    return {"linked": Linked(iri, Kind.TEXTS_OR_NODES, inner)}


_BY_PROPERTY: dict[type[Node], Mapping[str, tuple[str, Linked]]] = {}


def fields_by_property(kind: type[Node]) -> Mapping[str, tuple[str, Linked]]:
    """Return the fields of `kind` that stand in JSON-LD: the IRI of the property → (name, how), in their order."""
    found = _BY_PROPERTY.get(kind)
    if found is None:
        told = ((one.name, one.metadata["linked"]) for one in fields(kind) if "linked" in one.metadata)
        found = _BY_PROPERTY[kind] = {linked.iri: (name, linked) for name, linked in told}
    return found
