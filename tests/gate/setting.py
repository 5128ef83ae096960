"""The promise, the people and the states that the table of `decide` speaks of."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from installations import GARDEN, NOW, ORDERS, PAGE_VIEWS
from troth.actors import Actor, ActorKind, of_job, of_service
from troth.consent.model import Answer, Choice, Standing, Status
from troth.gate.state import State, Verdict
from troth.gate.terms import Terms
from troth.gate.use import Act, Use
from troth.promise.model import (
    Ask,
    Basis,
    Check,
    Clause,
    Contract,
    Period,
    Promise,
    Purpose,
    Recipient,
    RecipientRole,
    Role,
    Source,
    Text,
    Unit,
)
from troth.promise.read import read_promise
from troth.stops.model import CommonStops, CustomerStops
from troth.vault.model import Span

DAY = timedelta(days=1)
TODAY = NOW.date()


def titled(words: str) -> Text:
    return Text({"en": words})


def _data(promise: Promise) -> dict[str, Any]:
    kind = promise.data["orders"]
    return {
        **promise.data,
        "card": replace(kind, key="card", category="user.financial", sensitivity=5, events={}),
        "taste": replace(kind, key="taste", source=Source.GUESSED, guessed_from=("orders", "page_views"), events={}),
        "place": replace(kind, key="place", category="user.location", events={}),
        "device": replace(kind, key="device", category="user.device.push_token", events={}),
        "region": replace(kind, key="region", source=Source.GUESSED, guessed_from=("place",), events={}),
        "illness": replace(
            kind, key="illness", source=Source.GUESSED, category="user.health", guessed_from=("orders",), events={}
        ),
    }


def _purposes(promise: Promise) -> dict[str, Purpose]:
    asked = promise.purposes["suggestions"]

    def purpose(key: str, use: str, basis: Basis, *data: str, **more: object) -> Purpose:
        question = asked.data["orders"] if basis is Basis.CONSENT else None
        kinds = dict.fromkeys(data, question)
        return Purpose(key, titled(key), use, basis, kinds, benefit=None, **more)  # type: ignore[arg-type] # fields

    return {
        **promise.purposes,
        "suggestions": replace(asked, data={**asked.data, "taste": asked.data["orders"]}),
        "fraud": purpose(
            "fraud", "essential.fraud", Basis.LEGITIMATE_INTEREST, "orders", "card", "page_views", assessment="LIA-3"
        ),
        "letters": purpose(
            "letters", "marketing.communications.post", Basis.LEGITIMATE_INTEREST, "orders", assessment="LIA-4"
        ),
        "partners": purpose("partners", "third_party_sharing", Basis.CONSENT, "orders"),
        "adverts": purpose("adverts", "marketing.advertising.third_party", Basis.CONSENT, "orders"),
        "authority": purpose(
            "authority", "third_party_sharing.legal_obligation", Basis.LEGAL_OBLIGATION, "orders", law="Customs Act"
        ),
        "refunds": replace(promise.purposes["service"], key="refunds", data={"card": None, "orders": None}),
        "members": replace(
            promise.purposes["service"], key="members", use="marketing.communications.email", lasts=None
        ),
        "accounts": purpose("accounts", "functional.storage", Basis.CONSENT, "card", "orders", "taste"),
        "accounts_at_once": purpose(
            "accounts_at_once", "functional.storage", Basis.CONSENT, "card", "orders", ask=Ask.TOGETHER
        ),
        "wallet": purpose("wallet", "functional.storage", Basis.CONSENT, "card", ask=Ask.TOGETHER),
        "books": purpose("books", "essential.legal_obligation", Basis.LEGAL_OBLIGATION, "card", law="Companies Act"),
        "offers": purpose(
            "offers", "personalize.content", Basis.CONSENT, "card", "place", "device", "region", "illness"
        ),
        "parcels": purpose(
            "parcels", "essential.service", Basis.LEGAL_OBLIGATION, "place", "illness", law="Post Act"
        ),
    }


CHECK = Check(date(2026, 9, 1), Period(12, Unit.MONTHS), "docs/soc2.pdf")
PARCELO = Recipient(
    "parcelo",
    titled("Parcelo"),
    RecipientRole.PROCESSOR,
    "GB",
    receives={"service": ("email", "orders"), "suggestions": ("orders",)},
    contract=Contract(date(2026, 2, 1), "DPA-17", until=date(2027, 2, 1)),
    checked=CHECK,
)
BRIGHTMAIL = replace(PARCELO, key="brightmail", receives={}, works_inside_as="writer")


def _promise() -> Promise:
    promise = read_promise(GARDEN)
    writer = Role("writer", {"service": ("orders",)})
    return replace(
        promise,
        data=_data(promise),
        purposes=_purposes(promise),
        never=(),
        recipients={"parcelo": PARCELO, "brightmail": BRIGHTMAIL},
        roles={**promise.roles, "writer": writer, "clerk": Role("clerk", {"service": ("orders",)})},
    )


PROMISE = _promise()
TERMS = Terms.of(PROMISE)
ALL = of_service("web", *PROMISE.purposes, "profiling")
SUPPORT = Actor(ActorKind.PERSON, "sam", role="support", trained_until=NOW + timedelta(days=30))
CLERK = Actor(ActorKind.PERSON, "kim", role="clerk")
WRITER = Actor(ActorKind.PERSON, "bea", role="writer", recipient="brightmail")
BALANCE = of_job("balance", "measure")
BUYER = {"orders": Span(NOW - timedelta(days=400), NOW - timedelta(days=10), 3)}
LAPSED = {"orders": Span(NOW - timedelta(days=1500), NOW - timedelta(days=900), 3)}
BOUGHT = State(spans=BUYER)
TASTE = Clause("suggestions", "taste")


def said(
    *clauses: Clause,
    status: Status = Status.GIVEN,
    words: bytes | None = None,
    at: datetime = NOW - DAY,
    promise: int = PROMISE.version.number,
) -> dict[Clause, Standing]:
    """Return choices on `clauses` that ended in `status`, under today's words or `words`."""
    return {
        clause: Standing(
            status,
            Choice(
                clause,
                Answer.YES,
                at,
                next(iter(TERMS.digests[clause])) if words is None else words,
                "en",
                "page",
                promise,
            ),
        )
        for clause in clauses
    }


