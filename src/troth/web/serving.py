"""Listening and serving, the same for `troth serve` and `troth demo`."""

import socket
from collections.abc import Callable

from starlette.types import ASGIApp

from troth.errors import UnavailableError

_LAST_PORT = 65535
_WAITING = 2048


def listen(host: str, port: int) -> socket.socket:
    """Take the port before any work begins, so that a taken one is told at once.

    Raises:
        UnavailableError: somebody has it, or it is not this user's to use.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        # Without listening, a second server could bind the same port and both would think they have it.
        taken.listen(_WAITING)
    except OSError:
        taken.close()
        raise UnavailableError(
            "port_taken",
            f"Port {port} can't be used: something else listens there, or it is not yours to use.",
            f"Stop that, or take another with --port {port + 1 if port < _LAST_PORT else 8000}",
        ) from None
    return taken


def serve_on(listening: socket.socket, site: ASGIApp, *, ready: Callable[[], None] = lambda: None) -> None:
    """Serve `site` until SIGINT or SIGTERM; requests under way get three seconds to end.

    No access log: it would hold IP addresses, which the promise does not name.
    """
    import uvicorn

    config = uvicorn.Config(
        site, log_level="warning", access_log=False, timeout_graceful_shutdown=3, server_header=False
    )
    ready()
    uvicorn.Server(config).run(sockets=[listening])
