"""The site: pages, API, sessions, headers and errors put together into one ASGI application."""

from collections.abc import Callable, Sequence
from pathlib import Path
from traceback import extract_tb

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from troth.app import App
from troth.errors import TrothError
from troth.keys.sealing import new_token
from troth.web.api.calls import build_api
from troth.web.assets import Assets
from troth.web.customer.routes import CustomerPages
from troth.web.face import Face
from troth.web.headers import Headers
from troth.web.heeding import Heeding
from troth.web.log import ADDRESS, LogFiles, beside
from troth.web.pages import Pages
from troth.web.problems import Problems
from troth.web.session import Sessions, Visits

LARGEST_FORM = 65_536
"""Bytes of the largest form taken."""

_OF_PROGRAMS = ("/v1/", "/healthz", "/.well-known/", ADDRESS)
"""How the addresses begin that programs ask for."""

_HERE = Path(__file__).parent
_log = structlog.get_logger("troth.pages")


def build_site(
    app: App,
    *,
    secret: bytes,
    faces: Callable[[Face], Sequence[BaseRoute]] = lambda _: (),
    folders: Sequence[Path] = (),
    home: str = "",
) -> ASGIApp:
    """Return the site of an open installation.

    Args:
        app: the open installation.
        secret: at least 16 random bytes from the keys room; signs cookies and form tokens.
        faces: further pages; handed the face, which draws them.
        folders: each may have ``templates/`` and ``static/``, which come before our own: a company's looks.
        home: where "back to the shop" leads; the company's own site by default.
    """
    assets = Assets([_HERE / "static", *(folder / "static" for folder in folders)])
    pages = Pages([*(folder / "templates" for folder in folders), _HERE / "templates"], assets)
    sessions = Sessions(secret, app.clock, new_id=new_token)
    face = Face(app, pages, sessions, home=home or app.promise.company.site)
    problems = Problems(pages, face.frame())

    async def on_status(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return problems.of_status(error.status_code)

    async def on_error(_: Request, error: Exception) -> Response:
        assert isinstance(error, TrothError)
        return problems.of_error(error)

    async def on_fault(_: Request, __: Exception) -> Response:
        return problems.of_status(500)

    site = _without_redirects(
        Starlette(
            routes=[assets.route(), *CustomerPages(face).routes(), *faces(face)],
            middleware=[Middleware(Heeding, app=app)],
            exception_handlers={HTTPException: on_status, TrothError: on_error, Exception: on_fault},
        )
    )
    return Headers(_Doors(api=beside(LogFiles(app.published), build_api(app)), pages=Visits(site, sessions)))


class _Doors:
    """Programs go straight to the API: the routing of pages and their visits would cost more than its answer."""

    def __init__(self, *, api: ASGIApp, pages: ASGIApp) -> None:
        self._api = api
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http" and scope["path"].startswith(_OF_PROGRAMS):
            await self._api(scope, receive, send)
        else:
            await self._page(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a page. A fault ends here, answered by then: the server's own trace of it would quote values."""
        try:
            await self._pages(scope, _bounded(receive), send)
        except Exception as error:
            if scope["type"] != "http":
                raise
            place = extract_tb(error.__traceback__)[-1]
            _log.error("fault", fault=type(error).__name__, at=f"{Path(place.filename).name}:{place.lineno}")


def _bounded(receive: Receive) -> Receive:
    """Return `receive` with an end: no form of ours is larger, and an endless one would fill the memory."""
    size = 0

    async def bounded() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > LARGEST_FORM:
            raise HTTPException(413)
        return message

    return bounded


def _without_redirects(site: Starlette) -> Starlette:
    """Answer an address with a slash too many as unknown: a redirect would repeat the Host header to the visitor."""
    site.router.redirect_slashes = False
    return site
