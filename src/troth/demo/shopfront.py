"""The front of the invented shop: shelves, product pages, and "shop as" somebody.

It knows no database, no gate and no web room: whoever plugs it in hands over how to draw a page, who is visiting,
what to suggest and where a look goes. So a company can read here how little its own shop needs to do:

1. Ask for suggestions, show them under the heading that came with them, and link each one to its reason.
2. Report a look at a product, and let the gate decide whether it is kept.
3. Show what the customer said, with the way to change it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from troth.cases.merging import Id
from troth.demo.people import NEW, Person
from troth.demo.shop import Product
from troth.identity.model import IdKind

SHELF_LENGTH = 6
_SAID = MappingProxyType(
    {
        "yes": "Said yes to using their orders",
        "no": "Said no to using their orders",
        "": "Has not said yet",
    }
)
_SIGNALLED = "Their browser asks us not to sell or share"
_PICKED = 12


@dataclass(frozen=True, slots=True)
class Suggested:
    """What to show and why.

    Attributes:
        title: what to write above them: "Picked for you", "Best sellers".
        says: one or two sentences on where they come from.
        personal: whether something of this very customer was used; then each has its reason.
        products: product ids, best first.
    """

    title: str
    says: str
    personal: bool
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody to shop as; `said` is what they answered by now, in words."""

    customer: str
    grows: str
    said: str


@dataclass(frozen=True, slots=True)
class Card:
    """One product as a shelf shows it; `why` is the address of its reason, or empty."""

    product: str
    name: str
    price: str
    picture: str
    tone: str
    why: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """Some products under one heading. `more` is the address of all of them, or empty."""

    title: str
    says: str
    cards: tuple[Card, ...]
    more: str
    more_label: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The quiet line that says who shops and what they said about their orders.

    Attributes:
        grows: what they do in their garden.
        answer: ``yes``, ``no`` or empty.
        known: whether we know them at all.
        signed_in: whether by an account, and not only by a browser that answered before a sign-in.
    """

    grows: str
    answer: str
    known: bool
    signed_in: bool


class Face(Protocol):
    """How the shop front draws pages and knows its visitor."""

    def customer(self, request: Request) -> Id | None:
        """Return who is visiting: an account, or a browser that answered before a sign-in; None for somebody new."""
        ...

    def become(self, request: Request, customer: str) -> None:
        """Make this visit that of the account `customer`, as a sign-in does."""
        ...

    def check_form(self, request: Request, form: FormData) -> None:
        """Refuse a form that did not come from this very visit."""
        ...

    def render(self, request: Request, template: str, /, **values: object) -> Response:
        """Draw a page."""
        ...

    def notice(self, request: Request) -> object:
        """Return what the last form did, once; None when there is nothing to say."""
        ...

    def questions(self, request: Request, customer: Id | None, clauses: Sequence[str]) -> Mapping[str, object]:
        """Return clause → the question with its two answers, ready for the template that asks."""
        ...


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the shop front asks of the rest.

    Attributes:
        face: draws pages.
        suggest: (customer, how many, products looked at now) → what to show.
        look: (customer, product): somebody looks at a product; the gate decides whether that is kept.
        answered: customer → ``yes``, ``no`` or empty: what they said about their orders.
        signalled: customer → whether their browser asks not to sell or share (Global Privacy Control).
    """

    face: Face
    suggest: Callable[[Id | None, int, Sequence[str]], Suggested]
    look: Callable[[Id, str], None]
    answered: Callable[[Id], str]
    signalled: Callable[[Id], bool]


