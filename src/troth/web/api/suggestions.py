"""Suggestions over the API: asked for at every page view, so the way is short."""

from typing import Annotated

import msgspec

from troth.app import App
from troth.identity.model import IdKind
from troth.recommend.answer import Answer
from troth.recommend.service import MOST, VISITOR
from troth.web.api.http import Body, Request, decode


class Suggest(Body):
    """What to suggest to whom.

    Attributes:
        customer: the id your shop uses; empty for a visitor you do not know.
        placement: where on your pages it will stand, e.g. ``home``; comes back in the answer, changes nothing yet.
        k: how many, 1 to 100.
        session: product ids of the present visit; used for this answer and kept nowhere.
        kind: what the id in `customer` is.
    """

    customer: str = ""
    placement: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_-]{1,64}$")] = "home"
    k: Annotated[int, msgspec.Meta(ge=1, le=MOST)] = 10
    session: Annotated[list[str], msgspec.Meta(max_length=MOST)] = msgspec.field(default_factory=list)
    kind: IdKind = IdKind.CUSTOMER


class Suggesting:
    """The call.

    Args:
        app: the open installation.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    def suggest(self, request: Request) -> object:
        """Return suggestions, each with the arithmetic of its reasons, and which clauses were used."""
        asked = decode(Suggest, request.body)
        number = self._app.identity.find(asked.customer, asked.kind) if asked.customer else None
        if request.opt_out and number is not None:
            self._app.signals.note(number, now=self._app.clock.now())
        answer = self._app.suggestions.suggest(
            request.actor,
            VISITOR if number is None else number,
            most=asked.k,
            now=self._app.clock.now(),
            session=asked.session,
        )
        return {"placement": asked.placement, **as_json(answer)}


def as_json(answer: Answer) -> dict[str, object]:
    """Return an answer as the API and the command line show it."""
    return {
        "rung": answer.rung.value,
        "says": answer.words,
        "items": [
            {
                "product": item.product,
                "title": item.title,
                "score": item.score,
                "reasons": [
                    {
                        "product": reason.product,
                        "title": reason.title,
                        "how": reason.how.value,
                        "part": reason.part,
                        "share": reason.share,
                    }
                    for reason in item.reasons
                ],
                "other": item.other,
            }
            for item in answer.items
        ],
        "clauses": {
            "used": [str(clause) for clause in answer.used],
            "not_used": [{"clause": str(one.clause), "code": one.code, "says": one.says} for one in answer.not_used],
        },
        "epoch": answer.epoch,
    }
