"""`troth consent`: record and show a customer's choices from the command line."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from troth.cli.opening import opened
from troth.errors import InputError

commands = typer.Typer(no_args_is_help=True, help="Record and show a customer's choices.")

Customer = Annotated[str, typer.Argument(help="The id your shop uses for the customer.", show_default=False)]


@commands.command(name="set")
def set_choice(
    customer: Customer,
    clause: Annotated[str, typer.Argument(help="purpose/data, e.g. suggestions/orders.", show_default=False)],
    answer: Annotated[str, typer.Argument(help="yes or no.", show_default=False)],
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
        chosen = app.choosing.choose_for(customer, [(words.clause, Answer(answer), words.digest)], via="cli", now=now)
        outcome = words.yes if answer == "yes" else words.no
        console = Console(highlight=False)
        console.print(f"Recorded [b]{answer}[/b] to “{words.question}”", soft_wrap=True)
        console.print(f"From now on: {outcome}", soft_wrap=True)
        for kind, count in chosen.deleted.items():
            console.print(f"Deleted, since nothing else needs it: {count} × {app.promise.data[kind].title.say('')}")


@commands.command()
def show(customer: Customer) -> None:
    """Show where each question stands for a customer, and every choice they made."""
    from troth.promise.model import Basis

    with opened() as app:
        number = app.identity.get(customer)
        standing = app.consent.standing(number)
        table = Table("Clause", "Status", "Since", title="Where each question stands", title_justify="left")
        for purpose in app.promise.purposes.values():
            for clause in purpose.clauses if purpose.basis is Basis.CONSENT else ():
                at = standing.get(clause)
                since = f"{at.latest.at:%Y-%m-%d %H:%M:%S} UTC" if at else ""
                table.add_row(str(clause), at.status.value.replace("_", " ") if at else "not asked", since)
        console = Console(highlight=False)
        console.print(table)
        history = Table("When (UTC)", "Answer", "Words shown", "Where", title="Every choice", title_justify="left")
        for said in app.consent.history(number):
            choice = said.choice
            history.add_row(f"{choice.at:%Y-%m-%d %H:%M:%S}", choice.answer.value, said.words.question, choice.via)
        console.print(history)
