"""Everything that a customer, a shop and the company's own people can do, with the planted customer in it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from house.planted import CUSTOMER, PLANTED, PRODUCTS
from installations import IMPORT, ORDERS, PAGE_VIEWS
from troth.app import App
from troth.ingest.files import plan_import, run_import
from troth.web.api.calls import build_api
from troth.web.face import Face
from troth.web.site import build_site
from visitors import Visitor

EVERYTHING = frozenset({"suggestions", "choices", "delete", "explain", "link", "service", "newsletter"})
_HEADER = "CustomerID,InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,Country"


def orders_file(folder: Path, now: datetime) -> Path:
    """Write a file of orders of the planted customer: good lines, and every sort of bad one."""
    order, price, when = PLANTED["an order’s number"], PLANTED["a price"], f"{now:%Y-%m-%d} 00:00"
    lines = [
        f"{CUSTOMER},{order},p0,Pot,1,{when},{price},UK",
        f"{CUSTOMER},{order},p1,Pot,not a number {price},{when},{price},UK",
        f"{CUSTOMER},{order},p1,Pot,1,{order},{price},UK",
        f"{CUSTOMER},{order},p1,Pot,1,{when},{order},UK",
        f"{CUSTOMER},{order},p1,Pot,1,2999-01-01 00:00,{price},UK",
        f"{CUSTOMER}\x07,{order},p1,Pot,1,{when},{price},UK",
        f"{CUSTOMER * 30},{order},p1,Pot,1,{when},{price},UK",
        f'{CUSTOMER},{order},p1,"Pot, never closed,1,{when},{price},UK',
    ]
    path = folder / "orders.csv"
    path.write_text("\n".join([_HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def bring_in(app: App, folder: Path, *, now: datetime) -> Path:
    """Import the file; return where the lines are that were not taken."""
    plan = plan_import(orders_file(folder, now), app.promise.company.time_zone)
    rejects = folder / "rejected.csv"
    run_import(plan, app.gate, shelf=app.catalogue, actor=IMPORT, now=now, rejects=rejects)
    return rejects


def answers(app: App) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Return (method, address, body) of every call of the API, about the planted customer."""
    asked = [
        {"clause": str(clause), "answer": "yes", "words": app.consent.words(clause).digest.hex()}
        for clause in (ORDERS, PAGE_VIEWS)
    ]
    pair = {"one": {"id": CUSTOMER}, "other": {"id": PLANTED["the id of a browser"], "kind": "anonymous"}}
    return [
        ("GET", "/healthz", None),
        ("GET", "/.well-known/gpc.json", None),
        ("GET", "/v1/questions", None),
        ("POST", "/v1/suggestions", {"customer": CUSTOMER, "session": [PLANTED["a product of the present visit"]]}),
        ("POST", "/v1/choices", {"customer": CUSTOMER, "choices": asked}),
        ("POST", "/v1/choices/show", {"customer": CUSTOMER}),
        ("POST", "/v1/declared-age", {"customer": CUSTOMER, "years": 40}),
        ("POST", "/v1/links", pair),
        ("POST", "/v1/links/end", pair),
        ("POST", "/v1/delete/list", {"customer": CUSTOMER}),
        ("POST", "/v1/delete", {"customer": CUSTOMER, "data": "orders", "dry_run": True}),
        ("POST", "/v1/erase", {"customer": CUSTOMER, "dry_run": True}),
        ("POST", "/v1/explain", {"customer": CUSTOMER, "purpose": "suggestions", "data": ["orders"]}),
    ]


def call(app: App, token: str) -> None:
    """Make every call of the API, once right and once with something wrong in it."""
    with TestClient(build_api(app), headers={"Authorization": f"Bearer {token}"}) as client:
        for method, address, body in answers(app):
            client.request(method, address, json=body)
            if body is not None:
                client.request(method, address, json={**body, PLANTED["a price"]: PLANTED["a price"]})
                client.request(method, address, json={name: [PLANTED["a price"]] for name in body})
                client.request(method, address, content=f'{{"customer": "{CUSTOMER}')
        client.get(f"/v1/{CUSTOMER}")


def faces(face: Face) -> Sequence[BaseRoute]:
    """A door in for tests, and a page of the company's own that fails and quotes what it holds."""

    async def come_in(request: Request) -> Response:
        face.become(request, CUSTOMER)
        return RedirectResponse("/you", 303)

    async def fail(_: Request) -> Response:
        raise RuntimeError(PLANTED["the e-mail address"])

    return [Route("/in", come_in), Route("/fail", fail)]


def site_of(app: App) -> ASGIApp:
    return build_site(app, secret=b"k" * 32, faces=faces)


def visit(site: ASGIApp) -> list[Any]:
    """Look at every page as the planted customer, answer a question, and break things; return the answers."""
    visitor = Visitor(site)
    seen = [visitor.get("/in")]
    pages = [
        "/you",
        "/you/choices",
        "/you/looks",
        "/you/looks/bundle",
        "/you/orders",
        "/you/page_views",
        "/you/orders/delete",
        f"/why/{PRODUCTS[3]}",
        "/delete",
        "/nowhere",
    ]
    seen += [visitor.get(page) for page in pages]
    seen.append(visitor.save(visitor.get("/you"), suggestions__page_views="no"))
    seen.append(visitor.save(visitor.get("/you"), suggestions__page_views="yes"))
    seen.append(visitor.post("/you/choices", {"choice:suggestions/orders": PLANTED["a price"]}))
    seen += [visitor.get("/you"), visitor.get("/fail")]
    return seen
