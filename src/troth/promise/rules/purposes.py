"""Rules about purposes: what data is used for, on which basis, and what the customer gets."""

from collections.abc import Iterator

from troth.promise.fields import nearest
from troth.promise.model import RESERVED_PURPOSES, Ask, Basis, Promise
from troth.promise.rules.rule import Breach, error, warning
from troth.promise.taxonomy import NEEDS_CONSENT, PERSONALISING, SHARING_BY_LAW, USE_ROOTS, lies_below_any
from troth.promise.tree import shown


@error("P101")
def consent_brings_a_benefit(promise: Promise) -> Iterator[Breach]:
    """A purpose that asks for consent says what the customer gets from it.

    No benefit, no purpose: who is asked for something is told what for (M1, M7).
    """
    for purpose in promise.purposes.values():
        if purpose.basis is Basis.CONSENT and purpose.benefit is None:
            yield Breach(
                f"purposes.{purpose.key}",
                f"“{purpose.key}” asks for consent and brings no benefit.",
                "Add “benefit: …”: what the customer gets. Without one, drop the purpose.",
            )


@error("P102")
def contract_starts_and_ends(promise: Promise) -> Iterator[Breach]:
    """A contract says which event starts the relationship and how long it lasts.

    Without a start it would hold for strangers, without an end for ever.
    """
    for purpose in promise.purposes.values():
        if purpose.basis is not Basis.CONTRACT:
            continue
        if not purpose.starts:
            mend = "Add “starts: …” with the event, e.g. Order Completed."
            yield Breach(f"purposes.{purpose.key}", f"Nothing starts the contract of “{purpose.key}”.", mend)
        if purpose.lasts is None:
            mend = "Add “lasts: …”, e.g. 2 years after last orders."
            yield Breach(f"purposes.{purpose.key}", f"The contract of “{purpose.key}” never ends.", mend)


@error("P103")
def obligation_names_its_law(promise: Promise) -> Iterator[Breach]:
    """A legal obligation names the law.

    A customer must be able to look it up (GDPR Art. 6(3)).
    """
    for purpose in promise.purposes.values():
        if purpose.basis is Basis.LEGAL_OBLIGATION and not purpose.law:
            mend = "Add “law: …”, e.g. UK Companies Act 2006 s388."
            yield Breach(f"purposes.{purpose.key}", f"“{purpose.key}” is a legal obligation and names no law.", mend)


@error("P104")
def interest_was_weighed(promise: Promise) -> Iterator[Breach]:
    """A legitimate interest links the assessment that weighed it against the customer's.

    Without the test the basis does not hold (GDPR Art. 6(1)(f)).
    """
    for purpose in promise.purposes.values():
        if purpose.basis is Basis.LEGITIMATE_INTEREST and not purpose.assessment:
            yield Breach(
                f"purposes.{purpose.key}",
                f"“{purpose.key}” rests on a legitimate interest that nobody weighed.",
                "Add “assessment: …”: where the balancing test lies. Or ask for consent.",
            )


@error("P105")
def clauses_name_declared_data(promise: Promise) -> Iterator[Breach]:
    """A purpose uses only data that the promise declares.

    What is not declared is not collected, so the clause could never hold.
    """
    for clause in promise.clauses:
        if clause.data not in promise.data:
            meant = nearest(clause.data, list(promise.data))
            mend = (
                f"Did you mean “{meant}”?"
                if meant
                else f"Declare it under “data:”, or take it out of “{clause.purpose}”."
            )
            yield Breach(
                f"purposes.{clause.purpose}.data.{clause.data}", f"“{clause.data}” is no declared data.", mend
            )


@error("P106")
def start_can_happen(promise: Promise) -> Iterator[Breach]:
    """The event that starts a contract is one that some data carries.

    An event that no data names is dropped at the door, so the relationship would never begin.
    """
    events = [event for data in promise.data.values() for event in data.events]
    for purpose in promise.purposes.values():
        if purpose.starts and purpose.starts not in events:
            meant = nearest(purpose.starts, events)
            mend = (
                f"Did you mean “{meant}”?" if meant else "Name the event under “events:” of the data that it carries."
            )
            says = f"No data carries the event {shown(purpose.starts)}, so the contract never starts."
            yield Breach(f"purposes.{purpose.key}.starts", says, mend)


@error("P107")
def reserved_names_are_free(promise: Promise) -> Iterator[Breach]:
    """No purpose takes a name that every installation has: rights, evidence, security, measure.

    Those have rules of their own that no promise can change.
    """
    for key in promise.purposes:
        if key in RESERVED_PURPOSES:
            yield Breach(f"purposes.{key}", f"“{key}” is a reserved purpose.", "Choose another name.")


@error("P108")
def consent_is_asked_for(promise: Promise) -> Iterator[Breach]:
    """Each clause on consent has a question, and says what a yes brings and what a no means.

    Nobody can agree to what they were not asked (GDPR Art. 4(11), 7).
    """
    for purpose in promise.purposes.values():
        for data, question in purpose.data.items():
            if purpose.basis is Basis.CONSENT and question is None:
                mend = "Write {question: …, yes: …, no: …} after it; or, with “ask: together”, once as “question:”."
                yield Breach(f"purposes.{purpose.key}.data.{data}", f"“{purpose.key}/{data}” asks no question.", mend)


