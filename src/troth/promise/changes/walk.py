"""Where changes are noted while two promises are walked through side by side."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from troth.promise.changes.change import Change, Direction, Kind
from troth.promise.changes.order import Order
from troth.promise.model import Clause, Place, Promise, Text

_DIRECTIONS = {
    Order.SAME: Direction.SAME,
    Order.NARROWER: Direction.NARROWED,
    Order.WIDER: Direction.WIDENED,
    Order.OTHER: Direction.WIDENED,
}


@dataclass(slots=True)
class Walk:
    """Two promises and what was found so far.

    Attributes:
        language: in which titles are said.
        both: the clauses that stand in both promises, in the order of the new one.
    """

    old: Promise
    new: Promise
    language: str
    changes: list[Change] = field(default_factory=list)
    both: tuple[Clause, ...] = field(init=False)

    def __post_init__(self) -> None:
        before = set(self.old.clauses)
        self.both = tuple(clause for clause in self.new.clauses if clause in before)

    def using(self, *, data: str = "", purpose: str = "") -> tuple[Clause, ...]:
        """Return the clauses of both promises with this kind of data, or of this purpose."""
        return tuple(clause for clause in self.both if data in {"", clause.data} and purpose in {"", clause.purpose})

    def note(
        self, kind: Kind, order: Order, path: str, *, words: str, clauses: Iterable[Clause] = (), gone: bool = False
    ) -> None:
        """Note a change; `gone` when it is about what only the old promise says at `path`."""
        place = self._place(path, gone=gone)
        both_ways = order is Order.OTHER
        self.changes.append(Change(kind, _DIRECTIONS[order], path, place, tuple(clauses), words, both_ways))

    def differ(
        self,
        kind: Kind,
        order: Order,
        path: str,
        *,
        old: object,
        new: object,
        words: str,
        clauses: Iterable[Clause] = (),
    ) -> None:
        """Note a change when `old` and `new` are not the same."""
        if old != new:
            self.note(kind, order, path, words=words, clauses=clauses)

    def tell(self, kind: Kind, path: str, *, old: object, new: object, words: str) -> None:
        """Note what is told and changes nothing that is done or owed, when `old` and `new` are not the same."""
        self.differ(kind, Order.SAME, path, old=old, new=new, words=words)

    def more_or_less(
        self,
        kind: Kind,
        path: str,
        *,
        old: Sequence[str],
        new: Sequence[str],
        more: Callable[[str], str],
        less: Callable[[str], str],
        clauses: Iterable[Clause] = (),
        more_is: Order = Order.WIDER,
    ) -> None:
        """Note what came to a list and what went; `more` and `less` make the sentences from their names."""
        clauses = tuple(clauses)
        came = [one for one in new if one not in old]
        went = [one for one in old if one not in new]
        if came:
            self.note(kind, more_is, path, words=more(listed(came)), clauses=clauses)
        if went:
            self.note(kind, more_is.turned, path, words=less(listed(went)), clauses=clauses)

    def words(self, path: str, *, old: Text | None, new: Text | None, what: str, clauses: Iterable[Clause]) -> None:
        """Note that words customers were shown about `clauses` changed, in a language that both promises speak.

        Words can't be compared, so they count as widened, but for clauses that the new promise names under
        `same_meaning`. Without a clause nothing rests on them, and they are only told.
        """
        if old is None and new is None:
            return
        languages = [one for one in self.new.company.languages if one in self.old.company.languages]
        if old is not None and new is not None:
            languages = [one for one in languages if old.say(one) != new.say(one)]
            if not languages:
                return
        spoken = f" ({', '.join(languages)})" if len(self.new.company.languages) > 1 else ""
        changed = f"The words of {what} would change{spoken}."
        clauses = tuple(clauses)
        same = [clause for clause in clauses if clause in self.new.version.same_meaning]
        other = [clause for clause in clauses if clause not in self.new.version.same_meaning]
        if other:
            self.note(Kind.WORDS, Order.OTHER, path, words=changed, clauses=other)
        if same:
            said = f"{changed} You say that the meaning is the same for {', '.join(map(str, same))}."
            self.note(Kind.WORDS, Order.SAME, path, words=said, clauses=same)
        if not clauses:
            self.note(Kind.WORDS, Order.SAME, path, words=changed)

    def title(self, text: Text) -> str:
        """Return a title between quotes."""
        return f"“{text.say(self.language)}”"

    def data_titles(self, keys: Iterable[str]) -> str:
        """Return the titles of kinds of data, as the new promise says them, or the old one when they are gone."""
        known = {**self.old.data, **self.new.data}
        return joined(self.title(known[key].title) if key in known else f"“{key}”" for key in keys)

    def purpose_title(self, key: str) -> str:
        """Return the title of a purpose, as `data_titles` does for data."""
        purpose = self.new.purposes.get(key) or self.old.purposes.get(key)
        return self.title(purpose.title) if purpose else f"“{key}”"

    def _place(self, path: str, *, gone: bool) -> Place | None:
        if gone and path in self.old.places:
            return self.old.places[path]
        if path not in self.new.places and path in self.old.places:
            return self.old.places[path]
        while path not in self.new.places and "." in path:
            path = path.rpartition(".")[0]
        return self.new.places.get(path)


def listed(names: Iterable[str]) -> str:
    """Return names of the file between quotes."""
    return joined(f"“{name}”" for name in names)


def joined(parts: Iterable[str]) -> str:
    """Return parts as they are said: one, two and three; nothing for none."""
    *first, last = ["", *parts]
    return f"{', '.join(first[1:])} and {last}" if first[1:] else last
