"""A promise that lets the people of an agency work inside."""

from pathlib import Path

from installations import GARDEN

_NONE = "recipients: {}\n"
_BRIGHTMAIL = """recipients:
  brightmail:
    title: Brightmail, the agency that writes our letters
    role: processor
    works_inside_as: support
    country: GB
    contract: {signed: 2026-03-01, until: 2026-12-31, reference: DPA-21}
    checked: {on: 2026-09-01, every: 12 months, evidence: docs/questionnaire.pdf}
"""


def promise_with_agency(folder: Path) -> Path:
    """Write the garden's promise, with an agency inside as support until the end of 2026; return the file."""
    text = GARDEN.read_text("utf-8")
    assert text.count(_NONE) == 1
    file = folder / "promise-with-agency.yaml"
    file.write_text(text.replace(_NONE, _BRIGHTMAIL), encoding="utf-8")
    return file