@error("P109")
def questions_have_effect(promise: Promise) -> Iterator[Breach]:
    """Only consent asks a question.

    On any other basis a no would change nothing, and to ask would mislead.
    """
    for purpose in promise.purposes.values():
        for data, question in purpose.data.items():
            if purpose.basis is not Basis.CONSENT and question is not None:
                says = f"“{purpose.key}/{data}” asks, and a no would change nothing: its basis is {purpose.basis}."
                mend = "Take the question out, or make the basis consent."
                yield Breach(f"purposes.{purpose.key}.data.{data}", says, mend)


@error("P110")
def uses_are_known(promise: Promise) -> Iterator[Breach]:
    """The use of a purpose begins with a fideslang use.

    Marketing, selling and sharing are known by it, and opt-out signals act on it.
    """
    for purpose in promise.purposes.values():
        root = purpose.use.partition(".")[0]
        if root not in USE_ROOTS:
            meant = nearest(root, sorted(USE_ROOTS))
            mend = f"Did you mean “{meant}”?" if meant else f"Begin with one of: {', '.join(sorted(USE_ROOTS))}."
            yield Breach(f"purposes.{purpose.key}.use", f"{shown(root)} is no fideslang use.", mend)


@error("P111")
def personal_and_shared_need_a_yes(promise: Promise) -> Iterator[Breach]:
    """What personalises, advertises or shares rests on consent.

    Personalisation is for those who agreed (M7), and the strictest law is the default (M26). Sharing that a law
    demands is the exception.
    """
    for purpose in promise.purposes.values():
        needs = lies_below_any(purpose.use, NEEDS_CONSENT) and purpose.use != SHARING_BY_LAW
        if needs and purpose.basis is not Basis.CONSENT:
            says = f"“{purpose.key}” is used for {purpose.use}, and nobody is asked."
            yield Breach(f"purposes.{purpose.key}.basis", says, "Make the basis consent and ask a question.")


@error("P112")
def one_choice_one_question(promise: Promise) -> Iterator[Breach]:
    """“ask: together” has one question for all its data; “ask: each” a question of its own for each.

    A yes is a yes to the words that were shown (GDPR Recital 32).
    """
    for purpose in promise.purposes.values():
        asked = [question for question in purpose.data.values() if question is not None]
        different = sum(question not in asked[:index] for index, question in enumerate(asked))
        where = f"purposes.{purpose.key}"
        if purpose.ask is Ask.TOGETHER and different > 1:
            mend = "Write one “question:” for the purpose, or “ask: each”."
            yield Breach(f"{where}.ask", f"“{purpose.key}” asks once, with {different} questions.", mend)
        if purpose.ask is Ask.EACH and different < len(asked):
            mend = "Word each question for its data, or write “ask: together”."
            yield Breach(f"{where}.data", f"“{purpose.key}” asks the same question for several kinds of data.", mend)


@error("P113")
def suggestions_are_never_pushed(promise: Promise) -> Iterator[Breach]:
    """No purpose that personalises or markets reaches for the device: push is built out.

    Push messages for suggestions are a creepy tactic that no promise can allow (M10).
    """
    for purpose in promise.purposes.values():
        if "push" in purpose.channels and lies_below_any(purpose.use, (*PERSONALISING, "marketing")):
            says = f"“{purpose.key}” pushes to devices, which is never allowed for {purpose.use}."
            yield Breach(f"purposes.{purpose.key}.channels", says, "Take “push” out.")


@warning("P201")
def every_purpose_says_its_benefit(promise: Promise) -> Iterator[Breach]:
    """A purpose that needs no consent says what the customer gets from it too.

    The benefit stands beside every item that a customer sees (M5).
    """
    for purpose in promise.purposes.values():
        if purpose.basis is not Basis.CONSENT and purpose.benefit is None:
            says = f"“{purpose.key}” does not say what the customer gets from it."
            yield Breach(f"purposes.{purpose.key}", says, "Add “benefit: …”.")


@warning("P202")
def purposes_use_something(promise: Promise) -> Iterator[Breach]:
    """A purpose uses at least one kind of data.

    One without data promises nothing and will confuse.
    """
    for purpose in promise.purposes.values():
        if not purpose.data:
            yield Breach(f"purposes.{purpose.key}.data", f"“{purpose.key}” uses no data.", "Name some, or drop it.")


@warning("P203")
def same_meaning_names_clauses(promise: Promise) -> Iterator[Breach]:
    """“same_meaning” names clauses that are there.

    A name that is not there has no effect, which its author can't have meant.
    """
    for clause in sorted(promise.version.same_meaning - set(promise.clauses)):
        meant = nearest(str(clause), [str(known) for known in promise.clauses])
        mend = f"Did you mean “{meant}”?" if meant else "Take it out."
        yield Breach(f"version.same_meaning.{clause}", f"There is no clause {shown(str(clause))}.", mend)
