"""A declared age over the API: compared with the promise, and kept nowhere."""

from datetime import date
from typing import Annotated

import msgspec

from troth.app import App
from troth.cases.ages import OLDEST
from troth.errors import InputError
from troth.web.api.choices import must_record_choices
from troth.web.api.http import Body, Request, decode

_SAYS = {
    True: "They are flagged as a child: nothing personalises, and no yes of theirs counts.",
    False: "They are not flagged as a child.",
}
_STANDS = "A flag stands from before. No age lifts it; a person does, with: troth stop lift child"


class Declare(Body):
    """How old a customer says they are: completed years, or the day they were born. Exactly one of the two."""

    customer: str
    years: Annotated[int, msgspec.Meta(ge=0, le=OLDEST)] | None = None
    born: date | None = None


class Declaring:
    """The call.

    Args:
        app: the open installation.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    def declare(self, request: Request) -> object:
        """Compare the age with the promise's; return whether the customer is flagged as a child now."""
        must_record_choices(request.actor)
        asked = decode(Declare, request.body)
        now = self._app.clock.now()
        if asked.years is not None and asked.born is None:
            years = asked.years
        elif asked.born is not None and asked.years is None:
            years = self._app.ages.years_since(asked.born, now=now)
        else:
            raise InputError("age_missing", "An age is needed, once.", "Send either years or born.")
        found = self._app.ages.declare(asked.customer, years, now=now)
        number = self._app.identity.find(asked.customer) if request.opt_out else None
        if number is not None:
            self._app.signals.note(number, now=now)
        stands = found.is_child and not found.put
        says = f"{_SAYS[found.is_child]} {_STANDS}" if stands else _SAYS[found.is_child]
        return {"child": found.is_child, "changed": found.put, "says": says, "deleted": found.deleted}
