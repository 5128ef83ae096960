"""Heeding the opt-out signal on pages: whoever is known and sends it has it recorded before their page is made."""

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from troth.app import App
from troth.identity.model import IdKind
from troth.web.session import session_of_scope
from troth.web.signal import is_sent


class Heeding:
    """Notes the signal of every visit that carries it.

    Static files say nothing about anybody and have no visits.

    Args:
        inner: the pages, inside their visits.
        app: the open installation.
    """

    def __init__(self, inner: ASGIApp, app: App) -> None:
        self._inner = inner
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        session = session_of_scope(scope)
        if session is not None and session.customer and is_sent(scope["headers"]):
            await run_in_threadpool(self._note, session.customer, session.kind)
        await self._inner(scope, receive, send)

    def _note(self, customer: str, kind: IdKind) -> None:
        number = self._app.identity.find(customer, kind)
        if number is not None:
            self._app.signals.note(number, now=self._app.clock.now())
