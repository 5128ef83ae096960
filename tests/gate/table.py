"""The table of what `decide` says: one line a rule, in words that a lawyer could read.

`test_decide` runs it on the gate's own `decide`, `test_mutants` on broken copies of it.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gate.setting import (
    ALL,
    BOUGHT,
    BUYER,
    CHECK,
    CLERK,
    DAY,
    LAPSED,
    PROMISE,
    SUPPORT,
    TASTE,
    TERMS,
    TODAY,
    WRITER,
    YES,
    Case,
    after,
    asking,
    common,
    kind,
    measuring,
    partner,
    purpose,
    said,
    sending,
    stopped,
    terms,
)
from gate.versions import AGAIN, LOOK, READER, VERSIONS
from installations import NOW, ORDERS, PAGE_VIEWS
from troth.actors import Actor, ActorKind, of_customer, of_job, of_service
from troth.consent.model import Status
from troth.gate.state import VISITOR, State
from troth.gate.use import Act
from troth.promise.model import Basis, Children, Clause, Contract, Never, Period, Source, Unit

SUGGEST = asking("suggestions", "orders")
SERVE = asking("service", "orders")
HELP = asking("service", "orders", actor=SUPPORT, reason="return LF-2041")
WRITE = asking("service", "orders", actor=WRITER)
CARD = Clause("accounts", "card")
LETTERS = asking("letters", "orders")
PARTNERS = Clause("partners", "orders")
NEWS = Clause("newsletter", "email")
ALL_THREE = State(said(ORDERS, PAGE_VIEWS, TASTE))
BOTH = State(said(ORDERS, PAGE_VIEWS), BUYER)
SERVICE_ONLY = terms(children=Children(16, "service_only"))
BEFORE, AFTER = NOW - 2 * DAY, NOW - timedelta(hours=1)
LAST_DAY = datetime(2027, 2, 1, 23, 59, tzinfo=UTC)

PROMISES = {
    "a time without a time zone is no time": Case(SUGGEST, TERMS, YES, "time_unknown", NOW.replace(tzinfo=None)),
    "a promise of tomorrow is not in force": Case(
        SUGGEST, terms(version=replace(PROMISE.version, since=TODAY + DAY)), YES, "promise_not_in_force"),
    "a promise of today is in force": Case(
        SUGGEST, terms(version=replace(PROMISE.version, since=TODAY)), YES, "allowed"),
    "the day begins in the company's time zone": Case(
        SUGGEST, terms(version=replace(PROMISE.version, since=TODAY.replace(month=7, day=2))), YES, "allowed",
        datetime(2026, 7, 1, 23, 30, tzinfo=UTC)),
}  # fmt: skip

ACTORS = {
    "a role is told of its purpose before its training is looked at": Case(
        asking("suggestions", "orders", actor=replace(SUPPORT, trained_until=None)), TERMS, YES, "role_may_not"),
    "a role does not have what nobody declared": Case(
        asking("service", "shoe_size", actor=SUPPORT, reason="why"), TERMS, BOUGHT, "role_may_not"),
    "a key with the purpose": Case(SERVE, TERMS, BOUGHT, "allowed"),
    "a key without the purpose": Case(
        asking("suggestions", "orders", actor=of_service("erp", "tax")), TERMS, YES, "actor_may_not"),
    "a job with the purpose": Case(
        asking("suggestions", "orders", actor=of_job("fit", "suggestions")), TERMS, YES, "allowed"),
    "a job without the purpose": Case(
        asking("suggestions", "orders", actor=of_job("nightly")), TERMS, YES, "actor_may_not"),
    "a customer asks for more than their rights": Case(
        asking("suggestions", "orders", actor=of_customer(7)), TERMS, YES, "not_their_own"),
    "a customer looks at their own": Case(asking("rights", "orders", actor=of_customer(7)), TERMS, BOUGHT, "allowed"),
    "a customer looks at their own whatever is stopped": Case(
        asking("rights", "orders", actor=of_customer(7)), TERMS,
        stopped(common(paused=frozenset({"service", "rights"})), restricted=True, child=True), "allowed"),
    "a customer sees what the promise no longer names": Case(
        asking("rights", "shoe_size", actor=of_customer(7)), TERMS, BOUGHT, "allowed"),
    "a customer looks at another's": Case(
        asking("rights", "orders", actor=of_customer(8)), TERMS, BOUGHT, "not_their_own"),
    "somebody without a number looks at nobody's": Case(
        asking("rights", "orders", actor=Actor(ActorKind.CUSTOMER, "x")), TERMS, BOUGHT, "not_their_own",
        customer=None),
    "a customer's rights collect nothing": Case(
        asking("rights", "orders", actor=of_customer(7), act=Act.COLLECT), TERMS, BOUGHT, "not_their_own"),
    "a customer's rights hand nothing to others": Case(
        asking("rights", "orders", actor=of_customer(7), recipient="parcelo"), TERMS, BOUGHT, "not_their_own"),
    "a trained person with a reason": Case(HELP, TERMS, BOUGHT, "allowed"),
    "a role without training or reason needs neither": Case(
        asking("service", "orders", actor=CLERK), TERMS, BOUGHT, "allowed"),
    "a person without a reason": Case(replace(HELP, reason="  "), TERMS, BOUGHT, "reason_missing"),
    "a person whose training ends now": Case(
        replace(HELP, actor=replace(SUPPORT, trained_until=NOW)), TERMS, BOUGHT, "training_lapsed"),
    "a person never trained": Case(
        replace(HELP, actor=replace(SUPPORT, trained_until=None)), TERMS, BOUGHT, "training_lapsed"),
    "a person of an unknown role": Case(
        replace(HELP, actor=replace(SUPPORT, role="intern")), TERMS, BOUGHT, "role_unknown"),
    "a purpose the role was not given": Case(
        asking("tax", "orders", actor=SUPPORT, reason="r"), TERMS, BOUGHT, "role_may_not"),
    "a kind the role was not given": Case(
        asking("service", "email", actor=CLERK), TERMS, BOUGHT, "role_may_not"),
    "a marketer gets no person": Case(
        asking("suggestions", "orders", actor=replace(SUPPORT, role="marketer"), reason="r"),
        TERMS, YES, "aggregate_only"),
    "a key's purposes are nothing to a person": Case(
        asking("tax", "orders", actor=replace(SUPPORT, may=frozenset({"tax"})), reason="r"),
        TERMS, BOUGHT, "role_may_not"),
}  # fmt: skip

AGENCIES = {
    "an agency's person under the agency's role": Case(WRITE, TERMS, BOUGHT, "allowed"),
    "an agency's person under another role": Case(
        replace(WRITE, actor=replace(WRITER, role="clerk")), TERMS, BOUGHT, "not_inside"),
    "a person of an agency nobody knows": Case(
        replace(WRITE, actor=replace(WRITER, recipient="inkwell")), TERMS, BOUGHT, "not_inside"),
    "a person of a recipient that works outside": Case(
        replace(WRITE, actor=replace(WRITER, recipient="parcelo")), TERMS, BOUGHT, "not_inside"),
    "a person without a role of a recipient that works outside": Case(
        replace(WRITE, actor=replace(WRITER, recipient="parcelo", role="")), TERMS, BOUGHT, "not_inside"),
    "an agency's program is no person": Case(
        replace(WRITE, actor=Actor(ActorKind.SERVICE, "x", "writer", may=ALL.may, recipient="brightmail")),
        TERMS, BOUGHT, "not_inside"),
    "an agency without a contract": Case(WRITE, partner("brightmail", contract=None), BOUGHT, "no_contract"),
    "an agency without a check": Case(WRITE, partner("brightmail", checked=None), BOUGHT, "check_overdue"),
    "an agency in no country": Case(WRITE, partner("brightmail", country=""), BOUGHT, "country_missing"),
    "an agency that was cut off": Case(
        WRITE, TERMS, common(BOUGHT, cut_off=frozenset({"brightmail"})), "cut_off"),
    "an agency's role is bound like any": Case(
        asking("tax", "orders", actor=WRITER), TERMS, BOUGHT, "role_may_not"),
    "a never about the agency": Case(
        WRITE, terms(never=(Never(act="read", recipient="brightmail"),)), BOUGHT, "never"),
    "an agency discloses only to who may receive": Case(
        sending(actor=WRITER), partner("parcelo", contract=None), BOUGHT, "no_contract"),
    "an agency that is bound discloses to who is bound": Case(sending(actor=WRITER), TERMS, BOUGHT, "allowed"),
}  # fmt: skip

PURPOSES = {
    "a purpose that is not declared": Case(asking("profiling", "orders"), TERMS, YES, "purpose_unknown"),
    "who may not ask is not told which purposes there are": Case(
        asking("profiling", "orders", actor=of_job("nightly")), TERMS, YES, "actor_may_not"),
    "who may not ask is not told what is reserved": Case(
        asking("evidence", "orders", actor=of_job("nightly")), TERMS, YES, "actor_may_not"),
    "the security purpose is not built": Case(
        asking("security", "orders", actor=of_job("watch", "security")), TERMS, YES, "reserved"),
    "the evidence purpose is not built": Case(
        asking("evidence", "orders", actor=of_job("audit", "evidence")), TERMS, YES, "reserved"),
    "a key never has a customer's rights": Case(
        asking("rights", "orders", actor=of_service("web", "rights")), TERMS, YES, "reserved"),
    "a job never has a customer's rights": Case(
        asking("rights", "orders", actor=of_job("web", "rights")), TERMS, YES, "reserved"),
    "a job given the name compares those for whom all holds": Case(
        measuring("orders"), TERMS, BOTH, "allowed"),
    "who allows one of two compared clauses is not compared": Case(
        measuring("orders"), TERMS, YES, "no_choice"),
    "the other of two compared clauses": Case(
        measuring("page_views"), TERMS, State(said(PAGE_VIEWS)), "no_choice"),
    "a comparison lets out no other kind": Case(measuring("email"), TERMS, BOTH, "no_clause"),
    "a comparison of nothing": Case(measuring("orders", compared=frozenset()), TERMS, BOTH, "nothing_asked"),
    "a comparison with an unknown clause": Case(
        measuring("orders", compared=frozenset({ORDERS, Clause("x", "orders")})), TERMS, BOTH, "purpose_unknown"),
    "a comparison is for no recipient that is not bound": Case(
        measuring("orders", compared=frozenset({ORDERS}), recipient="parcelo"),
        partner("parcelo", contract=None), BOTH, "no_contract"),
    "a job that was not given the name": Case(
        measuring("orders", actor=of_job("nightly")), TERMS, BOTH, "actor_may_not"),
    "a key compares nobody": Case(measuring("orders", actor=of_service("x", "measure")), TERMS, BOTH, "reserved"),
    "the restricted are not compared": Case(measuring("orders"), TERMS, stopped(BOTH, restricted=True), "restricted"),
}  # fmt: skip

STOPS = {
    "a paused purpose": Case(SUGGEST, TERMS, common(paused=frozenset({"suggestions"})), "paused"),
    "another purpose is paused": Case(SUGGEST, TERMS, common(paused=frozenset({"newsletter"})), "allowed"),
    "a pause also stops what the law demands": Case(
        asking("tax", "orders"), TERMS, common(BOUGHT, paused=frozenset({"tax"})), "paused"),
    "a pause is seen before anything else of the customer": Case(
        SUGGEST, terms(never=(Never(purpose="suggestions"),)),
        stopped(common(VISITOR, paused=frozenset({"suggestions"})), restricted=True), "paused"),
    "a cut-off recipient": Case(sending(), TERMS, common(BOUGHT, cut_off=frozenset({"parcelo"})), "cut_off"),
    "another recipient is cut off": Case(
        sending(), TERMS, common(BOUGHT, cut_off=frozenset({"brightmail"})), "allowed"),
    "a cut-off stops no use of our own": Case(
        SERVE, TERMS, common(BOUGHT, cut_off=frozenset({"parcelo"})), "allowed"),
    "an erasure under way locks choices": Case(SUGGEST, TERMS, replace(YES, restricted=True), "restricted"),
    "an erasure under way locks the contract": Case(SERVE, TERMS, replace(BOUGHT, restricted=True), "restricted"),
    "what the law demands is not locked": Case(
        asking("tax", "orders"), TERMS, replace(BOUGHT, restricted=True), "allowed"),
    "a restriction locks choices": Case(SUGGEST, TERMS, stopped(restricted=True), "restricted"),
    "a restriction locks the contract": Case(SERVE, TERMS, stopped(BOUGHT, restricted=True), "restricted"),
    "a restriction locks an interest": Case(
        asking("fraud", "orders"), TERMS, stopped(BOUGHT, restricted=True), "restricted"),
    "a restriction does not lock the law": Case(
        asking("tax", "orders"), TERMS, stopped(BOUGHT, restricted=True), "allowed"),
    "the restricted are not told to answer a question": Case(
        SUGGEST, TERMS, stopped(VISITOR, restricted=True), "restricted"),
    "a hold forbids to delete, not to use": Case(SUGGEST, TERMS, stopped(held=True), "allowed"),
    "a child's yes personalises nothing": Case(SUGGEST, TERMS, stopped(child=True), "child"),
    "a child's yes is none": Case(
        asking("accounts", "orders"), TERMS, stopped(State(said(Clause("accounts", "orders"))), child=True), "child"),
    "a child's contract": Case(SERVE, TERMS, stopped(BOUGHT, child=True), "allowed"),
    "a child's receipt": Case(asking("tax", "orders"), TERMS, stopped(BOUGHT, child=True), "allowed"),
    "a child and our interest": Case(asking("fraud", "orders"), TERMS, stopped(child=True), "child"),
    "a child and our interest where children may have an account": Case(
        asking("fraud", "orders"), SERVICE_ONLY, stopped(child=True), "allowed"),
    "a child gets no letters, whatever the rule": Case(LETTERS, SERVICE_ONLY, stopped(child=True), "child"),
    "a child's yes is none, whatever the rule": Case(
        asking("accounts", "orders"), SERVICE_ONLY,
        stopped(State(said(Clause("accounts", "orders"))), child=True), "child"),
    "a child is not personalised by contract": Case(
        SERVE, purpose("service", use="personalize.content"), stopped(BOUGHT, child=True), "child"),
    "a child is not marketed to by contract": Case(
        asking("members", "orders"), TERMS, stopped(BOUGHT, child=True), "child"),
    "a child is not sold by contract": Case(
        SERVE, purpose("service", use="third_party_sharing"), stopped(BOUGHT, child=True), "child"),
}  # fmt: skip

NEVERS = {
    "the company's own never": Case(
        SUGGEST, terms(never=(Never(data="user.behavior", purpose="suggestions"),)), YES, "never"),
    "a never about other data": Case(SUGGEST, terms(never=(Never(data="user.financial"),)), YES, "allowed"),
    "a never about another purpose": Case(SUGGEST, terms(never=(Never(purpose="tax"),)), YES, "allowed"),
    "a never about this act": Case(SUGGEST, terms(never=(Never(act="read"),)), YES, "never"),
    "a never about another act": Case(SUGGEST, terms(never=(Never(act="collect"),)), YES, "allowed"),
    "a never about selling does not stop a suggestion": Case(
        SUGGEST, terms(never=(Never(act="sell"),)), YES, "allowed"),
    "a never about sharing does not stop a disclosure to who works for us": Case(
        sending(), terms(never=(Never(act="share"),)), BOUGHT, "allowed"),
    "a never about selling stops a use that sells": Case(
        asking("partners", "orders"), terms(never=(Never(act="sell"),)), State(said(PARTNERS)), "never"),
    "a never about guessing stops a guess": Case(
        asking("suggestions", "taste"), terms(never=(Never(act="guess"),)), ALL_THREE, "never"),
    "a never about guessing stops nothing else": Case(SUGGEST, terms(never=(Never(act="guess"),)), YES, "allowed"),
    "a never about a recipient": Case(sending(), terms(never=(Never(recipient="parcelo"),)), BOUGHT, "never"),
    "a never about sharing with a recipient": Case(
        sending(), terms(never=(Never(act="share", recipient="parcelo"),)), BOUGHT, "never"),
    "a never about a recipient stops no use of our own": Case(
        SERVE, terms(never=(Never(recipient="parcelo"),)), BOUGHT, "allowed"),
    "a never about disclosing": Case(sending(), terms(never=(Never(act="disclose"),)), BOUGHT, "never"),
    "location never personalises whatever the promise says": Case(
        asking("offers", "place"), TERMS, State(said(Clause("offers", "place"))), "never"),
    "a push token never personalises": Case(
        asking("offers", "device"), TERMS, State(said(Clause("offers", "device"))), "never"),
    "what is guessed from a location never personalises": Case(
        asking("offers", "region"), TERMS,
        State(said(Clause("offers", "region"), Clause("offers", "place"))), "never"),
    "a location may bring the parcel": Case(asking("parcels", "place"), TERMS, VISITOR, "allowed"),
    "nothing is guessed about an illness, not even by law": Case(
        asking("parcels", "illness"), TERMS, VISITOR, "never"),
    "an illness that was told is no guess": Case(
        asking("parcels", "illness"), kind("illness", source=Source.TOLD), VISITOR, "allowed"),
    "a never comes before a missing clause": Case(
        asking("tax", "email"), terms(never=(Never(data="email"),)), VISITOR, "never"),
    "a kind that the purpose does not name": Case(asking("newsletter", "orders"), TERMS, BOUGHT, "no_clause"),
    "a kind that the promise does not name": Case(asking("tax", "shoe_size"), TERMS, BOUGHT, "no_clause"),
}  # fmt: skip

BASES = {
    "a yes allows the clause it was about": Case(SUGGEST, TERMS, YES, "allowed"),
    "a renewed yes allows": Case(SUGGEST, TERMS, State(said(ORDERS, status=Status.RENEWED_GIVEN)), "allowed"),
    "silence is a no": Case(SUGGEST, TERMS, VISITOR, "no_choice"),
    "a yes to something else is no yes": Case(SUGGEST, TERMS, State(said(PAGE_VIEWS)), "no_choice"),
    "a no refuses": Case(SUGGEST, TERMS, State(said(ORDERS, status=Status.REFUSED)), "refused"),
    "a withdrawal refuses": Case(SUGGEST, TERMS, State(said(ORDERS, status=Status.WITHDRAWN)), "withdrawn"),
    "an unknown status refuses": Case(SUGGEST, TERMS, State(said(ORDERS, status=Status.UNKNOWN)), "no_choice"),
    "a question without an answer refuses": Case(
        SUGGEST, TERMS, State(said(ORDERS, status=Status.REQUESTED)), "no_choice"),
    "a question that was closed refuses": Case(
        SUGGEST, TERMS, State(said(ORDERS, status=Status.REQUEST_DEFERRED)), "no_choice"),
    "a yes that the company ended": Case(SUGGEST, TERMS, State(said(ORDERS, status=Status.REVOKED)), "consent_ended"),
    "a yes that expired": Case(SUGGEST, TERMS, State(said(ORDERS, status=Status.EXPIRED)), "consent_ended"),
    "a yes that never was valid": Case(
        SUGGEST, TERMS, State(said(ORDERS, status=Status.INVALIDATED)), "consent_ended"),
    "a yes under other words has to be asked again": Case(
        SUGGEST, TERMS, State(said(ORDERS, words=b"old")), "words_changed"),
    "a no under other words is a no": Case(
        SUGGEST, TERMS, State(said(ORDERS, status=Status.REFUSED, words=b"old")), "refused"),
    "a contract needs an order": Case(SERVE, TERMS, VISITOR, "no_relationship"),
    "a contract stands after an order": Case(SERVE, TERMS, BOUGHT, "allowed"),
    "a contract ends two years after the last order": Case(SERVE, TERMS, State(spans=LAPSED), "relationship_over"),
    "a contract is over at its last moment": Case(
        SERVE, TERMS, BOUGHT, "relationship_over", BUYER["orders"].last.replace(year=2028)),
    "a contract without an end stands": Case(
        asking("members", "orders"), TERMS, State(spans=LAPSED), "allowed"),
    "the law holds without a choice": Case(asking("tax", "orders"), TERMS, State(spans=LAPSED), "allowed"),
    "an interest that was weighed": Case(asking("fraud", "orders"), TERMS, VISITOR, "allowed"),
    "an interest that nobody weighed": Case(
        asking("fraud", "orders"), purpose("fraud", assessment=" "), VISITOR, "no_assessment"),
    "an objection ends an interest": Case(
        asking("fraud", "orders"), TERMS, stopped(objections={"fraud": NOW}), "objected"),
    "an objection to something else": Case(
        asking("fraud", "orders"), TERMS, stopped(objections={"letters": NOW}), "allowed"),
    "an objection ends no contract": Case(
        SERVE, TERMS, stopped(BOUGHT, objections={"service": NOW}), "allowed"),
    "an objection ends no legal duty": Case(
        asking("tax", "orders"), TERMS, stopped(BOUGHT, objections={"tax": NOW}), "allowed"),
    "an objection to letters is absolute": Case(LETTERS, TERMS, stopped(objections={"letters": NOW}), "objected"),
    "an objection to marketing ends it under a contract too": Case(
        asking("members", "orders"), TERMS, stopped(BOUGHT, objections={"members": NOW}), "objected"),
    "an objection to marketing beats an earlier yes": Case(
        asking("newsletter", "email"), TERMS,
        stopped(State(said(NEWS, at=BEFORE)), objections={"newsletter": NOW}), "objected"),
    "an objection beats a yes of the same moment": Case(
        asking("newsletter", "email"), TERMS,
        stopped(State(said(NEWS, at=NOW)), objections={"newsletter": NOW}), "objected"),
    "a later yes counts again": Case(
        asking("newsletter", "email"), TERMS,
        stopped(State(said(NEWS, at=NOW)), objections={"newsletter": AFTER}), "allowed"),
    "an objection to a consent that is no marketing counts like a no": Case(
        SUGGEST, TERMS, stopped(objections={"suggestions": NOW}), "objected"),
    "a signal stops sharing": Case(
        asking("partners", "orders"), TERMS, stopped(State(said(PARTNERS)), opted_out=NOW), "opted_out"),
    "a signal stops advertising for others": Case(
        asking("adverts", "orders"), TERMS,
        stopped(State(said(Clause("adverts", "orders"))), opted_out=NOW), "opted_out"),
    "a signal is no word about our own use": Case(SUGGEST, TERMS, stopped(opted_out=NOW), "allowed"),
    "a signal does not stop what the law demands": Case(
        asking("authority", "orders"), TERMS, stopped(BOUGHT, opted_out=NOW), "allowed"),
    "a signal stops sharing under a contract": Case(
        SERVE, purpose("service", use="third_party_sharing"), stopped(BOUGHT, opted_out=NOW), "opted_out"),
    "a yes to sharing in spite of the signal": Case(
        asking("partners", "orders"), TERMS, stopped(State(said(PARTNERS, at=NOW)), opted_out=BEFORE), "allowed"),
    "a signal of the same moment beats the yes": Case(
        asking("partners", "orders"), TERMS, stopped(State(said(PARTNERS, at=NOW)), opted_out=NOW), "opted_out"),
    "a signal on this very call stops sharing": Case(
        asking("partners", "orders", opt_out=True), TERMS, State(said(PARTNERS)), "opted_out"),
    "the signal of the next page does not take back the yes given in spite of it": Case(
        asking("partners", "orders", opt_out=True), TERMS,
        stopped(State(said(PARTNERS)), opted_out=BEFORE), "allowed"),
    "a signal of a visitor says nothing about our own use": Case(
        asking("fraud", "orders", opt_out=True), TERMS, VISITOR, "allowed"),
}  # fmt: skip

RECIPIENTS = {
    "a recipient that is bound receives what was promised": Case(sending(), TERMS, BOUGHT, "allowed"),
    "a disclosure to nobody": Case(sending(""), TERMS, BOUGHT, "recipient_unknown"),
    "a disclosure to somebody unknown": Case(sending("ink"), TERMS, BOUGHT, "recipient_unknown"),
    "a read for somebody unknown": Case(
        asking("service", "orders", recipient="ink"), TERMS, BOUGHT, "recipient_unknown"),
    "a read for a recipient needs the same": Case(
        asking("service", "orders", recipient="parcelo"), partner(contract=None), BOUGHT, "no_contract"),
    "a purpose they do not receive": Case(sending(purpose="tax"), TERMS, BOUGHT, "recipient_may_not"),
    "a kind they do not receive": Case(
        sending(), partner(receives={"service": ("email",)}), BOUGHT, "recipient_may_not"),
    "a recipient gets nothing the customer did not agree to": Case(
        sending(purpose="suggestions"), TERMS, VISITOR, "no_choice"),
    "no contract": Case(sending(), partner(contract=None), BOUGHT, "no_contract"),
    "a contract signed tomorrow": Case(
        sending(), partner(contract=Contract(TODAY + DAY, "x")), BOUGHT, "no_contract"),
    "a contract signed today": Case(sending(), partner(contract=Contract(TODAY, "x")), BOUGHT, "allowed"),
    "a contract until ended": Case(
        sending(), partner(contract=Contract(TODAY - DAY, "x", until=None)), BOUGHT, "allowed"),
    "a contract on its last day": Case(sending(), TERMS, BOUGHT, "allowed", LAST_DAY),
    "a contract the day after": Case(sending(), TERMS, BOUGHT, "no_contract", LAST_DAY + DAY),
    "no check": Case(sending(), partner(checked=None), BOUGHT, "check_overdue"),
    "a check of tomorrow has not happened": Case(
        sending(), partner(checked=replace(CHECK, on=TODAY + DAY)), BOUGHT,
        "check_overdue"),
    "a check of today": Case(
        sending(), partner(checked=replace(CHECK, on=TODAY)), BOUGHT,
        "allowed"),
    "the next check is due today": Case(
        sending(),
        partner(checked=replace(CHECK, on=TODAY - 30 * DAY, every=Period(30, Unit.DAYS))),
        BOUGHT, "allowed"),
    "the next check was due yesterday": Case(
        sending(),
        partner(checked=replace(CHECK, on=TODAY - 31 * DAY, every=Period(30, Unit.DAYS))),
        BOUGHT, "check_overdue"),
    "no country": Case(sending(), partner(country=""), BOUGHT, "country_missing"),
}  # fmt: skip

PRIVATE = {
    "who may not receive a guess is told that, whatever it is made from": Case(
        sending("parcelo", "suggestions", "taste"), TERMS, State(said(TASTE)), "recipient_may_not"),
    "the most private data never personalises": Case(
        asking("offers", "card"), TERMS, State(said(Clause("offers", "card"))), "sacrosanct"),
    "less private data may": Case(
        asking("offers", "card"), kind("card", sensitivity=4), State(said(Clause("offers", "card"))), "allowed"),
    "the most private data under a contract": Case(asking("refunds", "card"), TERMS, BOUGHT, "allowed"),
    "the most private data under a law": Case(asking("books", "card"), TERMS, BOUGHT, "allowed"),
    "the most private data under an interest": Case(asking("fraud", "card"), TERMS, BOUGHT, "sacrosanct"),
    "the most private data under a yes of its own": Case(
        asking("accounts", "card"), TERMS, State(said(CARD)), "allowed"),
    "the most private data under a yes to several kinds": Case(
        asking("accounts_at_once", "card"), TERMS, State(said(Clause("accounts_at_once", "card"))), "sacrosanct"),
    "a question about one kind is about that kind": Case(
        asking("wallet", "card"), TERMS, State(said(Clause("wallet", "card"))), "allowed"),
    "the most private data is never guessed": Case(
        asking("refunds", "card"), kind("card", source=Source.GUESSED, category="user.x", guessed_from=("orders",)),
        BOUGHT, "sacrosanct"),
    "a guess holds where its sources and itself hold": Case(
        asking("suggestions", "taste"), TERMS, ALL_THREE, "allowed"),
    "a guess without a yes of its own": Case(asking("suggestions", "taste"), TERMS, BOTH, "no_choice"),
    "a guess falls with its first source": Case(
        asking("suggestions", "taste"), TERMS, State(said(TASTE, PAGE_VIEWS)), "guess_fell"),
    "a guess falls with its last source": Case(
        asking("suggestions", "taste"), TERMS, State(said(TASTE, ORDERS)), "guess_fell"),
    "a guess whose source the purpose does not use": Case(
        asking("accounts", "taste"), TERMS,
        State(said(Clause("accounts", "taste"), Clause("accounts", "orders"))), "guess_fell"),
    "a guess from nothing": Case(
        asking("suggestions", "taste"), kind("taste", guessed_from=()), ALL_THREE, "guess_fell"),
    "a guess from something undeclared": Case(
        asking("suggestions", "taste"), kind("taste", guessed_from=("shoe_size",)), ALL_THREE, "guess_fell"),
    "a guess from itself": Case(
        asking("suggestions", "taste"), kind("taste", guessed_from=("taste",)), ALL_THREE, "guess_fell"),
    "a guess that is collected reads its sources": Case(
        asking("suggestions", "taste", act=Act.COLLECT), terms(never=(Never(act="read", data="orders"),)),
        ALL_THREE, "guess_fell"),
    "to disclose a guess is not to disclose its sources": Case(
        sending(purpose="suggestions", data="taste"), partner(receives={"suggestions": ("taste",)}),
        ALL_THREE, "allowed"),
    "a contract's guess": Case(
        SERVE, kind("orders", source=Source.GUESSED, guessed_from=("email",)), BOUGHT, "allowed"),
    "the law once, and now an interest": Case(
        asking("books", "card"), purpose("books", basis=Basis.LEGITIMATE_INTEREST, assessment="x"), BOUGHT,
        "sacrosanct"),
}  # fmt: skip

TABLE = PROMISES | ACTORS | AGENCIES | PURPOSES | STOPS | NEVERS | BASES | RECIPIENTS | PRIVATE | VERSIONS

TRAINED = NOW + 3 * DAY
FEBRUARY = datetime(2027, 2, 2, tzinfo=UTC)
TWO_YEARS = BUYER["orders"].last.replace(year=2028)
EVER = datetime.max.replace(tzinfo=UTC)

ENDS: dict[str, tuple[Case, datetime]] = {
    "a person looks at what was agreed to until the training ends": (
        Case(replace(LOOK, actor=replace(SUPPORT, trained_until=TRAINED)), after({}, **READER), AGAIN, "allowed"),
        TRAINED),
    "what was agreed to goes out until the end of the contract's last day": (
        Case(sending("parcelo", "suggestions"), TERMS, YES, "allowed"), FEBRUARY),
    "a comparison holds as long as the shorter of its clauses": (
        Case(measuring("orders", compared=frozenset({ORDERS, Clause("service", "orders")})), TERMS, BOTH, "allowed"),
        TWO_YEARS),
    "a yes has no end": (Case(SUGGEST, TERMS, YES, "allowed"), EVER),
    "a contract ends two years after the last order": (Case(SERVE, TERMS, BOUGHT, "allowed"), TWO_YEARS),
    "a person reads until the training ends": (
        Case(replace(HELP, actor=replace(SUPPORT, trained_until=TRAINED)), TERMS, BOUGHT, "allowed"), TRAINED),
    "who needs no training reads as long as the contract": (
        Case(asking("service", "orders", actor=replace(CLERK, trained_until=TRAINED)), TERMS, BOUGHT, "allowed"),
        TWO_YEARS),
    "a recipient receives until the end of the contract's last day": (
        Case(sending(), TERMS, BOUGHT, "allowed"), FEBRUARY),
    "a recipient receives until the check is overdue": (
        Case(sending(), partner(checked=replace(CHECK, every=Period(3, Unit.MONTHS))), BOUGHT, "allowed"),
        datetime(2026, 12, 2, tzinfo=UTC)),
    "without an end of the contract the check decides": (
        Case(sending(), partner(contract=Contract(TODAY, "x")), BOUGHT, "allowed"),
        datetime(2027, 9, 1, 23, 0, tzinfo=UTC)),
    "a check that is never due again ends nothing": (
        Case(
            sending(purpose="suggestions"),
            partner(contract=Contract(TODAY, "x"), checked=replace(CHECK, every=Period(9000, Unit.YEARS))),
            YES, "allowed"),
        EVER),
    "an agency's person reads until the agency's contract ends": (Case(WRITE, TERMS, BOUGHT, "allowed"), FEBRUARY),
    "an agency discloses until the first of both contracts ends": (
        Case(sending(actor=WRITER), partner(contract=Contract(TODAY, "x", until=TODAY + DAY)), BOUGHT, "allowed"),
        datetime(2026, 11, 24, tzinfo=UTC)),
    "a comparison holds until the first clause ends": (
        Case(measuring("orders", compared=frozenset({Clause("service", "orders"), PAGE_VIEWS})), TERMS, BOTH,
             "allowed"),
        TWO_YEARS),
    "a guess ends with its sources": (
        Case(
            asking("refunds", "card"),
            kind("card", sensitivity=1, source=Source.GUESSED, category="user.x", guessed_from=("orders",)),
            BOUGHT, "allowed"),
        TWO_YEARS),
}  # fmt: skip
"""Until when a verdict holds if nothing else happens."""
