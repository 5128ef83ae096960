"""Tables of choices and of the words that were shown."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    SmallInteger,
    Table,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy.types import Text as SqlText

from troth.clock import from_micros, to_micros
from troth.consent.model import Answer, Choice, Recorded, Standing, folded
from troth.consent.notice import Words
from troth.db.statements import Listed, Prepared, Row, insert_new
from troth.db.tables import MAIN, Number
from troth.promise.model import Clause

choices = Table(
    "choices",
    MAIN,
    Column("seq", Number, primary_key=True, autoincrement=True),
    Column("customer", Number, nullable=False),
    Column("purpose", SqlText, nullable=False),
    Column("data", SqlText, nullable=False),
    Column("yes", SmallInteger, nullable=False),
    Column("at", Number, nullable=False),
    Column("words", nullable=False),
    Column("language", SqlText, nullable=False),
    Column("via", SqlText, nullable=False),
    Column("promise", Number, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_choices_customer", choices.c.customer, choices.c.seq)

words_shown = Table(
    "words_shown",
    MAIN,
    Column("digest", primary_key=True),
    Column("purpose", SqlText, nullable=False),
    Column("data", SqlText, nullable=False),
    Column("language", SqlText, nullable=False),
    Column("question", SqlText, nullable=False),
    Column("yes", SqlText, nullable=False),
    Column("no", SqlText, nullable=False),
)

_COLUMNS = (
    choices.c.customer,
    choices.c.purpose,
    choices.c.data,
    choices.c.yes,
    choices.c.at,
    choices.c.words,
    choices.c.language,
    choices.c.via,
    choices.c.promise,
)
_RECORDED = Prepared(
    select(choices.c.seq, *_COLUMNS).where(choices.c.customer == bindparam("customer")).order_by(choices.c.seq)
)
_OF_CUSTOMER = Prepared(select(*_COLUMNS).where(choices.c.customer == bindparam("customer")).order_by(choices.c.seq))
_FOLD = (
    select(
        func.max(choices.c.seq).label("latest"),
        func.min(case((choices.c.yes == literal_column("1"), choices.c.seq))).label("first_yes"),
        func.max(case((choices.c.yes == literal_column("0"), choices.c.seq))).label("last_no"),
    )
    .where(choices.c.customer == bindparam("customer"))
    .group_by(choices.c.purpose, choices.c.data)
    .subquery()
)
_STANDING = Prepared(
    select(_FOLD.c.first_yes, _FOLD.c.last_no, *_COLUMNS)
    .join_from(_FOLD, choices, choices.c.seq == _FOLD.c.latest)
    .order_by(choices.c.seq)
)
_OF_CUSTOMERS = Listed(select(*_COLUMNS).order_by(choices.c.seq), choices.c.customer)
_OF_PURPOSE = Prepared(select(*_COLUMNS).where(choices.c.purpose == bindparam("purpose")).order_by(choices.c.seq))
_RECORD = Prepared(insert(choices).inline(), columns=[column.name for column in _COLUMNS])
_WORDS = (
    words_shown.c.digest,
    words_shown.c.purpose,
    words_shown.c.data,
    words_shown.c.language,
    words_shown.c.question,
    words_shown.c.yes,
    words_shown.c.no,
)
_WORDS_OF = Prepared(select(*_WORDS).where(words_shown.c.digest == bindparam("digest")))
_DROP = Prepared(delete(choices).where(choices.c.customer == bindparam("customer")))


def record(connection: Connection, made: Sequence[tuple[int, Choice]], shown: Sequence[Words]) -> None:
    """Record choices as (customer, choice), with the words they were made under."""
    insert_new(
        connection,
        words_shown,
        [
            {
                "digest": words.digest,
                "purpose": words.clause.purpose,
                "data": words.clause.data,
                "language": words.language,
                "question": words.question,
                "yes": words.yes,
                "no": words.no,
            }
            for words in shown
        ],
    )
    rows = [
        {
            "customer": customer,
            "purpose": choice.clause.purpose,
            "data": choice.clause.data,
            "yes": int(choice.answer is Answer.YES),
            "at": to_micros(choice.at),
            "words": choice.words,
            "language": choice.language,
            "via": choice.via,
            "promise": choice.promise,
        }
        for customer, choice in made
    ]
    _RECORD.run(connection, *rows)


def of_customer(connection: Connection, customer: int) -> list[Choice]:
    """Return the choices of one customer in the order recorded."""
    return [_choice(row) for row in _OF_CUSTOMER.rows(connection, {"customer": customer})]


def standing(connection: Connection, customer: int) -> dict[Clause, Standing]:
    """Return where each clause stands by the choices of one customer: as `fold`, but folded by the database.

    Somebody may have changed their mind a thousand times, and is asked about at every read.
    """
    found = {}
    for first_yes, last_no, *row in _STANDING.rows(connection, {"customer": customer}):
        choice = _choice(row)
        found[choice.clause] = folded(choice, first_yes=first_yes, last_no=last_no)
    return found


def recorded(connection: Connection, numbers: Sequence[int]) -> list[Recorded]:
    """Return the choices made under `numbers`, each as it was recorded, in the order recorded."""
    found = [
        Recorded(seq, number, _choice(row))
        for number in numbers
        for seq, *row in _RECORDED.rows(connection, {"customer": number})
    ]
    return sorted(found, key=lambda one: one.seq)


def newest(connection: Connection) -> int:
    """Return the number of the newest choice of anybody; 0 when there is none."""
    return connection.execute(select(func.max(choices.c.seq))).scalar() or 0


def of_customers(connection: Connection, numbers: Sequence[int]) -> dict[int, list[Choice]]:
    """Return customer → choices in the order recorded, for those of `numbers` that made any."""
    return _by_customer(_OF_CUSTOMERS.rows(connection, numbers))


def of_clauses(connection: Connection, purpose: str) -> dict[int, list[Choice]]:
    """Return customer → choices on the clauses of `purpose`, in the order recorded, for everybody."""
    return _by_customer(_OF_PURPOSE.rows(connection, {"purpose": purpose}))


def words_of(connection: Connection, digest: bytes) -> Words | None:
    """Return the words named by `digest`; None when they were never shown."""
    row = _WORDS_OF.first(connection, {"digest": digest})
    if row is None:
        return None
    named, purpose, data, language, question, yes, no = row
    return Words(named, Clause(purpose, data), language, question, yes, no)


def count(connection: Connection, customer: int) -> int:
    """Return how many choices a customer has made."""
    statement = select(func.count()).select_from(choices).where(choices.c.customer == customer)
    return connection.execute(statement).scalar() or 0


def drop(connection: Connection, customer: int) -> int:
    """Delete the choices of a customer; return how many went."""
    return _DROP.run(connection, {"customer": customer})


def _by_customer(rows: Iterable[Row]) -> dict[int, list[Choice]]:
    found: dict[int, list[Choice]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(_choice(row))
    return found


def _choice(row: Sequence[Any]) -> Choice:
    _, purpose, data, yes, at, words, language, via, promise = row
    answer = Answer.YES if yes else Answer.NO
    return Choice(Clause(purpose, data), answer, from_micros(at), words, language, via, promise)
