"""The shape of a promise file: which keys there are, and what each holds. The JSON Schema comes from here.

Pydantic checks the shape and nothing else; whether what is said holds together is for the rules. Keys stand in the
order in which they are best written.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from troth.promise.fields import (
    ClauseName,
    Colour,
    Complaints,
    Country,
    Day,
    Deadline,
    Domain,
    Dotted,
    Email,
    From,
    HowLong,
    HowOften,
    Key,
    Language,
    Length,
    Line,
    May,
    Url,
    Words,
    WorkingDays,
    Zone,
    wrong,
)


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ContactShape(_Shape):
    """Somebody a customer can turn to."""

    name: Line = Field(description="The person's or the office's name.")
    email: Email = Field(default="", description="An e-mail address that is read.")
    post: Line = Field(default="", description="A postal address.")
    url: Url = Field(default="", description="A page.")


class OwnerShape(_Shape):
    """A person who answers for something."""

    name: Line = Field(description="The person's name.")
    role: Line = Field(description="What the person does in the company.")


class OwnersShape(_Shape):
    """Who answers for what, so that nobody can point at somebody else."""

    use_of_data: OwnerShape = Field(description="Who answers for what data is used for, in marketing.")
    safeguards: OwnerShape = Field(description="Who answers for how data is protected, in IT.")


class RegulatorShape(_Shape):
    """The authority a customer can complain to."""

    name: Line = Field(description="The authority's name.")
    url: Url = Field(description="Where a complaint is made.")


class CompanyShape(_Shape):
    """Who gives the promise."""

    name: Line = Field(description="The name customers know.")
    legal_name: Line = Field(description="The name in the register of companies.")
    country: Country = Field(description="Two letters of ISO 3166-1, e.g. GB.")
    time_zone: Zone = Field(description="An IANA time zone; days and months are counted in it.")
    site: Url = Field(description="The company's site.")
    mail_domains: list[Domain] = Field(min_length=1, description="What may send e-mail in our name.")
    privacy_contact: ContactShape = Field(description="Who answers questions about privacy.")
    owners: OwnersShape = Field(description="The persons who answer for use and for safeguards.")
    regulator: RegulatorShape = Field(description="The authority a customer can complain to.")
    languages: list[Language] = Field(min_length=1, description="Languages of the promise; the first is the default.")


class VersionShape(_Shape):
    """Which promise this is."""

    number: Annotated[int, Field(ge=1, le=1_000_000)] = Field(description="1, then one more for each new promise.")
    since: Day = Field(alias="from", description="The day from which it holds.")
    says: Words = Field(description="What changed, in one sentence for customers.")
    same_meaning: list[ClauseName] = Field(
        default_factory=list, description="Clauses (purpose/data) with new words and the old meaning."
    )


class DataShape(_Shape):
    """One kind of thing the company keeps about a customer."""

    title: Words = Field(description="What it is, in the customer's words.")
    source: Literal["told", "transacted", "observed", "technical", "guessed", "received"] = Field(
        description="How we came to have it."
    )
    from_: From | None = Field(
        default=None,
        alias="from",
        description="For a guess: the kinds of data it is made from. If received: from whom.",
    )
    how: Words = Field(description="When and how we got it, for the customer.")
    category: Dotted = Field(description="A fideslang data category, e.g. user.contact.email.")
    sensitivity: Annotated[int, Field(ge=1, le=5)] = Field(description="1 (low) to 5 (sacrosanct).")
    traits: list[Line] = Field(default_factory=list, description="Traits of an identify() call that carry it.")
    events: dict[Line, list[Line]] = Field(
        default_factory=dict, description="Event → the properties that are kept. All others are dropped at the door."
    )
    keep: HowLong | None = Field(
        default=None, description="“6 years”, “2 years after last orders”, “2 years after last change”."
    )


class BackupsShape(_Shape):
    """What happens to copies."""

    keep: Length = Field(description="How long a copy stays after the data is deleted.")


class StorageShape(_Shape):
    """Where data lies and how it is protected, in plain words."""

    where: Words = Field(description="Where it lies.")
    protected: Words = Field(description="How it is protected.")
    backups: BackupsShape | None = Field(default=None, description="What happens to copies.")


class QuestionShape(_Shape):
    """What a customer is asked. Both answers are equally plain and equally long."""

    question: Words = Field(description="The question.")
    yes: Words = Field(description="What a yes brings.")
    no: Words = Field(description="What a no means: the same price, service and support.")


class _NamesOrMap:
    """Lets a list of names stand for a map of names to nothing: ``data: [email, orders]``."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(cls._as_map, handler(source))

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        names = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
        return {"anyOf": [names, handler(schema)]}

    @staticmethod
    def _as_map(value: object) -> object:
        if isinstance(value, dict):
            return value
        if not isinstance(value, list):
            raise wrong("A list or a map of data is due here.", "Write a list such as [email, orders].")
        names = [item for item in value if isinstance(item, str)]
        if len(names) < len(value):
            raise wrong("The list holds something that is no name.", "List kinds of data, e.g. [email, orders].")
        if len(set(names)) < len(names):
            raise wrong("The list names a kind of data twice.", "Name each once.")
        return dict.fromkeys(names)


