"""What of a verdict does not depend on the customer: worked out once for a promise, a purpose and a manner of asking.

A plan holds, for every kind of data, what steps 2, 4, 5, 9 and 10 of `decide` say of it, as far as the promise alone
says it; `decide` adds what hangs on the customer and the day. The numbers of the steps are those of `decide`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from troth.gate.reasons import Code, Refusal
from troth.gate.retention import Limit
from troth.gate.state import Grant
from troth.gate.use import Act
from troth.promise.model import SACROSANCT, Ask, Basis, Clause, Data, Promise, Purpose, Recipient, Role, Source
from troth.promise.never import covers_data, covers_purpose
from troth.promise.taxonomy import LOCATION, PERSONALISING, PUSH, SHARING, lies_below_any, never_guessed

_MARKETING = ("marketing",)
_NOT_FOR_CHILDREN = (*PERSONALISING, *_MARKETING, *SHARING)
_OBJECTABLE = frozenset({Basis.CONSENT, Basis.LEGITIMATE_INTEREST})
_lies = lru_cache(maxsize=4096)(lies_below_any)


class Manner(NamedTuple):
    """Everything about a question but whose data, which kinds and when.

    Attributes:
        purpose: a purpose, of the promise or not.
        act: what is done.
        recipient: who outside receives it; empty for nobody.
        agency: the recipient whose people ask; empty for nobody.
        role: the role of the person who asks; empty when no person asks.
    """

    purpose: str
    act: Act
    recipient: str = ""
    agency: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What a plan says of one kind of data.

    Attributes:
        clause: the purpose's use of it.
        role: step 2: the person's role may not have it.
        closed: steps 4 and 5: it is never used so, or has no clause.
        outside: step 9, as far as no date decides: the recipient is unknown or does not receive it.
        private: step 10, but for the sources of a guess.
        sources: what it is guessed from; empty when it is no guess.
        grant: what is granted when nothing refuses.
        accepts: the words under which a yes to it holds today.
        said: refusals told before, so that they are not made again.
    """

    clause: Clause
    role: Code | None = None
    closed: Code | None = None
    outside: Code | None = None
    private: Code | None = None
    sources: tuple[str, ...] = ()
    grant: Grant = Grant(None)  # noqa: RUF009 - a frozen value
    accepts: frozenset[bytes] = frozenset()
    said: dict[Code, Refusal] = field(default_factory=dict, compare=False, repr=False)

    @property
    def refused(self) -> Code | None:
        """What the promise alone refuses it with, in the order of the steps; None when it alone refuses nothing."""
        return self.role or self.closed or self.outside or self.private

    def refuse(self, code: Code) -> Refusal:
        """Return the refusal of this part with `code`."""
        known = self.said.get(code)
        if known is None:
            known = self.said[code] = Refusal(code, self.clause)
        return known


@dataclass(frozen=True, slots=True)
class Plan:
    """What the promise says of a purpose asked for in one manner.

    Attributes:
        manner: in which it is asked for.
        purpose: the purpose; None when the promise has none of this name.
        parts: kind of data → what is said of it, for every kind of the promise.
        plain: those of the parts of which a yes or a no is the whole story.
        named: who outside is involved by name, known or not.
        bound: those of them that the promise knows; their contracts and checks are asked for each day.
        asks: whether each kind needs a yes of its own.
        demanded: whether a law demands it.
        for_children: whether the purpose stands open to a child.
        objectable: whether an objection ends it.
        shares: whether an opt-out signal speaks about it.
        starts: the kinds of data whose items begin the relationship, for a contract.
        lasts: how long it lasts, for a contract; each for what began before some moment.
    """

    manner: Manner
    purpose: Purpose | None
    parts: dict[str, Part]
    plain: dict[str, Part]
    named: frozenset[str]
    bound: tuple[Recipient, ...] = ()
    asks: bool = False
    demanded: bool = False
    for_children: bool = False
    objectable: bool = False
    shares: bool = False
    starts: tuple[str, ...] = ()
    lasts: tuple[Limit, ...] = ()

    def part(self, data: str) -> Part:
        """Return what is said of the kind `data`, also when the promise has none of this name."""
        known = self.parts.get(data)
        if known is not None:
            return known
        clause = Clause(self.manner.purpose, data)
        return Part(clause, role=Code.ROLE_MAY_NOT if self.manner.role else None, closed=Code.NO_CLAUSE)


