"""The `troth` command: registers one file per noun and turns errors into words and exit codes.

Exit codes: 0 done · 1 the installation can't serve it now · 2 what was handed in is wrong · 3 the promise says no.
"""

import io
import sys

import typer
from rich.markup import escape

from troth.cli import consent, customer, gate, key, keys, ledger, look, staff, stop, witness
from troth.cli.backup import backup
from troth.cli.breach import breach
from troth.cli.check import check
from troth.cli.delete import delete
from troth.cli.demo import demo
from troth.cli.doctor import doctor
from troth.cli.forget import forget, rebuild_model, verify_erasure
from troth.cli.import_ import import_
from troth.cli.init import init
from troth.cli.receipt import bundle, receipt
from troth.cli.recommend import recommend
from troth.cli.restore import restore
from troth.cli.serve import serve
from troth.cli.terminal import terminal
from troth.cli.verify import verify
from troth.errors import TrothError

commands = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Be close to your customers because you keep your word: one promise file runs it all.",
)
for command in (
    init,
    check,
    recommend,
    delete,
    forget,
    serve,
    backup,
    restore,
    doctor,
    breach,
    receipt,
    bundle,
    verify,
    demo,
):
    commands.command()(command)
commands.command(name="import")(import_)
commands.command(name="verify-erasure")(verify_erasure)
commands.command(name="rebuild-model", hidden=True)(rebuild_model)
commands.add_typer(consent.commands, name="consent")
commands.add_typer(customer.commands, name="customer")
commands.add_typer(gate.commands, name="gate")
commands.add_typer(key.commands, name="key")
commands.add_typer(keys.commands, name="keys")
commands.add_typer(ledger.commands, name="ledger")
commands.add_typer(look.commands, name="look")
commands.add_typer(staff.commands, name="staff")
commands.add_typer(stop.commands, name="stop")
commands.add_typer(witness.commands, name="witness")


def run() -> None:
    """Run the command line; every failure we know ends in one sentence and its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that can't show “é” shows “?”, and goes on
    try:
        commands()
    except TrothError as error:
        console = terminal(stderr=True)
        console.print(f"[red]✗[/red] {escape(error.message)}", soft_wrap=True)
        if error.mend:
            console.print(f"  {escape(error.mend)}", soft_wrap=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    run()
