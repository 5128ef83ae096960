"""The page that checks receipts, opened from the disk in a real Chromium: it judges as `troth verify` does.

What it is asked here: every byte of the examples changed, and every file that the verifier's own tests hand to it.
"""

import inspect
import itertools
import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from browser.install import find
from ledger import test_verify as own_tests
from ledger.logs import ANNA, LATER_LOG, LOG, NOW, OTHER_WITNESS, WITNESS, filled
from troth.clock import to_micros
from troth.ledger.bundle import as_json
from troth.ledger.receipt import as_tlog_proof
from troth.ledger.sigstore import as_trusted_root, read_trusted_root
from troth.ledger.spelling import SpellingError
from troth.ledger.trust import Group, LogKey, Trust, read_policy
from troth.ledger.verify import Report, Step, verify
from troth.web.verify import page as parts

pytestmark = pytest.mark.browser

EXAMPLES = Path(__file__).parents[2] / "docs" / "formats" / "receipt"
NAMES = ("read.tlog-proof", "read.sigstore.json", "bundle.json")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")

# The page's own functions, called with what the command was called with.
JUDGE = """async ({cases, trusts}) => {
  const group = async one => ({need: one.need, of: await Promise.all(one.of.map(
    async other => typeof other === "string" ? {key: await readKey(other)} : group(other)))});
  const micros = time => time === null ? null : BigInt(time);
  const read = [];
  for (const one of trusts) {
    const logs = [];
    for (const log of one.logs) {
      logs.push({key: await readKey(log.key), since: micros(log.since), until: micros(log.until)});
    }
    read.push({logs, witnesses: await Promise.all(one.witnesses.map(readKey)), quorum: await group(one.quorum),
      passesOverUnknown: one.passes_over_unknown});
  }
  const told = [];
  for (const [data, at] of cases) {
    const report = await verify(Uint8Array.from(atob(data), char => char.charCodeAt(0)), read[at]);
    told.push({failed: report.failed, passed: report.passed,
      form: report.failed === 1 ? "unknown" : report.form, over: report.passedOver,
      covered: report.covered, as_of: report.asOf, times: [...report.witnesses.values()].map(String),
      size: report.checkpoint && report.checkpoint.size,
      entries: report.entries.map(one => [one.kind, one.number, one.index, one.isKnown])});
  }
  return told;
}"""

MUTATE = """async ({files, root, policy, mutations}) => {
  const bytes = text => Uint8Array.from(atob(text), char => char.charCodeAt(0));
  const trust = trustOf(await readTrustedRoot(bytes(root)), await readPolicy(policy), false);
  const whole = files.map(bytes);
  const told = [];
  for (const [file, at, flip] of mutations) {
    const changed = whole[file].slice();
    changed[at] ^= flip;
    told.push((await verify(changed, trust)).failed);
  }
  return told;
}"""


@dataclass(frozen=True, slots=True)
class Opened:
    """The page, opened from the disk."""

    context: BrowserContext
    page: Page
    asked: list[str]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = find()
    assert path, "The page tests need a browser: run `make browser`."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("page") / "verify.html"
    file.write_bytes(parts.shipped())
    return file.as_uri()


def opened(
    chromium: Browser, address: str, *, width: int = 1280, scheme: str = "light", bypass_csp: bool = False
) -> Opened:
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=bypass_csp,
        offline=True,
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(f"error {error}"))
    page.on("console", lambda message: asked.append(f"console {message.text}"))
    page.goto(address)
    return Opened(context, page, asked)


@pytest.fixture
def there(chromium: Browser, address: str) -> Iterator[Opened]:
    found = opened(chromium, address)
    yield found
    assert found.asked == [address]
    found.context.close()


def choose(page: Page, **files: Path) -> None:
    for what, file in files.items():
        page.set_input_files(f"#{what}", file)


