"""What the promise, the people, the keys and the copies are due for, from an open installation."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from troth.app import App
from troth.doctor.model import Finding, error, ok, warning
from troth.promise.model import Recipient

SOON = timedelta(days=30)
"""How long before its end a contract or a check is told."""

DATA_COPY = timedelta(days=2)
KEYS_COPY = timedelta(days=1)
"""How old the newest copy may be."""


def words(app: App, *, now: datetime) -> Iterator[Finding]:
    """Yield what is due by what the promise says and what is on record."""
    today = now.astimezone(app.promise.company.time_zone).date()
    yield from _promise(app)
    yield from _recipients(app, today)
    yield from _people(app, today)
    yield from _epoch(app, now)
    yield from _copies(app, now)


def _promise(app: App) -> Iterator[Finding]:
    if app.given.coming is not None:
        coming = app.given.coming.version
        yield ok("promise", f"The promise number {coming.number} is on record and waits for {coming.since}.")
    else:
        yield ok("promise", f"The promise file is the one on record, number {app.promise.version.number}.")


def _recipients(app: App, today: date) -> Iterator[Finding]:
    zone = app.promise.company.time_zone
    found = [finding for one in app.promise.recipients.values() for finding in _recipient(one, today, zone)]
    yield from found
    if not found and app.promise.recipients:
        yield ok("contract_ends", "Every recipient's contract and check reach beyond the next 30 days.")


def _recipient(one: Recipient, today: date, zone: ZoneInfo) -> Iterator[Finding]:
    contract, checked = one.contract, one.checked
    until = date.max if contract is None or contract.until is None else contract.until
    if contract is None or until < today:
        yield error(
            "contract_ended",
            f"There is no contract with {one.key} today; nothing is handed out to them.",
            "Sign one, and write it into the promise.",
        )
    elif until - today <= SOON:
        yield warning(
            "contract_ends",
            f"The contract with {one.key} ends on {until}.",
            "Renew it, and write it into the promise.",
        )
    due = None if checked is None else checked.every.after(datetime.combine(checked.on, time.min, zone), zone).date()
    # As the gate counts: on the day it is due it is overdue.
    if due is None or due <= today:
        yield error(
            "check_overdue",
            f"The check of {one.key} is overdue; nothing is handed out to them.",
            "Check them, and write it into the promise.",
        )
    elif due - today <= SOON:
        yield warning("check_due", f"The check of {one.key} is due on {due}.", "Plan it.")


def _people(app: App, today: date) -> Iterator[Finding]:
    ended = [
        one.name
        for one in app.staff.all()
        if one.left is None
        and (role := app.promise.roles.get(one.role)) is not None
        and role.training
        and (one.trained_until is None or one.trained_until < today)
    ]
    if ended:
        yield warning(
            "training_ended",
            f"Not trained today, and so refused: {', '.join(ended)}.",
            "Train them, then: troth staff train NAME --until DAY. Or, if they left: troth staff leave NAME",
        )
    else:
        yield ok("training_ended", "Everybody who works here is trained.")


def _epoch(app: App, now: datetime) -> Iterator[Finding]:
    if app.epochs.is_due(now=now, lasts=app.settings.epoch_lasts):
        yield warning(
            "epoch_overdue",
            "The epoch of the keys should have ended: copies of the key database made in it still open.",
            "Start the server, or run: troth keys end-epoch",
        )
    else:
        yield ok("epoch_overdue", "The epoch of the keys is not over yet.")
    if app.epochs.renews_master and not app.settings.epoch_copy:
        yield warning(
            "epoch_copy",
            "When the epoch ends, older copies of the keys open nothing, and no place for a new one is named.",
            "Name one: TROTH_EPOCH_COPY (docs/guides/keys.md).",
        )


def _copies(app: App, now: datetime) -> Iterator[Finding]:
    made = app.backups.newest()
    for what, name, longest in (("main", "data", DATA_COPY), ("keys", "keys", KEYS_COPY)):
        newest = made.get(what)
        if newest is None:
            yield warning(
                "never_backed_up",
                f"No backup of the {name} was ever made.",
                "troth backup --to PLACE --keys-to OTHER-PLACE",
            )
        elif now - newest.at > longest:
            yield warning(
                "backup_old",
                f"The newest backup of the {name} is of {newest.at:%Y-%m-%d %H:%M} UTC.",
                "Let a timer run troth backup daily, and for the keys more often (docs/guides/backup.md).",
            )
        else:
            yield ok("backup", f"The newest backup of the {name} is of {newest.at:%Y-%m-%d %H:%M} UTC.")
    keys, epoch = made.get("keys"), app.epochs.status().epochs[0].number
    if keys is not None and keys.epoch < epoch and app.epochs.renews_master:
        yield error(
            "backup_of_keys_dead",
            "The newest backup of the keys is of an epoch that has ended; nothing can open it any more.",
            "Make a new one at once: troth backup --only keys --to PLACE",
        )
