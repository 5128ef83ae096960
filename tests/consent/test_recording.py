import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installations import GARDEN, NOW, ORDERS, PAGE_VIEWS
from troth.canonical import canonical_json, sha256
from troth.consent.described import iso_duration
from troth.consent.model import VALID, Answer, Choice, Status
from troth.consent.notice import Words, words_for
from troth.consent.recording import pseudonym, records_of
from troth.consent.records import ConsentRecord, read, write
from troth.promise.model import Basis, Clause, Period, Promise, Unit
from troth.promise.read import read_promise

PAGE = Path(__file__).parents[2] / "docs" / "formats" / "consent-record.md"
EXAMPLE = PAGE.with_suffix(".example.json")
YES, NO = Answer.YES, Answer.NO
SUBJECT = "0" * 32
KEY = bytes(range(32))
LETTER = Clause("newsletter", "email")


@pytest.fixture(scope="module")
def promise() -> Promise:
    return read_promise(GARDEN)


def said(
    promise: Promise, clause: Clause, answer: Answer, *, at: datetime = NOW, via: str = "page"
) -> tuple[Choice, Words]:
    words = words_for(promise.purposes[clause.purpose], clause.data, "en")
    assert words is not None
    return Choice(clause, answer, at, words.digest, "en", via, promise.version.number), words


def one(promise: Promise, clause: Clause, answer: Answer, **more: Any) -> dict[str, Any]:
    (record,) = records_of([said(promise, clause, answer)], promise, subject=SUBJECT, **more)
    found: dict[str, Any] = json.loads(write([record]))
    return found


