"""What is wrong in a promise file, told so that a person can mend it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from troth.errors import InputError
from troth.promise.model import Place


class Severity(StrEnum):
    """An error stops the promise from being in force; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend.

    Attributes:
        code: ``P001`` … for what can't be read, ``P101`` … for a broken rule, ``P201`` … for a warning.
        severity: error or warning.
        place: where it stands; for something absent, where it should stand.
        message: one sentence: what is wrong.
        mend: one sentence: what to do about it.
    """

    code: str
    severity: Severity
    place: Place
    message: str
    mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.code} {self.message} {self.mend}".strip()


class PromiseError(InputError):
    """The promise can't be in force. Carries every finding, warnings too, in the order of the file.

    Args:
        findings: at least one of them is an error.
    """

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        first = errors[0]
        more = f" And {len(errors) - 1} more." if len(errors) > 1 else ""
        super().__init__("promise_not_valid", f"{first.place}: {first.code} {first.message}", first.mend + more)
        self.findings = findings


def in_file_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return `findings` by place, each once; at one place in the order in which they were found."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda found: (found.place.line, found.place.column)))


READING: Mapping[str, str] = {
    "P001": "The file is there and may be read.",
    "P002": "The file is at most half a mebibyte.",
    "P003": "The file is UTF-8 text without control characters.",
    "P004": "The file holds something.",
    "P005": "The file is one YAML 1.2 document.",
    "P006": "No key stands twice in one map.",
    "P007": "There are no anchors (&) and no aliases (*).",
    "P008": "There are no tags (!) and no directives (%).",
    "P009": "The file has at most 20,000 entries and 16 levels.",
    "P010": "Every key is a word.",
    "P011": "Every key is one of the format.",
    "P012": "Every key that must be there is there.",
    "P013": "Every value is of the kind that is due: text, number, list or map.",
    "P014": "Every value is written as its key asks, and is among the choices.",
    "P015": "No invisible sign makes text read in another order than it is stored.",
}
"""Code → what must hold for a file to be understood. The codes of rules stand with the rules."""
