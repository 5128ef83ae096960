"""From the shape of a file to the values of the model. Everything here has been understood; nothing is judged."""

from collections.abc import Mapping
from dataclasses import dataclass

from troth.promise.model import (
    Ask,
    Basis,
    Brand,
    Check,
    Children,
    Clause,
    Company,
    Contact,
    Contract,
    Data,
    Listening,
    Never,
    Owner,
    Period,
    Place,
    Promise,
    Purpose,
    Question,
    Recipient,
    RecipientRole,
    Role,
    Source,
    Storage,
    Text,
    Unit,
    Version,
)
from troth.promise.shape import (
    CompanyShape,
    ContactShape,
    DataShape,
    DeadlinesShape,
    ListeningShape,
    OwnerShape,
    PromiseShape,
    PurposeShape,
    QuestionShape,
    RecipientShape,
    RegulatorShape,
    RoleShape,
    StorageShape,
    VersionShape,
)

LAWFUL_LIMIT = Period(1, Unit.MONTHS)
"""By when a right is served at the latest when the promise says nothing (GDPR Art. 12(3))."""


def build(shape: PromiseShape, *, places: Mapping[str, Place], fingerprint: str) -> Promise:
    """Return the promise that `shape` describes."""
    build = _Builder(tuple(shape.company.languages), shape.company.owners.use_of_data.name)
    return Promise(
        company=_company(shape.company),
        version=build.version(shape.version),
        rights_for=shape.rights_for,
        data={key: build.data(key, data) for key, data in shape.data.items()},
        storage={key: build.storage(storage) for key, storage in shape.storage.items()},
        purposes={key: build.purpose(key, purpose) for key, purpose in shape.purposes.items()},
        recipients={key: build.recipient(key, recipient) for key, recipient in shape.recipients.items()},
        roles={key: _role(key, role) for key, role in shape.roles.items()},
        never=tuple(
            Never(act=one.act or "", data=one.data or "", purpose=one.purpose or "", recipient=one.recipient or "")
            for one in shape.never
        ),
        consent_categories={key: tuple(purposes) for key, purposes in shape.wire.consent_categories.items()},
        listening=_listening(shape.listening) if shape.listening else None,
        deadlines=_deadlines(shape.deadlines),
        brand=Brand(
            colour=shape.brand.colour,
            logo=shape.brand.logo,
            reading_grade_at_most=shape.brand.voice.reading_grade_at_most,
            avoid=tuple(shape.brand.voice.avoid),
        ),
        children=Children(shape.children.under, shape.children.rule),
        evidence_keep=shape.evidence.keep,
        places=places,
        fingerprint=fingerprint,
    )


@dataclass(frozen=True, slots=True)
class _Builder:
    """Builds what holds words, which depend on the company's languages."""

    languages: tuple[str, ...]
    owner: str

    def text(self, words: str | Mapping[str, str]) -> Text:
        """One string serves every language of the company; a map keeps what it has, company languages first."""
        if isinstance(words, str):
            return Text(dict.fromkeys(self.languages, words))
        known = {language: words[language] for language in self.languages if language in words}
        return Text(known | dict(words))

    def version(self, shape: VersionShape) -> Version:
        same = frozenset(Clause(*clause.split("/")) for clause in shape.same_meaning)
        return Version(shape.number, shape.since, self.text(shape.says), same)

    def data(self, key: str, shape: DataShape) -> Data:
        guessed_from = shape.from_ if isinstance(shape.from_, tuple) else ()
        received_from = shape.from_ if isinstance(shape.from_, str | dict) else None
        return Data(
            key=key,
            title=self.text(shape.title),
            source=Source(shape.source),
            how=self.text(shape.how),
            category=shape.category,
            sensitivity=shape.sensitivity,
            traits=tuple(shape.traits),
            events={event: tuple(properties) for event, properties in shape.events.items()},
            keep=shape.keep,
            received_from=None if received_from is None else self.text(received_from),
            guessed_from=guessed_from,
        )

    def storage(self, shape: StorageShape) -> Storage:
        return Storage(
            self.text(shape.where), self.text(shape.protected), shape.backups.keep if shape.backups else None
        )

    def question(self, shape: QuestionShape) -> Question:
        return Question(question=self.text(shape.question), yes=self.text(shape.yes), no=self.text(shape.no))

    def purpose(self, key: str, shape: PurposeShape) -> Purpose:
        together = self.question(shape.question) if shape.question else None
        return Purpose(
            key=key,
            title=self.text(shape.title),
            use=shape.use,
            basis=Basis(shape.basis),
            data={data: self.question(asked) if asked else together for data, asked in shape.data.items()},
            benefit=None if shape.benefit is None else self.text(shape.benefit),
            owner=shape.owner or self.owner,
            law=shape.law,
            starts=shape.starts,
            lasts=shape.lasts,
            assessment=shape.assessment,
            ask=Ask(shape.ask),
            channels=tuple(shape.channels),
            topics={topic: self.text(words) for topic, words in shape.topics.items()},
            at_most=shape.at_most,
        )

    def recipient(self, key: str, shape: RecipientShape) -> Recipient:
        contract = shape.contract
        checked = shape.checked
        return Recipient(
            key=key,
            title=self.text(shape.title),
            role=RecipientRole(shape.role),
            country=shape.country,
            receives={purpose: tuple(data) for purpose, data in shape.for_.items()},
            works_inside_as=shape.works_inside_as,
            contract=Contract(contract.signed, contract.reference, contract.until) if contract else None,
            checked=Check(checked.on, checked.every, checked.evidence) if checked else None,
            keep=shape.keep,
            safeguard=shape.safeguard,
        )


def _company(shape: CompanyShape) -> Company:
    return Company(
        name=shape.name,
        legal_name=shape.legal_name,
        country=shape.country,
        time_zone=shape.time_zone,
        site=shape.site,
        mail_domains=tuple(shape.mail_domains),
        privacy_contact=_contact(shape.privacy_contact),
        owner_of_use=_owner(shape.owners.use_of_data),
        owner_of_safeguards=_owner(shape.owners.safeguards),
        regulator=_contact(shape.regulator),
        languages=tuple(shape.languages),
    )


def _contact(shape: ContactShape | RegulatorShape) -> Contact:
    if isinstance(shape, RegulatorShape):
        return Contact(shape.name, url=shape.url)
    return Contact(shape.name, email=shape.email, post=shape.post, url=shape.url)


def _owner(shape: OwnerShape) -> Owner:
    return Owner(shape.name, shape.role)


def _role(key: str, shape: RoleShape) -> Role:
    return Role(
        key=key,
        # A purpose in aggregate stands in both: it is the role's, and it yields no kind of data of a person.
        may={purpose: may if isinstance(may, tuple) else () for purpose, may in shape.may.items()},
        aggregate=frozenset(purpose for purpose, may in shape.may.items() if may == "aggregate"),
        reason_required=shape.reason == "required",
        training=tuple(shape.training),
    )


def _listening(shape: ListeningShape) -> Listening:
    return Listening(tuple(shape.channels), shape.answer, shape.specialists, shape.pause_purpose_above)


def _deadlines(shape: DeadlinesShape) -> dict[str, Period | None]:
    rights = {
        "access": shape.access,
        "erasure": shape.erasure,
        "correction": shape.correction,
        "portability": shape.portability,
        "restriction": shape.restriction,
        "objection": shape.objection,
    }
    return {right: by if right in shape.model_fields_set else LAWFUL_LIMIT for right, by in rights.items()}
