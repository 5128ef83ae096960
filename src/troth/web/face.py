"""What every page needs of the house: who is visiting, what is known of them, and how a page is drawn."""

from collections.abc import Mapping, Sequence

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from troth.actors import of_customer, of_job
from troth.app import App
from troth.cases.merging import Id
from troth.gate.use import Use
from troth.identity.model import IdKind
from troth.keys.sealing import new_token
from troth.ledger.model import Story
from troth.promise.model import Clause
from troth.recommend.answer import Answer
from troth.web.customer import opting, saving
from troth.web.customer.record import Record, choices, contact
from troth.web.customer.views import ChoiceView, SavedView
from troth.web.pages import Frame, Link, Pages
from troth.web.session import Sessions, session_of
from troth.web.signal import is_sent

VISITOR = 0
"""The number of somebody we do not know: numbers of customers begin at 1."""

_LANGUAGE = "en"


class Face:
    """Draws pages for whoever is visiting.

    Args:
        app: the open installation.
        pages: renders.
        sessions: knows the visits.
        home: where "back to the shop" leads.
    """

    def __init__(self, app: App, pages: Pages, sessions: Sessions, *, home: str) -> None:
        self.app = app
        self.pages = pages
        self.sessions = sessions
        self._contact = contact(app.promise)
        self._links = (
            Link("/you", "What we know"),
            Link("/you/choices", "Your choices"),
            Link("/delete", "Delete your data"),
            Link(home, "Back to the shop"),
        )
        self._names = {product.product_id: product.title for product in app.catalogue.all().values()}

    def name(self, product: str) -> str:
        """Return a product's name; its id when it has none; empty when there is no such product."""
        found = self._names.get(product)
        return product if found == "" else found or ""

    def frame(self, *, here: str = "", csrf: str = "") -> Frame:
        """Return what stands around a page."""
        company = self.app.promise.company
        return Frame(_LANGUAGE, company.name, self._contact, self._links, here, csrf)

    def render(self, request: Request, template: str, /, **values: object) -> Response:
        """Draw a page for this visit."""
        frame = self.frame(here=request.url.path, csrf=self.sessions.token(session_of(request)))
        return self.pages.render(template, frame, values)

    def customer(self, request: Request) -> Id | None:
        """Return who is visiting: an account, or a browser that answered before a sign-in; None for somebody new."""
        session = session_of(request)
        return Id(session.customer, session.kind) if session.customer else None

    def become(self, request: Request, customer: str) -> None:
        """Make this visit that of the account `customer`, as a sign-in does; of nobody when it is empty.

        If the browser answered before, it and the account are one person from here on, and the next page says so.
        """
        before, notice = self.customer(request), None
        if customer and before is not None and before.kind is IdKind.ANONYMOUS:
            now = self.app.clock.now()
            merged = self.app.merging.link(Id(customer), before, by="pages", why="sign-in", now=now)
            notice = saving.joined(merged, self.app.promise, _LANGUAGE)
        session = session_of(request)
        self.sessions.change_customer(session, customer)
        session.notice = notice

    def name_browser(self, request: Request) -> Id:
        """Give the browser of somebody new a random id, known to this visit alone."""
        one = Id(f"b-{new_token()}", IdKind.ANONYMOUS)
        self.sessions.change_customer(session_of(request), one.text, kind=one.kind)
        return one

    def check_form(self, request: Request, form: FormData) -> None:
        """Refuse a form that did not come from this very visit."""
        self.sessions.check_form(request, form)

    def notice(self, request: Request) -> SavedView | None:
        """Return what the last form did, once."""
        return self.sessions.take_notice(session_of(request))

    def number(self, customer: Id | None) -> int:
        """Return the customer's number; `VISITOR` for somebody we do not know."""
        return (self.app.identity.find(customer.text, customer.kind) if customer else None) or VISITOR

    def opts_out(self, request: Request) -> bool:
        """Tell whether this very call carries the browser's opt-out signal."""
        return is_sent(request.headers.raw)

    def record(self, customer: Id | None, *, opt_out: bool = False) -> Record:
        """Return all that is known of `customer`, opened for the purpose ``rights``.

        Args:
            customer: an account or a browser; None for somebody new.
            opt_out: whether the call carries the opt-out signal.
        """
        app, promise, now = self.app, self.app.promise, self.app.clock.now()
        number = self.number(customer)
        own = Use(of_customer(number), "rights", frozenset(promise.data))
        job = of_job("pages", *promise.purposes)
        verdicts = {
            purpose.key: app.gate.decide(
                Use(job, purpose.key, frozenset(purpose.data), opt_out=opt_out), number, now=now
            )
            for purpose in promise.purposes.values()
        }
        return Record(
            promise=promise,
            items=app.gate.read(own, number, now=now).items,
            verdicts=verdicts,
            standing=app.consent.standing(number),
            history=app.consent.history(number),
            names=self._names,
            language=_LANGUAGE,
            # The number of nobody is that of the company's own entries, which are not theirs.
            story=Story() if number == VISITOR else app.ledger.of_customer(number),
            signal=opting.signal(
                promise, verdicts, sent=opt_out, since=app.signals.noted(number), language=_LANGUAGE
            ),
        )

    def suggestions(self, customer: Id | None, most: int, session: Sequence[str] = ()) -> Answer:
        """Return what the recommender gives `customer` now; `session` names products of this very visit."""
        actor = of_job("pages", self.app.suggestions.purpose)
        return self.app.suggestions.suggest(
            actor, self.number(customer), most=most, now=self.app.clock.now(), session=session
        )

    def questions(self, request: Request, customer: Id | None, clauses: Sequence[str]) -> Mapping[str, ChoiceView]:
        """Return clause → the question with its two answers, for a template that asks in place."""
        del request  # the questions of a visit are those of its customer
        if not clauses:
            return {}
        wanted = [Clause(*clause.split("/", 1)) for clause in clauses]
        return {choice.field: choice for choice in choices(self.record(customer), wanted)}