def verdict(page: Page, heading: str) -> str:
    page.locator("#result h2", has_text=heading).first.wait_for(timeout=5000)
    return page.locator("#result").inner_text()


def _micros(at: datetime | None) -> str | None:
    return None if at is None else str(to_micros(at))


def written(trust: Trust) -> dict[str, Any]:
    """Return a trust as the page takes it."""

    def of(group: Group) -> dict[str, Any]:
        return {"need": group.need, "of": [of(one) if isinstance(one, Group) else one.written for one in group.of]}

    return {
        "logs": [
            {"key": one.key.written, "since": _micros(one.since), "until": _micros(one.until)} for one in trust.logs
        ],
        "witnesses": [one.written for one in trust.witnesses],
        "quorum": of(trust.quorum),
        "passes_over_unknown": trust.passes_over_unknown,
    }


def told(report: Report) -> dict[str, Any]:
    """Return a report as the page tells it."""
    return {
        "failed": report.failed,
        "passed": list(report.passed),
        "form": "unknown" if report.failed is Step.FORM else report.form.value,
        "over": report.passed_over,
        "covered": report.covered,
        "as_of": None if report.as_of is None else to_micros(report.as_of),
        "times": [str(at) for at in report.witnesses.values()],
        "size": None if report.checkpoint is None else report.checkpoint.size,
        "entries": [
            [one.statement.kind, one.statement.number, one.index, one.statement.is_known] for one in report.entries
        ],
    }


def recorded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, Trust]]:
    """Run the verifier's own tests, but those that try at random; return all that they handed to it."""
    cases: list[tuple[bytes, Trust]] = []

    def recording(data: bytes, trust: Trust) -> Report:
        cases.append((data, trust))
        return verify(data, trust)

    monkeypatch.setattr(own_tests, "verify", recording)
    for name, test in vars(own_tests).items():
        marks = getattr(test, "pytestmark", [])
        is_plain = inspect.isfunction(test) and not hasattr(test, "hypothesis")
        if not name.startswith("test_") or not is_plain or any(mark.name == "slow" for mark in marks):
            continue
        tables = []
        for mark in marks:
            names = [mark.args[0]] if isinstance(mark.args[0], str) else list(mark.args[0])
            names = [one.strip() for one in ",".join(names).split(",")]
            rows = [row if len(names) > 1 else (row,) for row in mark.args[1]]
            tables.append([dict(zip(names, row, strict=True)) for row in rows])
        for chosen in itertools.product(*tables):
            test(**{key: value for row in chosen for key, value in row.items()})
    return cases


