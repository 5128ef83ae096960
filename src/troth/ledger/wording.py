"""What entries say, in plain words: for `troth verify` and for the page that checks receipts in a browser."""

from collections.abc import Mapping

from troth.canonical import JSON, canonical_json

KINDS: Mapping[str, str] = {
    "promise_published": "The company published a promise",
    "notice_shown": "A notice was shown to the customer",
    "choice_made": "The customer made a choice",
    "read": "A person asked to see the customer’s data",
    "machine_use": "A program used the customer’s data",
    "disclosed": "Data of the customer was to be handed to somebody outside",
    "message_sent": "A message was sent to the customer",
    "merged": "Ids of the customer were linked, or taken apart",
    "stopped": "A use of the customer’s data was stopped, or allowed again",
    "erased": "The customer’s data was erased",
    "epoch_ended": "An epoch of the keys ended; its old keys were destroyed",
    "backup_made": "A backup was made",
    "incident": "The company recorded an incident",
    "signer_changed": "The log got a new signing key",
    "log_begun": "A log was begun",
    "heads": "The log told the root of its map of heads",
}
"""What an entry of each kind tells; a word of the vocabulary → a sentence without its full stop."""

MEMBERS: Mapping[str, str] = {
    "act": "What was done",
    "actor": "Asked by a",
    "allowed": "Let out",
    "answer": "Answer",
    "before": "The log before it",
    "by": "By, or a commitment to it",
    "clause": "Clause of the promise",
    "data": "Kinds of data",
    "day": "Day",
    "name": "Name, or a commitment to it",
    "purpose": "What for",
    "reason": "Why",
    "recipient": "For",
    "refused": "Not let out",
    "stop": "What was stopped",
    "times": "How often",
    "why": "Why, or a commitment to it",
    "words": "The words that were shown (SHA-256)",
}
"""What the members of a body are called. One that is not here is called by its own name."""

MENDS: Mapping[int, str] = {
    1: "see that it is the receipt and no other file, and get it again, byte for byte.",
    2: "get the keys of the log that the receipt is of, from where the company publishes them.",
    3: "get the newest keys of the log. If it still fails, keep the file and ask the company.",
    4: "name the witnesses you trust in a policy, or say that other signatures may stand unchecked.",
    5: "get the newest keys of the log. If it still fails, keep the file and ask the company.",
    7: "see that the spans in trusted_root.json are the published ones. If so, keep the file and ask the company.",
}
"""The step of a check that failed → what may help. Where a step is not here, the file itself is at fault."""


def told(body: Mapping[str, JSON]) -> tuple[tuple[str, str], ...]:
    """Return what a body says: what each member is called, and its value in words.

    The order is that of the members' own names, as they are spelled in the entry. Empty ones are left out.
    """
    said = [(_called(name), _value(value)) for name, value in sorted(body.items())]
    return tuple((name, value) for name, value in said if value)


def _called(name: str) -> str:
    return MEMBERS.get(name, name.replace("_", " ").capitalize())


def _value(value: JSON) -> str:
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(map(str, value))
    return canonical_json(value).decode()
