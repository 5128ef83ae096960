"""`troth receipt` and `troth bundle`: what a customer can take away and check elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from troth.cli.opening import opened
from troth.cli.terminal import terminal
from troth.cli.visible import visible
from troth.errors import InputError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from troth.app import App
    from troth.ledger.model import Noted
    from troth.ledger.publishing.receipts import Issued

Customer = Annotated[str, typer.Argument(help="The customer, by the id your systems use.")]
Into = Annotated[Path, typer.Option("--to", help="A folder for the files.")]

_HERE = Path()


def receipt(
    customer: Customer,
    number: Annotated[int, typer.Argument(help="Which note; without it they are listed.", min=0)] = 0,
    to: Into = _HERE,
    log: Annotated[int, typer.Option(help="Which log, where there were several; the newest by default.")] = 0,
) -> None:
    """Write the receipt of one note about a customer, in both forms; or list the notes."""
    with opened() as app:
        who, now = app.identity.get(customer), app.clock.now()
        if not number:
            _list(app.ledger.of_customer(who).entries)
            return
        newest = log or max((one.log for one in app.ledger.of_customer(who).entries), default=1)
        issued = app.receipts.of_entry(who, newest, number, now=now)
        name = f"note-{number}" if newest == 1 else f"note-{newest}-{number}"
        write_receipt(app, issued, to, name)
    _say_how(to / f"{name}.tlog-proof")


def bundle(customer: Customer, to: Into = _HERE) -> None:
    """Write all notes about a customer into one file that shows that none is left out."""
    from troth.ledger.bundle import as_json
    from troth.ledger.sigstore import as_trusted_root

    with opened() as app:
        made = app.receipts.bundle(app.identity.get(customer), now=app.clock.now())
        _write(to, "bundle.json", as_json(made))
        _write(to, "trusted_root.json", as_trusted_root(app.ledger.log_keys()), over=True)
    terminal().print(f"{len(made.entries)} notes, and the proof that they are all.")
    _say_how(to / "bundle.json")


def write_receipt(app: "App", issued: "Issued", folder: Path, name: str) -> None:
    """Write a receipt in both forms, with the keys to check it by.

    Raises:
        InputError: a file of that name is there already.
        UnavailableError: the folder can't be written to.
    """
    from troth.ledger.receipt import as_tlog_proof
    from troth.ledger.sigstore import as_bundle, as_trusted_root

    _write(folder, f"{name}.tlog-proof", as_tlog_proof(issued.receipt))
    _write(folder, f"{name}.sigstore.json", as_bundle(issued.receipt, issued.key))
    _write(folder, "trusted_root.json", as_trusted_root(app.ledger.log_keys()), over=True)


def _list(entries: "Sequence[Noted]") -> None:
    console = terminal()
    if not entries:
        console.print("Nothing was noted of this customer.")
        return
    table = Table("Log", "Note", "When (UTC)", "What", title="Notes", title_justify="left")
    for one in entries:
        table.add_row(str(one.log), str(one.number), f"{one.at:%Y-%m-%d %H:%M:%S}", visible(one.kind.value))
    console.print(table)
    console.print("A receipt of one: troth receipt CUSTOMER NOTE --to FOLDER")


def _write(folder: Path, name: str, data: bytes, *, over: bool = False) -> None:
    """Write a file that is not there yet; with `over`, one that may be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("wb" if over else "xb") as file:
            file.write(data)
    except FileExistsError:
        raise InputError(
            "file_there", f"{folder / name} is there already.", "Name another folder with --to."
        ) from None
    except OSError as error:
        raise UnavailableError("file_unwritable", f"{folder / name} can't be written: {error.strerror}.") from None
    terminal().print(f"[green]✓[/green] {folder / name}", soft_wrap=True)


def _say_how(file: Path) -> None:
    terminal().print(f"Check it on any machine: troth verify {file}", soft_wrap=True)
