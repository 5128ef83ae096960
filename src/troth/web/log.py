"""The log's public files under ``/log/``: read-only, for anybody, and easy to keep copies of."""

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from troth.errors import TrothError
from troth.ledger.publishing.published import Published
from troth.web.verify.page import shipped

ADDRESS = "/log/"
VERIFIER = "verify.html"

_FINAL = b"public, max-age=31536000, immutable"
_SAVED = (b"content-disposition", b'attachment; filename="verify.html"')
_CHANGING = b"public, max-age=1, stale-while-revalidate=10"


_log = structlog.get_logger("troth.log")


class LogFiles:
    """Serves what of the ledger is public, as an ASGI application.

    Args:
        published: reads it.
    """

    def __init__(self, published: Published) -> None:
        self._published = published

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's form
        """Answer one request."""
        if scope["method"] not in {"GET", "HEAD"}:
            await _send(send, 405, b"The log is read-only.\n", [(b"allow", b"GET, HEAD")], scope["method"])
            return
        name = scope["path"].removeprefix(ADDRESS)
        if name == VERIFIER:
            # To be saved and opened from disk: it must not need us, nor be ours to change.
            headers = [(b"content-type", b"text/html; charset=utf-8"), _SAVED, (b"cache-control", _CHANGING)]
            await _send(send, 200, shipped(), headers, scope["method"])
            return
        try:
            file = self._published.file(name)
        except TrothError as error:
            await _send(send, error.http_status, f"{error.message}\n".encode(), [], scope["method"])
            return
        except Exception as error:  # noqa: BLE001 - the last line: told to us by class only, never to the caller
            _log.error("fault", fault=type(error).__name__, exc_info=False)
            await _send(send, 500, b"Something went wrong on our side.\n", [], scope["method"])
            return
        if file is None:
            await _send(send, 404, b"There is nothing at this address of the log.\n", [], scope["method"])
            return
        headers = [
            (b"content-type", file.media_type.encode()),
            (b"cache-control", _FINAL if file.is_final else _CHANGING),
            # Verifiers that run on somebody else's page may read it: there is nothing in it about anybody.
            (b"access-control-allow-origin", b"*"),
        ]
        await _send(send, 200, file.data, headers, scope["method"])


def beside(log: LogFiles, other: ASGIApp) -> ASGIApp:
    """Return `other` with the log's files beside it."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        is_log = scope["type"] == "http" and scope["path"].startswith(ADDRESS)
        await (log if is_log else other)(scope, receive, send)

    return served


async def _send(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]], method: str) -> None:
    length = (b"content-length", str(len(body)).encode())
    plain = [] if any(name == b"content-type" for name, _ in headers) else [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *plain, length]})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
