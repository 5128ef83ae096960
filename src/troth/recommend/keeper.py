"""What the model keeps of a customer, and how it forgets them."""

from datetime import datetime

from troth.db.engine import Connection, Database
from troth.errors import UnavailableError
from troth.keeper import KeeperReport
from troth.keys.ring import KeyGoneError, KeyRing
from troth.recommend import store
from troth.recommend.live import bound_to_epoch, kind_of_key
from troth.recommend.service import Suggestions

_BYTES_AN_ITEM = 4
_WHAT = "purchases in the suggestion model"


class ModelKeeper:
    """The Keeper of a suggestion model.

    Args:
        database: the main database.
        ring: opens the customer's part, to count it.
        suggestions: the model's keeper of the numbers.
    """

    room = "recommend"

    def __init__(self, database: Database, ring: KeyRing, suggestions: Suggestions) -> None:
        self._database = database
        self._ring = ring
        self._suggestions = suggestions

    @property
    def key(self) -> str:
        """The kind of key that a customer's part is sealed with."""
        return kind_of_key(self._suggestions.purpose)

    def holds(self, connection: Connection, customer: int) -> bool:
        """Tell inside an open transaction whether there is a part under this number."""
        return bool(store.parts_of(connection, self._suggestions.purpose, [customer]))

    def describe(self, customer: int) -> KeeperReport:
        """Count the products of the customer that are in the model."""
        return KeeperReport(self.room, {_WHAT: self._count(customer)})

    def forget(self, customer: int, *, now: datetime) -> KeeperReport:
        """Subtract the customer from the model. When it returns, the served model is durably without them.

        Raises:
            UnavailableError: the model could not be changed now; call again.
        """
        with self._database.reading() as connection:
            if store.header(connection, self._suggestions.purpose) is None:
                return KeeperReport(self.room, {_WHAT: 0})
        count = self._count(customer)
        self._suggestions.refresh(now=now, without=frozenset({customer}))
        with self._database.reading() as connection:
            left = store.parts_of(connection, self._suggestions.purpose, [customer])
        if left:
            raise UnavailableError("model_holds", "The model still holds this customer.", "Try again.")
        return KeeperReport(self.room, {_WHAT: count})

    def _count(self, customer: int) -> int:
        purpose = self._suggestions.purpose
        with self._database.reading() as connection:
            header = store.header(connection, purpose)
            sealed = store.parts_of(connection, purpose, [customer]).get(customer)
        if header is None or sealed is None:
            return 0
        try:
            part = self._ring.open(customer, kind_of_key(purpose), sealed, bound_to=bound_to_epoch(header.epoch))
        except KeyGoneError:
            return 0
        return len(part) // _BYTES_AN_ITEM
