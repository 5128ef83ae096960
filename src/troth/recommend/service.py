"""Suggestions for one customer, as the promise allows them at this moment.

Laws:

1. A customer's own items are read through the gate at every call and kept nowhere: a no works from the next call on.
2. The model and the statistic are shared by all, so they must forget first. While a removal of the customer who asks
   waits, or one of anybody for longer than `GRACE`, nobody's answer comes from them: the catalogue is shown. This is
   looked up at every call, so it also holds when the process that refreshes is dead. The same holds for a model that
   was made under another promise: under it other customers may have agreed.
3. The items of the present visit are used for this one answer and written nowhere. Who said no to the use of pages
   they look at is not asked twice: then they are not used.
4. Every clause asked for is told as used or not used, with the reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from troth.actors import Actor
from troth.catalogue.model import Product
from troth.catalogue.store import Catalogue
from troth.db.engine import Connection, Database
from troth.errors import InputError, NotAllowedError, UnavailableError
from troth.gate.decide import Verdict
from troth.gate.gate import Gate
from troth.gate.reasons import Code
from troth.gate.use import Item, Use
from troth.keys.ring import KeyRing
from troth.promise.model import Clause
from troth.recommend import store
from troth.recommend.answer import Answer, How, NotUsed
from troth.recommend.compose import Own, on_rung
from troth.recommend.holdings import bought, kinds_of, looked_at
from troth.recommend.ladder import Footing, Rung, below, choose, words
from troth.recommend.learn import MOST_ITEMS, Learner
from troth.recommend.live import Frozen, Learnt
from troth.recommend.served import Served, decode
from troth.recommend.store import Header

GRACE = timedelta(seconds=1.5)
"""How long a removal of somebody else may wait to leave the model before nobody is served from it any more."""

MOST = 100
"""Suggestions and session items in one call at most."""

VISITOR = 0
"""The number of somebody we do not know: numbers of customers begin at 1."""

_LONGEST_ID = 255
_LONGEST_WAIT = 0.2
"""Seconds that a call waits for a fit or refresh that is running already, before it shows the catalogue instead."""
_SAID_NO = frozenset(
    {
        *(Code.REFUSED, Code.WITHDRAWN, Code.OBJECTED, Code.OPTED_OUT),
        *(Code.PAUSED, Code.RESTRICTED, Code.CHILD, Code.NEVER, Code.SACROSANCT),
    }
)
"""Refusals after which the present visit is not used either."""
_OF_THE_ACTOR = 2


@dataclass(frozen=True, slots=True)
class _Standing:
    """What may be served from at this moment."""

    served: Served | None
    settled: bool
    own_removal: bool


class Suggestions:
    """Suggests products for one purpose of the promise, and keeps its model.

    Args:
        database: the main database.
        gate: lets out what may be used.
        ring: seals customers' parts of the model.
        catalogue: the shop's products.
        purpose: the purpose that suggestions are made for.
        frozen: the settings of new epochs.
    """

    def __init__(
        self,
        database: Database,
        *,
        gate: Gate,
        ring: KeyRing,
        catalogue: Catalogue,
        purpose: str = "suggestions",
        frozen: Frozen | None = None,
    ) -> None:
        self._database = database
        self._gate = gate
        self._catalogue = catalogue
        self._purpose = purpose
        self._kinds = kinds_of(gate.promise, purpose)
        self._learner = Learner(
            database, gate=gate, ring=ring, catalogue=catalogue, purpose=purpose, frozen=frozen or Frozen()
        )
        self._served: tuple[tuple[int, bytes], Served] | None = None
        self._shelf: tuple[int, Mapping[str, Product]] | None = None

    @property
    def purpose(self) -> str:
        """The purpose that suggestions are made for."""
        return self._purpose

    def fit(self, *, now: datetime) -> Learnt:
        """Begin a new epoch over today's products; see `Learner.fit`."""
        return self._learner.fit(now=now)

    def refresh(
        self, *, now: datetime, without: frozenset[int] = frozenset(), patience: timedelta = timedelta(0)
    ) -> Learnt:
        """Take in what happened since; see `Learner.refresh`."""
        return self._learner.refresh(now=now, without=without, patience=patience)

    def forget_in(self, connection: Connection) -> None:
        """Delete the model and everybody's part of it, inside an open `writing`; the next `refresh` makes it anew."""
        store.drop_all(connection, self._purpose)

    def warm(self) -> None:
        """Make ready to forget fast; see `Learner.warm`."""
        self._learner.warm()

    def outgrown(self) -> bool:
        """Return whether the shop sells something that the model does not know, so that a new epoch should begin."""
        with self._database.reading() as connection:
            header = store.header(connection, self._purpose)
            served = None if header is None else self._current(connection, header)
        if served is None:
            return True
        sold = {product for product, known in self._catalogue.all().items() if not known.is_fee}
        return len(served.epoch.items) < MOST_ITEMS and not sold <= served.index.keys()

    def suggest(
        self, actor: Actor, customer: int, *, most: int, now: datetime, session: Sequence[str] = ()
    ) -> Answer:
        """Return at most `most` suggestions for `customer`.

        Args:
            actor: who asks; a program or job that was given the purpose.
            customer: the customer's number, or `VISITOR`.
            most: from 1 to `MOST`.
            now: the moment.
            session: ids of products seen in the present visit, at most `MOST`; unknown ones are passed over.

        Raises:
            InputError: `most` or `session` is out of bounds.
            NotAllowedError: who asks was not given the purpose.
        """
        _check(most, session)
        use = Use(actor, self._purpose, self._kinds.all)
        standing, verdict, items = self._moment(use, customer, now)
        if standing.own_removal:
            # Apart from the snapshot of whoever called: what the model forgets now must be seen now.
            with self._database.apart():
                if self._caught_up(now):
                    standing, verdict, items = self._moment(use, customer, now)
        served = standing.served if standing.settled else None
        own = {} if served is None else self._own(served, items, verdict, session)
        footing = Footing(
            own=sum(one.clause is not None for one in own.values()),
            session=sum(one.clause is None for one in own.values()),
            sold=served is not None,
            settled=standing.settled,
        )
        shelf = self._shelf_of(served)
        rung = choose(footing)
        shown = on_rung(rung, served, own, shelf=shelf, most=most)
        while not shown and rung is not Rung.CATALOGUE:
            footing = below(footing, rung)
            rung = choose(footing)
            shown = on_rung(rung, served, own, shelf=shelf, most=most)
        used = {one.clause for one in own.values()} if rung is Rung.PERSONAL else set()
        clauses = [Clause(self._purpose, data) for data in self._declared()]
        return Answer(
            rung=rung,
            words=words(rung),
            items=shown,
            used=tuple(clause for clause in clauses if clause in used),
            not_used=tuple(
                self._not_used(clause, verdict, items, standing) for clause in clauses if clause not in used
            ),
            epoch=standing.served.epoch.number if standing.served is not None else 0,
        )

    def _moment(
        self, use: Use, customer: int, now: datetime
    ) -> tuple[_Standing, Verdict, Mapping[str, tuple[Item, ...]]]:
        """Return what may be served from and what of the customer may be used, seen in one snapshot."""
        with self._database.reading():
            standing = self._standing(customer, now)
            verdict, items = self._read(use, customer, now, opened=standing.served is not None and standing.settled)
        return standing, verdict, items

    def _standing(self, customer: int, now: datetime) -> _Standing:
        with self._database.reading() as connection:
            header = store.header(connection, self._purpose)
            if header is None:
                return _Standing(None, settled=True, own_removal=False)
            served = self._current(connection, header)
            waiting = store.removals(connection, header.seq)
        own = any(one.customer == customer for one in waiting)
        # A removal dated ahead of our clock is as late as one that waits: a wrong clock fails closed.
        late = any(abs(now - one.at) > GRACE for one in waiting)
        ours = served.epoch.terms == self._gate.promise.fingerprint
        return _Standing(served, settled=ours and not own and not late, own_removal=own)

    def _caught_up(self, now: datetime) -> bool:
        """Let the model forget right here, so that who says no sees best sellers at once and not the catalogue.

        Where that fails, what is not settled stays not settled: the answer is the catalogue, and says so.
        """
        try:
            self._learner.refresh(now=now, wait=_LONGEST_WAIT)
        except UnavailableError:
            return False
        return True

    def _current(self, connection: Connection, header: Header) -> Served:
        """Return the model that `header` names, from memory while it is the same."""
        name = (header.epoch, header.digest)
        held = self._served
        if held is None or held[0] != name:
            held = self._served = (name, decode(store.body(connection, self._purpose)))
        return held[1]

    def _shelf_of(self, served: Served | None) -> Mapping[str, Product]:
        """Return the products, as they were known when the epoch began; without a model as they are now."""
        epoch = 0 if served is None else served.epoch.number
        held = self._shelf
        if held is None or (held[0] != epoch and served is not None) or held[0] == 0:
            held = self._shelf = (epoch, self._catalogue.all())
        return held[1]

    def _read(
        self, use: Use, customer: int, now: datetime, *, opened: bool
    ) -> tuple[Verdict, Mapping[str, tuple[Item, ...]]]:
        if opened:
            answer = self._gate.read(use, customer, now=now)
            verdict, items = answer.verdict, answer.items
        else:
            verdict, items = self._gate.decide(use, customer, now=now), {}
        for refusal in verdict.refused.values():
            if refusal.code.step == _OF_THE_ACTOR:
                raise NotAllowedError(
                    refusal.code.word,
                    refusal.says(self._gate.promise),
                    f"Use a key that was made with the purpose {self._purpose}.",
                )
        return verdict, items

    def _own(
        self, served: Served, items: Mapping[str, tuple[Item, ...]], verdict: Verdict, session: Sequence[str]
    ) -> dict[int, Own]:
        """Return item index → own item. What was bought counts as bought, also when it was looked at too."""
        index = served.index
        own: dict[int, Own] = {}
        barred = any(data in verdict.refused and verdict.refused[data].code in _SAID_NO for data in self._kinds.seen)
        if not barred:
            own |= {index[one]: Own(How.THIS_VISIT, None) for one in session if one in index}
        for kinds, how, products_of in (
            (self._kinds.seen, How.LOOKED_AT, looked_at),
            (self._kinds.bought, How.BOUGHT, bought),
        ):
            for data in sorted(kinds & items.keys()):
                clause = Clause(self._purpose, data)
                own |= {index[one]: Own(how, clause) for one in products_of(items[data]) if one in index}
        return own

    def _declared(self) -> list[str]:
        declared = self._gate.promise.purposes.get(self._purpose)
        return [] if declared is None else [data for data in declared.data if data in self._kinds.all]

    def _not_used(
        self, clause: Clause, verdict: Verdict, items: Mapping[str, tuple[Item, ...]], standing: _Standing
    ) -> NotUsed:
        refusal = verdict.refused.get(clause.data)
        if refusal is not None:
            return NotUsed(clause, refusal.code.word, refusal.says(self._gate.promise))
        if standing.served is None:
            return NotUsed(clause, "no_model", "There is no model yet to use it with.")
        if not standing.settled:
            return NotUsed(
                clause,
                "updating",
                "We are just bringing our suggestions up to date; until that is done we use no data.",
            )
        if not items.get(clause.data):
            return NotUsed(clause, "nothing_there", "There is nothing of it yet.")
        return NotUsed(clause, "nothing_fits", "We can’t tell yet what goes with it.")


def _check(most: int, session: Sequence[str]) -> None:
    if not 1 <= most <= MOST:
        raise InputError("how_many", f"How many suggestions must be from 1 to {MOST}.", "For example: 10")
    if len(session) > MOST or any(len(one) > _LONGEST_ID for one in session):
        raise InputError(
            "session_too_long",
            f"A session is at most {MOST} product ids of at most {_LONGEST_ID} characters.",
            "Send the newest ones.",
        )
