"""The pages in a real Chromium: as a person meets them, with our security headers on.

Every page at three widths, light and dark: no finding of axe, no sideways scroll, no small target, no console error.
The flows run with JavaScript off, because no page needs it.
"""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from browser.install import find
from installations import NOW
from troth.cli.demo import HOST, prepare
from troth.clock import FixedClock

pytestmark = pytest.mark.browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
WIDTHS = (1280, 390, 320)
SCHEMES = ("light", "dark")
SMALLEST_TARGET = 24
PLACES = {
    "shop": "/",
    "shelf": "/shelf/roses",
    "product": "/p/terracotta-pot-20-cm",
    "people": "/people",
    "known": "/you",
    "orders": "/you/orders",
    "choices": "/you/choices",
    "looks": "/you/looks",
    "delete orders": "/you/orders/delete",
    "delete topics": "/you/topics/delete",
    "delete": "/you/orders/delete",
    "leave": "/delete",
    "missing": "/nowhere",
}
ALLOTMENT = "Digs an allotment"
HOUSEPLANTS = "Keeps houseplants"


@dataclass(frozen=True, slots=True)
class Served:
    """The shop, served."""

    base: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("demo")
    opened = prepare(folder, customers=300, seed=7, say=lambda _: None, clock=FixedClock(NOW))
    listening = socket.socket()
    listening.bind((HOST, 0))
    server = uvicorn.Server(uvicorn.Config(opened.site, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started
    yield Served(f"http://{HOST}:{listening.getsockname()[1]}")
    server.should_exit = True
    thread.join(10)
    listening.close()
    opened.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = find()
    assert path, "The page tests need a browser: run `make browser`."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def _context(
    chromium: Browser, *, width: int = 1280, scheme: str = "light", bypass_csp: bool = False, script: bool = True
) -> BrowserContext:
    return chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=bypass_csp,
        java_script_enabled=script,
        reduced_motion="reduce",
    )


def _shop_as(page: Page, served: Served, grows: str) -> None:
    page.goto(f"{served.base}/people")
    page.get_by_role("button", name=grows).click()


def _why(page: Page, served: Served) -> str:
    """Return the address of a reason, from the first shelf."""
    page.goto(served.base)
    found = page.locator("a.why").first.get_attribute("href")
    assert found is not None
    return found


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_is_too_wide_or_too_small(
    served: Served, chromium: Browser, width: int, scheme: str
) -> None:
    axe = Axe()
    context = _context(chromium, width=width, scheme=scheme, bypass_csp=True)
    page = context.new_page()
    _shop_as(page, served, ALLOTMENT)
    places = PLACES | {"why": _why(page, served)}
    found: list[str] = []
    for name, address in places.items():
        page.goto(served.base + address)
        report = axe.run(page, options=AXE)
        found += [f"{name}: {one['id']} {one['nodes'][0]['target']}" for one in report.response["violations"]]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{name}: {wide} px wide")
        found += [f"{name}: small target {one}" for one in page.evaluate(_SMALL_TARGETS, SMALLEST_TARGET)]
    context.set_extra_http_headers({"Sec-GPC": "1"})
    for name, address in {"signal": "/you", "signal and choices": "/you/choices"}.items():
        page.goto(served.base + address)
        assert "Your browser’s signal" in page.locator("main").inner_text()
        report = axe.run(page, options=AXE)
        found += [f"{name}: {one['id']} {one['nodes'][0]['target']}" for one in report.response["violations"]]
    context.close()
    assert found == []


def test_axe_would_find_a_fault(served: Served, chromium: Browser) -> None:
    context = _context(chromium, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{served.base}/you")
    page.add_style_tag(content=".lead { color: #bbb }")
    report = Axe().run(page, options=AXE)
    assert [one["id"] for one in report.response["violations"]] == ["color-contrast"]
    context.close()


# A target inside a sentence is exempt (WCAG 2.2, 2.5.8); so is what is not in sight. A radio fills its whole card.
_SMALL_TARGETS = """smallest => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), summary')]
  .filter(one => !one.matches('.skip') && one.offsetParent !== null)
  .filter(one => !(one.matches('a') && one.closest('p') && getComputedStyle(one).display === 'inline'))
  .map(one => [one.textContent.trim().slice(0, 40), one.getBoundingClientRect()])
  .filter(([_, box]) => box.width < smallest || box.height < smallest)
  .map(([words, box]) => `${words} ${Math.round(box.width)}x${Math.round(box.height)}`)"""


def test_yes_and_no_look_alike_to_the_pixel(served: Served, chromium: Browser) -> None:
    for width in WIDTHS:
        for scheme in SCHEMES:
            context = _context(chromium, width=width, scheme=scheme)
            page = context.new_page()
            _shop_as(page, served, HOUSEPLANTS)
            page.goto(f"{served.base}/you")
            for ask in page.locator("#orders fieldset, #email fieldset").all():
                yes, no = (ask.locator(f".answer.{one} > span").evaluate(_LOOKS) for one in ("yes", "no"))
                assert yes == no
            context.close()


_LOOKS = """one => {
  const box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const title = getComputedStyle(one.firstElementChild);
  const small = getComputedStyle(one.lastElementChild), dot = getComputedStyle(one, '::before');
  const looks = [style, title, small, dot].map(s => [s.color, s.backgroundColor, s.borderTopColor, s.borderTopWidth,
    s.fontSize, s.fontWeight, s.opacity, s.boxShadow, s.textDecorationLine].join(' '));
  return [Math.round(box.width * 2) / 2, Math.round(box.height * 2) / 2, ...looks];
}"""


def test_nothing_is_chosen_in_advance(served: Served, chromium: Browser) -> None:
    context = _context(chromium)
    page = context.new_page()
    page.goto(f"{served.base}/you")
    assert page.locator("input[type=radio]").count() > 0
    assert page.locator("input[type=radio]:checked").count() == 0
    context.close()


def test_a_no_without_javascript_changes_the_shelf_at_the_next_load(served: Served, chromium: Browser) -> None:
    context = _context(chromium, script=False)
    page = context.new_page()
    _shop_as(page, served, ALLOTMENT)
    assert page.locator("#picked").inner_text() == "Picked for you"
    page.get_by_role("link", name="Change it").first.click()
    page.locator("#orders .answer.no").click()
    page.locator("#orders button[type=submit]").click()
    assert "It counts from now on." in page.locator("#saved").inner_text()
    page.get_by_role("link", name="Back to the shop").click()
    assert page.locator("#picked").inner_text() == "Best sellers"
    assert "You said no" in page.locator(".strip").inner_text()
    page.goto(f"{served.base}/you")
    page.locator("#orders .answer.yes").click()
    page.locator("#orders button[type=submit]").click()
    context.close()


def test_yes_and_no_take_the_same_steps(served: Served, chromium: Browser) -> None:
    context = _context(chromium, script=False)
    page = context.new_page()
    for answer in ("yes", "no"):
        page.goto(f"{served.base}/you")
        page.locator(f"#page_views .answer.{answer}").click()
        page.locator("#page_views button[type=submit]").click()
        assert f"You said {answer}" in page.locator("#page_views .saved").inner_text()
    context.close()


def test_the_question_can_be_answered_with_the_keyboard_alone(served: Served, chromium: Browser) -> None:
    context = _context(chromium)
    page = context.new_page()
    page.goto(f"{served.base}/you")
    page.locator("#orders input[value=yes]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    assert page.locator("#orders input[value=no]").is_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/you#saved")
    assert "You said no" in page.locator("#saved").inner_text()
    context.close()


def test_somebody_asked_in_the_shop_can_answer_there(served: Served, chromium: Browser) -> None:
    context = _context(chromium, script=False)
    page = context.new_page()
    _shop_as(page, served, HOUSEPLANTS)
    assert page.locator("#picked").inner_text() == "Best sellers"
    page.locator(".jit .answer.yes").click()
    page.locator(".jit button[type=submit]").click()
    assert page.url.startswith(f"{served.base}/#saved")
    assert "It counts from now on." in page.locator("#saved").inner_text()
    assert page.locator(".jit").count() == 0
    context.close()


def test_leaving_works_without_javascript_and_is_said_in_full(served: Served, chromium: Browser) -> None:
    context = _context(chromium, script=False)
    page = context.new_page()
    _shop_as(page, served, "Has a pond")
    page.goto(f"{served.base}/delete")
    assert "What we must keep, and why" in page.locator("main").inner_text()
    page.get_by_role("button", name="Delete my data").click()
    assert page.locator("h1").inner_text() == "Your data is deleted"
    page.goto(f"{served.base}/you")
    assert "We keep nothing about you." in page.locator("main").inner_text()
    context.close()


def test_no_console_error_and_no_python_with_our_headers_on(served: Served, chromium: Browser) -> None:
    context = _context(chromium)
    page = context.new_page()
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    page.on("console", note)
    _shop_as(page, served, ALLOTMENT)
    places = {name: address for name, address in PLACES.items() if name != "missing"}
    for address in (*places.values(), _why(page, served)):
        page.goto(served.base + address)
        html = page.content()
        for sign in ("built-in method", "object at 0x", "&lt;", "None", "Undefined", "Source."):
            assert sign not in html, (address, sign)
    context.close()
    assert errors == []


def test_the_page_turns_round_for_a_language_from_right_to_left(served: Served, chromium: Browser) -> None:
    context = _context(chromium, width=390, bypass_csp=True)
    page = context.new_page()
    _shop_as(page, served, ALLOTMENT)
    for address in ("/", "/you"):
        page.goto(served.base + address)
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        brand = page.locator(".brand").bounding_box()
        assert brand is not None
        assert brand["x"] + brand["width"] > 300
    context.close()


def test_a_customer_page_is_light(served: Served, chromium: Browser) -> None:
    context = _context(chromium)
    page = context.new_page()
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto(f"{served.base}/you")
    page.wait_for_load_state("networkidle")
    context.close()
    assert sum(sizes) < 120_000


def test_text_may_be_twice_as_large(served: Served, chromium: Browser) -> None:
    context = _context(chromium, width=640, bypass_csp=True)
    page = context.new_page()
    _shop_as(page, served, ALLOTMENT)
    for address in ("/", "/you"):
        page.goto(served.base + address)
        page.add_style_tag(content="html { font-size: 200% }")
        assert page.evaluate("document.documentElement.scrollWidth") <= 640
    context.close()
