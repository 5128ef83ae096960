"""`troth breach`: whose data is exposed, and which: after a theft, or when somebody here looked who should not."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from troth.cli.backup import told
from troth.cli.opening import opened
from troth.cli.terminal import terminal
from troth.errors import InputError

if TYPE_CHECKING:
    from troth.app import App
    from troth.breach.listing import Listing
    from troth.breach.model import Report

_DAY = "A day, or a day and time, e.g. 2026-11-22T14:30"


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question as it was typed."""

    epoch: int | None
    kind: str
    since: str
    until: str
    by: str
    to: str
    backups: tuple[str, ...]

    @property
    def is_about_looks(self) -> bool:
        return bool(self.since)

    @property
    def in_words(self) -> str:
        """What was asked, without whom: for the record."""
        typed = {"--key-epoch": self.epoch, "--kind": self.kind, "--since": self.since, "--until": self.until}
        said = [f"{option} {value}" for option, value in typed.items() if value]
        return " ".join([*said, *("--backup …" for _ in self.backups)])


def breach(
    key_epoch: Annotated[
        int | None, typer.Option(help="The key of this epoch was stolen.", show_default=False)
    ] = None,
    kind: Annotated[
        str, typer.Option(help="All of this kind of data was open; with others: only this kind.", show_default=False)
    ] = "",
    backup: Annotated[
        list[str] | None,
        typer.Option(help="This backup was stolen: its folder. Once for the data, once for the keys."),
    ] = None,
    since: Annotated[str, typer.Option(help=f"Who looked from then on. {_DAY}", show_default=False)] = "",
    until: Annotated[str, typer.Option(help="And until then; a day means its end.", show_default="now")] = "",
    by: Annotated[str, typer.Option(help="Only looks by this person or program.", show_default="all")] = "",
    to: Annotated[str, typer.Option(help="Only what this recipient was handed.", show_default="all")] = "",
    *,
    name: Annotated[str, typer.Option("--as", help="Who asks: a name of troth staff.")],
    why: Annotated[str, typer.Option("--why", help="Why, in one line, e.g. the number of the incident.")],
    noticed_at: Annotated[str, typer.Option(help=f"When it was noticed. {_DAY}", show_default=False)] = "",
    list_to: Annotated[
        Path | None, typer.Option("--list", help="Write whom it is about into this new file.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Tell whose data is exposed, and which: after a theft, or when somebody here looked who should not.

    Ask one question: --key-epoch and --backup, or --kind alone, or --since.
    """
    asked = _Asked(key_epoch, kind, since, until, by, to, tuple(backup or ()))
    _must_be_one_question(asked)
    _must_be_a_line(why)
    with opened() as app, ExitStack() as held:
        # Who has this name is here and has not left; what is asked is about everybody, so nobody's page has it.
        app.staff.actor(name)
        # On record before anything is read: who asks whom it is about, and why.
        app.noting.incident(asked.in_words, by=name, why=why, now=app.clock.now())
        listing = None if list_to is None else held.enter_context(_listing(app, list_to, asked.backups))
        report = _answered(app, asked, noticed_at, listing)
        if as_json:
            _print_json(report)
        else:
            _print(app, asked, report, terminal())
    if list_to is not None and not as_json:
        terminal().print(f"Whom it is about is in {escape(str(list_to))}, for your eyes alone. Delete it after use.")


def _must_be_one_question(asked: _Asked) -> None:
    is_theft = asked.epoch is not None or bool(asked.backups)
    if not (is_theft or asked.kind or asked.since):
        raise InputError("breach_question", "What happened?", "Say --key-epoch, --backup, --kind or --since.")
    if asked.since and is_theft:
        raise InputError(
            "breach_question",
            "A theft and looks of people here are two questions.",
            "Ask one with --key-epoch or --backup, and the other with --since.",
        )
    if not asked.since and (asked.by or asked.to):
        raise InputError("breach_question", "Since when?", "Say --since with --by or --to.")
    if asked.until and asked.backups:
        raise InputError(
            "breach_question", "A backup is of one moment; --until says nothing there.", "Leave --until out."
        )


def _must_be_a_line(why: str) -> None:
    from troth.ledger.model import LONGEST_REASON, is_one_line

    if not why.strip() or len(why) > LONGEST_REASON or not is_one_line(why):
        raise InputError(
            "reason_form", f"A reason is one line of at most {LONGEST_REASON} characters.", "For example: incident 12"
        )


def _answered(app: "App", asked: _Asked, noticed_at: str, listing: "Listing | None") -> "Report":
    from troth.breach.looking import Looked
    from troth.breach.model import moment
    from troth.breach.theft import Stolen

    now, zone = app.clock.now(), app.promise.company.time_zone
    until = moment(asked.until, zone, name="--until", is_end=True) if asked.until else None
    noticed = moment(noticed_at, zone, name="--noticed-at") if noticed_at else None
    if noticed is not None and noticed > now:
        raise InputError("breach_time", "--noticed-at has not come yet.", "Check the day and the time.")
    sink = listing or (lambda _customer, _lots: None)
    if asked.is_about_looks:
        since = moment(asked.since, zone, name="--since")
        looked = Looked(since, until or now, asked.by, asked.to, asked.kind)
        return app.breach.looked(looked, now=now, noticed=noticed, sink=sink)
    stolen = Stolen(asked.epoch, asked.backups, asked.kind, until)
    return app.breach.stolen(stolen, now=now, noticed=noticed, sink=sink, progress=told(terminal(stderr=True)))


def _listing(app: "App", path: Path, backups: tuple[str, ...]) -> "Listing":
    from troth.breach.listing import Listing

    folders = [app.settings.data_folder, app.settings.keys_folder, app.settings.home / "secret"]
    folders += [Path(made.place) for made in app.backups.newest().values() if "://" not in made.place]
    folders += [Path(words) for words in backups if "://" not in words]
    return Listing(path, app.identity.outside_ids, apart_from=folders)


def _print(app: "App", asked: _Asked, report: "Report", console: Console) -> None:
    from troth.breach import words
    from troth.breach.model import Cause

    zone = app.promise.company.time_zone

    def say(line: str, mark: str = "") -> None:
        console.print(f"{mark}{escape(line)}", soft_wrap=True)

    def day(at: datetime) -> str:
        return f"{at.astimezone(zone):%Y-%m-%d}"

    say(words.headline(report))
    say(words.sort_of(report))
    of = "looks" if report.cause is Cause.MISUSE else "items"
    for kind in report.reached.kinds:
        say(words.kind_line(kind, day, of=of), "  ")
    for one in report.lookers:
        say(words.looker_line(one), "  ")
    for line in words.not_reached(report):
        say(line)
    if not asked.is_about_looks:
        _print_taken_for_true(app, asked, report, console)
    console.print("What to do (docs/guides/breach.md):")
    for line in words.duties(report, lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"):
        say(line, "  ")


def _print_taken_for_true(app: "App", asked: _Asked, report: "Report", console: Console) -> None:
    from troth.breach import words
    from troth.breach.copied import taken
    from troth.cli.copies import tell_copies

    copies = taken(asked.backups)
    has_data, has_keys = copies.main is not None, copies.keys is not None
    console.print("Taken for true:")
    for line in words.taken_for_true(epoch=asked.epoch, has_data=has_data, has_keys=has_keys, kind=asked.kind):
        console.print(f"  {escape(line)}", soft_wrap=True)
    if not report.is_exact:
        console.print(f"  {escape(words.AT_MOST)}", soft_wrap=True)
    if report.shredded.customers and not has_keys:
        tell_copies(app, report.at, console)


def _print_json(report: "Report") -> None:
    import msgspec

    typer.echo(msgspec.json.format(msgspec.json.encode(report), indent=1).decode())
