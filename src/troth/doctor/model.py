"""What the doctor says, as values. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How it stands with one thing."""

    OK = "ok"
    WARNING = "warning"
    """It works, and something should be done."""
    ERROR = "error"
    """Something does not work, or a word is about to be broken."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        code: a stable machine word in snake_case.
        level: how it stands.
        says: one sentence; never anything of a customer.
        mend: what to do; empty when nothing is to be done.
    """

    code: str
    level: Level
    says: str
    mend: str = ""


def ok(code: str, says: str) -> Finding:
    """Return that something is well."""
    return Finding(code, Level.OK, says)


def warning(code: str, says: str, mend: str) -> Finding:
    """Return that something should be done."""
    return Finding(code, Level.WARNING, says, mend)


def error(code: str, says: str, mend: str) -> Finding:
    """Return that something is wrong."""
    return Finding(code, Level.ERROR, says, mend)


def worst(findings: Iterable[Finding]) -> int:
    """Return the exit code: 0 all is well, 1 something should be done, 2 something is wrong."""
    return max((list(Level).index(one.level) for one in findings), default=0)
