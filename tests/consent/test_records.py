import contextlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.consent.linked.node import Literal, Node, Value
from troth.consent.model import Status
from troth.consent.records import (
    Concept,
    Condition,
    ConsentReceipt,
    ConsentRecord,
    Duration,
    Event,
    Notice,
    Party,
    Process,
    Reply,
    read,
    write,
)
from troth.errors import InputError

OUTSIDE = Path(__file__).parents[3] / "shared" / "vectors" / "consent"
GUIDE, DRAFTS = OUTSIDE / "consent-27560", OUTSIDE / "dpv-consent-record"
GUIDE_READABLE = [
    number for number in range(1, 91) if number not in {11, 21, *range(28, 33), 35, 36, 42, 51, 66, 80, 81}
]
GUIDE_BROKEN = sorted(set(range(1, 91)) - set(GUIDE_READABLE))

# A JSON-LD normaliser of the test's own, which shares nothing with the code: prefixes of the guide, a property that
# is written twice has both values, a set has no order, and a reference and a plain value are written in one way.
PREFIXES = {
    "dpv": "https://w3id.org/dpv#",
    "dpv-27560": "https://w3id.org/dpv/schema/dpv-27560#",
    "pd": "https://w3id.org/dpv/pd#",
    "loc": "https://w3id.org/dpv/loc#",
    "tech": "https://w3id.org/dpv/tech#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "ex": "https://example.com/",
}
DPV = PREFIXES["dpv"]


def both(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = [found[name], value] if name in found else value
    return found


def expanded(text: str) -> str:
    prefix, colon, rest = text.partition(":")
    return PREFIXES[prefix] + rest if colon and prefix in PREFIXES and not rest.startswith("//") else text


def normal(value: Any) -> Any:
    if isinstance(value, list):
        flat = [inner for one in value for inner in (normal(one) if isinstance(one, list) else [normal(one)])]
        return sorted(flat, key=lambda one: json.dumps(one, sort_keys=True))
    if isinstance(value, dict):
        if value.keys() in ({"@id"}, {"@value"}):
            return normal(next(iter(value.values())))
        properties = {expanded(name): normal([one]) for name, one in value.items() if name != "@context"}
        return {name: one for name, one in properties.items() if one}
    return expanded(value) if isinstance(value, str) else value


def meaning(text: str) -> Any:
    return normal(json.loads(text, object_pairs_hook=both))


def of(**properties: Any) -> str:
    return json.dumps({"@type": "dpv:ConsentRecord"} | {f"dpv:{key}": value for key, value in properties.items()})


def record(text: str) -> ConsentRecord:
    (found,) = read(text)
    assert isinstance(found, ConsentRecord)
    return found


def outside(path: Path) -> str:
    if not path.exists():
        pytest.skip(f"the outside example is missing: {path}")
    return path.read_text(encoding="utf-8")


@pytest.mark.shared
@pytest.mark.parametrize("number", GUIDE_READABLE)
def test_an_example_of_the_guide_says_the_same_after_reading_and_writing(number: int) -> None:
    text = outside(GUIDE / f"{number:02}.json")
    assert meaning(write(read(text))) == meaning(text)
    assert read(write(read(text))) == read(text)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["AUG22", "AUG23", "SEP-01a", "SEP-01b"])
def test_an_older_draft_says_the_same_after_reading_and_writing(name: str) -> None:
    text = outside(DRAFTS / f"{name}.json")
    assert meaning(write(read(text))) == meaning(text)
    assert read(write(read(text))) == read(text)


@pytest.mark.shared
@pytest.mark.parametrize("number", GUIDE_BROKEN)
def test_an_example_with_a_slip_is_refused_with_its_place(number: int) -> None:
    text = outside(GUIDE / f"{number:02}.invalid.txt")
    with pytest.raises(InputError, match=r"not JSON: line \d+, column \d+") as refused:
        read(text)
    assert refused.value.code == "record_not_json"


