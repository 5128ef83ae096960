"""What a new promise changes for all customers alike: who speaks, what never happens, what is owed to each."""

from troth.promise.changes.change import Kind
from troth.promise.changes.order import Order, compared, compared_limits, forbids, shorter
from troth.promise.changes.walk import Walk
from troth.promise.model import Listening, Never, Period
from troth.promise.words import period_in_words

_RULES = {"refuse": 0, "service_only": 1}
"""From no account at all to an account without the rest."""


def compare_company(walk: Walk) -> None:
    """Compare who speaks. New names and contacts are told; they give nobody more data."""
    old, new = walk.old.company, walk.new.company
    walk.tell(Kind.COMPANY, "company.name", old=old.name, new=new.name, words=f"Our name would be “{new.name}”.")
    words = f"Our legal name would be “{new.legal_name}”."
    walk.tell(Kind.COMPANY, "company.legal_name", old=old.legal_name, new=new.legal_name, words=words)
    for key, before, now, what in (
        ("country", old.country, new.country, f"We would be in {new.country}"),
        ("time_zone", old.time_zone, new.time_zone, f"Days would be counted in {new.time_zone}"),
        ("site", old.site, new.site, f"Our site would be {new.site}"),
        ("mail_domains", old.mail_domains, new.mail_domains, "Our e-mail would come from other domains"),
        ("privacy_contact", old.privacy_contact, new.privacy_contact, "Privacy questions would go elsewhere"),
        ("owners.use_of_data", old.owner_of_use, new.owner_of_use, "Somebody else would answer for the use of data"),
        (
            "owners.safeguards",
            old.owner_of_safeguards,
            new.owner_of_safeguards,
            "Somebody else would answer for safeguards",
        ),
        ("regulator", old.regulator, new.regulator, "Complaints to an authority would go elsewhere"),
    ):
        walk.tell(Kind.COMPANY, f"company.{key}", old=before, new=now, words=f"{what}.")
    # Words in a language that is dropped stand nowhere any more: a yes to them has nothing to hold to.
    walk.more_or_less(
        Kind.LANGUAGES,
        "company.languages",
        old=old.languages,
        new=new.languages,
        more=lambda what: f"The promise would also be said in {what}.",
        less=lambda what: f"The promise would no longer be said in {what}.",
        clauses=[clause for clause in walk.both if clause not in walk.new.version.same_meaning],
        more_is=Order.NARROWER,
    )
    if set(old.languages) == set(new.languages):
        words = f"The first language would be {new.languages[0]}."
        walk.tell(Kind.LANGUAGES, "company.languages", old=old.languages, new=new.languages, words=words)


def compare_version(walk: Walk) -> None:
    """Compare how the two promises are called."""
    old, new = walk.old.version, walk.new.version
    words = f"This would be version {new.number}, after version {old.number}."
    walk.tell(Kind.VERSION, "version.number", old=old.number, new=new.number, words=words)
    walk.tell(Kind.VERSION, "version.from", old=old.since, new=new.since, words=f"It would hold from {new.since}.")
    words = f"Customers would be told: {walk.title(new.says)}"
    walk.tell(Kind.VERSION, "version.says", old=old.says, new=new.says, words=words)
    names = ", ".join(sorted(map(str, new.same_meaning))) or "none"
    words = f"Clauses with new words and the same meaning: {names}."
    walk.tell(Kind.VERSION, "version.same_meaning", old=old.same_meaning, new=new.same_meaning, words=words)


def compare_never(walk: Walk) -> None:
    """Compare what never happens. A line is not gone while another one forbids the same and more."""
    for number, never in enumerate(walk.new.never):
        if not any(forbids(other, never) for other in walk.old.never):
            words = f"We would promise one thing more that never happens: {_never(never)}."
            walk.note(Kind.NEVER, Order.NARROWER, f"never.{number}", words=words)
    for number, never in enumerate(walk.old.never):
        if not any(forbids(other, never) for other in walk.new.never):
            words = f"We would no longer promise that this never happens: {_never(never)}."
            walk.note(Kind.NEVER, Order.WIDER, f"never.{number}", words=words, gone=True)


def _never(never: Never) -> str:
    parts = {"act": never.act, "data": never.data, "purpose": never.purpose, "recipient": never.recipient}
    return ", ".join(f"{key} “{value}”" for key, value in parts.items() if value) or "anything"


