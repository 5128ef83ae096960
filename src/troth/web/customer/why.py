"""From a suggestion's parts to the page "Why am I seeing this". Pure: values in, values out.

The page shows the model's own arithmetic. A score is a sum over own things; each bar is one term's share of it, and
"Other things" is the rest, so the shares add up to 100 (research: a vague or too perfect explanation costs trust,
Eslami et al., CHI 2018).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from troth.promise.model import Clause, Promise
from troth.recommend.answer import Answer, How
from troth.web.customer.views import ChoiceView, DataUsedView, ShareView, WhyPage

_WHOLE = 100
_HOW = MappingProxyType(
    {
        How.BOUGHT: "you bought it",
        How.LOOKED_AT: "you looked at it",
        How.THIS_VISIT: "you look at it now",
    }
)


@dataclass(frozen=True, slots=True)
class Term:
    """One named term of a score: an own thing and what it adds."""

    name: str
    value: float


def shares(terms: Sequence[Term], other: float) -> tuple[ShareView, ...]:
    """Return each term's share of the whole in whole per cent; they add up to exactly 100.

    Rounded down, then the largest remainders are rounded up (Hamilton's method), so that no share is off by one or
    more and none is bent to make the sum come out.

    Args:
        terms: the named terms, each above 0.
        other: the sum of what is not named; may be below 0.

    Raises:
        ValueError: the whole is not above 0; such a thing is never suggested.
    """
    whole = sum(term.value for term in terms) + other
    if whole <= 0:
        msg = "a suggestion's score must be above 0"
        raise ValueError(msg)
    exact = [_WHOLE * value / whole for value in (*(term.value for term in terms), other)]
    floors = [int(value // 1) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: (floors[place] - exact[place], place))
    for place in by_remainder[: _WHOLE - sum(floors)]:
        floors[place] += 1
    named = tuple(ShareView(term.name, floors[place], is_own=True) for place, term in enumerate(terms))
    rest = floors[-1]
    return (*named, ShareView("Other things", rest, is_own=False)) if rest else named


def page(answer: Answer, product: str, name: str, *, promise: Promise, choices: Sequence[ChoiceView]) -> WhyPage:
    """Return why `product` is shown, as `answer` has it.

    Args:
        answer: what the recommender gave this customer; taken apart here, never worked out again.
        product: its id.
        name: what people call it.
        promise: for the names of the kinds of data.
        choices: the questions that change it.
    """
    found = next((one for one in answer.items if one.product == product), None)
    data = (
        *(_used(clause, promise) for clause in answer.used),
        *(DataUsedView(_title(one.clause, promise), used=False, why=one.says) for one in answer.not_used),
    )
    address = f"/p/{product}"
    if found is None:
        lead = "We do not suggest this to you now. You may have bought it since, or changed a choice."
        return WhyPage(name, address, lead, (), "", data, tuple(choices))
    terms = [Term(f"{reason.title} ({_HOW[reason.how]})", reason.part) for reason in found.reasons]
    if not terms:
        return WhyPage(name, address, answer.words, (), "", data, tuple(choices))
    bars = shares(terms, found.other)
    lead = f"Most of all because of one thing: {found.reasons[0].title}."
    return WhyPage(name, address, lead, bars, _arithmetic(bars), data, tuple(choices))


def _used(clause: Clause, promise: Promise) -> DataUsedView:
    return DataUsedView(_title(clause, promise), used=True, why="You said yes to this.")


def _title(clause: Clause, promise: Promise) -> str:
    data = promise.data.get(clause.data)
    return data.title.say("en") if data is not None else clause.data


def _arithmetic(bars: Sequence[ShareView]) -> str:
    text = "People who have these things often have this one too. Each adds a part, and the parts make 100%."
    rest = next((share.percent for share in bars if not share.is_own), 0)
    if rest < 0:
        return f"{text} “Other things” is below zero: some of your things speak a little against it."
    return f"{text} “Other things” is the sum of many small parts." if rest else text
