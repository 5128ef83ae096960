"""The answer in sentences, for whoever has to act within hours. Pure."""

from collections.abc import Callable, Iterator
from datetime import datetime

from troth.breach.model import HIGH_RISK, Cause, KindTold, Looker, Must, Reach, Report

_SENSITIVITY = {
    1: "hardly sensitive",
    2: "little sensitive",
    3: "sensitive",
    4: "very sensitive",
    5: "most sensitive of all",
}


AT_MOST = (
    "What is not certain counts: keys are not dated, and whoever was here before that epoch ended counts, also with "
    "kinds of data that came later. Nobody is missed. With a copy of the keys from that time it is exact: --backup"
)
"""Said of an answer that is not exact."""


def headline(report: Report) -> str:
    """Return one sentence: whether anybody is reached, and by what."""
    many = report.reached.customers
    if report.cause is Cause.MISUSE:
        if not many:
            return "Nothing of anybody was let out in these looks."
        return f"People or programs here saw, or handed out, data of {_people(many)}."
    if not many:
        return "Nobody’s data can be read with this."
    if report.is_sealed:
        return (
            f"Data of {_people(many)} could be read with this, by somebody who also has today’s keys and master key."
        )
    return f"Data of {_people(many)} can be read with this{'' if report.is_exact else ', at most'}."


def sort_of(report: Report) -> str:
    """Return what sort of breach this is, and who judges it."""
    if report.cause is Cause.MISUSE:
        return "Misuse, if it was any: these looks went through the front door. Judge each by its reason and purpose."
    return "Intrusion: something was taken from outside the door. Nobody here needs to have looked."


def kind_line(kind: KindTold, day: Callable[[datetime], str], *, of: str = "items") -> str:
    """Return a line about one kind.

    Args:
        kind: the kind.
        day: spells a day.
        of: what is counted.
    """
    how = "" if kind.sensitivity is None else f" ({_SENSITIVITY[kind.sensitivity]}, {kind.sensitivity} of 5)"
    between = "" if kind.first is None or kind.last is None else f", from {day(kind.first)} to {day(kind.last)}"
    return f"{kind.title}{how}: {kind.customers:,} ids, {kind.items:,} {of}{between}"


def not_reached(report: Report) -> Iterator[str]:
    """Yield what is not reached, and why; and what nobody can tell any more."""
    if report.shredded.customers:
        yield _shredded(report.shredded)
    if report.spared.customers:
        yield (
            f"Not reached: {report.spared.items:,} items of {_people(report.spared.customers)}. "
            "What was taken has no key to them."
        )
    gone = report.gone
    if report.cause is Cause.MISUSE and gone.customers:
        yield f"{gone.customers:,} ids were erased since, and the notes about them with them."
    elif gone.keys or gone.customers:
        yield (
            f"Destroyed here since: {gone.keys:,} keys, and all of {gone.customers:,} ids. A copy of the data and "
            "the keys from before may still open what was theirs, and nobody can say any more whose it was."
        )
    if report.reached.nameless:
        yield (
            f"Left already: {report.reached.nameless:,} of them. A law keeps their items, their names are gone. They "
            "can’t be told one by one; make it public then (GDPR Art. 34(3)(c))."
        )
    if report.lost:
        yield f"{report.lost:,} notes of who looked are missing or can’t be opened: this answer is not complete."


def looker_line(one: Looker) -> str:
    """Return a line about somebody who looked."""
    as_what = ", ".join(part for part in (one.role, one.agency) if part)
    to = f" handed to {one.recipient}" if one.recipient else ""
    purposes = ", ".join(one.purposes)
    refused = f"; {one.refused:,} times refused" if one.refused else ""
    return (
        f"{one.name}{f' ({as_what})' if as_what else ''}{to}: {one.looks:,} times, {_people(one.customers)}, "
        f"for {purposes}{refused}"
    )


def duties(report: Report, spell: Callable[[datetime], str]) -> Iterator[str]:
    """Yield what GDPR Art. 33 and 34 ask now.

    Args:
        report: the answer.
        spell: spells a moment.
    """
    clocks = report.clocks
    by = "within 72 hours after you noticed it" if clocks.authority_by is None else f"by {spell(clocks.authority_by)}"
    match clocks.authority:
        case Must.YES:
            yield f"Tell the authority {by} (GDPR Art. 33), unless you can show that harm is unlikely."
        case Must.WEIGH if report.cause is Cause.MISUSE:
            yield f"If a look was no part of their work, it is a breach: tell the authority {by} (GDPR Art. 33)."
        case Must.WEIGH:
            yield f"Weigh whether harm is likely; behind a lock it is not. If so, tell the authority {by} (Art. 33)."
        case Must.NO:
            yield "The authority need not be told of this (GDPR Art. 33)."
    match clocks.customers:
        case Must.YES:
            yield f"Tell the customers too, and soon (Art. 34): there is data of sensitivity {HIGH_RISK} or 5."
        case Must.WEIGH:
            yield "Weigh whether the risk for the customers is high. If so, tell them too, and soon (Art. 34)."
        case Must.NO:
            yield "The customers need not be told of this alone (Art. 34)."
    yield "Write it down in any case: what happened, what it did, what you did (Art. 33(5))."


def taken_for_true(*, epoch: int | None, has_data: bool, has_keys: bool, kind: str) -> Iterator[str]:
    """Yield what the answer takes for true, so that somebody can say when it is not.

    Args:
        epoch: the epoch whose key was taken; None: none was.
        has_data: whether a copy of the data was taken.
        has_keys: whether a copy of the keys was.
        kind: the kind that is asked about alone; empty: all.
    """
    if epoch is not None:
        yield f"They have the key of epoch {epoch}, and a copy of the wrapped keys from that time."
    elif has_keys:
        yield "They have the master key too, as it is here now. Without it this copy of the keys opens nothing."
        yield "If they have an older master key, destroyed here since: ask with --key-epoch too."
    if epoch is not None or has_keys:
        yield "With the installation’s own keys, which lie there too, they can look up whether an id is in the data."
        yield "They have the data in this copy." if has_data else "They have the data as it is here now."
    elif has_data:
        yield "They have this copy of the data and no keys. With the keys and the master key they read what is told."
    elif kind:
        yield "All of this kind was open to them, as it is here now."
    if has_data:
        yield (
            "Without any key everybody reads in this copy: the numbers we gave to customers, of which kinds "
            "there is something and when it happened, their yes and no, and who works here. No name of a customer."
        )


def _shredded(reach: Reach) -> str:
    return (
        f"Already shredded: {reach.items:,} items of {_people(reach.customers)} lie there, and their keys are "
        "destroyed."
    )


def _people(many: int) -> str:
    return f"{many:,} customer" if many == 1 else f"{many:,} customers"
