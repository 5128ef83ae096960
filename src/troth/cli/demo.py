"""`troth demo`: the invented shop on this machine, with everything real but the people.

Laws:

1. It listens on 127.0.0.1 only, and uses no database and no keys but its own: what the environment says of others is
   not heard.
2. The port is taken before the work begins, so that a taken one is told at once.
3. Without `--directory` it leaves nothing behind, however it is stopped.
"""

import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from troth.cli.opening import kept_true
from troth.cli.terminal import terminal
from troth.errors import InputError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from troth.app import App
    from troth.cases.merging import Id
    from troth.clock import Clock
    from troth.demo.shop import Shop
    from troth.demo.shopfront import Suggested
    from troth.recommend.answer import Answer

HOST = "127.0.0.1"
_THINGS_TO_TRY = (
    "Shop as “Digs an allotment”: the first shelf knows. “Why this?” shows the arithmetic.",
    "Open “Your data”, say no to using your orders, and go back: best sellers, from the next page on.",
    "On the same page see “Who looked”: support, with a reason; a marketer, refused. Save the notes and check them.",
    "As “Somebody new” say no to using orders, then shop as “Grows herbs”, who said yes: the no beats the yes.",
    "Open “Delete your data” and read what goes and what the law keeps. Then press it.",
)
_ASKED_BY_STAFF = (
    "gate explain --customer {customer} --for suggestions --data orders",
    'look {customer} --as {support} --for service --data orders --reason "case 12"',
    "look log {customer}",
)


def demo(
    port: Annotated[int, typer.Option(help="Where to listen on 127.0.0.1.", min=1, max=65535)] = 8000,
    customers: Annotated[int, typer.Option(help="How many people to invent.", min=1, max=9999)] = 2000,
    seed: Annotated[int, typer.Option(help="Another seed invents another shop.")] = 7,
    directory: Annotated[Path | None, typer.Option(help="Keep everything here; must be empty.")] = None,
) -> None:
    """Serve an invented garden shop and its customers' own pages on this machine."""
    from troth.web.serving import listen, serve_on

    console = terminal()
    with closing(listen(HOST, port)) as listening, _folder(directory) as folder, _stopped_politely():
        console.print("[bold]Larkfield, an invented garden shop[/bold]")
        opened = prepare(
            folder, customers=customers, seed=seed, say=lambda line: console.print(f"  [green]✓[/green] {line}")
        )
        try:
            console.print(f"\n  Open [bold]http://{HOST}:{port}/[/bold] and try:")
            for number, thing in enumerate(_THINGS_TO_TRY, start=1):
                console.print(f"  {number}. {thing}", soft_wrap=True)
            if opened.shown:
                console.print(f"\n  And as staff, in another terminal ({opened.shown} is “{opened.shown_grows}”):")
                for line in as_staff(opened.shown, folder):
                    console.print(f"     {line}", soft_wrap=True, highlight=False, markup=False)
            console.print("\n  Ctrl-C stops it.")
            with kept_true(opened.app):
                serve_on(listening, opened.site)
        finally:
            opened.close()


@dataclass(frozen=True, slots=True)
class Opened:
    """The shop, ready to be served.

    Attributes:
        app: the installation.
        site: its pages.
        shown: the id that the hints for the terminal speak of; empty when nobody can be shopped as.
        shown_grows: what they do in their garden, in words.
    """

    app: "App"
    site: "ASGIApp"
    shown: str
    shown_grows: str

    def close(self) -> None:
        """Close the databases."""
        self.app.close()


def prepare(
    folder: Path, *, customers: int, seed: int, say: Callable[[str], None], clock: "Clock | None" = None
) -> Opened:
    """Make an installation in `folder`, fill it with the invented shop, fit the model, put the pages together.

    Args:
        folder: empty.
        customers: how many people to invent, 1 to 9999.
        seed: which shop.
        say: told each step, in words.
        clock: tells the time; the machine's by default.
    """
    # Imported here: the whole house takes half a second to import, which `troth --help` does not need.
    from troth.app import build
    from troth.demo import fill, shop
    from troth.demo.people import people
    from troth.demo.truth import GROWERS
    from troth.settings import Settings

    promise = folder / "promise.yaml"
    promise.write_text(files("troth.promise").joinpath("example.yaml").read_text("utf-8"), encoding="utf-8")
    # From nothing but these two: a TROTH_ variable could turn this invention loose on real data, or on a real key.
    settings = Settings.model_construct(home=folder / ".troth", promise=promise)
    app = build(settings, clock=clock)
    try:
        invented = shop.build(now=app.clock.now(), customers=customers, seed=seed)
        fill.fill(app, invented, say=say)
        app.suggestions.fit(now=app.clock.now())
        say("The model is fitted, only on those who said yes")
        everybody = people(invented)
        shown = next((one for one in everybody if one.grows == GROWERS["vegetables"]), everybody[0])
        return Opened(app, _site(app, invented), shown.customer, shown.grows)
    except BaseException:
        app.close()
        raise


