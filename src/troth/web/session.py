"""One visit: who it is, and what was just saved.

Laws:

1. The cookie holds a random id and its signature, nothing else. Who the customer is stays here, in memory.
2. The id changes whenever the customer does, so that an id from before is worth nothing after (OWASP Session
   Management, "Renew the session ID after any privilege level change").
3. A visit that did nothing leaves nothing here. What is here goes after half a day; the oldest go first when there
   are too many.
4. A form counts only with the token of its own visit, and only from our own pages.
"""

import hmac
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.datastructures import FormData, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from troth.canonical import keyed_hash
from troth.clock import Clock
from troth.errors import NotAllowedError
from troth.identity.model import IdKind
from troth.web.customer.views import SavedView

_LONGEST = timedelta(hours=12)
_MOST = 10_000
_LONGEST_COOKIE = 200


@dataclass(slots=True)
class Session:
    """One visit.

    Attributes:
        id: random; only ever leaves in the signed cookie.
        customer: the company's own id of who is here, or our name of a browser; empty for who we do not know.
        kind: which of the two it is.
        notice: what the last form did, shown once on the next page.
        seen: when the visit was last kept.
        told: whether the browser has this id already.
    """

    id: str = field(repr=False)
    customer: str = field(default="", repr=False)
    kind: IdKind = IdKind.CUSTOMER
    notice: SavedView | None = None
    seen: datetime | None = None
    told: bool = False


class Sessions:
    """Visits in memory.

    Args:
        secret: at least 16 random bytes from the keys room; signs cookies and form tokens.
        clock: tells when a visit has grown old.
        new_id: makes a random, unguessable id (keys room).
        most: how many visits are held at most.

    Raises:
        ValueError: the secret is too short to sign with.
    """

    def __init__(self, secret: bytes, clock: Clock, *, new_id: Callable[[], str], most: int = _MOST) -> None:
        if len(secret) < 16:  # noqa: PLR2004 - the length that the docstring asks for
            msg = "a session secret needs at least 16 bytes"
            raise ValueError(msg)
        self._secret = secret
        self._clock = clock
        self._new_id = new_id
        self._most = most
        self._kept: OrderedDict[str, Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def __getstate__(self) -> object:
        raise TypeError("visits stay in memory: they know who is who, and the secret that signs")

    def open(self, cookie: str | None) -> Session:
        """Return the visit that a cookie names, or a new one when it names none."""
        one = self._read(cookie)
        if one is None:
            return Session(self._new_id())
        kept = self._kept.get(one)
        if kept is not None and kept.seen is not None and self._clock.now() - kept.seen <= _LONGEST:
            return kept
        self._kept.pop(one, None)
        return Session(one, told=True)

    def keep(self, session: Session) -> None:
        """Hold on to what the visit now knows."""
        session.seen = self._clock.now()
        self._kept[session.id] = session
        self._kept.move_to_end(session.id)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def change_customer(self, session: Session, customer: str, *, kind: IdKind = IdKind.CUSTOMER) -> None:
        """Make the visit that of `customer` (empty: of nobody), under a new id."""
        self._kept.pop(session.id, None)
        session.id = self._new_id()
        session.told = False
        session.customer = customer
        session.kind = kind
        session.notice = None
        self.keep(session)

    def take_notice(self, session: Session) -> SavedView | None:
        """Return what the last form did, once."""
        notice, session.notice = session.notice, None
        return notice

    def token(self, session: Session) -> str:
        """Return what every form of this visit sends back."""
        return keyed_hash(self._secret, b"form", session.id.encode()).hex()

    def check_form(self, request: Request, form: FormData) -> None:
        """Let a form through only from our own page of this very visit.

        `Origin` alone would not do: under our Referrer-Policy a browser sends ``null`` for our own forms (Fetch
        standard, "append a request Origin header"), so `Sec-Fetch-Site` is asked first.

        Raises:
            NotAllowedError: another site, another visit, or no token.
        """
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        ours = f"{request.url.scheme}://{request.url.netloc}"
        elsewhere = site != "same-origin" if site is not None else origin not in {None, "null", ours}
        sent = form.get("csrf")
        token = self.token(session_of(request))
        if elsewhere or not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), token.encode()):
            raise NotAllowedError(
                "form_not_ours",
                "This form did not come from your own visit here, so nothing was changed.",
                "Go back, load the page again and save once more.",
            )

    def cookie(self, session: Session, *, secure: bool) -> str:
        """Return the Set-Cookie line that gives the browser this visit's id."""
        value = f"{session.id}.{self._signature(session.id)}"
        line = f"{_name(secure=secure)}={value}; Path=/; HttpOnly; SameSite=Lax"
        return f"{line}; Secure" if secure else line

    def _read(self, cookie: str | None) -> str | None:
        if not cookie or len(cookie) > _LONGEST_COOKIE:
            return None
        one, _, signature = cookie.rpartition(".")
        right = hmac.compare_digest(signature.encode(), self._signature(one).encode())
        return one if one and right else None

    def _signature(self, one: str) -> str:
        return keyed_hash(self._secret, b"cookie", one.encode()).hex()


def session_of(connection: HTTPConnection) -> Session:
    """Return the visit that a request belongs to."""
    session = connection.scope["troth.session"]
    assert isinstance(session, Session)
    return session


def session_of_scope(scope: Scope) -> Session | None:
    """Return the visit that an ASGI connection belongs to; None where it has none, as for static files."""
    session = scope.get("troth.session")
    assert session is None or isinstance(session, Session)
    return session


def _name(*, secure: bool) -> str:
    """The prefix makes browsers refuse a cookie of this name from a sub-domain or over http (RFC 6265bis)."""
    return "__Host-troth" if secure else "troth"


class Visits:
    """Gives every request its visit, and the browser its cookie."""

    def __init__(self, inner: ASGIApp, sessions: Sessions) -> None:
        self._inner = inner
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection. Static files have no visits."""
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self._inner(scope, receive, send)
            return
        secure = scope["scheme"] == "https"
        session = self._sessions.open(HTTPConnection(scope).cookies.get(_name(secure=secure)))
        scope["troth.session"] = session

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and not session.told:
                session.told = True
                MutableHeaders(scope=message).append("set-cookie", self._sessions.cookie(session, secure=secure))
            await send(message)

        await self._inner(scope, receive, with_cookie)
