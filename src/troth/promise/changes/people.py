"""What a new promise changes about who gets what: recipients outside, roles inside."""

from collections.abc import Iterable

from troth.promise.changes.change import Kind
from troth.promise.changes.order import Order, compared_limits, shorter
from troth.promise.changes.walk import Walk, joined
from troth.promise.model import Clause, Recipient, RecipientRole, Role
from troth.promise.words import period_in_words

_FREEDOM = (RecipientRole.PROCESSOR, RecipientRole.JOINT, RecipientRole.CONTROLLER)
"""From who only does what we say, to who decides alone what for (GDPR Art. 28, 26, 4(7))."""

_NOTHING, _STATISTICS, _PERSONS = range(3)
"""What a role gets for a purpose."""


def compare_recipients(walk: Walk) -> None:
    """Compare who receives data."""
    for key, recipient in walk.new.recipients.items():
        old = walk.old.recipients.get(key)
        if old is None:
            words = f"Somebody new would receive data: {walk.title(recipient.title)}.{_what(walk, _pairs(recipient))}"
            walk.note(Kind.RECIPIENT, Order.WIDER, f"recipients.{key}", words=words, clauses=_pairs(recipient))
        else:
            _compare_recipient(walk, old, recipient)
    for key, recipient in walk.old.recipients.items():
        if key not in walk.new.recipients:
            words = f"{walk.title(recipient.title)} would no longer receive data."
            pairs = _pairs(recipient)
            walk.note(Kind.RECIPIENT, Order.NARROWER, f"recipients.{key}", words=words, clauses=pairs, gone=True)


def _pairs(recipient: Recipient) -> tuple[Clause, ...]:
    return tuple(Clause(purpose, data) for purpose, kinds in recipient.receives.items() for data in kinds)


def _what(walk: Walk, clauses: Iterable[Clause]) -> str:
    parts = [f"{walk.data_titles([clause.data])} for {walk.purpose_title(clause.purpose)}" for clause in clauses]
    return f" What: {joined(parts)}." if parts else ""


def _compare_recipient(walk: Walk, old: Recipient, new: Recipient) -> None:
    path, title = f"recipients.{new.key}", walk.title(new.title)
    before, now = _pairs(old), _pairs(new)
    clauses = tuple(clause for clause in now if clause in before)
    walk.words(f"{path}.title", old=old.title, new=new.title, what=f"the title of {title}", clauses=clauses)
    if more := [clause for clause in now if clause not in before]:
        words = f"{title} would receive more.{_what(walk, more)}"
        walk.note(Kind.RECEIVES, Order.WIDER, f"{path}.for", words=words, clauses=more)
    if less := [clause for clause in before if clause not in now]:
        words = f"{title} would receive less.{_what(walk, less)}"
        walk.note(Kind.RECEIVES, Order.NARROWER, f"{path}.for", words=words, clauses=less)
    order = Order.WIDER if _FREEDOM.index(new.role) > _FREEDOM.index(old.role) else Order.NARROWER
    words = f"{title} would be a {new.role.value} instead of a {old.role.value}."
    walk.differ(Kind.RECIPIENT_ROLE, order, f"{path}.role", old=old.role, new=new.role, words=words, clauses=clauses)
    words = f"{title} would be in {new.country} instead of {old.country}."
    walk.differ(
        Kind.COUNTRY, Order.OTHER, f"{path}.country", old=old.country, new=new.country, words=words, clauses=clauses
    )
    order = compared_limits(old.keep, new.keep, shorter)
    now_kept, was_kept = (
        f"for {period_in_words(keep, walk.language)}" if keep else "for as long as it likes"
        for keep in (new.keep, old.keep)
    )
    words = f"{title} would keep what it receives {now_kept} instead of {was_kept.removeprefix('for ')}."
    walk.differ(Kind.RECIPIENT_KEEP, order, f"{path}.keep", old=old.keep, new=new.keep, words=words, clauses=clauses)
    order = _some(old.safeguard, new.safeguard)
    words = f"{title} would be bound by “{new.safeguard}” instead of “{old.safeguard}” in its country."
    walk.differ(
        Kind.SAFEGUARD, order, f"{path}.safeguard", old=old.safeguard, new=new.safeguard, words=words, clauses=clauses
    )
    order = _some(old.works_inside_as, new.works_inside_as).turned
    words = f"People of {title} would work inside as “{new.works_inside_as}” instead of “{old.works_inside_as}”."
    inside = f"{path}.works_inside_as"
    walk.differ(Kind.INSIDE, order, inside, old=old.works_inside_as, new=new.works_inside_as, words=words)
    _compare_papers(walk, old, new)


def _some(old: str, new: str) -> Order:
    """Return how it stands when something binds: more than nothing, and not comparable with something else."""
    if old and new:
        return Order.OTHER
    return Order.NARROWER if new else Order.WIDER


