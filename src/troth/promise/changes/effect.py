"""What a widening means for whoever is a customer already: what stays off until they are asked or told.

The gate holds to it and `troth check --against` says it, both from this one table.
"""

from enum import Enum

from troth.promise.changes.change import Change, Kind

_QUESTION = frozenset({"question", "yes", "no"})
"""The words a choice is made under. All other words tell; these ask."""


class Effect(Enum):
    """What stays off for existing customers."""

    ENDS = "all of it stays off"
    """What is done under the same name is another thing now. Nothing tells the old part from the new."""
    RECIPIENT = "nothing goes to that recipient"
    NEW_PART = "only what is new stays off"
    """The earlier promise is asked as well, and what either refuses is refused."""
    NOTHING = "all goes on"
    """It is told; no use hangs on it."""


_EFFECTS = {
    Kind.ASK: Effect.NEW_PART,
    Kind.AT_MOST: Effect.NOTHING,
    Kind.BACKUPS: Effect.NOTHING,
    Kind.BASIS: Effect.ENDS,
    Kind.BRAND: Effect.NOTHING,
    Kind.CATEGORY: Effect.NEW_PART,
    Kind.CHANNELS: Effect.NOTHING,
    Kind.CHECK: Effect.NOTHING,
    Kind.CHILDREN: Effect.NOTHING,
    Kind.CLAUSE: Effect.NEW_PART,
    Kind.COLLECTED: Effect.NEW_PART,
    Kind.COMPANY: Effect.NOTHING,
    Kind.CONTRACT: Effect.NOTHING,
    Kind.COUNTRY: Effect.RECIPIENT,
    Kind.DATA: Effect.NEW_PART,
    Kind.DEADLINE: Effect.NOTHING,
    Kind.EVIDENCE: Effect.NOTHING,
    Kind.INSIDE: Effect.NEW_PART,
    Kind.KEEP: Effect.NEW_PART,
    Kind.LANGUAGES: Effect.ENDS,
    Kind.LASTS: Effect.NEW_PART,
    Kind.LISTENING: Effect.NOTHING,
    Kind.NEVER: Effect.NEW_PART,
    Kind.OWNER: Effect.NOTHING,
    Kind.PURPOSE: Effect.NEW_PART,
    Kind.REASON: Effect.NOTHING,
    Kind.RECEIVES: Effect.NEW_PART,
    Kind.RECIPIENT: Effect.NEW_PART,
    Kind.RECIPIENT_KEEP: Effect.RECIPIENT,
    Kind.RECIPIENT_ROLE: Effect.RECIPIENT,
    Kind.RIGHTS: Effect.NOTHING,
    Kind.ROLE: Effect.NEW_PART,
    Kind.SAFEGUARD: Effect.RECIPIENT,
    Kind.SENSITIVITY: Effect.NEW_PART,
    Kind.SOURCE: Effect.ENDS,
    Kind.TERMS: Effect.NOTHING,
    Kind.TOOLS: Effect.NOTHING,
    Kind.TOPICS: Effect.NOTHING,
    Kind.TRAINING: Effect.NOTHING,
    Kind.USE: Effect.ENDS,
    Kind.VERSION: Effect.NOTHING,
    Kind.WORDS: Effect.NOTHING,
}


def effect(change: Change) -> Effect:
    """Return what stays off by the widening `change`."""
    last = change.path.rpartition(".")[2]
    if change.kind is Kind.WORDS:
        if change.path.startswith("recipients."):
            return Effect.RECIPIENT
        return Effect.ENDS if change.path.startswith("purposes.") and last in _QUESTION else Effect.NOTHING
    if change.kind is Kind.TERMS and last == "starts":
        return Effect.ENDS
    return _EFFECTS[change.kind]