def compare_duties(walk: Walk) -> None:
    """Compare what is owed to every customer: rights, deadlines, being heard, children, evidence, looks."""
    old, new = walk.old, walk.new
    words = f"Rights would be for “{new.rights_for}” instead of “{old.rights_for}”."
    walk.differ(Kind.RIGHTS, Order.OTHER, "rights_for", old=old.rights_for, new=new.rights_for, words=words)
    for right in dict.fromkeys([*new.deadlines, *old.deadlines]):
        _compare_deadline(walk, right)
    _compare_listening(walk, old.listening, new.listening)
    order = Order.NARROWER if new.children.under > old.children.under else Order.WIDER
    words = f"Children would be left alone below {new.children.under} years instead of {old.children.under}."
    walk.differ(Kind.CHILDREN, order, "children.under", old=old.children.under, new=new.children.under, words=words)
    order = compared(old.children.rule, new.children.rule, lambda one, other: _RULES[one] <= _RULES[other])
    words = f"The rule for children would be “{new.children.rule}” instead of “{old.children.rule}”."
    walk.differ(Kind.CHILDREN, order, "children.rule", old=old.children.rule, new=new.children.rule, words=words)
    order = compared(old.evidence_keep, new.evidence_keep, shorter)
    kept, was_kept = _period(walk, new.evidence_keep), _period(walk, old.evidence_keep)
    words = f"We would keep evidence for {kept} instead of {was_kept}."
    walk.differ(Kind.EVIDENCE, order, "evidence.keep", old=old.evidence_keep, new=new.evidence_keep, words=words)
    walk.tell(
        Kind.BRAND, "brand", old=old.brand, new=new.brand, words="The looks or the voice of the brand would change."
    )
    for name in dict.fromkeys([*new.consent_categories, *old.consent_categories]):
        before, now = old.consent_categories.get(name, ()), new.consent_categories.get(name, ())
        # A yes would reach other purposes, or a no would no longer reach them: neither can be taken as less.
        words = f"A choice about “{name}” in a consent tool would stand for other purposes."
        path = f"wire.consent_categories.{name}"
        walk.differ(Kind.TOOLS, Order.OTHER, path, old=set(before), new=set(now), words=words)


def _period(walk: Walk, period: Period) -> str:
    return period_in_words(period, walk.language)


def _compare_deadline(walk: Walk, right: str) -> None:
    path = f"deadlines.{right}"
    if right not in walk.old.deadlines or right not in walk.new.deadlines:
        gone = right not in walk.new.deadlines
        order = Order.WIDER if gone else Order.NARROWER
        words = f"There would be {'no' if gone else 'a'} deadline for {right}."
        walk.note(Kind.DEADLINE, order, path, words=words, gone=gone)
        return
    old, new = walk.old.deadlines[right], walk.new.deadlines[right]
    order = compared(old, new, _sooner)
    now, before = ("at once" if by is None else f"within {_period(walk, by)}" for by in (new, old))
    words = f"We would answer a request for {right} {now} instead of {before}."
    walk.differ(Kind.DEADLINE, order, path, old=old, new=new, words=words)


def _sooner(one: Period | None, other: Period | None) -> bool:
    """Tell whether `one` is never later than `other`; None is at once."""
    return one is None or (other is not None and shorter(one, other))


def _compare_listening(walk: Walk, old: Listening | None, new: Listening | None) -> None:
    if old is None or new is None:
        order = Order.WIDER if new is None else Order.NARROWER
        words = f"We would {'no longer ' if new is None else ''}say how customers are heard."
        walk.differ(Kind.LISTENING, order, "listening", old=old, new=new, words=words)
        return
    walk.more_or_less(
        Kind.LISTENING,
        "listening.channels",
        old=old.channels,
        new=new.channels,
        more=lambda what: f"Customers could also reach us by {what}.",
        less=lambda what: f"Customers could no longer reach us by {what}.",
        more_is=Order.NARROWER,
    )
    days, before = new.answer_working_days, old.answer_working_days
    order = Order.WIDER if days > before else Order.NARROWER
    words = f"Customers would have an answer within {days} working days instead of {before}."
    walk.differ(Kind.LISTENING, order, "listening.answer", old=before, new=days, words=words)
    words = "Questions would be answered by other people."
    walk.tell(Kind.LISTENING, "listening.specialists", old=old.specialists, new=new.specialists, words=words)
    was, now = old.pause_above_per_10000, new.pause_above_per_10000
    order = compared_limits(was, now, lambda one, other: one <= other)
    above, below = ("no number of" if limit is None else f"{limit}" for limit in (now, was))
    words = f"A purpose would pause above {above} complaints per 10,000 customers instead of {below}."
    walk.differ(Kind.LISTENING, order, "listening.pause_purpose_above", old=was, new=now, words=words)
