"""The names of data and uses that Troth itself gives a meaning to, and what no promise can lift.

Names follow fideslang (https://ethyca.github.io/fideslang/, versions 2 and 3): words joined by dots, each below the
one before it. A company may add its own words below the roots; what lies below a forbidden name is forbidden too.
"""

CATEGORY_ROOTS = frozenset({"user", "system"})

USE_ROOTS = frozenset(
    {
        "analytics",
        "collect",
        "employment",
        "essential",
        "finance",
        "functional",
        "marketing",
        "operations",
        "personalize",
        "sales",
        "third_party_sharing",
        "train_ai_system",
    }
)

LOCATION = frozenset(
    {
        "user.location",
        "user.contact.address",
        "user.device.ip_address",
        "user.settings.time_zone",
        "user.device.time_zone",
    }
)
"""Where somebody is, or what it can be told from: address and postcode, IP address, time zone (M10)."""

PUSH = frozenset({"user.device.push_token", "user.device.device_id"})
"""What a message can be pushed to a device with."""

NEVER_GUESSED = {
    "health": ("user.health", "user.health_and_medical", "user.biometric", "user.biometrics"),
    "money": ("user.financial", "user.payment"),
    "family": ("user.demographic.marital_status", "user.children", "user.childrens"),
    "origin": (
        "user.demographic.race_ethnicity",
        "user.demographic.citizenship_or_immigration_status",
        "user.demographic.protected_classifications",
        "user.government_id",
    ),
    "belief": (
        "user.demographic.religious_belief",
        "user.demographic.philosophical_belief",
        "user.demographic.political_opinion",
        "user.demographic.union_membership",
    ),
    "sexuality": ("user.demographic.sexual_orientation", "user.demographic.gender"),
}
"""Subject → categories that are never guessed (GDPR Art. 9, and money and family: M10, M11)."""

PERSONALISING = ("personalize", "marketing.advertising")
"""Uses that shape what one person is shown."""

SHARING = ("third_party_sharing", "marketing.advertising.third_party")
"""Uses that sell or share data; an opt-out signal speaks about these."""

NEEDS_CONSENT = ("personalize", "marketing.advertising", "third_party_sharing")
"""Uses that Troth allows on a yes only: personalisation is for those who agreed (M7), sharing is opt-in (M26)."""

SHARING_BY_LAW = "third_party_sharing.legal_obligation"


def lies_below(name: str, root: str) -> bool:
    """Tell whether the dotted `name` is `root` or lies below it: ``user.location.precise`` lies below ``user``."""
    return name == root or name.startswith(root + ".")


def lies_below_any(name: str, roots: frozenset[str] | tuple[str, ...]) -> bool:
    """Tell whether the dotted `name` lies below one of `roots`."""
    return any(lies_below(name, root) for root in roots)


def never_guessed(category: str) -> str:
    """Return the subject (``health`` …) for which guesses about `category` are forbidden, or an empty text."""
    for subject, roots in NEVER_GUESSED.items():
        if lies_below_any(category, roots):
            return subject
    return ""
