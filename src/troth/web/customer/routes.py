"""The addresses of the customer's pages. Each reads, asks a pure function for the page, and draws it."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from troth.cases.erasure import Erased
from troth.cases.merging import Id
from troth.errors import UnavailableError
from troth.gate.removal import Wanted
from troth.gate.use import Item
from troth.ledger.bundle import as_json
from troth.ledger.receipt import as_tlog_proof
from troth.recommend.service import MOST
from troth.web.customer import deleting, leaving, record, saving, why
from troth.web.customer.record import Record
from troth.web.customer.views import DeletePage, LeavePage, SavedView, WhyPage
from troth.web.face import VISITOR, Face
from troth.web.session import session_of

_MOST_FIELDS = 100
_LONGEST_PAGE_NUMBER = 6
_log = structlog.get_logger("troth.pages")


class CustomerPages:
    """The customer's own pages.

    Args:
        face: draws pages and knows the visitor.
    """

    def __init__(self, face: Face) -> None:
        self._face = face
        self._app = face.app

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes."""
        return (
            Route("/you", self._known),
            Route("/you/choices", self._history),
            Route("/you/choices", self._choose, methods=["POST"]),
            Route("/you/looks", self._looks),
            Route("/you/looks/bundle", self._bundle),
            Route("/you/{kind}", self._every),
            Route("/you/{kind}/delete", self._before_deleting),
            Route("/you/{kind}/delete", self._delete, methods=["POST"]),
            Route("/why/{product}", self._why),
            Route("/delete", self._before_leaving),
            Route("/delete", self._leave, methods=["POST"]),
        )

    async def _record(self, request: Request) -> Record:
        face = self._face
        return await run_in_threadpool(face.record, face.customer(request), opt_out=face.opts_out(request))

    async def _known(self, request: Request) -> Response:
        found = await self._record(request)
        page = record.known(found)
        return self._face.render(request, "customer/known.html", page=page, notice=self._face.notice(request))

    async def _history(self, request: Request) -> Response:
        found = await self._record(request)
        return self._face.render(request, "customer/choices.html", page=record.history(found))

    async def _looks(self, request: Request) -> Response:
        return self._face.render(request, "customer/looks.html", page=record.looked(await self._record(request)))

    async def _bundle(self, request: Request) -> Response:
        customer = self._face.customer(request)
        number = await run_in_threadpool(self._face.number, customer)
        if number == VISITOR:
            raise HTTPException(404)
        now = self._app.clock.now()
        made = await run_in_threadpool(lambda: self._app.receipts.bundle(number, now=now))
        name = 'attachment; filename="notes-about-you.json"'
        return Response(as_json(made), media_type="application/json", headers={"content-disposition": name})

    async def _every(self, request: Request) -> Response:
        found = await self._record(request)
        number = request.query_params.get("page", "1")
        asked = int(number) if number.isascii() and number.isdigit() and len(number) <= _LONGEST_PAGE_NUMBER else 0
        kind, whose = request.path_params["kind"], self._face.number(self._face.customer(request))
        page = record.every(found, kind, asked, handle=lambda item: self._handle(whose, kind, item))
        if page is None:
            raise HTTPException(404)
        return self._face.render(request, "customer/every.html", page=page)

    def _handle(self, number: int, kind: str, item: Item) -> str:
        return self._app.gate.deleting.handle(number, kind, item.at, item.mark)

    async def _before_deleting(self, request: Request) -> Response:
        page = await run_in_threadpool(self._what_would_be_deleted, request, "")
        return self._face.render(request, "customer/delete.html", page=page)

    def _what_would_be_deleted(self, request: Request, item: str) -> DeletePage:
        kind, customer = self._kind(request), self._face.customer(request)
        number = self._face.number(customer)
        would = self._app.deleting.plan(_wanted(kind, item), number, now=self._app.clock.now())
        line = None
        if item:
            found = self._face.record(customer)
            named = (one for one in found.items.get(kind, ()) if self._handle(number, kind, one) == item)
            line = next((record.line(one, found, handle=item) for one in named), None)
        return deleting.before(would, self._app.promise, kind, line=line)

    async def _delete(self, request: Request) -> Response:
        async with request.form(max_fields=_MOST_FIELDS, max_files=0) as form:
            self._face.check_form(request, form)
            item, sure = form.get("item", ""), form.get("sure") == "yes"
        named = item if isinstance(item, str) else ""
        if not sure:
            page = await run_in_threadpool(self._what_would_be_deleted, request, named)
            return self._face.render(request, "customer/delete.html", page=page)
        session = session_of(request)
        session.notice = await run_in_threadpool(self._deleted, request, named)
        self._face.sessions.keep(session)
        return RedirectResponse("/you#saved", 303)

    def _deleted(self, request: Request, item: str) -> SavedView | None:
        kind, number = self._kind(request), self._face.number(self._face.customer(request))
        if number == VISITOR:
            return None
        now = self._app.clock.now()
        did = self._app.deleting.delete(_wanted(kind, item), number, now=now)
        copies = self._app.copies.made_before(now, is_final=did.is_final)
        return deleting.after(did, self._app.promise, kind, copies=copies)

    def _kind(self, request: Request) -> str:
        kind: str = request.path_params["kind"]
        if kind not in self._app.promise.data:
            raise HTTPException(404)
        return kind

    async def _choose(self, request: Request) -> Response:
        async with request.form(max_fields=_MOST_FIELDS, max_files=0) as form:
            self._face.check_form(request, form)
            notice = await run_in_threadpool(self._save, request, form)
            address = saving.back(form)
        session = session_of(request)
        session.notice = notice
        self._face.sessions.keep(session)
        return RedirectResponse(f"{address}#saved", 303)

    def _save(self, request: Request, form: FormData) -> SavedView:
        given = saving.answers(form, self._app.promise)
        where = saving.place(form, self._app.promise)
        customer = self._face.customer(request)
        opt_out = self._face.opts_out(request)
        before = self._face.record(customer, opt_out=opt_out)
        new = saving.new_ones(given, before)
        if not new:
            return saving.unchanged(given, where=where)
        now = self._app.clock.now()
        if customer is None:
            # Somebody new becomes somebody only by choosing: under a random id, known to this visit alone.
            customer = self._face.name_browser(request)
        number = self._app.identity.obtain(customer.text, now=now, kind=customer.kind)
        if opt_out:
            # Somebody new had no record when the call began. Their answer comes after the signal, and counts.
            self._app.signals.note(number, now=now)
        chosen = self._app.choosing.choose(number, new, via="page", now=now)
        return saving.saved(chosen, before, where=where, now=now)

    async def _why(self, request: Request) -> Response:
        product = request.path_params["product"]
        if not self._face.name(product):
            raise HTTPException(404)
        opt_out = self._face.opts_out(request)
        page = await run_in_threadpool(self._reason, self._face.customer(request), product, opt_out=opt_out)
        notice = self._face.notice(request)
        return self._face.render(request, "customer/why.html", page=page, notice=notice, here=request.url.path)

    def _reason(self, customer: Id | None, product: str, *, opt_out: bool) -> WhyPage:
        answer = self._face.suggestions(customer, MOST)
        found = self._face.record(customer, opt_out=opt_out)
        asked = [clause for clause in found.promise.clauses if clause.purpose == self._app.suggestions.purpose]
        name, questions = self._face.name(product), record.choices(found, asked)
        return why.page(answer, product, name, promise=found.promise, choices=questions)

    async def _before_leaving(self, request: Request) -> Response:
        page = await run_in_threadpool(self._what_would_go, self._face.customer(request))
        return self._face.render(request, "customer/leave.html", page=page)

    def _what_would_go(self, customer: Id | None) -> LeavePage:
        would = self._app.erasure.describe(self._face.number(customer), now=self._app.clock.now())
        return leaving.before(would, self._app.promise)

    async def _leave(self, request: Request) -> Response:
        async with request.form(max_fields=_MOST_FIELDS, max_files=0) as form:
            self._face.check_form(request, form)
        number = await run_in_threadpool(self._face.number, self._face.customer(request))
        if number == VISITOR:
            return RedirectResponse("/delete", 303)
        now = self._app.clock.now()
        did = await run_in_threadpool(lambda: self._app.erasure.erase(number, now=now))
        copies = self._app.copies.made_before(now)
        receipts = await run_in_threadpool(self._receipts, did, now)
        self._face.become(request, "")
        page = leaving.after(did, self._app.promise, copies, receipts)
        return self._face.render(request, "customer/gone.html", page=page)

    def _receipts(self, did: Erased, now: datetime) -> list[bytes]:
        """Return the receipts of an erasure. It is done whatever happens here, and the page must say so."""
        try:
            return [as_tlog_proof(self._app.receipts.of_written(one, now=now).receipt) for one in did.noted]
        except UnavailableError as error:
            _log.error("no_receipt_of_erasure", code=error.code)
            return []


def _wanted(kind: str, item: str) -> Wanted:
    """Return what a form asks to delete: one thing, or all of its kind."""
    return Wanted(handle=item) if item else Wanted(kind=kind)
