import json

import pytest

from troth.consent.linked.context import PLAIN, PREFIXES, compact
from troth.consent.linked.node import Node
from troth.consent.linked.reading import read_node
from troth.consent.linked.strict_json import Object
from troth.errors import InputError

DPV = PREFIXES["dpv"]


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("dpv:Marketing", DPV + "Marketing"),
        ("dpv:", DPV),
        ("unknown:Marketing", ""),
        ("Marketing", ""),
        ("dpv://example.com", ""),
        ("dpv: Marketing", ""),
        ("https://example.com/", ""),
    ],
)
def test_a_prefix_that_is_known_is_written_out(text: str, iri: str) -> None:
    assert PLAIN.expand(text) == iri


@pytest.mark.parametrize(
    ("iri", "short"),
    [
        (DPV + "Marketing", "dpv:Marketing"),
        (PREFIXES["eu-gdpr"] + "A6-1-a", "eu-gdpr:A6-1-a"),
        (PREFIXES["dpv-27560"] + "record", "dpv-27560:record"),
        (DPV, DPV),
        (DPV + "a/b", DPV + "a/b"),
        (DPV + "a b", DPV + "a b"),
        ("https://example.com/x", "https://example.com/x"),
    ],
)
def test_a_name_is_shortened_only_where_it_is_read_back(iri: str, short: str) -> None:
    assert compact(iri) == short
    assert (PLAIN.expand(short) or short) == iri


def test_an_inner_context_holds_for_its_object_only() -> None:
    told: Object = {"a": {"@context": {"t": "urn:inner"}, "t": "x"}, "t": "y"}
    assert read_node(Node, told) == Node(more={"a": (Node(more={"urn:inner": ("x",)}),), "t": ("y",)})


def test_a_record_may_give_a_known_prefix_another_meaning() -> None:
    told: Object = {"@context": {"dpv": "https://example.com/other#"}, "dpv:hasPurpose": "dpv:X"}
    assert read_node(Node, told) == Node(
        more={"https://example.com/other#hasPurpose": (Node(id="https://example.com/other#X"),)}
    )


@pytest.mark.parametrize(
    ("context", "code"),
    [
        ("https://example.com/context.jsonld", "record_context_elsewhere"),
        (["https://w3id.org/dpv", "http://192.0.2.1/"], "record_context_elsewhere"),
        (5, "record_context_unreadable"),
        ({"a": None}, "record_context_unreadable"),
        ({"a": ["b"]}, "record_context_unreadable"),
        ({"a": {"@id": 5}}, "record_context_unreadable"),
        ({"a": {"@id": "b", "@container": "@list"}}, "record_context_unreadable"),
        ({"a": {"@reverse": "b"}}, "record_context_unreadable"),
        ({"@base": "https://example.com/"}, "record_context_unreadable"),
        ({"@language": "de"}, "record_context_unreadable"),
        ({"@import": "https://example.com/"}, "record_context_unreadable"),
        ({"@vocab": None}, "record_context_unreadable"),
        ({"@vocab": "x" * 501}, "record_context_unreadable"),
        ({"a": "x" * 501}, "record_context_unreadable"),
        ([{"a0": "urn:" + "x" * 300}, {"a1": "a0:" + "x" * 300}], "record_context_unreadable"),
        ({f"a{number}": "b" for number in range(201)}, "record_context_unreadable"),
    ],
    ids=lambda value: value if isinstance(value, str) else json.dumps(value)[:40],
)
def test_a_context_that_is_not_understood_is_refused_and_nothing_is_fetched(context: object, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_node(Node, {"@context": context})  # type: ignore[dict-item] # any JSON
    assert refused.value.code == code