class PurposeShape(_Shape):
    """What we do with data, and what the customer gets."""

    title: Words = Field(description="What we do, for the customer.")
    owner: Line = Field(default="", description="Who answers for it. By default the owner of the use of data.")
    use: Dotted = Field(description="A fideslang data use, e.g. personalize.content.profiled.")
    basis: Literal["consent", "contract", "legal_obligation", "legitimate_interest"] = Field(
        description="The legal basis (GDPR Art. 6)."
    )
    law: Line = Field(default="", description="For a legal obligation: the law.")
    starts: Line = Field(default="", description="For a contract: the event that makes the relationship.")
    lasts: HowLong | None = Field(default=None, description="For a contract: how long the relationship stands.")
    assessment: Line = Field(default="", description="For a legitimate interest: where the balancing test lies.")
    ask: Literal["each", "together"] = Field(
        default="each", description="For consent: one choice for each kind of data, or one for all."
    )
    question: QuestionShape | None = Field(default=None, description="With “ask: together”: the one question.")
    data: Annotated[dict[Key, QuestionShape | None], _NamesOrMap] = Field(
        description="The kinds of data it uses: a list, or a map with the question for each."
    )
    benefit: Words | None = Field(default=None, description="What the customer gets from it.")
    channels: list[Literal["email", "sms", "post", "phone", "web", "app", "shop", "push"]] = Field(
        default_factory=list, description="How it reaches the customer."
    )
    topics: dict[Key, Words] = Field(default_factory=dict, description="What a customer can choose among.")
    at_most: HowOften | None = Field(default=None, description="“1 per week”.")


class ContractShape(_Shape):
    """The contract with a recipient."""

    signed: Day = Field(description="The day it was signed.")
    until: Day | None = Field(default=None, description="The last day on which it holds; without it: until ended.")
    reference: Line = Field(description="Where to find it.")


class CheckShape(_Shape):
    """How a recipient is verified."""

    on: Day = Field(description="The day of the last check.")
    every: Length = Field(description="How often a check is due.")
    evidence: Line = Field(description="Where the evidence lies.")


class RecipientShape(_Shape):
    """Somebody outside who receives data, or whose people work inside."""

    title: Words = Field(description="Who it is and what for, for the customer.")
    role: Literal["processor", "joint", "controller"] = Field(description="What they are to us (GDPR Art. 4).")
    country: Country = Field(description="Where they are: two letters of ISO 3166-1.")
    works_inside_as: Key = Field(default="", description="The role under which their people work inside.")
    for_: dict[Key, list[Key]] = Field(
        default_factory=dict, alias="for", description="Purpose → the kinds of data they receive for it."
    )
    contract: ContractShape | None = Field(default=None, description="The contract with them.")
    checked: CheckShape | None = Field(default=None, description="How we verify them.")
    keep: Length | None = Field(default=None, description="How long they keep what they receive.")
    safeguard: Line = Field(default="", description="What protects data in another country, e.g. SCC 2021/914.")


class RoleShape(_Shape):
    """What people of a role may do."""

    may: dict[Key, May] = Field(description="Purpose → kinds of data, or “aggregate”: statistics and never a person.")
    reason: Literal["required", "optional"] = Field(default="optional", description="Whether a reason must be given.")
    training: list[Line] = Field(default_factory=list, description="Courses that must be current.")


