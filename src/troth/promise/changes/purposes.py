"""What a new promise changes about purposes: which there are, with what data, on what basis, under which words."""

from troth.promise.changes.change import Kind
from troth.promise.changes.order import Order, compared, compared_limits, kept_shorter, rarer
from troth.promise.changes.walk import Walk
from troth.promise.model import Ask, AtMost, Clause, Keep, Purpose, Question, Text
from troth.promise.taxonomy import lies_below
from troth.promise.words import keep_in_words


def compare_purposes(walk: Walk) -> None:
    """Compare the purposes."""
    for key, purpose in walk.new.purposes.items():
        old = walk.old.purposes.get(key)
        if old is None:
            kinds = walk.data_titles(purpose.data) or "no data yet"
            words = f"We would do something new: {walk.title(purpose.title)}, with {kinds}."
            walk.note(Kind.PURPOSE, Order.WIDER, f"purposes.{key}", words=words, clauses=purpose.clauses)
        else:
            _compare_purpose(walk, old, purpose)
    for key, purpose in walk.old.purposes.items():
        if key not in walk.new.purposes:
            words = f"We would no longer do this: {walk.title(purpose.title)}."
            walk.note(
                Kind.PURPOSE, Order.NARROWER, f"purposes.{key}", words=words, clauses=purpose.clauses, gone=True
            )


def _compare_purpose(walk: Walk, old: Purpose, new: Purpose) -> None:
    path, title, clauses = f"purposes.{new.key}", walk.title(new.title), walk.using(purpose=new.key)
    walk.words(f"{path}.title", old=old.title, new=new.title, what=f"the title of {title}", clauses=clauses)
    what = f"what the customer gets from {title}"
    walk.words(f"{path}.benefit", old=old.benefit, new=new.benefit, what=what, clauses=clauses)
    words = f"Somebody else would answer for {title}."
    walk.tell(Kind.OWNER, f"{path}.owner", old=old.owner, new=new.owner, words=words)
    words = f"{title} would be the use “{new.use}” instead of “{old.use}”."
    narrower = compared(old.use, new.use, lies_below)
    walk.differ(Kind.USE, narrower, f"{path}.use", old=old.use, new=new.use, words=words, clauses=clauses)
    _compare_data(walk, old, new)
    words = f"{title} would rest on {_basis(new)} instead of {_basis(old)}."
    walk.differ(Kind.BASIS, Order.OTHER, f"{path}.basis", old=old.basis, new=new.basis, words=words, clauses=clauses)
    if old.basis is new.basis:
        # What belongs to a basis can't be compared across two of them; that the basis changed says it.
        _compare_terms(walk, old, new, clauses)
        _compare_questions(walk, old, new, clauses)
    _compare_reach(walk, old, new, clauses)


def _basis(purpose: Purpose) -> str:
    words = purpose.basis.value.replace("_", " ")
    return f"a {words}" if " " in words or words == "contract" else words


def _compare_data(walk: Walk, old: Purpose, new: Purpose) -> None:
    title = walk.title(new.title)
    for key in new.data:
        if key not in old.data:
            words = f"We would also use {walk.data_titles([key])} for {title}."
            path = f"purposes.{new.key}.data.{key}"
            walk.note(Kind.CLAUSE, Order.WIDER, path, words=words, clauses=[Clause(new.key, key)])
    for key in old.data:
        if key not in new.data:
            words = f"We would no longer use {walk.data_titles([key])} for {title}."
            path = f"purposes.{new.key}.data.{key}"
            walk.note(Kind.CLAUSE, Order.NARROWER, path, words=words, clauses=[Clause(new.key, key)], gone=True)


