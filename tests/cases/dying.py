"""A process that acts and is killed: lines ``HOME<tab>ACT<tab>PLACE`` on stdin, each answered by a code.

It loads the house once and forks for every line, so that each death costs little. A place is ``name:when:count``:
before or after the count-th call of one of the steps below.
"""

import os
import sys
from pathlib import Path
from typing import Any

import troth.cases.store as cases
import troth.consent.store as consents
import troth.identity.store as links
import troth.journal.store as journal
import troth.stops.store as stops
from installations import NOW, PAGE_VIEWS, install, say
from killing import arm
from troth.app import App
from troth.cases.sealing import Sealing
from troth.consent.service import Consent
from troth.db import spent
from troth.db.engine import Database
from troth.gate.gate import Gate
from troth.gate.removal import Wanted
from troth.identity.people import People
from troth.identity.service import Identity
from troth.journal.service import Journal
from troth.keys.store import KeyStore
from troth.ledger.log import Ledger
from troth.recommend.keeper import ModelKeeper
from troth.stops.service import Stops
from troth.vault.store import Vault

OF_ERASURE: dict[str, tuple[Any, str]] = {
    "restrict": (Identity, "restrict"),
    "note": (cases, "begin"),
    "dissolve": (People, "dissolve"),
    "journal": (Journal, "write"),
    "model": (ModelKeeper, "forget"),
    "choices": (Consent, "forget"),
    "stops": (Stops, "forget"),
    "looks": (Ledger, "forget"),
    "leave": (Identity, "leave"),
    "items": (Gate, "settle"),
    "keys": (KeyStore, "destroy"),
    "log of the keys": (Database, "empty_log"),
    "number": (Identity, "drop_number"),
    "done": (cases, "finish"),
}
OF_DELETING: dict[str, tuple[Any, str]] = {
    "items": (Vault, "drop_items"),
    "lock": (Vault, "restrict_items"),
    "bar": (Vault, "note_deleted"),
    "list the keys": (spent, "note"),
    "journal": (Journal, "write"),
    "keys": (KeyStore, "destroy_each"),
    "log of the keys": (Database, "empty_log"),
    "strike off": (spent, "strike"),
}
OF_NO: dict[str, tuple[Any, str]] = {
    "note the no": (consents, "record"),
    "items": (Vault, "drop_kinds"),
    "list the keys": (spent, "note"),
    "journal": (Journal, "write"),
    "keys": (KeyStore, "destroy_each"),
    "log of the keys": (Database, "empty_log"),
    "strike off": (spent, "strike"),
}
OF_SEALING: dict[str, tuple[Any, str]] = {
    "stops": (stops, "put_sealed"),
    "stops, done": (Stops, "seal_some"),
    "links": (links, "put_sealed"),
    "links, done": (People, "seal_some"),
    "journal": (journal, "put_again"),
    "journal, done": (Journal, "put_again"),
    "note that all is done": (journal, "is_sealed"),
    "all": (Sealing, "catch_up"),
}
STEPS = {"erase": OF_ERASURE, "delete": OF_DELETING, "no": OF_NO, "seal": OF_SEALING}


def do(app: App, act: str) -> None:
    """Erase `c1`, let them say no to page views, or delete their orders: some go, some are locked, some go too."""
    customer = app.identity.get("c1")
    if act == "erase":
        app.erasure.erase(customer, now=NOW)
    elif act == "no":
        say(app, "c1", PAGE_VIEWS, "no")
    else:
        app.deleting.delete(Wanted(kind="orders"), customer, now=NOW)
        app.deleting.delete(Wanted(kind="page_views"), customer, now=NOW)


def main() -> None:
    """Serve."""
    for line in sys.stdin:
        home, act, place = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            name, when, count = place.split(":")
            if act == "seal":
                # Done when it is opened.
                arm(STEPS[act][name], when, int(count))
                install(Path(home))
                os._exit(0)
            app = install(Path(home))
            arm(STEPS[act][name], when, int(count))
            do(app, act)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
