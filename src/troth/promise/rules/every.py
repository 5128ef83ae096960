"""Every rule there is. A rule that stands in one of these files can't be forgotten: they are found, not listed."""

from collections.abc import Iterator

from troth.promise.errors import Finding
from troth.promise.model import Place, Promise
from troth.promise.rules import data, people, purposes, wording
from troth.promise.rules.rule import Rule

EVERY: tuple[Rule, ...] = tuple(
    sorted(
        (
            value
            for room in (purposes, data, people, wording)
            for value in vars(room).values()
            if isinstance(value, Rule)
        ),
        key=lambda rule: rule.code,
    )
)


def check_rules(promise: Promise, start: Place) -> Iterator[Finding]:
    """Yield what every rule finds in `promise`; `start` is the place of what stands nowhere."""
    for rule in EVERY:
        yield from rule.findings(promise, start)
