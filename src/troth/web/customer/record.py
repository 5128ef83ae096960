"""From the promise, a customer's items and their choices to "What we know about you". Pure: values in, values out.

The laws of the page:

1. Every kind of data of the promise stands on it, also when we have nothing of it: a choice can be made before there
   is anything to choose about.
2. What we do with an item, what lets us, and what the customer gets stand on one line.
3. What is on and what is off is what the gate says at this moment, never a second opinion of the page's own. An
   answer is shown as given only while the gate counts it: a yes under words that changed since is no answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from troth.consent.model import Answer, Standing
from troth.consent.notice import words_for
from troth.consent.service import Said
from troth.gate.decide import Verdict
from troth.gate.reasons import Code, Refusal
from troth.gate.use import Item
from troth.ledger.model import Story
from troth.promise import words
from troth.promise.model import Basis, Clause, Data, Promise, Purpose
from troth.web.customer import looks, wording
from troth.web.customer.views import (
    ChangeView,
    ChoiceView,
    ContactView,
    EveryPage,
    HistoryPage,
    KindView,
    KnownPage,
    LineView,
    LooksView,
    Tally,
    UseView,
)

PAGE_LINES = 50
"""How many single things one page lists."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one customer, as the pages need it.

    Attributes:
        promise: the promise in force.
        items: kind of data → the customer's items, opened for the purpose ``rights``.
        verdicts: purpose → what the gate says now about each of its kinds of data, for this customer.
        standing: clause → where it stands; clauses without a choice are absent.
        history: every choice, newest first.
        names: product id → its name.
        language: the language of the words.
        signal: what an opt-out signal of their browser does here, as sentences; none without one.
        story: who looked, as the ledger tells it.
    """

    promise: Promise
    items: Mapping[str, Sequence[Item]]
    verdicts: Mapping[str, Verdict]
    standing: Mapping[Clause, Standing]
    history: Sequence[Said]
    names: Mapping[str, str]
    language: str = "en"
    signal: tuple[str, ...] = ()
    story: Story = field(default_factory=Story)


def known(record: Record) -> KnownPage:
    """Return the page "What we know about you"."""
    promise = record.promise
    order = list(wording.SOURCES)
    kinds = tuple(
        _kind(record, data) for data in sorted(promise.data.values(), key=lambda data: order.index(data.source))
    )
    tallies = tuple(
        Tally(source, sum(kind.count for kind in kinds if kind.words is source))
        for source in wording.SOURCES.values()
    )
    total = sum(tally.count for tally in tallies)
    lead = (
        f"We keep {wording.counted(total, 'thing', 'things')} about you. "
        "Here is each kind: how we got it, what we do with it, and what you get for it."
        if total
        else "We keep nothing about you. Here is what we would keep, and only if it is needed or you say yes."
    )
    return KnownPage(
        lead=lead,
        tallies=tallies,
        kinds=kinds,
        last_choice=change(record.history[0], record) if record.history else None,
        looks=looked(record),
        contact=contact(promise),
        promise_line=_version(promise, record.language),
        signal=record.signal,
    )


def _version(promise: Promise, language: str) -> str:
    """Return which version holds, since when, and what it says changed."""
    version = promise.version
    changed = "What changed: " if version.number > 1 else ""
    line = f"Version {version.number}, since {version.since.day} {version.since:%B %Y}."
    return f"{line} {changed}{version.says.say(language)}"


def _kind(record: Record, data: Data) -> KindView:
    promise, language = record.promise, record.language
    items = record.items.get(data.key, ())
    purposes = promise.purposes_of(data.key)
    many = bool(data.events) and bool(items)
    return KindView(
        key=data.key,
        title=data.title.say(language),
        words=wording.SOURCES[data.source],
        value=wording.value(data, items, record.names),
        detail=" ".join(filter(None, (wording.detail(data, items, promise.company.time_zone), _locked(items)))),
        how=wording.how(data, items, language),
        uses=tuple(_use(record, purpose, data.key) for purpose in purposes),
        choices=choices(record, [Clause(purpose.key, data.key) for purpose in purposes]),
        seen_by=wording.seen_by(data.key, promise, language),
        received_by=wording.received_by(data.key, promise, language),
        kept=wording.kept(data, promise, language),
        stored=words.how_we_protect(promise, data.key, language),
        more=f"/you/{data.key}" if many else "",
        more_label=f"See all {len(items):,}" if many else "",
        count=len(items),
        delete="" if all(item.is_locked for item in items) else f"/you/{data.key}/delete",
    )


def _locked(items: Sequence[Item]) -> str:
    """Return how many of `items` are kept for a law alone, as a sentence; empty for none."""
    locked = sum(item.is_locked for item in items)
    if not locked:
        return ""
    return f"You had {locked:,} of {len(items):,} deleted: locked, and kept only because the law asks us to."


def _use(record: Record, purpose: Purpose, data: str) -> UseView:
    refusal = _refusal(record, Clause(purpose.key, data))
    gets = purpose.benefit.say(record.language) if purpose.benefit is not None else "Nothing; we must do it."
    return UseView(
        does=purpose.title.say(record.language),
        gets=gets,
        because=wording.ground(purpose, record.language)
        if refusal is None
        else wording.off(refusal, record.promise, record.language),
        on=refusal is None,
    )


def _refusal(record: Record, clause: Clause) -> Refusal | None:
    """Return why the gate refuses the clause now; None while it holds."""
    return record.verdicts[clause.purpose].refused.get(clause.data)


def answer(record: Record, clause: Clause) -> str:
    """Return ``yes`` or ``no`` while it counts, else an empty string."""
    standing = record.standing.get(clause)
    if standing is None or _since_then(record, clause):
        return ""
    return standing.latest.answer.value


_SINCE_THEN = {
    Code.WORDS_CHANGED: "We changed these words since",
    Code.WIDENED: "We added to it since",
    Code.CONSENT_ENDED: "It ended since",
    Code.OBJECTED: "You objected since",
    Code.OPTED_OUT: "Your browser has asked us not to since",
}
"""Why a yes no longer counts, where saying yes again would make it count."""


def _since_then(record: Record, clause: Clause) -> str:
    """Return why the yes to `clause` no longer counts; empty while it does, or where there was none."""
    refusal = _refusal(record, clause)
    return _SINCE_THEN.get(refusal.code, "") if refusal is not None else ""


def choices(record: Record, clauses: Sequence[Clause]) -> tuple[ChoiceView, ...]:
    """Return the questions of those of `clauses` that rest on the customer's choice."""
    views: list[ChoiceView] = []
    for clause in clauses:
        purpose = record.promise.purposes[clause.purpose]
        shown = words_for(purpose, clause.data, record.language)
        if purpose.basis is not Basis.CONSENT or shown is None:
            continue
        views.append(
            ChoiceView(
                field=str(clause),
                question=shown.question,
                yes=shown.yes,
                no=shown.no,
                answered=answer(record, clause),
                state=_state(record, clause),
                words=shown.digest.hex(),
            )
        )
    return tuple(views)


