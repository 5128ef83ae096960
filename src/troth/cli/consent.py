"""`troth consent`: record and show a customer's choices from the command line."""

from typing import Annotated

import typer
from rich.table import Table

from troth.cli.opening import opened
from troth.cli.terminal import terminal
from troth.errors import InputError
from troth.identity.model import IdKind

commands = typer.Typer(no_args_is_help=True, help="Record and show a customer's choices.")

Customer = Annotated[str, typer.Argument(help="The id your shop uses for the customer.", show_default=False)]
Kind = Annotated[IdKind, typer.Option("--kind", help="What the id is.")]


@commands.command(name="set")
def set_choice(
    customer: Customer,
    clause: Annotated[str, typer.Argument(help="purpose/data, e.g. suggestions/orders.", show_default=False)],
    answer: Annotated[str, typer.Argument(help="yes or no.", show_default=False)],
    *,
    kind: Kind = IdKind.CUSTOMER,
) -> None:
    """Record what a customer said to you, under today's words of the question."""
    from troth.consent.model import Answer
    from troth.promise.model import Clause

    purpose, slash, data = clause.partition("/")
    if not slash or answer not in {"yes", "no"}:
        raise InputError(
            "choice_unreadable",
            "A choice is a clause and an answer.",
            "For example: troth consent set CUSTOMER suggestions/orders yes",
        )
    with opened() as app:
        now = app.clock.now()
        words = app.consent.words(Clause(purpose, data))
        said = [(words.clause, Answer(answer), words.digest)]
        chosen = app.choosing.choose_for(customer, said, via="cli", now=now, kind=kind)
        outcome = words.yes if answer == "yes" else words.no
        console = terminal()
        console.print(f"Recorded [b]{answer}[/b] to “{words.question}”", soft_wrap=True)
        console.print(f"From now on: {outcome}", soft_wrap=True)
        for data_kind, count in chosen.deleted.items():
            # A kind that the promise no longer names has no title any more.
            named = app.promise.data.get(data_kind)
            title = named.title.say("") if named else data_kind
            console.print(f"Deleted, since nothing else needs it: {count} × {title}")


@commands.command()
def show(customer: Customer, *, kind: Kind = IdKind.CUSTOMER) -> None:
    """Show where each question stands for a customer, and every choice they made."""
    from troth.promise.model import Basis

    with opened() as app:
        number = app.identity.get(customer, kind)
        standing = app.consent.standing(number)
        table = Table("Clause", "Status", "Since", title="Where each question stands", title_justify="left")
        for purpose in app.promise.purposes.values():
            for clause in purpose.clauses if purpose.basis is Basis.CONSENT else ():
                at = standing.get(clause)
                since = f"{at.latest.at:%Y-%m-%d %H:%M:%S} UTC" if at else ""
                table.add_row(str(clause), at.status.value.replace("_", " ") if at else "not asked", since)
        console = terminal()
        console.print(table)
        history = Table("When (UTC)", "Answer", "Words shown", "Where", title="Every choice", title_justify="left")
        for said in app.consent.history(number):
            choice = said.choice
            history.add_row(f"{choice.at:%Y-%m-%d %H:%M:%S}", choice.answer.value, said.words.question, choice.via)
        console.print(history)


@commands.command()
def records(
    customer: Customer,
    *,
    name_customer: Annotated[
        bool,
        typer.Option("--name-customer", help="Put your id of the customer in, for their own download."),
    ] = False,
) -> None:
    """Print a record of every choice of a customer, as JSON-LD that other tools read (ISO/IEC TS 27560, DPV)."""
    from troth.consent.recording import pseudonym, records_of
    from troth.consent.records import write

    with opened() as app:
        number = app.identity.get(customer)
        # Of this one id: the records of linked ids speak of other pseudonyms, which a link does not change.
        said = [(one.choice, one.words) for one in reversed(app.consent.said_under(number))]
        subject = pseudonym(app.secret("consent-records"), number)
        outside_id = (app.identity.outside_id(number) or "") if name_customer else ""
        # print, not rich: what is printed is read by programs and may not be wrapped.
        history = app.given.history
        typer.echo(write(records_of(said, app.promise, subject=subject, history=history, outside_id=outside_id)))
