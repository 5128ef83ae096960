"""The part of the table that speaks of earlier promises: what a yes of that time still allows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gate.setting import (
    BOUGHT,
    BRIGHTMAIL,
    BUYER,
    DAY,
    PARCELO,
    PROMISE,
    SUPPORT,
    TERMS,
    TODAY,
    WRITER,
    Case,
    after,
    asking,
    said,
    sending,
    titled,
    with_kind,
    with_partner,
    with_purpose,
)
from installations import NOW, ORDERS, PAGE_VIEWS
from troth.consent.model import Status
from troth.consent.notice import words_for
from troth.gate.retention import Limit
from troth.gate.state import Grant, State
from troth.promise.model import Ask, Basis, Clause, Keep, Never, Period, Question, Role, Source, Unit
from troth.vault.model import Span

SUGGEST = asking("suggestions", "orders")
SERVE = asking("service", "orders")
SHIP = sending("parcelo", "suggestions", "orders")
LOOK = asking("suggestions", "orders", actor=SUPPORT, reason="why")
WRITE = asking("suggestions", "orders", actor=WRITER)
YES = State(said(ORDERS))
AGAIN = State(said(ORDERS, promise=2))
ASKED = PROMISE.purposes["suggestions"]
READER = {"roles": {**PROMISE.roles, "support": Role("support", {"suggestions": ("orders",)}, training=("basics",))}}
WRITES = {"roles": {**PROMISE.roles, "writer": Role("writer", {"suggestions": ("orders",)})}}
WITHOUT_PARCELO = {"recipients": {"brightmail": BRIGHTMAIL}}
LONGER = Keep(Period(5, Unit.YEARS), after="orders")
LONG_GONE = State(spans={"orders": Span(NOW - timedelta(days=1500), NOW - timedelta(days=900), 3)})
BACK = State(spans={"orders": Span(NOW - 3 * DAY, NOW, 2)})
TOMORROW = replace(PROMISE.version, number=2, since=TODAY + DAY)
ONLY_ORDERS = with_purpose("suggestions", data={"orders": ASKED.data["orders"]})
NO_ORDERS = with_purpose("suggestions", data={"page_views": ASKED.data["page_views"]})
DAWN = datetime(2026, 11, 22, tzinfo=UTC)
SIX_YEARS, TWO_AFTER = Limit(PROMISE.data["orders"].keep), Limit(PROMISE.data["email"].keep)
THREE_YEARS = Keep(Period(3, Unit.YEARS))
KEPT_3 = with_kind("orders", keep=THREE_YEARS)
LESS = with_kind("orders", events={"Order Completed": ("order_id",)})
OTHER = with_kind("orders", events={"Order Completed": ("currency",)})
NO_REFUND = {"Order Refunded": frozenset[str]()}
NO_FRAUD = {"purposes": {key: one for key, one in PROMISE.purposes.items() if key != "fraud"}}
MAILED = State(said(Clause("newsletter", "email")))
CIRCLE = with_kind("taste", guessed_from=("taste",))
LETTERS, NEWS = Clause("letters", "orders"), Clause("newsletter", "email")
ACCOUNT = Clause("accounts", "card")


def asked_as(words: str) -> dict[str, object]:
    """Return what `after` takes for a promise that asks about orders in other words."""
    question = ASKED.data["orders"]
    assert question is not None
    other = Question(titled(words), question.yes, question.no)
    return with_purpose("suggestions", data={**ASKED.data, "orders": other})


def _answered(words: str, promise: int) -> State:
    purposes = asked_as(words)["purposes"]
    assert isinstance(purposes, dict)
    shown = words_for(purposes["suggestions"], "orders", "en")
    assert shown is not None
    return State(said(ORDERS, words=shown.digest, promise=promise))


FIRST, SECOND = _answered("First words?", 1), _answered("Second words?", 2)
SAME = {"same_meaning": frozenset({ORDERS})}

VERSIONS = {
    "a yes goes on under the next promise": Case(SUGGEST, after({}), YES, "allowed"),
    "a yes goes on under the one after the next": Case(SUGGEST, after({}, {}), YES, "allowed"),
    "a yes under a promise that nobody recorded allows nothing": Case(
        SUGGEST, after({}), State(said(ORDERS, promise=7)), "widened"),
    "a kind that came later has no choice yet": Case(
        asking("suggestions", "page_views"), after(ONLY_ORDERS), YES, "no_choice"),
    "and the kind that was asked about goes on": Case(
        SUGGEST, after(ONLY_ORDERS), YES, "allowed"),
    "a yes to what was no clause in between was to something else": Case(
        SUGGEST, after({}, NO_ORDERS), YES, "widened"),
    "somebody who receives since then gets nothing of an earlier yes": Case(
        SHIP, after(WITHOUT_PARCELO), YES, "widened"),
    "and our own use of it goes on": Case(SUGGEST, after(WITHOUT_PARCELO), YES, "allowed"),
    "and a new yes is for them too": Case(SHIP, after(WITHOUT_PARCELO), AGAIN, "allowed"),
    "somebody who receives more since then does not get the new part": Case(
        SHIP, after(with_partner("parcelo", receives={"service": ("email", "orders")})), YES, "widened"),
    "somebody who received before goes on receiving": Case(SHIP, after({}), YES, "allowed"),
    "whose contract was renewed goes on receiving": Case(
        SHIP, after(with_partner("parcelo", contract=None)), YES, "allowed"),
    "somebody in another country since then gets nothing of an earlier yes": Case(
        SHIP, after(with_partner("parcelo", country="US")), YES, "widened"),
    "and our own use of it goes on there too": Case(
        SUGGEST, after(with_partner("parcelo", country="US")), YES, "allowed"),
    "a role that may look since then sees nothing of an earlier yes": Case(
        LOOK, after({}, **READER), YES, "widened"),
    "a role that might look before goes on looking": Case(
        LOOK, after(READER, **READER), YES, "allowed"),
    "a role that came since then sees nothing of an earlier yes": Case(
        replace(LOOK, actor=replace(SUPPORT, role="reader")),
        after({}, roles={"reader": Role("reader", {"suggestions": ("orders",)})}), YES, "widened"),
    "an agency that came since then sees nothing of an earlier yes": Case(
        WRITE, after({**WRITES, "recipients": {"parcelo": PARCELO}}, **WRITES), YES, "widened"),
    "an agency that works inside since then sees nothing of an earlier yes": Case(
        WRITE,
        after({**WRITES, **with_partner("brightmail", works_inside_as="")}, **WRITES), YES, "widened"),
    "an agency that was inside before goes on": Case(
        WRITE, after(WRITES, **WRITES), YES, "allowed"),
    "a purpose that is another use now has to be asked again": Case(
        SUGGEST, after(with_purpose("suggestions", use="functional")), YES, "widened"),
    "what rested on an interest and is asked now has no choice yet": Case(
        SUGGEST, after(with_purpose("suggestions", basis=Basis.LEGITIMATE_INTEREST)), State(), "no_choice"),
    "what is watched and was told has to be asked again": Case(
        SUGGEST, after(with_kind("orders", source=Source.TOLD)), YES, "widened"),
    "a never that was lifted still holds for an earlier yes": Case(
        SUGGEST, after({"never": (Never(data="orders", purpose="suggestions"),)}), YES, "widened"),
    "and no more for a new one": Case(
        SUGGEST, after({"never": (Never(data="orders", purpose="suggestions"),)}), AGAIN, "allowed"),
    "what was most private stays so for an earlier yes": Case(
        SUGGEST, after(with_kind("orders", sensitivity=5)), YES, "widened"),
    "one question for all was no yes to the most private": Case(
        asking("accounts", "card"), after(with_purpose("accounts", ask=Ask.TOGETHER)), State(said(ACCOUNT)),
        "widened"),
    "other words have to be asked again": Case(SUGGEST, after(asked_as("First words?")), FIRST, "words_changed"),
    "unless the company says they mean the same": Case(
        SUGGEST, after(asked_as("First words?"), **SAME), FIRST, "allowed"),
    "what meant the same before means the same now": Case(
        SUGGEST, after(asked_as("First words?"), {**asked_as("Second words?"), **SAME}, **SAME), FIRST, "allowed"),
    "and so does what did not change since": Case(
        SUGGEST, after(asked_as("First words?"), SAME, {}), FIRST, "allowed"),
    "to mean the same speaks of the words just before and no others": Case(
        SUGGEST, after(asked_as("First words?"), asked_as("Second words?"), **SAME), FIRST, "words_changed"),
    "the words just before are those it speaks of": Case(
        SUGGEST, after(asked_as("First words?"), asked_as("Second words?"), **SAME), SECOND, "allowed"),
    "that other words mean the same lets nothing new in": Case(
        SHIP, after({**asked_as("First words?"), **WITHOUT_PARCELO}, **SAME), FIRST, "widened"),
    "words that came back are the words that were agreed to": Case(
        SUGGEST, after({}, asked_as("Second words?")), YES, "allowed"),
    "a guess that is made from more since then has to be asked again": Case(
        asking("suggestions", "taste"), after(with_kind("taste", guessed_from=("orders",))),
        State(said(ORDERS, PAGE_VIEWS, Clause("suggestions", "taste"))), "widened"),
    "guesses that are made from each other hold nobody up": Case(
        asking("suggestions", "taste"), after(CIRCLE, **CIRCLE), State(said(Clause("suggestions", "taste"))),
        "widened"),
    "a contract that lasts longer now ends for its earlier customers when it was to end": Case(
        SERVE, after({}, **with_purpose("service", lasts=LONGER)), LONG_GONE, "relationship_over"),
    "and lasts longer for who orders again": Case(
        SERVE, after({}, **with_purpose("service", lasts=LONGER)), BACK, "allowed", NOW + timedelta(days=1500)),
    "a contract that lasts shorter now ends sooner for everybody": Case(
        SERVE, after(with_purpose("service", lasts=LONGER)), LONG_GONE, "relationship_over"),
    "a law binds from its own day": Case(
        asking("tax", "orders"), after({"purposes": {**PROMISE.purposes, "tax": PROMISE.purposes["books"]}}),
        BOUGHT, "allowed"),
    "the next promise is not in force before its day": Case(
        SUGGEST, after({}, version=TOMORROW), YES, "promise_not_in_force"),
    "an objection speaks about later promises too": Case(
        asking("letters", "orders"), after({}),
        replace(BOUGHT, own=replace(BOUGHT.own, objections={"letters": NOW - DAY})), "objected"),
    "a buyer of before is served on": Case(SERVE, after({}), State(spans=BUYER), "allowed"),
    "a language that was dropped ends no yes in another": Case(
        SUGGEST, after({"company": replace(PROMISE.company, languages=("en", "cy"))}), YES, "allowed"),
    "who ordered in the first moment of a contract's longer time has it": Case(
        SERVE, after({}, **with_purpose("service", lasts=LONGER)), State(spans={"orders": Span(DAWN, DAWN, 1)}),
        "allowed", NOW + timedelta(days=1500)),
    "what is done no more is done for nobody": Case(
        SERVE, after({}, purposes={"suggestions": ASKED}), BOUGHT, "purpose_unknown"),
    "a no under other words is a no to everybody": Case(
        SHIP, TERMS, State(said(ORDERS, status=Status.REFUSED, words=b"old")), "refused"),
    "a choice of before says nothing where nobody is asked any more": Case(
        asking("letters", "orders"), TERMS, State(said(LETTERS, status=Status.REFUSED, words=b"old")), "allowed"),
}  # fmt: skip

GRANTS: dict[str, tuple[Case, Grant]] = {
    "all of it under today's yes": (Case(SUGGEST, TERMS, YES, "allowed"), Grant(ORDERS, limits=(SIX_YEARS,))),
    "all of it under an earlier yes to the same": (
        Case(SUGGEST, after({}), YES, "allowed"), Grant(ORDERS, limits=(SIX_YEARS,))),
    "no longer than was said when the yes was given": (
        Case(SUGGEST, after(KEPT_3), YES, "allowed"), Grant(ORDERS, limits=(SIX_YEARS, Limit(THREE_YEARS)))),
    "only properties that were named when the yes was given": (
        Case(SUGGEST, after(LESS), YES, "allowed"),
        Grant(ORDERS, limits=(SIX_YEARS,), fields={"Order Completed": frozenset({"order_id"}), **NO_REFUND})),
    "and of those only what every promise since has named": (
        Case(SUGGEST, after(LESS, OTHER), YES, "allowed"),
        Grant(ORDERS, limits=(SIX_YEARS,), fields={"Order Completed": frozenset(), **NO_REFUND})),
    "what was named again in between as well": (
        Case(SUGGEST, after(LESS, {}), YES, "allowed"),
        Grant(ORDERS, limits=(SIX_YEARS,), fields={"Order Completed": frozenset({"order_id"}), **NO_REFUND})),
    "what was named since is for later yeses": (
        Case(SUGGEST, after(LESS, OTHER), AGAIN, "allowed"),
        Grant(ORDERS, limits=(SIX_YEARS,), fields={"Order Completed": frozenset({"currency"}), **NO_REFUND})),
    "fewer properties than before are no matter": (
        Case(SUGGEST, after({}, **LESS), YES, "allowed"), Grant(ORDERS, limits=(SIX_YEARS,))),
    "traits are properties like others": (
        Case(asking("newsletter", "email"), after(with_kind("email", traits=("mail",))), MAILED, "allowed"),
        Grant(NEWS, limits=(TWO_AFTER,), fields={"identify": frozenset()})),
    "where nobody is asked a longer keep is for what came after it": (
        Case(asking("fraud", "orders"), after(KEPT_3), BOUGHT, "allowed"),
        Grant(Clause("fraud", "orders"), limits=(SIX_YEARS, Limit(THREE_YEARS, DAWN)))),
    "where nobody is asked a new purpose is for what came after it": (
        Case(asking("fraud", "orders"), after({}, NO_FRAUD), BOUGHT, "allowed"),
        Grant(Clause("fraud", "orders"), limits=(SIX_YEARS,), since=DAWN)),
    "a law is for everything": (
        Case(asking("tax", "orders"), after(KEPT_3), BOUGHT, "allowed"),
        Grant(Clause("tax", "orders"), limits=(SIX_YEARS,))),
}  # fmt: skip
