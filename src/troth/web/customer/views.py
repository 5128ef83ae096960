"""What the customer's pages show, as values. Templates print these and decide nothing.

Every text here is ready to be read: dates are written out in the company's time zone, numbers carry their word.
Nothing is optional by being absent: what has nothing to show is an empty string or an empty tuple.
"""

from dataclasses import dataclass, field

from troth.promise.model import Source


@dataclass(frozen=True, slots=True)
class SourceWords:
    """How one source is named, beside its shape.

    Attributes:
        source: which source; it picks shape and colour, never colour alone.
        label: beside one item, e.g. "You told us".
        tally: below a number, e.g. "you told us".
    """

    source: Source
    label: str
    tally: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many single things came to us in one way."""

    words: SourceWords
    count: int


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One question with two equal answers.

    Attributes:
        field: the form field's name, the clause as ``suggestions/orders``.
        question: the promise's own words, as are `yes` and `no`.
        answered: ``yes``, ``no``, or empty when there is no choice yet; then neither is set in advance.
        state: one sentence about what holds now and since when.
        words: names the exact words shown, so that the record can say which they were.
    """

    field: str
    question: str
    yes: str
    no: str
    answered: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class UseView:
    """One thing we do with an item, tied to what the customer gets for it.

    Attributes:
        does: what we do.
        gets: what the customer gets; for an obligation without one, why it must be.
        because: what lets us: "You choose", "For your order", "The law asks for it".
        on: whether it happens now. False only where the customer's answer is missing or no.
    """

    does: str
    gets: str
    because: str
    on: bool


@dataclass(frozen=True, slots=True)
class KindView:
    """One kind of data with its four answers and what lies a tap below.

    Attributes:
        key: the kind's key in the promise; the card's id on the page.
        title: its name.
        words: where it came from.
        value: what we have, in one line.
        detail: since when and how lately; may be empty.
        how: how we got it, as a sentence; before there is anything, how we would get it.
        uses: what we do with it and what the customer gets.
        choices: the questions that the customer decides.
        seen_by: who may see it here.
        received_by: who receives it outside.
        kept: how long.
        stored: where it is and how it is protected.
        more: address of the page with every single one; empty when there is none.
        more_label: the words of that link.
        count: how many single things.
        delete: address of the page that deletes all of it; empty when there is nothing to delete.
    """

    key: str
    title: str
    words: SourceWords
    value: str = field(repr=False)
    detail: str
    how: str
    uses: tuple[UseView, ...]
    choices: tuple[ChoiceView, ...]
    seen_by: str
    received_by: str
    kept: str
    stored: str
    more: str
    more_label: str
    count: int
    delete: str


@dataclass(frozen=True, slots=True)
class ContactView:
    """Whom a customer can turn to; true and reachable, straight from the promise."""

    name: str
    email: str
    post: str
    regulator: str
    regulator_url: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One line of "what changed", or of the history of choices.

    Attributes:
        said: "yes" or "no".
        question: the words that were answered.
        result: what that answer brings, in the words that were shown.
        at: when, written out.
    """

    said: str
    question: str
    result: str
    at: str


@dataclass(frozen=True, slots=True)
class SavedView:
    """What a press of Save did.

    Attributes:
        place: the kind of data whose card shows it.
        changes: what was recorded, in the order of the questions; empty when nothing was.
        says: one sentence for the person.
    """

    place: str
    changes: tuple[ChangeView, ...]
    says: str


@dataclass(frozen=True, slots=True)
class LookView:
    """One look: when, what was seen or refused as sentences, and the reason in the person's own words or empty."""

    at: str
    says: str
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LooksView:
    """Who looked.

    Attributes:
        lead: how often, in words.
        looks: newest first.
        lost: one sentence when something is missing; else empty.
        about_names: why a role stands here and no name.
        contact: whom to ask about a look.
        has_notes: whether anything was noted, a look or else.
    """

    lead: str
    looks: tuple[LookView, ...]
    lost: str
    about_names: str
    contact: ContactView
    has_notes: bool = False


@dataclass(frozen=True, slots=True)
class KnownPage:
    """The page "What we know about you". `signal`: what the browser's opt-out signal does here; may be empty."""

    lead: str
    tallies: tuple[Tally, ...]
    kinds: tuple[KindView, ...]
    last_choice: ChangeView | None
    looks: LooksView
    contact: ContactView
    promise_line: str
    signal: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineView:
    """One thing of a kind, on one readable line: when, what, and the rest.

    Attributes:
        handle: by which its customer can have it deleted.
        is_locked: whether it is kept for a law alone.
    """

    at: str
    what: str = field(repr=False)
    rest: str = field(repr=False)
    handle: str = field(default="", repr=False)
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class EveryPage:
    """Every single thing of one kind, newest first, in pages."""

    title: str
    words: SourceWords
    lead: str
    lines: tuple[LineView, ...]
    page: int
    pages: int
    address: str


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Every choice the customer made, newest first, with the words that were shown; `signal` as on `KnownPage`."""

    lead: str
    changes: tuple[ChangeView, ...]
    signal: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShareView:
    """One bar of the arithmetic behind a suggestion.

    Attributes:
        name: an own thing, or "Other things".
        percent: its share of the whole, rounded so that all shares add up to 100; below 0 where it speaks against.
        is_own: false for the rest that is not named.
    """

    name: str
    percent: int
    is_own: bool


@dataclass(frozen=True, slots=True)
class DataUsedView:
    """One kind of data that was used for a suggestion, or was not, and why."""

    title: str
    used: bool
    why: str


@dataclass(frozen=True, slots=True)
class WhyPage:
    """Why a product is suggested."""

    product: str
    address: str
    lead: str
    shares: tuple[ShareView, ...]
    arithmetic: str
    data: tuple[DataUsedView, ...]
    choices: tuple[ChoiceView, ...]


@dataclass(frozen=True, slots=True)
class GoesView:
    """One kind of data on the page about leaving: what happens to it.

    Attributes:
        title: the kind.
        count: how many, in words.
        fate: what happens, and for what stays, why and until when.
    """

    title: str
    count: str
    fate: str


@dataclass(frozen=True, slots=True)
class LeavePage:
    """What goes and what stays, said before the click, or after it.

    Attributes:
        receipts: after it, the files that prove it, each as an address that holds the file.
    """

    lead: str
    goes: tuple[GoesView, ...]
    stays: tuple[GoesView, ...]
    contact: ContactView
    receipts: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class DeletePage:
    """What goes, what stays, and what will no longer work, said before the click.

    Attributes:
        loses: what will no longer work, a sentence or two each.
        changes: whether there is anything to delete.
        address: where the form goes.
        back: where "keep it" leads.
        handle: the single thing that was named; empty for all of a kind.
    """

    title: str
    lead: str = field(repr=False)
    goes: tuple[GoesView, ...]
    stays: tuple[GoesView, ...]
    loses: tuple[str, ...]
    changes: bool
    address: str
    back: str
    handle: str = field(repr=False)
    contact: ContactView


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """What went wrong, in words for the person who reads it."""

    title: str
    says: str
    mend: str
