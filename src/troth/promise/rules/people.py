"""Rules about people and partners: recipients, roles, what never happens, who listens and by when."""

from collections.abc import Iterator

from troth.promise.build import LAWFUL_LIMIT
from troth.promise.fields import nearest
from troth.promise.model import Never, Promise, Source, Unit
from troth.promise.never import covers_data, covers_purpose, names_something
from troth.promise.rules.rule import Breach, error, warning
from troth.promise.taxonomy import SHARING, lies_below_any

_MOST_DAYS = {Unit.DAYS: 31, Unit.WEEKS: 4, Unit.MONTHS: LAWFUL_LIMIT.count, Unit.YEARS: 0}


@error("P140")
def recipients_receive_what_is_promised(promise: Promise) -> Iterator[Breach]:
    """A recipient receives only data of declared clauses.

    Nobody outside sees more than the customer was told (M14).
    """
    for recipient in promise.recipients.values():
        for purpose, kinds in recipient.receives.items():
            where = f"recipients.{recipient.key}.for.{purpose}"
            yield from _undeclared(promise, where, purpose, kinds, f"“{recipient.key}” receives")


@error("P141")
def recipients_are_bound(promise: Promise) -> Iterator[Breach]:
    """Each recipient has a contract, and it ends after it was signed.

    Without one nothing binds them (GDPR Art. 26, 28).
    """
    for recipient in promise.recipients.values():
        contract = recipient.contract
        where = f"recipients.{recipient.key}"
        if contract is None:
            mend = "Add “contract: {signed: …, until: …, reference: …}”, or drop the recipient."
            yield Breach(where, f"“{recipient.key}” has no contract.", mend)
        elif contract.until and contract.until < contract.signed:
            says = f"The contract of “{recipient.key}” ends before it was signed."
            yield Breach(f"{where}.contract.until", says, "Check both days.")


@error("P142")
def recipients_are_checked(promise: Promise) -> Iterator[Breach]:
    """Each recipient was checked, and the next check has a time.

    A contract alone shows nothing of what is done; data goes to nobody whose check is overdue (M14).
    """
    for recipient in promise.recipients.values():
        if recipient.checked is None:
            mend = "Add “checked: {on: …, every: 12 months, evidence: …}”."
            yield Breach(f"recipients.{recipient.key}", f"Nobody has checked “{recipient.key}”.", mend)


@error("P143")
def insiders_have_a_role(promise: Promise) -> Iterator[Breach]:
    """A recipient whose people work inside does so under a declared role.

    Otherwise nothing says what they may see.
    """
    for recipient in promise.recipients.values():
        role = recipient.works_inside_as
        if role and role not in promise.roles:
            meant = nearest(role, list(promise.roles))
            mend = f"Did you mean “{meant}”?" if meant else "Declare it under “roles:”."
            yield Breach(f"recipients.{recipient.key}.works_inside_as", f"“{role}” is no declared role.", mend)


@error("P144")
def roles_see_what_is_promised(promise: Promise) -> Iterator[Breach]:
    """A role may see only data of declared clauses.

    Staff look for a purpose that the customer was told (M13).
    """
    for role in promise.roles.values():
        for purpose, kinds in role.may.items():
            yield from _undeclared(promise, f"roles.{role.key}.may.{purpose}", purpose, kinds, f"“{role.key}” sees")


@error("P145")
def nevers_mean_something(promise: Promise) -> Iterator[Breach]:
    """Each “never” says something, and names things that are there.

    An empty one would forbid everything; a misspelt one forbids nothing.
    """
    for index, never in enumerate(promise.never):
        if never == Never():
            mend = "Say what never happens, e.g. {act: sell}."
            yield Breach(f"never.{index}", "This “never” is empty: it would forbid everything.", mend)
        elif not names_something(never, promise):
            mend = "Name data, a purpose or a recipient of this promise, or a fideslang name with a dot."
            yield Breach(f"never.{index}", "This “never” names something that is not in the promise.", mend)


