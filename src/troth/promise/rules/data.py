"""Rules about kinds of data: where they come from, how long they stay, and what is never done with them."""

from collections.abc import Iterator

from troth.promise.fields import nearest
from troth.promise.model import SACROSANCT, Basis, Keep, Promise, Purpose, Source, Unit
from troth.promise.rules.rule import Breach, error, warning
from troth.promise.taxonomy import (
    CATEGORY_ROOTS,
    LOCATION,
    PERSONALISING,
    PUSH,
    lies_below_any,
    never_guessed,
)
from troth.promise.tree import shown

_DAYS = {Unit.DAYS: 1.0, Unit.WEEKS: 7.0, Unit.MONTHS: 30.44, Unit.YEARS: 365.25}
LAST_CHANGE = "change"


@error("P120")
def everything_ends(promise: Promise) -> Iterator[Breach]:
    """Each kind of data says how long it is kept, unless contracts end for all its uses.

    A withdrawn consent ends a use, but a customer who never withdraws would be kept for ever; an obligation lasts
    as long as “keep” says (M15).
    """
    for data in promise.data.values():
        purposes = promise.purposes_of(data.key)
        ends = bool(purposes) and all(one.basis is Basis.CONTRACT and one.lasts for one in purposes)
        if data.keep is None and not ends:
            mend = "Add “keep: …”, e.g. 90 days, or 2 years after last orders."
            yield Breach(f"data.{data.key}", f"Nothing ever ends “{data.key}”.", mend)


@error("P121")
def anchors_are_known(promise: Promise) -> Iterator[Breach]:
    """“after last …” names a declared kind of data, or “change” (of the item itself).

    A length of time that starts at nothing never ends.
    """
    for where, keep in _keeps(promise):
        known = [*promise.data, LAST_CHANGE] if where.startswith("data.") else list(promise.data)
        if keep.after and keep.after not in known:
            meant = nearest(keep.after, known)
            mend = f"Did you mean “{meant}”?" if meant else f"Name one of: {', '.join(known)}."
            yield Breach(where, f"“after last {keep.after}” names no declared data.", mend)


@error("P122")
def anchors_are_not_circular(promise: Promise) -> Iterator[Breach]:
    """Two kinds of data don't keep each other: “after last …” leads to a kind that ends by itself.

    A kind may name itself: “orders: 2 years after last orders” keeps all orders of a customer until two years after
    the last, and new orders are the only thing that moves the end.
    """
    for data in promise.data.values():
        path = [data.key]
        while (follows := _anchor(promise, path[-1])) and follows not in path:
            path.append(follows)
        if follows == data.key and len(path) > 1:
            says = f"{' → '.join([*path, follows])}: these keep each other."
            yield Breach(f"data.{data.key}.keep", says, "Let one of them end by itself, e.g. “keep: 6 years”.")


@error("P123")
def sacrosanct_is_left_alone(promise: Promise) -> Iterator[Breach]:
    """Data of sensitivity 5 never personalises, is never guessed, and rests on a contract, a law or a yes.

    Money, health and family are sacrosanct (M11).
    """
    for data in promise.data.values():
        if data.sensitivity < SACROSANCT:
            continue
        if data.source is Source.GUESSED:
            yield Breach(
                f"data.{data.key}", f"“{data.key}” has sensitivity 5 and is guessed.", "Ask for it, or drop it."
            )
        for purpose in promise.purposes_of(data.key):
            where = f"purposes.{purpose.key}.data.{data.key}"
            if lies_below_any(purpose.use, PERSONALISING):
                says = f"“{data.key}” has sensitivity 5, and “{purpose.key}” personalises."
                yield Breach(where, says, f"Take it out of “{purpose.key}”.")
            elif purpose.basis is Basis.LEGITIMATE_INTEREST:
                says = f"“{data.key}” has sensitivity 5, and nobody is asked about “{purpose.key}”."
                yield Breach(where, says, f"Take it out of “{purpose.key}”, or ask for consent.")


@error("P124")
def some_things_are_never_guessed(promise: Promise) -> Iterator[Breach]:
    """Nothing is guessed about health, money, family, origin, belief or sexuality.

    Built in: no promise can lift it (M10; GDPR Art. 9).
    """
    for data in promise.data.values():
        if data.source is Source.GUESSED and (subject := never_guessed(data.category)):
            says = f"“{data.key}” is a guess about {subject}, which is never allowed."
            yield Breach(f"data.{data.key}.category", says, "Drop it.")


@error("P125")
def location_never_personalises(promise: Promise) -> Iterator[Breach]:
    """Location and device tokens are never used to personalise, also not when told from an address or IP address.

    Built in: no promise can lift it (M10).
    """
    for purpose in promise.purposes.values():
        if not lies_below_any(purpose.use, PERSONALISING):
            continue
        for key in purpose.data:
            roots = _made_of(promise, key)
            if any(lies_below_any(promise.data[root].category, LOCATION) for root in roots):
                says = f"“{key}” tells where somebody is, and “{purpose.key}” personalises."
                yield Breach(f"purposes.{purpose.key}.data.{key}", says, f"Take it out of “{purpose.key}”.")
            if any(lies_below_any(promise.data[root].category, PUSH) for root in roots):
                says = f"“{key}” names a device, and “{purpose.key}” personalises."
                yield Breach(f"purposes.{purpose.key}.data.{key}", says, f"Take it out of “{purpose.key}”.")