def _site(app: "App", invented: "Shop") -> "ASGIApp":
    """Plug the shop front into the site; neither knows the other."""
    from starlette.routing import BaseRoute

    from troth.actors import of_job
    from troth.demo import shopfront
    from troth.demo.people import people
    from troth.gate.use import Arrival
    from troth.promise.model import Clause
    from troth.web.face import Face
    from troth.web.site import build_site

    clause = Clause("suggestions", "orders")

    def faces(face: Face) -> Sequence[BaseRoute]:
        def suggest(customer: "Id | None", most: int, looked_at: Sequence[str]) -> shopfront.Suggested:
            return suggested(face.suggestions(customer, most, looked_at))

        def look(customer: "Id", product: str) -> None:
            now = app.clock.now()
            seen = Arrival(customer.text, "Product Viewed", now, {"product_id": product}, (product, now.isoformat()))
            app.gate.collect(of_job("shop", "collect"), [seen], now, ids=customer.kind)

        def answered(customer: "Id") -> str:
            standing = app.consent.standing(face.number(customer)).get(clause)
            return standing.latest.answer.value if standing is not None else ""

        def signalled(customer: "Id") -> bool:
            return app.signals.noted(face.number(customer)) is not None

        wiring = shopfront.Wiring(face=face, suggest=suggest, look=look, answered=answered, signalled=signalled)
        front = shopfront.Shopfront(invented.products, people(invented), wiring=wiring, clause=str(clause))
        return front.routes()

    return build_site(
        app,
        secret=app.secret("web-session"),
        faces=faces,
        folders=[Path(shopfront.__file__).parent],
        home="/",
    )


def suggested(answer: "Answer") -> "Suggested":
    """Return an answer of the recommender as the shop front shows it."""
    from troth.demo.shopfront import Suggested
    from troth.recommend.ladder import Rung

    title = {
        Rung.PERSONAL: "Picked for you",
        Rung.SESSION: "Goes well with this",
        Rung.BEST_SELLERS: "Best sellers",
        Rung.CATALOGUE: "From our shelves",
    }[answer.rung]
    says = answer.words
    if answer.rung is Rung.SESSION:
        # Our front asks with the one product on the page, as nobody: so this is said of things, not of the visit.
        says = "Often bought together with it. Nothing about you was used."
    if answer.rung is Rung.PERSONAL:
        kinds = {"orders": "what you bought", "page_views": "the pages you looked at"}
        says = f"From {' and '.join(kinds[clause.data] for clause in answer.used)}. You said we may."
    return Suggested(title, says, answer.rung is Rung.PERSONAL, tuple(one.product for one in answer.items))


def as_staff(customer: str, folder: Path) -> list[str]:
    """Return what to type in another terminal to work on the demo as its staff: the folder first, then commands.

    The commands find everything there by the same defaults as in any installation.
    """
    from troth.demo.fill import SUPPORT

    here = Path(sys.argv[0])
    command = "troth" if shutil.which("troth") or here.name != "troth" else shlex.quote(str(here.resolve()))
    asked = [line.format(customer=customer, support=SUPPORT) for line in _ASKED_BY_STAFF]
    return [f"cd {shlex.quote(str(folder.resolve()))}", *(f"{command} {line}" for line in asked)]


@contextmanager
def _folder(directory: Path | None) -> Iterator[Path]:
    """Give the folder to work in; a fresh one is removed at the end.

    Raises:
        InputError: the given one is not an empty folder.
    """
    if directory is None:
        with tempfile.TemporaryDirectory(prefix="troth-demo-") as fresh:
            yield Path(fresh)
        return
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise InputError(
            "directory_not_empty",
            "The directory for the demo is not empty.",
            "Name one that is empty or not there yet.",
        )
    directory.mkdir(parents=True, exist_ok=True)
    yield directory


@contextmanager
def _stopped_politely() -> Iterator[None]:
    """Turn Ctrl-C and SIGTERM into leaving this block, so that everything below is closed and removed."""

    def leave(_signal: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(0)
    finally:
        signal.signal(signal.SIGTERM, before)