def _state(record: Record, clause: Clause) -> str:
    standing = record.standing.get(clause)
    if standing is None:
        return "You have not chosen yet. Until you do, it counts as no."
    at = wording.moment(standing.latest.at, record.promise.company.time_zone)
    since = _since_then(record, clause)
    if since:
        return f"You said yes on {at}. {since}, so it counts as no until you choose again."
    return f"You said {standing.latest.answer.value} on {at}."


def change(said: Said, record: Record) -> ChangeView:
    """Return one recorded choice, with the words that were shown."""
    return ChangeView(
        said=said.choice.answer.value,
        question=said.words.question,
        result=said.words.yes if said.choice.answer is Answer.YES else said.words.no,
        at=wording.moment(said.choice.at, record.promise.company.time_zone),
    )


def history(record: Record) -> HistoryPage:
    """Return every choice, newest first."""
    changes = tuple(change(said, record) for said in record.history)
    if not changes:
        return HistoryPage("You have not chosen yet. Until you do, every choice counts as no.", (), record.signal)
    lead = "Each with the words we showed you that day"
    lead = f"{lead}. There is one." if len(changes) == 1 else f"{lead}, newest first."
    return HistoryPage(lead, changes, record.signal)


def looked(record: Record) -> LooksView:
    """Return who looked, newest first."""
    return looks.view(record.story, record.promise, contact(record.promise), language=record.language)


def every(record: Record, data: str, page: int, *, handle: Callable[[Item], str] = lambda _: "") -> EveryPage | None:
    """Return page `page` (from 1) of every single thing of the kind `data`; None when there is no such page.

    Args:
        record: what is known of the customer.
        data: the kind.
        page: which page.
        handle: names a thing, so that its customer can have it deleted.
    """
    kind = record.promise.data.get(data)
    if kind is None or not kind.events:
        return None
    items = sorted(record.items.get(data, ()), key=lambda item: item.at, reverse=True)
    pages = max(1, ceil(len(items) / PAGE_LINES))
    if not 1 <= page <= pages:
        return None
    shown = items[(page - 1) * PAGE_LINES : page * PAGE_LINES]
    lines = tuple(line(item, record, handle=handle(item)) for item in shown)
    keep = wording.kept(kind, record.promise, record.language)
    return EveryPage(
        title=kind.title.say(record.language),
        words=wording.SOURCES[kind.source],
        lead=f"{wording.value(kind, items, record.names)}, newest first. We keep each for {keep}",
        lines=lines,
        page=page,
        pages=pages,
        address=f"/you/{data}",
    )


def line(item: Item, record: Record, *, handle: str) -> LineView:
    """Return one thing on one line."""
    at = wording.moment(item.at, record.promise.company.time_zone)
    return LineView(at, wording.what(item, record.names), wording.rest(item), handle, item.is_locked)


def contact(promise: Promise) -> ContactView:
    """Return whom a customer can turn to."""
    who, regulator = promise.company.privacy_contact, promise.company.regulator
    return ContactView(who.name, who.email, who.post, regulator.name, regulator.url)
