"""Whom a verifier believes: the keys of logs, the keys of witnesses, and how many of these must have signed.

This is for the verifier to choose and never comes out of the file that is checked. Witnesses and the quorum are
written as c2sp.org/tlog-policy says.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from troth.ledger.note import Kind, VerifierKey, read_key
from troth.ledger.spelling import SpellingError, from_decimal

_NOBODY = "none"
_ALL = "all"
_ANY = "any"


@dataclass(frozen=True, slots=True)
class LogKey:
    """A key of a log, and the span in which it signed entries; None where the span is open."""

    key: VerifierKey
    since: datetime | None = None
    until: datetime | None = None

    def was_used(self, at: datetime) -> bool:
        """Whether the key signed entries at that time."""
        return (self.since is None or self.since <= at) and (self.until is None or at <= self.until)


@dataclass(frozen=True, slots=True)
class Group:
    """So many of these must have signed; each is a witness or a further group."""

    need: int
    of: tuple["VerifierKey | Group", ...]

    def is_met(self, signed: Collection[VerifierKey]) -> bool:
        """Whether those who signed are enough."""
        met = sum(one.is_met(signed) if isinstance(one, Group) else one in signed for one in self.of)
        return met >= self.need


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom a verifier believes.

    Attributes:
        logs: keys of logs; the name of a key is the origin of its log.
        witnesses: keys of witnesses.
        quorum: which of them must have signed.
        passes_over_unknown: whether signature lines by others may stand on a checkpoint. Nobody checks those, so a
            changed byte in one goes unnoticed.
    """

    logs: tuple[LogKey, ...]
    witnesses: tuple[VerifierKey, ...] = ()
    quorum: Group = field(default=Group(0, ()))
    passes_over_unknown: bool = False

    def of_origin(self, origin: str) -> tuple[LogKey, ...]:
        """Return the keys of the log with this name."""
        return tuple(one for one in self.logs if one.key.name == origin)


def read_policy(text: str) -> Trust:
    """Return the trust that a policy file tells: logs, witnesses and quorum.

    Raises:
        SpellingError: not a policy, with the line.
    """
    return _Policy().read(text)


class _Policy:
    """A policy file on the way to being read."""

    def __init__(self) -> None:
        self._logs: list[LogKey] = []
        self._named: dict[str, VerifierKey | Group] = {}
        self._members: set[str] = set()
        self._quorum: Group | None = None

    def read(self, text: str) -> Trust:
        ways: Mapping[str, Callable[[list[str]], None]] = MappingProxyType(
            {"log": self._log, "witness": self._witness, "group": self._group, "quorum": self._set_quorum}
        )
        for number, line in enumerate(text.split("\n"), 1):
            if any(char < " " and char != "\t" for char in line):
                raise SpellingError(f"Line {number} of the policy has a character that shows nothing.")
            words = [word for word in line.replace("\t", " ").split(" ") if word]
            if not words or words[0].startswith("#"):
                continue
            try:
                ways[words[0]](words[1:])
            except (KeyError, ValueError, IndexError, SpellingError):
                raise SpellingError(f"Line {number} of the policy can't be understood.") from None
        if self._quorum is None:
            raise SpellingError("The policy says no quorum; “quorum none” asks for no witness.")
        witnesses = tuple(one for one in self._named.values() if isinstance(one, VerifierKey))
        return Trust(tuple(self._logs), witnesses, self._quorum)

    def _log(self, words: list[str]) -> None:
        written, *_url = words
        key = read_key(written)
        _must(key.kind is Kind.NOTE and all(one.key.public != key.public for one in self._logs))
        self._logs.append(LogKey(key))

    def _witness(self, words: list[str]) -> None:
        name, written, *_url = words
        key = read_key(written)
        known = [one.public for one in self._named.values() if isinstance(one, VerifierKey)]
        _must(key.kind is Kind.COSIGNATURE and key.public not in known)
        self._name(name, key)

    def _group(self, words: list[str]) -> None:
        name, need, *members = words
        of = tuple(self._named[member] for member in members)
        _must(bool(of) and len(set(members)) == len(members) and not self._members & set(members))
        self._members |= set(members)
        least = {_ALL: len(of), _ANY: 1}.get(need) or from_decimal(need, "The number")
        _must(1 <= least <= len(of))
        self._name(name, Group(least, of))

    def _set_quorum(self, words: list[str]) -> None:
        (name,) = words
        _must(self._quorum is None)
        self._quorum = Group(0, ()) if name == _NOBODY else Group(1, (self._named[name],))

    def _name(self, name: str, one: VerifierKey | Group) -> None:
        _must(name not in self._named and name != _NOBODY)
        self._named[name] = one


def _must(holds: bool) -> None:  # noqa: FBT001 - a condition, named where it is called
    if not holds:
        raise SpellingError("A line of the policy says something that can't be.")