class NeverShape(_Shape):
    """Something that nothing in the system can override. What is left out matches everything."""

    act: Literal["sell", "share", "guess", "read", "collect", "disclose"] | None = Field(
        default=None, description="What is never done."
    )
    data: Dotted | None = Field(default=None, description="A kind of data, or a fideslang category.")
    purpose: Dotted | None = Field(default=None, description="A purpose, or a fideslang use.")
    recipient: Key | None = Field(default=None, description="A recipient.")


class WireShape(_Shape):
    """Names that other tools send."""

    consent_categories: dict[Line, list[Key]] = Field(
        default_factory=dict, description="Category of a consent tool → purposes."
    )


class ListeningShape(_Shape):
    """How a customer is heard."""

    channels: list[Literal["form", "email", "phone", "shop", "post", "chat"]] = Field(
        min_length=1, description="Where customers can speak to us."
    )
    answer: WorkingDays = Field(description="“5 working days”: the promised time.")
    specialists: dict[Key, Email] = Field(description="Purpose → who answers; “default” for all others.")
    pause_purpose_above: Complaints | None = Field(
        default=None, description="“5 complaints per 10000”: above it a purpose pauses."
    )


class DeadlinesShape(_Shape):
    """By when a right is served."""

    access: Deadline = Field(default=None, validate_default=False, description="A copy of the data.")
    erasure: Deadline = Field(default=None, validate_default=False, description="Deleting.")
    correction: Deadline = Field(default=None, validate_default=False, description="Correcting.")
    portability: Deadline = Field(default=None, validate_default=False, description="Taking data elsewhere.")
    restriction: Deadline = Field(default=None, validate_default=False, description="Holding data still.")
    objection: Deadline = Field(default=None, validate_default=False, description="Saying no to a use.")


class VoiceShape(_Shape):
    """How the brand speaks."""

    reading_grade_at_most: Annotated[int, Field(ge=1, le=18)] = Field(
        default=8, description="School years a reader needs."
    )
    avoid: list[Line] = Field(default_factory=list, description="Words that are not ours.")


class BrandShape(_Shape):
    """How everything we send looks and sounds."""

    colour: Colour = Field(default="", description='The main colour, e.g. "#0b5c52".')
    logo: Line = Field(default="", description="The logo's file.")
    voice: VoiceShape = Field(default_factory=VoiceShape, description="How the brand speaks.")


class ChildrenShape(_Shape):
    """How children are left alone."""

    under: Annotated[int, Field(ge=1, le=21)] = Field(description="Below this age nothing personalises.")
    rule: Literal["refuse", "service_only"] = Field(description="No account at all, or an account without the rest.")


class EvidenceShape(_Shape):
    """How long we can prove what we did."""

    keep: Length = Field(description="How long evidence is kept.")


class PromiseShape(_Shape):
    """The whole file."""

    troth: Literal[1] = Field(description="The version of this file format.")
    company: CompanyShape = Field(description="Who gives the promise.")
    version: VersionShape = Field(description="Which promise this is.")
    rights_for: Literal["everyone"] = Field(default="everyone", description="Rights are equal in every country.")
    data: dict[Key, DataShape] = Field(min_length=1, description="Each kind of thing we keep.")
    storage: dict[Key, StorageShape] = Field(description="Where it lies: “default”, or by kind of data.")
    purposes: dict[Key, PurposeShape] = Field(min_length=1, description="What we do with it.")
    recipients: dict[Key, RecipientShape] = Field(default_factory=dict, description="Who receives something.")
    roles: dict[Key, RoleShape] = Field(default_factory=dict, description="What our own people may do.")
    never: list[NeverShape] = Field(default_factory=list, description="What never happens, beyond what is built in.")
    wire: WireShape = Field(default_factory=WireShape, description="Names that other tools send.")
    listening: ListeningShape | None = Field(default=None, description="How a customer is heard.")
    deadlines: DeadlinesShape = Field(default_factory=DeadlinesShape, description="By when a right is served.")
    brand: BrandShape = Field(default_factory=BrandShape, description="How everything we send looks and sounds.")
    children: ChildrenShape = Field(description="How children are left alone.")
    evidence: EvidenceShape = Field(description="How long we can prove what we did.")
