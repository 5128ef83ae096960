"""`troth witness`: sign what a log shows, when it only grew. For an auditor's machine: it needs no installation."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from troth.cli.terminal import terminal
from troth.cli.visible import visible

if TYPE_CHECKING:
    from troth.ledger.note import VerifierKey
    from troth.witness.service import Seen, Witness

commands = typer.Typer(
    no_args_is_help=True,
    help="Watch that a company’s log only grows, and sign what you saw. Run it elsewhere than the log.",
)

HOME = Path(".troth-witness")
Home = Annotated[Path, typer.Option("--home", envvar="TROTH_WITNESS_HOME", help="The witness’s folder.")]
Logs = Annotated[
    list[str], typer.Option("--log", metavar="KEY", help="A key that the log publishes. More than once for more.")
]

Origin = Annotated[
    str,
    typer.Option(
        "--origin",
        help="The first line of the log’s checkpoints, where it is not the key’s name.",
        show_default=False,
    ),
]


@commands.command()
def init(
    *,
    name: Annotated[str, typer.Option("--name", help="The witness’s name for good, e.g. witness.example/w1.")],
    log: Logs,
    origin: Origin = "",
    home: Home = HOME,
) -> None:
    """Make a witness: a key of its own, and the logs it is to know."""
    from troth.witness.service import make_witness

    key = make_witness(home, name, [_read(one) for one in log], origin)
    console = terminal()
    console.print("[green]Made[/green] a witness. Its key, for those who are to believe it:", soft_wrap=True)
    console.print(f"  {visible(key.written)}", soft_wrap=True)
    console.print(
        f"Keep {visible(str(home))} on one machine, and never put back an older copy of it.", soft_wrap=True
    )
    console.print("Next: troth witness serve", soft_wrap=True)


@commands.command()
def trust(log: Logs, *, origin: Origin = "", home: Home = HOME) -> None:
    """Take a further log, or the new key of a log whose key changed. What was seen so far stays."""
    opened = _opened(home)
    opened.trust([_read(one) for one in log], origin)
    _show(opened)


@commands.command()
def show(*, home: Home = HOME) -> None:
    """Show the witness’s key, and for each log the size it has seen."""
    _show(_opened(home))


@commands.command()
def serve(
    *,
    port: Annotated[int, typer.Option(help="Where to listen.", min=1, max=65535)] = 8010,
    host: Annotated[str, typer.Option(help="Which address to listen on; put a TLS proxy in front.")] = "127.0.0.1",
    home: Home = HOME,
) -> None:
    """Answer logs that ask for a signature (c2sp.org/tlog-witness) until stopped."""
    from troth.web.serving import listen, serve_on
    from troth.witness.site import build_site

    opened = _opened(home)
    opened.seen()  # a damaged memory is told now, not at the first request
    with closing(listen(host, port)) as listening:
        serve_on(
            listening,
            build_site(opened),
            ready=lambda: typer.echo(f"Witness {opened.key.name} answers on http://{host}:{port}/add-checkpoint"),
        )


def _opened(home: Path) -> "Witness":
    from troth.clock import SystemClock
    from troth.witness.service import Witness

    return Witness(home, SystemClock())


def _read(written: str) -> "VerifierKey":
    from troth.ledger.note import read_key

    return read_key(written)


def _show(opened: "Witness") -> None:
    console = terminal()
    console.print(f"Witness  {visible(opened.key.written)}", soft_wrap=True)
    for one in opened.seen():
        console.print(f"Log      {visible(one.known.origin)}", soft_wrap=True)
        console.print(f"         {_seen(one)}", soft_wrap=True)
        for key in one.known.keys:
            console.print(f"         key {visible(key.written)}", soft_wrap=True)
        if one.fork is not None:
            console.print(
                f"         [red]It signed two roots of one size.[/red] The proof: {visible(str(one.fork))}",
                soft_wrap=True,
            )


def _seen(one: "Seen") -> str:
    known = one.known
    if not known.checkpoint:
        return "nothing seen yet"
    when = datetime.fromtimestamp(known.at, UTC)
    return f"{known.size:,} entries, signed on {when:%Y-%m-%d %H:%M:%S} UTC"
