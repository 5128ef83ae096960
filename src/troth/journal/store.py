"""Two tables: the journal, in the key database; and in the main database how far it has come there."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Boolean, Column, Connection, Table, bindparam, delete, func, insert, select, true, update
from sqlalchemy.types import Text as SqlText

from troth.canonical import canonical_json
from troth.clock import from_micros, to_micros
from troth.db.statements import Prepared
from troth.db.tables import KEYS, MAIN, Number
from troth.journal.model import Entry, What

journal = Table(
    "journal",
    KEYS,
    Column("seq", Number, primary_key=True, autoincrement=True),
    Column("at", Number, nullable=False),
    Column("customer", Number, nullable=False, index=True),
    Column("what", SqlText, nullable=False),
    Column("detail", SqlText, nullable=False),
    sqlite_autoincrement=True,
)

position = Table(
    "journal_position",
    MAIN,
    Column("installation", SqlText, primary_key=True),
    Column("seq", Number, nullable=False),
    Column("in_clear", Boolean, nullable=False, server_default=true()),
)

_ADD = Prepared(insert(journal).inline(), columns=("at", "customer", "what", "detail"))
_REWORD = Prepared(update(journal).where(journal.c.seq == bindparam("place")).values(detail=bindparam("said")))
_NEWEST = Prepared(select(func.max(journal.c.seq)))
_REACH = Prepared(update(position).values(seq=bindparam("reached")))
_PLACE = Prepared(select(position.c.installation, position.c.seq))
_DROP_OF = Prepared(
    delete(journal).where(journal.c.customer == bindparam("customer"), journal.c.what != bindparam("but"))
)


def add(connection: Connection, entries: Sequence[Entry]) -> int:
    """Append `entries`, at least one, in the order given; return the place of the last."""
    _ADD.run(
        connection,
        *(
            {
                "at": to_micros(entry.at),
                "customer": entry.customer,
                "what": entry.what.value,
                "detail": canonical_json(entry.detail).decode(),
            }
            for entry in entries
        ),
    )
    return newest(connection)


def newest(connection: Connection) -> int:
    """Return the place of the newest entry; 0 when there is none."""
    ((seq,),) = _NEWEST.rows(connection, {})
    return seq or 0


def since(connection: Connection, seq: int) -> list[Entry]:
    """Return the entries after place `seq`, oldest first.

    Raises:
        ValueError: one tells of something that this version has no word for.
    """
    rows = connection.execute(select(journal).where(journal.c.seq > seq).order_by(journal.c.seq))
    return [Entry(What(row.what), row.customer, from_micros(row.at), json.loads(row.detail), row.seq) for row in rows]


def of_sorts(connection: Connection, whats: Collection[What]) -> list[Entry]:
    """Return the entries of some sorts, oldest first."""
    wanted = select(journal).where(journal.c.what.in_([what.value for what in whats])).order_by(journal.c.seq)
    rows = connection.execute(wanted)
    return [Entry(What(row.what), row.customer, from_micros(row.at), json.loads(row.detail), row.seq) for row in rows]


def put_again(connection: Connection, entries: Iterable[Entry]) -> None:
    """Write the details of entries, each in its own place, anew."""
    _REWORD.run(connection, *({"place": one.seq, "said": canonical_json(one.detail).decode()} for one in entries))


def newest_of(connection: Connection, what: What) -> Entry | None:
    """Return the newest entry of one sort; None when there is none."""
    wanted = select(journal).where(journal.c.what == what.value).order_by(journal.c.seq.desc()).limit(1)
    row = connection.execute(wanted).first()
    return None if row is None else Entry(what, row.customer, from_micros(row.at), json.loads(row.detail), row.seq)


def last_before(connection: Connection, at: datetime) -> int:
    """Return the place up to which all entries are older than `at`; 0 when there is none."""
    first_young = select(func.min(journal.c.seq)).where(journal.c.at >= to_micros(at)).scalar_subquery()
    older = select(func.max(journal.c.seq)).where(func.coalesce(journal.c.seq < first_young, True))
    return connection.execute(older).scalar() or 0


def drop_of_customers(connection: Connection, customers: Sequence[int], *, but: What) -> None:
    """Delete the entries of `customers` that are not of the sort `but`."""
    _DROP_OF.run(connection, *({"customer": number, "but": but.value} for number in customers))


def drop_up_to(connection: Connection, seq: int) -> int:
    """Delete the entries up to place `seq`; return how many went."""
    return connection.execute(delete(journal).where(journal.c.seq <= seq)).rowcount


def highest_customer(connection: Connection) -> int:
    """Return the highest number of a customer that any entry names; 0 when none does."""
    return connection.execute(select(func.max(journal.c.customer))).scalar() or 0


def place(connection: Connection) -> tuple[str, int] | None:
    """Return (installation, place) of the main database; None where it was never noted."""
    row = _PLACE.first(connection, {})
    return None if row is None else (row[0], row[1])


def is_in_clear(connection: Connection) -> bool:
    """Return whether words of the staff may stand in clear in the main database or in the journal."""
    return bool(connection.execute(select(position.c.in_clear)).scalar())


def is_sealed(connection: Connection) -> None:
    """Note in the main database that no words of the staff stand in clear any more."""
    connection.execute(update(position).values(in_clear=False))


def begin(connection: Connection, installation: str) -> None:
    """Note in the main database to which journal it belongs, and that nothing of it is done here yet."""
    connection.execute(insert(position), {"installation": installation, "seq": 0, "in_clear": False})


def reach(connection: Connection, seq: int) -> None:
    """Note in the main database that the journal is done up to place `seq`."""
    _REACH.run(connection, {"reached": seq})