@error("P126")
def origin_is_told(promise: Promise) -> Iterator[Breach]:
    """A guess names the declared data it is made from; what we received names who gave it; others name nothing.

    People judge sources very differently, so each is told in full (M5).
    """
    for data in promise.data.values():
        where = f"data.{data.key}"
        if data.source is Source.GUESSED and not data.guessed_from:
            mend = "Add “from: [orders]”, with what it is made from."
            yield Breach(where, f"“{data.key}” is guessed, and does not say from what.", mend)
        if data.source is Source.RECEIVED and data.received_from is None:
            yield Breach(
                where, f"“{data.key}” is received, and does not say from whom.", "Add “from: …” with the name."
            )
        wrong_list = data.guessed_from and data.source is not Source.GUESSED
        wrong_name = data.received_from is not None and data.source is not Source.RECEIVED
        if wrong_list or wrong_name:
            says = f"“{data.key}” says “from”, but is {data.source}."
            yield Breach(f"{where}.from", says, "A list belongs to “source: guessed”, a name to “source: received”.")
        for key in data.guessed_from:
            if key not in promise.data or key == data.key:
                says = f"“{data.key}” is guessed from “{key}”, which is no other declared data."
                yield Breach(f"{where}.from.{key}", says, "Name declared data.")


@error("P127")
def guesses_stand_on_their_sources(promise: Promise) -> Iterator[Breach]:
    """A purpose that uses a guess also uses everything it is made from.

    A guess holds only while each of its sources holds for the same purpose.
    """
    for purpose in promise.purposes.values():
        for key in purpose.data:
            data = promise.data.get(key)
            missing = [source for source in data.guessed_from if source not in purpose.data] if data else []
            if missing:
                says = f"“{purpose.key}” uses the guess “{key}”, and not {', '.join(missing)}, from which it is made."
                yield Breach(f"purposes.{purpose.key}.data.{key}", says, "Add them, or take the guess out.")


@error("P128")
def categories_are_known(promise: Promise) -> Iterator[Breach]:
    """A category begins with “user” or “system”, as in fideslang.

    What is forbidden is known by category, so a category of another kind would slip through.
    """
    for data in promise.data.values():
        if data.category.partition(".")[0] not in CATEGORY_ROOTS:
            says = f"{shown(data.category)} is no fideslang category."
            yield Breach(
                f"data.{data.key}.category", says, "Begin with “user.”, e.g. user.behavior.purchase_history."
            )


@error("P129")
def storage_is_told_for_all(promise: Promise) -> Iterator[Breach]:
    """“storage” has a default, and its other keys name declared data.

    A customer is told of each item where it lies and how it is protected (M12).
    """
    if "default" not in promise.storage:
        yield Breach("storage", "Storage has no default.", "Add “default: {where: …, protected: …}”.")
    for key in promise.storage:
        if key != "default" and key not in promise.data:
            meant = nearest(key, ["default", *promise.data])
            mend = f"Did you mean “{meant}”?" if meant else "Write “default”, or a kind of data."
            yield Breach(f"storage.{key}", f"“{key}” is no declared data.", mend)


@warning("P220")
def data_is_used(promise: Promise) -> Iterator[Breach]:
    """Each kind of data is used by a purpose.

    What no purpose uses is not collected; to declare it only worries people (M6).
    """
    for key in promise.data:
        if not promise.purposes_of(key):
            yield Breach(f"data.{key}", f"No purpose uses “{key}”, so it is never collected.", "Use it or delete it.")


@warning("P221")
def nothing_is_kept_longer_than_needed(promise: Promise) -> Iterator[Breach]:
    """Data is not kept longer than its contracts last.

    Compared only when all its purposes are contracts that count from the same event: other bases have no end of
    their own (M15; GDPR Art. 5(1)(e)).
    """
    for data in promise.data.values():
        purposes = promise.purposes_of(data.key)
        if data.keep is None or not purposes or not all(_ends_alike(purpose, data.keep) for purpose in purposes):
            continue
        longest = max((one.lasts for one in purposes if one.lasts), key=_length)
        if _length(data.keep) > _length(longest):
            says = f"“{data.key}” is kept {data.keep.period}; no purpose needs it after {longest.period}."
            yield Breach(f"data.{data.key}.keep", says, "Shorten it, or delete “keep”.")


@warning("P222")
def data_can_arrive(promise: Promise) -> Iterator[Breach]:
    """Each kind of data that we collect names a trait or an event that carries it.

    What nothing carries never arrives.
    """
    for data in promise.data.values():
        made_here = data.source in {Source.GUESSED, Source.RECEIVED}
        if not data.traits and not data.events and not made_here:
            mend = "Add “traits: […]” or “events: {…}”."
            yield Breach(f"data.{data.key}", f"No trait and no event carries “{data.key}”.", mend)


def _keeps(promise: Promise) -> Iterator[tuple[str, Keep]]:
    for data in promise.data.values():
        if data.keep:
            yield f"data.{data.key}.keep", data.keep
    for purpose in promise.purposes.values():
        if purpose.lasts:
            yield f"purposes.{purpose.key}.lasts", purpose.lasts


def _anchor(promise: Promise, key: str) -> str:
    data = promise.data.get(key)
    return data.keep.after if data and data.keep and data.keep.after in promise.data else ""


def _made_of(promise: Promise, key: str) -> set[str]:
    """Return `key` and all declared data it is guessed from, directly or not."""
    found: set[str] = set()
    waiting = [key]
    while waiting:
        one = waiting.pop()
        if one in promise.data and one not in found:
            found.add(one)
            waiting.extend(promise.data[one].guessed_from)
    return found


def _ends_alike(purpose: Purpose, keep: Keep) -> bool:
    return purpose.basis is Basis.CONTRACT and purpose.lasts is not None and purpose.lasts.after == keep.after


def _length(keep: Keep) -> float:
    return keep.period.count * _DAYS[keep.period.unit]
