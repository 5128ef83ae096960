"""What a rule is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from troth.promise.errors import Finding, Severity
from troth.promise.model import Place, Promise


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a rule does not hold.

    Attributes:
        where: the dotted key in the promise, e.g. ``purposes.suggestions.benefit``. It need not be there.
        message: one sentence: what is wrong.
        mend: one sentence: what to do about it.
    """

    where: str
    message: str
    mend: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its code. The check's docstring says what must hold and why.

    Attributes:
        code: ``P101`` … for errors, ``P201`` … for warnings.
        severity: what a breach is.
        check: promise → breaches; pure.
    """

    code: str
    severity: Severity
    check: Callable[[Promise], Iterator[Breach]]

    @property
    def says(self) -> str:
        """What must hold, in one sentence: the first line of the check's docstring."""
        return (self.check.__doc__ or "").partition("\n")[0]

    def findings(self, promise: Promise, start: Place) -> Iterator[Finding]:
        """Yield a finding for each breach, at its key or at the nearest key around it; `start` when there is none."""
        for breach in self.check(promise):
            place = place_of(promise, breach.where) or start
            yield Finding(self.code, self.severity, place, breach.message, breach.mend)


def error(code: str) -> Callable[[Callable[[Promise], Iterator[Breach]]], Rule]:
    """Make a rule of the function below: a breach keeps the promise from being in force."""
    return lambda check: Rule(code, Severity.ERROR, check)


def warning(code: str) -> Callable[[Callable[[Promise], Iterator[Breach]]], Rule]:
    """Make a rule of the function below: a breach is told, and the promise is in force."""
    return lambda check: Rule(code, Severity.WARNING, check)


def place_of(promise: Promise, where: str) -> Place | None:
    """Return where the dotted key `where` stands, or the nearest key around it that does."""
    while where:
        if place := promise.places.get(where):
            return place
        where = where.rpartition(".")[0]
    return None