YES = State(said(ORDERS))


def asking(purpose: str, *data: str, actor: Actor = ALL, **more: Any) -> Use:
    return Use(actor, purpose, frozenset(data), **more)


def sending(recipient: str = "parcelo", purpose: str = "service", data: str = "orders", **more: Any) -> Use:
    return asking(purpose, data, act=Act.DISCLOSE, recipient=recipient, **more)


def measuring(*data: str, compared: frozenset[Clause] = frozenset({ORDERS, PAGE_VIEWS}), **more: Any) -> Use:
    return asking("measure", *data, actor=more.pop("actor", BALANCE), compared=compared, **more)


def terms(**changes: Any) -> Terms:
    """Return the terms of the promise with `changes`."""
    return Terms.of(replace(PROMISE, **changes))


def kind(key: str = "orders", **changes: Any) -> Terms:
    """Return the terms with the kind `key` changed."""
    return terms(data={**PROMISE.data, key: replace(PROMISE.data[key], **changes)})


def purpose(key: str, **changes: Any) -> Terms:
    """Return the terms with the purpose `key` changed."""
    return terms(purposes={**PROMISE.purposes, key: replace(PROMISE.purposes[key], **changes)})


def partner(key: str = "parcelo", **changes: Any) -> Terms:
    """Return the terms with the recipient `key` changed."""
    return terms(recipients={**PROMISE.recipients, key: replace(PROMISE.recipients[key], **changes)})


def after(*earlier: dict[str, Any], **changes: Any) -> Terms:
    """Return the terms of the promise with `changes`, in force since today, after `earlier` ones of it.

    The first of them has the number of `PROMISE` and is a year old; each that follows counts one more.
    """
    first, last = PROMISE.version.number, PROMISE.version.number + len(earlier)
    history = []
    for place, before in enumerate(earlier):
        version = replace(PROMISE.version, since=TODAY - (len(earlier) - place) * timedelta(days=100))
        named = replace(version, number=first + place, same_meaning=before.get("same_meaning", frozenset()))
        rest = {key: value for key, value in before.items() if key != "same_meaning"}
        history.append(replace(PROMISE, version=named, **rest))
    same = changes.pop("same_meaning", frozenset())
    newest = changes.pop("version", replace(PROMISE.version, number=last, since=TODAY))
    version = replace(newest, same_meaning=same)
    return Terms.of(replace(PROMISE, version=version, **changes), history)


def with_purpose(key: str, **changes: Any) -> dict[str, Any]:
    """Return what `after` takes for a promise whose purpose `key` is changed."""
    return {"purposes": {**PROMISE.purposes, key: replace(PROMISE.purposes[key], **changes)}}


def with_kind(key: str, **changes: Any) -> dict[str, Any]:
    """Return what `after` takes for a promise whose kind of data `key` is changed."""
    return {"data": {**PROMISE.data, key: replace(PROMISE.data[key], **changes)}}


def with_partner(key: str, **changes: Any) -> dict[str, Any]:
    """Return what `after` takes for a promise whose recipient `key` is changed."""
    return {"recipients": {**PROMISE.recipients, key: replace(PROMISE.recipients[key], **changes)}}


def stopped(state: State = YES, **stops: Any) -> State:
    """Return `state` with stops of the customer."""
    return replace(state, own=CustomerStops(**stops))


def common(state: State = YES, **stops: Any) -> State:
    """Return `state` with stops of everybody."""
    return replace(state, common=CommonStops(**stops))


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the table: what is asked, of whom, when, and the word that `decide` says about `data`."""

    use: Use
    terms: Terms
    state: State
    expected: str
    now: datetime = NOW
    data: str = ""
    customer: int | None = 7

    def told(self, verdict: Verdict) -> str:
        """Return the word that `verdict` says about the kind this line is about."""
        data = self.data or min(self.use.data)
        return verdict.refused[data].code.word if data in verdict.refused else "allowed"
