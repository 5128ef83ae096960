"""`troth verify`: check a receipt or a customer's bundle with nothing but the file and the keys you trust.

It opens no installation, asks no server, and needs no clock: whoever got a receipt can run it on their own machine.
Who has no Troth there takes the page that ``--page`` writes: one file, the same steps, in a browser.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from troth.cli.terminal import terminal
from troth.cli.visible import visible
from troth.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from troth.ledger.sequence import Found
    from troth.ledger.trust import Trust
    from troth.ledger.verify import Report

MOST_BYTES = 64_000_000
"""The longest file that is read: a customer's bundle of some 20,000 entries."""

TRUSTED_ROOT = "trusted_root.json"
POLICY = "policy.txt"
_DOES_NOT_HOLD = 1


def verify(
    file: Annotated[
        Path | None,
        typer.Argument(help="A receipt (.tlog-proof or Sigstore bundle) or a customer’s bundle.", show_default=False),
    ] = None,
    *,
    trusted_root: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The log’s keys. Else trusted_root.json beside FILE.", show_default=False),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Witnesses you trust, and how many must have signed. Else policy.txt beside FILE, if it is there.",
            show_default=False,
        ),
    ] = None,
    pass_over_unknown: Annotated[
        bool, typer.Option("--pass-over-unknown", help="Let signature lines stand that nobody here can check.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    page: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the page that checks the same in a browser, from disk, and do nothing else.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Check a receipt or a bundle, without a network. Exit 0: it holds; 1: it does not, and at which step.

    Get the keys from somewhere else than the file, or at an earlier time: who forges the one can forge the other.
    """
    from troth.ledger.verify import Step
    from troth.ledger.verify import verify as check
    from troth.ledger.wording import MENDS

    if page is not None:
        _write_page(page)
        return
    if file is None:
        raise InputError(
            "verify_no_file",
            "There is nothing to check.",
            "Name a receipt or a bundle: troth verify FILE. For a page that checks in a browser: --page FILE",
        )
    trust = _trust(file.parent, trusted_root, policy)
    data = _read(file, "file")
    report = check(data, replace(trust, passes_over_unknown=pass_over_unknown))
    if as_json:
        typer.echo(json.dumps(_as_json(report), indent=2, ensure_ascii=False))
    else:
        console = terminal()
        _print(report, console)
        if mend := MENDS.get(report.failed or 0):
            options = " (--policy FILE, --pass-over-unknown)" if report.failed is Step.WITNESSES else ""
            console.print(f"What you can do: {mend}{options}", soft_wrap=True)
        for one in trust.logs if report.holds else ():
            # Whole, not by its short id: another key with the same id can be found in hours.
            key = visible(one.key.written)
            console.print(f"Checked with the key {key}; compare it with the published one.", soft_wrap=True)
    if not report.holds:
        raise typer.Exit(_DOES_NOT_HOLD)


def _trust(folder: Path, trusted_root: Path | None, policy: Path | None) -> "Trust":
    from troth.ledger.sigstore import read_trusted_root
    from troth.ledger.trust import Trust, read_policy

    beside_root, beside_policy = folder / TRUSTED_ROOT, folder / POLICY
    root = trusted_root or (beside_root if beside_root.is_file() else None)
    rules = policy or (beside_policy if beside_policy.is_file() else None)
    trust = Trust(())
    if rules is not None:
        with _named(rules):
            trust = read_policy(_read(rules, "policy").decode("utf-8", "surrogateescape"))
    if root is not None:
        with _named(root):
            logs = read_trusted_root(_read(root, "trusted root"))
        known = {one.key for one in logs}
        # What the policy says of a key that is in the root would only take the key's span away.
        trust = replace(trust, logs=(*logs, *(one for one in trust.logs if one.key not in known)))
    if not trust.logs:
        raise InputError(
            "verify_no_keys",
            "There are no keys of a log to check with.",
            f"Name {TRUSTED_ROOT} with --trusted-root. The company publishes it.",
        )
    return trust


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Say which of the files it is, when one can't be understood."""
    from troth.ledger.spelling import SpellingError

    try:
        yield
    except SpellingError as error:
        raise InputError(error.code, f"{path.name}: {error.message}", error.mend) from None


def _write_page(path: Path) -> None:
    from troth.web.verify.page import shipped

    try:
        with path.open("xb") as opened:
            opened.write(shipped())
    except FileExistsError:
        raise InputError("verify_page_there", f"{path.name} is there already.", "Name another file.") from None
    except OSError as error:
        raise InputError(
            "verify_page", f"{path.name} can't be written ({error.strerror}).", "Name a place that can be written."
        ) from None
    terminal().print(f"Wrote {visible(path.name)}. Open it in a browser; it needs no network.", soft_wrap=True)


def _read(path: Path, what: str) -> bytes:
    try:
        with path.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(
            "verify_unreadable", f"The {what} {path.name} can't be read ({error.strerror}).", "Name a file."
        ) from None
    if len(data) > MOST_BYTES:
        raise InputError("verify_too_long", f"The {what} {path.name} is too long to be one.", "Name another file.")
    return data


def _print(report: "Report", console: "Console") -> None:
    from troth.ledger.verify import WORDS

    for step in report.passed:
        console.print(f"[green]✓[/green] {step:>2} {WORDS[step]}.", soft_wrap=True)
    if report.failed is not None:
        console.print(f"[red]✗[/red] {report.failed:>2} {WORDS[report.failed]}: no.", soft_wrap=True)
        console.print(f"     {visible(report.why)}", soft_wrap=True)
        console.print(f"[red]Does not hold[/red]: step {report.failed} failed. Believe nothing in this file.")
        return
    for found in report.entries:
        for line in _told(found):
            console.print(f"     {visible(line)}", soft_wrap=True)
    checkpoint = report.checkpoint
    if checkpoint is not None:
        log = f"the log {checkpoint.origin} of {checkpoint.size:,} entries"
        console.print(f"[green]Holds[/green]: a {report.form.value}, in {visible(log)}.", soft_wrap=True)
    for key, at in report.witnesses.items():
        seen = datetime.fromtimestamp(at, UTC) if at < _LATEST_SECOND else None
        when = "at a time beyond the calendar" if seen is None else f"on {seen:%Y-%m-%d %H:%M} UTC"
        console.print(f"Witness {visible(key.name)} saw the log so {when}.", soft_wrap=True)
    if report.passed_over:
        console.print(f"Not checked, because you asked for it: {report.passed_over} signature lines of others.")
    if report.covered is not None and report.as_of is not None:
        _print_completeness(report, console)


_LATEST_SECOND = 253_402_300_800
"""The first second of the year 10000, which the calendar does not reach."""


def _print_completeness(report: "Report", console: "Console") -> None:
    assert report.as_of is not None
    when = f"{report.as_of:%Y-%m-%d %H:%M} UTC"
    console.print(f"As of {when} the log has {report.covered} entries of this customer.", soft_wrap=True)
    if report.gone:
        console.print(f"The first {report.gone} are not here: their time to be kept is over.", soft_wrap=True)
    else:
        console.print("None is left out.")
    later = sum(found.statement.number > (report.covered or 0) for found in report.entries)
    if later:
        console.print(f"Of later entries {later} are here; whether there are more, this bundle can’t show.")


def _told(found: "Found") -> list[str]:
    from troth.ledger.wording import KINDS, told

    said = found.statement
    unknown = f"{said.kind} (a word of vocabulary {said.version}, not known here)"
    words = KINDS[said.kind] if said.is_known else unknown
    # Each on a line of its own: what stands in a value can't look like the next member.
    body = [f"    {name}: {value}" for name, value in told(said.body)]
    return [f"{said.at:%Y-%m-%d %H:%M:%S} UTC, entry {said.number}: {words}.", *body]


def _as_json(report: "Report") -> dict[str, Any]:
    from troth.ledger.verify import WORDS

    checkpoint, failed = report.checkpoint, report.failed
    return {
        "holds": report.holds,
        "form": report.form.value,
        "passed": [int(step) for step in report.passed],
        "failed": None if failed is None else {"step": int(failed), "says": WORDS[failed], "why": report.why},
        "log": None if checkpoint is None else {"origin": checkpoint.origin, "size": checkpoint.size},
        "witnesses": [{"name": key.name, "at": at} for key, at in report.witnesses.items()],
        "passed_over": report.passed_over,
        # What a file says is told only when all of it holds.
        "entries": [_entry_as_json(found) for found in report.entries] if report.holds else [],
        "customer": None
        if report.covered is None or report.as_of is None or not report.holds
        else {"entries": report.covered, "gone": report.gone, "as_of": report.as_of.isoformat()},
    }


def _entry_as_json(found: "Found") -> dict[str, Any]:
    said = found.statement
    return {
        "index": found.index,
        "number": said.number,
        "kind": said.kind,
        "known": said.is_known,
        "at": said.at.isoformat(),
        "body": said.body,
    }
