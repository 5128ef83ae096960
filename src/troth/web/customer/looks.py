"""From the ledger to "Who looked". Pure: values in, values out.

The laws of the page:

1. It names the role and, for an agency's people, the agency; never the person. Who looks for us does so in our name,
   and we answer for it (CJEU C-579/21, Pankki S: when, why and what is the customer's to know; the name of somebody
   who did as they were told is not, unless the customer needs it to act on their rights).
2. A refused look stands there too: nothing was seen, but somebody tried.
3. What the promise no longer names, or never named, is not repeated: whoever asks may have typed anything.
"""

from collections.abc import Iterable

from troth.actors import ActorKind
from troth.ledger.looks import Look, looks_in
from troth.ledger.model import Kind, Noted, Story
from troth.promise.model import Promise
from troth.web.customer import wording
from troth.web.customer.views import ContactView, LooksView, LookView

_NONE_YET = "When a person who works for us opens your data, we note it before they see anything. Nobody has so far."
_UNNAMED = "something our promise does not name"


def view(story: Story, promise: Promise, contact: ContactView, *, language: str = "en") -> LooksView:
    """Return who looked, newest first."""
    told = looks_in(story)
    looks = tuple(_look(noted, look, promise, language) for noted, look in reversed(told))
    seen = sum(bool(look.allowed) for _, look in told)
    lead = f"We noted {wording.counted(seen, 'look', 'looks')} at your data, before anything was seen."
    refused = len(looks) - seen
    if refused:
        lead += f" We refused {wording.counted(refused, 'more', 'more')}."
    lost = ""
    if story.lost:
        lost = (
            f"{wording.counted(story.lost, 'note', 'notes')} can’t be shown: missing, or changed since. Ask us why."
        )
    return LooksView(
        lead=lead if looks else _NONE_YET,
        looks=looks,
        lost=lost,
        about_names=(
            "We name the role and not the person. Who looks does so for us, and we answer for it. "
            "We keep the name. If a look seems wrong to you, ask us, and we will check it."
        ),
        contact=contact,
        has_notes=bool(story.entries),
    )


def _look(noted: Noted, look: Look, promise: Promise, language: str) -> LookView:
    says = _handed_out(look, promise, language) if noted.kind is Kind.DISCLOSED else _read(look, promise, language)
    return LookView(wording.moment(noted.at, promise.company.time_zone), says, look.reason)


def _read(look: Look, promise: Promise, language: str) -> str:
    who, goal = _who(look, promise, language), _goal(look, promise, language)
    if not look.allowed:
        return f"{who} asked to see {_titles(look.refused, promise, language)}, {goal}. We refused. They saw nothing."
    says = f"{who} saw {_titles(look.allowed, promise, language)}, {goal}."
    if look.refused:
        says += f" They also asked for {_titles(look.refused, promise, language)}. We refused that."
    return says


def _handed_out(look: Look, promise: Promise, language: str) -> str:
    recipient = promise.recipients.get(look.recipient)
    to = recipient.title.say(language) if recipient is not None else "somebody our promise does not name"
    goal = _goal(look, promise, language)
    if not look.allowed:
        return (
            f"{_titles(look.refused, promise, language)} should have gone to {to}, {goal}. We refused. Nothing went."
        )
    says = f"{_titles(look.allowed, promise, language)} went to {to}, {goal}."
    if look.refused:
        says += f" {_titles(look.refused, promise, language)} did not: we refused that."
    return says


def _who(look: Look, promise: Promise, language: str) -> str:
    if look.actor is not ActorKind.PERSON:
        return "A program of ours"
    role = look.role.replace("_", " ").capitalize() if look.role in promise.roles else "Somebody who works for us"
    agency = promise.recipients.get(look.agency)
    return f"{role} (from {agency.title.say(language)})" if agency is not None else role


def _goal(look: Look, promise: Promise, language: str) -> str:
    purpose = promise.purposes.get(look.purpose)
    return f"to do this: {purpose.title.say(language)}" if purpose is not None else "for nothing our promise names"


def _titles(kinds: Iterable[str], promise: Promise, language: str) -> str:
    """Return the titles of `kinds` in quotes, in one list; what has no title is named once, without its name."""
    named = [f"“{promise.data[kind].title.say(language)}”" for kind in kinds if kind in promise.data]
    unnamed = [] if all(kind in promise.data for kind in kinds) else [_UNNAMED]
    return wording.listed([*named, *unnamed])
