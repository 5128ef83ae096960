"""The databases, looked at as they lie there: whole, of our form, fitting together. Nothing is opened or changed."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

from troth.db.copying import step_of
from troth.db.engine import Connection, Database, sqlite_file
from troth.db.migrate import Steps
from troth.doctor import store
from troth.doctor.model import Finding, error, ok, warning
from troth.errors import UnavailableError
from troth.settings import Settings

CLOCK_OFF = timedelta(minutes=5)
"""How far ahead of our clock something on record may be."""

MODEL_BEHIND = timedelta(hours=1)
"""How long a removal may wait for the model while nobody serves, before it is told."""

_NAMES = {Steps.MAIN: "data", Steps.KEYS: "keys"}


def rows(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Yield what is found of the rows of both databases."""
    urls = {Steps.MAIN: settings.database_url, Steps.KEYS: settings.keys_database_url}
    well = []
    for steps, url in urls.items():
        found = list(_form(steps, url))
        yield from found
        well.append(not any(one.mend for one in found))
    if not all(well):
        return
    with (
        closing(Database(urls[Steps.MAIN])) as main_database,
        closing(Database(urls[Steps.KEYS])) as keys_database,
        main_database.reading() as main,
        keys_database.reading() as keys,
    ):
        yield from _matters(main, now)
        yield from _journal(main, keys)
        yield from _matches(main, keys)


def _form(steps: Steps, url: str) -> Iterator[Finding]:
    """Yield whether one database is there, whole, and of our form; one with a mend stops the rest."""
    name, file = _NAMES[steps], sqlite_file(url)
    if file is not None and not file.exists():
        yield error(
            f"{name}_missing",
            f"The database of the {name} is not there.",
            "Restore it: troth restore --from PLACE. In a new installation: troth import",
        )
        return
    try:
        with closing(Database(url)) as database:
            if not database.is_whole():
                yield _damaged(name)
                return
            with database.reading() as connection:
                step = step_of(connection)
    except UnavailableError as wrong:
        yield _damaged(name) if wrong.code == "database_damaged" else error(wrong.code, wrong.message, wrong.mend)
        return
    last = steps.value[1]
    if step > last:
        yield error(
            "database_newer",
            f"The database of the {name} was written by a newer Troth (step {step}, this one knows {last}).",
            "Install that version or a later one.",
        )
    elif step < last:
        yield warning(
            "database_older",
            f"The database of the {name} is at step {step or 'none'}, this Troth is at {last}.",
            "Make a backup, then run any command: it brings it up to date.",
        )
    else:
        yield ok("database", f"The database of the {name} is whole and at step {step}.")


def _damaged(name: str) -> Finding:
    return error(
        "database_damaged",
        f"The database of the {name} is damaged.",
        "Stop what uses it, keep a copy of the file, and restore: troth restore --from PLACE --replace",
    )


def _matters(main: Connection, now: datetime) -> Iterator[Finding]:
    newest = store.newest_time(main)
    if newest is not None and newest > now + CLOCK_OFF:
        yield error(
            "clock_behind",
            f"The clock says {now:%Y-%m-%d %H:%M} UTC, and something on record is of {newest:%Y-%m-%d %H:%M}.",
            "Set the clock right. Until then keeps and epochs end too late.",
        )
    else:
        yield ok("clock_behind", "Nothing on record is ahead of the clock.")
    left = store.unfinished_erasures(main)
    if left:
        yield warning(
            "erasure_unfinished",
            f"Erasures that were begun and not finished: {left}. Their customers are locked meanwhile.",
            "Run any command, or start the server: it finishes them. If they stay, look at its log.",
        )
    else:
        yield ok("erasure_unfinished", "Every erasure is finished.")
    waits = store.oldest_removal(main)
    if waits is not None and now - waits > MODEL_BEHIND:
        yield warning(
            "model_behind",
            f"A no or an erasure of {waits:%Y-%m-%d %H:%M} UTC waits to leave the model. Nobody is served from it.",
            "Start the server, or run: troth verify-erasure",
        )
    gaps = store.ledgers_with_gaps(main)
    if gaps:
        yield error(
            "ledger_gap",
            f"Notes in the ledger are missing for {gaps} customers.",
            "Somebody took them out past Troth, or the database is damaged. Compare it with a backup.",
        )
    else:
        yield ok("ledger_gap", "The notes in the ledger have no gaps.")


def _journal(main: Connection, keys: Connection) -> Iterator[Finding]:
    reached, newest = store.journal_reached(main), store.journal_newest(keys)
    if reached > newest:
        yield error(
            "keys_older",
            "The key database is older than the data: who was erased since could come back.",
            "Put back the newest key database. If it is lost, restore both: troth restore",
        )
    elif reached < newest:
        yield warning(
            "data_older",
            f"The data is older than the journal: {newest - reached} refusals are missing in it.",
            "Run any command: it does them again before anybody can read.",
        )
    else:
        yield ok("journal", "The data knows everything that the journal knows.")


def _matches(main: Connection, keys: Connection) -> Iterator[Finding]:
    orphans = store.without_customer(main)
    for table, count in sorted(orphans.items()):
        yield error(
            "orphans",
            f"{count} rows of {table} are of customers who are not there.",
            "Nothing reads them. Tell the makers of Troth; keep a copy of the database.",
        )
    if not orphans:
        yield ok("orphans", "Every row of a customer has its customer.")
    strangers, keyless = store.unmatched(main, keys)
    if keyless:
        yield error(
            "customer_without_key",
            f"{keyless} customers have lost the key of their id: what is sealed of them can't be opened.",
            "The key database is older than the data, or damaged. Restore its newest copy.",
        )
    if strangers:
        yield warning(
            "key_without_customer",
            f"{strangers} customers have keys and are not in the data.",
            "So it is after an older backup was restored. Delete newer backups that you will not restore any more.",
        )
    if not keyless and not strangers:
        yield ok("keys_match", "Every customer has a key, and every key a customer.")
