"""From the names of a promise (fideslang) to the names of the W3C Data Privacy Vocabulary (DPV 2.3).

A name without an entry takes that of the nearest name above it: ``user.contact.email.work`` that of
``user.contact.email``. Where there is none above either, a record says it in words only.
"""

from collections.abc import Mapping

from troth.promise.model import RecipientRole, Source

PURPOSES: Mapping[str, str] = {
    "analytics": "ServiceUsageAnalytics",
    "employment": "PersonnelManagement",
    "employment.recruitment": "RecruitmentManagement",
    "essential": "RequestedServiceProvision",
    "essential.fraud_detection": "FraudPreventionAndDetection",
    "essential.legal_obligation": "LegalCompliance",
    "essential.service.authentication": "IdentityAuthentication",
    "essential.service.notifications": "CommunicationManagement",
    "essential.service.operations.improve": "ImproveExistingProductsAndServices",
    "essential.service.operations.support": "CustomerCare",
    "essential.service.payment_processing": "PaymentManagement",
    "essential.service.security": "EnforceSecurity",
    "functional": "ServiceProvision",
    "functional.service.improve": "ImproveExistingProductsAndServices",
    "marketing": "Marketing",
    "marketing.advertising": "Advertising",
    "marketing.advertising.first_party.targeted": "TargetedAdvertising",
    "marketing.advertising.profiling": "PersonalisedAdvertising",
    "marketing.advertising.third_party.targeted": "TargetedAdvertising",
    "marketing.communications": "DirectMarketing",
    "personalize": "Personalisation",
    "personalize.content": "ServicePersonalisation",
    "personalize.content.profiled": "ProvidePersonalisedRecommendations",
    "personalize.system": "UserInterfacePersonalisation",
    "sales": "SellProducts",
    "third_party_sharing.legal_obligation": "LegalCompliance",
}
"""A fideslang use → a term of https://w3id.org/dpv#."""

CATEGORIES: Mapping[str, str] = {
    "user.account": "AccountIdentifier",
    "user.account.username": "Username",
    "user.authorization": "Authenticating",
    "user.authorization.password": "Password",
    "user.behavior": "Behavioural",
    "user.behavior.browsing_history": "BrowsingBehaviour",
    "user.behavior.media_consumption": "ServiceConsumptionBehaviour",
    "user.behavior.purchase_history": "PurchasesAndSpendingHabit",
    "user.biometric": "Biometric",
    "user.contact": "Contact",
    "user.contact.address": "PhysicalAddress",
    "user.contact.address.city": "City",
    "user.contact.address.country": "Country",
    "user.contact.address.postal_code": "PostalCode",
    "user.contact.address.street": "Street",
    "user.contact.email": "EmailAddress",
    "user.contact.phone_number": "TelephoneNumber",
    "user.criminal_history": "Criminal",
    "user.demographic": "Demographic",
    "user.demographic.age_range": "AgeRange",
    "user.demographic.date_of_birth": "BirthDate",
    "user.demographic.gender": "Gender",
    "user.demographic.language": "Language",
    "user.demographic.marital_status": "MaritalStatus",
    "user.demographic.political_opinion": "PoliticalOpinion",
    "user.demographic.profile": "Profile",
    "user.demographic.race_ethnicity": "EthnicOrigin",
    "user.demographic.religious_belief": "ReligiousBelief",
    "user.demographic.sexual_orientation": "SexualPreference",
    "user.device": "DeviceBased",
    "user.device.ip_address": "IPAddress",
    "user.financial": "Financial",
    "user.financial.bank_account": "BankAccount",
    "user.financial.credit_card": "PaymentCard",
    "user.government_id": "OfficialID",
    "user.government_id.passport_number": "Passport",
    "user.health_and_medical": "MedicalHealth",
    "user.job_title": "Job",
    "user.location": "Location",
    "user.location.precise": "GPSCoordinate",
    "user.name": "Name",
    "user.payment": "Financial",
    "user.privacy_preferences": "PrivacyPreference",
    "user.social": "Social",
    "user.unique_id": "UID",
    "user.workplace": "Professional",
}
"""A fideslang data category → a term of https://w3id.org/dpv/pd#."""

SOURCES: Mapping[Source, tuple[str, str]] = {
    Source.TOLD: ("DataSubjectDataSource", "Collect"),
    Source.TRANSACTED: ("DataSubjectDataSource", "Collect"),
    Source.OBSERVED: ("DataSubjectDataSource", "Observe"),
    Source.TECHNICAL: ("DataSubjectDataSource", "Observe"),
    Source.GUESSED: ("DataControllerDataSource", "Infer"),
    Source.RECEIVED: ("ThirdPartyDataSource", "Obtain"),
}
"""How we came to have an item → where it comes from, and what we did to get it, in https://w3id.org/dpv#."""

ROLES: Mapping[RecipientRole, str] = {
    RecipientRole.PROCESSOR: "DataProcessor",
    RecipientRole.JOINT: "DataController",
    RecipientRole.CONTROLLER: "ThirdParty",
}
"""What a recipient is to us → a term of https://w3id.org/dpv#."""

RIGHTS: Mapping[str, tuple[str, str]] = {
    "withdrawal": ("A7-3", "Take back a yes"),
    "access": ("A15", "See what is kept"),
    "correction": ("A16", "Have it corrected"),
    "erasure": ("A17", "Have it erased"),
    "restriction": ("A18", "Have it kept and not used"),
    "portability": ("A20", "Take it elsewhere"),
    "objection": ("A21", "Object to a use"),
    "complaint": ("A77", "Complain to the regulator"),
}
"""A right → the article of the GDPR, in https://w3id.org/dpv/legal/eu/gdpr#, and what it is called."""

EEA = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split(),  # noqa: SIM905 - thirty codes read best in one line
)
"""Countries where the GDPR is law."""


def nearest(name: str, table: Mapping[str, str]) -> str:
    """Return the entry of the dotted `name` or of the nearest name above it; empty when there is none."""
    while name:
        if name in table:
            return table[name]
        name = name.rpartition(".")[0]
    return ""
