"""Questions and choices over the API: what a shop's own page shows and sends."""

import binascii
from typing import Annotated, Literal

import msgspec

from troth.access.service import CHOICES
from troth.actors import Actor
from troth.app import App
from troth.consent.model import Answer
from troth.errors import InputError, NotAllowedError
from troth.identity.model import IdKind
from troth.promise.model import Basis, Clause
from troth.web.api.http import Body, Request, decode

_MOST = 100


class Answered(Body):
    """One answer: to which clause, and under which words (as /v1/questions gave them)."""

    clause: str
    answer: Literal["yes", "no"]
    words: str


class Choose(Body):
    """Record answers of one customer, all or none. `kind` says what the id in `customer` is."""

    customer: str
    choices: Annotated[list[Answered], msgspec.Meta(min_length=1, max_length=_MOST)]
    kind: IdKind = IdKind.CUSTOMER


class Show(Body):
    """Show where a customer's questions stand. `kind` says what the id in `customer` is."""

    customer: str
    kind: IdKind = IdKind.CUSTOMER


class Choices:
    """The three calls.

    Args:
        app: the open installation.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    def questions(self, request: Request) -> object:
        """Return every question the promise asks, in every language, with the digest that names its words."""
        must_record_choices(request.actor)
        return {
            "questions": [
                {
                    "clause": str(clause),
                    "language": language,
                    "question": words.question,
                    "yes": words.yes,
                    "no": words.no,
                    "words": words.digest.hex(),
                }
                for clause in self._asked()
                for language in self._app.promise.company.languages
                for words in [self._app.consent.words(clause, language)]
            ]
        }

    def choose(self, request: Request) -> object:
        """Record answers; return what was recorded and what was deleted because of a no."""
        must_record_choices(request.actor)
        asked = decode(Choose, request.body)
        answers = [(_clause(one.clause), Answer(one.answer), _digest(one.words)) for one in asked.choices]
        now = self._app.clock.now()
        chosen = self._app.choosing.choose_for(asked.customer, answers, via="api", now=now, kind=asked.kind)
        if request.opt_out:
            # After the choice, which may have made the customer; it is dated before it all the same.
            self._app.signals.note(self._app.identity.get(asked.customer, asked.kind), now=now)
        return {
            "recorded": [
                {"clause": str(one.choice.clause), "answer": one.choice.answer.value, "at": one.choice.at}
                for one in chosen.said
            ],
            "deleted": chosen.deleted,
        }

    def show(self, request: Request) -> object:
        """Return where each question stands for a customer; an unknown customer has answered nothing."""
        must_record_choices(request.actor)
        asked = decode(Show, request.body)
        number = self._app.identity.find(asked.customer, asked.kind)
        if request.opt_out and number is not None:
            self._app.signals.note(number, now=self._app.clock.now())
        standing = self._app.consent.standing(number) if number is not None else {}
        return {
            "standing": [
                {"clause": str(clause), "status": at.status.value, "since": at.latest.at}
                if at is not None
                else {"clause": str(clause), "status": "unknown", "since": None}
                for clause in self._asked()
                for at in [standing.get(clause)]
            ]
        }

    def _asked(self) -> list[Clause]:
        return [
            clause
            for purpose in self._app.promise.purposes.values()
            if purpose.basis is Basis.CONSENT
            for clause in purpose.clauses
        ]


def must_record_choices(actor: Actor) -> None:
    """Check that who calls may record what customers say of themselves.

    Raises:
        NotAllowedError: their key was not made for it.
    """
    if CHOICES not in actor.may:
        raise NotAllowedError(
            "actor_may_not",
            "This key may not record or see choices.",
            "Make one: troth key create NAME --for choices",
        )


def _clause(text: str) -> Clause:
    purpose, _, data = text.partition("/")
    return Clause(purpose, data)


def _digest(text: str) -> bytes:
    try:
        return binascii.unhexlify(text)
    except (binascii.Error, ValueError):
        raise InputError(
            "words_unreadable", "The words are not named as /v1/questions names them.", "Send their hex digest back."
        ) from None
