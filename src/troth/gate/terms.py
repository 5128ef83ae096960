"""A promise made ready for deciding, with the ones before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from troth.consent.notice import accepted
from troth.gate.earlier import Earlier, begins, by_day, remembered, since_yes
from troth.gate.plan import Manner, Part, Plan, plan
from troth.gate.state import Grant
from troth.promise.model import Clause, Promise


@dataclass(frozen=True, slots=True)
class Terms:
    """What is promised today and was before. Make it with `of`.

    Attributes:
        promise: today's.
        number: its number.
        begins: from when it is in force.
        earlier: the ones before it, oldest first.
        digests: clause → the words under which a yes holds today.
    """

    promise: Promise
    number: int
    begins: datetime
    earlier: tuple[Earlier, ...]
    digests: Mapping[Clause, frozenset[bytes]]
    _plans: dict[Manner, Plan] = field(default_factory=dict, init=False, compare=False, repr=False)
    _since: dict[tuple[Manner, Clause, int], Grant | None] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @classmethod
    def of(
        cls,
        promise: Promise,
        history: Sequence[Promise] = (),
        recorded: Mapping[int, datetime] = MappingProxyType({}),
    ) -> "Terms":
        """Return the terms of `promise`.

        Args:
            promise: today's.
            history: every earlier one on record, oldest first.
            recorded: number of a promise → when it was first on record, where that is known.
        """
        return cls(
            promise,
            promise.version.number,
            begins(promise),
            remembered(history, promise, recorded),
            accepted(history, promise),
        )

    def plan(self, manner: Manner) -> Plan:
        """Return what is promised of a purpose asked for in this manner."""
        known = self._plans.get(manner)
        if known is None:
            known = by_day(plan(manner, self.promise, self.digests), self.promise, self.earlier)
            # Names that the promise does not have come from outside and are without number: they are not kept.
            if known.purpose is not None and known.named <= self.promise.recipients.keys():
                self._plans[manner] = known
        return known

    def granted_since(self, part: Part, manner: Manner, number: int) -> Grant | None:
        """Return what a yes under the promise `number` still grants today; None when nothing."""
        key = (manner, part.clause, number)
        if key not in self._since:
            place = next((at for at, one in enumerate(self.earlier) if one.promise.version.number == number), None)
            between = None if place is None else self.earlier[place:]
            self._since[key] = None if between is None else since_yes(part, manner, self.promise, between)
        return self._since[key]
