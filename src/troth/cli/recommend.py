"""`troth recommend`: what a customer would be shown now, and why."""

import json
from typing import Annotated

import typer
from rich.markup import escape

from troth.cli.opening import opened
from troth.cli.terminal import terminal


def recommend(
    customer: Annotated[str, typer.Argument(help="The id your shop uses for the customer.", show_default=False)],
    *,
    k: Annotated[int, typer.Option("--k", "-k", help="How many, 1 to 100.")] = 10,
    session: Annotated[
        list[str] | None, typer.Option(help="A product of the present visit. Repeat for more; kept nowhere.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what the API answers.")] = False,
) -> None:
    """Suggest products to a customer, each with its reasons, and say which data was used and which not."""
    from troth.actors import of_job
    from troth.recommend.service import VISITOR
    from troth.web.api.suggestions import as_json as spelled

    with opened() as app:
        now = app.clock.now()
        app.suggestions.refresh(now=now)
        number = app.identity.find(customer)
        job = of_job("recommend", app.suggestions.purpose)
        answer = app.suggestions.suggest(
            job, VISITOR if number is None else number, most=k, now=now, session=session or ()
        )
        if as_json:
            typer.echo(json.dumps(spelled(answer), ensure_ascii=False, indent=2))
            return
        console = terminal()
        if number is None:
            console.print("There is no customer with this id; this is what a visitor sees.")
        console.print(f"[b]{answer.words}[/b]")
        for place, item in enumerate(answer.items, start=1):
            console.print(f"{place:3}. {escape(item.title)}  [dim]{escape(item.product)}[/dim]", soft_wrap=True)
            why = [f"{reason.share:.0%} {escape(reason.title)} ({reason.how.value})" for reason in item.reasons]
            if why:
                rest = 1 - sum(reason.share for reason in item.reasons)
                console.print(f"     because: {' · '.join(why)} · {rest:.0%} other things", soft_wrap=True)
        for clause in answer.used:
            console.print(f"[green]used[/green] {clause}")
        for one in answer.not_used:
            console.print(f"[dim]not used[/dim] {one.clause}: {escape(one.says)}", soft_wrap=True)
