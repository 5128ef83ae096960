"""From recorded choices to consent records. Pure: values in, values out.

Laws:

1. Every choice has its record, a no and a withdrawal as well as a yes, with the words that were shown that day.
2. The same choices under the same promise give the same records, byte for byte.
3. A record names the customer by a pseudonym. The company's own id of them is in it only when the caller hands it in,
   for the customer's own download.
4. What no longer holds says so. A yes under words that changed since is *expired*: the context it was given in has
   passed, and its past uses stay lawful. It is not *invalidated*, which takes past uses back too. A yes to a clause
   that the promise no longer has is *revoked*: the company ended it, not the customer.

What is told of purpose, recipients, storage and rights is today's promise; the notice tells the words of the day and
the number of the promise's version they stood in.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time

from troth.canonical import canonical_json, keyed_hash, sha256
from troth.consent import described, vocabulary
from troth.consent.model import Answer, Choice, Standing, Status, steps
from troth.consent.notice import Words, accepted
from troth.consent.records import (
    DPV,
    PROFILE,
    RECORD,
    SCHEMA,
    Concept,
    ConsentRecord,
    Event,
    Notice,
    Party,
    Process,
    Reply,
)
from troth.promise.model import Basis, Clause, Promise

_METHODS = {
    "page": "Answered on our page",
    "api": "Answered in our shop or app",
    "cli": "Told to our staff",
    "import": "Brought in from an earlier system",
}
_LASTS = {
    Answer.YES: "Until the customer takes it back or the words change",
    Answer.NO: "Until the customer says yes",
}


def pseudonym(key: bytes, customer: int) -> str:
    """Return the name under which records speak of a customer: 32 hex digits, the same each time, told only by `key`.

    Args:
        key: the installation's own key called ``consent-records``.
        customer: the customer's number.
    """
    return keyed_hash(key, b"subject", customer.to_bytes(8, "big")).hex()


def records_of(
    said: Sequence[tuple[Choice, Words]],
    promise: Promise,
    *,
    subject: str,
    history: Sequence[Promise] = (),
    outside_id: str = "",
    choices_at: str = "",
) -> tuple[ConsentRecord, ...]:
    """Return a record for every choice, in the same order.

    Args:
        said: every choice of one customer with the words of its day, oldest first.
        promise: the promise in force.
        subject: the customer's pseudonym.
        history: every promise before it that is on record, oldest first.
        outside_id: the company's own id of the customer; empty: it stays out.
        choices_at: the address of the page where a choice is changed; empty: the privacy contact.
    """
    standings = list(steps(choice for choice, _ in said))
    holding = accepted(history, promise)
    last = {standing.latest.clause: index for index, standing in enumerate(standings)}
    return tuple(
        _record(
            standing,
            words,
            promise,
            subject=_subject(subject, outside_id),
            number=index,
            holding=holding if last[words.clause] == index else None,
            choices_at=choices_at,
        )
        for index, (standing, (_, words)) in enumerate(zip(standings, said, strict=True))
    )


def _record(
    standing: Standing,
    words: Words,
    promise: Promise,
    *,
    subject: Party,
    number: int,
    holding: Mapping[Clause, frozenset[bytes]] | None,
    choices_at: str,
) -> ConsentRecord:
    choice, company = standing.latest, promise.company
    purpose = promise.purposes.get(choice.clause.purpose)
    data = promise.data.get(choice.clause.data)
    recipients = tuple(described.recipients_of(promise, choice.clause))
    name = _identifier(subject.identifier, choice, number)
    contact = described.reached_at(company.privacy_contact, company.site)
    ended = None if holding is None else _ended(choice, promise, holding)
    return ConsentRecord(
        id=f"urn:uuid:{name}",
        types=(RECORD,),
        identifier=name,
        conforms_to=(Concept(id=PROFILE),),
        created=_spelled(choice.at),
        creators=(Party(id=company.site),),
        language=choice.language,
        subject=subject,
        controllers=(Party(id=company.site),),
        jurisdictions=(described.jurisdiction(company.country),),
        legal_bases=described.legal_bases(company.country),
        rights=tuple(described.rights(promise, contact)),
        controls=(
            Concept(
                types=(DPV + "ProvideConsent", DPV + "WithdrawConsent"),
                exercised_at=(Concept(id=choices_at) if choices_at else contact,),
            ),
        ),
        notices=(_notice(words, choice),),
        events=(_event(standing), *((ended,) if ended is not None else ())),
        processes=(
            Process(
                types=(DPV + "Process",),
                identifier=str(choice.clause),
                purposes=(described.purpose_of(choice.clause.purpose, purpose, choice.language),),
                personal_data=(described.personal_data_of(choice.clause.data, data, choice.language),),
                processing=described.processing_of(data),
                sources=described.sources_of(data),
                processors=tuple(
                    Party(id=described.party(one))
                    for one in recipients
                    if vocabulary.ROLES[one.role] == "DataProcessor"
                ),
                recipients=(Party(id=company.site), *(Party(id=described.party(one)) for one in recipients)),
                storage=tuple(described.storage_of(choice.clause.data, data, promise, choice.language)),
            ),
        ),
        entities=tuple(described.entities(promise, recipients, choice.language)),
    )


def _identifier(subject: str, choice: Choice, number: int) -> str:
    """Return a UUID of version 8 (RFC 9562) made of what the record is about. The pseudonym keeps it unguessable."""
    told = sha256(
        canonical_json(
            [subject, number, str(choice.clause), choice.answer.value, _spelled(choice.at), choice.words.hex()]
        )
    )[:16]
    bits = int.from_bytes(told, "big")
    bits = bits & ~(0xF << 76) & ~(0x3 << 62) | (0x8 << 76) | (0x2 << 62)
    digits = f"{bits:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _spelled(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _subject(subject: str, outside_id: str) -> Party:
    return Party(
        types=(DPV + "DataSubject", DPV + "Customer"),
        identifier=subject,
        more={DPV + "hasIdentifier": (outside_id,)} if outside_id else {},
    )


def _event(standing: Standing) -> Event:
    choice = standing.latest
    how = "ExplicitlyExpressedConsent" if choice.via in {"page", "api"} else "ExpressedConsent"
    return Event(
        types=(standing.status.iri, DPV + how),
        at=_spelled(choice.at),
        by=(Party(id=DPV + "DataSubject"),),
        methods=(_METHODS.get(choice.via, choice.via),),
        durations=(described.until(_LASTS[choice.answer]),),
    )


def _ended(choice: Choice, promise: Promise, holding: Mapping[Clause, frozenset[bytes]]) -> Event | None:
    """Return what ended a yes that the customer never took back; None while nothing did."""
    if choice.answer is Answer.NO:
        return None
    purpose = promise.purposes.get(choice.clause.purpose)
    asked = purpose is not None and purpose.basis is Basis.CONSENT and choice.clause.data in purpose.data
    if not asked:
        status, why = Status.REVOKED, "The promise no longer asks for this."
    elif choice.words in holding[choice.clause]:
        return None
    else:
        status, why = Status.EXPIRED, "The words of the question changed; the customer must be asked again."
    since = datetime.combine(promise.version.since, time(), promise.company.time_zone)
    return Event(
        types=(status.iri,),
        at=_spelled(max(choice.at, since)),
        by=(Party(id=promise.company.site),),
        methods=(f"Version {promise.version.number} of the promise, in force since then at the latest",),
        durations=(described.until(_LASTS[Answer.NO]),),
        descriptions=(why,),
    )


def _notice(words: Words, choice: Choice) -> Notice:
    return Notice(
        types=(DPV + "ConsentNotice", SCHEMA + "Question"),
        identifier=f"sha-256:{words.digest.hex()}",
        language=words.language,
        titles=(words.question,),
        replies=(
            Reply(types=(SCHEMA + "Answer",), name=Answer.YES.value, text=words.yes),
            Reply(types=(SCHEMA + "Answer",), name=Answer.NO.value, text=words.no),
        ),
        version=str(choice.promise),
    )
