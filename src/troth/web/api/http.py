"""From bytes to a typed request and back: keys, sizes, errors. Knows nothing of what is asked.

Every error is ``{"code": "...", "message": "..."}`` with the status of its class; a fault of ours is 500 and says
only that. No customer's id ever stands in an address: it travels in the body.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import anyio
import msgspec
import structlog
from starlette.types import Receive, Scope, Send

from troth.access.service import Access
from troth.actors import Actor, of_service
from troth.errors import InputError, KeyNeededError, NotFoundError, TrothError
from troth.web.signal import is_sent

LARGEST_BODY = 65_536
"""Bytes of the largest request taken."""

_encode = msgspec.json.Encoder().encode
_log = structlog.get_logger("troth.api")

Asked = TypeVar("Asked")

_ANYONE = of_service("anyone")
_WHERE = re.compile(r" - at `\$[A-Za-z0-9_.\[\]]*`\Z")


class Body(msgspec.Struct, forbid_unknown_fields=True):
    """What is sent to a call, taken apart. Its repr says what it is and nothing that was sent."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


@dataclass(frozen=True, slots=True)
class Request:
    """One request that reached a call.

    Attributes:
        actor: who calls.
        body: what was sent.
        opt_out: whether it carries the opt-out signal of a customer's browser, forwarded (``Sec-GPC: 1``).
    """

    actor: Actor
    body: bytes = field(default=b"", repr=False)
    opt_out: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the API.

    Attributes:
        method: ``GET`` or ``POST``.
        answer: the request → a value that is sent as JSON.
        writes: whether it may wait for the disk; such calls leave the event loop to the others.
        open_to_all: whether it needs no key; it then tells nothing about anybody.
    """

    method: str
    answer: Callable[[Request], object]
    writes: bool = False
    open_to_all: bool = False


class Api:
    """The API as an ASGI application.

    Args:
        access: checks the bearer keys.
        calls: path → call.
        snapshot: opens one moment of the database, for the key and the answer together.
    """

    def __init__(
        self, access: Access, calls: Mapping[str, Call], *, snapshot: Callable[[], AbstractContextManager[object]]
    ) -> None:
        self._access = access
        self._calls = dict(calls)
        self._snapshot = snapshot

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        try:
            call = self._find(scope)
            # A body is taken before the key is looked at: the wait for it must not hold a snapshot open.
            body = await _body(receive) if call.method == "POST" else b""
            opt_out = is_sent(scope["headers"])
            # A call that carries the signal may be the first that does, and then records it.
            if call.writes or (opt_out and not call.open_to_all):
                found = await anyio.to_thread.run_sync(self._written, call, _bearer(scope), body, opt_out)
            else:
                with self._snapshot():
                    found = call.answer(Request(self._actor(call, scope), body))
            await _send(send, 200, _encode(found))
        except _MethodError as error:
            await _problem(send, 405, "method", f"This address answers {error} only.")
        except KeyNeededError as error:
            await _problem(send, 401, error.code, str(error), (b"www-authenticate", b"Bearer"))
        except TrothError as error:
            await _problem(send, error.http_status, error.code, str(error))
        except Exception as error:  # noqa: BLE001 - the last line: told to us by class only, never to the caller
            # Without the trace: it could quote values.
            _log.error("fault", path=scope["path"], fault=type(error).__name__, exc_info=False)
            await _problem(send, 500, "fault", "Something went wrong on our side; nothing was changed.")

    def _actor(self, call: Call, scope: Scope) -> Actor:
        return _ANYONE if call.open_to_all else self._access.check(_bearer(scope))

    def _written(self, call: Call, token: str, body: bytes, opt_out: bool) -> object:  # noqa: FBT001 - run_sync passes by place
        return call.answer(Request(self._access.check(token), body, opt_out))

    def _find(self, scope: Scope) -> Call:
        call = self._calls.get(scope["path"])
        if call is None:
            raise NotFoundError("address_unknown", "There is nothing at this address.", "See docs/reference/api.md.")
        if scope["method"] != call.method:
            raise _MethodError(call.method)
        return call


class _MethodError(Exception):
    """The address is right, the method is not; carries the one that is."""


def decode(kind: type[Asked], body: bytes) -> Asked:
    """Return `body` as a value of the typed `kind`.

    Raises:
        InputError: not JSON, or not of that form; says where, never what stood there.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise InputError("body_wrong", f"The request is not of the right form: {_unquoted(str(error))}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InputError("body_unreadable", "The request is not valid JSON.", "Send a JSON object.") from None


def _unquoted(said: str) -> str:
    """Return msgspec's words without the value that two of its messages quote; our own names stay."""
    for start in ("Object contains unknown field", "Invalid enum value"):
        if said.startswith(start):
            where = _WHERE.search(said)
            return start + (where[0] if where else "")
    return said


async def _live(receive: Receive, send: Send) -> None:
    """Tell the server that we are ready, and done, whenever it asks (ASGI lifespan)."""
    while True:
        phase = (await receive())["type"]
        await send({"type": f"{phase}.complete"})
        if phase == "lifespan.shutdown":
            return


def _bearer(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"authorization":
            kind, _, token = value.decode("latin-1").partition(" ")
            if kind.lower() == "bearer" and token:
                return str(token.strip())
    raise KeyNeededError("key_missing", "A key is needed.", "Send it as: Authorization: Bearer KEY")


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise InputError("body_cut", "The request ended before its end.")
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY:
            raise InputError("body_large", f"The request is larger than {LARGEST_BODY} bytes.", "Send less at once.")
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


async def _problem(send: Send, status: int, code: str, message: str, *headers: tuple[bytes, bytes]) -> None:
    await _send(send, status, _encode({"code": code, "message": message}), *headers)


async def _send(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    start: dict[str, Any] = {
        "type": "http.response.start",
        "status": status,
        "headers": [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            *headers,
        ],
    }
    await send(start)
    await send({"type": "http.response.body", "body": body})
