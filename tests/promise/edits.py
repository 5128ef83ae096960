"""Edits of the example promise: for each field of the model one that changes it alone."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from promise.examples import TEXT, changed
from troth.promise.changes.change import Direction
from troth.promise.model import (
    Ask,
    AtMost,
    Basis,
    Brand,
    Check,
    Clause,
    Contact,
    Contract,
    Keep,
    Listening,
    Never,
    Owner,
    Period,
    Promise,
    RecipientRole,
    Source,
    Storage,
    Text,
    Unit,
)
from troth.promise.read import read_promise_text

Edit = Callable[[Promise], Promise]
NARROWED, WIDENED, SAME = Direction.NARROWED, Direction.WIDENED, Direction.SAME
ORDERS, PAGE_VIEWS = Clause("suggestions", "orders"), Clause("suggestions", "page_views")
OTHER_WORDS = Text({"en": "Other words."})
HALF = Period(6, Unit.MONTHS)


def promise(changes: Mapping[str, Any] | None = None) -> Promise:
    return read_promise_text(changed(changes) if changes else TEXT, name="promise.yaml")


BASE = promise()


def whole(**values: Any) -> Edit:
    return lambda base: replace(base, **values)


def part(name: str, /, **values: Any) -> Edit:
    """Return the edit of a part of the promise, e.g. its company; nothing when it has none."""

    def edit(base: Promise) -> Promise:
        found = getattr(base, name)
        return base if found is None else whole(**{name: replace(found, **values)})(base)

    return edit


def entry(name: str, key: str, /, **values: Any) -> Edit:
    """Return the edit of one entry of a map of the promise, e.g. of the data “orders”; nothing when it is gone."""

    def edit(base: Promise) -> Promise:
        entries = dict(getattr(base, name))
        if key in entries:
            entries[key] = replace(entries[key], **values)
        return whole(**{name: entries})(base)

    return edit


def without(name: str, key: str) -> Edit:
    """Return the edit that takes an entry away."""
    return lambda base: whole(**{name: {k: v for k, v in getattr(base, name).items() if k != key}})(base)


def asking(**values: Any) -> Edit:
    """Return the edit of the question about orders; nothing when it is not asked."""

    def edit(base: Promise) -> Promise:
        asked = base.purposes["suggestions"].data if "suggestions" in base.purposes else {}
        question = asked.get("orders")
        if question is None:
            return base
        return entry("purposes", "suggestions", data={**asked, "orders": replace(question, **values)})(base)

    return edit


def data(**values: Any) -> Edit:
    return entry("data", "orders", **values)


def purpose(key: str, /, **values: Any) -> Edit:
    return entry("purposes", key, **values)


def parcelo(**values: Any) -> Edit:
    return entry("recipients", "parcelo", **values)


def support(**values: Any) -> Edit:
    return entry("roles", "support", **values)


def unasked(key: str, base: Promise = BASE) -> Mapping[str, None]:
    return dict.fromkeys(base.purposes[key].data)


CONTRACT = BASE.recipients["parcelo"].contract or Contract(date(2026, 1, 1), "DPA-0")
CHECKED = BASE.recipients["parcelo"].checked or Check(date(2026, 1, 1), HALF, "docs")
LISTENING = BASE.listening or Listening((), 1, {})
STORED = BASE.storage["default"]
SERVICE = BASE.purposes["service"]
NEWSLETTER = BASE.purposes["newsletter"]

# Field of the model → an edit that changes it alone, the path where it is told, and its direction.
FIELDS: dict[str, tuple[Edit, str, Direction]] = {
    "Promise.company": (part("company", name="Lark"), "company.name", SAME),
    "Promise.version": (part("version", number=5), "version.number", SAME),
    "Promise.data": (without("data", "topics"), "data.topics", NARROWED),
    "Promise.storage": (
        whole(storage={**BASE.storage, "orders": Storage(OTHER_WORDS, STORED.protected, STORED.backups_keep)}),
        "storage.orders.where",
        WIDENED,
    ),
    "Promise.purposes": (without("purposes", "newsletter"), "purposes.newsletter", NARROWED),
    "Promise.recipients": (without("recipients", "parcelo"), "recipients.parcelo", NARROWED),
    "Promise.roles": (without("roles", "support"), "roles.support.may.service", NARROWED),
    "Promise.never": (whole(never=()), "never.0", WIDENED),
    "Promise.children": (part("children", under=18), "children.under", NARROWED),
    "Promise.evidence_keep": (whole(evidence_keep=Period(4, Unit.YEARS)), "evidence.keep", WIDENED),
    "Promise.deadlines": (whole(deadlines={**BASE.deadlines, "access": None}), "deadlines.access", NARROWED),
    "Promise.listening": (whole(listening=None), "listening", WIDENED),
    "Promise.brand": (whole(brand=Brand()), "brand", SAME),
    "Promise.consent_categories": (
        whole(consent_categories={**BASE.consent_categories, "Advertising": ("newsletter", "suggestions")}),
        "wire.consent_categories.Advertising",
        WIDENED,
    ),
    "Promise.rights_for": (whole(rights_for="citizens"), "rights_for", WIDENED),
    "Company.name": (part("company", name="Lark"), "company.name", SAME),
    "Company.legal_name": (part("company", legal_name="Lark Ltd"), "company.legal_name", SAME),
    "Company.country": (part("company", country="NO"), "company.country", SAME),
    "Company.time_zone": (part("company", time_zone=ZoneInfo("Europe/Oslo")), "company.time_zone", SAME),
    "Company.site": (part("company", site="https://lark.example"), "company.site", SAME),
    "Company.mail_domains": (part("company", mail_domains=("lark.example",)), "company.mail_domains", SAME),
    "Company.privacy_contact": (part("company", privacy_contact=Contact("Bo")), "company.privacy_contact", SAME),
    "Company.owner_of_use": (part("company", owner_of_use=Owner("Bo", "Head")), "company.owners.use_of_data", SAME),
    "Company.owner_of_safeguards": (
        part("company", owner_of_safeguards=Owner("Bo", "Head")),
        "company.owners.safeguards",
        SAME,
    ),
    "Company.regulator": (part("company", regulator=Contact("Datatilsynet")), "company.regulator", SAME),
    "Company.languages": (part("company", languages=("en", "cy")), "company.languages", NARROWED),
    "Version.number": (part("version", number=5), "version.number", SAME),
    "Version.since": (part("version", since=date(2027, 1, 1)), "version.from", SAME),
    "Version.says": (part("version", says=OTHER_WORDS), "version.says", SAME),
    "Version.same_meaning": (part("version", same_meaning=frozenset({ORDERS})), "version.same_meaning", SAME),
    "Data.title": (data(title=OTHER_WORDS), "data.orders.title", WIDENED),
    "Data.source": (data(source=Source.OBSERVED), "data.orders.source", WIDENED),
    "Data.how": (data(how=OTHER_WORDS), "data.orders.how", WIDENED),
    "Data.category": (data(category="user.behavior"), "data.orders.category", WIDENED),
    "Data.sensitivity": (data(sensitivity=3), "data.orders.sensitivity", NARROWED),
    "Data.traits": (data(traits=("shoe_size",)), "data.orders.traits", WIDENED),
    "Data.events": (
        data(events=dict.fromkeys(BASE.data["orders"].events, ("order_id", "products.product_id"))),
        "data.orders.events",
        NARROWED,
    ),
    "Data.keep": (data(keep=Keep(Period(8, Unit.YEARS))), "data.orders.keep", WIDENED),
    "Data.received_from": (data(received_from=OTHER_WORDS), "data.orders.from", WIDENED),
    "Data.guessed_from": (data(guessed_from=("email",)), "data.orders.from", WIDENED),
    "Storage.where": (entry("storage", "default", where=OTHER_WORDS), "storage.default.where", WIDENED),
    "Storage.protected": (entry("storage", "default", protected=OTHER_WORDS), "storage.default.protected", WIDENED),
    "Storage.backups_keep": (
        entry("storage", "default", backups_keep=Period(7, Unit.DAYS)),
        "storage.default.backups",
        NARROWED,
    ),
    "Question.question": (asking(question=OTHER_WORDS), "purposes.suggestions.data.orders.question", WIDENED),
    "Question.yes": (asking(yes=OTHER_WORDS), "purposes.suggestions.data.orders.yes", WIDENED),
    "Question.no": (asking(no=OTHER_WORDS), "purposes.suggestions.data.orders.no", WIDENED),
    "Purpose.title": (purpose("service", title=OTHER_WORDS), "purposes.service.title", WIDENED),
    "Purpose.use": (purpose("service", use="essential"), "purposes.service.use", WIDENED),
    "Purpose.basis": (
        purpose("newsletter", basis=Basis.LEGITIMATE_INTEREST, data=unasked("newsletter")),
        "purposes.newsletter.basis",
        WIDENED,
    ),
    "Purpose.data": (purpose("service", data={"orders": None}), "purposes.service.data.email", NARROWED),
    "Purpose.benefit": (purpose("service", benefit=OTHER_WORDS), "purposes.service.benefit", WIDENED),
    "Purpose.owner": (purpose("service", owner="Bo"), "purposes.service.owner", SAME),
    "Purpose.law": (purpose("tax", law="Another law"), "purposes.tax.law", WIDENED),
    "Purpose.starts": (purpose("service", starts="Order Refunded"), "purposes.service.starts", WIDENED),
    "Purpose.lasts": (purpose("service", lasts=Keep(HALF, "orders")), "purposes.service.lasts", NARROWED),
    "Purpose.assessment": (purpose("service", assessment="docs/a.pdf"), "purposes.service.assessment", WIDENED),
    "Purpose.ask": (purpose("suggestions", ask=Ask.TOGETHER), "purposes.suggestions.ask", WIDENED),
    "Purpose.channels": (purpose("newsletter", channels=("email", "post")), "purposes.newsletter.channels", WIDENED),
    "Purpose.topics": (
        purpose("newsletter", topics={**NEWSLETTER.topics, "trees": OTHER_WORDS}),
        "purposes.newsletter.topics",
        WIDENED,
    ),
    "Purpose.at_most": (
        purpose("newsletter", at_most=AtMost(1, Unit.MONTHS)),
        "purposes.newsletter.at_most",
        NARROWED,
    ),
    "AtMost.count": (purpose("newsletter", at_most=AtMost(2, Unit.WEEKS)), "purposes.newsletter.at_most", WIDENED),
    "AtMost.per": (purpose("newsletter", at_most=AtMost(1, Unit.DAYS)), "purposes.newsletter.at_most", WIDENED),
    "Keep.period": (data(keep=Keep(Period(5, Unit.YEARS))), "data.orders.keep", NARROWED),
    "Keep.after": (data(keep=Keep(Period(6, Unit.YEARS), "change")), "data.orders.keep", WIDENED),
    "Period.count": (whole(evidence_keep=Period(2, Unit.YEARS)), "evidence.keep", NARROWED),
    "Period.unit": (whole(evidence_keep=Period(3, Unit.MONTHS)), "evidence.keep", NARROWED),
    "Contact.name": (part("company", privacy_contact=Contact("Bo")), "company.privacy_contact", SAME),
    "Contact.email": (
        part("company", privacy_contact=replace(BASE.company.privacy_contact, email="bo@example.com")),
        "company.privacy_contact",
        SAME,
    ),
    "Contact.post": (
        part("company", privacy_contact=replace(BASE.company.privacy_contact, post="")),
        "company.privacy_contact",
        SAME,
    ),
    "Contact.url": (
        part("company", regulator=replace(BASE.company.regulator, url="https://example.com")),
        "company.regulator",
        SAME,
    ),
    "Owner.name": (
        part("company", owner_of_use=replace(BASE.company.owner_of_use, name="Bo")),
        "company.owners.use_of_data",
        SAME,
    ),
    "Owner.role": (
        part("company", owner_of_use=replace(BASE.company.owner_of_use, role="Cook")),
        "company.owners.use_of_data",
        SAME,
    ),
    "Recipient.title": (parcelo(title=OTHER_WORDS), "recipients.parcelo.title", WIDENED),
    "Recipient.role": (parcelo(role=RecipientRole.CONTROLLER), "recipients.parcelo.role", WIDENED),
    "Recipient.country": (parcelo(country="US"), "recipients.parcelo.country", WIDENED),
    "Recipient.receives": (parcelo(receives={"service": ("email", "orders")}), "recipients.parcelo.for", WIDENED),
    "Recipient.works_inside_as": (
        parcelo(works_inside_as="marketer"),
        "recipients.parcelo.works_inside_as",
        WIDENED,
    ),
    "Recipient.contract": (parcelo(contract=None), "recipients.parcelo.contract", WIDENED),
    "Recipient.checked": (parcelo(checked=None), "recipients.parcelo.checked", WIDENED),
    "Recipient.keep": (parcelo(keep=None), "recipients.parcelo.keep", WIDENED),
    "Recipient.safeguard": (parcelo(safeguard="SCC 2021/914"), "recipients.parcelo.safeguard", NARROWED),
    "Contract.signed": (
        parcelo(contract=replace(CONTRACT, signed=date(2026, 3, 1))),
        "recipients.parcelo.contract",
        SAME,
    ),
    "Contract.reference": (
        parcelo(contract=replace(CONTRACT, reference="DPA-18")),
        "recipients.parcelo.contract",
        SAME,
    ),
    "Contract.until": (parcelo(contract=replace(CONTRACT, until=None)), "recipients.parcelo.contract", SAME),
    "Check.on": (parcelo(checked=replace(CHECKED, on=date(2026, 10, 1))), "recipients.parcelo.checked", SAME),
    "Check.evidence": (parcelo(checked=replace(CHECKED, evidence="docs/b")), "recipients.parcelo.checked", SAME),
    "Check.every": (parcelo(checked=replace(CHECKED, every=HALF)), "recipients.parcelo.checked.every", NARROWED),
    "Role.may": (support(may={"service": ("email",)}), "roles.support.may.service", NARROWED),
    "Role.aggregate": (
        support(may={"service": ()}, aggregate=frozenset({"service"})),
        "roles.support.may.service",
        NARROWED,
    ),
    "Role.reason_required": (support(reason_required=False), "roles.support.reason", WIDENED),
    "Role.training": (support(training=()), "roles.support.training", WIDENED),
    "Never.act": (whole(never=(*BASE.never, Never(act="share"))), "never.2", NARROWED),
    "Never.data": (whole(never=(*BASE.never, Never(data="user.health"))), "never.2", NARROWED),
    "Never.purpose": (whole(never=(*BASE.never, Never(purpose="marketing"))), "never.2", NARROWED),
    "Never.recipient": (whole(never=(*BASE.never, Never(recipient="parcelo"))), "never.2", NARROWED),
    "Listening.channels": (part("listening", channels=("form",)), "listening.channels", WIDENED),
    "Listening.answer_working_days": (part("listening", answer_working_days=2), "listening.answer", NARROWED),
    "Listening.specialists": (
        part("listening", specialists={"default": "bo@example.com"}),
        "listening.specialists",
        SAME,
    ),
    "Listening.pause_above_per_10000": (
        part("listening", pause_above_per_10000=None),
        "listening.pause_purpose_above",
        WIDENED,
    ),
    "Brand.colour": (part("brand", colour="#000000"), "brand", SAME),
    "Brand.logo": (part("brand", logo="logo.svg"), "brand", SAME),
    "Brand.reading_grade_at_most": (part("brand", reading_grade_at_most=6), "brand", SAME),
    "Brand.avoid": (part("brand", avoid=()), "brand", SAME),
    "Children.under": (part("children", under=13), "children.under", WIDENED),
    "Children.rule": (part("children", rule="service_only"), "children.rule", WIDENED),
    "Text.by_language": (
        purpose("service", title=Text({"en": "Other", "cy": "Arall"})),
        "purposes.service.title",
        WIDENED,
    ),
}

NOT_COMPARED = {
    "Promise.places": "where things stand in the file says nothing to customers",
    "Promise.fingerprint": "names the file's bytes; comments and order change it",
    "Data.key": "is the key under which the two are compared",
    "Purpose.key": "as Data.key",
    "Recipient.key": "as Data.key",
    "Role.key": "as Data.key",
    "Place.file": "as Promise.places",
    "Place.line": "as Promise.places",
    "Place.column": "as Promise.places",
}