@pytest.mark.shared
def test_what_the_guides_fullest_receipt_says_is_in_typed_values() -> None:
    (receipt,) = read(outside(GUIDE / "89.json"))
    assert isinstance(receipt, ConsentReceipt)
    assert (receipt.identifier, receipt.created) == ("receipt-asdmj1oasd", "2024-01-31")
    (inner,) = receipt.records
    assert inner.subject == Party(id="0760c9ba", broader=(Concept(id=DPV + "Consumer"),))
    assert [event.status for event in inner.all_events] == [Status.GIVEN, Status.WITHDRAWN]
    assert [event.at for event in inner.all_events] == ["2024-01-01", "2024-04-20"]
    assert [process.purposes[0].id for process in inner.processes] == [
        DPV + "PaymentManagement",
        DPV + "IdentityVerification",
    ]
    assert inner.controls[0].exercised_at[0].id == "https://example.com/manage-consent"
    assert inner.notices[0].language == "EN"
    assert inner.processes[0].storage[1].durations == ("P6M",)


@pytest.mark.shared
def test_a_refusal_of_one_recipient_is_read_inside_its_process() -> None:
    found = record(outside(DRAFTS / "SEP-01b.json"))
    assert [event.status for event in found.all_events] == [Status.GIVEN, Status.REFUSED]
    (refused,) = [one for one in found.processes[0].processes if one.events[0].status is Status.REFUSED]
    assert [party.id for party in refused.recipients] == ["company:Beta"]


@pytest.mark.parametrize("status", Status, ids=lambda status: status.value)
@pytest.mark.parametrize("spell", [lambda name: name, lambda name: {"@type": name}, lambda name: {"@type": [name]}])
def test_each_state_is_read_however_it_is_spelled(status: Status, spell: Any) -> None:
    name = "dpv:" + status.iri.removeprefix(DPV)
    assert [event.status for event in record(of(hasConsentStatus=spell(name))).events] == [status]
    assert [event.status for event in record(of(hasConsentStatus=spell(status.iri))).events] == [status]


@pytest.mark.parametrize(
    "told",
    ["dpv:ConsentMaybe", {"@type": ["dpv:ConsentGiven", "dpv:ConsentRefused"]}, {"@type": "ConsentGiven"}, {}],
    ids=["not of the ten", "two at once", "a name without a vocabulary", "nothing"],
)
def test_a_state_that_is_not_clear_is_unknown(told: object) -> None:
    assert record(of(hasConsentStatus=told)).events[0].status is Status.UNKNOWN


@pytest.mark.parametrize(
    "told",
    [
        {"dpv:hasPurpose": "dpv:Marketing"},
        {"dpv:hasPurpose": ["dpv:Marketing"]},
        {"dpv:hasPurpose": {"@id": "dpv:Marketing"}},
        {"dpv:hasPurpose": {"@set": [{"@id": "https://w3id.org/dpv#Marketing"}]}},
        {"https://w3id.org/dpv#hasPurpose": "https://w3id.org/dpv#Marketing"},
        {"@context": {"d": DPV}, "d:hasPurpose": "d:Marketing"},
        {"@context": [None, "https://w3id.org/dpv", {"@vocab": DPV}], "hasPurpose": "dpv:Marketing"},
        {"@context": {"why": {"@id": "dpv:hasPurpose", "@type": "@vocab"}, "@vocab": DPV}, "why": "Marketing"},
        {"@context": {"why": {"@id": "p", "@type": "@id"}, "p": "dpv:hasPurpose"}, "p": {"@id": "dpv:Marketing"}},
        {"@context": {"id": "@id"}, "dpv:hasPurpose": {"id": "dpv:Marketing"}},
    ],
    ids=[
        "a name", "a list of one", "a reference", "a set", "in full", "another prefix", "a vocabulary", "a term",
        "a definition that uses a later one", "an alias of a keyword",
    ],
)  # fmt: skip
def test_one_thing_is_read_the_same_however_it_is_spelled(told: Mapping[str, Any]) -> None:
    text = json.dumps({"@type": "https://w3id.org/dpv#ConsentRecord"} | dict(told))
    assert record(text) == ConsentRecord(types=(DPV + "ConsentRecord",), purposes=(Concept(id=DPV + "Marketing"),))
    assert read(write(read(text))) == read(text)


def test_a_property_written_twice_has_both_values() -> None:
    text = '{"@type": "dpv:ConsentRecord", "dpv:hasPurpose": "dpv:A", "dpv:hasPurpose": ["dpv:B", "dpv:C"]}'
    assert [purpose.id for purpose in record(text).purposes] == [DPV + "A", DPV + "B", DPV + "C"]


