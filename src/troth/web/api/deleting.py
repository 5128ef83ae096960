"""Deleting over the API: one item, all of a kind, what one clause used, or everything. The key needs ``delete``."""

from datetime import datetime
from typing import Annotated

import msgspec

from troth.access.service import DELETE
from troth.actors import Actor
from troth.app import App
from troth.cases.deleting import Deleted
from troth.cases.erasure import Erased
from troth.errors import NotAllowedError
from troth.gate.removal import Wanted
from troth.identity.model import IdKind
from troth.promise.model import Clause
from troth.web.api.http import Body, Request, decode

_Name = Annotated[str, msgspec.Meta(max_length=100)]


class Listing(Body):
    """What there is to delete. `kind` says what the id in `customer` is; `data` names a kind of data, or is empty."""

    customer: str
    kind: IdKind = IdKind.CUSTOMER
    data: _Name = ""


class Delete(Body):
    """Delete all of a kind (`data`), what one `clause` used, or one item (`handle`). One of the three.

    Attributes:
        dry_run: only tell what would be done.
    """

    customer: str
    kind: IdKind = IdKind.CUSTOMER
    data: _Name = ""
    clause: _Name = ""
    handle: _Name = ""
    dry_run: bool = False


class Erase(Body):
    """Erase a customer. `dry_run`: only tell what would be done."""

    customer: str
    kind: IdKind = IdKind.CUSTOMER
    dry_run: bool = False


class Deletions:
    """The three calls.

    Args:
        app: the open installation.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    def listed(self, request: Request) -> object:
        """Return what is kept: kind, time and handle of each item. Nothing is opened."""
        _must_delete(request.actor)
        asked = decode(Listing, request.body)
        number = self._app.identity.get(asked.customer, asked.kind)
        found = self._app.gate.deleting.listed(number, kind=asked.data)
        return {
            "items": [
                {"data": one.kind, "at": one.at, "handle": one.handle, "locked": one.is_locked} for one in found
            ]
        }

    def delete(self, request: Request) -> object:
        """Delete part of what is kept of a customer."""
        _must_delete(request.actor)
        asked = decode(Delete, request.body)
        purpose, _, data = asked.clause.partition("/")
        wanted = Wanted(asked.data, Clause(purpose, data) if asked.clause else None, asked.handle)
        number, now = self._app.identity.get(asked.customer, asked.kind), self._app.clock.now()
        deleting = self._app.deleting
        done = (deleting.plan if asked.dry_run else deleting.delete)(wanted, number, now=now)
        return self._told(done, now)

    def erase(self, request: Request) -> object:
        """Erase a customer: everything but what a law demands."""
        _must_delete(request.actor)
        asked = decode(Erase, request.body)
        number, now = self._app.identity.get(asked.customer, asked.kind), self._app.clock.now()
        erasure = self._app.erasure
        done = (erasure.describe if asked.dry_run else erasure.erase)(number, now=now)
        return {
            "erased": _counts(done),
            "kept_by_law": done.kept,
            "keys_destroyed": done.keys_destroyed,
            "copies": self._copies(now, is_final=True),
        }

    def _told(self, done: Deleted, now: datetime) -> object:
        return {
            "deleted": done.gone,
            "locked": done.locked,
            "deleted_besides": done.besides,
            "kept_by_law": done.laws,
            "still_needed_for": done.held,
            "no_longer_works": [str(clause) for clause in done.loses],
            "keys_destroyed": done.keys_destroyed,
            "copies": self._copies(now, is_final=done.is_final) if done.gone or done.besides else None,
        }

    def _copies(self, now: datetime, *, is_final: bool) -> object:
        copies = self._app.copies.made_before(now, is_final=is_final)
        return {"unreadable_after": copies.unreadable, "deleted_by": copies.deleted}


def _counts(done: Erased) -> dict[str, dict[str, int]]:
    """Return room → what → how many, without what the law keeps."""
    return {
        report.room: counts
        for report in done.reports
        if (counts := {what: many for what, many in report.counts.items() if many and what not in done.kept})
    }


def _must_delete(actor: Actor) -> None:
    if DELETE not in actor.may:
        raise NotAllowedError(
            "actor_may_not",
            "This key may not delete.",
            "Make one: troth key create NAME --for delete",
        )
