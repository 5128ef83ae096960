"""Which column of a file says what. Guessed for well-known layouts, told to the person, and always theirs to set."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from troth.errors import InputError
from troth.ingest.layouts import LAYOUTS, PLAIN, REQUIRED, Layout, Role

_LONGEST_NAME = 80
_MOST_COMPARED = 200


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column says what in one file.

    Attributes:
        layout: where the guess came from, with what was set by hand already in it.
        header: the file's columns.
        index: role → position in the header.
        given: the roles that a person set.
    """

    layout: Layout
    header: tuple[str, ...]
    index: Mapping[Role, int]
    given: frozenset[Role] = frozenset()

    @property
    def unread(self) -> tuple[str, ...]:
        """The columns that nothing reads; they never leave the file."""
        used = set(self.index.values())
        return tuple(name for position, name in enumerate(self.header) if position not in used and name)

    def name_of(self, role: Role) -> str:
        """Return the name of the column that says `role`; empty when none does."""
        position = self.index.get(role)
        return "" if position is None else self.header[position]


def parse_map(texts: Iterable[str]) -> dict[Role, str]:
    """Read ``customer=CustomerID,order=InvoiceNo``; an empty name (``currency=``) turns a guess off.

    A comma parts two settings only when ``role=`` follows it, so column names may hold commas.

    Raises:
        InputError: `map_unreadable`, `map_unknown_role`, `map_repeated`.
    """
    found: dict[Role, str] = {}
    for text in texts:
        for piece in re.split(r",(?=\s*[A-Za-z_]+\s*=)", text):
            word, equals, name = piece.partition("=")
            if not equals:
                raise InputError(
                    "map_unreadable",
                    "A setting of --map has no “=”.",
                    "Write it like this: --map customer=CustomerID,order=InvoiceNo",
                )
            role = _role(word.strip().lower())
            if role in found:
                raise InputError("map_repeated", f"--map sets {role} twice.", "Keep one of the two.")
            found[role] = name.strip()
    return found


def choose_columns(
    header: Sequence[str],
    given: Mapping[Role, str],
    *,
    product_pattern: str | None = None,
    currency: str | None = None,
) -> Columns:
    """Guess which column says what, and let what is `given` win.

    Args:
        header: the file's columns.
        given: role → column name, from `parse_map`; an empty name turns the role off.
        product_pattern: a regular expression that product codes begin with, instead of the layout's; "" for none.
        currency: a code of three letters (ISO 4217), instead of the layout's.

    Raises:
        InputError: `column_unknown`, `columns_missing`, `column_used_twice`, `pattern_unreadable`,
            `currency_unreadable`.
    """
    named = {role: _find(header, name) for role, name in given.items() if name}
    off = {role for role, name in given.items() if not name}
    layout, guessed = _guess(header)
    index = {role: position for role, position in guessed.items() if role not in off and role not in named}
    # A column that a person gave a role is no longer free for a guess.
    index = {role: position for role, position in index.items() if position not in named.values()} | named
    _refuse_missing(header, index)
    _refuse_shared(header, index)
    layout = replace(
        layout,
        product_pattern=layout.product_pattern if product_pattern is None else _pattern(product_pattern),
        currency=layout.currency if currency is None else _currency(currency),
    )
    return Columns(layout, tuple(header), {role: index[role] for role in Role if role in index}, frozenset(named))


def _guess(header: Sequence[str]) -> tuple[Layout, dict[Role, int]]:
    for layout in LAYOUTS:
        index = _match(layout, header)
        if all(role in index for role in REQUIRED):
            return layout, index
    return PLAIN, _match(PLAIN, header)


def _match(layout: Layout, header: Sequence[str]) -> dict[Role, int]:
    plain = [_plain(name) for name in header]
    index: dict[Role, int] = {}
    for role, names in layout.names.items():
        for name in names:
            if _plain(name) in plain:
                index[role] = plain.index(_plain(name))
                break
    return index


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError:
        raise InputError(
            "map_unknown_role",
            f"“{word[:40]}” is nothing a column can say.",
            f"{_nearest(word, list(Role))}Choose from: {', '.join(Role)}.",
        ) from None


def _find(header: Sequence[str], name: str) -> int:
    if name in header:
        return header.index(name)
    alike = [position for position, other in enumerate(header) if _plain(other) == _plain(name)]
    if len(alike) == 1:
        return alike[0]
    raise InputError(
        "column_unknown",
        f"There is no column “{name[:80]}”.",
        f"{_nearest(name, header)}The columns are: {_listed(header)}.",
    )


def _refuse_missing(header: Sequence[str], index: Mapping[Role, int]) -> None:
    missing = [role for role in REQUIRED if role not in index]
    if not missing:
        return
    role, near_to = missing[0], _comparable(header)
    near = next(
        (hit for word in PLAIN.names[role] for hit in difflib.get_close_matches(word, near_to, n=1, cutoff=0.7)), None
    )
    example = near or "NAME"
    raise InputError(
        "columns_missing",
        f"No column was recognised for: {', '.join(missing)}.",
        f"Name it, e.g. --map {role}={example}. The columns are: {_listed(header)}.",
    )


def _refuse_shared(header: Sequence[str], index: Mapping[Role, int]) -> None:
    """Refuse one column for two roles; only a title may also be the product's code."""
    users: dict[int, Role] = {}
    for role, position in index.items():
        if role is Role.TITLE:
            continue
        if position in users:
            raise InputError(
                "column_used_twice",
                f"Column “{header[position][:80]}” is used for {users[position]} and for {role}.",
                "Give each its own column with --map.",
            )
        users[position] = role


def _nearest(word: str, choices: Sequence[str]) -> str:
    by_plain = {choice.casefold(): choice for choice in _comparable(reversed(choices))}
    close = difflib.get_close_matches(word[:_LONGEST_NAME].casefold(), list(by_plain), n=1, cutoff=0.5)
    return f"Did you mean “{by_plain[close[0]]}”? " if close else ""


def _comparable(names: Iterable[str]) -> list[str]:
    """Return the names that a person could have meant; comparing thousands of long ones would take seconds."""
    return [name for name in names if 0 < len(name) <= _LONGEST_NAME][:_MOST_COMPARED]


def _listed(header: Sequence[str], most: int = 30) -> str:
    more = f" and {len(header) - most} more" if len(header) > most else ""
    return ", ".join(name[:40] for name in header[:most]) + more


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise InputError(
            "pattern_unreadable",
            f"The product pattern is no regular expression: {error}.",
            "Write what product codes begin with, e.g. --product-pattern '[0-9]{5}'",
        ) from None
    return text


def _currency(text: str) -> str:
    code = text.strip().upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise InputError(
            "currency_unreadable", "The currency is no code of three letters.", "Write e.g. --currency GBP"
        )
    return code