def _compare_terms(walk: Walk, old: Purpose, new: Purpose, clauses: tuple[Clause, ...]) -> None:
    path, title = f"purposes.{new.key}", walk.title(new.title)
    for key, before, now, what in (
        ("law", old.law, new.law, "another law"),
        ("starts", old.starts, new.starts, "another event that starts it"),
        ("assessment", old.assessment, new.assessment, "another assessment"),
    ):
        words = f"{title} would rest on {what}: “{now}” instead of “{before}”."
        walk.differ(Kind.TERMS, Order.OTHER, f"{path}.{key}", old=before, new=now, words=words, clauses=clauses)
    order = compared_limits(old.lasts, new.lasts, kept_shorter)
    words = f"{title} would go on until {_lasts(walk, new.lasts)} instead of {_lasts(walk, old.lasts)}."
    walk.differ(Kind.LASTS, order, f"{path}.lasts", old=old.lasts, new=new.lasts, words=words, clauses=clauses)
    order = Order.WIDER if new.ask is Ask.TOGETHER else Order.NARROWER
    how = "one question for all data together" if new.ask is Ask.TOGETHER else "one question for each kind of data"
    words = f"{title} would ask {how}."
    walk.differ(Kind.ASK, order, f"{path}.ask", old=old.ask, new=new.ask, words=words, clauses=clauses)


def _lasts(walk: Walk, lasts: Keep | None) -> str:
    if lasts is None:
        return "nothing ends it"
    if not lasts.after:
        return f"{lasts.period} after it started"
    return keep_in_words(lasts, walk.language, promise=walk.new if lasts.after in walk.new.data else walk.old)


def _compare_questions(walk: Walk, old: Purpose, new: Purpose, clauses: tuple[Clause, ...]) -> None:
    """Compare what is asked. One question for several clauses is told once."""
    together = old.ask is new.ask is Ask.TOGETHER
    alike: list[tuple[Question | None, Question | None, list[Clause]]] = []
    for clause in clauses:
        before, now = old.data[clause.data], new.data[clause.data]
        for known_before, known_now, found in alike:
            if together and (known_before, known_now) == (before, now):
                found.append(clause)
                break
        else:
            alike.append((before, now, [clause]))
    for before, now, found in alike:
        path = f"purposes.{new.key}.question" if together else f"purposes.{new.key}.data.{found[0].data}"
        about = f"{walk.title(new.title)} with {walk.data_titles(clause.data for clause in found)}"
        for part, what in (("question", "the question about"), ("yes", "what a yes brings in"), ("no", "the no in")):
            walk.words(
                f"{path}.{part}", old=_said(before, part), new=_said(now, part), what=f"{what} {about}", clauses=found
            )


def _said(question: Question | None, part: str) -> Text | None:
    if question is None:
        return None
    return {"question": question.question, "yes": question.yes, "no": question.no}[part]


def _compare_reach(walk: Walk, old: Purpose, new: Purpose, clauses: tuple[Clause, ...]) -> None:
    path, title = f"purposes.{new.key}", walk.title(new.title)
    walk.more_or_less(
        Kind.CHANNELS,
        f"{path}.channels",
        old=old.channels,
        new=new.channels,
        more=lambda what: f"{title} would also reach customers by {what}.",
        less=lambda what: f"{title} would no longer reach customers by {what}.",
        clauses=clauses,
    )
    walk.more_or_less(
        Kind.TOPICS,
        f"{path}.topics",
        old=tuple(old.topics),
        new=tuple(new.topics),
        more=lambda what: f"{title} would have more topics: {what}.",
        less=lambda what: f"{title} would no longer have the topics {what}.",
        clauses=clauses,
    )
    for key, topic in new.topics.items():
        if key in old.topics:
            what = f"the topic {walk.title(topic)}"
            walk.words(f"{path}.topics.{key}", old=old.topics[key], new=topic, what=what, clauses=clauses)
    order = compared_limits(old.at_most, new.at_most, rarer)
    words = f"{title} would come at most {_often(new.at_most)} instead of {_often(old.at_most)}."
    walk.differ(
        Kind.AT_MOST, order, f"{path}.at_most", old=old.at_most, new=new.at_most, words=words, clauses=clauses
    )


def _often(cap: AtMost | None) -> str:
    return "as often as we like" if cap is None else f"{cap.count} per {cap.per.value.removesuffix('s')}"
