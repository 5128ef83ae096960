"""`troth init`: a first promise from a few answers."""

import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from pydantic import TypeAdapter, ValidationError

from troth.clock import SystemClock
from troth.errors import InputError, UnavailableError
from troth.promise.draft import REGULATORS, Answers, Regulator, draft
from troth.promise.fields import Country, Domain, Email, Line, Url, Zone
from troth.promise.read import read_promise_text

_PROMPT = "\n> "


def init(
    *,
    example: Annotated[
        bool, typer.Option("--example", help="Write the promise of Larkfield, an invented garden shop; ask nothing.")
    ] = False,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path("promise.yaml"),
) -> None:
    """Write a first promise. Asks a few questions; never overwrites a file."""
    _refuse_what_is_there(output)
    if example:
        text = files("troth.promise").joinpath("example.yaml").read_text("utf-8")
    elif sys.stdin.isatty():
        answers = ask()
        today = SystemClock().now().astimezone(ZoneInfo(answers.time_zone)).date()
        text = draft(answers, today=today)
    else:
        raise InputError(
            "nobody_to_ask",
            "There is nobody to ask: the input is no terminal.",
            "Run “troth init” in a terminal, or “troth init --example”.",
        )
    read_promise_text(text, name=str(output))  # what init writes, check accepts
    _write(output, text)
    typer.echo(f"Wrote {output}. Read it, change what is not true, then run: troth check {output}")


def ask() -> Answers:
    """Ask the person at the terminal; ask again where an answer is not understood.

    Raises:
        typer.Abort: the person stopped.
    """
    typer.echo("A few questions. What you answer becomes your promise; nothing leaves this machine.\n")
    name = _ask("What do customers call your company?", Line)
    country = _ask("In which country are you? (two letters, e.g. GB)", Country, before=str.upper)
    privacy_email = _ask("Which e-mail address answers questions about privacy?", Email)
    site = _ask("What is your site? (e.g. https://larkfield.example)", Url, before=_with_https)
    return Answers(
        name=name,
        legal_name=_ask("What is its legal name?", Line, default=name),
        country=country,
        time_zone=_ask("Which time zone do you live by? (e.g. Europe/London)", Zone),
        site=site,
        mail_domain=_ask("From which domain do you send e-mail?", Domain, default=privacy_email.partition("@")[2]),
        privacy_name=_ask("Who answers these questions? (a name)", Line),
        privacy_email=privacy_email,
        owner_of_use=_ask("Who answers for what data is used for? (a name)", Line),
        owner_of_safeguards=_ask("Who answers for keeping data safe? (a name)", Line),
        regulator=_ask_regulator(country),
        where=_ask("Where does the data lie, in words for customers?", Line, default="On our own servers."),
        books_law=_ask_law(),
        page_views=_confirm("Will you use pages that customers look at, if they agree?"),
        newsletter=_confirm("Will you send a letter by e-mail, to those who agree?"),
    )


def _ask_regulator(country: str) -> Regulator:
    if known := REGULATORS.get(country):
        return known
    name = _ask("To which authority can customers complain? (its name)", Line)
    return Regulator(name, _ask("What is the authority's site?", Url, before=_with_https))


def _ask_law() -> str:
    if not _confirm("Does a law make you keep your books with orders in them?"):
        return ""
    return _ask("Which law? (e.g. UK Companies Act 2006 s388)", Line)


def _ask(question: str, kind: Any, *, default: str | None = None, before: Callable[[str], str] = str.strip) -> str:  # noqa: ANN401 - an Annotated type is no type to mypy
    """Ask until the answer is one that the promise file takes for a value of `kind`."""
    adapter: TypeAdapter[object] = TypeAdapter(kind)

    def understood(answer: str) -> str:
        try:
            return str(adapter.validate_python(before(answer.strip())))
        except ValidationError as error:
            context = error.errors()[0].get("ctx", {})
            raise typer.BadParameter(f"{context['says']} {context['mend']}") from error

    return str(typer.prompt(question, default=default, value_proc=understood, prompt_suffix=_PROMPT))


def _confirm(question: str) -> bool:
    return typer.confirm(question, default=True, prompt_suffix=_PROMPT)


def _with_https(answer: str) -> str:
    return answer if "://" in answer else f"https://{answer}"


def _refuse_what_is_there(output: Path) -> None:
    try:
        there = output.exists() or output.is_symlink()
    except OSError as error:  # a name too long for the disk
        raise _not_written(output) from error
    if there:
        raise InputError("file_exists", f"{output} is there already.", "Name another file with --output.")
    if not output.parent.is_dir():
        raise InputError(
            "no_such_folder", f"The folder of {output} does not exist.", "Make it, or name another file."
        )


def _write(output: Path, text: str) -> None:
    try:
        file = output.open("x", encoding="utf-8")  # "x": also fails when somebody was quicker
    except FileExistsError as error:
        raise InputError("file_exists", f"{output} is there already.", "Name another file with --output.") from error
    except OSError as error:
        raise _not_written(output) from error
    try:
        with file:
            file.write(text)
    except OSError as error:
        output.unlink(missing_ok=True)  # ours since "x", and half a promise is none
        raise _not_written(output) from error


def _not_written(output: Path) -> UnavailableError:
    return UnavailableError("not_written", f"{output} could not be written.", "Check the folder and the disk.")
