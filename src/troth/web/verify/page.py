"""Puts the page together: one file, no network, no dependency; the same bytes each time.

`python -m troth.web.verify.page` writes `verify.html` beside this file; a test compares. What the command and the
page both say (steps, kinds of entry) has its one home in the ledger, and is put in from there.
"""

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from troth.ledger.leaf import VOCABULARY
from troth.ledger.verify import WORDS
from troth.ledger.wording import KINDS, MEMBERS, MENDS

_HERE = Path(__file__).parent
_SHIPPED = _HERE / "verify.html"
_PARTS = ("bytes.js", "note.js", "trust.js", "forms.js", "proofs.js", "steps.js", "page.js")
_CLOSERS = ("</script", "<!--", "</style")


def shipped() -> bytes:
    """Return the page as it is shipped."""
    return _SHIPPED.read_bytes()


def built() -> bytes:
    """Return the page, put together from its parts."""
    style = _part("page.css")
    script = '"use strict";\n' + _words() + "".join(_part(name) for name in _PARTS)
    assert not any(one in text for one in _CLOSERS for text in (style, script)), "a part would end its own element"
    # Nothing runs or is fetched but these two, byte for byte (W3C CSP Level 3).
    policy = f"default-src 'none'; script-src {_hashed(script)}; style-src {_hashed(style)}; img-src data:; "
    values = {"policy": policy + "base-uri 'none'; form-action 'none'", "style": style, "script": script}
    page = _part("page.html")
    for name, value in values.items():
        before, mark, after = page.partition(f"{{{{{name}}}}}")
        assert mark, name
        page = before + value + after
    return page.encode()


def _words() -> str:
    words: dict[str, object] = {
        "STEPS": {int(step): said for step, said in WORDS.items()},
        "VOCABULARY": {version: sorted(kinds) for version, kinds in VOCABULARY.items()},
        "KINDS": dict(KINDS),
        "MEMBERS": dict(MEMBERS),
        "MENDS": dict(MENDS),
    }
    said = (f"const {name} = {json.dumps(value, ensure_ascii=False, indent=1)};\n" for name, value in words.items())
    return "// Said by the command, too: made from src/troth/ledger.\n" + "".join(said) + "\n"


def _part(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


def _hashed(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


if __name__ == "__main__":
    _SHIPPED.write_bytes(built())
