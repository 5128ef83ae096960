"""What an opt-out signal of the browser does here, in sentences for the customer. Pure: values in, values out.

Only what is true of this promise and this customer is said: what goes on all the same stands there too. To sell or
share means here what the signal means by it (CCPA/CPRA): others get data for their own ends. Who works for the
company under a contract is named beside each kind of data.
"""

from collections.abc import Mapping
from datetime import datetime

from troth.gate.decide import Verdict
from troth.promise.model import Basis, Promise, Purpose, RecipientRole
from troth.promise.taxonomy import SHARING, lies_below_any
from troth.web.customer.wording import day, listed

_ASKS = "not to sell your data, or share it with others for their own use"


def signal(
    promise: Promise, verdicts: Mapping[str, Verdict], *, sent: bool, since: datetime | None, language: str
) -> tuple[str, ...]:
    """Return the sentences about the signal; none when the browser never sent it.

    Args:
        promise: the promise in force.
        verdicts: purpose → what the gate says now, the signal heeded.
        sent: whether this very call carries it.
        since: when the signal that stands for the customer came; None when none is recorded.
        language: of the titles.
    """
    if not sent and since is None:
        return ()
    asks = f"Your browser asks us {_ASKS}."
    if not sent and since is not None:
        asks = f"On {day(since, promise.company.time_zone)} your browser asked us {_ASKS}."
    sharing = [purpose for purpose in promise.purposes.values() if lies_below_any(purpose.use, SHARING)]
    on = [purpose for purpose in sharing if verdicts[purpose.key].allowed]
    said = [asks]
    agreed = _titled([one for one in on if one.basis is Basis.CONSENT], language)
    if agreed:
        said.append(f"After that you said yes to this, so it goes on: {agreed}. You can take your yes back.")
    said += [
        f"A law makes us do this all the same: {_titled([one], language)} ({one.law})."
        for one in on
        if one.basis is Basis.LEGAL_OBLIGATION
    ]
    said.append(_heeded(sharing, on))
    return (*said, *_on_their_own(promise, language))


def _heeded(sharing: list[Purpose], on: list[Purpose]) -> str:
    if not sharing:
        return "We do neither."
    if on:
        return "Apart from that we do neither."
    if all(purpose.basis is Basis.CONSENT for purpose in sharing):
        return "We do neither without your yes."
    return "We do neither now."


def _on_their_own(promise: Promise, language: str) -> list[str]:
    """Return what goes to others who decide themselves, for our own purposes: the signal says nothing about that."""
    found = []
    for recipient in promise.recipients.values():
        purposes = [promise.purposes[key] for key in recipient.receives if key in promise.purposes]
        ours = [purpose for purpose in purposes if not lies_below_any(purpose.use, SHARING)]
        if recipient.role is not RecipientRole.PROCESSOR and ours:
            who, what = recipient.title.say(language), _titled(ours, language)
            found.append(f"To do what we do for you ({what}), we work with {who}, who answers for it too.")
    return found


def _titled(purposes: list[Purpose], language: str) -> str:
    return listed([f"“{purpose.title.say(language)}”" for purpose in purposes])
