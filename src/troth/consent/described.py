"""The promise in the words of the W3C Data Privacy Vocabulary: purposes, data, storage, parties and rights. Pure."""

from collections.abc import Iterator, Sequence

from troth.consent import vocabulary
from troth.consent.linked.context import PREFIXES
from troth.consent.records import DPV, Concept, Condition, Duration, Party
from troth.promise.model import Clause, Contact, Data, Period, Promise, Purpose, Recipient, Unit

_PD, _LOC, _GDPR = (PREFIXES[one] for one in ("pd", "loc", "eu-gdpr"))
_UNITS = {Unit.DAYS: "D", Unit.WEEKS: "W", Unit.MONTHS: "M", Unit.YEARS: "Y"}


def jurisdiction(country: str) -> Concept:
    """Return the law's place: a country by its ISO 3166-1 alpha-2 code."""
    return Concept(id=_LOC + country)


def purpose_of(key: str, purpose: Purpose | None, language: str) -> Concept:
    """Return what is done and what for; the key alone when the promise no longer has it."""
    if purpose is None:
        return Concept(types=(DPV + "Purpose",), identifier=key)
    term = vocabulary.nearest(purpose.use, vocabulary.PURPOSES)
    return Concept(
        types=(DPV + "Purpose",),
        identifier=key,
        broader=(Concept(id=DPV + term),) if term else (),
        titles=(purpose.title.say(language),),
        descriptions=(purpose.benefit.say(language),) if purpose.benefit is not None else (),
    )


def personal_data_of(key: str, data: Data | None, language: str) -> Concept:
    """Return the kind of data; the key alone when the promise no longer has it."""
    if data is None:
        return Concept(types=(DPV + "PersonalData",), identifier=key)
    term = vocabulary.nearest(data.category, vocabulary.CATEGORIES)
    return Concept(
        types=(DPV + "PersonalData",),
        identifier=key,
        broader=(Concept(id=_PD + term),) if term else (),
        titles=(data.title.say(language),),
        descriptions=(data.how.say(language),),
    )


def processing_of(data: Data | None) -> tuple[Concept, ...]:
    """Return what is done with the data: how it was come by, that it is stored and used."""
    how = ("Store", "Use") if data is None else (vocabulary.SOURCES[data.source][1], "Store", "Use")
    return tuple(Concept(id=DPV + one) for one in how)


def sources_of(data: Data | None) -> tuple[Concept, ...]:
    """Return where the data comes from; nothing when the promise no longer has it."""
    return () if data is None else (Concept(id=DPV + vocabulary.SOURCES[data.source][0]),)


def storage_of(key: str, data: Data | None, promise: Promise, language: str) -> Iterator[Condition]:
    """Return where the data lies, how long, and how much longer in backups."""
    storage = promise.storage.get(key) or promise.storage["default"]
    yield Condition(
        types=(DPV + "StorageLocation",),
        locations=(Concept(descriptions=(storage.where.say(language),)),),
        descriptions=(storage.protected.say(language),),
    )
    if data is None or data.keep is None:
        how_long = until("No purpose needs it any more")
    else:
        after = f" after last {data.keep.after}" if data.keep.after else ""
        how_long = Duration(
            types=(DPV + "TemporalDuration",),
            value=iso_duration(data.keep.period),
            descriptions=(f"{data.keep.period}{after}",),
        )
    yield Condition(types=(DPV + "StorageDuration",), durations=(how_long,))
    if storage.backups_keep is not None:
        yield Condition(
            types=(DPV + "StorageDeletion",),
            durations=(iso_duration(storage.backups_keep),),
            descriptions=("How much longer backups are kept",),
        )


def iso_duration(period: Period) -> str:
    """Return a period as ISO 8601 spells it: 6 years are ``P6Y``, 2 weeks ``P2W``."""
    return f"P{period.count}{_UNITS[period.unit]}"


def until(event: str) -> Duration:
    """Return a duration that ends with `event`, in words."""
    return Duration(types=(DPV + "UntilEventDuration",), value=event)


def legal_bases(country: str) -> tuple[Concept, ...]:
    """Return consent, and its article in the GDPR where that is the law of `country`."""
    article = (Concept(id=_GDPR + "A6-1-a"),) if country in vocabulary.EEA else ()
    return (Concept(id=DPV + "Consent"), *article)


def rights(promise: Promise, contact: Concept) -> Iterator[Concept]:
    """Return what the customer may ask for, and where."""
    regulator = reached_at(promise.company.regulator, promise.company.site)
    told = [(right, contact) for right in ("withdrawal", *promise.deadlines)] + [("complaint", regulator)]
    for right, where in told:
        article, title = vocabulary.RIGHTS[right]
        law = (_GDPR + article,) if promise.company.country in vocabulary.EEA else ()
        yield Concept(types=(DPV + "DataSubjectRight", *law), titles=(title,), exercised_at=(where,))


def recipients_of(promise: Promise, clause: Clause) -> Iterator[Recipient]:
    """Return who receives what the clause is about, or reads it with us under one of our roles."""
    for one in promise.recipients.values():
        role = promise.roles.get(one.works_inside_as)
        reads = (
            role is not None
            and clause.purpose not in role.aggregate
            and clause.data in role.may.get(clause.purpose, ())
        )
        if reads or clause.data in one.receives.get(clause.purpose, ()):
            yield one


def party(recipient: Recipient) -> str:
    """Return the name of a recipient within one text of records."""
    return f"_:recipient-{recipient.key}"


def entities(promise: Promise, recipients: Sequence[Recipient], language: str) -> Iterator[Party]:
    """Return the company, the recipients and the regulator, with how each is reached."""
    company = promise.company
    contact, country = company.privacy_contact, Concept(id=_LOC + company.country)
    yield Party(
        id=company.site,
        types=(DPV + "Organisation", DPV + "DataController"),
        identifier=company.site,
        names=(company.legal_name,),
        addresses=(Concept(descriptions=(contact.post,)), country) if contact.post else (country,),
        contacts=(reached_at(contact, company.site),),
    )
    for one in recipients:
        yield Party(
            id=party(one),
            types=(DPV + "Organisation", DPV + vocabulary.ROLES[one.role]),
            identifier=one.key,
            names=(one.title.say(language),),
            addresses=(Concept(id=_LOC + one.country),),
            contacts=(Concept(id=DPV + "NotAvailable"),),  # the promise tells no contact of a recipient
        )
    yield Party(
        types=(DPV + "Authority",),
        names=(company.regulator.name,),
        contacts=(reached_at(company.regulator, company.site),),
    )


def reached_at(contact: Contact, site: str) -> Concept:
    """Return the address at which a contact is reached: its page, else its e-mail, else by post, else the site."""
    if not contact.url and not contact.email and contact.post:
        return Concept(descriptions=(contact.post,))
    return Concept(id=contact.url or (f"mailto:{contact.email}" if contact.email else site))