@error("P146")
def promise_does_not_forbid_itself(promise: Promise) -> Iterator[Breach]:
    """No clause is forbidden by a “never”.

    The customer would be told two things, of which only the never is true.
    """
    for index, never in enumerate(promise.never):
        for purpose in promise.purposes.values():
            if never == Never() or not covers_purpose(never, purpose):
                continue
            for key in purpose.data:
                data = promise.data.get(key)
                if data and covers_data(never, data) and _hits(never, promise, purpose.key, key):
                    line = _line(promise, purpose.key, key)
                    says = f"This forbids “{purpose.key}/{key}”, which stands in line {line}."
                    yield Breach(f"never.{index}", says, "Take out the one that is not meant.")


@error("P147")
def consent_tools_name_purposes(promise: Promise) -> Iterator[Breach]:
    """Categories of consent tools stand for declared purposes.

    Otherwise a choice made in the tool would be lost.
    """
    for category, purposes in promise.consent_categories.items():
        for purpose in purposes:
            if purpose not in promise.purposes:
                meant = nearest(purpose, list(promise.purposes))
                mend = f"Did you mean “{meant}”?" if meant else "Name a declared purpose."
                where = f"wire.consent_categories.{category}.{purpose}"
                yield Breach(where, f"“{purpose}” is no declared purpose.", mend)


@error("P148")
def somebody_answers(promise: Promise) -> Iterator[Breach]:
    """Specialists have a default, and their other keys name declared purposes.

    A complaint must always reach somebody (M19).
    """
    if promise.listening is None:
        return
    specialists = promise.listening.specialists
    where = "listening.specialists"
    if "default" not in specialists:
        yield Breach(where, "No specialist answers by default.", "Add “default: …” with an e-mail address.")
    for key in specialists:
        if key != "default" and key not in promise.purposes:
            meant = nearest(key, ["default", *promise.purposes])
            mend = f"Did you mean “{meant}”?" if meant else "Write “default”, or a purpose."
            yield Breach(f"{where}.{key}", f"“{key}” is no declared purpose.", mend)


@error("P149")
def rights_are_served_within_a_month(promise: Promise) -> Iterator[Breach]:
    """No right takes longer than a month.

    The longest that GDPR Art. 12(3) allows without a reason of the single case.
    """
    for right, by in promise.deadlines.items():
        if by is not None and by.count > _MOST_DAYS[by.unit]:
            yield Breach(f"deadlines.{right}", f"{by} is longer than a month.", "Write e.g. “15 days”.")


@warning("P240")
def recipients_do_something(promise: Promise) -> Iterator[Breach]:
    """A recipient receives something, or its people work inside.

    One that does neither only worries people.
    """
    for recipient in promise.recipients.values():
        if not recipient.receives and not recipient.works_inside_as:
            says = f"“{recipient.key}” receives nothing and nobody of theirs works inside."
            yield Breach(f"recipients.{recipient.key}", says, "Add “for: {…}”, or drop it.")


def _undeclared(promise: Promise, where: str, purpose: str, kinds: tuple[str, ...], subject: str) -> Iterator[Breach]:
    declared = promise.purposes.get(purpose)
    if declared is None:
        meant = nearest(purpose, list(promise.purposes))
        mend = f"Did you mean “{meant}”?" if meant else "Name a declared purpose."
        yield Breach(where, f"{subject} data for “{purpose}”, which is no declared purpose.", mend)
        return
    for key in kinds:
        if key not in declared.data:
            says = f"{subject} “{key}” for “{purpose}”, which does not use it."
            yield Breach(f"{where}.{key}", says, f"Take it out, or declare the clause {purpose}/{key}.")


def _hits(never: Never, promise: Promise, purpose: str, data: str) -> bool:
    """Tell whether `never`, which covers the clause, forbids what the promise says is done with it."""
    receivers = [key for key, one in promise.recipients.items() if data in one.receives.get(purpose, ())]
    if never.recipient:
        return never.act in {"", "disclose", "share"} and never.recipient in receivers
    match never.act:
        case "" | "read" | "collect":
            return True
        case "disclose":
            return bool(receivers)
        case "guess":
            return promise.data[data].source is Source.GUESSED
        case _:
            return lies_below_any(promise.purposes[purpose].use, SHARING)


def _line(promise: Promise, purpose: str, data: str) -> int:
    place = promise.places.get(f"purposes.{purpose}.data.{data}")
    return place.line if place else 1