def test_what_has_no_field_is_carried_along() -> None:
    told = {
        "dpv:hasScale": "dpv:LargeScaleProcessing",
        "schema:position": 7,
        "schema:isGift": True,
        "schema:ratio": 0.5,
        "unexplained": "stays",
        "dct:title": {"@value": "Aufzeichnung", "@language": "de"},
        "dct:valid": {"@value": "P6M", "@type": "xsd:duration"},
        "schema:comment": {"@value": "dpv:Marketing"},
        "schema:about": {"schema:name": ["a", "b"]},
    }
    text = json.dumps({"@type": "dpv:ConsentRecord"} | told)
    found = record(text)
    assert found.more[DPV + "hasScale"] == (Node(id=DPV + "LargeScaleProcessing"),)
    assert found.more["unexplained"] == ("stays",)
    assert found.more[PREFIXES["dct"] + "title"] == (Literal("Aufzeichnung", language="de"),)
    assert found.more[PREFIXES["schema"] + "comment"] == ("dpv:Marketing",)
    assert read(write([found])) == (found,)
    assert meaning(write([found])) == meaning(text)


def test_a_text_with_a_language_stays_what_it_is_beside_a_plain_one() -> None:
    told = {"dct:title": ["plain", {"@value": "deutsch", "@language": "de"}]}
    found = record(of(hasRight=told)).rights[0]
    assert found.titles == ("plain",)
    assert found.more == {PREFIXES["dct"] + "title": (Literal("deutsch", language="de"),)}


def test_records_are_read_from_a_list_and_from_a_graph() -> None:
    one = {"@type": "dpv:ConsentRecord", "dct:identifier": "1"}
    two = {"@type": "dpv:ConsentReceipt", "dct:identifier": "2"}
    listed = read(json.dumps([one, two]))
    assert [found.identifier for found in listed] == ["1", "2"]
    assert read(json.dumps({"@context": "https://w3id.org/dpv", "@graph": [one, two]})) == listed
    assert read(write(listed)) == listed
    assert read(write([])) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('"dpv:ConsentRecord"', "record_neither"),
        ("{}", "record_neither"),
        ("null", "record_neither"),
        ('[[{"@type": "dpv:ConsentRecord"}]]', "record_neither"),
        ('{"@type": "dpv:Process"}', "record_neither"),
        ('{"@type": ["dpv:ConsentRecord", "dpv:ConsentReceipt"]}', "record_neither"),
        ('{"@graph": [], "dct:title": "x"}', "record_neither"),
        ('{"dct:conformsTo": "https://example.com/other"}', "record_neither"),
        ('{"@type": 5}', "record_value_wrong"),
        ('{"@type": "dpv:ConsentRecord", "@id": ["a", "b"]}', "record_value_wrong"),
        ('{"@type": "dpv:ConsentRecord", "@id": {}}', "record_value_wrong"),
        (of(hasPurpose=5), "record_value_wrong"),
        (of(hasPurpose=True), "record_value_wrong"),
        (of(hasPurpose={"@value": "x"}), "record_value_wrong"),
        (of(hasProcess={"dpv:hasConsentStatus": 1.5}), "record_value_wrong"),
        (of(hasConsentStatus={"dpv:isIndicatedAtTime": "yesterday"}), "record_value_wrong"),
        (of(hasConsentStatus={"dpv:isIndicatedAtTime": ["2024-01-01", "2024-01-02"]}), "record_value_wrong"),
        (of(hasConsentStatus={"dpv:isIndicatedAtTime": 2024}), "record_value_wrong"),
        (of(hasDataSubject=["a", "b"]), "record_value_wrong"),
        (of(hasNotice={"dct:language": {"dct:title": "x"}}), "record_value_wrong"),
        (of(hasPurpose={"@list": ["a"]}), "record_keyword_unsupported"),
        (of(hasPurpose={"@reverse": {}}), "record_keyword_unsupported"),
        (of(hasScale={"@value": ["x"]}), "record_keyword_unsupported"),
        (of(hasScale={"@value": "x", "@language": "de", "@type": "xsd:string"}), "record_keyword_unsupported"),
        (of(hasScale={"@value": "x", "@direction": "rtl"}), "record_keyword_unsupported"),
    ],
)  # fmt: skip
def test_what_is_no_record_or_has_a_wrong_value_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read(text)
    assert refused.value.code == code