def test_all_that_the_verifiers_own_tests_try_is_judged_alike(there: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = recorded(monkeypatch)
    expected = [told(verify(*case)) for case in cases]
    # It is no comparison unless every step failed at some time, and all held.
    assert {one["failed"] for one in expected} == {None, *map(int, Step)}
    assert len(cases) > 150
    trusts: list[Trust] = []
    for _, trust in cases:
        if trust not in trusts:
            trusts.append(trust)
    handed = [(b64encode(data).decode(), trusts.index(trust)) for data, trust in cases]
    found = there.page.evaluate(JUDGE, {"cases": handed, "trusts": [written(one) for one in trusts]})
    different = [
        (cases[at][0][:80], one, other)
        for at, (one, other) in enumerate(zip(expected, found, strict=True))
        if one != other
    ]
    assert different == []


def test_every_changed_byte_of_the_examples_fails_at_the_same_step_as_in_the_command(there: Opened) -> None:
    files = [(EXAMPLES / name).read_bytes() for name in NAMES]
    root, policy = (EXAMPLES / "trusted_root.json").read_bytes(), (EXAMPLES / "policy.txt").read_text("utf-8")
    rules = read_policy(policy)
    trust = Trust(read_trusted_root(root), rules.witnesses, rules.quorum)
    flips = itertools.cycle((0x01, 0x20, 0x80, 0x04))
    mutations = [(which, at, next(flips)) for which, data in enumerate(files) for at in range(len(data))]
    assert len(mutations) > 9000
    expected = []
    for which, at, flip in mutations:
        changed = bytearray(files[which])
        changed[at] ^= flip
        expected.append(verify(bytes(changed), trust).failed)
    assert {int(step) for step in expected if step is not None} >= {1, 2, 3, 4, 5}
    handed = {
        "files": [b64encode(data).decode() for data in files],
        "root": b64encode(root).decode(),
        "policy": policy,
        "mutations": mutations,
    }
    found = there.page.evaluate(MUTATE, handed)
    accepted = [one for one, step in zip(mutations, found, strict=True) if step is None]
    assert accepted == []
    different = [(m, e, f) for m, e, f in zip(mutations, expected, found, strict=True) if e != f]
    assert different == []


@pytest.mark.parametrize(
    ("fault", "step"),
    [
        ("const really = same; same = (one, other) => other.length > 99 || really(one, other)", Step.FORM),
        ("includes = async () => true", Step.INCLUSION),
        ("mustFollow = () => {}", Step.SEQUENCE),
        ("mapShows = async () => true", Step.PLACE),
        ("mustReach = () => {}", Step.NOTHING_LEFT_OUT),
    ],
)
def test_a_page_with_a_fault_would_be_found(
    there: Opened, monkeypatch: pytest.MonkeyPatch, fault: str, step: Step
) -> None:
    cases = [case for case in recorded(monkeypatch) if verify(*case).failed is step]
    trusts = [trust for _, trust in cases]
    handed = [(b64encode(data).decode(), at) for at, (data, _) in enumerate(cases)]
    there.page.evaluate(f"() => {{ {fault}; }}")
    found = there.page.evaluate(JUDGE, {"cases": handed, "trusts": [written(one) for one in trusts]})
    assert any(one["failed"] != step for one in found)


TIMES = (
    "2025-11-22T12:00:00Z",
    "2025-11-22 12:00:00z",
    "2025-11-22t12:00:00.5+01:30",
    "2025-11-22T12:00:00.1234565-0130",
    "2025-11-22T12:00:00.9999999Z",
    "2024-02-29T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2025-11-22T12:00:00",
    "2025-02-29T12:00:00Z",
    "2025-11-22T24:00:00Z",
    "2025-11-22T12:00:60Z",
    "2025-11-22T12:00Z",
    "2025-11-22T12:00:00.Z",
    "2025-11-22T12:00:00+24:00",
    "2025-11-22T12:00:00+01:60",
    "2025-13-22T12:00:00Z",
    "0000-01-01T00:00:00Z",
    "2025-11-22T12:00:00Z\n",
    "",
)


def _roots() -> Iterator[bytes]:
    root = (EXAMPLES / "trusted_root.json").read_bytes()
    for time in TIMES:
        yield root.replace(b'"2025-11-22T12:00:00Z"', json.dumps(time).encode())
    for old, new in [
        (b'"start"', b'"end"'),
        (b'"2025-11-22T12:00:00Z"', b"null"),
        (b'"2025-11-22T12:00:00Z"', b"5"),
        (b'"validFor"', b'"valid"'),
        (b'{\n          "start": "2025-11-22T12:00:00Z"\n        }', b"null"),
        (b'{\n          "start": "2025-11-22T12:00:00Z"\n        }', b"[]"),
        (b"https://larkfield", b"larkfield"),
        (b"example/log", b"example/log//"),
        (b"example/log", b"example/lag"),
        (b"PKIX_ED25519", b"PKIX_RSA"),
        (b'"rawBytes": "M', b'"rawBytes": "N'),
        (b"EHw=", b"EHx="),
        (b'"keyId": "', b'"keyId": "A'),
        (b"version=0.1", b"version=0.2"),
        (b'"tlogs": [', b'"tlogs": [5,'),
        (b'"tlogs": [', b'"tlogs": [],"x": ['),
        (b"{", b"\xef\xbb\xbf{"),
        (
            b"{",
            b"[",
        ),
    ]:
        assert old in root
        yield root.replace(old, new, 1)
    yield from (
        b"",
        b"null",
        b"5",
        b"{}",
        b"\xff",
        as_trusted_root([LogKey(LOG.key, NOW, NOW), LogKey(WITNESS.key, NOW)]),
    )


READ_ROOTS = """async roots => Promise.all(roots.map(async root => {
  try {
    const found = await readTrustedRoot(Uint8Array.from(atob(root), char => char.charCodeAt(0)));
    return found.map(one => [one.key.written, one.since && String(one.since), one.until && String(one.until)]);
  } catch (error) { return error instanceof Failed ? null : String(error); }
}))"""


def test_a_trusted_root_is_read_as_the_command_reads_it(there: Opened) -> None:
    roots = list(_roots())
    expected: list[list[list[str | None]] | None] = []
    for root in roots:
        try:
            keys = read_trusted_root(root)
        except SpellingError:
            expected.append(None)
        else:
            expected.append([[one.key.written, *(_micros(at) for at in (one.since, one.until))] for one in keys])
    found = there.page.evaluate(READ_ROOTS, [b64encode(root).decode() for root in roots])
    assert [one for one in zip(roots, expected, found, strict=True) if one[1] != one[2]] == []
    assert sum(one is None for one in expected) > 15
    assert sum(one is not None for one in expected) > 10


W1, W2 = WITNESS.key.written, OTHER_WITNESS.key.written
POLICIES = (
    "quorum none\n",
    f"witness a {W1}\nquorum a\n",
    f"witness a {W1} https://witness.example\nwitness b {W2}\ngroup g any a b\nquorum g",
    f"# words\n\n\twitness\ta  {W1}\nwitness b {W2}\ngroup g 2 a b\ngroup h all g\nquorum h\n",
    f"log {LOG.key.written}\nlog {LATER_LOG.key.written} https://x.example\nquorum none\n",
    "",
    "quorum a\n",
    "quorum none\nquorum none\n",
    "quorum none none\n",
    "quorum\n",
    "__proto__ a\nquorum none\n",
    "constructor\nquorum none\n",
    f"witness none {W1}\nquorum none\n",
    f"witness a {W1}\nwitness b {W1}\nquorum none\n",
    f"witness a {W1}\nwitness a {W2}\nquorum none\n",
    f"witness a {LOG.key.written}\nquorum none\n",
    f"log {W1}\nquorum none\n",
    f"log {LOG.key.written}\nlog {LOG.key.written}\nquorum none\n",
    f"witness a {W1[:-1]}\nquorum none\n",
    "witness a\nquorum none\n",
    f"witness a {W1}\ngroup g 0 a\nquorum g\n",
    f"witness a {W1}\ngroup g 2 a\nquorum g\n",
    f"witness a {W1}\ngroup g 01 a\nquorum g\n",
    f"witness a {W1}\ngroup g any\nquorum g\n",
    f"witness a {W1}\ngroup g any a a\nquorum g\n",
    f"witness a {W1}\ngroup g any a\ngroup h any a\nquorum g\n",
    f"witness a {W1}\ngroup g constructor a\nquorum g\n",
    f"witness a {W1}\r\nquorum a\r\n",
    "quorum none\x00\n",
)
READ_POLICIES = """async policies => Promise.all(policies.map(async policy => {
  const group = one => ({need: one.need, of: one.of.map(other => other.key ? other.key.written : group(other))});
  try {
    const found = await readPolicy(policy);
    return [found.logs.map(one => one.key.written), found.witnesses.map(one => one.written), group(found.quorum)];
  } catch (error) { return error instanceof Failed ? null : String(error); }
}))"""


def test_a_policy_is_read_as_the_command_reads_it(there: Opened) -> None:
    expected: list[list[Any] | None] = []
    for policy in POLICIES:
        try:
            found = written(read_policy(policy))
        except SpellingError:
            expected.append(None)
        else:
            expected.append([[one["key"] for one in found["logs"]], found["witnesses"], found["quorum"]])
    read = there.page.evaluate(READ_POLICIES, list(POLICIES))
    assert [one for one in zip(POLICIES, expected, read, strict=True) if one[1] != one[2]] == []
    assert [one is None for one in expected] == [False] * 5 + [True] * (len(POLICIES) - 5)


@pytest.mark.parametrize("name", NAMES)
def test_a_person_sees_that_an_example_holds_and_what_it_says(there: Opened, name: str) -> None:
    page = there.page
    choose(page, file=EXAMPLES / name)
    assert "Now choose the company’s keys" in verdict(page, "Not yet checked")
    choose(page, keys=EXAMPLES / "trusted_root.json")
    # Its checkpoint has a witness's line, and nobody was named yet who could check it.
    assert "Step 4 failed. Believe nothing in this file." in verdict(page, "It does not hold")
    assert "Case 17" not in page.content()
    page.get_by_label("Let signatures stand that nobody here can check").check()
    assert "Not checked, because you asked for it: signature lines of others, 1." in verdict(page, "It holds")
    page.get_by_label("Let signatures stand that nobody here can check").uncheck()
    verdict(page, "It does not hold")
    choose(page, policy=EXAMPLES / "policy.txt")
    words = verdict(page, "It holds")
    assert "A person asked to see the customer’s data" in words
    assert "Case 17" in words
    assert "Witness witness.example/w1 saw the log so on 2026-11-22 12:00:00 UTC." in words
    assert LOG.key.written in words
    is_bundle = name == "bundle.json"
    assert page.locator(".steps li.passed").count() == (11 if is_bundle else 7)
    assert ("None is left out." in words) == is_bundle


def test_a_changed_byte_is_told_with_its_step_and_nothing_of_what_the_file_says(
    there: Opened, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.tlog-proof"
    changed.write_bytes((EXAMPLES / NAMES[0]).read_bytes().replace(b"index 3", b"index 4"))
    choose(there.page, file=changed, keys=EXAMPLES / "trusted_root.json", policy=EXAMPLES / "policy.txt")
    words = verdict(there.page, "It does not hold")
    assert "Step 5 failed." in words
    failed = there.page.locator(".steps li.failed")
    assert failed.count() == 1
    assert "The path of entry 1 of the file does not lead to the root." in failed.inner_text()
    assert there.page.locator(".steps li.not-reached").count() == 2
    assert "Case 17" not in there.page.content()
    # The right file takes the place of the wrong one.
    choose(there.page, file=EXAMPLES / NAMES[0])
    assert "Case 17" in verdict(there.page, "It holds")


def test_files_may_be_dropped_and_are_told_apart(there: Opened) -> None:
    names = ["policy.txt", "bundle.json", "trusted_root.json"]
    files = [(name, b64encode((EXAMPLES / name).read_bytes()).decode()) for name in names]
    there.page.evaluate(
        """files => {
          const moved = new DataTransfer();
          for (const [name, data] of files) {
            moved.items.add(new File([Uint8Array.from(atob(data), char => char.charCodeAt(0))], name));
          }
          document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: moved, bubbles: true, cancelable: true}));
        }""",
        files,
    )
    assert "None is left out." in verdict(there.page, "It holds")
    taken = {
        one: there.page.locator(f"#{one}").evaluate("one => one.files[0].name") for one in ("file", "keys", "policy")
    }
    assert taken == {"file": "bundle.json", "keys": "trusted_root.json", "policy": "policy.txt"}


def test_keys_that_are_none_are_told_and_nothing_is_checked(there: Opened) -> None:
    choose(there.page, file=EXAMPLES / NAMES[0], keys=EXAMPLES / "policy.txt")
    assert "This is not a trusted root of Sigstore" in verdict(there.page, "Nothing was checked")
    choose(there.page, keys=EXAMPLES / "trusted_root.json", policy=EXAMPLES / "trusted_root.json")
    assert "Line 1 of the policy can’t be understood." in verdict(there.page, "Nothing was checked")


def test_what_an_entry_says_is_shown_as_text_and_can_not_turn_round(there: Opened, tmp_path: Path) -> None:
    log = filled()
    log.write("read", ANNA, {"reason": "<img src=x onerror=alert(1)>\u202e", "__proto__": {"a": 1}, "<b>": "x\ny"})
    (tmp_path / "odd").write_bytes(as_tlog_proof(log.receipt(log.tree.size - 1)))
    choose(there.page, file=tmp_path / "odd", keys=EXAMPLES / "trusted_root.json")
    words = verdict(there.page, "It holds")
    assert "<img src=x onerror=alert(1)>‹U+202E›" in words
    assert '{"a":1}' in words
    assert "x‹U+000A›y" in words
    assert there.page.locator("#result img, #result b").count() == 0


def test_entries_that_are_gone_and_words_of_a_later_vocabulary_are_told(there: Opened, tmp_path: Path) -> None:
    bundle = filled((WITNESS,)).bundle(ANNA)
    (tmp_path / "later.json").write_bytes(as_json(replace(bundle, entries=bundle.entries[1:])))
    choose(
        there.page, keys=EXAMPLES / "trusted_root.json", policy=EXAMPLES / "policy.txt", file=tmp_path / "later.json"
    )
    words = verdict(there.page, "It holds")
    assert "The first 1 are not here: their time to be kept is over." in words
    assert "As of 2026-11-22 12:00:00 UTC the log has 2 entries of this customer." in words


def test_it_can_reach_nobody_even_if_it_wanted(chromium: Browser, address: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(address)
    said = page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'reached', error => String(error))")
    assert "Failed to fetch" in said
    blocked = page.evaluate(
        """() => new Promise(done => {
          document.addEventListener('securitypolicyviolation', event => done(event.effectiveDirective));
          fetch('http://127.0.0.1:9/').catch(() => {});
        })"""
    )
    assert blocked == "connect-src"
    context.close()


# A target inside a sentence is exempt (WCAG 2.2, 2.5.8).
_SMALL_TARGETS = """smallest => [...document.querySelectorAll('a[href], button, input')]
  .map(one => [one.id, one.getBoundingClientRect()])
  .filter(([_, box]) => box.width < smallest || box.height < smallest).map(([id]) => id)"""


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_is_too_wide_or_too_small(
    chromium: Browser, address: str, tmp_path: Path, width: int, scheme: str
) -> None:
    found = opened(chromium, address, width=width, scheme=scheme, bypass_csp=True)
    page, wrong = found.page, []
    changed = tmp_path / "changed"
    changed.write_bytes((EXAMPLES / NAMES[2]).read_bytes().replace(b'"number":2', b'"number":1'))
    states = {
        "empty": {},
        "half": {"file": EXAMPLES / NAMES[2]},
        "holds": {"keys": EXAMPLES / "trusted_root.json", "policy": EXAMPLES / "policy.txt"},
        "fails": {"file": changed},
        "nothing": {"keys": changed},
    }
    headings = {"half": "Not yet", "holds": "It holds", "fails": "It does not hold", "nothing": "Nothing was checked"}
    for name, files in states.items():
        choose(page, **files)
        if name in headings:
            verdict(page, headings[name])
        report = Axe().run(page, options=AXE)
        wrong += [f"{name}: {one['id']} {one['nodes'][0]['target']}" for one in report.response["violations"]]
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            wrong.append(f"{name}: {wide} px wide")
        wrong += [f"{name}: small {one}" for one in page.evaluate(_SMALL_TARGETS, 24)]
    found.context.close()
    assert wrong == []
