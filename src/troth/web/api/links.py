"""Links over the API: a shop says that a browser or an address is a customer's, and that it is not."""

from troth.access.service import LINK
from troth.actors import Actor
from troth.app import App
from troth.cases.merging import Id, Merged
from troth.errors import NotAllowedError
from troth.identity.model import IdKind
from troth.web.api.http import Body, Request, decode


class Named(Body):
    """An identifier and what it is."""

    id: str
    kind: IdKind = IdKind.CUSTOMER


class Pair(Body):
    """The two identifiers."""

    one: Named
    other: Named


class Linking:
    """The two calls.

    Args:
        app: the open installation.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    def link(self, request: Request) -> object:
        """Record that two identifiers belong to one person. Two accounts are never joined this way."""
        one, other = _pair(request)
        merged = self._app.merging.link(one, other, by=_by(request.actor), now=self._app.clock.now())
        return _told(merged)

    def unlink(self, request: Request) -> object:
        """Record that they do not."""
        one, other = _pair(request)
        merged = self._app.merging.unlink(one, other, by=_by(request.actor), now=self._app.clock.now())
        return _told(merged)


def _pair(request: Request) -> tuple[Id, Id]:
    if LINK not in request.actor.may:
        raise NotAllowedError(
            "actor_may_not",
            "This key may not say who is one person.",
            "Make one: troth key create NAME --for link",
        )
    pair = decode(Pair, request.body)
    return Id(pair.one.id, pair.one.kind), Id(pair.other.id, pair.other.kind)


def _by(actor: Actor) -> str:
    return f"key {actor.name}"


def _told(merged: Merged) -> object:
    return {"changed": merged.changed, "deleted": merged.deleted}
