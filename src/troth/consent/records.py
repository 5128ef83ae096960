"""Consent records: ISO/IEC TS 27560:2023 in the profile of the W3C Data Privacy Vocabulary (DPV), in JSON-LD.

Laws:

1. Reading and writing again says the same: what no field is made for is carried along in ``more`` (`linked`).
2. A record says what was recorded, it decides nothing: no yes of a record that was read lets data be used.
3. A state that is none of the ten, or two at once, is `Status.UNKNOWN`: never a guess.

The ISO text can't be quoted here; the field names follow the W3C guide, https://w3id.org/dpv/guides/consent-27560.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from troth.consent.linked.context import PLAIN, PREFIXES, Context
from troth.consent.linked.node import Node, as_node, as_nodes, as_text, as_texts, as_texts_or_nodes, as_time
from troth.consent.linked.reading import read_node
from troth.consent.linked.strict_json import JSON, Object, load
from troth.consent.linked.writing import pointing, write_node
from troth.consent.model import Status
from troth.errors import InputError

DPV, DCT, SCHEMA, SKOS = (PREFIXES[one] for one in ("dpv", "dct", "schema", "skos"))
PROFILE = PREFIXES["dpv-27560"] + "record"
RECORD, RECEIPT = DPV + "ConsentRecord", DPV + "ConsentReceipt"
_RDF_VALUE = PREFIXES["rdf"] + "value"
_STATES = {status.iri: status for status in Status}


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept(Node):
    """A term of a vocabulary, or something described with terms.

    Attributes:
        broader: the terms it lies below.
        descriptions: what it is, in words.
        titles: what it is called.
        identifier: the name the company has for it.
        locations: where.
        exercised_at: where one does it (a right, a control).
    """

    broader: "tuple[Concept, ...]" = field(default=(), metadata=as_nodes(SKOS + "broader", lambda: Concept))
    descriptions: tuple[str, ...] = field(default=(), metadata=as_texts(DCT + "description"))
    titles: tuple[str, ...] = field(default=(), metadata=as_texts(DCT + "title"))
    identifier: str = field(default="", metadata=as_text(DCT + "identifier"))
    locations: "tuple[Concept, ...]" = field(default=(), metadata=as_nodes(DPV + "hasLocation", lambda: Concept))
    exercised_at: "tuple[Concept, ...]" = field(default=(), metadata=as_nodes(DPV + "isExercisedAt", lambda: Concept))


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration(Node):
    """How long. `value` is an ISO 8601 duration, a date, a count or an event in words, as `types` say."""

    value: str = field(default="", metadata=as_text(_RDF_VALUE))
    descriptions: tuple[str, ...] = field(default=(), metadata=as_texts(DCT + "description"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Concept):
    """Where or how long something is stored or processed; `types` say which."""

    durations: tuple[str | Duration, ...] = field(
        default=(), metadata=as_texts_or_nodes(DPV + "hasDuration", lambda: Duration)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Party(Concept):
    """A data subject, controller, processor or recipient.

    Attributes:
        names: what it is called.
        addresses: where it can be reached by post, or its country.
        contacts: how it can be reached.
    """

    names: tuple[str, ...] = field(default=(), metadata=as_texts(DPV + "hasName"))
    addresses: tuple[Concept, ...] = field(default=(), metadata=as_nodes(DPV + "hasAddress", lambda: Concept))
    contacts: tuple[Concept, ...] = field(default=(), metadata=as_nodes(DPV + "hasContact", lambda: Concept))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Node):
    """One of the answers that were offered.

    Attributes:
        name: the answer.
        text: what it brings, in the words that were shown.
    """

    name: str = field(default="", metadata=as_text(SCHEMA + "name"))
    text: str = field(default="", metadata=as_text(SCHEMA + "text"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Node):
    """What the customer was shown.

    Attributes:
        identifier: its name; in our records ``sha-256:`` and the digest of the words in hex.
        date: since when it is shown.
        language: its language.
        titles: the question, in the words that were shown.
        replies: the answers that were offered.
        version: the number of the promise's version.
    """

    identifier: str = field(default="", metadata=as_text(DCT + "identifier"))
    date: str = field(default="", metadata=as_time(DCT + "date"))
    language: str = field(default="", metadata=as_text(DCT + "language"))
    titles: tuple[str, ...] = field(default=(), metadata=as_texts(DCT + "title"))
    replies: tuple[Reply, ...] = field(default=(), metadata=as_nodes(SCHEMA + "suggestedAnswer", lambda: Reply))
    version: str = field(default="", metadata=as_text(SCHEMA + "version"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Node):
    """A change of state.

    Attributes:
        at: when, as it is spelled.
        by: who made it so.
        methods: how, in words.
        durations: how long it lasts.
        notices: under which notice.
        descriptions: why, in words.
    """

    at: str = field(default="", metadata=as_time(DPV + "isIndicatedAtTime"))
    by: tuple[Party, ...] = field(default=(), metadata=as_nodes(DPV + "isIndicatedBy", lambda: Party))
    methods: tuple[str, ...] = field(default=(), metadata=as_texts(DPV + "hasIndicationMethod"))
    durations: tuple[str | Duration, ...] = field(
        default=(), metadata=as_texts_or_nodes(DPV + "hasDuration", lambda: Duration)
    )
    notices: tuple[Notice, ...] = field(default=(), metadata=as_nodes(DPV + "hasNotice", lambda: Notice))
    descriptions: tuple[str, ...] = field(default=(), metadata=as_texts(DCT + "description"))

    @property
    def status(self) -> Status:
        """The state; `Status.UNKNOWN` when it is none of the ten or more than one."""
        found = {_STATES[one] for one in (self.id, *self.types) if one in _STATES}
        return found.pop() if len(found) == 1 else Status.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Process(Node):
    """What is done with data: for what, with what, by whom, how long, and what the customer said to it."""

    identifier: str = field(default="", metadata=as_text(DCT + "identifier"))
    purposes: tuple[Concept, ...] = field(default=(), metadata=as_nodes(DPV + "hasPurpose", lambda: Concept))
    personal_data: tuple[Concept, ...] = field(
        default=(), metadata=as_nodes(DPV + "hasPersonalData", lambda: Concept)
    )
    processing: tuple[Concept, ...] = field(default=(), metadata=as_nodes(DPV + "hasProcessing", lambda: Concept))
    sources: tuple[Concept, ...] = field(default=(), metadata=as_nodes(DPV + "hasDataSource", lambda: Concept))
    controllers: tuple[Party, ...] = field(default=(), metadata=as_nodes(DPV + "hasDataController", lambda: Party))
    processors: tuple[Party, ...] = field(default=(), metadata=as_nodes(DPV + "hasDataProcessor", lambda: Party))
    recipients: tuple[Party, ...] = field(default=(), metadata=as_nodes(DPV + "hasRecipient", lambda: Party))
    storage: tuple[Condition, ...] = field(
        default=(), metadata=as_nodes(DPV + "hasStorageCondition", lambda: Condition)
    )
    conditions: tuple[Condition, ...] = field(
        default=(), metadata=as_nodes(DPV + "hasProcessingCondition", lambda: Condition)
    )
    jurisdictions: tuple[Concept, ...] = field(
        default=(), metadata=as_nodes(DPV + "hasJurisdiction", lambda: Concept)
    )
    legal_bases: tuple[Concept, ...] = field(default=(), metadata=as_nodes(DPV + "hasLegalBasis", lambda: Concept))
    rights: tuple[Concept, ...] = field(default=(), metadata=as_nodes(DPV + "hasRight", lambda: Concept))
    controls: tuple[Concept, ...] = field(default=(), metadata=as_nodes(DPV + "hasConsentControl", lambda: Concept))
    notices: tuple[Notice, ...] = field(default=(), metadata=as_nodes(DPV + "hasNotice", lambda: Notice))
    events: tuple[Event, ...] = field(default=(), metadata=as_nodes(DPV + "hasConsentStatus", lambda: Event))
    processes: "tuple[Process, ...]" = field(default=(), metadata=as_nodes(DPV + "hasProcess", lambda: Process))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord(Process):
    """A record of consent. What is said of all its processes stands on the record itself.

    Attributes:
        conforms_to: the schemas it follows.
        created: when it was made, as it is spelled.
        creators: who made it.
        language: the language of its words.
        subject: whose data it is about.
        entities: the parties named elsewhere in it.
    """

    conforms_to: tuple[Concept, ...] = field(default=(), metadata=as_nodes(DCT + "conformsTo", lambda: Concept))
    created: str = field(default="", metadata=as_time(DCT + "created"))
    creators: tuple[Party, ...] = field(default=(), metadata=as_nodes(DCT + "creator", lambda: Party))
    language: str = field(default="", metadata=as_text(DCT + "language"))
    subject: Party | None = field(default=None, metadata=as_node(DPV + "hasDataSubject", lambda: Party))
    entities: tuple[Party, ...] = field(default=(), metadata=as_nodes(DPV + "hasEntity", lambda: Party))

    @property
    def all_events(self) -> tuple[Event, ...]:
        """Every change of state, of the record and of its processes, in the order in which they stand."""
        return _events_of(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentReceipt(Node):
    """What a customer is handed: records, with who made the receipt for whom."""

    identifier: str = field(default="", metadata=as_text(DCT + "identifier"))
    conforms_to: tuple[Concept, ...] = field(default=(), metadata=as_nodes(DCT + "conformsTo", lambda: Concept))
    created: str = field(default="", metadata=as_time(DCT + "created"))
    publishers: tuple[Party, ...] = field(default=(), metadata=as_nodes(DCT + "publisher", lambda: Party))
    recipients: tuple[Party, ...] = field(default=(), metadata=as_nodes(SCHEMA + "recipient", lambda: Party))
    records: tuple[ConsentRecord, ...] = field(
        default=(), metadata=as_nodes(DPV + "hasRecordOfActivity", lambda: ConsentRecord)
    )


def _events_of(process: Process) -> tuple[Event, ...]:
    return (*process.events, *(event for inner in process.processes for event in _events_of(inner)))


def read(text: str | bytes) -> tuple[ConsentRecord | ConsentReceipt, ...]:
    """Return the records and receipts of a JSON-LD text: one object, a list, or an object with ``@graph``.

    Raises:
        InputError: not JSON; too long or too deep; neither a record nor a receipt; a value of the wrong kind; or
            JSON-LD that can't be kept exactly. See `linked`.
    """
    told, context = load(text), PLAIN
    if isinstance(told, dict) and "@graph" in told:
        if told.keys() - {"@context", "@graph"}:
            raise _neither()
        context = context.within(told["@context"]) if "@context" in told else context
        told = told["@graph"]
    found = []
    for one in told if isinstance(told, list) else [told]:
        if not isinstance(one, dict):
            raise _neither()
        found.append(read_node(_kind(one, context), one, context))
    return tuple(found)


def _kind(given: Object, context: Context) -> type[ConsentRecord] | type[ConsentReceipt]:
    """Return the class of a top object: by its type or, where it has none, by the schema it says it follows."""
    rough = read_node(Concept, given, context)
    if not rough.types:
        schemas = [one.id for one in rough.more.get(DCT + "conformsTo", ()) if isinstance(one, Node)]
        return ConsentRecord if any(one.startswith(PROFILE) for one in schemas) else _refuse()
    if RECORD in rough.types and RECEIPT not in rough.types:
        return ConsentRecord
    return ConsentReceipt if RECEIPT in rough.types and RECORD not in rough.types else _refuse()


def write(documents: Sequence[ConsentRecord | ConsentReceipt]) -> str:
    """Return the JSON-LD text of `documents`: one object, or an object with ``@graph`` when they are not just one."""
    objects: list[JSON] = [write_node(one, _READ_WITH) for one in documents]
    told: Object = {"@context": _CONTEXT}
    if len(objects) == 1 and isinstance(objects[0], dict):
        told |= objects[0]
    else:
        told["@graph"] = objects
    return json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False)


_CLASSES = (Concept, Condition, Party, Notice, Event, ConsentRecord, ConsentReceipt)
_CONTEXT: Object = dict(PREFIXES.items()) | {name: {"@type": "@id"} for name in sorted(set(pointing(_CLASSES)))}
"""So that any JSON-LD reader sees which values are names of things and which are words, without fetching anything."""
_READ_WITH = PLAIN.within(_CONTEXT)


def _refuse() -> NoReturn:
    raise _neither()


def _neither() -> InputError:
    return InputError(
        "record_neither",
        "This is neither a consent record nor a consent receipt.",
        "Its @type must be dpv:ConsentRecord or dpv:ConsentReceipt.",
    )
