"""Every combination of a tiny promise, a customer, who asks and when; and the same told to the gate."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from gate.reference import PARTNER, Kind, Purpose, Said, World, allowed
from gate.setting import PARCELO, titled
from installations import GARDEN
from troth.actors import Actor, ActorKind, of_customer, of_service
from troth.consent.model import Answer, Choice, Standing, Status
from troth.gate.state import State, Verdict
from troth.gate.terms import Terms
from troth.gate.use import Act, Use
from troth.promise import model
from troth.promise.read import read_promise
from troth.stops.model import CommonStops, CustomerStops
from troth.vault.model import Span

Decide = Callable[..., Verdict]

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
KINDS = {"plain": Kind(), "private": Kind(5), "guess": Kind(1, ("plain",))}
USES = (
    "functional",
    "personalize.content",
    "marketing.communications",
    "marketing.advertising.third_party",
    "third_party_sharing",
)
OTHER = Purpose("functional", "consent", ("plain",))
_GARDEN = read_promise(GARDEN)


def day(number: int) -> datetime:
    return FIRST + timedelta(days=number)


def _world(first: Purpose, **changes: Any) -> World:
    plain = World(
        purposes={"a": first, "b": OTHER},
        kinds=KINDS,
        since=0,
        rule="refuse",
        said={},
        last_order=5,
        restricted=False,
        child=False,
        opted_out=None,
        objected={},
        paused=frozenset(),
        cut_off=frozenset(),
        bound_until=10,
        receives={"a": ("plain", "guess")},
        who="program",
        may=frozenset({"a", "b"}),
        trained_until=20,
        reason=True,
        act="read",
        recipient="",
        purpose="a",
        today=10,
    )
    return plain._replace(**changes)


def customers() -> Iterator[World]:
    """Yield every customer under every basis and use, asked about by a program."""
    words = (
        None,
        Said(yes=False, day=6),
        Said(yes=True, day=4),
        Said(yes=True, day=6),
        Said(yes=True, day=6, todays_words=False),
    )
    some = [
        {("a", kind): word for kind, word in zip(KINDS, chosen, strict=True) if word}
        | {("b", "plain"): Said(yes=True, day=6)}
        for chosen in product(words, (None, Said(yes=True, day=6)), (None, Said(yes=True, day=6)))
    ]
    for use, basis in product(USES, ("consent", "contract", "legal_obligation", "legitimate_interest")):
        purpose = Purpose(use, basis, tuple(KINDS))
        choices = some if basis == "consent" else [{}, some[-1]]
        orders = (None, 0, 5) if basis == "contract" else (5,)
        for said, last, locked, (child, rule), signal, objected, paused in product(
            choices,
            orders,
            (False, True),
            ((False, "refuse"), (True, "refuse"), (True, "service_only")),
            (None, 5),
            ({}, {"a": 5}, {"b": 5}),
            ((), ("a",), ("b",)),
        ):
            yield _world(
                purpose,
                said=said,
                last_order=last,
                restricted=locked,
                child=child,
                rule=rule,
                opted_out=signal,
                objected=objected,
                paused=frozenset(paused),
            )


def askers() -> Iterator[World]:
    """Yield everybody who may ask, for everything that may be done, of a customer who said yes to all."""
    yes = {("a", kind): Said(yes=True, day=6) for kind in KINDS}
    purpose = Purpose("functional", "consent", tuple(KINDS))
    for who, may, (trained, reason), act, to, bound, cut, receives, asked, since in product(
        ("customer", "program", "person", "agency", "aggregate"),
        (frozenset({"a"}), frozenset({"b"}), frozenset[str]()),
        ((20, True), (10, True), (None, True), (20, False)),
        ("read", "collect", "disclose"),
        ("", PARTNER, "stranger"),
        (9, 10),
        (frozenset[str](), frozenset({PARTNER})),
        ({}, {"a": ("plain",)}),
        ("a", "unknown"),
        (0, 10, 11),
    ):
        yield _world(
            purpose,
            said=yes,
            since=since,
            who=who,
            may=may,
            trained_until=trained,
            reason=reason,
            act=act,
            recipient=to,
            bound_until=bound,
            cut_off=cut,
            receives=receives,
            purpose=asked,
        )


def versions() -> Iterator[World]:
    """Yield everybody who may ask of a customer whose yes is as old as the promise before, whatever that one said."""
    purpose = Purpose("functional", "consent", tuple(KINDS))
    before: tuple[dict[str, Any], ...] = (
        {},
        {"purposes": {"b": OTHER}},
        {"purposes": {"a": purpose._replace(kinds=("plain", "private")), "b": OTHER}},
        {"purposes": {"a": purpose._replace(use="marketing.communications"), "b": OTHER}},
        {"purposes": {"a": purpose._replace(basis="legitimate_interest"), "b": OTHER}},
        {"kinds": {**KINDS, "plain": Kind(5)}},
        {"kinds": {**KINDS, "guess": Kind(1, ("private",))}},
        {"receives": {}},
        {"receives": {"a": ("guess",)}},
        {"may": frozenset[str]()},
    )
    words = (Said(yes=True, day=6), Said(yes=True, day=6, todays_promise=False), Said(yes=False, day=6))
    for older, chosen, (act, to), who, use, bound in product(
        before,
        product(words, words, (words[1], words[0])),
        (("read", ""), ("disclose", PARTNER)),
        ("program", "person", "agency"),
        ("functional", "personalize.content"),
        (9, 10),
    ):
        yield _world(
            purpose._replace(use=use),
            said={("a", kind): word for kind, word in zip(KINDS, chosen, strict=True)},
            who=who,
            act=act,
            recipient=to,
            bound_until=bound,
            before=older | {"since": 0},
        )


def disagreement(decide: Decide, worlds: Iterator[World]) -> World | None:
    """Return the first of `worlds` in which `decide` and the reference part; None when they always agree."""
    for world in worlds:
        verdict = decide(_use(world), terms := _terms_of(world), _state(world, terms), day(world.today), customer=7)
        if set(verdict.allowed) != allowed(world) or set(verdict.allowed) | set(verdict.refused) != set(KINDS):
            return world
    return None


def _use(world: World) -> Use:
    return Use(
        _actor(world),
        world.purpose,
        frozenset(KINDS),
        Act(world.act),
        reason="why" if world.reason else " ",
        recipient=world.recipient,
    )


def _actor(world: World) -> Actor:
    if world.who == "customer":
        return of_customer(7)
    if world.who == "program":
        return of_service("web", *world.may)
    return Actor(
        ActorKind.PERSON,
        "sam",
        role="aggregate" if world.who == "aggregate" else "person",
        trained_until=None if world.trained_until is None else day(world.trained_until),
        recipient=PARTNER if world.who == "agency" else "",
    )


def _state(world: World, terms: Terms) -> State:
    standing = {}
    for (purpose, kind), word in world.said.items():
        clause = model.Clause(purpose, kind)
        shown = next(iter(terms.digests[clause]), b"") if word.todays_words else b"old"
        answer = Answer.YES if word.yes else Answer.NO
        choice = Choice(clause, answer, day(word.day), shown, "en", "page", 1 if word.todays_promise else 0)
        standing[clause] = Standing(Status.GIVEN if word.yes else Status.REFUSED, choice)
    bought = world.last_order
    return State(
        standing,
        {} if bought is None else {"plain": Span(day(bought), day(bought), 1)},
        restricted=False,
        own=CustomerStops(
            restricted=world.restricted,
            child=world.child,
            opted_out=None if world.opted_out is None else day(world.opted_out),
            objections={purpose: day(when) for purpose, when in world.objected.items()},
        ),
        common=CommonStops(world.paused, world.cut_off),
    )


def _terms_of(world: World) -> Terms:
    today = _promise_of(world)
    if not world.before:
        return _terms(today)
    return _terms(today, _promise_of(world._replace(**world.before)))


@cache
def _terms(today: "_Promised", before: "_Promised | None" = None) -> Terms:
    if before is None:
        return Terms.of(_promise(today, 1))
    return Terms.of(_promise(today, 1), [_promise(before, 0)])


class _Promised(NamedTuple):
    purposes: tuple[tuple[str, Purpose], ...]
    kinds: tuple[tuple[str, Kind], ...]
    rule: str
    since: int
    bound_until: int
    receives: tuple[tuple[str, tuple[str, ...]], ...]
    may: frozenset[str]


def _promise_of(world: World) -> _Promised:
    return _Promised(
        tuple(world.purposes.items()),
        tuple(world.kinds.items()),
        world.rule,
        world.since,
        world.bound_until,
        tuple(world.receives.items()),
        world.may,
    )


def _promise(told: _Promised, number: int) -> model.Promise:
    assert PARCELO.contract is not None
    orders = _GARDEN.data["orders"]
    data = {
        key: replace(
            orders,
            key=key,
            category="user.content",
            sensitivity=kind.sensitivity,
            source=model.Source.GUESSED if kind.guessed_from else model.Source.TOLD,
            guessed_from=kind.guessed_from,
            events={"Ordered": ("x",)} if key == "plain" else {},
        )
        for key, kind in told.kinds
    }
    training, everything = ("basics",), dict.fromkeys(told.may, tuple(KINDS))
    partner = replace(
        PARCELO,
        key=PARTNER,
        receives=dict(told.receives),
        works_inside_as="person",
        contract=replace(PARCELO.contract, until=day(told.bound_until).date(), signed=FIRST.date()),
        checked=model.Check(FIRST.date(), model.Period(1, model.Unit.YEARS), "x"),
    )
    return replace(
        _GARDEN,
        company=replace(_GARDEN.company, time_zone=ZoneInfo("UTC")),
        version=replace(_GARDEN.version, number=number, since=day(told.since).date()),
        children=model.Children(16, told.rule),
        never=(),
        data=data,
        purposes={key: _purpose(key, purpose) for key, purpose in told.purposes},
        recipients={PARTNER: partner},
        roles={
            "person": model.Role("person", everything, reason_required=True, training=training),
            "aggregate": model.Role("aggregate", dict.fromkeys(told.may, ()), aggregate=told.may),
        },
    )


def _purpose(key: str, purpose: Purpose) -> model.Purpose:
    asked = _GARDEN.purposes["suggestions"].data["orders"] if purpose.basis == "consent" else None
    return model.Purpose(
        key,
        titled(key),
        purpose.use,
        model.Basis(purpose.basis),
        dict.fromkeys(purpose.kinds, asked),
        benefit=None,
        starts="Ordered",
        lasts=model.Keep(model.Period(purpose.lasts, model.Unit.DAYS), after="plain"),
        assessment="LIA-1",
    )
