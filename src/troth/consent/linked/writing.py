"""From nodes to JSON-LD."""

from collections.abc import Iterator, Sequence

from troth.consent.linked.context import Context, compact
from troth.consent.linked.node import Kind, Literal, Node, Value, fields_by_property
from troth.consent.linked.strict_json import JSON, Object


def write_node(node: Node, context: Context) -> Object:
    """Return the JSON-LD object of `node`, to be read with `context`, which has the prefixes of `PREFIXES`."""
    written: dict[str, JSON] = {}
    if node.id:
        written["@id"] = compact(node.id)
    if node.types:
        written["@type"] = _one_or_many([compact(one) for one in node.types])
    values: dict[str, list[JSON]] = {}
    for name, linked in fields_by_property(type(node)).values():
        held = getattr(node, name)
        found = held if isinstance(held, tuple) else (held,) if held else ()
        # Where a text may stand too, a bare name would be read back as a text: there it stays an object.
        may_be_bare = linked.kind in {Kind.NODE, Kind.NODES}
        values[linked.iri] = [
            one if isinstance(one, str) else _write_inner(one, context, may_be_bare=may_be_bare) for one in found
        ]
    for iri, found in node.more.items():
        values.setdefault(iri, []).extend(_write_value(one, iri, context) for one in found)
    written.update({compact(iri): _one_or_many(found) for iri, found in values.items() if found})
    return written


def _one_or_many(values: Sequence[JSON]) -> JSON:
    return values[0] if len(values) == 1 else list(values)


def _write_inner(node: Node, context: Context, *, may_be_bare: bool) -> JSON:
    written = write_node(node, context)
    return written["@id"] if may_be_bare and written.keys() == {"@id"} else written


def _write_value(value: Value, iri: str, context: Context) -> JSON:
    if isinstance(value, Node):
        return write_node(value, context)
    if isinstance(value, Literal):
        told: dict[str, JSON] = {"@value": value.value}
        if value.type:
            told["@type"] = compact(value.type)
        if value.language:
            told["@language"] = value.language
        return told
    if isinstance(value, str) and (context.expand(value) or context.coerced(compact(iri))):
        return {"@value": value}  # else a text would be read as a name
    return value


def pointing(kinds: Sequence[type[Node]]) -> Iterator[str]:
    """Return the properties of `kinds` whose values are names, for the context of a record that is written."""
    for kind in kinds:
        for _, linked in fields_by_property(kind).values():
            if linked.kind in {Kind.NODE, Kind.NODES}:
                yield compact(linked.iri)