def plan(
    manner: Manner, promise: Promise, accepted: Mapping[Clause, frozenset[bytes]] = MappingProxyType({})
) -> Plan:
    """Return what `promise` says of a purpose asked for in this `manner`.

    Args:
        manner: how it is asked for.
        promise: today's, or an earlier one.
        accepted: clause → the words under which a yes to it holds.
    """
    purpose = promise.purposes.get(manner.purpose)
    named = frozenset({manner.recipient, manner.agency} - {""})
    if purpose is None:
        return Plan(manner, None, {}, {}, named)
    role = promise.roles.get(manner.role)
    parts = {}
    for data in promise.data.values():
        parts[data.key] = Part(
            Clause(manner.purpose, data.key),
            role=_role(manner, role, data),
            closed=_closed(purpose, data, promise, manner=manner, named=named),
            outside=_outside(manner, promise, data),
            private=_private(purpose, data),
            sources=data.guessed_from if data.source is Source.GUESSED else (),
            grant=Grant(Clause(manner.purpose, data.key), limits=(Limit(data.keep),)),
            accepts=accepted.get(Clause(manner.purpose, data.key), frozenset()),
        )
    asks = purpose.basis is Basis.CONSENT
    return Plan(
        manner,
        purpose,
        parts,
        {data: part for data, part in parts.items() if asks and part.refused is None and not part.sources},
        named,
        bound=tuple(
            promise.recipients[name] for name in (manner.agency, manner.recipient) if name in promise.recipients
        ),
        asks=asks,
        demanded=purpose.basis is Basis.LEGAL_OBLIGATION,
        for_children=_for_children(purpose, promise),
        objectable=purpose.basis in _OBJECTABLE or _lies(purpose.use, _MARKETING),
        shares=_lies(purpose.use, SHARING) and purpose.basis is not Basis.LEGAL_OBLIGATION,
        starts=tuple(data.key for data in promise.kind_of_event(purpose.starts)),
        lasts=(Limit(purpose.lasts),),
    )


def _role(manner: Manner, role: Role | None, data: Data) -> Code | None:
    """Step 2, as far as it is about one kind of data."""
    if not manner.role:
        return None
    return None if role is not None and data.key in role.may.get(manner.purpose, ()) else Code.ROLE_MAY_NOT


def _closed(purpose: Purpose, data: Data, promise: Promise, *, manner: Manner, named: frozenset[str]) -> Code | None:
    """Steps 4 and 5."""
    if _never(purpose, data, promise, act=manner.act, outside=named):
        return Code.NEVER
    return None if data.key in purpose.data else Code.NO_CLAUSE


def _never(purpose: Purpose, data: Data, promise: Promise, *, act: Act, outside: frozenset[str]) -> bool:
    """Step 4. First what no promise can lift (M10), then the company's own list."""
    if data.source is Source.GUESSED and never_guessed(data.category):
        return True
    if _lies(purpose.use, PERSONALISING) and any(_lies(one, LOCATION | PUSH) for one in _made_of(data, promise)):
        return True
    acts = {"", act.value}
    if data.source is Source.GUESSED:
        acts.add("guess")
    if _lies(purpose.use, SHARING):
        acts |= {"sell", "share"}
    return any(
        never.act in (acts | {"share"} if never.recipient else acts)
        and (not never.recipient or never.recipient in outside)
        and covers_data(never, data)
        and covers_purpose(never, purpose)
        for never in promise.never
    )


def _made_of(data: Data, promise: Promise) -> list[str]:
    """Return the categories of `data` and of everything declared that it is guessed from, directly or not."""
    keys = {data.key}
    for _ in promise.data if data.guessed_from else ():  # as many rounds as there are kinds reach everything
        keys |= {source for key in keys & promise.data.keys() for source in promise.data[key].guessed_from}
    return [promise.data[key].category for key in sorted(keys & promise.data.keys())]


def _outside(manner: Manner, promise: Promise, data: Data) -> Code | None:
    """Step 9, as far as no date decides."""
    if manner.act is Act.DISCLOSE and not manner.recipient:
        return Code.RECIPIENT_UNKNOWN
    for name in filter(None, (manner.agency, manner.recipient)):
        one = promise.recipients.get(name)
        if one is None:
            return Code.RECIPIENT_UNKNOWN
        if name == manner.recipient and data.key not in one.receives.get(manner.purpose, ()):
            return Code.RECIPIENT_MAY_NOT
    return None


def _private(purpose: Purpose, data: Data) -> Code | None:
    """Step 10: why the most private data, or a guess from nothing, may not be used for `purpose`."""
    guessed = data.source is Source.GUESSED
    if data.sensitivity >= SACROSANCT:
        # A yes to several kinds at once is not explicit about this one.
        asked = purpose.basis is Basis.CONSENT and (purpose.ask is Ask.EACH or len(purpose.data) == 1)
        owed = purpose.basis in {Basis.CONTRACT, Basis.LEGAL_OBLIGATION}
        if not (asked or owed) or _lies(purpose.use, PERSONALISING) or guessed:
            return Code.SACROSANCT
    return Code.GUESS_FELL if guessed and not data.guessed_from else None


def _for_children(purpose: Purpose, promise: Promise) -> bool:
    """Whether a purpose that no law demands stands open to a child: a contract, or at most what asks no consent."""
    if _lies(purpose.use, _NOT_FOR_CHILDREN):
        return False
    # A child's own yes is none (GDPR Art. 8), whatever the rule.
    mild = promise.children.rule == "service_only" and purpose.basis is Basis.LEGITIMATE_INTEREST
    return purpose.basis is Basis.CONTRACT or mild