def _process(told: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = told["dpv:hasProcess"]
    return found


def _stored(told: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = [one for one in _process(told)["dpv:hasStorageCondition"] if one["@type"] == kind]
    assert isinstance(found, dict)
    return found


def _controller(told: dict[str, Any]) -> dict[str, Any]:
    entities = told["dpv:hasEntity"]
    (found,) = [one for one in entities if one.get("@id") == told["dpv:hasDataController"]]
    assert isinstance(found, dict)
    return found


# What ISO/IEC TS 27560:2023 makes mandatory, under the names of the W3C guide's table 7.2.
MANDATORY: dict[str, Callable[[dict[str, Any]], object]] = {
    "schema version": lambda told: told["dct:conformsTo"],
    "record id": lambda told: told["dct:identifier"],
    "PII principal id": lambda told: told["dpv:hasDataSubject"]["dct:identifier"],
    "privacy notice": lambda told: told["dpv:hasNotice"]["dct:identifier"],
    "language": lambda told: told["dct:language"],
    "purpose": lambda told: _process(told)["dpv:hasPurpose"]["dct:title"],
    "PII information": lambda told: _process(told)["dpv:hasPersonalData"]["dct:title"],
    "PII type": lambda told: _process(told)["dpv:hasPersonalData"]["skos:broader"],
    "PII controllers": lambda told: told["dpv:hasDataController"],
    "storage locations": lambda told: _stored(told, "dpv:StorageLocation")["dpv:hasLocation"]["dct:description"],
    "retention period": lambda told: _stored(told, "dpv:StorageDuration")["dpv:hasDuration"]["rdf:value"],
    "jurisdiction": lambda told: told["dpv:hasJurisdiction"],
    "recipients": lambda told: _process(told)["dpv:hasRecipient"],
    "withdrawal method": lambda told: told["dpv:hasConsentControl"]["dpv:isExercisedAt"],
    "party id": lambda told: _controller(told)["dct:identifier"],
    "party name": lambda told: _controller(told)["dpv:hasName"],
    "party address": lambda told: _controller(told)["dpv:hasAddress"],
    "party contact": lambda told: _controller(told)["dpv:hasContact"],
    "party type": lambda told: _controller(told)["@type"],
    "event time": lambda told: told["dpv:hasConsentStatus"]["dpv:isIndicatedAtTime"],
    "validity duration": lambda told: told["dpv:hasConsentStatus"]["dpv:hasDuration"]["rdf:value"],
    "entity id": lambda told: told["dpv:hasConsentStatus"]["dpv:isIndicatedBy"],
    "event type": lambda told: told["dpv:hasConsentStatus"]["@type"][1],
    "event state": lambda told: told["dpv:hasConsentStatus"]["@type"][0],
    # What the GDPR profile adds.
    "lawful basis": lambda told: told["dpv:hasLegalBasis"],
    "collection method": lambda told: _process(told)["dpv:hasDataSource"],
    "processing method": lambda told: _process(told)["dpv:hasProcessing"],
    "privacy rights": lambda told: told["dpv:hasRight"][0]["dct:title"],
}


@pytest.mark.parametrize("answer", Answer)
@pytest.mark.parametrize("clause", [ORDERS, PAGE_VIEWS, LETTER], ids=str)
@pytest.mark.parametrize("name", MANDATORY)
def test_a_record_has_every_field_that_is_mandatory(
    promise: Promise, name: str, clause: Clause, answer: Answer
) -> None:
    assert MANDATORY[name](one(promise, clause, answer))


def test_a_refusal_has_a_record_like_a_yes(promise: Promise) -> None:
    yes, no = one(promise, ORDERS, YES), one(promise, ORDERS, NO)
    assert yes["dpv:hasConsentStatus"]["@type"] == ["dpv:ConsentGiven", "dpv:ExplicitlyExpressedConsent"]
    assert no["dpv:hasConsentStatus"]["@type"] == ["dpv:ConsentRefused", "dpv:ExplicitlyExpressedConsent"]
    changed = {key for key in yes if yes[key] != no[key]}
    assert changed == {"@id", "dct:identifier", "dpv:hasConsentStatus"}


def test_every_choice_has_its_record_in_the_order_in_which_it_was_made(promise: Promise) -> None:
    made = [
        said(promise, clause, answer, at=NOW + timedelta(days=day))
        for day, (clause, answer) in enumerate(
            [(ORDERS, NO), (PAGE_VIEWS, YES), (ORDERS, YES), (ORDERS, NO), (ORDERS, YES)]
        )
    ]
    records = records_of(made, promise, subject=SUBJECT)
    assert [record.events[0].status for record in records] == [
        Status.REFUSED,
        Status.GIVEN,
        Status.GIVEN,
        Status.WITHDRAWN,
        Status.RENEWED_GIVEN,
    ]
    assert [record.events[0].at for record in records] == [choice.at.isoformat() for choice, _ in made]
    assert [record.processes[0].identifier for record in records] == [str(choice.clause) for choice, _ in made]


def test_the_words_are_in_the_record_and_their_digest_can_be_made_again(promise: Promise) -> None:
    told = one(promise, ORDERS, NO)
    notice = told["dpv:hasNotice"]
    answers = {reply["schema:name"]: reply["schema:text"] for reply in notice["schema:suggestedAnswer"]}
    assert notice["dct:title"] == "Use your orders to suggest products?"
    assert answers == {"yes": "Suggestions that fit what you own.", "no": "We show best sellers."}
    spelled = canonical_json(
        {
            "clause": told["dpv:hasProcess"]["dct:identifier"],
            "language": notice["dct:language"],
            "question": notice["dct:title"],
            **answers,
        }
    )
    assert notice["dct:identifier"] == f"sha-256:{sha256(spelled).hex()}"


def test_nothing_in_a_record_is_the_companys_id_of_the_customer_unless_it_is_asked_for(promise: Promise) -> None:
    assert "customer-77" not in json.dumps(one(promise, ORDERS, YES))
    told = one(promise, ORDERS, YES, outside_id="customer-77")
    assert told["dpv:hasDataSubject"]["dpv:hasIdentifier"] == "customer-77"
    assert told["dpv:hasDataSubject"]["dct:identifier"] == SUBJECT


def test_a_customers_pseudonym_is_always_the_same_and_needs_the_key() -> None:
    assert pseudonym(KEY, 7) == pseudonym(KEY, 7)
    assert len({pseudonym(KEY, 7), pseudonym(KEY, 8), pseudonym(bytes(32), 7)}) == 3
    assert re.fullmatch("[0-9a-f]{32}", pseudonym(KEY, 7))


def test_the_same_choices_give_the_same_bytes_and_each_choice_a_name_of_its_own(promise: Promise) -> None:
    made = [said(promise, ORDERS, YES)] * 3 + [said(promise, PAGE_VIEWS, YES)]
    first, second = (write(records_of(made, promise, subject=SUBJECT)) for _ in range(2))
    assert first == second
    names = [record.identifier for record in records_of(made, promise, subject=SUBJECT)]
    names += [record.identifier for record in records_of(made, promise, subject="1" * 32)]
    assert len(set(names)) == 8
    version_8 = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(version_8.fullmatch(name) for name in names)


def test_a_yes_under_words_that_changed_has_expired_since_the_promise_in_force(
    tmp_path: Path, promise: Promise
) -> None:
    text = GARDEN.read_text("utf-8").replace("fit what you own.", "fit what you own, and a letter.")
    text = text.replace("number: 1, from: 2020-01-01", "number: 2, from: 2026-11-01")
    changed_file = tmp_path / "promise.yaml"
    changed_file.write_text(text, "utf-8")
    changed = read_promise(changed_file)
    before = datetime(2026, 10, 1, tzinfo=UTC)
    made = [said(promise, ORDERS, YES, at=before), said(promise, PAGE_VIEWS, YES, at=before)]
    expired, unchanged = records_of(made, changed, subject=SUBJECT)
    assert [(event.status, event.at) for event in expired.events] == [
        (Status.GIVEN, "2026-10-01T00:00:00+00:00"),
        (Status.EXPIRED, "2026-11-01T00:00:00+00:00"),
    ]
    assert expired.events[1].by[0].id == "https://larkfield.example"
    assert [event.status for event in unchanged.events] == [Status.GIVEN]
    assert expired.notices[0].replies[0].text == "Suggestions that fit what you own."

    same = replace(changed, version=replace(changed.version, same_meaning=frozenset({ORDERS})))
    held = records_of(made, same, subject=SUBJECT, history=[promise])
    assert [event.status for event in held[0].events] == [Status.GIVEN]
    assert len(records_of(made, same, subject=SUBJECT)[0].events) == 2, "the words before are not on record"

    again = [*made, said(changed, ORDERS, YES)]
    assert [len(record.events) for record in records_of(again, changed, subject=SUBJECT)] == [1, 1, 1]
    refused = [said(promise, ORDERS, NO, at=before)]
    assert [event.status for event in records_of(refused, changed, subject=SUBJECT)[0].events] == [Status.REFUSED]


@pytest.mark.parametrize("what", ["the purpose is gone", "the kind is gone", "it rests on no choice any more"])
def test_a_yes_to_what_the_promise_no_longer_asks_was_revoked_by_the_company(promise: Promise, what: str) -> None:
    made = [said(promise, ORDERS, YES)]
    purpose = promise.purposes["suggestions"]
    purposes = dict(promise.purposes)
    if what == "the purpose is gone":
        del purposes["suggestions"]
    elif what == "the kind is gone":
        purposes["suggestions"] = replace(purpose, data={"page_views": purpose.data["page_views"]})
    else:
        purposes["suggestions"] = replace(purpose, basis=Basis.CONTRACT)
    (record,) = records_of(made, replace(promise, purposes=purposes, data={}), subject=SUBJECT)
    assert [event.status for event in record.events] == [Status.GIVEN, Status.REVOKED]
    assert record.processes[0].purposes[0].identifier == "suggestions"
    assert record.processes[0].personal_data[0].identifier == "orders"
    assert record.notices[0].titles == ("Use your orders to suggest products?",)
    assert read(write([record])) == (record,)


def test_who_receives_what_the_clause_is_about_is_named_and_nobody_else() -> None:
    example = read_promise(Path(__file__).parents[2] / "src" / "troth" / "promise" / "example.yaml")
    for purpose, basis in (("newsletter", Basis.CONSENT), ("service", Basis.CONSENT)):
        purposes = {**example.purposes, purpose: replace(example.purposes[purpose], basis=basis)}
        words = Words(b"w", Clause(purpose, "email"), "en", "q", "y", "n")
        choice = Choice(words.clause, YES, NOW, b"w", "en", "page", 1)
        (record,) = records_of([(choice, words)], replace(example, purposes=purposes), subject=SUBJECT)
        found = [party.id for party in record.processes[0].recipients]
        parcels = ["_:recipient-parcelo"] if purpose == "service" else []
        assert found == ["https://larkfield.example", *parcels]
        assert [party.id for party in record.processes[0].processors] == parcels


def test_who_reads_inside_under_one_of_our_roles_receives_it_and_who_sees_statistics_does_not() -> None:
    example = read_promise(Path(__file__).parents[2] / "src" / "troth" / "promise" / "example.yaml")
    words = Words(b"w", LETTER, "en", "q", "y", "n")
    choice = Choice(LETTER, YES, NOW, b"w", "en", "page", 1)
    for aggregate, inside in ((frozenset[str](), ["_:recipient-brightmail"]), (frozenset({"newsletter"}), [])):
        role = replace(example.roles["marketer"], may={"newsletter": ("email",)}, aggregate=aggregate)
        promise = replace(example, roles={**example.roles, "marketer": role})
        (record,) = records_of([(choice, words)], promise, subject=SUBJECT)
        assert [party.id for party in record.processes[0].recipients[1:]] == inside
        named = {party.identifier for party in record.entities}
        assert ("brightmail" in named) == bool(inside)


@pytest.mark.parametrize(
    ("via", "kind"),
    [("page", "Explicitly"), ("api", "Explicitly"), ("cli", ""), ("import", "")],
)
def test_consent_is_called_explicit_where_the_customer_pressed_the_button(
    promise: Promise, via: str, kind: str
) -> None:
    (record,) = records_of([said(promise, ORDERS, YES, via=via)], promise, subject=SUBJECT)
    assert record.events[0].types[1].endswith(f"#{kind}ExpressedConsent")


def test_articles_of_the_gdpr_are_named_where_it_is_the_law(promise: Promise) -> None:
    irish = replace(promise, company=replace(promise.company, country="IE"))
    assert "eu-gdpr:A6-1-a" not in json.dumps(one(promise, ORDERS, YES)["dpv:hasLegalBasis"])
    assert one(irish, ORDERS, YES)["dpv:hasLegalBasis"] == ["dpv:Consent", "eu-gdpr:A6-1-a"]
    assert one(irish, ORDERS, YES)["dpv:hasRight"][0]["@type"] == ["dpv:DataSubjectRight", "eu-gdpr:A7-3"]


def test_the_way_to_take_it_back_is_the_page_of_choices_or_else_the_privacy_contact(promise: Promise) -> None:
    page = "https://larkfield.example/you/choices"
    assert one(promise, ORDERS, YES, choices_at=page)["dpv:hasConsentControl"]["dpv:isExercisedAt"] == page
    assert one(promise, ORDERS, YES)["dpv:hasConsentControl"]["dpv:isExercisedAt"] == "mailto:privacy@example.com"


@pytest.mark.parametrize(
    ("count", "unit", "spelled"),
    [(6, Unit.YEARS, "P6Y"), (1, Unit.MONTHS, "P1M"), (2, Unit.WEEKS, "P2W"), (90, Unit.DAYS, "P90D")],
)
def test_a_period_is_spelled_as_in_iso_8601(count: int, unit: Unit, spelled: str) -> None:
    assert iso_duration(Period(count, unit)) == spelled


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(
            st.sampled_from([ORDERS, PAGE_VIEWS, LETTER]),
            st.sampled_from(Answer),
            st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants bounds without a zone
        ),
        max_size=6,
    )
)
def test_what_is_written_of_any_choices_is_read_as_the_same(made: list[tuple[Clause, Answer, datetime]]) -> None:
    promise = read_promise(GARDEN)
    told = [said(promise, clause, answer, at=at) for clause, answer, at in made]
    records = records_of(told, promise, subject=SUBJECT)
    assert read(write(records)) == records
    assert [(record.events[0].status in VALID) for record in records] == [answer is YES for _, answer, _ in made]


def test_the_page_of_the_format_tells_what_is_computed(promise: Promise) -> None:
    record = _documented(promise)
    table = dict(re.findall(r"^\| ([a-z ]+) \| `([^`]+)` \|$", PAGE.read_text("utf-8"), re.MULTILINE))
    assert record.subject is not None
    assert table["pseudonym"] == record.subject.identifier
    assert table["identifier"] == record.identifier
    assert table["digest of the words"] == record.notices[0].identifier.removeprefix("sha-256:")
    assert EXAMPLE.read_text("utf-8") == write([record]) + "\n"


def _documented(promise: Promise) -> ConsentRecord:
    (record,) = records_of([said(promise, ORDERS, NO)], promise, subject=pseudonym(KEY, 7))
    return record
