"""What a verdict should be, told a second time and in another way, from the written rules alone.

Nothing here comes from the gate. A small promise and a small state are plain words and numbers (days, counted from
some day); the answer is a set of the kinds that may be used. The gate decides step by step and stops at the first
no; here every rule is a sentence of its own, and a kind is allowed when all of them are true of it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """One kind of data: how private it is, and what it is guessed from (nothing: it is no guess)."""

    sensitivity: int = 1
    guessed_from: tuple[str, ...] = ()


class Purpose(NamedTuple):
    """One purpose: a use and a basis in the words of the promise file, and the kinds it names."""

    use: str
    basis: str
    kinds: tuple[str, ...]
    lasts: int = 10


class Said(NamedTuple):
    """The last word on one clause: was it a yes, on which day, under today's words, and under today's promise?"""

    yes: bool
    day: int
    todays_words: bool = True
    todays_promise: bool = True


class World(NamedTuple):
    """A promise, one customer, what is stopped, and one question."""

    purposes: Mapping[str, Purpose]
    kinds: Mapping[str, Kind]
    since: int
    rule: str
    said: Mapping[tuple[str, str], Said]
    last_order: int | None
    restricted: bool
    child: bool
    opted_out: int | None
    objected: Mapping[str, int]
    paused: frozenset[str]
    cut_off: frozenset[str]
    bound_until: int
    receives: Mapping[str, tuple[str, ...]]
    who: str
    may: frozenset[str]
    trained_until: int | None
    reason: bool
    act: str
    recipient: str
    purpose: str
    today: int
    before: Mapping[str, Any] = {}
    """What was otherwise in the promise before, by the names above; empty where there was none."""


PARTNER = "partner"


def allowed(world: World) -> frozenset[str]:
    """Return the kinds that may be used for what `world` asks."""
    if world.purpose not in world.purposes:
        return frozenset()
    return frozenset(kind for kind in world.kinds if _asker(world, kind) and _holds(world, kind))


def _asker(world: World, kind: str) -> bool:
    """Who asks was given this; whoever is outside is bound."""
    given = {
        "customer": False,
        "program": world.purpose in world.may,
        "person": world.purpose in world.may and world.reason and _trained(world),
        "agency": world.purpose in world.may and world.reason and _trained(world) and _partner_is_bound(world),
        "aggregate": False,
    }
    goes_out = world.act == "disclose" or world.recipient != ""
    receives = (
        world.recipient == PARTNER and kind in world.receives.get(world.purpose, ()) and _partner_is_bound(world)
    )
    return given[world.who] and (receives or not goes_out)


def _trained(world: World) -> bool:
    return world.trained_until is not None and world.trained_until > world.today


def _partner_is_bound(world: World) -> bool:
    return world.today <= world.bound_until and PARTNER not in world.cut_off


def _holds(world: World, kind: str) -> bool:
    """Everything that does not depend on who asks."""
    purpose, data = world.purposes[world.purpose], world.kinds.get(kind)
    if data is None or kind not in purpose.kinds:
        return False
    in_force = world.today >= world.since
    running = world.purpose not in world.paused
    unlocked = purpose.basis == "legal_obligation" or not (world.restricted or (world.child and _adults_only(world)))
    grounded = _ground(world, kind) and not _spoke_against(world, kind)
    return in_force and running and unlocked and grounded and _gentle(world, kind)


def _adults_only(world: World) -> bool:
    purpose = world.purposes[world.purpose]
    if _is_about(purpose.use, "personalize", "marketing", "third_party_sharing"):
        return True
    open_to_them = {"refuse": {"contract"}, "service_only": {"contract", "legitimate_interest"}}
    return purpose.basis not in open_to_them[world.rule]


def _ground(world: World, kind: str) -> bool:
    purpose = world.purposes[world.purpose]
    if purpose.basis == "consent":
        word = world.said.get((world.purpose, kind))
        held = word is not None and word.yes and word.todays_words
        return held and (word is None or word.todays_promise or _was_promised(world, kind))
    if purpose.basis == "contract":
        return world.last_order is not None and world.today < world.last_order + purpose.lasts
    return True


def _was_promised(world: World, kind: str) -> bool:
    """Whether the promise before, had it been asked for the very same, would have allowed it too."""
    new_word = Said(yes=True, day=world.today)
    said = dict.fromkeys(world.said, new_word) | {(world.purpose, kind): new_word}
    # What a program may is in its key, what a person may is in the promise.
    may = world.may if world.who == "program" else world.before.get("may", world.may)
    then = world._replace(**world.before)._replace(said=said, before={}, may=may)
    purpose, was = world.purposes[world.purpose], then.purposes.get(world.purpose)
    same_use = was is not None and (was.use, was.basis) == (purpose.use, purpose.basis)
    made_alike = then.kinds[kind].guessed_from == world.kinds[kind].guessed_from
    return same_use and made_alike and kind in allowed(then)


def _spoke_against(world: World, kind: str) -> bool:
    """Whether an objection or a signal is the customer's newest word."""
    purpose = world.purposes[world.purpose]
    yes_on = world.said[world.purpose, kind].day if purpose.basis == "consent" else -1
    objectable = purpose.basis in {"consent", "legitimate_interest"} or _is_about(purpose.use, "marketing")
    against = []
    if objectable and world.purpose in world.objected:
        against.append(world.objected[world.purpose])
    shares = _is_about(purpose.use, "third_party_sharing", "marketing.advertising.third_party")
    if shares and purpose.basis != "legal_obligation" and world.opted_out is not None:
        against.append(world.opted_out)
    return any(day >= yes_on for day in against)


def _gentle(world: World, kind: str) -> bool:
    """The most private data is left alone, and a guess stands only on what holds."""
    purpose, data = world.purposes[world.purpose], world.kinds[kind]
    if data.sensitivity == 5:
        personalises = _is_about(purpose.use, "personalize", "marketing.advertising")
        if personalises or data.guessed_from or purpose.basis == "legitimate_interest":
            return False
    # To make a guess we read its sources ourselves, whoever the guess is for.
    making = world._replace(who="program", may=frozenset({world.purpose}), act="read", recipient="")
    return all(_holds(making, source) for source in data.guessed_from)


def _is_about(use: str, *roots: str) -> bool:
    words = use.split(".")
    return any(words[: len(root.split("."))] == root.split(".") for root in roots)