class Shopfront:
    """The pages of the shop.

    Args:
        products: what is sold, in the order of the shelves.
        people: whom one can shop as.
        wiring: the rest of the world.
        clause: the clause whose answer the front shows, as ``suggestions/orders``.
    """

    def __init__(self, products: Sequence[Product], people: Sequence[Person], *, wiring: Wiring, clause: str) -> None:
        self._products = {product.product: product for product in products}
        self._people = {person.customer: person for person in people}
        self._wiring = wiring
        self._clause = clause
        self._shelves: dict[str, list[Product]] = {}
        for product in products:
            self._shelves.setdefault(product.shelf, []).append(product)
        self._addresses = {_slug(name): name for name in self._shelves}

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the shop front."""
        return [
            Route("/", self._home),
            Route("/shelf/{shelf}", self._shelf),
            Route("/p/{product}", self._product),
            Route("/people", self._who),
            Route("/people", self._become, methods=["POST"]),
        ]

    async def _home(self, request: Request) -> Response:
        customer = self._wiring.face.customer(request)
        picked = await run_in_threadpool(self._picked, customer)
        strip = await run_in_threadpool(self._strip, customer)
        ask = () if strip.answer else (self._clause,)
        questions = await run_in_threadpool(self._wiring.face.questions, request, customer, ask)
        shelves = [self._front_of(name) for name in self._shelves]
        return self._wiring.face.render(
            request,
            "shop/home.html",
            picked=picked,
            shelves=shelves,
            strip=strip,
            questions=tuple(questions.values()),
            notice=self._wiring.face.notice(request),
        )

    async def _shelf(self, request: Request) -> Response:
        name = self._addresses.get(request.path_params["shelf"])
        if name is None:
            raise HTTPException(404)
        members = self._shelves[name]
        shelf = Shelf(name, f"{len(members)} things", tuple(_card(product) for product in members), "", "")
        strip = await run_in_threadpool(self._strip, self._wiring.face.customer(request))
        return self._wiring.face.render(request, "shop/shelf.html", shelf=shelf, strip=strip)

    async def _product(self, request: Request) -> Response:
        product = self._products.get(request.path_params["product"])
        if product is None:
            raise HTTPException(404)
        customer = self._wiring.face.customer(request)
        if customer is not None:
            await run_in_threadpool(self._wiring.look, customer, product.product)
        # Asked as nobody: what goes well with a thing is a fact about things.
        beside = await run_in_threadpool(self._wiring.suggest, None, SHELF_LENGTH, [product.product])
        strip = await run_in_threadpool(self._strip, customer)
        goes = Shelf(beside.title, beside.says, self._cards(beside.products), "", "")
        home = Shelf(product.shelf, "", (), f"/shelf/{_slug(product.shelf)}", "")
        return self._wiring.face.render(
            request, "shop/product.html", product=_card(product), goes=goes, home=home, strip=strip
        )

    async def _who(self, request: Request) -> Response:
        customer = self._wiring.face.customer(request)
        strip = await run_in_threadpool(self._strip, customer)
        here = _account(customer) if _account(customer) in self._people else ""
        people = await run_in_threadpool(self._everybody)
        return self._wiring.face.render(request, "shop/people.html", people=people, here=here, strip=strip)

    async def _become(self, request: Request) -> Response:
        async with request.form(max_fields=10, max_files=0) as form:
            self._wiring.face.check_form(request, form)
            person = form.get("person")
        if not isinstance(person, str) or person not in self._people:
            raise HTTPException(400)
        # Signing in may link what this browser answered before to the account.
        await run_in_threadpool(self._wiring.face.become, request, person)
        return RedirectResponse("/", 303)

    def _everybody(self) -> tuple[PersonView, ...]:
        return tuple(
            PersonView(person.customer, person.grows, self._known_of(person.customer))
            for person in self._people.values()
        )

    def _known_of(self, customer: str) -> str:
        if not customer:
            return "We know nothing about them"
        said = _SAID[self._wiring.answered(Id(customer))]
        return f"{said}. {_SIGNALLED}" if self._wiring.signalled(Id(customer)) else said

    def _picked(self, customer: Id | None) -> Shelf:
        suggested = self._wiring.suggest(customer, _PICKED, ())
        return Shelf(suggested.title, suggested.says, self._cards(suggested.products, why=suggested.personal), "", "")

    def _strip(self, customer: Id | None) -> Strip:
        if customer is None:
            return Strip(NEW.grows, "", known=False, signed_in=False)
        person = self._people.get(_account(customer), NEW)
        signed_in = customer.kind is IdKind.CUSTOMER
        return Strip(person.grows, self._wiring.answered(customer), known=True, signed_in=signed_in)

    def _front_of(self, name: str) -> Shelf:
        members = self._shelves[name]
        # Spread over the shelf, so that its front shows more than one kind of basil.
        shown = members[:: max(1, len(members) // SHELF_LENGTH)][:SHELF_LENGTH]
        cards = tuple(_card(product) for product in shown)
        return Shelf(name, "", cards, f"/shelf/{_slug(name)}", f"See all {len(members)}")

    def _cards(self, products: Sequence[str], *, why: bool = False) -> tuple[Card, ...]:
        known = [self._products[product] for product in products if product in self._products]
        return tuple(_card(product, why=why) for product in known)


def _account(customer: Id | None) -> str:
    """Return the id of the account that is signed in; empty when none is."""
    return customer.text if customer is not None and customer.kind is IdKind.CUSTOMER else ""


def _card(product: Product, *, why: bool = False) -> Card:
    return Card(
        product=product.product,
        name=product.name,
        price=f"£{product.pence / 100:,.2f}",
        picture=product.picture,
        tone=product.tone,
        why=f"/why/{product.product}" if why else "",
    )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