def test_the_refusal_names_the_place_and_never_the_value() -> None:
    text = of(hasProcess={"dpv:hasConsentStatus": {"dpv:isIndicatedAtTime": "jane.doe@example.com"}})
    with pytest.raises(InputError) as refused:
        read(text)
    assert "dpv:hasProcess/dpv:hasConsentStatus/dpv:isIndicatedAtTime" in str(refused.value)
    assert "jane" not in str(refused.value)


# Names that the writer does not shorten and names that it does; texts of any kind, also such as look like names.
_IRIS = st.sampled_from([DPV + "Marketing", "https://example.com/a", "urn:x:1", "_:b", "0760c9ba", DPV + "a/b", DPV])
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(["dpv:Marketing", "ex:a b"])
_TIMES = st.datetimes().map(lambda at: at.isoformat()) | st.dates().map(lambda on: on.isoformat())
_NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | st.booleans()
_LITERALS = st.builds(Literal, _TEXTS | _NUMBERS, type=st.sampled_from([DPV + "T", "urn:t"])) | st.builds(
    Literal, _TEXTS, language=st.sampled_from(["de", "en-GB"])
)
_PROPERTIES = st.sampled_from(["https://example.com/p", "bare", "@odd:one", DPV + "hasScale"])


def _many(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(inner, max_size=2).map(tuple)


def _nodes(kind: type[Any], **known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    plain: st.SearchStrategy[Value] = _TEXTS | _NUMBERS | _LITERALS | st.builds(Node, id=_IRIS)
    more = st.dictionaries(_PROPERTIES, st.lists(plain, min_size=1, max_size=2).map(tuple), max_size=1)
    return st.builds(kind, id=st.just("") | _IRIS, types=_many(_IRIS), more=more, **known)


_CONCEPTS = _nodes(Concept, descriptions=_many(_TEXTS), titles=_many(_TEXTS), identifier=_TEXTS)
_PARTIES = _nodes(Party, names=_many(_TEXTS), contacts=_many(_CONCEPTS))
_DURATIONS = _many(_TEXTS | _nodes(Duration, value=_TEXTS))
_NOTICES = _nodes(
    Notice,
    identifier=_TEXTS,
    date=_TIMES,
    titles=_many(_TEXTS),
    replies=_many(_nodes(Reply, name=_TEXTS, text=_TEXTS)),
)
_EVENTS = _nodes(
    Event, at=_TIMES, by=_many(_PARTIES), methods=_many(_TEXTS), durations=_DURATIONS, notices=_many(_NOTICES)
)
_PROCESSES = _nodes(
    Process,
    identifier=_TEXTS,
    purposes=_many(_CONCEPTS),
    storage=_many(_nodes(Condition, durations=_DURATIONS, locations=_many(_CONCEPTS))),
    events=_many(_EVENTS),
)
_RECORDS = _nodes(
    ConsentRecord, created=_TIMES, language=_TEXTS, subject=st.none() | _PARTIES, processes=_many(_PROCESSES)
)


@pytest.mark.slow
@given(st.lists(_RECORDS, min_size=1, max_size=2))
def test_what_is_written_is_read_as_the_same_values(records: list[ConsentRecord]) -> None:
    typed = [replace(one, types=(DPV + "ConsentRecord", *one.types)) for one in records]
    assert read(write(typed)) == tuple(typed)


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_any_text_is_read_or_refused_and_nothing_else_happens(text: str | bytes) -> None:
    with contextlib.suppress(InputError):
        read(text)


_ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | _IRIS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "@id",
                    "@type",
                    "@context",
                    "@value",
                    "@set",
                    "@list",
                    "@vocab",
                    "dpv",
                    "dpv:hasProcess",
                    "dct:created",
                    "x",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["@context", "@id", "dpv:hasProcess", "dpv:hasNotice", "x"]), _ANY_JSON))
def test_any_object_is_read_or_refused_and_what_is_read_can_be_written(told: dict[str, Any]) -> None:
    try:
        found = read(json.dumps({"@type": "https://w3id.org/dpv#ConsentRecord"} | told))
    except InputError:
        return
    assert read(write(found)) == found
