"""A process that writes into the ledger and is killed: lines ``HOME<tab>ACT<tab>PLACE`` on stdin.

It loads the house once and forks for every line. What a child was told to be durable, and every checkpoint that it
signed, is on stdout before it goes on (``ack …``, ``seen …``); then comes the child's exit code. A place is
``way:when:count``, before or after the count-th call of one of the ways in which something becomes durable. Without a
place the child counts those calls instead (``ways …``) and lives.
"""

import os
import sys
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from installations import NOW, ORDERS, install, say
from killing import arm
from troth.app import App
from troth.consent.model import Answer
from troth.db.engine import Database
from troth.gate.use import Use
from troth.ledger.note import Line, Note

WAYS: dict[str, tuple[Any, str]] = {
    "commit": (DefaultDialect, "do_commit"),
    "bare": (Database, "_bare"),
    "fsync": (os, "fsync"),
    "replace": (os, "replace"),
    "rename": (os, "rename"),
    "link": (os, "link"),
}

RACES = 12
"""Looks of one of two processes that race."""


def tell(*words: str) -> None:
    """Put a line on stdout at once: a child that is killed has said it."""
    os.write(1, (" ".join(words) + "\n").encode())


class Scribe:
    """A witness that signs nothing and writes down every checkpoint that was signed."""

    def cosign(self, checkpoint: Note, prove: Callable[[int], Sequence[bytes]]) -> Line | None:
        del prove
        tell("seen", b64encode(str(checkpoint).encode()).decode())
        return None


def look(app: App, who: str, case: str) -> None:
    """Let support look at a customer's orders, which is noted, and say so."""
    use = Use(app.staff.actor("sam"), "service", frozenset({"orders"}), reason=case)
    app.gate.read(use, app.identity.get(who), now=app.clock.now())
    tell("ack", who, case)


def do(app: App, act: str, name: str) -> None:
    """Do one of the acts."""
    now = app.clock.now()
    if act == "append":
        say(app, "c1", ORDERS, "no")
        look(app, "c1", f"{name}-1")
        look(app, "c2", f"{name}-2")
    elif act == "publish":
        for case in ("1", "2"):
            look(app, "c1", f"{name}-{case}")
            app.publisher.publish(now=now)
    elif act == "change":
        app.ledger.change_signer(now=now)
        tell("ack", "key")
        app.publisher.publish(now=now)
    elif act == "erase":
        app.erasure.erase(app.identity.get("c3"), now=now)
        tell("ack", "erased")
        app.publisher.publish(now=now)
    elif act == "race":
        words = app.consent.words(ORDERS).digest
        for at in range(RACES):
            look(app, f"c{1 + at % 2}", f"{name}-{at}")
            answer = Answer.NO if at % 2 else Answer.YES
            app.choosing.choose(app.identity.get("c2"), [(ORDERS, answer, words)], via="page", now=now)
            if at % 3 == 0:
                app.publisher.publish(now=now)


def opened(home: Path) -> App:
    """Open the installation, with somebody who writes down what it signs."""
    app = install(home, now=NOW + timedelta(hours=1))
    app.publisher._witnesses = (Scribe(),)
    return app


def live(home: Path, act: str, place: str) -> None:
    """Do `act`, and be killed on the way if a place is named."""
    app = None if act == "open" else opened(home)
    calls = dict.fromkeys(WAYS, 0)
    if place:
        name, when, count = place.split(":")
        arm(WAYS[name], when, int(count))
    else:
        for name, (owner, attribute) in WAYS.items():
            setattr(owner, attribute, _counted(calls, name, getattr(owner, attribute)))
    if app is None:
        opened(home).publisher.publish(now=NOW + timedelta(hours=1))
    else:
        do(app, act, f"{act}-{os.getpid()}")
    tell("ways", *(f"{name}={count}" for name, count in calls.items() if count))


def _counted(calls: dict[str, int], name: str, really: Callable[..., Any]) -> Callable[..., Any]:
    def counted(*arguments: Any, **named: Any) -> Any:
        calls[name] += 1
        return really(*arguments, **named)

    return counted


def main() -> None:
    """Serve."""
    for line in sys.stdin:
        home, act, place = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            try:
                live(Path(home), act, place)
            except BaseException:  # noqa: BLE001 - told, and then the child ends
                sys.excepthook(*sys.exc_info())
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        tell("code", str(os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    main()
