"""A witness on the web: the calls of c2sp.org/tlog-witness. Nobody signs in; the log's own signature lets it in."""

from http import HTTPStatus

import anyio
import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from troth.errors import UnavailableError
from troth.ledger.add_checkpoint import PATH, SIZE_TYPE
from troth.witness.model import RefusedError
from troth.witness.service import Witness

LARGEST_BODY = 65_536
"""Bytes of the largest request taken: a proof of 63 hashes is 2,835, a checkpoint with 64 signatures some 10,000."""

SLOWEST_BODY_S = 10.0
"""How long a request may take to arrive."""

_HEADERS = {
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
_log = structlog.get_logger("troth.witness")


def build_site(witness: Witness) -> Starlette:
    """Return the witness as an ASGI application."""

    async def add_checkpoint(request: Request) -> Response:
        body = await _body(request)
        if isinstance(body, Response):
            return body
        try:
            # In a thread: it waits for the lock and the disk.
            line = await run_in_threadpool(witness.add_checkpoint, body)
        except RefusedError as refused:
            return _refused(refused)
        except UnavailableError as error:
            _log.error("witness can't sign", code=error.code)
            return _told(f"{error.message}\n", HTTPStatus.SERVICE_UNAVAILABLE)
        return _told(str(line))

    async def latest(request: Request) -> Response:
        try:
            found = await run_in_threadpool(witness.latest, request.path_params["name"])
        except UnavailableError as error:
            _log.error("witness can't tell", code=error.code)
            return _told(f"{error.message}\n", HTTPStatus.SERVICE_UNAVAILABLE)
        if found is None:
            return _told("No checkpoint of such a log was signed here.\n", HTTPStatus.NOT_FOUND)
        return _told(found)

    return Starlette(
        routes=[
            Route(PATH, add_checkpoint, methods=["POST"]),
            Route("/{name}/checkpoint", latest, methods=["GET"]),
        ]
    )


async def _body(request: Request) -> bytes | Response:
    """Return what was sent; or the answer to somebody who sends too much or too slowly."""
    found = bytearray()
    try:
        with anyio.fail_after(SLOWEST_BODY_S):
            async for part in request.stream():
                found += part
                if len(found) > LARGEST_BODY:
                    return _told("The request is too long.\n", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except (TimeoutError, ClientDisconnect):
        return _told("The request did not arrive.\n", HTTPStatus.REQUEST_TIMEOUT)
    return bytes(found)


def _refused(refused: RefusedError) -> Response:
    if refused.fork:
        _log.error("the log has signed two roots of one size; both are kept, see: troth witness show")
    if refused.status is HTTPStatus.CONFLICT:
        # Exactly this type: a charset behind it would be another.
        return Response(f"{refused.size}\n", refused.status, {**_HEADERS, "content-type": SIZE_TYPE})
    return _told(f"{refused.why}\n", refused.status)


def _told(text: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return PlainTextResponse(text, status, _HEADERS)