def _compare_papers(walk: Walk, old: Recipient, new: Recipient) -> None:
    """Compare contract and check. New dates are the promise kept; none at all is less than was promised."""
    path, title = f"recipients.{new.key}", walk.title(new.title)
    if old.contract and new.contract:
        words = f"The contract with {title} would be “{new.contract.reference}”, signed {new.contract.signed}"
        words += f", until {new.contract.until}." if new.contract.until else ", until ended."
        walk.tell(Kind.CONTRACT, f"{path}.contract", old=old.contract, new=new.contract, words=words)
    else:
        order = Order.NARROWER if new.contract else Order.WIDER
        words = f"There would be {'a' if new.contract else 'no'} contract with {title}."
        walk.differ(Kind.CONTRACT, order, f"{path}.contract", old=old.contract, new=new.contract, words=words)
    if old.checked and new.checked:
        before, now = (old.checked.on, old.checked.evidence), (new.checked.on, new.checked.evidence)
        words = f"The last check of {title} would be that of {now[0]}, with the evidence “{now[1]}”."
        walk.tell(Kind.CHECK, f"{path}.checked", old=before, new=now, words=words)
        order = compared_limits(old.checked.every, new.checked.every, shorter)
        words = f"A check of {title} would be due every {new.checked.every} instead of {old.checked.every}."
        every = f"{path}.checked.every"
        walk.differ(Kind.CHECK, order, every, old=old.checked.every, new=new.checked.every, words=words)
    else:
        order = Order.NARROWER if new.checked else Order.WIDER
        words = f"{title} would {'be' if new.checked else 'no longer be'} checked."
        walk.differ(Kind.CHECK, order, f"{path}.checked", old=old.checked, new=new.checked, words=words)


def compare_roles(walk: Walk) -> None:
    """Compare what our own people may see."""
    for key, role in walk.new.roles.items():
        old = walk.old.roles.get(key)
        _compare_may(walk, old or Role(key, {}), role, gone=False)
        if old is None:
            walk.note(Kind.ROLE, Order.SAME, f"roles.{key}", words=f"There would be a new role “{key}”.")
        else:
            _compare_conditions(walk, old, role)
    for key, role in walk.old.roles.items():
        if key not in walk.new.roles:
            _compare_may(walk, role, Role(key, {}), gone=True)
            walk.note(Kind.ROLE, Order.SAME, f"roles.{key}", words=f"The role “{key}” would be gone.", gone=True)


def _compare_may(walk: Walk, old: Role, new: Role, *, gone: bool) -> None:
    people = f"People with the role “{new.key}”"
    for purpose in dict.fromkeys([*new.may, *old.may]):
        path, title = f"roles.{new.key}.may.{purpose}", walk.purpose_title(purpose)
        before, now = _level(old, purpose), _level(new, purpose)
        had, has = old.may.get(purpose, ()), new.may.get(purpose, ())
        if before != now:
            words = {
                _NOTHING: f"{people} would no longer see anything for {title}.",
                _STATISTICS: f"{people} would see statistics, and never a person, for {title}.",
                _PERSONS: f"{people} would see single customers for {title}: {walk.data_titles(has)}.",
            }[now]
            clauses = _seen(walk, new if now > before else old, purpose)
            order = Order.WIDER if now > before else Order.NARROWER
            walk.note(Kind.ROLE, order, path, words=words, clauses=clauses, gone=gone)
            continue
        if more := [data for data in has if data not in had]:
            words = f"{people} would see more of single customers for {title}: {walk.data_titles(more)}."
            walk.note(Kind.ROLE, Order.WIDER, path, words=words, clauses=[Clause(purpose, data) for data in more])
        if less := [data for data in had if data not in has]:
            words = f"{people} would see less of single customers for {title}, no longer {walk.data_titles(less)}."
            walk.note(Kind.ROLE, Order.NARROWER, path, words=words, clauses=[Clause(purpose, data) for data in less])


def _level(role: Role, purpose: str) -> int:
    if purpose in role.aggregate:
        return _STATISTICS
    return _PERSONS if role.may.get(purpose) else _NOTHING


def _seen(walk: Walk, role: Role, purpose: str) -> list[Clause]:
    """Return what `role` sees for `purpose`: statistics are of all its data."""
    declared = walk.new.purposes.get(purpose) or walk.old.purposes.get(purpose)
    kinds = declared.data if declared and purpose in role.aggregate else role.may.get(purpose, ())
    return [Clause(purpose, data) for data in kinds]


def _compare_conditions(walk: Walk, old: Role, new: Role) -> None:
    path, people = f"roles.{new.key}", f"People with the role “{new.key}”"
    order = Order.NARROWER if new.reason_required else Order.WIDER
    words = f"{people} would {'have' if new.reason_required else 'no longer have'} to give a reason."
    walk.differ(Kind.REASON, order, f"{path}.reason", old=old.reason_required, new=new.reason_required, words=words)
    walk.more_or_less(
        Kind.TRAINING,
        f"{path}.training",
        old=old.training,
        new=new.training,
        more=lambda what: f"{people} would need the training {what}.",
        less=lambda what: f"{people} would no longer need the training {what}.",
        more_is=Order.NARROWER,
    )
