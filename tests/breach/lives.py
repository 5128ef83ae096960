"""A shop that lives: customers come, buy, look, are erased, delete, come back; epochs end; copies are made."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from backup.restores import folder_place
from breach.thief import KeyTable, Rows, copy_keys, copy_rows
from installations import IMPORT, PAGE_VIEWS, install, order, say, told, view
from troth.app import App
from troth.clock import FixedClock
from troth.gate.removal import Wanted


@dataclass
class Copied:
    """A copy as a thief took it, with the backups that were made in the same breath."""

    rows: Rows
    keys: KeyTable
    main: str
    wrapped: str


@dataclass
class Life:
    """What became of the shop.

    Attributes:
        copies: epoch → the last copy made in it.
    """

    app: App
    home: Path
    copies: dict[int, Copied] = field(default_factory=dict)


def live(folder: Path, *, seed: int, epochs: int = 3, acts: int = 14) -> Life:
    """Let a shop live for some epochs; return it, open, in the last of them."""
    dice = random.Random(seed)  # noqa: S311 - a made-up life, the same each time
    app = install(folder / "home")
    life = Life(app, folder / "home")
    for epoch in range(1, epochs + 1):
        for turn in range(acts):
            _later(app, hours=1)
            # Everything happens in each epoch; the seed says to whom.
            act = _ACTS[turn] if turn < len(_ACTS) else dice.choice(_ACTS)
            act(app, f"c{dice.randrange(1 + 4 * epoch)}", dice)
        _later(app, days=1)
        place = folder / f"copies-{epoch}"
        made = app.backups.make({"main": folder_place(place), "keys": folder_place(place)}, now=app.clock.now())
        life.copies[epoch] = Copied(
            copy_rows(app), copy_keys(app), f"{place}/{made[0].name}", f"{place}/{made[1].name}"
        )
        if epoch < epochs:
            _later(app, days=1)
            app.epochs.end(now=app.clock.now())
    for act in (_buy, _erase_somebody, _delete, _buy, _look_again, _buy):
        _later(app, hours=1)
        act(app, f"c{dice.randrange(6)}", dice)
    return life


def _later(app: App, *, days: int = 0, hours: int = 0) -> None:
    assert isinstance(app.clock, FixedClock)
    app.clock.at += timedelta(days=days, hours=hours)


def _buy(app: App, customer: str, dice: random.Random) -> None:
    now = app.clock.now()
    lines = [order(customer, f"p{dice.randrange(9)}", at=now - timedelta(days=dice.randrange(1, 9))) for _ in "ab"]
    app.gate.collect(IMPORT, lines, now)


def _tell(app: App, customer: str, dice: random.Random) -> None:
    app.gate.collect(IMPORT, [told(customer, email=f"{dice.randrange(99)}@example.com")], app.clock.now())


def _look(app: App, customer: str, dice: random.Random) -> None:
    say(app, customer, PAGE_VIEWS, "yes")
    seen = view(customer, f"p{dice.randrange(9)}", at=app.clock.now() - timedelta(minutes=dice.randrange(1, 50)))
    app.gate.collect(IMPORT, [seen], app.clock.now())


def _erase(app: App, customer: str, _dice: random.Random) -> None:
    number = app.identity.find(customer)
    if number is not None:
        app.erasure.erase(number, now=app.clock.now())


def _erase_somebody(app: App, _customer: str, dice: random.Random) -> None:
    _erase(app, dice.choice([one for one in map("c{}".format, range(20)) if app.identity.find(one)]), dice)


def _look_again(app: App, _customer: str, dice: random.Random) -> None:
    """Let everybody look at something, delete that, and look again: with another key than before."""
    for customer in [one for one in map("c{}".format, range(20)) if app.identity.find(one)]:
        _look(app, customer, dice)
        app.deleting.delete(Wanted(kind="page_views"), app.identity.get(customer), now=app.clock.now())
        _later(app, hours=2)
        _look(app, customer, dice)


def _delete(app: App, customer: str, dice: random.Random) -> None:
    number = app.identity.find(customer)
    if number is None:
        return
    app.deleting.delete(Wanted(kind=dice.choice(["orders", "page_views"])), number, now=app.clock.now())


_ACTS: tuple[Callable[[App, str, random.Random], None], ...] = (
    *(_buy, _look, _tell, _buy, _look, _delete, _look, _buy, _erase, _look),
)
