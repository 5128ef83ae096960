"""What a new promise changes about the kinds of data: which there are, what is noted, how long, where it lies."""

from collections.abc import Mapping

from troth.promise.changes.change import Kind
from troth.promise.changes.order import Order, compared, compared_limits, kept_shorter, shorter
from troth.promise.changes.walk import Walk
from troth.promise.model import Clause, Data, Keep, Storage
from troth.promise.taxonomy import lies_below
from troth.promise.words import keep_in_words, period_in_words, source_in_words


def compare_data(walk: Walk) -> None:
    """Compare the kinds of data."""
    for key, data in walk.new.data.items():
        old = walk.old.data.get(key)
        if old is None:
            words = f"We would keep something new: {walk.title(data.title)}."
            walk.note(Kind.DATA, Order.WIDER, f"data.{key}", words=words)
        else:
            _compare_kind(walk, old, data)
    for key, data in walk.old.data.items():
        if key not in walk.new.data:
            words = f"We would no longer keep {walk.title(data.title)}."
            walk.note(Kind.DATA, Order.NARROWER, f"data.{key}", words=words, gone=True)


def _compare_kind(walk: Walk, old: Data, new: Data) -> None:
    path, title, clauses = f"data.{new.key}", walk.title(new.title), walk.using(data=new.key)
    walk.words(f"{path}.title", old=old.title, new=new.title, what=f"the title of {title}", clauses=clauses)
    words = f"how we get {title}"
    walk.words(f"{path}.how", old=old.how, new=new.how, what=words, clauses=clauses)
    words = f"who gives us {title}"
    walk.words(f"{path}.from", old=old.received_from, new=new.received_from, what=words, clauses=clauses)
    words = f"We would come to have {title} another way. Before: “{_source(walk, old)}”. Now: “{_source(walk, new)}”."
    walk.differ(
        Kind.SOURCE, Order.OTHER, f"{path}.source", old=old.source, new=new.source, words=words, clauses=clauses
    )
    words = f"We would guess {title} from other data: {walk.data_titles(new.guessed_from) or 'none'}."
    sources = set(old.guessed_from), set(new.guessed_from)
    walk.differ(
        Kind.SOURCE, Order.OTHER, f"{path}.from", old=sources[0], new=sources[1], words=words, clauses=clauses
    )
    words = f"{title} would stand under “{new.category}” instead of “{old.category}”."
    # More nevers match what lies deeper.
    deeper = compared(old.category, new.category, lies_below)
    walk.differ(
        Kind.CATEGORY, deeper, f"{path}.category", old=old.category, new=new.category, words=words, clauses=clauses
    )
    order = Order.NARROWER if new.sensitivity > old.sensitivity else Order.WIDER
    words = f"{title} would have sensitivity {new.sensitivity} instead of {old.sensitivity} (5 is the highest)."
    walk.differ(
        Kind.SENSITIVITY,
        order,
        f"{path}.sensitivity",
        old=old.sensitivity,
        new=new.sensitivity,
        words=words,
        clauses=clauses,
    )
    _compare_collected(walk, old, new, clauses)
    keeps = compared_limits(old.keep, new.keep, lambda one, other: kept_shorter(one, other, own=new.key))
    before = _how_long(walk, old.keep).removeprefix("for ")
    words = f"We would keep {title} {_how_long(walk, new.keep)} instead of {before}."
    walk.differ(Kind.KEEP, keeps, f"{path}.keep", old=old.keep, new=new.keep, words=words, clauses=clauses)


def _source(walk: Walk, data: Data) -> str:
    return source_in_words(data.source, walk.language)


def _how_long(walk: Walk, keep: Keep | None) -> str:
    if keep is None:
        return "as long as a purpose holds"
    if not keep.after:
        return f"for {period_in_words(keep.period, walk.language)}"
    promise = walk.new if keep.after in walk.new.data else walk.old
    return f"until {keep_in_words(keep, walk.language, promise=promise)}"


def _compare_collected(walk: Walk, old: Data, new: Data, clauses: tuple[Clause, ...]) -> None:
    title = walk.title(new.title)
    for key, before, now in (
        ("traits", old.traits, new.traits),
        ("events", tuple(_properties(old)), tuple(_properties(new))),
    ):
        walk.more_or_less(
            Kind.COLLECTED,
            f"data.{new.key}.{key}",
            old=before,
            new=now,
            more=lambda what: f"We would note more for {title}: {what}.",
            less=lambda what: f"We would note less for {title}, no longer {what}.",
            clauses=clauses,
        )


def _properties(data: Data) -> list[str]:
    """Return each event, and each property of it that is kept."""
    found = []
    for event, properties in data.events.items():
        found += [event, *(f"{event}: {one}" for one in properties)]
    return found


def compare_storage(walk: Walk) -> None:
    """Compare where each kind of data lies and how it is protected.

    What counts is what holds for a kind: its own entry or the default. Kinds that change alike are told once.
    """
    alike: list[tuple[str, Storage, Storage, list[str]]] = []
    for key in walk.new.data:
        before, now = _storage(walk.old.storage, key), _storage(walk.new.storage, key)
        if key not in walk.old.data or before is None or now is None:
            continue
        own = key in walk.old.storage or key in walk.new.storage
        path = f"storage.{key if own else 'default'}"
        for known, old, new, keys in alike:
            if (known, old, new) == (path, before, now):
                keys.append(key)
                break
        else:
            alike.append((path, before, now, [key]))
    for path, old, new, keys in alike:
        titles = walk.data_titles(keys)
        clauses = tuple(clause for clause in walk.both if clause.data in keys)
        walk.words(f"{path}.where", old=old.where, new=new.where, what=f"where we keep {titles}", clauses=clauses)
        what = f"how we protect {titles}"
        walk.words(f"{path}.protected", old=old.protected, new=new.protected, what=what, clauses=clauses)
        # Nothing said about copies may mean that there are none, or that they have no end.
        said = old.backups_keep is not None and new.backups_keep is not None
        order = compared_limits(old.backups_keep, new.backups_keep, shorter) if said else Order.OTHER
        now_gone = period_in_words(new.backups_keep, walk.language) if new.backups_keep else "a time we don't say"
        was_gone = period_in_words(old.backups_keep, walk.language) if old.backups_keep else "a time we didn't say"
        words = f"Safety copies of {titles} would be gone after {now_gone} instead of {was_gone}."
        walk.differ(
            Kind.BACKUPS,
            order,
            f"{path}.backups",
            old=old.backups_keep,
            new=new.backups_keep,
            words=words,
            clauses=clauses,
        )


def _storage(storage: Mapping[str, Storage], key: str) -> Storage | None:
    return storage.get(key) or storage.get("default")
