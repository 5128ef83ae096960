"""What must be noted before anything is let out, and how it is told to the ledger.

Laws:

1. What a person reads, and what anybody hands out to somebody outside, is in the ledger, on the disk, before anything
   is opened. Where it can't be noted, nothing is opened.
2. The verdict and its entry are one transaction, in which nobody else writes. So a no, a stop or an erasure comes
   before both or after both, and the entry is true at the moment it names.
3. A refusal is noted too: nothing leaves, but somebody tried.
4. Of somebody who left, or is leaving, nothing can be noted, because their keys are gone or going. So nothing of them
   is let out this way, also not what a law keeps: that is for jobs.
5. One customer at a time: nobody reads many, or hands out many, in one go.
"""

from datetime import datetime

from troth.actors import ActorKind
from troth.errors import InputError, NotAllowedError
from troth.gate.state import Verdict
from troth.gate.use import Act, Use
from troth.ledger import looks
from troth.ledger.looks import Look
from troth.ledger.model import LONGEST_REASON, Entry, Kind, is_one_line

_LONGEST_NAME = 64
"""Characters of a name at most, as the promise allows them. What is longer was never a name of it."""


def must_be_noted(use: Use) -> bool:
    """Whether `use` is one of a person, or hands something out."""
    return use.actor.kind is ActorKind.PERSON or use.act is Act.DISCLOSE


def must_be_fit_to_note(use: Use) -> None:
    """Check that the reason, where there is one, is a line that can be shown to anybody.

    Raises:
        InputError: it is too long, or more than a line of plain text. Nothing was read.
    """
    if len(use.reason) > LONGEST_REASON or not is_one_line(use.reason):
        raise InputError(
            "reason_form",
            f"A reason is one line of at most {LONGEST_REASON} characters; nothing was read.",
            "Name the case in a few words. The customer can see it.",
        )


def must_be_one_by_one(use: Use) -> None:
    """Check that `use` may be about many customers at once.

    Raises:
        NotAllowedError: it has to be noted, customer by customer.
    """
    if must_be_noted(use):
        raise NotAllowedError(
            "one_at_a_time",
            "A person reads, and anything is handed out, one customer at a time, so that each can see it.",
            "Ask for one customer.",
        )


def entry_of(use: Use, customer: int, verdict: Verdict, now: datetime) -> Entry:
    """Return the entry that tells of `use` and of what was decided."""
    actor = use.actor
    return looks.entry_of(
        customer,
        Kind.DISCLOSED if use.act is Act.DISCLOSE else Kind.READ,
        now,
        Look(
            actor=actor.kind,
            name=_shortened(actor.name),
            purpose=_shortened(use.purpose),
            role=_shortened(actor.role),
            agency=_shortened(actor.recipient),
            reason=use.reason.strip(),
            recipient=_shortened(use.recipient),
            allowed=tuple(sorted(verdict.allowed)),
            refused={_shortened(data): refusal.code.word for data, refusal in verdict.refused.items()},
        ),
    )


def _shortened(name: str) -> str:
    """Return a name as far as it can be one. Whoever asks may have sent anything."""
    return name[:_LONGEST_NAME].encode("utf-8", "replace").decode("utf-8")
