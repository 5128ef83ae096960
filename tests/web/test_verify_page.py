"""The page that checks receipts in a browser is one file, the same as its parts, and asks nobody for anything."""

import re
from base64 import b64encode
from hashlib import sha256

from troth.ledger.verify import WORDS, Step
from troth.ledger.wording import MENDS
from troth.web.verify.page import built, shipped

PAGE = shipped().decode()


def test_the_page_is_what_its_parts_make() -> None:
    assert shipped() == built(), "Write it again: python -m troth.web.verify.page"


def test_it_holds_all_it_needs_and_names_no_place_to_get_more() -> None:
    assert re.findall(r"<(?:script|style|link|img|iframe|object|embed|base)\b[^>]*>", PAGE) == [
        '<link rel="icon" href="data:,">',
        "<style>",
        "<script>",
    ]
    # A key's name in a trusted root is a web address; nothing else here is one.
    addresses = set(re.findall(r"\w+:\\?/\\?/[^\s\"'`<>]*", PAGE))
    assert {one for one in addresses if not one.startswith("https:\\/\\/")} == set()
    assert not re.search(
        r"\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import|eval|Function)\s*\(", PAGE
    )


def test_only_its_own_script_and_style_may_run() -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', PAGE)
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy[1].split("; "))
    for kind in ("script", "style"):
        element = re.search(rf"<{kind}>(.*?)</{kind}>", PAGE, re.DOTALL)
        assert element is not None
        assert rules.pop(f"{kind}-src") == f"'sha256-{b64encode(sha256(element[1].encode()).digest()).decode()}'"
    assert rules == {"default-src": "'none'", "img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}


def test_it_has_no_handler_or_style_in_an_attribute_and_makes_no_markup_of_text() -> None:
    markup = re.sub(r"<(script|style)>.*?</\1>", "", PAGE, flags=re.DOTALL)
    assert not re.search(r"\s(?:on\w+|style)=", markup)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\.style\b", PAGE)


def test_the_steps_are_those_of_the_command() -> None:
    assert all(f'"{words}"' in PAGE for words in WORDS.values())
    assert set(MENDS) < set(map(int, Step))
